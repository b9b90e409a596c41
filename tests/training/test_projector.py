import numpy as np
import pandas as pd
import pytest
from PIL import Image

from kvae.training import projector
from kvae.training.projector import tiled, write_projector

POINTS = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
METADATA = pd.DataFrame({"row": range(5), "label": ["a", "b\tc", "d\ne", "ä", ""]})


def test_points_and_metadata_are_read_back_by_the_projector_of_tensorboard(tmp_path):
    from google.protobuf import text_format
    from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

    images = np.random.default_rng(1).random((5, 4, 6, 1))
    write_projector(tmp_path / "run", POINTS, METADATA, images)
    text = (tmp_path / "run" / "projector_config.pbtxt").read_text()
    (embedding,) = text_format.Parse(text, ProjectorConfig()).embeddings
    points = np.loadtxt(tmp_path / "run" / embedding.tensor_path, delimiter="\t")
    np.testing.assert_allclose(points, POINTS, rtol=1e-6)
    lines = (tmp_path / "run" / embedding.metadata_path).read_text("utf-8")
    assert lines.splitlines()[:4] == ["row\tlabel", "0\ta", "1\tb c", "2\td e"]
    assert len(lines.splitlines()) == 6
    sprite = Image.open(tmp_path / "run" / embedding.sprite.image_path)
    width, height = embedding.sprite.single_image_dim
    assert (width, height) == (6, 4)
    assert sprite.size == (3 * 6, 2 * 4)  # three in a row
    third = np.asarray(sprite)[4:8, 6:12] / 255  # the second of the second row
    np.testing.assert_allclose(third, images[4, ..., 0], atol=1 / 255)


def test_large_thumbnails_are_made_smaller(tmp_path, monkeypatch):
    monkeypatch.setattr(projector, "MOST_PIXELS", 16)
    write_projector(tmp_path, POINTS, METADATA, np.zeros((5, 8, 8, 3)))
    assert max(Image.open(tmp_path / "sprite.png").size) <= 16
    config = (tmp_path / "projector_config.pbtxt").read_text()
    assert config.count("single_image_dim: 4") == 2


def test_tiles_stand_row_after_row():
    images = np.arange(2 * 3 * 4 * 5).reshape(2 * 3, 4, 5, 1)[:5]
    whole = tiled(images, columns=3)
    assert whole.shape == (8, 15, 1)
    np.testing.assert_array_equal(whole[:4, 10:], images[2])
    np.testing.assert_array_equal(whole[4:, 5:10], images[4])
    assert not whole[4:, 10:].any()


def test_refuses_metadata_of_other_rows(tmp_path):
    with pytest.raises(ValueError, match="write_projector"):
        write_projector(tmp_path, POINTS[:4], METADATA)
