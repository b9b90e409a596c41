"""Data sets that come with scikit-learn: no download, the offline defaults."""

import numpy as np

from kvae.data.guarded import Rows
from kvae.data.source import Source
from kvae.schema import continuous

_UCI = "Dua and Graff 2019, UCI Machine Learning Repository. "


def digits(data_dir=None):
    """8x8 grey images of handwritten digits, 1,437 for training and 360 for test."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = bunch.images[..., None] / 16.0
    return _split("digits", images, bunch.target, class_names=range(10))


def breast_cancer(data_dir=None):
    """30 measurements of cell nuclei, two classes, 569 rows."""
    from sklearn.datasets import load_breast_cancer

    return _table("breast_cancer", load_breast_cancer())


def wine(data_dir=None):
    """13 chemical measurements of wines, three cultivars, 178 rows."""
    from sklearn.datasets import load_wine

    return _table("wine", load_wine())


def _table(name, bunch):
    return _split(
        name,
        bunch.data,
        bunch.target,
        class_names=bunch.target_names,
        schema=continuous(bunch.feature_names),
    )


def _split(name, x, y, class_names, schema=None):
    """Returns a Source whose test part is always the same stratified fifth."""
    from sklearn.model_selection import train_test_split

    train, test = train_test_split(
        np.arange(len(y)), test_size=0.2, stratify=y, random_state=0
    )
    rows = Rows(x.astype("float32"), y.astype("int64"))
    return Source(
        name,
        train=rows.take(train),
        guarded_test=rows.take(test),
        class_names=tuple(str(label) for label in class_names),
        schema=schema,
        citation=_UCI,
        licence="CC BY 4.0",
    )
