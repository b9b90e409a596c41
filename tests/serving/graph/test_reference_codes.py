import numpy as np
import pytest
import tensorflow as tf

from kvae.latent import LatentCodes
from kvae.serving.graph import randomness
from kvae.serving.graph.reference_codes import ReferenceCodes


def codes_of(label):
    """Rows on a line, 10 apart, with the labels given; sigma 1."""
    n = len(label)
    z = np.stack([10.0 * np.arange(n), np.zeros(n)], axis=1)
    return LatentCodes(z, np.zeros((n, 2)), np.array(label), np.arange(n))


def draw(reference, index, **amounts):
    n = len(index)
    seeds = randomness.row_seeds(tf.constant(5, tf.int64), n)
    amounts = {name: tf.fill([n], amount) for name, amount in amounts.items()}
    return reference.around(tf.constant(index), seeds, amounts).numpy()


def test_draws_start_at_rows_of_their_class_each_as_often():
    reference = ReferenceCodes(codes_of([1, 0, -1, 0, 1]), num_classes=2)
    z = draw(reference, [0] * 400 + [1] * 400)[:, 0]
    assert reference.rows == 4
    for part, places in ((z[:400], (10, 30)), (z[400:], (0, 40))):
        values, counts = np.unique(part, return_counts=True)
        assert tuple(values) == places
        assert counts.min() > 150


def test_interpolates_to_the_nearest_of_the_class():
    reference = ReferenceCodes(codes_of([0, 0, 1, 0, 0]), num_classes=2, k=1)
    half = draw(reference, [0] * 200, interpolate=0.5)[:, 0]
    assert set(half) == {5.0, 35.0}
    away = draw(reference, [0] * 200, interpolate=-1.0)[:, 0]
    assert set(away) == {-10.0, 20.0, 50.0} - {20.0} | set(away) & {20.0}


def test_a_class_of_one_row_stays_where_it_is():
    reference = ReferenceCodes(codes_of([0, 0, 1]), num_classes=2)
    assert set(draw(reference, [1] * 20, interpolate=0.5)[:, 0]) == {20.0}


def test_noise_has_the_variance_asked_for():
    reference = ReferenceCodes(codes_of([0]), num_classes=1)
    wide = draw(reference, [0] * 5000, noise=0.25)
    learned = draw(reference, [0] * 5000, posterior=2.0)
    np.testing.assert_allclose(wide.std(axis=0), 0.5, rtol=0.05)
    np.testing.assert_allclose(learned.std(axis=0), 2.0, rtol=0.05)


def test_every_class_needs_a_row():
    with pytest.raises(ValueError, match=r"all 3 classes.*\[1, 1, 0\]"):
        ReferenceCodes(codes_of([0, 1]), num_classes=3)
