"""Where the rows of shards come from: a fitted over-sampler, or a SavedModel."""

import functools
import io
import warnings

import numpy as np
import pandas as pd

from kvae import quiet
from kvae.explorer.places import FITTED, GRAPH, GRAPH_FILE
from kvae.warning_classes import KvaeWarning

IMAGE = "png"  # the column of images, each a PNG
LINEAGE = "kvae_"  # before the names of columns that say where a row comes from
AT_ONCE = 4096  # rows that are asked of a SavedModel
EXAMPLES = 100_000  # real rows, at most, that the types of columns are read off


@functools.lru_cache(maxsize=1)  # a worker opens its model once
def open_rows(place):
    """Returns the FittedRows or ServedRows of a Place.

    Raises:
        ValueError: for a model on a server, or one that cannot be opened.
    """
    if place.kind in (FITTED, GRAPH):
        quiet.start_tensorflow()
        return FittedRows(place) if place.kind == FITTED else ServedRows(place)
    raise ValueError(
        "Shards are made from a folder that kvae augment, VAEOverSampler.save or "
        f"kvae.export wrote. Received: the address {place.where}. Name the folder."
    )


class FittedRows:
    """New rows of a fitted over-sampler.

    Args:
        place: Place.

    Attributes:
        classes: list of the classes.
        is_image: bool; images are a column `png`.
        width: int, numbers that the decoder gives for a row.
        fitted: VAEOverSampler.
    """

    def __init__(self, place):
        from kvae.resampling.resampler import VAEOverSampler

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", KvaeWarning)  # the caller has said it
            self.fitted = VAEOverSampler.load(place.where)
        x, _ = self.fitted.training_rows()
        self.classes = self.fitted.classes_.tolist()
        self.is_image, self.width = x.ndim == 4, int(np.prod(x.shape[1:]))

    def draw(self, counts, seed, provenance=False):
        """Returns a DataFrame of new rows, ordered by class.

        Args:
            counts: tuple of ints, rows of each class.
            seed: int.
            provenance: bool, whether columns say where each row comes from.
        """
        wanted = {c: n for c, n in zip(self.classes, counts, strict=True) if n}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", KvaeWarning)  # the manifest counts rows
            rows, labels, lineage = self.fitted.sample(wanted, seed)
        frame = self._frame(rows, labels)
        if not provenance:
            return frame
        lineage = lineage.drop(columns="label").add_prefix(LINEAGE)
        for name in lineage.columns[lineage.dtypes == "category"]:
            # Each shard would have categories of its own.
            lineage[name] = lineage[name].astype(object)
        return pd.concat([frame, lineage.set_axis(frame.index)], axis=1)

    def example(self, provenance=False):
        """Returns a few rows as `draw` does, or real ones: every type of value."""
        few = self.draw((1,) * len(self.classes), seed=0, provenance=provenance)
        if self.fitted.table_ is None:
            return few
        # Not of new rows alone: one of them may be all holes.
        real = self.fitted.table_.inverse(self.fitted.training_rows()[0][:EXAMPLES])
        real.columns = real.columns.map(str)
        return pd.concat([few.iloc[:1], real], ignore_index=True)

    def _frame(self, rows, labels):
        from kvae.resampling.rows import as_frame

        if self.is_image:
            frame = pd.DataFrame({IMAGE: as_pngs(rows)})
        else:
            frame = as_frame(rows)
            frame.columns = frame.columns.map(str)
        target = self.fitted.target_name_
        return frame.assign(**{target: np.asarray(labels).tolist()})


