"""Does over-sampling a table help? Cross-validated inside its labelled rows."""

import time

import numpy as np
import pandas as pd
from sklearn.base import clone

from kvae import progress, random
from kvae.augmentation.methods import BASELINE
from kvae.data.guarded import Rows
from kvae.data.labels import stratified_folds
from kvae.preprocessing.table import Table
from kvae.resampling.parts import over_sample_parts
from kvae.resampling.resampler import VAEOverSampler
from kvae.resampling.rows import as_frame
from kvae.resampling.targets import Targets
from kvae.training.budget import Budget
from kvae.verdicts.from_rows import MOST_TIMES
from kvae.verdicts.held_out import compare_held_out
from kvae.verdicts.judges import JUDGES, MLP, get_judge, judge_of
from kvae.verdicts.looks import (
    CONFIDENCE,
    DECIDED,
    INTERIM,
    LOOKS,
    last_confidence,
    reason_to_stop,
    widest,
)
from kvae.verdicts.train_splits import predict_cells
from kvae.verdicts.verdict import family_wise, make_verdict

SECONDS = 60.0


def table_verdict(
    rows,
    y,
    samplers,
    folds=5,
    repeats=None,
    seed=0,
    classifier=None,
    worthwhile=0.01,
    seconds=SECONDS,
    verbose=False,
):
    """Returns what cross-validation says about over-sampling a table.

    In each split VAE and classifier are fitted without the rows held out; the VAEs of
    all splits are trained as one stack. What the columns are, the transform, is learned
    from all rows without their labels, once and for all methods. Unlabelled rows are in
    every training part, and so is the only row of a class: it teaches, and is not
    judged.

    Args:
        rows: DataFrame or array (N, F).
        y: labels (N,).
        samplers: dict {name: imbalanced-learn sampler}. A VAEOverSampler gets the table
            as it is, unlabelled rows included; any other the labelled rows, as inputs
            of the transform.
        folds: int; at most the rows of the largest class.
        repeats: int, how often the rows are split anew; by default until the verdict is
            clear, more repeats hardly narrow the interval, or the time is over, at most
            10 times.
        seed: int.
        classifier: who judges, as in `get_judge`; by default whichever of logistic
            regression, random forest and gradient boosting is best on the real rows,
            found anew inside each training part.
        worthwhile: float, the least gain in weighted F1 that is worth having.
        seconds: float, after which the rows are not split anew.
        verbose: bool, whether to show a progress bar.

    Returns:
        Verdict; its `judges` say how good each classifier is on the real rows, its
        settings why the rows were not split anew (`kvae.verdicts.looks`).

    Raises:
        ValueError: for fewer than two classes of at least two rows.
    """
    start = time.perf_counter()
    problem = _Problem(rows, y, samplers, folds, seed, get_judge(classifier))
    looks = LOOKS if repeats is None else (repeats,)
    widths, done = [], 0
    counted = progress.counted(looks[-1], "splits", verbose, seconds=seconds)
    with counted as count:
        for look in looks:
            began = time.perf_counter()
            problem.split_until(look)
            count(look - done)
            now = time.perf_counter()
            ahead = [later for later in looks if later > look]
            # A larger stack takes less time for each repeat: this is an upper bound.
            needed = ((ahead or [look])[0] - look) * (now - began) / (look - done)
            early = problem.verdict(worthwhile, 1 - INTERIM, DECIDED)
            widths.append(widest(early))
            done = look
            late = now - start + needed > seconds
            reason = reason_to_stop(early, widths, ahead=bool(ahead), late=late)
            if reason == DECIDED:
                return early
            if reason:
                break
    return problem.verdict(worthwhile, last_confidence(len(widths)), reason)


