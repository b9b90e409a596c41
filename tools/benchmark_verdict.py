"""Whether a verdict's intervals cover what they claim, and what gains they show.

    python -m tools.benchmark_verdict            # 12 min on one core
    python -m tools.benchmark_verdict --quick    # few simulations; half a minute
    git show OLD:kvae/verdicts/held_out.py > old.py
    python -m tools.benchmark_verdict --before old.py   # the same tables, by both

Coverage: nearest centroids of Gaussian classes, trained on weighted rows (the noise of
training), five folds, repeated; the other method knows a little of the truth. Then
`--learners` of scikit-learn, steady and unsteady ones, on 100 rows of two classes and
300 of five; their other method learns from noisy copies, too. What is true is measured
on 10,000 rows and hundreds of training sets.
Beside it Nadeau and Bengio's corrected t over parts. False alarms: three candidates
that are as good as the baseline, asked with all looks that `table_verdict` takes; the
share of tables on which any of them is recommended. Power: labels that are right at a
rate of each row's own, and a second method whose rate is higher by the gain.
"""

import collections
import functools
import importlib.util
import inspect
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from kvae import random
from kvae.data.labels import stratified_folds
from kvae.evaluation.scores import score
from kvae.verdicts.held_out import compare_held_out
from kvae.verdicts.looks import CONFIDENCE, INTERIM, LOOKS, last_confidence
from kvae.verdicts.verdict import USE, family_wise, make_verdict
from tools import timing

FOLDS = 5
SEPARATION = 0.6  # of the classes' means, in deviations
TODAY = {"": compare_held_out}
LEARNERS = {
    "line": LogisticRegression(),
    "neighbours": KNeighborsClassifier(),
    "forest": RandomForestClassifier(30),
    "tree": DecisionTreeClassifier(max_depth=4),
    "stump": DecisionTreeClassifier(max_depth=1),
}


@dataclass(frozen=True)
class Config:
    simulations: int = 400
    """Tables for each line."""
    rows: tuple[int, ...] = (30, 100, 300, 1000, 2000)
    """Rows of a table."""
    classes: tuple[int, ...] = (2, 5, 10)
    """Classes, of equal and of unequal sizes; as far as there are 5 rows of each."""
    repeats: tuple[int, ...] = (1, 2, 5, 10)
    """How often the rows are split anew."""
    gains: tuple[float, ...] = (0.02, 0.05, 0.1)
    """True gains of the power table."""
    learners: tuple[Literal[tuple(LEARNERS)], ...] = tuple(LEARNERS)
    """Classifiers of the second table; a forest takes ten minutes."""
    before: Path | None = None
    """A file whose `compare_held_out` is judged beside today's."""
    out: Path | None = None
    """Where the tables are written as CSV."""
    quick: bool = False
    """30 simulations of one size."""


QUICK = {
    "simulations": 30,
    "rows": (100,),
    "classes": (2,),
    "repeats": (1, 5),
    "gains": (0.05,),
    "learners": ("tree",),
}


def main(config):
    ways = dict(TODAY)
    if config.before is not None:
        ways["before: "] = _compare_of(config.before)
    lines = []
    for n, k, repeats, equal in itertools.product(
        config.rows, config.classes, config.repeats, (True, False)
    ):
        if n >= 5 * k * (1 if equal else 3):
            shares = np.ones(k) if equal else 1.0 + np.arange(k) * (3 / (k - 1))
            lines.append(
                coverage(n, shares / shares.sum(), repeats, config.simulations, ways)
            )
    show("Coverage of 95 % intervals, and their half width", lines, config.out)
    lines = []
    for name, (n, k), repeats in itertools.product(
        config.learners, ((100, 2), (300, 5)), config.repeats
    ):
        line = coverage(
            n, np.ones(k) / k, repeats, config.simulations, ways, LEARNERS[name]
        )
        lines.append({"learner": name, **line})
    show("Learners' coverage of 95 % intervals", lines, config.out)
    lines = [false_alarms(n, config.simulations) for n in config.rows]
    title = "Recommended although no better, of three candidates, with all looks"
    show(title, lines, config.out)
    lines = [
        power(n, gain, repeats, config.simulations, ways)
        for n in config.rows
        for gain in config.gains
        for repeats in config.repeats
    ]
    show("Found, share of tables on which a true gain shows", lines, config.out)


