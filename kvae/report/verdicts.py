"""A verdict as the answer of a page, and as one of its sections."""

from kvae.evaluation.tables import readable
from kvae.report import charts
from kvae.report.page import Section
from kvae.report.parts import Grid, Notes, Text
from kvae.verdicts.verdict import CANNOT_TELL, DO_NOT, USE

# What ways to augment are, for those who see their names for the first time.
WORDS = {
    "VAE": "rows drawn from a variational autoencoder of your rows",
    "SMOTE": "rows on lines between neighbours, the usual rival",
    "propagate": "labels spread from labelled images to those that look alike, and "
    "new images are drawn around all of them",
    "extrapolate": "images drawn beyond two of one class",
    "shifts and rotations": "your images, moved and turned a little",
}
TONES = {USE: "good", DO_NOT: "bad", CANNOT_TELL: "open"}


def answer(verdict, what="rows"):
    """Returns (a sentence, sentences that carry it, "good", "bad" or "open").

    Args:
        verdict: Verdict; or None where it was not asked for or could not be had.
        what: str, "rows" or "images".

    Example:
        >>> from kvae.verdicts import verdict
        >>> scores = {"real": [0.70, 0.72, 0.71], "noise": [0.80, 0.83, 0.81]}
        >>> answer(verdict(scores))[0]
        "Augment: the new rows of 'noise' help."
    """
    if verdict is None:
        text = f"Whether new {what} help was not measured."
        return text, ("Do not train on them before it is.",), "open"
    score, baseline = verdict.score, verdict.baseline
    percent = f"{100 * verdict.confidence:g} %"
    # What an interval promises: how seldom its way of answering errs.
    seldom = (
        f"about {100 * (1 - verdict.confidence):.3g} in 100 data sets like this one, "
        "or fewer, would lead to this answer by chance"
    )
    means = verdict.table["mean"]
    change = (
        f"{score} goes from {means[baseline]:.3f} ({baseline!r}) to "
        f"{means[verdict.method]:.3f} with {verdict.method!r}: a change of "
        f"{verdict.difference:+.3f}, {percent} interval from {verdict.low:+.3f} to "
        f"{verdict.high:+.3f}."
    )
    change = change[:1].upper() + change[1:]
    basis = f"Judged on {verdict.runs} {verdict.unit}{_how_often(verdict)}."
    # One that was asked for judged every part: it has the baseline's very mean.
    if verdict.judges is not None and means[baseline] not in set(
        verdict.judges["mean"]
    ):
        basis += (
            " The classifier that judged was the best one of each training part, so "
            f"{means[baseline]:.3f} is not the score of a single one."
        )
    if verdict.outcome == USE:
        first = f"Augment: the new {what} of {verdict.method!r} help."
        reasons = (change, f"How sure: if no way to augment helped, {seldom}.")
    elif verdict.outcome == DO_NOT:
        little = "help too little" if verdict.low > 0 else "do not help"
        first = f"Do not augment: new {what} {little} here."
        reasons = (
            change,
            f"How sure: if one way to augment added the {verdict.worthwhile:g} that "
            f"would be worth having, {seldom}.",
        )
    else:
        first = f"Do not augment yet: whether new {what} help cannot be told."
        reasons = (
            change,
            f"Not sure: it could be a gain or a loss. {verdict.power_sentence}",
        )
    judges = verdict.judges_sentence
    return (
        first,
        (*reasons, basis, *([judges] if judges else ())),
        TONES[verdict.outcome],
    )


def _how_often(verdict):
    folds, repeats = (verdict.settings.get(key) for key in ("folds", "repeats"))
    if folds is None or repeats is None:
        return ""
    times = "once" if repeats == 1 else f"{repeats} times"
    return f", none of which taught what it judged ({folds} folds, split {times})"


def differences(verdict):
    """Returns a chart of the methods' differences, the best first."""
    words = [f"{name}: {WORDS[name]}." for name in verdict.table.index if name in WORDS]
    return charts.intervals(
        verdict.table.sort_values("difference", ascending=False),
        f"Each way to augment against {verdict.baseline!r}. An interval right of 0 is "
        f"a gain; {verdict.worthwhile:g} (dashed) is what would be worth having. "
        + " ".join(words),
        f"change of {verdict.score}",
        verdict.worthwhile,
    )


def verdict_sections(verdict, what="rows"):
    """Returns the sections of a verdict: classifiers on real rows, and methods.

    Args:
        verdict: Verdict.
        what: str, "rows" or "images".
    """
    sections = []
    if verdict.judges is not None:
        parts = []
        if len(verdict.judges) > 1:
            parts.append(
                charts.intervals(
                    verdict.judges,
                    f"Each classifier against {verdict.judges.index[0]!r}, all on the "
                    f"real {what} alone.",
                    f"change of {verdict.score}",
                )
            )
        grid = readable(verdict.judges, verdict.score)
        title = f"Classifiers on the real {what}"
        parts.append(Grid.of(grid, title, index="classifier"))
        sections.append(Section(title, tuple(parts)))
    parts = [Text(verdict.sentence)]
    grid = readable(verdict.table, verdict.score)
    parts.append(Grid.of(grid, f"Methods, by the same held-out {what}", index="method"))
    if verdict.notes:
        parts.append(Notes(verdict.notes))
    return (*sections, Section(f"Do new {what} help?", tuple(parts)))
