import numpy as np
import pytest

from kvae.plots import plot_images


@pytest.mark.parametrize("channels", [1, 3])
def test_every_image_stands_in_the_strip(ax, channels):
    images = np.random.default_rng(0).random((4, 5, 6, channels))
    assert plot_images(images, ax, "real") is ax
    shown = ax.images[0].get_array().reshape(5, 27, channels)
    for i, image in enumerate(images):
        np.testing.assert_allclose(shown[:, 7 * i : 7 * i + 6], image)
    assert ax.get_ylabel() == "real"
