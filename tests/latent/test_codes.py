import dataclasses

import numpy as np
import pytest

from kvae.latent import Draws, encode
from kvae.latent.codes import ROWS_AT_ONCE, by_replica, decode
from kvae.models import MultiVAE, take


def draws_at(codes):
    nobody = np.full(len(codes), -1)
    return Draws(
        codes.z_mean,
        codes.label,
        parent=nobody,
        partner=nobody,
        replica=codes.replica,
        params=nobody,
    )


def test_codes_are_the_encoders(make_vae, table_rows):
    vae = make_vae()
    codes = encode(vae, *table_rows, row_id=np.arange(100, 140))
    z_mean, z_log_var = vae.encode(table_rows.x)
    np.testing.assert_allclose(codes.z_mean, z_mean, rtol=1e-6)
    np.testing.assert_allclose(codes.z_log_var, z_log_var, rtol=1e-6)
    assert codes.row_id[0] == 100
    assert codes.replica is None
    np.testing.assert_array_equal(codes.classes, [0, 1])


def test_more_rows_than_fit_at_once(make_vae):
    vae = make_vae()
    x = np.random.default_rng(0).normal(size=(2 * ROWS_AT_ONCE + 3, 4)).astype("f4")
    codes = encode(vae, x)
    np.testing.assert_allclose(codes.z_mean, vae.encode(x)[0], rtol=1e-4, atol=1e-5)
    assert len(codes.classes) == 0


@pytest.mark.parametrize("rows_at_once", [2, 4096])
def test_every_class_is_encoded_and_decoded_by_its_own_vae(
    make_vae, table_rows, monkeypatch, rows_at_once
):
    monkeypatch.setattr("kvae.latent.codes.ROWS_AT_ONCE", rows_at_once)
    vae = make_vae(seeds=(0, 1, 2), cls=MultiVAE)
    chosen = np.r_[0:3, 20:40]  # unequal classes; class 2 has no row at all
    x, y = table_rows.x[chosen], table_rows.y[chosen]
    codes = encode(vae, x, y)
    rows = decode(vae, draws_at(codes))
    for label in (0, 1):
        of_class, single = y == label, take(vae, label)
        z_mean = single.encode(x[of_class])[0]
        np.testing.assert_allclose(codes.z_mean[of_class], z_mean, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(
            rows[of_class], single.decode(z_mean), rtol=1e-5, atol=1e-6
        )


def test_by_replica_keeps_the_order_of_rows(make_vae):
    vae = make_vae(seeds=(0, 1))
    rows = np.arange(7.0)[:, None]
    replica = np.array([1, 0, 1, 1, 0, 1, 1])
    (result,) = by_replica(vae, lambda x: [x], rows, replica=replica)
    np.testing.assert_array_equal(result, rows)


def test_a_deterministic_autoencoder_has_no_spread(make_vae, table_rows):
    codes = encode(make_vae(deterministic=True), *table_rows)
    np.testing.assert_array_equal(np.exp(codes.z_log_var), 0)


def test_codes_of_some_rows(make_vae, table_rows):
    codes = encode(make_vae(), *table_rows)
    some = codes.take(codes.label == 1)
    np.testing.assert_array_equal(some.row_id, np.arange(20, 40))
    assert dataclasses.is_dataclass(some)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((0, 4)), "at least one row"),
        (np.full((3, 4), np.nan), "NaN or infinite"),
        (np.zeros((3, 5)), r"\(N, ...\) = \(None, 4\).*shape=\(3, 5\). Reshape"),
        (np.array([["a"] * 4]), "expects numbers"),
    ],
)
def test_refuses_rows_the_vae_cannot_encode(make_vae, x, message):
    with pytest.raises(ValueError, match=message):
        encode(make_vae(), x)


def test_a_multi_vae_needs_a_replica_for_every_label(make_vae, table_rows):
    vae = make_vae(seeds=(0, 1), cls=MultiVAE)
    with pytest.raises(ValueError, match=r"from 0 to 1.*Received: \[-1, 5\]"):
        encode(vae, table_rows.x[:3], [0, None, 5])


def test_a_stack_of_anything_else_is_no_multi_vae(make_vae, table_rows):
    with pytest.raises(ValueError, match=r"a stack of 2 VAEs.*take\(vae, r\)"):
        encode(make_vae(seeds=(0, 1)), *table_rows)


def test_half_precision_codes_are_float32(make_vae, table_rows):
    assert encode(make_vae(dtype="mixed_bfloat16"), *table_rows).z_mean.dtype == "f4"


def test_a_bernoulli_vae_wants_values_in_the_unit_interval(make_vae):
    vae = make_vae(reconstruction="bernoulli")
    with pytest.raises(ValueError, match=r"in \[0, 1\].*Received: 0 to 255"):
        encode(vae, np.array([[0, 0, 0, 255.0]]))


def test_an_untrained_model_is_named():
    from kvae.models import BetaVAE, DenseDecoder, DenseEncoder

    with pytest.raises(ValueError, match="Fit it first"):
        encode(BetaVAE(DenseEncoder(2), DenseDecoder((4,))), np.zeros((3, 4)))
