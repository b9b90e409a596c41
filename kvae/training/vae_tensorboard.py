"""What a VAE has learned, epoch by epoch, in TensorBoard."""

import importlib.util
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import pandas as pd

from kvae import random
from kvae.checks import class_indices, expect_count, expect_finite, expect_shape
from kvae.evaluation.disentanglement.active_units import active_units
from kvae.latent.codes import Draws, by_replica, decode, row_shape
from kvae.models.beta_vae import BetaVAE
from kvae.models.conditional_vae import ConditionalVAE
from kvae.models.multi_vae import MultiVAE
from kvae.training.projector import write_projector
from kvae.training.row_summaries import (
    in_unit,
    write_histograms,
    write_pictures,
    write_tables,
)

MOST_DRAWN = 1000  # rows of a histogram


class View(NamedTuple):
    """What a run of TensorBoard shows: a replica's folder, and the rows it encodes."""

    folder: str
    replica: int | None
    at: np.ndarray


class VAETensorBoard(keras.callbacks.Callback):
    """Shows in TensorBoard what a VAE has learned; the training stays as it is.

    For every `every`-th epoch, and the last:

    - scalars: the KL of each unit in nats, mean over the rows, and how many units are
      active;
    - images: rows above their reconstructions, and samples, decoded draws from the
      prior. Of a table it is text, rows and reconstructions and samples, and a
      histogram of each number in rows and samples;
    - the projector: latent means, with label and thumbnail, of the last time.

    A stack of VAEs has a run for each replica, `replica_0` and so on, of the same
    rows; a MultiVAE `class_0` and so on, each of the rows of its class. The losses are
    those of `keras.callbacks.TensorBoard`, which may write to the same folder. Where
    training is one long epoch, steps_per_epoch cuts it into several.

    Args:
        log_dir: folder that `tensorboard --logdir` is given.
        rows: float array (N, ...), as the VAE encodes them: without the class.
        labels: optional array (N,); of a ConditionalVAE or MultiVAE they are class
            indices, and needed; else of any kind. NaN, None and "" are no label.
        every: int, epochs.
        examples: int, rows that are reconstructed, of each run.
        samples: int, draws from the prior that are shown.
        embedded: int, rows in the projector at most.
        to_frame: optional function of rows (M, F) that returns a DataFrame as it is
            to be read, such as `Table.inverse`.
        seed: int, of which rows are shown, and of the draws.

    Raises:
        ImportError: without TensorBoard, which is in the extra `search`.
        ValueError: for numbers out of range; in training, for a model that is no
            BetaVAE, or rows or labels that do not fit it.

    Example:
        >>> import tempfile
        >>> from kvae import DenseDecoder, DenseEncoder
        >>> rows = np.random.default_rng(0).random((64, 8, 8, 1))
        >>> vae = BetaVAE(DenseEncoder(2), DenseDecoder((8, 8, 1)))
        >>> vae.compile("adam")
        >>> folder = tempfile.mkdtemp()
        >>> board = VAETensorBoard(folder, rows, every=2)
        >>> history = vae.fit(rows, epochs=4, callbacks=[board], verbose=0)
        >>> sorted(path.name.split(".")[0] for path in Path(folder).iterdir())
        ['events', 'metadata', 'points', 'projector_config', 'sprite']
    """

    def __init__(
        self,
        log_dir,
        rows,
        labels=None,
        every=1,
        examples=8,
        samples=36,
        embedded=1000,
        to_frame=None,
        seed=0,
    ):
        super().__init__()
        if importlib.util.find_spec("tensorboard") is None:
            raise ImportError(
                "VAETensorBoard needs TensorBoard, without which TensorFlow writes no "
                "summaries. Install kvae's extra: pip install 'kvae[search]'."
            )
        counts = {"every": every, "examples": examples, "samples": samples}
        for name, count in {**counts, "embedded": embedded}.items():
            expect_count(f"{name} of VAETensorBoard", count, 1)
        self.log_dir, self.every, self.seed = Path(log_dir), every, seed
        self.examples, self.samples, self.embedded = examples, samples, embedded
        self.to_frame = to_frame
        self.rows = np.asarray(rows)
        if labels is not None and len(labels) != len(self.rows):
            raise ValueError(
                f"VAETensorBoard expects a label for each of {len(self.rows)} rows. "
                f"Received: {len(labels)} labels."
            )
        self.labels = None if labels is None else pd.Series(list(labels), dtype=object)
        self._writers, self._epoch, self._written = {}, 0, None

    def on_train_begin(self, logs=None):
        """Checks the rows, where the model knows already what it is for."""
        if not isinstance(self.model, BetaVAE):
            raise ValueError(
                f"VAETensorBoard expects a BetaVAE. Received: {self.model.name!r}, a "
                f"{type(self.model).__name__}."
            )
        self._written = None
        if self.model.built:
            self._views()

    def on_epoch_end(self, epoch, logs=None):
        """Writes, if it is the turn of this epoch."""
        self._epoch = epoch + 1
        if self._epoch % self.every == 0:
            self.write(self._epoch)

    def on_train_end(self, logs=None):
        """Writes what the last epoch has come to, and closes the files."""
        if self._written != self._epoch:
            self.write(self._epoch)
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def write(self, step):
        """Writes all that is shown.

        Args:
            step: int, where it stands on TensorBoard's axis of steps.
        """
        views, label = self._views()
        at = np.concatenate([view.at for view in views])
        replica = None
        if self.model.replicas is not None:
            replica = np.repeat([v.replica for v in views], [len(v.at) for v in views])
        inputs = self.rows.astype("float32")
        if isinstance(self.model, ConditionalVAE):
            inputs = self.model.with_class(inputs, label)
        codes = by_replica(self.model, self.model.encode, inputs[at], replica=replica)
        ends = np.cumsum([len(view.at) for view in views])[:-1]
        parts = [np.split(code, ends) for code in codes]
        for view, *of_view in zip(views, *parts, strict=True):
            self._write_view(view, label, of_view, step)
        self._written = step

    def _views(self):
        """Returns (list of View, int array (N,) of class indices or -1)."""
        vae, who = self.model, "VAETensorBoard"
        expected = (None, *row_shape(who, vae))
        expect_shape(who, "(N, ...)", self.rows.shape, expected)
        expect_finite(who, self.rows)
        everything, label = np.arange(len(self.rows)), np.full(len(self.rows), -1)
        if isinstance(vae, ConditionalVAE | MultiVAE):
            label = self._class_indices()
        if vae.replicas is None:
            return [View("", None, everything)], label
        if not isinstance(vae, MultiVAE):
            replicas = range(vae.replicas)
            return [View(f"replica_{r}", r, everything) for r in replicas], label
        views = [
            View(f"class_{c}", c, np.flatnonzero(label == c))
            for c in range(vae.replicas)
        ]
        return [view for view in views if len(view.at)], label

    def _class_indices(self):
        kind = type(self.model).__name__
        if self.labels is None:
            raise ValueError(
                f"VAETensorBoard expects labels with a {kind}, which is told the "
                "class. Received: none. Pass labels, class indices (N,)."
            )
        label = class_indices("VAETensorBoard", self.labels, len(self.rows))
        classes = (
            self.model.replicas
            if isinstance(self.model, MultiVAE)
            else self.model.num_classes
        )
        if label.max(initial=-1) >= classes:
            raise ValueError(
                f"VAETensorBoard expects labels from 0 to {classes - 1}, as the {kind} "
                f"has so many classes. Received: {label.max()}."
            )
        return label

    def _write_view(self, view, label, codes, step):
        import tensorflow as tf

        folder = self.log_dir / view.folder
        if view.folder not in self._writers:
            self._writers[view.folder] = tf.summary.create_file_writer(str(folder))
        z_mean, z_log_var = codes
        with self._writers[view.folder].as_default(step=step):
            if len(z_mean) > 1:
                tf.summary.scalar("active_units", active_units(z_mean))
            if not self.model.deterministic:
                kl = (np.square(z_mean) + np.exp(z_log_var) - 1 - z_log_var) / 2
                for unit, nats in enumerate(kl.mean(axis=0)):
                    tf.summary.scalar(f"kl_per_unit/{unit:02}", nats)
            self._write_rows(view, label, z_mean)
        self._writers[view.folder].flush()
        kept = self._chosen(len(z_mean), self.embedded, "embedded")
        at = view.at[kept]
        images = in_unit(self.rows[at]) if self.rows.ndim == 4 else None
        write_projector(folder, z_mean[kept], self._metadata(at), images)

    def _write_rows(self, view, label, z_mean):
        """Writes examples, their reconstructions and samples."""
        shown = self._chosen(len(z_mean), self.examples, "examples")
        at = view.at[shown]
        back = self._decoded(z_mean[shown], label[at], view.replica)
        drawn, classes = self._from_prior(view, z_mean.shape[1])
        if self.rows.ndim == 4:
            write_pictures(self.rows[at], back, drawn)
            return
        drawn = self._frame(drawn) if len(drawn) else pd.DataFrame()
        if (classes >= 0).any():
            drawn.insert(0, "class", classes, allow_duplicates=True)
        examples = self._frame(self.rows[at]).set_axis(at)
        write_tables(examples, self._frame(back), drawn, self.samples)
        write_histograms(self._frame(self.rows[view.at]), drawn)

    def _chosen(self, n, most, purpose):
        """Returns at most so many of n positions, the same ones each time, in order."""
        order = random.generator(self.seed, purpose).permutation(n)
        return np.sort(order[:most])

    def _from_prior(self, view, latent_dim):
        """Returns (decoded draws, their classes; -1 where the VAE is told none)."""
        n = self.samples if self.rows.ndim == 4 else max(self.samples, MOST_DRAWN)
        n = 0 if self.model.deterministic else n  # an autoencoder has no prior
        z = random.generator(self.seed, "samples").normal(size=(n, latent_dim))
        label = np.full(n, -1)
        if isinstance(self.model, ConditionalVAE):
            label = np.arange(n) % self.model.num_classes
        return self._decoded(z.astype("float32"), label, view.replica), label

    def _decoded(self, z, label, replica):
        none = np.full(len(z), -1)
        of = None if replica is None else np.full(len(z), replica)
        params = np.full(len(z), "", dtype=object)
        return decode(self.model, Draws(z, label, none, none, of, params))

    def _frame(self, rows):
        flat = rows.reshape(len(rows), -1)
        if self.to_frame is not None:
            return pd.DataFrame(self.to_frame(flat)).reset_index(drop=True)
        names = [f"input {i}" for i in range(flat.shape[1])]
        for attribute in self.model.schema or ():
            start, stop = attribute.span
            for i in range(start, stop):
                place = f" {i - start}" if stop - start > 1 else ""
                names[i] = f"{attribute.name}{place}"
        return pd.DataFrame(flat, columns=names)

    def _metadata(self, at):
        frame = pd.DataFrame({"row": at})
        if self.labels is None:
            return frame
        labels = self.labels.iloc[at]
        empty = labels.isna() | labels.eq("")
        # First: the projector calls points by it unless asked otherwise.
        frame.insert(0, "label", labels.mask(empty, "none").to_numpy())
        return frame
