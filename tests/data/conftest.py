"""A prepared tfds folder of random images, in the shape of MNIST."""

import numpy as np
import pytest
import tensorflow_datasets as tfds


@pytest.fixture
def write_tfds(tmp_path):
    """Prepares `name` with 20 + 10 random images; returns its builder."""

    def write(name="Mnist", shape=(28, 28, 1), splits=(("train", 20), ("test", 10))):
        builder = make_builder(name, shape, splits, data_dir=tmp_path)
        builder.download_and_prepare()
        return builder

    return write


def make_builder(name, shape, splits, data_dir):
    class Images(tfds.core.GeneratorBasedBuilder, skip_registration=True):
        VERSION = tfds.core.Version("3.0.1")
        pkg_dir_path = data_dir

        def _info(self):
            features = tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=shape),
                    "label": tfds.features.ClassLabel(num_classes=10),
                }
            )
            return tfds.core.DatasetInfo(
                builder=self, features=features, supervised_keys=("image", "label")
            )

        def _split_generators(self, dl_manager):
            return {split: self._generate_examples(n) for split, n in splits}

        def _generate_examples(self, count):
            stream = np.random.default_rng(count)
            for i in range(count):
                sizes = tuple(side or 8 + i for side in shape)
                image = stream.integers(0, 256, sizes, dtype="uint8")
                yield i, {"image": image, "label": i % 10}

    Images.name = name.lower()
    return Images(data_dir=data_dir)
