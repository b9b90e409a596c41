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
        self._lines, self._start, self._seen, self._kept = [], 0, 0, 0

    def on_epoch_begin(self, epoch, logs=None):
        """Means begin anew."""
        self._start = self._seen

    def on_train_batch_end(self, batch, logs=None):
        """Keeps the means so far."""
        self._seen = self._start + batch + 1
        if self._seen - self._kept >= self.steps:
            means = {term: np.mean(logs[term]) for term in TERMS if term in logs}
            self._lines.append({"step": self._seen, "so_far": batch + 1, **means})
            self._kept = self._seen

    def table(self):
        """Returns a DataFrame indexed by step: a column for each term, nats per row.

        Of a stack it is the mean of its replicas.
        """
        table = pd.DataFrame(self._lines, columns=["step", "so_far", *TERMS])
        table = table.set_index("step").astype("float64")
        count = table.pop("so_far")
        sums = table.mul(count, axis=0)
        # In a new epoch there is nothing to take off.
        goes_on = count > count.shift(fill_value=np.inf)
        before = sums.shift(fill_value=0).where(goes_on, 0)
        length = count - count.shift(fill_value=0).where(goes_on, 0)
        return (sums - before).div(length, axis=0).dropna(axis=1, how="all")
