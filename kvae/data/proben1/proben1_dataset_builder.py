"""PROBEN1 for TensorFlow Datasets."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from kvae.data.attributes import to_frame
from kvae.data.proben1.dt import read_dt
from kvae.data.proben1.problems import CLASS_NAMES, NAMES, manual_file, schema

URL = (
    "https://raw.githubusercontent.com/jeffheaton/proben1/"
    "1c63a400c5811fdd924510e08ccdba631d118c96/{problem}/{name}.dt"
)


@dataclasses.dataclass
class Proben1Config(tfds.core.BuilderConfig):
    """A problem in one of its three permutations."""

    @property
    def problem(self):
        """str: such as "card"."""
        return self.name[:-1]


class Builder(tfds.core.GeneratorBasedBuilder):
    """Six classification problems of PROBEN1, three permutations each.

    Files are read from the folder that KVAE_PROBEN1_DIR names, or from
    `DownloadConfig(manual_dir=...)`, and downloaded otherwise. What is downloaded, or
    stands in `manual_dir`, must have the checksum of checksums.tsv.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [Proben1Config(name=name) for name in NAMES]

    def _info(self):
        problem = self.builder_config.problem
        attributes = schema(problem)
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "inputs": tfds.features.Tensor(
                        shape=(attributes[-1].span[1],),
                        dtype=np.float32,
                        doc="The inputs of the file.",
                    ),
                    "attributes": tfds.features.Tensor(
                        shape=(len(attributes),),
                        dtype=np.float32,
                        doc="The attributes behind them: numbers, or the position of "
                        "the level in metadata['attributes']; NaN is a hole.",
                    ),
                    "label": tfds.features.ClassLabel(names=CLASS_NAMES[problem]),
                }
            ),
            supervised_keys=("inputs", "label"),
            homepage="https://github.com/jeffheaton/proben1",
            metadata=tfds.core.MetadataDict(
                attributes=[
                    {"name": a.name, "kind": a.kind, "levels": a.levels}
                    for a in attributes
                ]
            ),
            # The rows keep the order of the file.
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        name, problem = self.builder_config.name, self.builder_config.problem
        path = manual_file(name)
        if path is None:
            path = dl_manager.download(URL.format(problem=problem, name=name))
        parts = read_dt(path).split()
        splits = ("train", "validation", "test")
        return {
            split: self._generate_examples(*part)
            for split, part in zip(splits, parts, strict=True)
        }

    def _generate_examples(self, inputs, labels):
        frame = to_frame(inputs, schema(self.builder_config.problem))
        columns = {
            name: column.cat.codes.where(column.notna())
            if column.dtype == "category"
            else column
            for name, column in frame.items()
        }
        attributes = np.stack([*columns.values()], axis=1).astype("float32")
        for i, label in enumerate(labels):
            yield (
                i,
                {"inputs": inputs[i], "attributes": attributes[i], "label": label},
            )
