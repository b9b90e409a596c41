"""The command `kvae`: more rows for a table, and whether they help.

kvae augment data.csv --target y
kvae generate out/data/model.joblib --rows 100
"""

import json
import pickle
import sys
import zlib
from pathlib import Path
from typing import Literal

import tyro

from kvae import quiet
from kvae.checks import missing_labels
from kvae.cli.table_file import expect_target, read_table

Positional = tyro.conf.Positional


def augment(
    file: Positional[Path],
    /,
    target: str,
    rows: int | None = None,
    method: str = "posterior",
    vae: Literal["conditional", "single", "multi"] = "conditional",
    out: Path | None = None,
    holes: bool = False,
    provenance: bool = False,
    verdict: bool = True,
    repeats: int = 1,
    steps: int | None = None,
    sheet: str | None = None,
    seed: int = 0,
    dry_run: bool = False,
):
    """Learns a table, writes more rows of it, and says whether they help.

    Args:
        file: CSV, Parquet or Excel.
        target: the column with the classes; rows without one teach the VAE.
        rows: new rows for each class; by default as many as there are real ones.
        method: a sampler, such as posterior, noise or interpolate+noise.
        vae: one VAE that is told the class, one that is not, or one for each class.
        out: folder of the results; by default out/<name of the file>.
        holes: new rows have holes as often as real ones, instead of none.
        provenance: add columns that say where each row comes from.
        verdict: cross-validate whether new rows help, and how good they are.
        repeats: how often rows are parted anew for the verdict.
        steps: gradient steps; by default chosen from the data.
        sheet: name of an Excel sheet; by default the first.
        seed: another seed gives other rows.
        dry_run: say what would be done, and stop.
    """
    out = Path("out", file.stem) if out is None else out
    _expect_rows(rows)
    if out.exists() and not out.is_dir():
        raise ValueError(f"--out expects a folder. Received: the file {str(out)!r}.")
    frame, odd = read_table(file, 0 if sheet is None else sheet)
    odd += expect_target(frame, target, who="--target")
    lines = [f"{file.name}: {len(frame)} rows, {frame.shape[1]} columns."]
    lines += [f"Note: {note}." for note in odd]
    _say(*lines)

    # TensorFlow takes seconds to import; what is wrong with a file is said before.
    quiet.start_tensorflow()
    from kvae import samplers
    from kvae.cli.my_table import MyTable
    from kvae.resampling.resampler import VAEOverSampler

    if method != "auto":
        samplers.get(method)
    sampler = VAEOverSampler(
        method=method,
        vae="single" if vae == "conditional" else vae,
        conditional=None if vae == "conditional" else False,
        holes=holes,
        steps=steps,
    )
    table = MyTable(frame, target, rows, sampler, seed)
    columns, plan = table.plan()
    lines += _said("Columns", columns.to_string(), "\nPlan")
    lines += _said(*(f"  {note}" for note in plan))
    if dry_run:
        return
    if verdict:
        lines += _judged(table, repeats)
    new, labels, lineage, fitted = table.augment()
    lines += _said("", *(f"Note: {note}." for note in fitted.notes_ if "coll" in note))
    written = "Replaced in" if (out / "model.joblib").exists() else "Written to"
    _write(out, table, new, labels, lineage if provenance else None, fitted, lines)
    files = "augmented.csv, report.md, model.joblib"
    _say(f"{len(new)} new rows. {written} {out}: {files}.")


def generate(
    model: Positional[Path],
    /,
    rows: int = 100,
    out: Path = Path("more.csv"),
    seed: int = 1,
):
    """Writes more rows from a model that `kvae augment` has written.

    Args:
        model: the file model.joblib. Open only files that you trust.
        rows: new rows for each class.
        out: CSV file to write.
        seed: another seed gives other rows.
    """
    _expect_rows(rows)
    if not model.is_file():
        raise FileNotFoundError(f"There is no file {str(model)!r}.")
    quiet.start_tensorflow()
    from kvae.resampling.resampler import VAEOverSampler

    try:
        fitted = VAEOverSampler.load(model)
    except (
        EOFError,
        IndexError,
        KeyError,
        pickle.UnpicklingError,
        zlib.error,
    ) as error:
        raise ValueError(
            f"{model} is no model that kvae augment has written, or is damaged: "
            f"{error}. Make it anew."
        ) from error
    if not hasattr(fitted, "target_name_"):
        raise ValueError(
            f"{model} is no model that kvae augment has written. Received: "
            f"{type(fitted).__name__}."
        )
    new, labels, _ = fitted.sample(rows, seed)
    new.assign(**{fitted.target_name_: labels}).to_csv(out, index=False)
    _say(f"{len(new)} new rows. Written to {out}.")


def main(arguments=None):
    """Runs the command line; what a user can mend is one message, no traceback."""
    commands = {"augment": augment, "generate": generate}
    try:
        tyro.extras.subcommand_cli_from_dict(
            commands, prog="kvae", description=__doc__, args=arguments
        )
    except (ImportError, MemoryError, OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted")


def _expect_rows(rows):
    if rows is not None and rows < 1:
        raise ValueError(f"--rows expects a number of at least 1. Received: {rows}.")


def _judged(table, repeats):
    """Says the verdict and the quality of new rows; returns the lines."""
    lines = _said("\nVerdict (cross-validated inside the labelled rows)")
    try:
        lines += _said(str(table.verdict(repeats=repeats)))
        measures, copies = table.quality()
        lines += _said(
            "\nQuality (new rows of a VAE that has not seen a third of the rows)",
            measures.to_string(),
            f"Copies: {copies.sentence}",
        )
    except (MemoryError, ValueError) as error:
        lines += _said(f"None. {error}")
    return lines


def _write(out, table, new, labels, lineage, fitted, lines):
    """Writes augmented.csv, report.md and model.joblib."""
    out.mkdir(parents=True, exist_ok=True)
    fitted.target_name_ = table.target
    fitted.save(out / "model.joblib")
    order = list(table.frame.columns)
    import pandas as pd

    known = ~missing_labels(table.labels)
    more = new.assign(**{table.target: labels})[order]
    whole = pd.concat([table.frame[known], more], ignore_index=True)
    if lineage is not None:
        own = lineage.drop(columns="label").add_prefix("kvae_")
        own.index = range(len(whole) - len(own), len(whole))
        whole = whole.join(own).assign(kvae_generated=whole.index >= known.sum())
    whole.to_csv(out / "augmented.csv", index=False)
    settings = json.dumps(fitted.get_params(), default=str, indent=2)
    text = "\n".join(lines)
    (out / "report.md").write_text(f"```\n{text}\n```\n\nSettings:\n\n{settings}\n")


def _said(*lines):
    _say(*lines)
    return list(lines)


def _say(*lines):
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
