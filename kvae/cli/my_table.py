"""A labelled table: more rows of it, a verdict on them, and how good they are."""

import dataclasses

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.model_selection import train_test_split

from kvae.checks import missing_labels
from kvae.data.labels import class_counts
from kvae.evaluation.fidelity import (
    association_difference,
    copy_check,
    detection_score,
    precision_recall,
    train_on_synthetic,
)
from kvae.preprocessing.relations import determined_pairs
from kvae.preprocessing.table import Table
from kvae.resampling.resampler import VAEOverSampler
from kvae.resampling.table_verdict import table_verdict
from kvae.training.plan import choose_plan

MOST_JUDGED = 10_000  # rows that quality is measured on
FEW_ROWS = 1000  # more of them tell enough in three folds, and each fold takes longer


@dataclasses.dataclass(frozen=True)
class MyTable:
    """A table and its target column.

    Args:
        frame: DataFrame.
        target: name of the column with the classes; some of them may be missing.
        rows: int, new rows for each class; None for as many as there are real ones.
        sampler: VAEOverSampler; its sampling_strategy and random_state are replaced.
        seed: int.

    Example:
        >>> frame = pd.DataFrame({"n": [1.5, 2, 3, 7], "y": list("abab")})
        >>> MyTable(frame, "y").counts
        {'a': 2, 'b': 2}
    """

    frame: pd.DataFrame
    target: str
    rows: int | None = None
    sampler: VAEOverSampler = dataclasses.field(default_factory=VAEOverSampler)
    seed: int = 0

    @property
    def inputs(self):
        """DataFrame: all columns but the target."""
        return self.frame.drop(columns=self.target)

    @property
    def labels(self):
        """Series: the target."""
        return self.frame[self.target]

    @property
    def counts(self):
        """Dict {class: rows}: how many rows each class has."""
        counts = class_counts(self.labels).sort_index()
        return dict(zip(counts.index.tolist(), counts.tolist(), strict=True))

    def plan(self):
        """Returns (what was understood of each column, what would be trained)."""
        groups = [tuple(group) for group in self.sampler.together]
        table, counts = Table(self.inputs, groups), self.counts
        varying = sum(a.likelihood is not None for a in table.schema)
        plan = choose_plan(
            num_rows=len(self.frame),
            num_attributes=varying,
            smallest_class=min(counts.values()),
            latent_dim=self.sampler.latent_dim,
            steps=self.sampler.steps,
            settings=self.sampler.settings,
        )
        wanted = {c: self.rows or n for c, n in counts.items()}
        notes = [f"new rows: {', '.join(f'{n} of {c!r}' for c, n in wanted.items())}"]
        for pair in determined_pairs(self.inputs):
            if not any(set(pair) <= set(group) for group in groups):
                notes.append(
                    f"{pair[0]!r} and {pair[1]!r} determine each other's values: "
                    f"--together {pair[0]},{pair[1]} keeps them together"
                )
        return table.describe(), [*notes, *plan.notes]

    def verdict(self, classifier=None, repeats=None, seconds=60.0):
        """Returns the Verdict on this sampler, with SMOTE beside it.

        Arguments are those of `table_verdict`.
        """
        folds = 5 if len(self.frame) <= FEW_ROWS else 3
        sampler = self._sampler()
        smallest = min(self.counts.values())
        samplers = {"VAE": sampler}
        if smallest >= 4:
            k = min(5, smallest - smallest // folds - 2)
            strategy = _AsMany(self.rows)
            samplers["SMOTE"] = SMOTE(sampling_strategy=strategy, k_neighbors=max(k, 1))
        return table_verdict(
            self.inputs,
            self.labels,
            samplers,
            folds=folds,
            classifier=classifier,
            repeats=repeats,
            seconds=seconds,
            seed=self.seed,
            verbose=True,
        )

    def quality(self):
        """Returns (Series of measures, CopyCheck), from rows that the VAE has not seen.

        A third of the labelled rows is held out, and another VAE is trained without
        it. Above 10,000 labelled rows a random 10,000 of them stand for all.
        """
        frame = self.frame[~missing_labels(self.labels)]
        if len(frame) > MOST_JUDGED:
            frame = frame.sample(MOST_JUDGED, random_state=self.seed)
        train, test = train_test_split(
            frame,
            test_size=1 / 3,
            random_state=self.seed,
            stratify=frame[self.target] if min(self.counts.values()) >= 3 else None,
        )
        # Both rows of a class of two may be in the test part.
        test = test[test[self.target].isin(train[self.target].unique())]
        part = dataclasses.replace(self, frame=train)
        new_rows, new_labels, _, sampler = part.augment()
        classes = sampler.classes_.tolist()

        def as_inputs(rows, labels):
            y = np.array([classes.index(label) for label in labels])
            return sampler.table_.transform(rows), y

        real = as_inputs(part.inputs, part.labels)
        new = as_inputs(new_rows, new_labels)
        held_out = as_inputs(test.drop(columns=self.target), test[self.target])
        scores = train_on_synthetic(real, new, held_out)
        difference, _ = association_difference(part.inputs, new_rows)
        measures = {
            "weighted F1, trained on real rows": scores["real"],
            "weighted F1, trained on new rows": scores["synthetic"],
            "detection (0.5 is best)": detection_score(real[0], new[0]),
            **precision_recall(real[0], new[0], k=min(5, len(real[0]) - 1)),
            "mean difference of associations": difference,
        }
        return pd.Series(measures).round(3), copy_check(new[0], real[0], held_out[0])

    def augment(self):
        """Returns (new rows, their labels, provenance, the fitted sampler)."""
        sampler = self._sampler()
        rows, labels = sampler.fit_resample(self.inputs, self.labels)
        n = len(sampler.provenance_)
        first = len(rows) - n
        return (
            rows.iloc[first:].reset_index(drop=True),
            labels.iloc[first:].reset_index(drop=True),
            sampler.provenance_,
            sampler,
        )

    def _sampler(self):
        sampler = VAEOverSampler(**self.sampler.get_params(deep=False))
        return sampler.set_params(
            sampling_strategy=_AsMany(self.rows), random_state=self.seed
        )


class _AsMany:
    """A sampling strategy: `rows` new ones for each class, or as many as real ones."""

    def __init__(self, rows):
        self.rows = rows

    def __repr__(self):
        return "as many as real ones" if self.rows is None else f"{self.rows} per class"

    def __call__(self, y):
        labels, counts = np.unique(y, return_counts=True)
        wanted = 2 * counts if self.rows is None else counts + self.rows
        return dict(zip(labels.tolist(), wanted.tolist(), strict=True))
