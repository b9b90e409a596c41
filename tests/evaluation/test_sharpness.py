import numpy as np
import pytest
from scipy import ndimage

from kvae.evaluation.sharpness import sharpness


def test_a_blur_takes_sharpness_away_and_contrast_counts_squared():
    images = np.random.default_rng(0).uniform(size=(3, 9, 8, 2))
    blurred = ndimage.gaussian_filter(images, (0, 1, 1, 0))
    assert (sharpness(blurred) < 0.1 * sharpness(images)).all()
    np.testing.assert_allclose(sharpness(0.5 * images), 0.25 * sharpness(images))
    np.testing.assert_allclose(sharpness(images + 3), sharpness(images))
    assert sharpness(np.ones((1, 3, 3, 1))) == 0
    within = ndimage.laplace(images[0, :, :, 1])[1:-1, 1:-1].var()
    other = ndimage.laplace(images[0, :, :, 0])[1:-1, 1:-1].var()
    np.testing.assert_allclose(sharpness(images)[0], (within + other) / 2)


@pytest.mark.parametrize(
    "bad", [np.ones((2, 8, 8)), np.ones((2, 2, 8, 1)), np.full((1, 4, 4, 1), np.nan)]
)
def test_sharpness_refuses_what_is_no_image(bad):
    with pytest.raises(ValueError, match="sharpness"):
        sharpness(bad)
