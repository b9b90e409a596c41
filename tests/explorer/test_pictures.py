"""PNGs."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from kvae.explorer.pictures import sheet, to_picture, to_uri


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_pixel_becomes_a_square_of_its_colour(channels):
    image = np.random.default_rng(0).random((3, 5, channels))
    picture = np.asarray(to_picture(image, side=20))
    assert picture.shape[:2] == (12, 20)
    expected = image if channels != 2 else image.mean(axis=-1, keepdims=True)
    expected = np.rint(expected * 255).squeeze()
    np.testing.assert_array_equal(picture[::4, ::4], expected)
    np.testing.assert_array_equal(picture[3::4, 3::4], expected)


def test_numbers_outside_of_a_picture_do_not_wrap():
    image = np.array([[[-1.0], [2.0], [np.nan]]])
    assert np.asarray(to_picture(image, side=3)).tolist() == [[0, 255, 0]]


def test_a_large_image_keeps_its_size():
    assert to_picture(np.zeros((300, 200, 3))).size == (200, 300)


def test_a_uri_holds_a_png():
    head, _, data = to_uri(np.ones((2, 2, 1))).partition(",")
    assert head == "data:image/png;base64"
    assert Image.open(io.BytesIO(base64.b64decode(data))).format == "PNG"


def test_a_sheet_has_a_place_for_each_image():
    images = np.ones((7, 8, 8, 1)) * np.arange(7)[:, None, None, None] / 10
    made = Image.open(io.BytesIO(sheet(images, columns=3, side=8, gap=2)))
    assert made.size == (3 * 10 + 2, 3 * 10 + 2)
    assert made.getpixel((2 + 10 + 4, 2 + 4)) == (26, 26, 26)  # the second
