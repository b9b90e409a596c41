"""Ways to learn from unlabelled rows that `select` compares with ways to augment."""

import numpy as np

from kvae import random
from kvae.checks import expect_one_of
from kvae.semi_supervised.added_features import AddedFeatures
from kvae.semi_supervised.class_shares import ClassShares
from kvae.semi_supervised.graph_labels import GraphLabels
from kvae.semi_supervised.self_training import SelfTraining
from kvae.semi_supervised.vae_classifier import VAEClassifier, fit_vae_classifiers

MOST_UNLABELLED = 5000  # in cross-validation; more take longer and change little
LATENT_MEANS, VAE = "inputs and latent means", "semi-supervised VAE"
CLASSIFIERS = {
    "class shares": ClassShares,
    "self-training": SelfTraining,
    "graph and forest": GraphLabels,
    "inputs and PCA": AddedFeatures,
    LATENT_MEANS: AddedFeatures,
    VAE: VAEClassifier,
}


def make(name, estimator=None, random_state=0, vae=None):
    """Returns a semi-supervised classifier, not fitted.

    Args:
        name: str, one of `CLASSIFIERS`.
        estimator: scikit-learn classifier that it is built around; the semi-supervised
            VAE is one itself.
        random_state: int.
        vae: trained BetaVAE without a replica axis, for "inputs and latent means"; by
            default one is trained.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> make("self-training")
        SelfTraining()
    """
    expect_one_of("semi-supervised classifier", name, CLASSIFIERS)
    if name == VAE:
        return VAEClassifier(random_state=random_state)
    arguments = {}
    if name == LATENT_MEANS:
        arguments["features"] = "vae" if vae is None else vae
    return CLASSIFIERS[name](estimator, random_state=random_state, **arguments)


def predict_parts(name, parts, tests, estimators, seeds, num_classes, vaes):
    """Learns by one way on several problems; predicts the rows held out.

    Args:
        name: str, one of `CLASSIFIERS`.
        parts: list of (Rows, float array (M, F)), labelled and unlabelled rows.
        tests: list of float arrays (N, F).
        estimators: list of scikit-learn classifier.
        seeds: list of int.
        num_classes: int K.
        vaes: list of BetaVAE, or of None where no latent means are asked for.

    Returns:
        List of int arrays (N,) of class indices. VAEs are trained as one stack.
    """
    parts = [
        (labelled, _at_most(unlabelled, MOST_UNLABELLED, seed))
        for (labelled, unlabelled), seed in zip(parts, seeds, strict=True)
    ]
    seeds = [random.derive(seed, name) % 2**31 for seed in seeds]
    if name == VAE:
        models = fit_vae_classifiers(parts, seeds, num_classes)
        pairs = zip(models, tests, strict=True)
        return [np.argmax(model(x), axis=1) for model, x in pairs]
    predicted = []
    for (labelled, unlabelled), test, estimator, seed, vae in zip(
        parts, tests, estimators, seeds, vaes, strict=True
    ):
        x = np.concatenate([labelled.x, unlabelled])
        y = np.append(labelled.y, np.full(len(unlabelled), -1))
        predicted.append(make(name, estimator, seed, vae=vae).fit(x, y).predict(test))
    return predicted


def _at_most(rows, count, seed):
    """Returns rows (M, F), or so many of them, drawn at random."""
    if len(rows) <= count:
        return rows
    drawn = random.generator(seed, "unlabelled").permutation(len(rows))[:count]
    return rows[np.sort(drawn)]
