import numpy as np
import pytest
from PIL import Image

from kvae.cli.image_output import write_images, write_sheet
from kvae.data.guarded import Rows


@pytest.mark.parametrize("channels", [1, 3])
def test_images_come_back_from_their_files(tmp_path, channels):
    images = np.random.default_rng(0).random((3, 4, 5, channels))
    write_images(tmp_path / "new", images, np.array(["b", "a", "b"]))
    second = np.asarray(Image.open(tmp_path / "new" / "b" / "generated-00002.png"))
    np.testing.assert_allclose(
        second.reshape(4, 5, channels) / 255, images[2], atol=0.5 / 255
    )
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_only_what_it_has_written_is_replaced(tmp_path):
    images = np.zeros((3, 4, 4, 1))
    write_images(tmp_path / "new", images, np.array(["a", "a", "b"]))
    (tmp_path / "new" / "a" / "mine.png").touch()
    write_images(tmp_path / "new", images[:1], np.array(["a"]))
    left = [p.name for p in sorted((tmp_path / "new").rglob("*.png"))]
    assert left == ["generated-00001.png", "mine.png"]


def test_what_was_interrupted_does_not_look_finished(tmp_path, monkeypatch):
    def full(self, path):
        raise OSError("No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(OSError, match="No space"):
        write_images(tmp_path / "new", np.zeros((1, 4, 4, 1)), np.array(["a"]))
    assert not (tmp_path / "new").exists()


def test_a_class_is_no_path(tmp_path):
    with pytest.raises(ValueError, match="names of folders. Received: '../a'"):
        write_images(tmp_path / "new", np.zeros((1, 4, 4, 1)), np.array(["../a"]))


def test_a_sheet_has_a_row_for_each_class_even_without_new_images(tmp_path):
    real = Rows(np.zeros((4, 8, 8, 1)), np.array([0, 0, 1, 1]))
    new = Rows(np.zeros((12, 8, 8, 1)), np.zeros(12, int))
    write_sheet(tmp_path / "two.png", real, new, classes=["a", "b"])
    write_sheet(tmp_path / "one.png", real, new, classes=["a"])
    two, one = (Image.open(tmp_path / f"{name}.png") for name in ("two", "one"))
    assert two.size[0] == one.size[0]
    assert len(np.unique(np.asarray(two))) > 3
