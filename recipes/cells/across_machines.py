"""What one of several processes does that train a VAE together, and its backups."""

import contextlib
import csv
import json
import os
import shutil
import time

import keras
import tensorflow as tf

import kvae
from kvae import BetaVAE, DenseDecoder, DenseEncoder

CURVE = ("epoch", "loss", "reconstruction", "kl", "seconds")


class Backup(keras.callbacks.Callback):
    """Backs up weights, optimizer and epoch after each epoch, whole or not at all.

    Keras' BackupAndRestore writes several files in place, and every worker would: here
    it writes a new folder, which is then renamed to the number of epochs done, and
    only one worker does. All read the same one: there is no step before all have begun.

    Args:
        folder: Path that all workers see.
        writes: bool, whether this worker is the one that writes.
    """

    def __init__(self, folder, writes):
        super().__init__()
        self.folder, self.writes = folder, writes

    def epochs_done(self):
        """Returns how many epochs the last backup has behind it."""
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return max([0, *(int(path.name) for path in found if path.name.isdecimal())])

    def on_train_begin(self, logs=None):
        """Restores what there is, and has fit begin with the next epoch."""
        if self.epochs_done():
            self._keras(str(self.epochs_done())).on_train_begin()

    def on_epoch_end(self, epoch, logs=None):
        """Writes, and removes the backup before."""
        if not self.writes:
            return
        shutil.rmtree(self.folder / "new", ignore_errors=True)
        self._keras("new").on_epoch_end(epoch)
        os.rename(self.folder / "new", self.folder / str(epoch + 1))
        shutil.rmtree(self.folder / str(epoch), ignore_errors=True)

    def _keras(self, name):
        backup = keras.callbacks.BackupAndRestore(str(self.folder / name))
        backup.set_model(self.model)
        return backup


class Curve(keras.callbacks.Callback):
    """Appends a line of CURVE to a CSV file after each epoch.

    Args:
        path: Path of the file.
    """

    def __init__(self, path):
        super().__init__()
        self.path = path

    def on_epoch_begin(self, epoch, logs=None):
        """Takes the time."""
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Writes the line."""
        logs = {**logs, "epoch": epoch, "seconds": time.perf_counter() - self._start}
        with open(self.path, "a", newline="") as file:
            csv.writer(file).writerow([logs[name] for name in CURVE])


def train(out, addresses, index, load, *, epochs, batch_size, seed, hidden, latent):
    """Trains a VAE as worker `index` of those at some addresses; goes on after a stop.

    The first worker writes `curve.csv` and, at the end, `vae.keras`.

    Args:
        out: Path that all workers see.
        addresses: host:port of each worker; of one alone, no strategy is used.
        index: int, which of them this process is.
        load: function that returns a source of images, as `kvae.load` does. It is
            called once the strategy is there, before which TensorFlow must not work.
        epochs: int, passes over the rows.
        batch_size: int, rows of a step, of all workers together.
        seed: int, of weights, noise and batches.
        hidden: ints, units of the encoder's layers.
        latent: int d.

    Returns:
        The trained BetaVAE.

    Raises:
        ConnectionError: where another worker is lost.
    """
    scope = contextlib.nullcontext()
    if len(addresses) > 1:
        task = {"type": "worker", "index": index}
        cluster = {"worker": list(addresses)}
        os.environ["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": task})
        # It waits until all workers are there.
        scope = tf.distribute.MultiWorkerMirroredStrategy().scope()
    x = load().train.x
    with scope:
        vae = BetaVAE(
            DenseEncoder(latent, hidden, seeds=seed),
            DenseDecoder(x.shape[1:], hidden[::-1], seeds=seed),
        )
        vae.build((None, *x.shape[1:]))
        vae.compile(keras.optimizers.Adam(1e-3))
    first = index == 0
    backup = Backup(out / "backup", writes=first)
    # The same batches in every worker, which takes its share of each; whole batches, so
    # that all shares are equal.
    steps = len(x) // batch_size
    data = kvae.batches(x, batch_size=batch_size, steps=epochs * steps, seeds=seed)
    sharing = tf.data.Options()
    policy = tf.data.experimental.AutoShardPolicy.DATA
    sharing.experimental_distribute.auto_shard_policy = policy
    data = data.skip(backup.epochs_done() * steps).with_options(sharing)
    out.mkdir(parents=True, exist_ok=True)
    try:
        vae.fit(
            data,
            epochs=epochs,
            steps_per_epoch=steps,
            verbose=0,
            shuffle=False,
            callbacks=[*([Curve(out / "curve.csv")] if first else []), backup],
        )
    except (tf.errors.UnavailableError, tf.errors.AbortedError) as error:
        raise ConnectionError(
            "Another process was lost, or cannot be reached. Start the same command on "
            f"all machines again: it goes on after {backup.epochs_done()} epochs."
        ) from error
    if first:
        new = out / "new.keras"
        vae.save(new)
        os.replace(new, out / "vae.keras")
    return vae


def read_curve(path):
    """Returns the DataFrame of a curve; an epoch that was repeated counts once."""
    import pandas as pd

    curve = pd.read_csv(path, names=CURVE)
    return curve.drop_duplicates("epoch", keep="last").sort_values("epoch")


def held_out(path, source):
    """Returns the ELBO of test rows, nats per row, of a saved VAE, in this process."""
    vae = keras.models.load_model(path)
    with source.scoring() as test:
        return vae.evaluate(test.x, verbose=0, return_dict=True)["elbo"]
