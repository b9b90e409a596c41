"""Scoring: the one place where test rows of a table are looked at."""

import numpy as np

from kvae.evaluation.scores import score


def score_on_test(source, predict, rows):
    """Opens the test rows, asks classifiers about them, and scores what they say.

    Call it when everything is trained: it ends what may depend on the test rows.

    Args:
        source: Source.
        predict: function, test inputs (N, ...) -> int labels (M, N), of M classifiers.
        rows: list of M dicts, what else is known of each.

    Returns:
        (the dicts with the scores added, in full precision; bool array (M, N), which
        test rows each classifier got right).
    """
    with source.scoring() as test:
        labels = np.asarray(predict(test.x))
        scored = [
            {**row, **score(test.y, predicted, source.num_classes)}
            for row, predicted in zip(rows, labels, strict=True)
        ]
        return scored, labels == test.y
