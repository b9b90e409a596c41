"""The page that `kvae augment FOLDER` ends with."""

import dataclasses
import shlex

import numpy as np

from kvae import random
from kvae.cli.run_report import (
    command_line,
    has_space_for_each_class,
    map_points,
    origin_section,
)
from kvae.data.guarded import Rows
from kvae.evaluation.doubt import doubts
from kvae.report.images import classes_section, doubted, labels_section
from kvae.report.latent import latent_section, thumbnails, training_section
from kvae.report.page import Page, Section
from kvae.report.parts import Command, Notes, Text
from kvae.report.verdicts import answer, differences, verdict_sections
from kvae.verdicts.verdict import CANNOT_TELL, USE

MOST_JUDGED = 2_000  # new images whose doubt is measured
MOST_PIXELS = 32 * 32 * 3  # of images that a map shows: they stand in the page


@dataclasses.dataclass(frozen=True)
class ImageFindings:
    """What a run on a folder of images has found.

    Args:
        folder: Path.
        out: Path of the folder with the results.
        images: MyImages.
        plan: list of str.
        new: float array (M, H, W, C).
        labels: str array (M,).
        spread: what labels were found, from `MyImages.augment`.
        fitted: VAEOverSampler.
        verdict: Verdict, or None.
        no_verdict: str, why there is none; "" where it was not asked for.
        settings: dict.
        lines: list of str, what was said in the terminal.
    """

    folder: object
    out: object
    images: object
    plan: list
    new: np.ndarray
    labels: np.ndarray
    spread: object
    fitted: object
    verdict: object = None
    no_verdict: str = ""
    settings: dict = dataclasses.field(default_factory=dict)
    lines: list = dataclasses.field(default_factory=list)


def image_page(found, seed=0):
    """Returns the Page of a run on images.

    Args:
        found: ImageFindings.
        seed: int, for samples of many images.
    """
    first, reasons, tone = answer(found.verdict, "images")
    if found.no_verdict:
        reasons = (found.no_verdict, *reasons)
    images = found.images
    classes, index, x = images.classes, images.index, images.folders.x
    known = index >= 0
    place = {name: i for i, name in enumerate(classes)}
    new = Rows(found.new, np.array([place[label] for label in found.labels], int))
    sections = (
        [] if found.verdict is None else [*verdict_sections(found.verdict, "images")]
    )
    notes = tuple(images.folders.notes)
    if notes:
        sections.append(Section("Your images", (Notes(notes),)))
    if not known.all():
        likely = found.spread.probability.max(axis=1)[~known]
        names = np.array(classes, object)[found.spread.label[~known]]
        sections.append(labels_section(x[~known], names, likely, int((~known).sum())))
    sections.append(classes_section(Rows(x[known], index[known]), new, classes))
    some = np.arange(len(new.y))
    if len(some) > MOST_JUDGED:
        stream = random.generator(seed, "judged")
        some = np.sort(stream.choice(some, MOST_JUDGED, replace=False))
    taught = found.spread.label if not known.all() else index
    likely = doubts((x, taught), (new.x[some], new.y[some]), seed)["probability"]
    sections.append(
        Section(
            "Doubtful new images",
            (
                Text(
                    "likely: how probable the label is, by a random forest of the "
                    "pixels of your images."
                ),
                doubted(
                    new.x[some],
                    np.asarray(found.labels)[some],
                    likely.to_numpy(),
                    "new images"
                    + (f" out of {len(new.y):,}" if len(some) < len(new.y) else ""),
                ),
            ),
        )
    )
    sections.append(_latent(found.fitted, (x, index), new, classes))
    sections.append(training_section(found.fitted.training_, found.plan))
    sections.append(origin_section(found.settings, found.lines))
    return Page(
        title=f"{found.folder}: do new images help to tell its classes apart?",
        answer=first,
        reasons=reasons,
        next_steps=_next_steps(found),
        beside=None if found.verdict is None else differences(found.verdict),
        sections=tuple(sections),
        tone=tone,
    )


def _latent(fitted, real, new, classes):
    groups = {"real": real, "generated": (new.x, new.y)}
    points, share, total = map_points(fitted.vae_, groups, classes)
    points["name"] = ["image " + str(row + 1) for row in points["row"]]
    small = np.prod(new.x.shape[1:]) <= MOST_PIXELS
    if small:
        points["image"] = ""
        for kind, of_kind in points.groupby("rows"):
            uris = thumbnails(groups[kind][0][of_kind["row"].to_numpy()])
            points.loc[of_kind.index, "image"] = uris
    by_class = has_space_for_each_class(fitted.vae_)
    return latent_section(points, share, total, images=bool(small), by_class=by_class)


def _next_steps(found):
    folder = shlex.quote(str(found.out))
    again = command_line()
    explore = Command(
        f"kvae explore {folder}/model",
        "Walk through the latent space, and label doubtful images in it:",
    )
    steps = []
    if found.verdict is None:
        measure = again.replace(" --no-verdict", "")
        text = "Let it be measured" if measure != again else "Mend that, and run again"
        steps.append(Command(measure, f"{text}:"))
    elif found.verdict.outcome == USE:
        text = f"Train on your images and those in {found.out / 'new'}."
        steps.append(Command("", text))
        steps.append(Command(f"kvae generate {folder}/model --rows 100", "For more:"))
    else:
        steps.append(Command("", "Train on your own images alone."))
        if found.verdict.outcome == CANNOT_TELL:
            more = found.verdict.more_runs
            label = f"Label about {more} more" if more else "Label many more images"
            steps.append(Command(again, f"{label}, and ask again:"))
    if found.images.folders.num_unlabelled:
        text = (
            f"Look through {found.out / 'labels.csv'}: the labels that kvae guesses "
            "for your other images may be worth more than new ones."
        )
        steps.append(Command("", text))
    return (*steps, explore)
