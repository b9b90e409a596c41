"""The data sets that have a name."""

import functools
import inspect

from kvae.checks import expect_one_of
from kvae.data import bundled
from kvae.data.celeb_a import celeb_a
from kvae.data.mnist import mnist
from kvae.data.olivetti import olivetti
from kvae.data.proben1 import NAMES as PROBEN1
from kvae.data.proben1 import proben1
from kvae.data.shapes import shapes

LOADERS = {
    "breast_cancer": bundled.breast_cancer,
    "celeb_a": celeb_a,
    "digits": bundled.digits,
    "mnist": mnist,
    "olivetti": olivetti,
    "shapes": shapes,
    "wine": bundled.wine,
    **{f"proben1/{name}": functools.partial(proben1, name) for name in PROBEN1},
}
NAMES = tuple(sorted(LOADERS))


def load(name, data_dir=None, **options):
    """Returns a data set by its name.

    Args:
        name: str. "digits", "breast_cancer" and "wine" come with scikit-learn and
            need no network, "shapes" is rendered; "mnist", "celeb_a" and
            "proben1/card1" ... "proben1/thyroid3" are read from a prepared tfds
            folder, PROBEN1 from its .dt files as well; "olivetti" from scikit-learn's
            cache.
        data_dir: str or path of the tfds folder; by default the environment variable
            TFDS_DATA_DIR, else ~/tensorflow_datasets. Other sets ignore it.
        **options: what the data set lets you choose: among others `label` and `size`
            of "celeb_a" and "shapes", `manual_dir` of PROBEN1, and `data_home` of
            "olivetti".

    Returns:
        Source.

    Raises:
        ValueError: for an unknown name or option.
        FileNotFoundError: where the data is not prepared; the message says which
            folder was looked in and which command prepares it. Nothing is downloaded.

    Example:
        >>> load("wine").class_names
        ('class_0', 'class_1', 'class_2')
    """
    expect_one_of("data set", name, LOADERS)
    known = [*inspect.signature(LOADERS[name]).parameters]
    for option in options:
        expect_one_of(f"option of data set {name!r}", option, known)
    return LOADERS[name](data_dir=data_dir, **options)
