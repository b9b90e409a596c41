import base64
import io

import numpy as np
import pytest
from PIL import Image

from kvae.data.guarded import Rows
from kvae.report.images import (
    DOUBTED,
    MOST_SIDE,
    classes_section,
    doubted,
    labels_section,
)


@pytest.fixture
def images():
    return np.random.default_rng(0).random((50, 8, 8, 1), "float32")


def test_the_most_doubtful_images_come_first(images):
    likely = np.linspace(1, 0, 50)
    gallery = doubted(images, np.array(["cat"] * 50), likely, "new images")
    assert len(gallery.pictures) == DOUBTED
    assert gallery.pictures[0][1] == "cat: 0%"
    assert "36 most doubtful of 50 new images" in gallery.caption


def test_large_images_are_scaled_down(images):
    large = np.repeat(np.repeat(images[:2], 40, axis=1), 40, axis=2)
    (uri, _), _ = doubted(large, np.array(["a", "b"]), np.zeros(2), "x").pictures
    assert len(uri) < 20_000


def test_a_class_without_new_images_keeps_its_line(images):
    real = Rows(images[:4], np.array([0, 0, 1, 1]))
    new = Rows(images[4:6], np.array([0, 0]))
    section = classes_section(real, new, ["a", "b"])
    assert "a, b" in section.parts[1].caption


def test_sure_labels_are_counted(images):
    probability = np.repeat([0.95, 0.5], 25)
    section = labels_section(images, np.array(["a"] * 50), probability, 50)
    assert "50% of them got one with a probability above 0.9" in section.parts[0].text


def test_a_label_that_was_not_judged_is_the_last_and_has_no_number(images):
    gallery = doubted(images[:2], np.array(["a", "b"]), np.array([np.nan, 0.5]), "x")
    assert [line for _, line in gallery.pictures] == ["b: 50%", "a: ?"]


def test_a_sheet_of_large_images_is_scaled_down():
    large = np.zeros((3, 224, 224, 3), "float32")
    rows = Rows(large, np.array([0, 1, 1]))
    (_, picture) = classes_section(rows, rows, ["a", "b"]).parts
    written = io.BytesIO(base64.b64decode(picture.uri.split(",")[1]))
    width, height = Image.open(written).size
    assert width < 12 * (MOST_SIDE + 2) and height < 2 * (MOST_SIDE + 2)
