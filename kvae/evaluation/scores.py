"""The scores of a classifier on test rows."""

import numpy as np
from sklearn import metrics

from kvae.checks import expect_shape

SCORES = (
    "weighted_f1",
    "accuracy",
    "macro_f1",
    "balanced_accuracy",
    "smallest_recall",
)


def score(y_true, y_pred, num_classes):
    """Scores predicted labels.

    Args:
        y_true: int array (N,), class indices.
        y_pred: int array (N,), class indices.
        num_classes: int K; classes that do not occur count with an F1 of 0.

    Returns:
        Dict {name: float}: weighted and macro F1, accuracy, balanced accuracy (mean
        recall of the classes that occur) and the smallest recall among them.

    Raises:
        ValueError: where the arrays differ in length or are empty.

    Example:
        >>> score([0, 0, 1, 1], [0, 0, 1, 0], num_classes=2)["accuracy"]
        0.75
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    expect_shape("score", "(N,)", y_pred.shape, y_true.shape)
    if len(y_true) == 0:
        raise ValueError("score expects at least one row. Received: none.")
    labels = np.arange(num_classes)
    f1 = metrics.f1_score(y_true, y_pred, labels=labels, average=None, zero_division=0)
    support = np.bincount(y_true, minlength=num_classes)
    recall = metrics.recall_score(
        y_true, y_pred, labels=labels, average=None, zero_division=0
    )[support > 0]
    return {
        "weighted_f1": float(np.average(f1, weights=support)),
        "accuracy": float(np.mean(y_true == y_pred)),
        "macro_f1": float(f1.mean()),
        "balanced_accuracy": float(recall.mean()),
        "smallest_recall": float(recall.min()),
    }
