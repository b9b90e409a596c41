"""Draws around all rows: labels spread from the labelled ones to the others."""

import dataclasses
import json
import warnings

import keras
import numpy as np

from kvae.checks import expect_at_least, expect_count
from kvae.latent.guessed_shares import guessed_shares
from kvae.latent.neighbours import neighbours
from kvae.latent.spreading import spread
from kvae.samplers.posterior import Posterior
from kvae.samplers.sampler import Sampler
from kvae.warning_classes import UnevenClassesWarning


@keras.saving.register_keras_serializable(package="kvae")
class Propagate(Sampler):
    """Spreads the labels over the graph of latent means, then draws around any row.

    With few labelled and many unlabelled rows, a draw around an unlabelled row with the
    label that reached it shows the classifier far more of a class than draws around the
    labelled ones. Classes are drawn as often as asked for, however many rows a label
    reached; rows that no label reached are not drawn around. Without unlabelled rows it
    is the sampler it draws by.

    Args:
        around: Sampler that draws around the rows then labelled; by default Posterior.
        k: int >= 1, neighbours in the graph.
        alpha: float in [0, 1), how far labels spread.
        prior: "estimated": balanced, unless a forest sees clearly uneven classes
            (`kvae.latent.guessed_shares`); or "balanced", the classes' shares (K
            floats), or None, as in `kvae.latent.spread`.

    Warns:
        UnevenClassesWarning: where balanced classes were asked for, and are not.

    Raises:
        ValueError: for arguments out of range; when drawing from the codes of a
            Multi-VAE, whose classes share no space.

    Example:
        >>> from kvae.latent import LatentCodes
        >>> z = np.array([[0.0], [1.0], [2.0], [7.0], [8.0], [9.0]])
        >>> y = np.array([0, -1, -1, -1, -1, 1])
        >>> codes = LatentCodes(z, np.full((6, 1), -9.0), y, np.arange(6))
        >>> Propagate(k=2).draw(codes, n=3, seed=0).parent.tolist()
        [0, 2, 1, 3, 5, 4]

    Reference:
        Zhou et al. 2004, Learning with Local and Global Consistency.
    """

    name = "propagate"
    uses_unlabelled = True

    def __init__(self, around=None, k=10, alpha=0.99, prior="estimated"):
        expect_count("k of sampler 'propagate'", k, 1)
        expect_at_least("alpha of sampler 'propagate'", alpha, 0)
        self.around = Posterior() if around is None else around
        self.k, self.alpha, self.prior = k, alpha, prior
        if not isinstance(self.around, Sampler):
            raise ValueError(
                "Propagate expects a sampler to draw by, such as Noise(alpha=0.1). "
                f"Received: around={around!r}."
            )

    def parents(self, codes):
        """Returns the codes that a label reached, with that label."""
        if codes.replica is not None:
            raise ValueError(
                "sampler 'propagate' expects the codes of one VAE, where near means "
                "alike. Received: codes of a MultiVAE, whose classes have a latent "
                "space each. Use a Single-VAE trained on all rows."
            )
        labelled = codes.label >= 0
        if labelled.all() or not labelled.any():
            return self.around.parents(codes)
        graph = neighbours(codes.z_mean, self.k)
        # Classes without a labelled row take no part: {0, 1000} are two classes.
        classes, prior = codes.classes, self.prior
        place = np.where(labelled, np.searchsorted(classes, codes.label), -1)
        if isinstance(prior, str):
            prior = self._balanced_or_guessed(codes.z_mean, place, classes)
        elif prior is not None:
            prior = _shares_of(prior, classes)
        reached = spread(
            *graph, place, num_classes=len(classes), alpha=self.alpha, prior=prior
        )
        label = np.where(reached.label >= 0, classes[reached.label], -1)
        codes = dataclasses.replace(codes, label=label, uncertainty=reached.uncertainty)
        return self.around.parents(codes.take(codes.label >= 0))

    def _balanced_or_guessed(self, z_mean, place, classes):
        shares = guessed_shares(z_mean, place, len(classes))
        if self.prior == "estimated" or isinstance(shares, str):
            return shares if self.prior == "estimated" else self.prior
        largest = shares.argmax()
        warnings.warn(
            "prior='balanced' spreads labels as if all classes had as many rows. Class "
            f"{classes[largest]} seems to have {shares[largest]:.0%} of them. Leave "
            "prior out, or pass the classes' shares.",
            UnevenClassesWarning,
            stacklevel=2,
        )
        return self.prior

    def draw_around(self, codes, n, seed):
        """Draws by the sampler given as `around`."""
        draws = self.around.draw_around(codes, n, seed)
        record = {"sampler": self.name, "k": self.k, "alpha": self.alpha}
        start = json.dumps({**record, "prior": _plain(self.prior)})[:-1]
        records = {text: f'{start}, "around": [{text}]}}' for text in set(draws.params)}
        params = np.array([records[text] for text in draws.params], dtype=object)
        return dataclasses.replace(draws, params=params)

    def move(self, draws, codes, generator):
        """Is refused: labels are spread before anything is drawn."""
        raise ValueError(
            "sampler 'propagate' cannot be a member of a chain. Let it draw by the "
            "others: Propagate(around=samplers.get('interpolate+noise'))."
        )

    def get_config(self):
        """Returns the arguments."""
        return {
            "around": keras.saving.serialize_keras_object(self.around),
            "k": self.k,
            "alpha": self.alpha,
            "prior": _plain(self.prior),
        }

    @classmethod
    def from_config(cls, config):
        """Returns the sampler that `get_config` described."""
        around = keras.saving.deserialize_keras_object(config["around"])
        return cls(**{**config, "around": around})

    def __repr__(self):
        numbers = f"k={self.k}, alpha={self.alpha}, prior={_plain(self.prior)!r}"
        return f"Propagate(around={self.around!r}, {numbers})"


def _shares_of(prior, classes):
    if classes.max() >= len(prior):
        raise ValueError(
            "prior of sampler 'propagate' expects a share for each class. Received: "
            f"{len(prior)} shares, and rows of class {classes.max()}."
        )
    return np.asarray(prior, "float64")[classes]


def _plain(prior):
    return (
        prior if prior is None or isinstance(prior, str) else np.ravel(prior).tolist()
    )
