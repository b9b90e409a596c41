import numpy as np
import pytest

import kvae
from kvae.data import Source
from kvae.data.prepared import image_in_unit_range, prepared_folder


def test_the_environment_variable_says_where(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        prepared_folder("anything")


def test_the_newest_version_is_read(tmp_path):
    for version in ("3.0.1", "10.0.0", "9.0.0"):
        (tmp_path / "mnist" / version).mkdir(parents=True)
        (tmp_path / "mnist" / version / "dataset_info.json").touch()
    assert prepared_folder("mnist", tmp_path).name == "10.0.0"


def test_what_a_killed_preparation_leaves_is_not_prepared(tmp_path):
    for folder in ("incomplete.AB12CD_3.0.1", "3.0.1.incompleteAB12CD"):
        (tmp_path / "mnist" / folder).mkdir(parents=True)
        (tmp_path / "mnist" / folder / "dataset_info.json").touch()
    with pytest.raises(FileNotFoundError, match="found no prepared data"):
        prepared_folder("mnist", tmp_path)


def test_the_remedy_for_proben1_makes_it_known_to_tfds(tmp_path):
    with pytest.raises(FileNotFoundError, match="import Builder; tfds.load"):
        Source.from_tfds("proben1/card1", tmp_path)


def test_a_damaged_description_is_an_error_with_a_remedy(write_tfds, tmp_path):
    builder = write_tfds("Mnist")
    (builder.data_path / "dataset_info.json").write_text("{")
    with pytest.raises(OSError, match="Delete that folder and prepare it again"):
        kvae.load("mnist", tmp_path)


def test_a_damaged_file_is_an_error_with_a_remedy(write_tfds, tmp_path):
    write_tfds("Mnist")
    (record,) = tmp_path.glob("mnist/*/*train.tfrecord*")
    record.write_bytes(record.read_bytes()[:-100])
    with pytest.raises(OSError, match="Delete that folder and prepare it again"):
        kvae.load("mnist", tmp_path)


def test_any_set_of_images_and_labels_is_a_source(write_tfds, tmp_path):
    write_tfds("Other", shape=(6, 5, 3), splits=(("train", 40),))
    source = Source.from_tfds("other", tmp_path, test_size=0.25)
    assert source.element_shape == (6, 5, 3)
    assert np.bincount(source.train.y).tolist() == [3] * 10


def test_images_of_many_sizes_ask_for_one(write_tfds, tmp_path):
    write_tfds("Ragged", shape=(None, None, 1))
    with pytest.raises(
        ValueError, match=r"differ in size. Pass size=\(height, width\)"
    ):
        Source.from_tfds("ragged", tmp_path)
    with pytest.raises(ValueError, match=r"size=\(height, width\). Received: 7"):
        Source.from_tfds("ragged", tmp_path, size=7)
    source = Source.from_tfds("ragged", tmp_path, size=(7, 9))
    assert source.element_shape == (7, 9, 1)


def test_cropping_keeps_the_centre():
    image = np.zeros((30, 60, 1), "uint8")
    image[12:18, 27:33] = 255  # a square in the middle
    small = image_in_unit_range(image, size=(10, 10)).numpy()
    np.testing.assert_allclose(small[4:6, 4:6], 1.0, atol=0.25)
    np.testing.assert_allclose(small.sum(), 4, atol=0.1)  # not stretched
    assert image_in_unit_range(image, crop=(6, 6)).numpy().min() == 1.0
