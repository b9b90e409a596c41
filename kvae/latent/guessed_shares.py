"""Whether classes are so uneven that spreading must not balance them."""

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from threadpoolctl import threadpool_limits

from kvae import random

# Total variation between the guessed shares and equal ones. Balanced classes are the
# best prior for most graphs, even where classes are as 1 to 2: what spreads is biased
# towards classes in dense places, and balancing takes that back.
UNEVEN = 0.35
LABELLED = 5  # of each class at least; from fewer a forest guesses anything
MOST_ROWS = 5000
LEAST = 0.01  # no class is ruled out


def guessed_shares(x, label, num_classes, seed=0):
    """Returns the prior to spread labels with: "balanced", or the classes' shares.

    A forest learns from the labelled rows and labels the others. Where the shares of
    its guesses are far from equal ones (a total variation above 0.35, such as 86 to
    14 % for two classes), they are the prior. The graph's own probabilities say too
    little: estimated from them by EM, shares drift to one class.

    Args:
        x: float array (N, d), latent means or inputs.
        label: int array (N,) of class indices, -1 = unlabelled.
        num_classes: int K.
        seed: int.

    Returns:
        "balanced", with fewer than 5 labelled rows of a class, too; or float array
        (K,), sum 1.

    Example:
        >>> x = np.array([[0.0]] * 5 + [[9.0]] * 5 + [[0.1]] * 30 + [[8.9]])
        >>> label = np.array([0] * 5 + [1] * 5 + [-1] * 31)
        >>> guessed_shares(x, label, 2).round(2)
        array([0.96, 0.04])
    """
    known = label >= 0
    others = np.flatnonzero(~known)
    counts = np.bincount(label[known])
    counts = counts[counts > 0]
    if len(others) == 0 or len(counts) < 2 or counts.min() < LABELLED:
        return "balanced"
    order = random.generator(seed, "guessed shares").permutation(len(others))
    shown = others[order[:MOST_ROWS]]
    forest = RandomForestClassifier(
        random_state=random.derive(seed, "guessed shares") % 2**31
    )
    with threadpool_limits(1):
        guessed = forest.fit(x[known], label[known]).predict(x[shown])
    shares = np.bincount(guessed, minlength=num_classes) / len(guessed)
    if np.abs(shares - 1 / num_classes).sum() / 2 <= UNEVEN:
        return "balanced"
    return (shares + LEAST) / (shares + LEAST).sum()