class _Problem:
    """A table, who over-samples and who judges, and what was predicted so far."""

    def __init__(self, rows, y, samplers, folds, seed, judge):
        self.frame, targets = as_frame(rows), Targets(y)
        self.classes, self.y = targets.classes, targets.index
        self.samplers, self.judge, self.seed = samplers, judge, seed
        # The one that was asked for comes first: the others are compared with it.
        self.judges = dict(JUDGES)
        if judge is not None:
            name = next((n for n, other in JUDGES.items() if other is judge), None)
            name = name or (judge if judge == MLP else type(judge).__name__)
            self.judges = {name: judge, **self.judges}
        counts = np.bincount(self.y[self.y >= 0])
        if len(counts) < 2:
            raise ValueError(
                "A verdict expects at least two classes. Received: "
                f"{self.classes.tolist()}. Label rows of another class, too."
            )
        if np.sort(counts)[-2] < 2:
            raise ValueError(
                "A verdict expects two classes of at least 2 rows: one to learn from, "
                "one to judge by. Received: classes of "
                f"{', '.join(map(str, counts))} row(s). Label more rows."
            )
        self.folds = int(min(folds, counts.max()))
        self.table = Table(self.frame)
        self.x = self.table.transform(self.frame)
        # Labels as a user has them, for the over-samplers; None where there is none.
        known = self.classes.astype(object)[self.y]
        self.labels = pd.Series(np.where(self.y >= 0, known, None))
        self.rare = self.classes[counts == 1]
        self.judged = np.flatnonzero((self.y >= 0) & (counts[self.y] > 1))
        self.predicted, self.by_judges, self.part = [], [], []

    def split_until(self, repeats):
        """Adds repeats, until there are so many."""
        first = len(self.part)
        fold = [self._folds_of(repeat) for repeat in range(first, repeats)]
        held_out = [
            np.flatnonzero(f == part) for f in fold for part in range(self.folds)
        ]
        seeds = [
            random.derive(self.seed, "verdict", repeat, part) % 2**31
            for repeat in range(first, repeats)
            for part in range(self.folds)
        ]
        kept = [np.setdiff1d(np.arange(len(self.y)), rows) for rows in held_out]
        training = [[self._rows(part) for part in kept]]
        for sampler in self.samplers.values():
            training.append(self._over_sampled(sampler, kept, seeds))
        tests = [self.x[rows] for rows in held_out]
        real = training[0]
        judges = [
            judge_of(self.judge, rows, seed)
            for rows, seed in zip(real, seeds, strict=True)
        ]
        predicted = [self._predict(rows, tests, seeds, judges) for rows in training]
        by_judges = [
            self._predict(real, tests, seeds, [judge] * len(seeds))
            for judge in self.judges.values()
        ]
        for r, places in enumerate(fold):
            own = slice(r * self.folds, (r + 1) * self.folds)
            self.part.append(places[self.judged])
            self.predicted.append(
                [self._pooled(p[own], held_out[own]) for p in predicted]
            )
            self.by_judges.append(
                [self._pooled(p[own], held_out[own]) for p in by_judges]
            )

    def verdict(self, worthwhile, confidence, reason):
        """Returns the Verdict on what was predicted so far."""
        table = self._compare(self.predicted, [BASELINE, *self.samplers], confidence)
        judges = self._compare(self.by_judges, list(self.judges), confidence)
        notes = ()
        if len(self.rare):
            rare = ", ".join(map(repr, self.rare.tolist()))
            notes = (f"Classes of one row taught, and were not judged: {rare}.",)
        return make_verdict(
            table,
            CONFIDENCE,  # of all looks together
            worthwhile=worthwhile,
            most=MOST_TIMES * len(self.judged),
            score="weighted F1",
            unit="labelled rows",
            judges=judges,
            notes=notes,
            settings={
                "repeats": len(self.part),
                "folds": self.folds,
                "stopped": reason,
            },
        )

    def _compare(self, predicted, names, confidence):
        return compare_held_out(
            self.y[self.judged],
            np.swapaxes(predicted, 0, 1),
            names,
            confidence=family_wise(confidence, len(names)),
            part=np.array(self.part),
        )

    def _folds_of(self, repeat):
        """Returns the fold (N,) that each row is held out in; -1 for never."""
        fold = np.full(len(self.y), -1)
        known = self.y >= 0
        seed = random.derive(self.seed, "verdict", repeat)
        fold[known] = stratified_folds(self.y[known], self.folds, seed)
        return fold

    def _rows(self, part):
        known = part[self.y[part] >= 0]
        return Rows(self.x[known], self.y[known])

    def _over_sampled(self, sampler, kept, seeds):
        """Returns the Rows that a sampler makes of each training part."""
        if isinstance(sampler, VAEOverSampler):
            made = over_sample_parts(sampler, self.frame, self.labels, kept, seeds)
            made = [(self.table.transform(rows), labels) for rows, labels in made]
        else:
            made = []
            for part, seed in zip(kept, seeds, strict=True):
                rows, each = self._rows(part), clone(sampler)
                if "random_state" in each.get_params():
                    each.set_params(random_state=seed)
                made.append(each.fit_resample(rows.x, self.classes[rows.y]))
        found = []
        for x, labels in made:
            index = pd.Index(self.classes).get_indexer(labels)
            # Some come back without a label; no classifier learns from them.
            found.append(Rows(np.asarray(x)[index >= 0], index[index >= 0]))
        return found

    def _predict(self, training, tests, seeds, judges):
        """Returns the labels of each test part, by its judge trained on its rows."""
        cells = [
            (seed, rows, None, 0.5) for seed, rows in zip(seeds, training, strict=True)
        ]
        return predict_cells(cells, tests, judges, len(self.classes), Budget())

    def _pooled(self, labels, held_out):
        """Returns the labels of all parts of a repeat where their rows stand."""
        pooled = np.full(len(self.y), -1)
        for of_part, rows in zip(labels, held_out, strict=True):
            pooled[rows] = of_part
        return pooled[self.judged]
