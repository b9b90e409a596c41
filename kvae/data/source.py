"""A data set in its parts, and how to make one from your own data."""

from pathlib import Path

import numpy as np
import pandas as pd

from kvae.checks import expect_finite, unit_remedy
from kvae.data import attributes
from kvae.data.guarded import GuardedSource, Rows
from kvae.data.image_folder import expect_size, files_of_classes, read_images
from kvae.data.labels import class_names_and_indices, held_out
from kvae.data.prepared import image_in_unit_range, open_prepared, read_part
from kvae.schema import continuous

__all__ = ["Rows", "Source"]


class Source(GuardedSource):
    """A data set with a training part and a guarded test part.

    `kvae.load` returns one of the data sets that have a name; the class methods make
    one from your own data. Arguments are those of `GuardedSource`.

    Example:
        >>> import kvae
        >>> source = kvae.load("digits")
        >>> source.element_shape, source.num_classes
        ((8, 8, 1), 10)
        >>> with source.scoring() as test:
        ...     len(test.y)
        360
    """

    @classmethod
    def from_arrays(
        cls, x, y, test=None, test_size=0.2, name="arrays", unlabelled=None, seed=0
    ):
        """Returns a source made from arrays.

        Args:
            x: numbers (N, F), or images (N, H, W, C) in [0, 1] or of dtype uint8.
            y: labels (N,) of any kind, some of them missing (NaN, None, "").
            test: optional (x, y), rows for the final score alone.
            test_size: float, without `test`: the share of each class's labelled rows
                that is drawn for it.
            name: str.
            unlabelled: optional, a label that also means unlabelled, such as -1.
            seed: int, of the draw of test rows.

        Returns:
            Source.

        Raises:
            ValueError: where rows are not finite numbers, lengths differ, there are
                fewer than two classes, or the test part has a class that the training
                part lacks.

        Example:
            >>> x, y = np.arange(20.0).reshape(10, 2), ["no", "yes"] * 5
            >>> source = Source.from_arrays(x, y)
            >>> source.class_names, len(source.train.y)
            (('no', 'yes'), 8)
        """
        x, names, y = _as_inputs(name, x), *class_names_and_indices(y, unlabelled)
        if len(x) != len(y):
            raise ValueError(
                f"Source {name!r} expects one label per row. "
                f"Received: {len(x)} rows, {len(y)} labels."
            )
        if test is None:
            drawn = held_out(y, test_size, seed)
            train, test = Rows(x[~drawn], y[~drawn]), Rows(x[drawn], y[drawn])
        else:
            train = Rows(x, y)
            test_x, test_labels = test
            y_test = _test_indices(name, names, test_labels, unlabelled=unlabelled)
            test = Rows(_as_inputs(name, test_x), y_test)
        schema = continuous(range(x.shape[1])) if x.ndim == 2 else None
        return cls(name, train, test, class_names=names, schema=schema)

    @classmethod
    def from_dataframe(
        cls,
        frame,
        target,
        test=None,
        test_size=0.2,
        name="table",
        unlabelled=None,
        seed=0,
    ):
        """Returns a source of a table with numbers, categories and holes.

        Numbers are taken as they are, categories become one-hot, holes get a flag or
        a level of their own; `source.attributes()` turns inputs back. The encoding is
        learned from the training rows alone.

        Args:
            frame: DataFrame.
            target: str, the column with the labels.
            test: optional DataFrame with the same columns.
            test_size: float, as in `from_arrays`.
            name: str.
            unlabelled: optional, as in `from_arrays`.
            seed: int.

        Raises:
            ValueError: names the column that is absent or empty, holds dates or
                infinite values, or has levels or holes in the test part alone.

        Example:
            >>> import pandas as pd
            >>> frame = pd.DataFrame({"size": [1, 2, None, 4], "ok": list("abab")})
            >>> source = Source.from_dataframe(frame, "ok", test_size=0.5)
            >>> source.schema[0].kind, source.class_names
            ('continuous', ('a', 'b'))
        """
        _expect_column(target, frame)
        names, y = class_names_and_indices(frame[target], unlabelled)
        if test is None:
            drawn = held_out(y, test_size, seed)
            frame, test, y, y_test = frame[~drawn], frame[drawn], y[~drawn], y[drawn]
        else:
            _expect_column(target, test)
            y_test = _test_indices(name, names, test[target], unlabelled=unlabelled)
        schema = attributes.infer(frame.drop(columns=target))
        train = Rows(attributes.from_frame(frame, schema), y)
        test = Rows(attributes.from_frame(test, schema), y_test)
        return cls(name, train, test, class_names=names, schema=schema)

    @classmethod
    def from_directory(
        cls,
        directory,
        test=None,
        size=None,
        channels=1,
        unlabelled="unlabelled",
        on_unreadable="warn",
        test_size=0.2,
        seed=0,
    ):
        """Returns a source of images in one folder for each class.

        Args:
            directory: path; its subfolders are the classes.
            test: optional path of such a folder, for the final score alone.
            size: (height, width), as in `kvae.data.read_images`.
            channels: 1 (grey) or 3 (RGB).
            unlabelled: str, the subfolder of images without a label.
            on_unreadable: "warn" or "raise", as in `kvae.data.read_images`.
            test_size: float, as in `from_arrays`.
            seed: int.

        Raises:
            FileNotFoundError: where there is no such folder.
            ValueError: where there are no images, sizes differ and none is given, or
                fewer than two classes.
            OSError: for unreadable files, with on_unreadable="raise".

        Example:
            >>> Source.from_directory("shells", size=(32, 32))  # doctest: +SKIP
        """
        directory = Path(directory).expanduser()
        read = {"size": size, "channels": channels, "on_unreadable": on_unreadable}
        x, y = _labelled_images(directory, unlabelled, read)
        if test is not None:
            read["size"] = x.shape[1:3]
            test = _labelled_images(Path(test).expanduser(), unlabelled, read)
        return cls.from_arrays(
            x,
            y,
            test=test,
            test_size=test_size,
            name=str(directory),
            unlabelled=unlabelled,
            seed=seed,
        )

    @classmethod
    def from_tfds(cls, name, data_dir=None, size=None, test_size=0.2, seed=0, **fields):
        """Returns a data set that tfds has prepared; nothing is downloaded.

        Args:
            name: str, such as "mnist", "cifar10" or "proben1/card1": any data set of
                (image, label) or (numbers, label).
            data_dir: tfds folder, as in `kvae.load`.
            size: (height, width) that images are cropped and scaled to; needed where
                they differ in size.
            test_size: float, as in `from_arrays`; for sets without a test split.
            seed: int.
            **fields: other fields of the source, such as licence.

        Raises:
            FileNotFoundError: where the data is not prepared; names the remedy.
            OSError: where the prepared files are damaged.
            ValueError: where examples are neither, or images differ in size.
        """
        expect_size("from_tfds", size)
        builder = open_prepared(name, data_dir)
        x_key, y_key = _supervised_keys(builder, size)
        is_image = len(builder.info.features[x_key].shape) == 3

        def select(row):
            x = row[x_key]
            return image_in_unit_range(x, size) if is_image else x, row[y_key]

        parts = {
            split: Rows(*read_part(builder, split, select))
            for split in ("train", "validation", "test")
            if split in builder.info.splits
        }
        if "test" not in parts:
            train = parts["train"]
            drawn = held_out(train.y, test_size, seed)
            parts |= {"train": train.take(~drawn), "test": train.take(drawn)}
        return cls(
            name,
            train=parts["train"],
            guarded_test=parts["test"],
            class_names=tuple(builder.info.features[y_key].names),
            schema=None if is_image else continuous(range(parts["train"].x.shape[1])),
            validation=parts.get("validation"),
            **{"citation": builder.info.citation, **fields},
        )


