import numpy as np
import pytest

from kvae.plots import plot_image_grid


@pytest.mark.parametrize("channels", [1, 3])
def test_every_image_stands_at_its_place(ax, channels):
    images = np.random.default_rng(0).random((2, 3, 5, 4, channels))
    assert plot_image_grid(images, ax, ["one", "two"], ["low", "", "high"]) is ax
    shown = ax.images[0].get_array().reshape(11, 14, channels)
    for j in range(2):
        for p in range(3):
            part = shown[6 * j : 6 * j + 5, 5 * p : 5 * p + 4]
            np.testing.assert_allclose(part, images[j, p])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["one", "two"]
    # Labels stand in the middle of their images; empty ones are left out.
    assert ax.get_yticks().tolist() == [2, 8]
    assert ax.get_xticks().tolist() == [1.5, 11.5]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["low", "high"]


def test_photographs_are_dark_at_0_and_drawings_light(ax):
    image = np.zeros((1, 1, 2, 2, 1))
    for dark, expected in ((True, 0), (False, 1)):
        plot_image_grid(image, ax, dark=dark)
        shown = ax.images[-1]
        assert shown.get_cmap()(shown.norm(0.0))[0] == expected
