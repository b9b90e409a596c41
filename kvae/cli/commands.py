"""The command `kvae`: more rows for a table, or images, and whether they help.

kvae augment data.csv --target y

kvae augment FOLDER, with a folder of images for each class (kvae augment FOLDER --help)

kvae generate out/data/model --rows 100

kvae explore out/data
"""

import sys
import warnings
from pathlib import Path
from typing import Annotated, Literal

import tyro

from kvae import quiet
from kvae.checks import missing_labels
from kvae.cli.cells import Reading
from kvae.cli.explore_command import explore
from kvae.cli.generate_command import generate
from kvae.cli.image_commands import augment_images, is_about_images
from kvae.cli.model_place import notes_on_place
from kvae.cli.stages import Stages, say
from kvae.cli.table_file import read_table
from kvae.cli.target_column import expect_target
from kvae.warning_classes import CollapsedVAEWarning

Positional = tyro.conf.Positional
Texts = Annotated[tuple[str, ...], tyro.conf.UseAppendAction]
READING, JUDGING = "reading the table", "judging whether new rows help"
MEASURING, TRAINING = "measuring how good new rows are", "training and drawing"
WRITING = "writing"


def augment(
    file: Positional[Path],
    /,
    target: str,
    rows: int | None = None,
    method: str = "posterior",
    vae: Literal["conditional", "single", "multi"] = "conditional",
    out: Path | None = None,
    holes: bool = True,
    together: Texts = (),
    ordered: Literal["repair", "reject"] | None = None,
    provenance: bool = False,
    verdict: bool = True,
    classifier: str | None = None,
    repeats: int | None = None,
    seconds: float = 60.0,
    steps: int | None = None,
    settings: Path | None = None,
    sheet: str | None = None,
    missing: Texts = (),
    unlabelled: str | None = None,
    fold: bool = False,
    keep: Texts = (),
    seed: int = 0,
    dry_run: bool = False,
):
    """Learns a table, writes more rows of it, and says whether they help.

    New rows are written as the file writes its own: separator, decimal mark, encoding,
    $1,250.00, 31.12.2024. Columns that name or number the rows are not learned; they
    stay in the file, and are empty in new rows. For a folder of images: kvae augment
    FOLDER --help

    Args:
        file: a CSV, Parquet or Excel file.
        target: the column with the classes; the VAE learns from rows without one, too.
        rows: new rows for each class; by default as many as there are real ones.
        method: a sampler, such as posterior, noise or interpolate+noise.
        vae: one VAE that is told the class, one that is not, or one for each class.
        out: folder for the results; by default out/<name of the file>.
        holes: give new rows holes where the rows they resemble have them.
        together: columns whose values stay together, such as city,postcode; may be
            given several times.
        ordered: where one column is never above another (start and end): repair new
            rows in which it is by an exchange of the two values, or reject them and
            draw others.
        provenance: add columns that say where each row comes from.
        verdict: cross-validate whether new rows help, and measure how good they are.
        classifier: who judges: logistic_regression, random_forest,
            hist_gradient_boosting, mlp, or the import path of a scikit-learn
            classifier; by default the best of the first three on the real rows.
        repeats: how often the rows are split anew for the verdict; by default until
            it is clear, at most 10 times.
        seconds: time after which the rows are not split anew.
        steps: gradient steps; by default chosen from the data.
        settings: a file that `recipes.search` wrote, instead of the choices above.
        sheet: name of an Excel sheet; by default the first.
        missing: what stands for a hole in any column but the target; may be given
            several times. The empty cell is a hole always; ?, NA, N/A, -, null, nan,
            none and . are holes in columns of numbers or dates, and words in columns
            of words. --missing "" leaves only what is given, and the empty cell.
        unlabelled: what stands for no class in the target, beside the empty cell.
        fold: take words, classes included, that differ by case or blanks alone for one.
        keep: a column to learn although every row has a value of its own there; may be
            given several times.
        seed: another seed gives other rows.
        dry_run: say what would be done, and stop.
    """
    out = Path("out", file.stem) if out is None else out
    _expect_rows(rows)
    if out.exists() and not out.is_dir():
        raise ValueError(f"--out expects a folder. Received: the file {str(out)!r}.")
    reading = Reading(target, missing, unlabelled, fold=fold, keep=keep)
    judging = (JUDGING, MEASURING) if verdict else ()
    stages = Stages(READING, *(() if dry_run else (*judging, TRAINING, WRITING)))
    with stages.at(READING):
        read = read_table(file, 0 if sheet is None else sheet, reading)
    lines = _said(
        f"{file.name}: {len(read.frame)} rows, {read.frame.shape[1]} columns.",
        *(f"Note: {note}." for note in read.notes),
    )
    odd = expect_target(read.learned, target, who="--target")
    lines += _said(*(f"Note: {note}." for note in odd)) if odd else []

    # TensorFlow takes seconds to import; what is wrong with a file is said before.
    quiet.start_tensorflow()
    from kvae import samplers
    from kvae.cli.my_table import MyTable
    from kvae.cli.table_report import Findings, table_page
    from kvae.resampling.notes import collapse_note
    from kvae.resampling.resampler import VAEOverSampler
    from kvae.resampling.settings_file import read_searched
    from kvae.verdicts.judges import get_judge

    get_judge(classifier)
    if method != "auto":
        samplers.get(method)
    arguments = {
        "method": method,
        "vae": "single" if vae == "conditional" else vae,
        "conditional": None if vae == "conditional" else False,
        "steps": steps,
    }
    if settings is not None:
        _expect_no_choice(method=method, vae=vae, steps=steps)
        arguments = read_searched(settings).sampler_arguments()
    groups = [tuple(group.split(",")) for group in together]
    sampler = VAEOverSampler(holes=holes, together=groups, ordered=ordered, **arguments)
    table = MyTable(read.learned, target, rows, sampler=sampler, seed=seed)
    columns, plan = table.plan()
    lines += _said("", "Columns", columns.to_string(), "", "Plan")
    lines += _said(*(f"  {note}" for note in plan))
    if dry_run:
        return
    for note in notes_on_place(out):
        lines += _said(f"Note: {note}.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CollapsedVAEWarning)  # said as a note below
        judged = {}
        if verdict:
            judged = _judged(stages, table, classifier, repeats, seconds)
            lines += judged.pop("lines")
        with stages.at(TRAINING):
            new_rows, labels, lineage, fitted = table.augment()
    if fitted.relations_:
        lines += _said("", *(f"Note: {note}." for note in fitted.relations_))
    if fitted.collapsed_:
        lines += _said("", f"Note: {collapse_note(fitted.vae_)}.")
    written = "Replaced in" if (out / "model").exists() else "Written to"
    whole = new_rows.assign(**{target: labels})
    whole = _appended(read, target, whole, lineage if provenance else None)
    fitted.file_form_ = read.form.get_config()  # for `generate`
    with stages.at(WRITING):
        _write(out, whole, read.form, fitted)
    # Last: where there is a report, the rest is finished.
    found = Findings(
        file=file,
        target=target,
        out=out,
        described=columns,
        notes=[*read.notes, *(odd or []), *fitted.relations_],
        plan=plan,
        frame=read.learned,
        new_rows=new_rows,
        labels=labels,
        lineage=lineage,
        fitted=fitted,
        lines=lines,
        **judged,
    )
    with stages.at(WRITING):
        table_page(found, seed).write(out / "report.html")
    files = "report.html, augmented.csv, model/"
    say("", f"{len(new_rows)} new rows. {written} {out}: {files}.")


def main(arguments=None):
    """Runs the command line; what a user can mend is one message, no traceback."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    of_images = arguments[:1] == ["augment"] and is_about_images(arguments[1:])
    commands = {"augment": augment_images if of_images else augment}
    commands |= {"generate": generate, "explore": explore}
    try:
        tyro.extras.subcommand_cli_from_dict(
            commands, prog="kvae", description=__doc__, args=arguments
        )
    except (ImportError, MemoryError, OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted")


def _expect_no_choice(method, vae, steps):
    """Refuses flags that a settings file would silently win over."""
    chosen = {"--method": method != "posterior", "--steps": steps is not None}
    chosen["--vae"] = vae != "conditional"
    odd = [flag for flag, given in chosen.items() if given]
    if odd:
        raise ValueError(
            f"--settings says itself what {', '.join(odd)} would say. Leave one out."
        )


def _expect_rows(rows):
    if rows is not None and rows < 1:
        raise ValueError(f"--rows expects a number of at least 1. Received: {rows}.")


def _judged(stages, table, classifier, repeats, seconds):
    """Says the verdict and the quality of new rows; returns what a report shows."""
    found = {"lines": _said("", "Verdict (cross-validated inside the labelled rows)")}
    try:
        with stages.at(JUDGING):
            found["verdict"] = table.verdict(classifier, repeats, seconds)
        found["lines"] += _said(str(found["verdict"]))
        with stages.at(MEASURING):
            found["measures"], found["copies"] = table.quality()
        found["lines"] += _said(
            "",
            "Quality (new rows of a VAE that has not seen a third of the rows)",
            found["measures"].to_string(),
            f"Copies: {found['copies'].sentence}",
        )
    except (MemoryError, ValueError) as error:
        found["lines"] += _said(f"None. {error}")
        found["no_verdict"] = "" if "verdict" in found else str(error)
    return found


def _appended(read, target, new_rows, lineage=None):
    """Returns the labelled rows of a table, followed by new ones, as they are written.

    Args:
        read: TableFile.
        target: str.
        new_rows: DataFrame of M rows, the target among its columns.
        lineage: optional DataFrame of M rows, provenance to add as columns.
    """
    import pandas as pd

    real = read.written[~missing_labels(read.frame[target])]
    whole = pd.concat([real, read.form.texts(new_rows)], ignore_index=True)
    if lineage is None:
        return whole
    columns = lineage.drop(columns="label").add_prefix("kvae_")
    columns.index = range(len(real), len(whole))
    return whole.join(columns).assign(kvae_generated=whole.index >= len(real))


def _write(out, whole, form, fitted):
    """Writes augmented.csv and the folder model."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.html").unlink(missing_ok=True)
    fitted.save(out / "model")
    form.write(whole, out / "augmented.csv")


def _said(*lines):
    say(*lines)
    return list(lines)


if __name__ == "__main__":
    main()