class ServedRows:
    """New rows of a SavedModel, by its signature `sample_batch`.

    Args:
        place: Place.

    Attributes:
        classes: list of the classes, [None] where the model is not told one.
        is_image: bool; images are a column `png`.
        width: int, numbers that a row consists of.

    Raises:
        ValueError: where it has no such signature, or does not tell its classes.
    """

    fitted = None

    def __init__(self, place):
        import tensorflow as tf
        from tensorflow.core.protobuf import saved_model_pb2

        from kvae.serving.description import read_description

        # Kept: without the model its signatures would lose their weights.
        self._model = tf.saved_model.load(str(place.where))
        signatures = self._model.signatures
        if "sample_batch" not in signatures:
            raise ValueError(
                "Shards of a SavedModel need its signature sample_batch, as kvae.export"
                f" writes it. Received: {place.where} with {', '.join(signatures)}."
            )
        self._sample = signatures["sample_batch"]
        self.classes = [None]
        # By its own name, which a function's argument cannot have.
        saved = (place.where / GRAPH_FILE).read_bytes()
        (graph,) = saved_model_pb2.SavedModel.FromString(saved).meta_graphs
        if "class" in graph.signature_def["sample_batch"].inputs:
            self.classes = list(read_description(place.where)["class_names"])
        answer = self._ask(np.zeros((1, 2), "int64"), self.classes[0])
        self.is_image = "x" in answer and answer["x"].ndim == 4
        self.width = sum(int(np.prod(values.shape[1:])) for values in answer.values())

    def draw(self, counts, seed, provenance=False):
        """Returns a DataFrame of new rows, as `FittedRows.draw` does.

        Raises:
            ValueError: for provenance, which a SavedModel does not tell.
        """
        if provenance:
            raise ValueError(
                "A SavedModel does not say where its rows come from. Leave --provenance"
                " out, or name what kvae augment wrote."
            )
        parts, first = [], 0
        for label, count in zip(self.classes, counts, strict=True):
            for start in range(first, first + count, AT_ONCE):
                places = np.arange(start, min(start + AT_ONCE, first + count))
                seeds = np.stack([np.full_like(places, seed), places], axis=1)
                parts.append(self._frame(self._ask(seeds, label)))
            first += count
        return pd.concat(parts, ignore_index=True)

    def example(self, provenance=False):
        """Returns rows as `draw` does."""
        return self.draw((100,) * len(self.classes), seed=0, provenance=provenance)

    def _ask(self, seeds, label):
        import tensorflow as tf

        inputs = {"seeds": tf.constant(seeds, tf.int64)}
        if label is not None:
            inputs["class"] = tf.fill([len(seeds)], label)
        answer = self._sample(**inputs)
        return {name: tensor.numpy() for name, tensor in answer.items()}

    def _frame(self, answer):
        columns = {}
        for name, values in answer.items():
            if values.ndim == 4:
                columns[IMAGE] = as_pngs(values)
            elif values.ndim == 2:
                columns |= {f"{name}_{i}": values[:, i] for i in range(values.shape[1])}
            elif values.dtype == object:  # an exported table writes holes as ""
                columns[name] = [text.decode() or None for text in values]
            else:
                columns[name] = values
        return pd.DataFrame(columns)


def as_pngs(images):
    r"""Returns images as PNG files, a list of N bytes.

    Args:
        images: float array (N, H, W, C) in [0, 1], or uint8; C = 1, 3 or 4.

    Raises:
        ValueError: for another number of channels.

    Example:
        >>> as_pngs(np.zeros((1, 2, 2, 1)))[0][:4]
        b'\x89PNG'
    """
    from PIL import Image

    images = np.asarray(images)
    if images.shape[3] not in (1, 3, 4):
        raise ValueError(
            "A PNG has 1, 3 or 4 channels. Received: images of shape (N, H, W, C) = "
            f"{images.shape}."
        )
    if images.dtype != np.uint8:
        images = np.rint(np.clip(images, 0, 1) * 255).astype("uint8")
    images = images[..., 0] if images.shape[3] == 1 else images
    files = []
    for image in images:
        file = io.BytesIO()
        Image.fromarray(image).save(file, "PNG")
        files.append(file.getvalue())
    return files
