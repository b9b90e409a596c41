"""Folders as people have them; images of 8 x 8 pixels."""

import os
import re

import numpy as np
import pytest
from PIL import Image

from kvae.cli.class_folders import read_class_folders


def save(path, mode="L", size=(8, 8), seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(seed).integers(0, 256, size[::-1], dtype="uint8")
    if mode == "I;16":
        Image.fromarray(values.astype("uint16") * 257).save(path)
    elif mode == "colour":
        Image.fromarray(np.stack([values, values, 255 - values], -1)).save(path)
    else:
        Image.fromarray(values).convert(mode).save(path)
    return values


@pytest.fixture
def folder(tmp_path):
    """Two classes of two images, and two images without a label."""
    for i, name in enumerate(("cat", "dog", "unlabelled")):
        for j in range(2):
            save(tmp_path / name / f"{j}.png", seed=2 * i + j)
    return tmp_path


def test_reads_images_in_the_order_of_their_paths(folder):
    read = read_class_folders(folder)
    assert read.x.shape == (6, 8, 8, 1)
    assert read.counts == {"cat": 2, "dog": 2}
    assert read.labels.tolist() == ["cat", "cat", "dog", "dog", None, None]
    assert read.names[::3] == ["cat/0.png", "dog/1.png"]
    assert read.num_unlabelled == 2
    assert not read.notes
    expected = np.asarray(Image.open(folder / "dog" / "1.png")) / 255
    np.testing.assert_allclose(read.x[3, ..., 0], expected, atol=1e-6)


def hidden(folder):
    save(folder / ".cache" / "0.png")
    save(folder / "cat" / ".0.png")


def damaged(folder):
    whole = (folder / "cat" / "0.png").read_bytes()
    (folder / "cat" / "9.png").write_bytes(whole[: len(whole) // 2])


def no_image(folder):
    (folder / "cat" / "notes.txt").write_text("a cat")


def empty(folder):
    (folder / "bird").mkdir()


def upper_case(folder):
    (folder / "cat" / "1.png").rename(folder / "cat" / "1.PNG")


def sixteen_bits(folder):
    save(folder / "cat" / "1.png", "I;16", seed=1)


def alpha(folder):
    save(folder / "cat" / "1.png", "RGBA", seed=1)


def palette(folder):
    save(folder / "cat" / "1.png", "P", seed=1)


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (hidden, None),
        (damaged, r"(?s)1 of 7 images.*cat.9\.png.*left out.*Replace or remove"),
        (no_image, r"no images are left out: 'cat.notes\.txt'"),
        (empty, "without an image are left out: 'bird'"),
        (upper_case, None),
        (sixteen_bits, None),
        (alpha, None),
        (palette, None),
    ],
)
def test_odd_files_change_nothing_else(folder, change, note):
    before = read_class_folders(folder)
    change(folder)
    read = read_class_folders(folder)
    np.testing.assert_allclose(read.x, before.x, atol=1e-6)
    assert read.counts == before.counts
    if note is None:
        assert not read.notes
    else:
        (said,) = read.notes
        assert re.search(note, said)


def test_one_image_in_colour_makes_all_rgb(folder):
    save(folder / "cat" / "1.png", "colour")
    assert read_class_folders(folder).x.shape == (6, 8, 8, 3)


def test_a_class_may_be_called_unlabelled(folder):
    (folder / "new").mkdir()
    save(folder / "new" / "0.png")
    read = read_class_folders(folder, unlabelled="new")
    assert read.counts == {"cat": 2, "dog": 2, "unlabelled": 2}
    assert read.num_unlabelled == 1


def test_images_of_other_sizes_are_scaled_if_asked_for(folder):
    save(folder / "dog" / "1.png", size=(16, 9))
    with pytest.raises(ValueError, match=r"'8x8', '9x16'\. Pass --size 8 8"):
        read_class_folders(folder)
    assert read_class_folders(folder, size=(6, 5)).x.shape == (6, 6, 5, 1)


def test_a_folder_that_cannot_be_opened_is_named(folder, monkeypatch):
    # The tests may run as root, who may open every folder.
    monkeypatch.setattr(os, "access", lambda path, mode: path.name != "dog")
    with pytest.raises(PermissionError, match=r"dog cannot be opened.*chmod"):
        read_class_folders(folder)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ("cat", ValueError, "2 images in no subfolder"),
        ("nothing", FileNotFoundError, "There is no folder"),
        ("one", ValueError, "at least two classes. Received: 'a', and 0 images"),
    ],
)
def test_says_what_it_expects(folder, wrong, error, message):
    save(folder / "one" / "a" / "0.png")
    with pytest.raises(error, match=message):
        read_class_folders(folder / wrong)
