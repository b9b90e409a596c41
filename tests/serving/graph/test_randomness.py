import numpy as np
import tensorflow as tf
from scipy import stats

from kvae.serving.graph import randomness as sampling


def seeds_of(seed, n):
    return sampling.row_seeds(tf.constant(seed, tf.int64), n)


def test_a_row_depends_on_its_own_seeds_alone():
    seeds = seeds_of(7, 5)
    noise = sampling.noise(seeds, "prior", 3).numpy()
    alone = [sampling.noise(seeds[i : i + 1], "prior", 3)[0] for i in range(5)]
    np.testing.assert_allclose(noise, alone, atol=1e-6)
    some = sampling.noise(seeds_of(7, 2), "prior", 3)
    np.testing.assert_allclose(noise[:2], some, atol=1e-6)


def test_other_seeds_and_purposes_get_other_numbers():
    rows = [
        sampling.noise(tf.constant([seeds], tf.int64), purpose, 4).numpy()
        for seeds in ([0, 0], [0, 1], [1, 0], [-1, 0], [2**62, 0])
        for purpose in ("prior", "noise")
    ]
    assert len(np.unique(np.concatenate(rows))) == 40


def test_noise_is_standard_normal_and_free_of_correlation():
    noise = sampling.noise(seeds_of(3, 20_000), "prior", 2).numpy()
    assert stats.kstest(noise.ravel(), "norm").pvalue > 0.001
    assert abs(np.corrcoef(noise.T)[0, 1]) < 0.03
    assert abs(np.corrcoef(noise[1:, 0], noise[:-1, 0])[0, 1]) < 0.03


def test_normal_numbers_become_uniform_ones_by_their_distribution_function():
    noise = sampling.noise(seeds_of(5, 100), "cells", 3)
    uniform = sampling.as_uniform(noise)
    np.testing.assert_allclose(uniform, stats.norm.cdf(noise), atol=1e-6)


def test_choices_are_uniform():
    counts = tf.fill([30_000], 3)
    chosen = sampling.choose(seeds_of(1, 30_000), "parent", counts).numpy()
    assert set(chosen) == {0, 1, 2}
    assert stats.chisquare(np.bincount(chosen)).pvalue > 0.001
    counts = np.tile([1, 2], 50).astype("int32")
    chosen = sampling.choose(seeds_of(1, 100), "parent", tf.constant(counts)).numpy()
    assert (chosen < counts).all()
