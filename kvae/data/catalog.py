"""The data sets that have a name."""

from kvae.checks import expect_one_of
from kvae.data import bundled, mnist

LOADERS = {
    "breast_cancer": bundled.breast_cancer,
    "digits": bundled.digits,
    "mnist": mnist.mnist,
    "wine": bundled.wine,
}
NAMES = tuple(sorted(LOADERS))


def load(name, data_dir=None):
    """Returns a data set by its name.

    Args:
        name: str. "digits", "breast_cancer" and "wine" come with scikit-learn and
            need no network; "mnist" is read from a prepared tfds folder.
        data_dir: str or path of the tfds folder; by default the environment variable
            TFDS_DATA_DIR, else ~/tensorflow_datasets. Bundled sets ignore it.

    Returns:
        Source.

    Raises:
        ValueError: for an unknown name.
        FileNotFoundError: where the data is not prepared; the message says which
            folder was looked in and which command prepares it. Nothing is downloaded.

    Example:
        >>> load("wine").class_names
        ('class_0', 'class_1', 'class_2')
    """
    expect_one_of("data set", name, LOADERS)
    return LOADERS[name](data_dir)
