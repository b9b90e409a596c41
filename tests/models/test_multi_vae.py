import keras
import numpy as np
import pytest

import kvae
from kvae.models import BetaVAE, MultiVAE, take


def test_some_replicas_are_a_multi_vae_and_one_is_a_plain_vae(make_vae, table_rows):
    vae = make_vae(seeds=(0, 1, 2), cls=MultiVAE)
    x = np.stack([table_rows.x] * 3)
    some, one = take(vae, [2, 0]), take(vae, 1)
    assert type(some) is MultiVAE
    assert type(one) is BetaVAE
    np.testing.assert_array_equal(some(x[:2]), vae(x).numpy()[[2, 0]])
    np.testing.assert_array_equal(one(x[0]), vae(x)[1])


def test_saves_and_loads_as_what_it_is(make_vae, table_rows, tmp_path):
    vae = make_vae(seeds=(0, 1), cls=MultiVAE)
    vae.save(tmp_path / "multi.keras")
    copy = keras.saving.load_model(tmp_path / "multi.keras")
    assert type(copy) is MultiVAE
    rows = [kvae.generate(model, *table_rows, "normal", n=3).x for model in (vae, copy)]
    np.testing.assert_array_equal(*rows)


def test_needs_a_replica_for_each_class(make_vae):
    with pytest.raises(ValueError, match="a replica for each class"):
        make_vae(cls=MultiVAE)
