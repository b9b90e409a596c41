import numpy as np
import pytest

from kvae.latent.sweeps import sweep

CODES = np.random.default_rng(0).normal([1.0, -2.0, 0.0], [1.0, 0.1, 3.0], (500, 3))


def test_one_latent_moves_and_the_others_stay_at_their_mean():
    z = sweep(CODES, latents=[2, 0], points=5, span=2.0)
    assert z.shape == (2, 5, 3)
    middle = CODES.mean(axis=0)
    for row, latent in zip(z, (2, 0), strict=True):
        others = [j for j in range(3) if j != latent]
        np.testing.assert_allclose(row[:, others], np.tile(middle[others], (5, 1)))
        np.testing.assert_allclose(np.diff(row[:, latent]), CODES[:, latent].std())
        np.testing.assert_allclose(row[2], middle)


def test_the_others_keep_the_values_of_the_code_that_is_given():
    z = sweep(CODES, latents=[1], points=3, around=[7.0, 8.0, 9.0])
    mean, deviation = CODES[:, 1].mean(), CODES[:, 1].std()
    expected = [[7.0, mean + step * deviation, 9.0] for step in (-2, 0, 2)]
    np.testing.assert_allclose(z[0], expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"latents": [3]}, r"latents from 0 to 2. Received: \[3\]"),
        ({"latents": [-1]}, "latents from 0 to 2"),
        ({"latents": [0], "points": 1}, "points of sweep"),
        ({"latents": [0], "span": -1}, "span of sweep"),
        ({"latents": [0], "around": [0.0]}, r"around of sweep .*\(d,\) = \(3,\)"),
        ({"z_mean": CODES[0], "latents": [0]}, r"\(N, d\)"),
        ({"z_mean": CODES * np.nan, "latents": [0]}, "finite"),
    ],
)
def test_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        sweep(**{"z_mean": CODES, **arguments})
