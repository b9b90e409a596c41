import numpy as np
import pytest

from kvae.data.guarded import Rows
from kvae.report.images import DOUBTED, classes_section, doubted, labels_section


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