def show(title, lines, out=None):
    """Prints a table; writes it to a file named by the title's first word."""
    table = pd.DataFrame(lines).round(3)
    print(f"\n{title}\n\n{table.to_string(index=False)}", flush=True)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        name = title.split()[0].strip(",'").lower()
        table.to_csv(out / f"{name}.csv", index=False)


def _compare_of(path):
    """Returns `compare_held_out` of a file, called as today's is."""
    spec = importlib.util.spec_from_file_location("before", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    compare = module.compare_held_out
    if "folds" in inspect.signature(compare).parameters:
        return functools.partial(compare, folds=FOLDS)
    return compare


def coverage(n, shares, repeats, simulations, ways=TODAY, learner=None):
    """Returns a line: how often intervals hold the truth, and how wide they are."""
    stream = random.generator(0, "coverage", n, len(shares), repeats)
    if learner is None:
        world = _World(stream, n, shares, gain=0.15)
    else:
        world = _Learned(stream, n, shares, learner)
    truth = world.true_difference(max(simulations, 200))
    found = collections.defaultdict(list)
    for _ in range(simulations):
        y, predicted, part = world.cross_validated(repeats)
        halves = {"corrected t: ": _corrected_t(y, predicted, part)}
        for way, compare in ways.items():
            row = compare(y, predicted, ["a", "b"], part=part).loc["b"]
            halves[way] = row["difference_high"] - row["difference"]
        for way, half in sorted(halves.items()):
            found[f"{way}coverage"].append(abs(row["difference"] - truth) <= half)
            found[f"{way}half width"].append(half)
    return {
        "rows": n,
        "classes": len(shares),
        "sizes": "equal" if np.ptp(shares) == 0 else "unequal",
        "repeats": repeats,
        "truth": truth,
        **{name: np.mean(each) for name, each in found.items()},
    }


class _World:
    """Gaussian classes, and two methods that learn their centroids."""

    def __init__(self, stream, n, shares, gain):
        self.stream, self.gain = stream, gain
        self.sizes = np.maximum(np.round(shares * n).astype(int), 2)
        self.means = SEPARATION * stream.normal(size=(len(shares), 5))

    def rows(self, times=1):
        y = np.repeat(np.arange(len(self.sizes)), self.sizes * times)
        x = self.means[y] + self.stream.normal(size=(len(y), self.means.shape[1]))
        return x, y

    def train(self, x, y):
        """Returns centroids (2, K, F)."""
        weights = self.stream.exponential(size=(2, len(y), 1))
        of_class = np.eye(len(self.sizes))[y]
        sums = np.einsum("nk,mnf->mkf", of_class, weights * x)
        centroids = sums / np.einsum("nk,mno->mko", of_class, weights)
        centroids[1] += self.gain * (self.means - centroids[1])
        return centroids

    def predict(self, centroids, x):
        away = (centroids**2).sum(-1)[:, None] - 2 * np.einsum(
            "nf,mkf->mnk", x, centroids
        )
        return away.argmin(-1)

    def true_difference(self, training_sets):
        x, y = self.rows(times=max(1, 10_000 // self.sizes.sum()))
        found = []
        for _ in range(training_sets):
            rows, labels = self.rows()
            kept = self.stream.permutation(len(labels)) % FOLDS > 0
            predicted = self.predict(self.train(rows[kept], labels[kept]), x)
            scores = [_score(y, labels, len(self.sizes)) for labels in predicted]
            found.append(scores[1] - scores[0])
        return np.mean(found)

    def cross_validated(self, repeats):
        """Returns (labels (N,), predicted (2, R, N), part (R, N))."""
        x, y = self.rows()
        predicted = np.empty((2, repeats, len(y)), int)
        part = np.empty((repeats, len(y)), int)
        for r in range(repeats):
            part[r] = stratified_folds(y, FOLDS, int(self.stream.integers(2**31)))
            for fold in range(FOLDS):
                out = part[r] == fold
                trained = self.train(x[~out], y[~out])
                predicted[:, r, out] = self.predict(trained, x[out])
        return y, predicted, part


class _Learned(_World):
    """The same classes, and a scikit-learn classifier without and with noisy copies."""

    def __init__(self, stream, n, shares, learner):
        super().__init__(stream, n, shares, gain=0.0)
        self.learner = learner

    def train(self, x, y):
        noisy = [x + 0.5 * self.stream.normal(size=x.shape) for _ in range(2)]
        more = np.concatenate([x, *noisy]), np.tile(y, 3)
        return [self._new().fit(*rows) for rows in ((x, y), more)]

    def predict(self, models, x):
        return np.stack([model.predict(x) for model in models])

    def _new(self):
        learner = clone(self.learner)
        if "random_state" in learner.get_params():
            learner.set_params(random_state=int(self.stream.integers(2**31)))
        return learner


def _score(true, predicted, num_classes):
    return score(true, predicted, num_classes)["weighted_f1"]


def _corrected_t(y, predicted, part):
    """Returns the half width of Nadeau and Bengio's interval (2003)."""
    k = int(y.max()) + 1
    each = [
        _score(y[out], predicted[1, r, out], k)
        - _score(y[out], predicted[0, r, out], k)
        for r in range(len(part))
        for out in (part[r] == fold for fold in range(FOLDS))
    ]
    error = np.sqrt(np.var(each, ddof=1) * (1 / len(each) + 1 / (FOLDS - 1)))
    return error * stats.t.ppf(0.975, len(each) - 1)


def false_alarms(n, simulations, candidates=3):
    """Returns a line: how often an equal candidate is recommended, with all looks."""
    stream = random.generator(0, "false alarms", n)
    wide, alarms, stopped = [], 0, 0
    for _ in range(simulations):
        y, predicted, part = _labels(stream, n, [0.0] * (candidates + 1), LOOKS[-1])
        for look in LOOKS:
            early = _verdict(y, predicted, part, look, 1 - INTERIM)
            if look < LOOKS[-1] and early.outcome == USE:
                alarms, stopped = alarms + 1, stopped + 1
                break
        else:
            found = _verdict(y, predicted, part, LOOKS[-1], last_confidence(len(LOOKS)))
            alarms += found.outcome == USE
            wide.append((found.high - found.low) / 2)
    return {
        "rows": n,
        "recommended": alarms / simulations,
        "before the last look": stopped / simulations,
        "half width": np.mean(wide),
    }


def power(n, gain, repeats, simulations, ways=TODAY):
    """Returns a line: how often a true gain is clear, of one candidate."""
    stream = random.generator(0, "power", n, repeats)
    found = dict.fromkeys(ways, 0)
    for _ in range(simulations):
        y, predicted, part = _labels(stream, n, [0.0, gain], repeats)
        for way, compare in ways.items():
            said = _verdict(y, predicted, part, repeats, CONFIDENCE, compare)
            found[way] += said.outcome == USE
    shares = {f"{way}found": count / simulations for way, count in found.items()}
    return {"rows": n, "gain": gain, "repeats": repeats, **shares}


def _labels(stream, n, gains, repeats):
    """Returns labels of two classes that methods predict; half of the noise is shared.

    Rows have rates of their own, about 0.75; the noise of trained models moves them.
    """
    y = np.arange(n) % 2
    rates = stream.beta(3, 1, n)
    part = np.stack(
        [
            stratified_folds(y, FOLDS, int(s))
            for s in stream.integers(2**31, size=repeats)
        ]
    )
    luck = stream.random((repeats, n))
    predicted = []
    for gain in gains:
        of_models = 0.03 * stream.normal(size=(repeats, FOLDS))
        moved = rates + gain + np.take_along_axis(of_models, part, axis=1)
        own = np.where(
            stream.random((repeats, n)) < 0.5, luck, stream.random((repeats, n))
        )
        predicted.append(np.where(own < moved, y, 1 - y))
    return y, np.array(predicted), part


def _verdict(y, predicted, part, look, confidence, compare=compare_held_out):
    names = [f"candidate {m}" for m in range(len(predicted))]
    table = compare(
        y,
        predicted[:, :look],
        names,
        confidence=family_wise(confidence, len(names)),
        part=part[:look],
    )
    return make_verdict(table, confidence, worthwhile=0.01, most=10)


if __name__ == "__main__":
    timing.run_benchmark(main, Config, QUICK, __doc__)
