"""The terms of a VAE's loss over the gradient steps of a training."""

import keras
import numpy as np
import pandas as pd

TERMS = ("loss", "reconstruction", "kl")


class TrainingCurve(keras.callbacks.Callback):
    """Keeps the mean of each term of the loss between two looks at it.

    Keras logs means since the start of an epoch, and a VAE's training is one long epoch
    here: of them the mean of each piece is found. It costs nothing: numbers that are
    logged anyway are kept.

    Args:
        steps: int >= 1, length of a piece; or as many steps as are made at once.

    Example:
        >>> from kvae.models import BetaVAE, DenseDecoder, DenseEncoder
        >>> vae = BetaVAE(DenseEncoder(1, (4,)), DenseDecoder((4,), (4,)))
        >>> vae.compile("adam")
        >>> curve, rows = TrainingCurve(), np.eye(4, dtype="float32")
        >>> history = vae.fit(rows, batch_size=1, callbacks=[curve], verbose=0)
        >>> curve.table().index.tolist()
        [1, 2, 3, 4]
    """

    def __init__(self, steps=1):
        super().__init__()
        self.steps = steps
        self._lines, self._before = [], 0

    def on_epoch_begin(self, epoch, logs=None):
        """Means begin anew."""
        if self._lines:
            self._before = self._lines[-1][0]

    def on_train_batch_end(self, batch, logs=None):
        """Keeps the means so far."""
        step, last = self._before + batch + 1, self._lines[-1:]
        if not last or step - last[0][0] >= self.steps or last[0][0] == self._before:
            values = [float(np.mean(logs[term])) for term in TERMS if term in logs]
            self._lines.append((step, batch + 1, values))
            self._terms = [term for term in TERMS if term in logs]

    def table(self):
        """Returns a DataFrame indexed by step: a column for each term, nats per row.

        Of a stack it is the mean of its replicas.
        """
        if not self._lines:
            return pd.DataFrame(columns=list(TERMS), index=pd.Index([], name="step"))
        lines, former, count = [], np.zeros(len(self._terms)), 0
        for _, so_far, means in self._lines:
            if so_far <= count:  # another epoch
                former, count = np.zeros(len(self._terms)), 0
            total = so_far * np.array(means)
            lines.append((total - former) / (so_far - count))
            former, count = total, so_far
        steps = pd.Index([step for step, *_ in self._lines], name="step")
        return pd.DataFrame(lines, index=steps, columns=self._terms)
