"""The page that `kvae augment data.csv` ends with."""

import dataclasses
import shlex

import numpy as np
import pandas as pd

from kvae import random
from kvae.checks import missing_labels
from kvae.cli.run_report import (
    command_line,
    has_space_for_each_class,
    map_points,
    origin_section,
)
from kvae.evaluation.doubt import doubts
from kvae.evaluation.table_comparison import compare_tables
from kvae.report.latent import latent_section, names_of_rows, training_section
from kvae.report.page import Page
from kvae.report.parts import Command
from kvae.report.tables import columns_section, comparison_section, rows_section
from kvae.report.verdicts import answer, differences, verdict_sections
from kvae.templates.cells import cell_text
from kvae.verdicts.verdict import CANNOT_TELL, USE

MOST_JUDGED = 2_000  # new rows whose doubt is measured
OTHER_CLASSES = 0.01  # share of rows of other classes that is worth a sentence


@dataclasses.dataclass(frozen=True)
class Findings:
    """What a run on a table has found.

    Args:
        file: Path of the table.
        target: name of the column with the classes.
        out: Path of the folder with the results.
        described: DataFrame of what was understood of each column.
        notes: list of str, what is odd about the file.
        plan: list of str, what was chosen.
        frame: DataFrame, the rows that taught, the target included.
        new_rows: DataFrame of M rows.
        labels: Series of M labels.
        lineage: DataFrame of M rows, provenance.
        fitted: VAEOverSampler.
        verdict: Verdict, or None.
        measures: Series of measures of quality, or None.
        copies: CopyCheck, or None.
        no_verdict: str, why there is no verdict; "" where it was not asked for.
        lines: list of str, what was said in the terminal.
    """

    file: object
    target: str
    out: object
    described: pd.DataFrame
    notes: list
    plan: list
    frame: pd.DataFrame
    new_rows: pd.DataFrame
    labels: pd.Series
    lineage: pd.DataFrame
    fitted: object
    verdict: object = None
    measures: pd.Series | None = None
    copies: object = None
    no_verdict: str = ""
    lines: list = dataclasses.field(default_factory=list)


def table_page(found, seed=0):
    """Returns the Page of a run on a table.

    Args:
        found: Findings.
        seed: int, for samples of many rows.
    """
    first, reasons, tone = answer(found.verdict)
    if found.no_verdict:
        reasons = (found.no_verdict, *reasons)
    if not len(found.new_rows):
        first, tone = "No new rows were drawn.", "open"
        reasons = tuple(dict.fromkeys(found.fitted.notes_))
    sections = [] if found.verdict is None else [*verdict_sections(found.verdict)]
    sections.append(columns_section(found.described, found.notes))
    fitted, inputs = found.fitted, found.frame.drop(columns=found.target)
    known = ~missing_labels(found.frame[found.target])
    if len(found.new_rows):
        compared = compare_tables(inputs[known], found.new_rows, seed=seed)
        sections.append(
            comparison_section(
                compared,
                found.measures,
                found.copies,
                other_classes=_other_classes(found.frame[found.target], found.labels),
            )
        )
    x, y = fitted.training_rows()
    index = {label: i for i, label in enumerate(fitted.classes_.tolist())}
    new_y = np.array([index[label] for label in found.labels], int)
    new_x = fitted.table_.transform(found.new_rows)
    if len(new_x):
        judged = np.arange(len(new_x))
        if len(judged) > MOST_JUDGED:
            stream = random.generator(seed, "judged")
            judged = np.sort(stream.choice(judged, MOST_JUDGED, replace=False))
        doubt = doubts((x[y >= 0], y[y >= 0]), (new_x[judged], new_y[judged]), seed)
        doubt = doubt.set_index(judged).reindex(range(len(new_x)))
        sections.append(
            rows_section(
                found.new_rows,
                found.labels.to_list(),
                found.lineage,
                doubt,
                inputs,
                target=found.target,
            )
        )
    sections.append(_latent(fitted, inputs, (x, y), found.new_rows, (new_x, new_y)))
    sections.append(training_section(fitted.training_, [*found.plan, *fitted.notes_]))
    sections.append(origin_section(fitted.get_params(), found.lines))
    return Page(
        title=f"{found.file.name}: do new rows help to predict {found.target!r}?",
        answer=first,
        reasons=reasons,
        next_steps=_next_steps(found),
        beside=None if found.verdict is None else differences(found.verdict),
        sections=tuple(sections),
        tone=tone,
    )


def _other_classes(real, new):
    """Returns whether new rows have other shares of the classes than real rows."""
    shares = [labels.value_counts(normalize=True) for labels in (real, new)]
    return bool(shares[0].sub(shares[1], fill_value=0).abs().sum() / 2 > OTHER_CLASSES)


def _latent(fitted, inputs, real, new_rows, new):
    groups = {"real": real}
    if len(new[1]):
        groups["generated"] = new
    names = [cell_text(label) for label in fitted.classes_.tolist()]
    points, share, total = map_points(fitted.vae_, groups, names)
    frames = {"real": inputs, "generated": new_rows}
    points["name"] = ""
    for kind, of_kind in points.groupby("rows"):
        rows = frames[kind].iloc[of_kind["row"].to_numpy()]
        points.loc[of_kind.index, "name"] = names_of_rows(rows)
    by_class = has_space_for_each_class(fitted.vae_)
    return latent_section(points, share, total, by_class=by_class)


def _next_steps(found):
    """Returns Commands: what to do with this answer."""
    folder = shlex.quote(str(found.out))
    explore = Command(
        f"kvae explore {folder}/model", "Walk through the latent space, row by row:"
    )
    again = command_line()
    if not len(found.new_rows):
        return Command("", "Train your classifier on your own rows alone."), explore
    if found.verdict is None:
        measure = again.replace(" --no-verdict", "")
        text = "Let it be measured" if measure != again else "Mend that, and run again"
        return (Command(measure, f"{text}:"), explore)
    if found.verdict.outcome == USE:
        return (
            Command(
                "",
                f"Train your classifier on {found.out / 'augmented.csv'}: your rows, "
                f"and {len(found.new_rows)} new ones behind them.",
            ),
            Command(f"kvae generate {folder}/model --rows 1000", "For more rows:"),
            explore,
        )
    alone = "Train your classifier on your own rows alone" + _best_judge(found.verdict)
    steps = [Command("", f"{alone}.")]
    if found.verdict.outcome == CANNOT_TELL:
        more = found.verdict.more_runs
        label = f"Label about {more} more rows" if more else "Label many more rows"
        steps.append(Command(again, f"{label}, and ask again:"))
    elif missing_labels(found.frame[found.target]).any():
        auto = "kvae.VAEOverSampler(method='auto')"
        steps.append(
            Command("", f"Your rows without a label may still teach: see {auto}.")
        )
    return (*steps, explore)


def _best_judge(verdict):
    if verdict.judges is None:
        return ""
    best = verdict.judges["mean"].idxmax()
    mean = verdict.judges["mean"].max()
    return f"; the best one here is {best} ({verdict.score} {mean:.3f})"
