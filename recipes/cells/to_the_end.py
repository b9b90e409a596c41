"""A bundle of cells whose convnet trains until images held out get no better."""

import dataclasses
import time

import keras
import numpy as np

from kvae import random
from kvae.data.guarded import Rows
from kvae.experiments.scoring import score_on_test
from kvae.experiments.vae_cache import load_source
from kvae.models.classifiers import convnet
from kvae.preprocessing.images import random_affine
from recipes.cells.labels import SpreadRow

SPREAD = "spread labels, to the end"
TRUE = "true labels, to the end"


@dataclasses.dataclass(frozen=True)
class EndSettings:
    """How the last classifier trains.

    Args:
        batch_size: int.
        learning_rate: float, Adam's at the start; a third of it after each epoch
            without a gain.
        patience: int, epochs without a gain after which it ends.
        epochs: int, at most.
        every: int, each so manieth image is held out to tell when.
    """

    batch_size: int = 128
    learning_rate: float = 1e-3
    patience: int = 4
    epochs: int = 60
    every: int = 10


def train_to_the_end(
    data,
    shots,
    seed,
    settings,
    labels,
    end,
    cells,
    development=0,
    data_dir=None,
    cache=None,
):
    """Trains and scores a convnet of all training images for each cell.

    Labels are those of "refined twice, doubted rows" of `train_label_cells`. The images
    held out to stop by have spread labels, too: no true label is looked at but those of
    the labelled images.

    Args:
        data: str, name of a data set.
        shots: int, labelled rows per class.
        seed: int.
        settings: Settings.
        labels: LabelSettings.
        end: EndSettings.
        cells: list of dicts: `method`, SPREAD or TRUE.
        development: int, as in `load_source`.
        data_dir: tfds folder.
        cache: path, folder of trained VAEs and of graphs.

    Returns:
        A list of one row for each cell.
    """
    source = load_source(data, data_dir, development)
    table = SpreadRow(
        source, shots, seed, settings=settings, labels=labels, cache=cache
    )
    rows, models = [], []
    for cell in cells:
        label = source.train.y if cell["method"] == TRUE else table.doubted_label
        start = time.perf_counter()
        model, epochs = _trained(
            source, label, random.derive(seed, "to the end"), end, settings
        )
        models.append(model)
        rows.append(
            {
                "data": source.name,
                "shots": shots,
                "method": cell["method"],
                "seed": seed,
                **table.rightly_labelled(label),
                "epochs": epochs,
                "training_seconds": round(time.perf_counter() - start, 2),
            }
        )

    def predict(x):
        return [model.predict(x, 1000, verbose=0).argmax(-1) for model in models]

    scored, _ = score_on_test(source, predict, rows)
    return [[row] for row in scored]


def _trained(source, label, seed, end, settings):
    """Returns (convnet, epochs until its best weights)."""
    model = convnet(
        source.train.x.shape[1:],
        source.num_classes,
        random.derive(seed, "classifier"),
        dtype=settings.convnet_dtype,
    )
    told = np.flatnonzero(label >= 0)
    order = random.generator(seed, "held out").permutation(told)
    held_out, learned = order[:: end.every], np.delete(order, np.s_[:: end.every])
    batches = _Moved(
        Rows(source.train.x[learned], label[learned]), end.batch_size, seed
    )
    # Many batches in a call of TensorFlow: small ones cost more to start than to do.
    model.compile(
        keras.optimizers.Adam(end.learning_rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        steps_per_execution=min(64, len(batches)),
    )
    stop = keras.callbacks.EarlyStopping(
        patience=end.patience, restore_best_weights=True
    )
    slower = keras.callbacks.ReduceLROnPlateau(factor=1 / 3, patience=1)
    model.fit(
        batches,
        epochs=end.epochs,
        validation_data=(source.train.x[held_out], label[held_out]),
        callbacks=[stop, slower],
        verbose=0,
    )
    return model, stop.best_epoch + 1


class _Moved(keras.utils.PyDataset):
    """Batches of images that are moved, turned and scaled anew in each epoch."""

    def __init__(self, rows, batch_size, seed):
        super().__init__()
        self.rows, self.batch_size, self.seed, self.epoch = rows, batch_size, seed, 0
        self.on_epoch_end()

    def __len__(self):
        return len(self.rows.y) // self.batch_size

    def __getitem__(self, batch):
        places = self.order[batch * self.batch_size : (batch + 1) * self.batch_size]
        return self.moved[places], self.rows.y[places]

    def on_epoch_end(self):
        seed = random.derive(self.seed, "epoch", self.epoch)
        self.moved = random_affine(self.rows.x, random.derive(seed, "moved"))
        self.order = random.generator(seed, "order").permutation(len(self.rows.y))
        self.epoch += 1
