import numpy as np
import pytest

from kvae.latent import LatentCodes


@pytest.fixture
def make_codes():
    """Random codes in the plane; `sizes` rows per class; row ids start at 100."""

    def make(sizes=(6, 4), replicas=False, seed=0):
        stream = np.random.default_rng(seed)
        label = np.repeat(np.arange(len(sizes)), sizes)
        n = len(label)
        return LatentCodes(
            stream.normal(size=(n, 2)),
            np.log(stream.uniform(0.01, 0.04, size=(n, 2))),
            label,
            np.arange(100, 100 + n),
            label.copy() if replicas else None,
        )

    return make


@pytest.fixture
def means_of():
    """Returns the latent means of row ids."""

    def means(codes, row_ids):
        position = {row: i for i, row in enumerate(codes.row_id)}
        return codes.z_mean[[position[row] for row in row_ids]]

    return means
