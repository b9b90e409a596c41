"""Refinement: what a classifier and the graph agree on becomes the labels of a round.

    graph = neighbours(codes.z_mean)
    first = spread(*graph, codes.label, num_classes)
    ...  # train a classifier on draws around the rows so labelled
    second = refine(graph, codes.label, first, classifier_probability)
    codes = relabel(codes, second)  # and draw around these, by "posterior"

A classifier and a graph err in different places: the classifier sees pixels or
attributes, the graph what is near in latent space. Where both say the same, they are
right more often than either.

Rows on which they disagree are few, and from these a classifier learns most. With few
training steps it pays to keep them and to draw around what it doubts:

    second = refine(graph, codes.label, first, probability, keep_all=True)
    both = combine(codes.label, second, probability)
    codes = relabel(codes, both, weight=doubt(probability))
"""

import dataclasses

import numpy as np

from kvae.checks import class_indices, expect_finite, expect_shape
from kvae.latent.spreading import Spread, spread

SURE_OF_NOTHING = 1e-3  # added to probabilities: no expert overrules the other alone


def refine(
    graph,
    label,
    reached,
    probability,
    share=0.7,
    alpha=0.9,
    prior="balanced",
    keep_all=False,
):
    """Spreads labels once more, from all rows where classifier and graph agree.

    Of the rows of each class on which both agree, the share of which the classifier is
    surest joins the labelled rows; from these the labels spread, with less trust in
    neighbours than before. Rows on which the classifier then disagrees keep no label.

    Args:
        graph: (indices, distances), from `kvae.latent.neighbours`.
        label: array (N,) of class indices; -1, NaN and None mean unlabelled.
        reached: Spread, of the first round.
        probability: float array (N, K), of a classifier for the same rows.
        share: float in (0, 1], of the rows of a class on which both agree.
        alpha: float in [0, 1), trust in neighbours.
        prior: as in `kvae.latent.spread`.
        keep_all: bool, whether rows keep the graph's label where the classifier
            disagrees with it.

    Returns:
        Spread; its label is -1 where classifier and graph disagree, unless `keep_all`.
        Labelled rows keep their label.

    Raises:
        ValueError: for a share out of range, arrays of other lengths, or numbers that
            are not probabilities.

    Example:
        >>> from kvae.latent import neighbours
        >>> graph = neighbours([[0.0], [1.0], [2.0], [7.0], [8.0], [9.0]], k=2)
        >>> label = [0, -1, -1, -1, -1, 1]
        >>> sure = np.eye(2)[[0, 0, 1, 1, 1, 1]]  # disagrees about the third row
        >>> refine(graph, label, spread(*graph, label, 2), sure).label
        array([ 0,  0, -1,  1,  1,  1])
    """
    if not 0 < share <= 1:
        raise ValueError(
            f"share of refine expects a number in (0, 1]. Received: {share!r}."
        )
    num_rows, num_classes = reached.probability.shape
    probability = _probabilities("refine", probability, (num_rows, num_classes))
    label = class_indices("refine", label, num_rows, unlabelled=-1)
    predicted = probability.argmax(axis=1)
    certainty = probability.max(axis=1)
    seeds = label.copy()
    for c in range(num_classes):
        agreed = np.flatnonzero((label < 0) & (predicted == c) & (reached.label == c))
        surest = agreed[np.argsort(-certainty[agreed], kind="stable")]
        seeds[surest[: int(np.ceil(share * len(agreed)))]] = c
    again = spread(*graph, seeds, num_classes, alpha=alpha, prior=prior)
    # Rows that joined were not given as labelled: they keep their first uncertainty.
    joined = (label < 0) & (seeds >= 0)
    uncertainty = np.where(joined, reached.uncertainty, again.uncertainty)
    kept = (label >= 0) | (again.label == predicted) | (keep_all & (again.label >= 0))
    return Spread(
        again.probability,
        np.where(kept, again.label, -1),
        np.where(kept, uncertainty, 1.0),
    )


