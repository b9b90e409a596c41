"""The semi-supervised VAE as a classifier of scikit-learn's kind, single or stacked."""

import numpy as np
from sklearn.preprocessing import StandardScaler

from kvae.models.replicas import take
from kvae.models.semi_supervised_vae import SemiSupervisedVAE
from kvae.schema import continuous
from kvae.semi_supervised.classifier import SemiSupervisedClassifier
from kvae.training.vaes import VAESettings, fit_vaes

SETTINGS = VAESettings(4, 1.0, (64,), "mixed", batch_size=64, steps=1000)
ALPHA = 10.0


class VAEClassifier(SemiSupervisedClassifier):
    """A semi-supervised VAE (M2), its classifier q(y | x) in front.

    Half of a batch are labelled rows. Inputs are standardized by all rows.

    Args:
        settings: VAESettings; by default 4 latents, 64 hidden units, 1,000 steps.
        alpha: float >= 0, as in `SemiSupervisedVAE`.
        random_state: as in scikit-learn.

    Attributes:
        model_: SemiSupervisedVAE.
        classes_: as in `SemiSupervisedClassifier`.

    Example:
        >>> x = np.array([[0.0], [1.0], [5.0], [6.0], [5.5], [6.5], [0.5]])
        >>> model = VAEClassifier().fit(x, ["a", "a", "b", "b", -1, -1, -1])
        >>> model.predict([[0.2], [5.8]]).tolist()
        ['a', 'b']

    Reference:
        Kingma, Rezende, Mohamed and Welling 2014, Semi-Supervised Learning with Deep
        Generative Models.
    """

    def __init__(self, settings=SETTINGS, alpha=ALPHA, random_state=0):
        super().__init__(None, random_state)
        self.settings = settings
        self.alpha = alpha

    def _fit(self, labelled, unlabelled, seed):
        parts, num_classes = [(labelled, unlabelled)], len(self.classes_)
        arguments = {"settings": self.settings, "alpha": self.alpha}
        (self._classify,) = fit_vae_classifiers(parts, [seed], num_classes, **arguments)
        self.model_ = self._classify.vae

    def _predict(self, x):
        return np.argmax(self._probability(x), axis=1)

    def _probability(self, x):
        return self._classify(x)


def fit_vae_classifiers(parts, seeds, num_classes, settings=SETTINGS, alpha=ALPHA):
    """Trains a semi-supervised VAE on each of several problems, as one stack.

    Args:
        parts: list of (Rows, float array (M, F)), labelled and unlabelled rows.
        seeds: ints, one for each.
        num_classes: int K.
        settings: VAESettings.
        alpha: float, as in `SemiSupervisedVAE`.

    Returns:
        List of functions from rows (N, F) to probabilities (N, K); each is what the
        problem would give alone.
    """
    scalers, x, rows, start = [], [], [], 0
    for labelled, unlabelled in parts:
        both = np.concatenate([labelled.x, unlabelled]).astype("float32")
        scaler = StandardScaler().fit(both)
        y = np.append(labelled.y, np.full(len(unlabelled), -1))
        one_hot = np.eye(num_classes + 1, dtype="float32")[y, :-1]
        x.append(np.concatenate([scaler.transform(both), one_hot], axis=1))
        known, others = np.split(np.arange(len(y)), [len(labelled.y)])
        half = np.resize(known, max(len(known), len(others)))
        rows.append(start + np.concatenate([half, others]))
        scalers.append(scaler)
        start += len(y)
    stack = fit_vaes(
        np.concatenate(x),
        list(seeds),
        settings,
        rows=rows,
        cls=SemiSupervisedVAE,
        schema=continuous(range(parts[0][0].x.shape[1])),
        learn_variance=True,
        num_classes=num_classes,
        alpha=alpha,
    )
    return [
        ScaledClassifier(scaler, take(stack, replica))
        for replica, scaler in enumerate(scalers)
    ]


class ScaledClassifier:
    """q(y | x) of a SemiSupervisedVAE, of rows in units of their own.

    Args:
        scaler: fitted StandardScaler.
        vae: SemiSupervisedVAE without a replica axis.
    """

    def __init__(self, scaler, vae):
        self.scaler, self.vae = scaler, vae

    def __call__(self, x):
        """Returns probabilities (N, K) of rows (N, F)."""
        return np.asarray(self.vae.classify(self.scaler.transform(x).astype("float32")))
