"""The Olivetti faces, from scikit-learn's own cache."""

from pathlib import Path

import numpy as np
from sklearn.datasets import fetch_olivetti_faces, get_data_home

from kvae.data.guarded import Rows
from kvae.data.source import Source

FILE = "olivetti_py3.pkz"
TEST = 2  # of a person's ten faces
DOWNLOAD = 'python -c "from sklearn.datasets import fetch_olivetti_faces as f; f()"'


def olivetti(data_dir=None, data_home=None):
    """400 grey faces of 40 people, 64x64, ten of each: 320 for training, 80 for test.

    Of each person two faces, always the same, are the test part. Grey values are
    divided by the largest of all faces, as scikit-learn does.

    Args:
        data_dir: is ignored; this is no tfds data set.
        data_home: str or path of scikit-learn's folder; by default the environment
            variable SCIKIT_LEARN_DATA, else ~/scikit_learn_data. Its file is a pickle:
            use one that scikit-learn has written.

    Returns:
        Source of images (N, 64, 64, 1) in [0, 1].

    Raises:
        FileNotFoundError: where the faces are not there; names the command that fetches
            them.
        ValueError: where the file is damaged.

    Reference:
        Samaria and Harter 1994, Parameterisation of a Stochastic Model for Human Face
        Identification.
    """
    folder = Path(get_data_home(data_home))
    path = folder / FILE
    if not path.exists():
        raise FileNotFoundError(
            f"The Olivetti faces expect {FILE} in scikit-learn's folder. Received: "
            f"{folder}, which has none. Fetch it once, with a network: {DOWNLOAD}; or "
            "set SCIKIT_LEARN_DATA to the folder that has it."
        )
    try:
        faces = fetch_olivetti_faces(data_home=folder, download_if_missing=False)
    except Exception as error:  # a damaged pickle may raise anything
        raise ValueError(
            f"The Olivetti faces could not be read from {path}: "
            f"{type(error).__name__}. Delete the file and fetch it again: {DOWNLOAD}."
        ) from error
    rows = Rows(faces.images[..., None].astype("float32"), faces.target.astype("int64"))
    place = np.arange(len(rows.y)) % 10  # a person's faces stand together
    tested = place >= 10 - TEST
    return Source(
        "olivetti",
        train=rows.take(~tested),
        guarded_test=rows.take(tested),
        class_names=tuple(f"person {i}" for i in range(40)),
        citation="Samaria and Harter 1994, AT&T Laboratories Cambridge",
        licence="research, with credit to AT&T Laboratories Cambridge",
    )
