"""An answer instead of a score: use it, do not augment, or cannot tell."""

import bisect
import dataclasses

import pandas as pd
from scipy import stats

from kvae import templates
from kvae.checks import expect_at_least, expect_confidence
from kvae.evaluation.scores import SCORES
from kvae.evaluation.statistics import compare
from kvae.evaluation.tables import in_brackets, readable

USE = "use it"
DO_NOT = "do not augment"
CANNOT_TELL = "cannot tell"
MOST_RUNS = 1000  # to ask for more would be no advice
POWER = 0.8
BOUNDED = {"weighted F1", "f1_macro", "f1_weighted", "roc_auc", *SCORES}  # by 1


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What paired runs say about augmenting.

    Args:
        outcome: "use it", "do not augment" or "cannot tell".
        method: str, the method with the largest mean difference; of those that clearly
            help, where any does.
        baseline: str, what it is compared with.
        difference: float, its mean paired difference to the baseline.
        low: float, lower end of the interval of that difference.
        high: float, upper end.
        confidence: float, of the intervals of all methods together.
        worthwhile: float, the least difference that would be worth having.
        runs: int, how many pairs, or labelled rows or images, there are.
        more_runs: int, about how many more would tell in half of all cases, were the
            true differences those of the table; None where the outcome is clear, or no
            reasonable number would.
        table: DataFrame from `kvae.evaluation.compare` or `compare_held_out`, with
            intervals widened for the number of methods. The outcome rests on these;
            p values are corrected by Holm, and may be small beside one that holds 0.
        score: str, what is compared.
        unit: str, what `runs` counts: "paired runs", "labelled rows" or "labelled
            images".
        settings: dict, whatever the caller wants kept.
        judges: DataFrame like `table`, of classifiers that learned from the real rows
            alone, beside the first of them; None where one alone has judged.
        notes: tuple of str, what else is to be known.

    Printing gives a sentence and a table; notebooks show it as HTML;
    `kvae.plots.plot_differences(verdict.table, ax)` draws it.
    """

    outcome: str
    method: str
    baseline: str
    difference: float
    low: float
    high: float
    confidence: float
    worthwhile: float
    runs: int
    more_runs: int | None
    table: pd.DataFrame
    score: str = "weighted F1"
    unit: str = "paired runs"
    settings: dict = dataclasses.field(default_factory=dict)
    judges: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()

    @property
    def sentence(self):
        """The verdict in a sentence or two, with its interval."""
        interval = in_brackets(self.difference, self.low, self.high, sign="+")
        others = len(self.table) - 1
        corrected = f", corrected for {others} methods" if others > 1 else ""
        percent = f"{100 * self.confidence:g}%"
        basis = f"({percent} interval over {self.runs} {self.unit}{corrected})"
        if self.outcome == USE:
            return (
                f"Use it: {self.method!r} changes {self.score} by {interval} against "
                f"{self.baseline!r} {basis}."
            )
        best = f"the best, {self.method!r}, changes {self.score} by {interval}"
        if self.outcome == DO_NOT:
            return (
                f"Do not augment: no method adds {self.worthwhile:g} or more to "
                f"{self.baseline!r}; {best} {basis}."
            )
        do, unit = ("Label", self._rows) if self._rows else ("Add", "runs")
        more = f"About {self.more_runs} more {unit} would tell as often as not, if the "
        more += f"true change is the one measured: {do.lower()} them, or leave"
        advice = more if self.more_runs else "Leave"
        return (
            f"Cannot tell: {best} against {self.baseline!r} {basis}. "
            f"{self.power_sentence} {advice} the {self._rows or 'rows'} as they are."
        )

    @property
    def power_sentence(self):
        """Which gain would have been seen, if it were there."""
        best = self.table.loc[self.baseline, "mean"] + self.detectable
        if self.score in BOUNDED and best > 1:
            # Who makes no mistake is steadier than the methods whose width is known.
            return (
                f"{self.runs} {self.unit} are few: at best a gain near the largest "
                f"that is possible, from {self.table.loc[self.baseline, 'mean']:.3f} "
                "to 1, would have shown."
            )
        return (
            f"A gain of {self.detectable:.2g} would have shown in four cases of five, "
            "a smaller one less often."
        )

    @property
    def _rows(self):
        """str: what was labelled, "rows" or "images"; "" where runs are counted."""
        labelled, _, rows = self.unit.partition(" ")
        return rows if labelled == "labelled" else ""

    @property
    def detectable(self):
        """float: the gain that shows in 4 of 5 tables like this one, for any method."""
        rest = self.table.dropna(subset="difference")
        half = (rest["difference_high"] - rest["difference"]).max()
        wide = family_wise(self.confidence, len(self.table))
        quantile = stats.norm.ppf((1 + wide) / 2)
        return float(half * (1 + stats.norm.ppf(POWER) / quantile))

    @property
    def judges_sentence(self):
        """What the choice of a classifier changes, on the real rows; "" if unknown."""
        if self.judges is None:
            return ""
        best = self.judges["mean"].idxmax()
        means = self.judges["mean"].sort_values(ascending=False)
        ranked = ", ".join(f"{name} {mean:.3f}" for name, mean in means.items())
        text = f"Classifiers on the real rows alone, {self.score}: {ranked}."
        first = self.judges.index[0]
        if best == first:
            return text
        row = self.judges.loc[best]
        interval = in_brackets(
            *row[["difference", "difference_low", "difference_high"]], sign="+"
        )
        if row["difference_low"] > max(self.table["difference_high"].max(), 0):
            return (
                f"{text} The classifier matters more than augmentation: {best} is "
                f"{interval} above {first}."
            )
        return f"{text} {best} less {first}: {interval}."

    def __str__(self):
        table = readable(self.table, self.score).to_string()
        parts = [self.judges_sentence, self.sentence, table, *self.notes]
        return "\n\n".join(part for part in parts if part)

    def _repr_html_(self):
        table = readable(self.table, self.score)
        texts = (self.judges_sentence, self.sentence, *self.notes)
        return templates.summary(self.outcome, *texts, tables=[table])


def verdict(
    scores,
    baseline=None,
    confidence=0.95,
    worthwhile=0.01,
    score="weighted F1",
    **settings,
):
    """Returns what paired runs with a test set say about augmenting.

    The best of several methods looks good by luck; so intervals hold for all methods
    together (Bonferroni). "do not augment": every interval lies below the least
    difference worth having, though some may lie above 0. "use it": a method's interval
    lies above 0. Otherwise there is no telling, and the number of runs is given at
    which the interval would be narrow enough, were the difference to stay.

    Runs count what differs between them. Where they share a test set, the answer is
    about its rows, and does not count that others would score otherwise.

    Args:
        scores: DataFrame (num_runs, num_methods), a column for each method, a line for
            each seed; or a dict of equally long sequences.
        baseline: str, the column without augmentation; by default the first.
        confidence: float in (0, 1).
        worthwhile: float >= 0, in units of the score.
        score: str, the score's name.
        **settings: kept in the verdict.

    Returns:
        Verdict.

    Raises:
        KeyError: where the baseline is no column.
        ValueError: for fewer than 2 runs or methods, scores that are not finite, or a
            confidence that is not between 0 and 1.

    Example:
        >>> scores = {"real": [0.70, 0.72, 0.71], "noise": [0.80, 0.83, 0.81]}
        >>> verdict(scores).outcome
        'use it'
    """
    scores = pd.DataFrame(scores)
    baseline = scores.columns[0] if baseline is None else baseline
    expect_at_least("worthwhile", worthwhile, 0)
    if len(scores) < 2 or scores.shape[1] < 2:
        raise ValueError(
            "verdict expects at least 2 runs of at least 2 methods, the baseline "
            f"included. Received: {len(scores)} runs of {list(scores.columns)}. Repeat "
            "the comparison with other seeds."
        )
    return make_verdict(
        compare(scores, baseline, family_wise(confidence, scores.shape[1])),
        confidence,
        worthwhile,
        most=MOST_RUNS,
        score=score,
        settings=settings,
    )


def _conclude(table, worthwhile):
    """Returns (outcome, the line of the table that it rests on)."""
    rest = table.dropna(subset="difference")
    clear = rest[rest["difference_low"] > 0]
    if rest["difference_high"].max() < worthwhile:
        outcome, pool = DO_NOT, rest
    elif len(clear):
        outcome, pool = USE, clear
    else:
        outcome, pool = CANNOT_TELL, rest
    return outcome, pool.loc[pool["difference"].idxmax()]


def family_wise(confidence, methods):
    """The confidence of one interval of several (Bonferroni)."""
    expect_confidence("a verdict", confidence)
    return 1 - (1 - confidence) / max(methods - 1, 1)


def make_verdict(table, confidence, worthwhile, most, **labels):
    """Returns the Verdict that a table of intervals leads to.

    Args:
        table: DataFrame as `Verdict.table`, its intervals at `family_wise`.
        confidence: float, of all intervals together.
        worthwhile: float.
        most: int, the number of runs from which on no advice is given.
        **labels: score, unit and settings of the verdict.
    """
    outcome, best = _conclude(table, worthwhile)
    more_runs = None
    if outcome == CANNOT_TELL:
        wide = family_wise(confidence, len(table))
        more_runs = _runs_until_all_tell(table, worthwhile, wide, most=most)
    return Verdict(
        outcome=outcome,
        method=best.name,
        baseline=table.index[table["difference"].isna()][0],
        difference=float(best["difference"]),
        low=float(best["difference_low"]),
        high=float(best["difference_high"]),
        confidence=confidence,
        worthwhile=worthwhile,
        runs=int(best["runs"]),
        more_runs=more_runs,
        table=table,
        **labels,
    )


def _runs_until_all_tell(table, worthwhile, confidence, most):
    """Runs until every interval tells; None where some method needs too many."""
    rest = table.dropna(subset="difference")
    unclear = rest[
        (rest["difference_low"] <= 0) & (rest["difference_high"] >= worthwhile)
    ]
    needed = [
        _runs_to_tell(row, worthwhile, confidence, most=most)
        for _, row in unclear.iterrows()
    ]
    return None if None in needed else max(needed)


def _runs_to_tell(best, worthwhile, confidence, most):
    """Runs until the interval leaves 0, or what is worthwhile, if the mean stays."""
    runs = int(best["runs"])
    room = max(best["difference"], worthwhile - best["difference"])
    half = best["difference_high"] - best["difference"]
    deviation = half * runs**0.5 / _quantile(runs, confidence)

    def tells(additional):
        total = runs + additional
        return _quantile(total, confidence) * deviation / total**0.5 <= room

    needed = bisect.bisect_left(range(1, most), True, key=tells) + 1
    return needed if needed < most else None


def _quantile(runs, confidence):
    return stats.t.ppf((1 + confidence) / 2, runs - 1)
