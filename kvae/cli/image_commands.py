"""`kvae augment FOLDER`: labels for images without one, new images, and a verdict."""

import importlib.util
import warnings
from pathlib import Path

import tyro

from kvae import quiet
from kvae.cli.model_place import notes_on_place
from kvae.cli.stages import Stages, say
from kvae.warning_classes import CollapsedVAEWarning

Positional = tyro.conf.Positional
FLAGS = ("--dry-run", "--no-dry-run", "--verdict", "--no-verdict")
READING, JUDGING = "reading the images", "judging whether new images help"
TRAINING, WRITING = "training, labelling and drawing", "writing"


def is_about_images(arguments):
    """Returns whether arguments of `kvae augment` name a folder.

    Example:
        >>> is_about_images(["data.csv", "--out", "."]), is_about_images(["."])
        (False, True)
    """
    before = ["", *arguments]
    places = [
        Path(argument)
        for argument, former in zip(arguments, before, strict=False)
        if not argument.startswith("-")
        and (not former.startswith("--") or former in FLAGS or "=" in former)
    ]
    # What does not exist, and has no ending, was meant to be a folder.
    return any(
        place.is_dir() or (i == 0 and not place.exists() and not place.suffix)
        for i, place in enumerate(places)
    )


def augment_images(
    folder: Positional[Path],
    /,
    rows: int | None = None,
    method: str | None = None,
    out: Path | None = None,
    size: tuple[int, int] | None = None,
    features: Path | None = None,
    unlabelled: str = "unlabelled",
    verdict: bool = True,
    classifier: str | None = None,
    repeats: int | None = None,
    seconds: float = 600.0,
    steps: int | None = None,
    seed: int = 0,
    dry_run: bool = False,
):
    """Labels images, draws new ones, and says whether training on them helps.

    FOLDER holds a folder of images for each class, whose name is the label, and
    optionally `unlabelled`, with images of any of these classes. Written are labels.csv
    (file, label and probability of each image without a label), new images as PNG in a
    folder for each class, a sheet of some of them, report.html and `model`, from which
    `kvae generate` draws more images. For a table: kvae augment data.csv --help

    Args:
        folder: the folder. Hidden files, and those that are no images, are left out.
        rows: new images for each class; by default as many as the largest class has
            labelled ones, at least 10; by propagate 1,000, but 10,000 in all.
        method: a sampler, such as posterior, noise or extrapolate; by default propagate
            (around all images, once labels have spread) where there are images without
            a label, else extrapolate.
        out: folder for the results; by default out/<name of the folder>.
        size: height and width that images are scaled to, of their largest centred
            crop; needed where they differ in size.
        features: what another network says about the images, for the graph that labels
            spread in: an .npy file with a row for each image file, sorted by path, in
            FOLDER and below; or a .keras file, or the folder of a SavedModel, which
            turns images (numbers from 0 to 255, as keras.utils.
            image_dataset_from_directory gives them) into vectors. For photographs.
        unlabelled: name of the folder with images without a label.
        verdict: cross-validate whether new images help.
        classifier: who judges: logistic_regression, random_forest,
            hist_gradient_boosting, mlp, or the import path of a scikit-learn
            classifier; by default a small convnet.
        repeats: how often the images are split anew for the verdict; by default once.
        seconds: time after which the verdict is given up.
        steps: gradient steps of the VAE; by default chosen from the images.
        seed: another seed gives other images.
        dry_run: say what would be done, and stop.
    """
    if rows is not None and rows < 1:
        raise ValueError(f"--rows expects a number of at least 1. Received: {rows}.")
    out = Path("out", folder.resolve().name) if out is None else out
    _expect_outside(out, folder)
    from kvae.cli.class_folders import read_class_folders

    doing = (JUDGING, TRAINING, WRITING) if verdict else (TRAINING, WRITING)
    stages = Stages(READING, *(() if dry_run else doing))
    with stages.at(READING):
        read = read_class_folders(folder, size, unlabelled)
    lines = _said(
        f"{folder}: {len(read.x)} images, {len(read.counts)} classes.",
        *(f"Note: {note}." for note in read.notes),
    )
    # TensorFlow takes seconds to import; what is wrong with a folder is said before.
    quiet.start_tensorflow()
    from kvae import samplers
    from kvae.cli.image_features import read_features
    from kvae.cli.image_report import ImageFindings, image_page
    from kvae.cli.my_images import MyImages
    from kvae.resampling.notes import collapse_note
    from kvae.verdicts.judges import get_judge

    get_judge(classifier)
    if method is not None:
        samplers.get(method)
    given = None if features is None else read_features(features, read)
    images = MyImages(read, rows, method, features=given, steps=steps, seed=seed)
    plan = images.plan()
    lines += _said("", "Plan", *(f"  {note}" for note in plan))
    if dry_run:
        return
    for note in notes_on_place(out):
        lines += _said(f"Note: {note}.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CollapsedVAEWarning)  # said as a note below
        judged = {}
        if verdict:
            judged = _judged(stages, images, classifier, repeats, seconds)
            lines += judged.pop("lines")
        with stages.at(TRAINING):
            new, labels, found, fitted = images.augment()
    if fitted.collapsed_:
        lines += _said("", f"Note: {collapse_note(fitted.vae_)}.")
    arguments = {"rows": images.wanted, "method": images.sampler, "steps": steps}
    arguments |= {"size": size, "features": features, "seed": seed}
    written = "Replaced in" if (out / "model").exists() else "Written to"
    with stages.at(WRITING):
        files = _write(out, images, (new, labels), found, fitted)
    # Last: where there is a report, the rest is finished.
    page = image_page(
        ImageFindings(
            folder=folder,
            out=out,
            images=images,
            plan=plan,
            new=new,
            labels=labels,
            spread=found,
            fitted=fitted,
            settings=arguments,
            lines=lines,
            **judged,
        ),
        seed,
    )
    page.write(out / "report.html")
    files = ", ".join(["report.html", *files])
    _said("", f"{len(new)} new images. {written} {out}: {files}.")


def generate_images(fitted, rows, out, seed):
    """Writes more images of a fitted over-sampler as PNG; returns how many.

    Args:
        fitted: VAEOverSampler of images.
        rows: int, images for each class.
        out: Path of a folder.
        seed: int.
    """
    import numpy as np

    from kvae.cli.image_output import write_images

    if out.exists() and not out.is_dir():
        raise ValueError(
            f"--out expects a folder for a model of images. Received: {str(out)!r}."
        )
    new, labels, _ = fitted.sample(rows, seed)
    write_images(out, new, np.asarray(labels))
    return len(new)


def _expect_outside(out, folder):
    if out.exists() and not out.is_dir():
        raise ValueError(f"--out expects a folder. Received: the file {str(out)!r}.")
    if out.resolve().is_relative_to(folder.resolve()):
        raise ValueError(
            f"--out expects a folder outside of {folder}, whose folders are classes. "
            f"Received: {out}."
        )


def _judged(stages, images, classifier, repeats, seconds):
    """Says the verdict; returns what a report shows."""
    found = {"lines": _said("", "Verdict (cross-validated inside the labelled images)")}
    try:
        with stages.at(JUDGING):
            found["verdict"] = images.verdict(classifier, repeats, seconds)
        found["lines"] += _said(str(found["verdict"]))
    except (MemoryError, TimeoutError, ValueError) as error:
        found["lines"] += _said(f"None. {error}")
        found["no_verdict"] = str(error)
    return found


def _write(out, images, new, found, fitted):
    """Writes all but the report; returns the names of what was written."""
    import numpy as np
    import pandas as pd

    from kvae.cli.image_output import write_images, write_sheet
    from kvae.data.guarded import Rows

    out.mkdir(parents=True, exist_ok=True)
    (out / "report.html").unlink(missing_ok=True)
    read, classes, (x, labels) = images.folders, images.classes, new
    fitted.save(out / "model")
    write_images(out / "new", x, labels)
    files = ["new/", "model/"]
    if importlib.util.find_spec("matplotlib") is None:
        _said("Note: no contact sheet without matplotlib: pip install 'kvae[plots]'.")
    else:
        known = images.index >= 0
        real = Rows(read.x[known], images.index[known])
        shown = Rows(x, np.array([classes.index(label) for label in labels]))
        write_sheet(out / "contact_sheet.png", real, shown, classes=classes)
        files.insert(0, "contact_sheet.png")
    if not read.num_unlabelled:
        return files
    table = pd.DataFrame(
        {
            "file": read.names,
            "label": np.array(classes, object)[found.label],
            "probability": found.probability.max(axis=1).round(4),
        }
    )
    table[images.index < 0].to_csv(out / "labels.csv", index=False)
    return ["labels.csv", *files]


def _said(*lines):
    say(*lines)
    return list(lines)
