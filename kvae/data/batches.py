"""Batches in memory, with a leading replica axis where there are replicas."""

import numpy as np

from kvae import random
from kvae.checks import expect_count, expect_finite


def index_stream(num_rows, batch_size, steps, seed):
    """Draws the row numbers of `steps` batches: one shuffled pass after another.

    Every row is seen once before any is seen twice, even where batch_size exceeds
    num_rows. The stream depends on the seed and the number of rows alone; a shorter
    stream is the beginning of a longer one.

    Returns:
        Int32 array (steps, B).

    Example:
        >>> stream = index_stream(num_rows=4, batch_size=2, steps=2, seed=0)
        >>> stream.shape, sorted(stream.ravel().tolist())
        ((2, 2), [0, 1, 2, 3])
    """
    expect_count("num_rows", num_rows, 1)
    expect_count("steps", steps, 1)
    passes = -(-steps * batch_size // num_rows)
    order = np.tile(np.arange(num_rows, dtype="int32"), (passes, 1))
    order = random.generator(seed, "batches").permuted(order, axis=1)
    return order.ravel()[: steps * batch_size].reshape(steps, batch_size)


def batches(x, y=None, batch_size=128, steps=None, seeds=0, rows=None):
    """Returns shuffled batches of rows in memory as a finite tf.data.Dataset.

    Args:
        x: array (N, ...).
        y: optional array (N,) of labels; with it, elements are (x, y).
        batch_size: int B.
        steps: int, how many batches; by default one pass over the rows. The dataset
            is the same every time it is read: for several passes in different orders,
            ask for more steps instead of more epochs.
        seeds: int, or R ints. An int gives batches (B, ...); R ints give batches
            (R, B, ...) in which replica r depends on seeds[r] and rows[r] alone.
        rows: optional, which rows are drawn from: row numbers or a mask, or one such
            array for each replica. They may differ in length: every replica goes
            through its rows again and again, without padding.

    Returns:
        tf.data.Dataset of x, or (x, y).

    Raises:
        ValueError: where x is empty or holds NaN or infinite values, or the lengths
            of x, y, rows and seeds do not fit.

    Example:
        >>> x = np.zeros((100, 4), "float32")
        >>> batches(x, batch_size=8, steps=3, seeds=(0, 1)).element_spec.shape
        TensorShape([2, 8, 4])
    """
    indices = _indices(len(x), batch_size, steps=steps, seeds=seeds, rows=rows)
    return gather(indices, x, y)


def gather(indices, x, y=None):
    """Returns the batches that row numbers ask for, as a finite tf.data.Dataset.

    Args:
        indices: int array (steps, B) or (steps, R, B) of row numbers.
        x: array (N, ...).
        y: optional array (N,).

    Returns:
        tf.data.Dataset of `steps` elements, x or (x, y).

    Raises:
        ValueError: where x holds NaN or infinite values, or y has another length.
    """
    import tensorflow as tf

    x = np.asarray(x)
    expect_finite("batches", x)
    if y is not None and len(y) != len(x):
        raise ValueError(
            f"batches expects as many labels as rows ({len(x)}). Received: {len(y)}."
        )
    columns = [tf.constant(column) for column in ((x,) if y is None else (x, y))]

    def rows(index):
        batch = tuple(tf.gather(column, index) for column in columns)
        return batch[0] if y is None else batch

    options = tf.data.Options()
    # There is nothing to tune, and at the end of every fit the tuner's thread sleeps on
    # for up to twice as long as it has run: it doubles its pauses.
    options.autotune.enabled = False
    dataset = tf.data.Dataset.from_tensor_slices(indices)
    return dataset.map(rows).prefetch(2).with_options(options)


def _indices(num_rows, batch_size, steps, seeds, rows):
    """Returns the row numbers, (steps, B) or (steps, R, B)."""
    expect_count("batch_size", batch_size, 1)
    single = isinstance(seeds, int | np.integer)
    seeds = [seeds] if single else list(seeds)
    if rows is None:
        rows = [np.arange(num_rows)] * len(seeds)
    elif single:
        rows = [np.asarray(rows)]
    if len(rows) != len(seeds):
        raise ValueError(
            f"batches expects one array of rows for each of {len(seeds)} seeds. "
            f"Received: {len(rows)}."
        )
    rows = [np.asarray(chosen) for chosen in rows]
    rows = [
        np.flatnonzero(chosen) if chosen.dtype == bool else chosen for chosen in rows
    ]
    for r, positions in enumerate(rows):
        if len(positions) == 0:
            raise ValueError(
                f"batches expects at least one row. Received: none for replica {r}."
            )
        if positions.min() < 0 or positions.max() >= num_rows:
            raise ValueError(
                f"batches expects row numbers from 0 to {num_rows - 1}. Received: "
                f"{positions.min()} to {positions.max()} for replica {r}."
            )
    if steps is None:
        steps = -(-max(len(positions) for positions in rows) // batch_size)
    streams = [
        np.asarray(positions, "int32")[
            index_stream(len(positions), batch_size, steps, seed=seed)
        ]
        for positions, seed in zip(rows, seeds, strict=True)
    ]
    return streams[0] if single else np.stack(streams, axis=1)
