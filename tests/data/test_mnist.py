"""MNIST: with a made-up copy always; with the prepared data where it is."""

import os
import time

import numpy as np
import pytest

import kvae


def test_a_missing_folder_is_named_with_the_command_that_prepares_it(tmp_path):
    start = time.perf_counter()
    with pytest.raises(FileNotFoundError) as error:
        kvae.load("mnist", tmp_path)
    assert time.perf_counter() - start < 5
    assert str(tmp_path / "mnist") in str(error.value)
    assert f"tfds.load('mnist', data_dir='{tmp_path}')" in str(error.value)
    assert "TFDS_DATA_DIR" in str(error.value)


def test_reads_a_prepared_folder(write_tfds, tmp_path):
    builder = write_tfds("Mnist")
    source = kvae.load("mnist", tmp_path)
    assert source.element_shape == (28, 28, 1)
    assert len(source.train.y) == 20
    assert source.class_names == tuple("0123456789")
    (expected,) = builder.as_dataset("train", batch_size=20).as_numpy_iterator()
    np.testing.assert_array_equal(source.train.x, expected["image"].astype("f4") / 255)
    np.testing.assert_array_equal(source.train.y, expected["label"])


prepared = os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")
has_mnist = os.path.exists(os.path.expanduser(f"{prepared}/mnist"))


@pytest.mark.slow
@pytest.mark.skipif(not has_mnist, reason="no prepared MNIST; the others read a copy")
def test_the_real_data_has_its_known_counts():
    source = kvae.load("mnist")
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    np.testing.assert_array_equal(np.bincount(source.train.y), counts)
    np.testing.assert_allclose(source.train.x.mean(), 0.1307, atol=1e-4)
