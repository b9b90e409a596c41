"""Small things that many tests share."""

import numpy as np
import pytest

from kvae.data.source import Rows, Source
from kvae.models import BetaVAE, DenseDecoder, DenseEncoder


@pytest.fixture
def table_rows():
    """Two well separated classes, 4 attributes, 20 rows each."""
    stream = np.random.default_rng(0)
    y = np.repeat([0, 1], 20)
    x = stream.normal(size=(40, 4)) + 3.0 * y[:, None]
    return Rows(x.astype("float32"), y)


@pytest.fixture
def make_vae():
    """Makes a small built VAE on 4 attributes; any BetaVAE argument can be given."""

    def make(
        seeds=0,
        element_shape=(4,),
        dtype="float32",
        latent_dim=2,
        cls=BetaVAE,
        **kwargs,
    ):
        kwargs = {"reconstruction": "gaussian", **kwargs}
        vae = cls(
            DenseEncoder(latent_dim, (8,), seeds=seeds, dtype=dtype),
            DenseDecoder(element_shape, (8,), seeds=seeds, dtype=dtype),
            dtype=dtype,
            **kwargs,
        )
        lead = (None,) if isinstance(seeds, int) else (len(seeds), None)
        vae.build((*lead, *element_shape))
        vae.compile("adam", steps_per_execution=10)
        return vae

    return make


@pytest.fixture
def make_source(table_rows):
    """Makes a table source with 40 training rows and 10 test rows."""

    def make(**kwargs):
        stream = np.random.default_rng(1)
        test = Rows(stream.normal(size=(10, 4)).astype("float32"), np.arange(10) % 2)
        return Source(
            "toy",
            **{
                "train": table_rows,
                "guarded_test": test,
                "class_names": ("no", "yes"),
                **kwargs,
            },
        )

    return make
