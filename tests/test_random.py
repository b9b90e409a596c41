import numpy as np
import pytest

from kvae import random


def test_numbers_depend_on_seed_and_purpose_alone():
    every = [
        random.derive(seed, purpose, step)
        for seed in range(10)
        for purpose in ("a", "b")
        for step in range(50)
    ]
    assert len(set(every)) == 1000
    assert all(0 <= number < 2**32 for number in every)
    assert random.derive(3, "a", 1) == random.derive(np.int32(3), "a", np.int64(1))


def test_purposes_do_not_run_into_each_other():
    assert random.derive(0, "a", "b") != random.derive(0, "a/b")
    assert random.derive(0, "1") != random.derive(0, 1)
    assert random.derive(1, 1) != random.derive(11)


@pytest.mark.parametrize("seed", ["0", 1.0, None, True])
def test_refuses_what_is_no_seed(seed):
    with pytest.raises(ValueError, match="seed expects an integer"):
        random.generator(seed)


def test_generators_repeat():
    first = random.generator(0, "x").normal(size=5)
    np.testing.assert_array_equal(first, random.generator(0, "x").normal(size=5))
    assert not np.allclose(first, random.generator(1, "x").normal(size=5))


def test_noise_of_a_replica_does_not_depend_on_its_place():
    keys = [random.derive(seed) for seed in range(3)]
    stack = random.normal_in_graph(keys, np.array([4, 5, 6]), (3, 7, 2))
    for r, step in enumerate((4, 5, 6)):
        alone = random.normal_in_graph(keys[r], step, (7, 2))
        # To rounding: vector instructions and the rest of a loop may differ by it.
        np.testing.assert_allclose(stack[r], alone, rtol=1e-6, atol=1e-7)


def test_noise_is_standard_normal():
    noise = random.normal_in_graph(random.derive(0), 1, (100_000,)).numpy()
    assert abs(noise.mean()) < 0.02
    assert abs(noise.std() - 1) < 0.02
    assert abs((noise**4).mean() - 3) < 0.1
    assert noise.shape == (100_000,)


def test_noise_of_streams_and_steps_is_uncorrelated():
    keys = [random.derive(seed) for seed in range(50)]
    noise = [
        random.normal_in_graph(keys, np.full(50, step), (50, 1000, 1)).numpy()
        for step in (0, 1)
    ]
    rows = np.concatenate(noise)[..., 0]
    correlation = np.corrcoef(rows) - np.eye(100)
    assert np.abs(correlation).max() < 0.16  # 5 standard errors
    halves = np.corrcoef(rows[:, :500].ravel(), rows[:, 500:].ravel())[0, 1]
    assert abs(halves) < 0.03


def test_split_mix_gives_the_published_numbers():
    seed = np.array(1234567, "uint64")
    expected = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    np.testing.assert_array_equal(random.split_mix(seed, np.arange(1, 6)), expected)
