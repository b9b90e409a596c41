"""What a model generates, drawn by its own signature and counted at its export."""

import math

import numpy as np
import tensorflow as tf

from kvae.serving.generated_rows import columns_of, summarize

_DRAWN = 2000  # rows
_VALUES_DRAWN = 4_000_000  # fewer rows of large images
_LEAST_DRAWN = 100


def generates(sample, model, attributes, max_rows, target):
    """Draws rows of a model, equally many of each class, and counts them.

    Args:
        sample: Signature of that name.
        model: ServedModel.
        attributes: list of dicts as of `described_columns.describe`, or None.
        max_rows: int, the most that are drawn at once.
        target: str, what class names are called in answers.

    Returns:
        Dict for JSON: classes (or None), at_once, left_out (columns that say nothing)
        and columns, as of `generated_rows.summarize`.
    """
    classes = list(model.class_names) if "class" in sample.inputs else None
    size = math.prod(model.element_shape)
    total = max(_LEAST_DRAWN, min(_DRAWN, _VALUES_DRAWN // size))
    each, answers = -(-total // len(classes or (None,))), []
    for name in classes or [None]:
        for start in range(0, each, max_rows):
            n = tf.constant(min(max_rows, each - start), tf.int32)
            tensors = {"n": n, "seed": tf.constant(len(answers), tf.int64)}
            if name is not None:
                tensors["class"] = tf.constant(name)
            answer = sample.positional(*(tensors[key] for key in sample.inputs))
            answers.append({key: value.numpy() for key, value in answer.items()})
    rows = {key: np.concatenate([a[key] for a in answers]) for key in answers[0]}
    left_out = [target] if classes else []  # as it was asked for
    columns = columns_of(rows, attributes, left_out)
    return {
        "classes": classes,
        "at_once": max_rows,
        "left_out": left_out,
        "columns": summarize(columns),
    }
