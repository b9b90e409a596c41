"""CelebA on the mock data of tfds: its faces are not here."""

import time

import numpy as np
import pytest
import tensorflow_datasets as tfds

import kvae
from kvae.data.celeb_a import read_faces


def test_without_data_the_remedy_is_named_at_once(tmp_path):
    start = time.perf_counter()
    with pytest.raises(FileNotFoundError, match=r"tfds\.load\('celeb_a'"):
        kvae.load("celeb_a", tmp_path)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("num_rows", [0, -1, 2.5])
def test_the_number_of_rows_is_whole_and_positive(tmp_path, num_rows):
    with pytest.raises(ValueError, match="num_rows expects a whole number >= 1"):
        kvae.load("celeb_a", tmp_path, num_rows=num_rows)


def faces(label, size=64, num_rows=None):
    with tfds.testing.mock_data(num_examples=16):
        return read_faces(tfds.builder("celeb_a"), label, size, num_rows)


def test_faces_are_cropped_scaled_and_labelled():
    source = faces("Eyeglasses")
    assert source.element_shape == (64, 64, 3)
    assert source.class_names == ("not Eyeglasses", "Eyeglasses")
    assert 0 <= source.train.x.min() <= source.train.x.max() <= 1
    assert len(source.validation.y) == 16
    with tfds.testing.mock_data(num_examples=16):
        examples = tfds.builder("celeb_a").as_dataset(split="train")
        expected = [
            example["attributes"]["Eyeglasses"] for example in tfds.as_numpy(examples)
        ]
    np.testing.assert_array_equal(source.train.y, np.array(expected, int))


def test_every_attribute_can_be_the_label():
    with tfds.testing.mock_data(num_examples=1):
        attributes = tfds.builder("celeb_a").info.features["attributes"]
    assert len(attributes) == 40
    with pytest.raises(ValueError, match=r"'Bald'.*'Young'.*Received: 'Blad'"):
        faces("Blad")


def test_the_size_can_be_chosen():
    assert faces("Male", size=32).element_shape == (32, 32, 3)
