"""A data set: training rows for everybody, test rows for scoring only."""

import contextlib
import dataclasses
import math
from contextvars import ContextVar
from typing import NamedTuple

import numpy as np
import pandas as pd

from kvae import templates
from kvae.checks import class_indices, expect_count, expect_finite
from kvae.data.attributes import to_frame
from kvae.schema import Attribute

# The sources whose test rows are open; a development split is another source.
_SCORING = ContextVar("scoring", default=())


class Rows(NamedTuple):
    """Rows and their labels.

    x: float32 array (N, ...); y: int64 array (N,) of class indices, -1 = unlabelled.
    """

    x: np.ndarray
    y: np.ndarray

    def take(self, rows):
        """Returns the rows with these positions."""
        return Rows(self.x[rows], self.y[rows])

    def __add__(self, other):
        return Rows(
            np.concatenate([self.x, other.x]), np.concatenate([self.y, other.y])
        )


@dataclasses.dataclass(frozen=True)
class GuardedSource:
    """A data set with a training part and a guarded test part; see `Source`.

    Args:
        name: str.
        train: Rows, the training part. Images lie in [0, 1], shape (N, H, W, C);
            tables are (N, F), in the units of their columns.
        guarded_test: Rows, the test part; read it through `scoring`.
        class_names: tuple of str, one for each class index.
        schema: tuple of Attribute for tables, None for images.
        citation: str.
        licence: str.
        validation: Rows, the validation part, where the data has one.

    Raises:
        ValueError: where rows are not finite, labels do not fit the class names, only
            one class has rows, or training and test rows differ in shape.
    """

    name: str
    train: Rows
    guarded_test: Rows = dataclasses.field(repr=False)
    class_names: tuple[str, ...]
    schema: tuple[Attribute, ...] | None = None
    citation: str = ""
    licence: str = ""
    validation: Rows | None = None

    def __post_init__(self):
        parts = {"train": self.train, "test": self.guarded_test}
        if self.validation is not None:
            parts["validation"] = self.validation
        for part, rows in parts.items():
            expect_finite(f"Source {self.name!r} ({part})", rows.x)
            class_indices(
                f"Source {self.name!r} ({part})", rows.y, len(rows.x), unlabelled=-1
            )
            if len(rows.y) and rows.y.max() >= self.num_classes:
                raise ValueError(
                    f"Source {self.name!r} expects class indices below "
                    f"{self.num_classes}, one per class name. "
                    f"Received: {rows.y.max()} in its {part} part."
                )
            if rows.x.shape[1:] != self.element_shape:
                raise ValueError(
                    f"Source {self.name!r} expects {part} rows of shape "
                    f"{self.element_shape}, as its training rows. "
                    f"Received: {rows.x.shape[1:]}."
                )
        present = np.unique(self.train.y[self.train.y >= 0])
        if len(present) < 2:
            raise ValueError(
                f"Source {self.name!r} expects training rows of at least two classes, "
                f"or there is nothing to classify. Received: classes "
                f"{[self.class_names[c] for c in present]}. Add rows of another class."
            )

    def _repr_html_(self):
        counts = np.bincount(
            self.train.y[self.train.y >= 0], minlength=self.num_classes
        )
        table = pd.DataFrame({"training rows": counts}, index=list(self.class_names))
        shape = " x ".join(map(str, self.element_shape))
        texts = [
            f"{len(self.train.y)} training rows of {shape}; "
            f"{len(self.guarded_test.y)} test rows, which only scoring() opens.",
            f"Without a label: {(self.train.y < 0).sum()}.",
            f"Licence: {self.licence}" if self.licence else "",
        ]
        return templates.summary(self.name, *texts, tables=[table])

    @property
    def test(self):
        """The test rows, inside ``with source.scoring():`` only."""
        if not any(source is self for source in _SCORING.get()):
            raise RuntimeError(
                f"Source {self.name!r} shows its test rows for scoring only, so that "
                "nothing is fitted or chosen on them. Use "
                "'with source.scoring() as test:' around the final score, or "
                "'source.development(...)' to choose settings."
            )
        return self.guarded_test

    @contextlib.contextmanager
    def scoring(self):
        """Opens the test rows for the length of a with-block, and yields them."""
        token = _SCORING.set((*_SCORING.get(), self))
        try:
            yield self.test
        finally:
            _SCORING.reset(token)

    def development(self, num_rows=None):
        """Returns a source to choose settings on, without the real test rows.

        Args:
            num_rows: int, how many of the last training rows become the test part; by
                default the validation part does.

        Raises:
            ValueError: where there is neither, or no training row would be left.
        """
        if num_rows is None and self.validation is not None:
            return dataclasses.replace(
                self,
                name=f"{self.name}/development",
                guarded_test=self.validation,
                validation=None,
            )
        expect_count(f"development of source {self.name!r}: num_rows", num_rows, 1)
        if num_rows >= len(self.train.y):
            raise ValueError(
                f"development of source {self.name!r} expects fewer than "
                f"{len(self.train.y)} rows, as it has no more. Received: {num_rows}."
            )
        return dataclasses.replace(
            self,
            name=f"{self.name}/development",
            train=Rows(self.train.x[:-num_rows], self.train.y[:-num_rows]),
            guarded_test=Rows(self.train.x[-num_rows:], self.train.y[-num_rows:]),
        )

    def attributes(self, x=None):
        """Returns rows of a table as a user would write them.

        Args:
            x: float array (N, F), inputs; by default the training rows.

        Returns:
            DataFrame with a column for each attribute; holes are missing values.

        Raises:
            ValueError: for a source of images.
        """
        if self.schema is None:
            raise ValueError(f"Source {self.name!r} holds images, not attributes.")
        return to_frame(self.train.x if x is None else x, self.schema)

    @property
    def element_shape(self):
        """tuple: the shape of one row, (H, W, C) or (F,)."""
        return self.train.x.shape[1:]

    @property
    def is_image(self):
        """bool: whether rows are images (H, W, C)."""
        return len(self.element_shape) == 3

    @property
    def num_classes(self):
        """int: how many classes there are."""
        return len(self.class_names)

    @property
    def num_attributes(self):
        """int: attributes of a table; H * W * C of an image."""
        return len(self.schema) if self.schema else math.prod(self.element_shape)