def _as_inputs(name, x):
    """Returns rows as float32; images of whole numbers in [0, 1]."""
    x = np.asarray(x)
    if x.ndim not in (2, 4):
        raise ValueError(
            f"Source {name!r} expects rows (N, F) or images (N, H, W, C). "
            f"Received: shape={x.shape}."
        )
    expect_finite(f"Source {name!r}", x)
    if x.ndim == 4 and x.dtype == np.uint8:
        return x.astype("float32") / 255.0
    if x.ndim == 4 and x.size and (x.min() < 0 or x.max() > 1):
        raise ValueError(
            f"Source {name!r} expects images in [0, 1], or of dtype uint8. "
            f"Received: values from {x.min():g} to {x.max():g}. "
            + unit_remedy(x.min(), x.max())
        )
    return x.astype("float32")


def _expect_column(target, frame):
    if not isinstance(frame, pd.DataFrame):
        raise ValueError(
            f"from_dataframe expects a DataFrame. Received: {type(frame).__name__}."
        )
    if target not in frame.columns:
        raise ValueError(
            f"from_dataframe expects the labels in column {target!r}. Received: "
            f"columns {list(frame.columns)}."
        )


def _test_indices(name, names, y, unlabelled):
    """Returns the class indices of test labels."""
    test_names, indices = class_names_and_indices(y, unlabelled)
    unknown = sorted(set(test_names) - set(names))
    if unknown:
        raise ValueError(
            f"Source {name!r} expects test labels that training rows have as well. "
            f"Received: {unknown}, which no training row has."
        )
    places = np.array([names.index(known) for known in test_names] + [-1])
    return places[indices]


def _labelled_images(directory, unlabelled, read):
    """Returns the images below a folder and the names of their folders."""
    files, labels = files_of_classes(directory, unlabelled)
    images, kept = read_images(files, **read)
    return images, np.array(labels)[kept]


def _supervised_keys(builder, size):
    """Returns the names of inputs and labels in the examples of a tfds data set."""
    import tensorflow_datasets as tfds

    keys = builder.info.supervised_keys
    features = builder.info.features
    if not keys or not all(isinstance(key, str) for key in keys[:2]):
        raise ValueError(
            "from_tfds expects a data set of (image, label) or (numbers, label). "
            f"Received: {builder.info.full_name}, which has {features}. Read it with "
            "tfds and use Source.from_arrays or Source.from_dataframe."
        )
    shape = features[keys[0]].shape
    labels_are_classes = isinstance(features[keys[1]], tfds.features.ClassLabel)
    if len(shape) not in (1, 3) or not labels_are_classes:
        raise ValueError(
            "from_tfds expects images (H, W, C) or numbers (F,), and class labels. "
            f"Received: {builder.info.full_name}, which has {features}."
        )
    if len(shape) == 3 and None in shape and size is None:
        raise ValueError(
            "from_tfds expects images of one size. Received: the images of "
            f"{builder.info.full_name}, which differ in size. Pass "
            "size=(height, width)."
        )
    return keys[:2]