def refine_in_rounds(
    graph,
    codes,
    classify,
    num_classes,
    alpha=0.99,
    rounds=2,
    share=0.7,
    refine_alpha=0.9,
    prior="balanced",
):
    """Labels rows by the graph and a classifier in turn; no row is dropped.

    Labels spread over the graph, and a classifier is trained on them; graph and
    classifier together decide on the labels that the next is trained on, and so on. The
    graph's probabilities are multiplied with the mean of all classifiers' (`combine`).
    Rows weigh as much as the first classifier doubts them: the later ones were shown
    doubted rows more often.

    Args:
        graph: (indices, distances), from `kvae.latent.neighbours`.
        codes: LatentCodes (N,), labels from 0 to K - 1, -1 = unlabelled.
        classify: (LatentCodes of rows with labels and weights, number of the round) ->
            float array (N, K), probabilities of a classifier, trained on draws around
            these rows, for all N rows.
        num_classes: int K.
        alpha: float in [0, 1), of the first spreading.
        rounds: int >= 1.
        share: float, of `refine`.
        refine_alpha: float, alpha of `refine`.
        prior: as in `kvae.latent.spread`.

    Returns:
        (Spread of the N rows, LatentCodes with those labels and weights).
    """
    label = codes.label
    reached = spread(*graph, label, num_classes, alpha=alpha, prior=prior)
    current, probabilities = relabel(codes, reached), []
    for number in range(rounds):
        probabilities.append(classify(current, number))
        probability = np.mean(probabilities, axis=0)
        reached = refine(
            graph,
            label,
            reached,
            probability=probability,
            share=share,
            alpha=refine_alpha,
            prior=prior,
            keep_all=True,
        )
        labels = combine(label, reached, probability)
        current = relabel(codes, labels, doubt(probabilities[0]))
    return labels, current


def combine(label, reached, probability):
    """Labels every row by the product of the graph's and a classifier's probability.

    Args:
        label: array (N,), the labels that were given, as in `refine`.
        reached: Spread of the N rows.
        probability: float array (N, K), of a classifier for the same rows.

    Returns:
        Spread. Rows that were labelled keep their label; the others get the class that
        is likeliest by both.

    Example:
        >>> reached = Spread(np.array([[0.6, 0.4]]), np.array([0]), np.array([0.9]))
        >>> combine([-1], reached, [[0.1, 0.9]]).label
        array([1])

    Raises:
        ValueError: for arrays of other lengths, or numbers that are not probabilities.

    Reference:
        Hinton 2002, Training Products of Experts by Minimizing Contrastive Divergence.
    """
    shape = reached.probability.shape
    probability = _probabilities("combine", probability, shape)
    label = class_indices("combine", label, shape[0], unlabelled=-1)
    product = (reached.probability + SURE_OF_NOTHING) * (probability + SURE_OF_NOTHING)
    product /= product.sum(axis=1, keepdims=True)
    entropy = -(product * np.log(product)).sum(axis=1) / np.log(max(shape[1], 2))
    given = label >= 0
    product[given] = np.eye(shape[1])[label[given]]
    return Spread(
        product,
        np.where(given, label, product.argmax(axis=1)),
        np.where(given, 0.0, np.clip(entropy, 0, 1)),
    )


def doubt(probability, least=0.02):
    """Returns weights (N,) for rows: how unsure a classifier is of them.

    Args:
        probability: float array (N, K), of a classifier.
        least: float > 0, the weight of a row that it is sure of.

    Example:
        >>> doubt([[0.5, 0.5], [1.0, 0.0]]).tolist()
        [0.52, 0.02]

    Reference:
        Shrivastava, Gupta and Girshick 2016, Training Region-based Object Detectors
        with Online Hard Example Mining.
    """
    probability = _probabilities("doubt", probability, (None, None))
    return 1.0 - probability.max(axis=1) + least


def _probabilities(who, probability, shape):
    """Returns them as an array; raises ValueError for others, such as logits."""
    probability = np.asarray(probability)
    expect_shape(who, "(N, K)", probability.shape, shape)
    expect_finite(who, probability, "Train the classifier anew.")
    off = np.abs(probability.sum(axis=1) - 1).max(initial=0)
    if probability.min(initial=0) < 0 or off > 0.01:
        raise ValueError(
            f"{who} expects probabilities, >= 0, that sum to 1 in each row. Received: "
            f"numbers from {probability.min():g} to {probability.max():g}, sums up to "
            f"{off:g} away from 1. Apply a softmax to logits."
        )
    return probability


def relabel(codes, reached, weight=None):
    """Returns the codes that a label reached, with that label and its uncertainty.

    Args:
        codes: LatentCodes (N,).
        reached: Spread of the same rows.
        weight: optional float array (N,), how often each is drawn around, relative to
            the others of its class, such as `doubt` gives.
    """
    codes = dataclasses.replace(
        codes, label=reached.label, uncertainty=reached.uncertainty, weight=weight
    )
    return codes.take(codes.label >= 0)
