"""MNIST: with tfds' own mock data always; with the prepared data where it is."""

import os
import time

import numpy as np
import pytest
import tensorflow_datasets as tfds

import kvae
from kvae.data.mnist import prepared_folder


def test_a_missing_folder_is_named_with_the_command_that_prepares_it(tmp_path):
    start = time.perf_counter()
    with pytest.raises(FileNotFoundError) as error:
        kvae.load("mnist", tmp_path)
    assert time.perf_counter() - start < 5
    assert str(tmp_path / "mnist") in str(error.value)
    assert f"tfds.load('mnist', data_dir='{tmp_path}')" in str(error.value)
    assert "TFDS_DATA_DIR" in str(error.value)


def test_the_environment_variable_says_where(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        kvae.load("mnist")


def write_mnist_like(data_dir):
    """A prepared tfds folder of 20 + 10 random images, in the shape of MNIST."""

    class Mnist(tfds.core.GeneratorBasedBuilder, skip_registration=True):
        VERSION = tfds.core.Version("3.0.1")
        pkg_dir_path = data_dir

        def _info(self):
            features = tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(28, 28, 1)),
                    "label": tfds.features.ClassLabel(num_classes=10),
                }
            )
            return tfds.core.DatasetInfo(builder=self, features=features)

        def _split_generators(self, dl_manager):
            return {
                "train": self._generate_examples(20),
                "test": self._generate_examples(10),
            }

        def _generate_examples(self, count):
            stream = np.random.default_rng(count)
            for i in range(count):
                image = stream.integers(0, 256, (28, 28, 1), dtype="uint8")
                yield i, {"image": image, "label": i % 10}

    builder = Mnist(data_dir=data_dir)
    builder.download_and_prepare()
    return builder


def test_reads_a_prepared_folder(tmp_path):
    builder = write_mnist_like(tmp_path)
    source = kvae.load("mnist", tmp_path)
    assert source.element_shape == (28, 28, 1)
    assert len(source.train.y) == 20
    assert source.class_names == tuple("0123456789")
    expected = next(
        tfds.as_numpy(builder.as_dataset("train", batch_size=20)).__iter__()
    )
    np.testing.assert_array_equal(source.train.x, expected["image"].astype("f4") / 255)
    np.testing.assert_array_equal(source.train.y, expected["label"])


def test_a_damaged_file_is_an_error_with_a_remedy(tmp_path):
    write_mnist_like(tmp_path)
    (record,) = tmp_path.glob("mnist/*/*train.tfrecord*")
    record.write_bytes(record.read_bytes()[:-100])
    with pytest.raises(OSError, match="Delete that folder and prepare it again"):
        kvae.load("mnist", tmp_path)


def test_the_newest_version_is_read(tmp_path):
    for version in ("3.0.1", "10.0.0"):
        (tmp_path / "mnist" / version).mkdir(parents=True)
        (tmp_path / "mnist" / version / "dataset_info.json").touch()
    assert prepared_folder("mnist", tmp_path).name == "10.0.0"


prepared = os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")
has_mnist = os.path.exists(os.path.expanduser(f"{prepared}/mnist"))


@pytest.mark.slow
@pytest.mark.skipif(not has_mnist, reason="no prepared MNIST; the others read a copy")
def test_the_real_data_has_its_known_counts():
    source = kvae.load("mnist")
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    np.testing.assert_array_equal(np.bincount(source.train.y), counts)
    np.testing.assert_allclose(source.train.x.mean(), 0.1307, atol=1e-4)
