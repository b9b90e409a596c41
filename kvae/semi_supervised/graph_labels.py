"""A classifier that learns from labels on which a graph and a forest agree."""

import numpy as np

from kvae.latent.guessed_shares import guessed_shares
from kvae.latent.neighbours import neighbours
from kvae.latent.spreading import spread
from kvae.semi_supervised.self_training import SelfTraining

LEAST = 1e-3  # neither of the two can rule a class out


class GraphLabels(SelfTraining):
    """As `SelfTraining`, with guesses that a graph of all rows supports.

    Labels spread over the graph of nearest neighbours; what arrives is multiplied with
    the teacher's probabilities. Classes are balanced in the graph unless they are
    clearly uneven (`kvae.latent.guessed_shares`).

    Args:
        estimator: scikit-learn classifier; by default logistic regression.
        teacher: as in `SelfTraining`.
        k: int >= 1, neighbours in the graph.
        random_state: as in scikit-learn.

    Example:
        >>> x = np.array([[0.0], [1.0], [5.0], [6.0], [5.5], [6.5], [0.5]])
        >>> model = GraphLabels(k=2).fit(x, ["a", "a", "b", "b", -1, -1, -1])
        >>> model.predict([[0.2], [5.8]]).tolist()
        ['a', 'b']

    Reference:
        Zhou et al. 2004, Learning with Local and Global Consistency; Hinton 2002,
        Training Products of Experts by Minimizing Contrastive Divergence, equation 1.
    """

    def __init__(self, estimator=None, teacher=None, k=10, random_state=0):
        super().__init__(estimator, teacher, random_state)
        self.k = k

    def _guessed(self, labelled, unlabelled, seed):
        x = np.concatenate([labelled.x, unlabelled])
        label = np.append(labelled.y, np.full(len(unlabelled), -1))
        graph = neighbours(x, min(self.k, len(x) - 1))
        num_classes = int(labelled.y.max()) + 1
        prior = guessed_shares(x, label, num_classes, seed)
        arrived = spread(*graph, label, num_classes, prior=prior).probability
        both = super()._guessed(labelled, unlabelled, seed)
        both = np.maximum(both, LEAST) * np.maximum(arrived[len(labelled.y) :], LEAST)
        return both / both.sum(axis=1, keepdims=True)
