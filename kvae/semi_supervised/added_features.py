"""A classifier that gets, beside the inputs, features learned from all rows."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kvae import random
from kvae.data.guarded import Rows
from kvae.latent.codes import encode
from kvae.models.beta_vae import BetaVAE
from kvae.semi_supervised.classifier import SemiSupervisedClassifier
from kvae.training.vaes import VAESettings, fit_vaes

MOST_COMPONENTS = 10
SETTINGS = VAESettings(2, 1.0, (64,), "gaussian", batch_size=32, steps=1500)


class AddedFeatures(SemiSupervisedClassifier):
    """Inputs followed by features that labelled and unlabelled rows have taught.

    Args:
        estimator: scikit-learn classifier; by default logistic regression.
        features: "pca", at most 10 principal components of standardized inputs; "vae",
            `LatentMeans` of them; a scikit-learn transformer, fitted to all rows; or a
            trained BetaVAE without a replica axis, whose latent means are taken.
        random_state: as in scikit-learn.

    Raises:
        ValueError: for other features.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(30, 4))
        >>> y = np.where(x[:, 0] > 0, "a", "b")
        >>> model = AddedFeatures().fit(x, np.where(np.arange(30) < 20, y, None))
        >>> model.model_.n_features_in_
        8

    Reference:
        Pearson 1901, On Lines and Planes of Closest Fit; Kingma et al. 2014,
        Semi-Supervised Learning with Deep Generative Models, M1.
    """

    def __init__(self, estimator=None, features="pca", random_state=0):
        super().__init__(estimator, random_state)
        self.features = features

    def _fit(self, labelled, unlabelled, seed):
        x = np.concatenate([labelled.x, unlabelled])
        features = self.features
        if isinstance(features, str) and features == "pca":
            components = min(MOST_COMPONENTS, *x.shape)
            pca = PCA(components, random_state=random.derive(seed, "pca") % 2**31)
            features = make_pipeline(StandardScaler(), pca)
        elif isinstance(features, str) and features == "vae":
            means = LatentMeans(random_state=random.derive(seed, "vae") % 2**31)
            features = make_pipeline(StandardScaler(), means)
        elif not isinstance(features, BetaVAE) and not hasattr(features, "transform"):
            raise ValueError(
                "features of AddedFeatures expects 'pca', 'vae', a scikit-learn "
                f"transformer or a trained BetaVAE. Received: {features!r}."
            )
        if not isinstance(features, BetaVAE):
            features = clone(features).fit(x)
        self.features_ = features
        rows = Rows(self._with_features(labelled.x), labelled.y)
        self.model_ = self._fitted(self.estimator, rows, seed)

    def _with_features(self, x):
        if isinstance(self.features_, BetaVAE):
            return np.concatenate([x, encode(self.features_, x).z_mean], axis=1)
        return np.concatenate([x, self.features_.transform(x)], axis=1)

    def _predict(self, x):
        return super()._predict(self._with_features(x))

    def _probability(self, x):
        return super()._probability(self._with_features(x))


class LatentMeans(TransformerMixin, BaseEstimator):
    """The means of q(z | x) of a VAE that is trained on all rows, as a transformer.

    Args:
        settings: VAESettings; by default 2 latents, 64 hidden units, 1,500 steps.
        random_state: as in scikit-learn.

    Attributes:
        vae_: the trained BetaVAE.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(30, 4))
        >>> LatentMeans().fit(x).transform(x).shape
        (30, 2)

    Reference:
        Kingma and Welling 2014, Auto-Encoding Variational Bayes.
    """

    def __init__(self, settings=SETTINGS, random_state=0):
        self.settings = settings
        self.random_state = random_state

    def fit(self, X, y=None):  # noqa: N803  scikit-learn's names
        """Trains on standardized rows (N, F); returns self."""
        seed = random.from_state(self.random_state)
        self.vae_ = fit_vaes(np.asarray(X, "float32"), seed, self.settings)
        return self

    def transform(self, X):  # noqa: N803
        """Returns latent means (N, d)."""
        return encode(self.vae_, np.asarray(X)).z_mean
