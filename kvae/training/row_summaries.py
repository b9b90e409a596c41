"""Rows, reconstructions and samples for TensorBoard: as pictures, or as tables.

Written to the summary writer that is in effect, at its step.
"""

import numpy as np
import pandas as pd

from kvae.training.projector import tiled

MOST_COLUMNS = 50  # of a table that are shown


def write_pictures(rows, back, drawn):
    """Writes rows above their reconstructions, and samples in a square.

    Args:
        rows: float array (N, H, W, C), C = 1 or 3.
        back: float array (N, H, W, C) in [0, 1], their reconstructions.
        drawn: float array (M, H, W, C), samples; M may be 0.
    """
    import tensorflow as tf

    both = np.concatenate([in_unit(rows), np.clip(back, 0, 1)])
    tf.summary.image("reconstructions", _side_by_side(both, len(rows)))
    if len(drawn):
        columns = int(np.ceil(len(drawn) ** 0.5))
        tf.summary.image("samples", _side_by_side(np.clip(drawn, 0, 1), columns))


def write_tables(shown, back, drawn, samples):
    """Writes rows, each with its reconstruction (back) below it, and samples, as text.

    Args:
        shown: DataFrame of N rows, its index their positions.
        back: DataFrame of their N reconstructions.
        drawn: DataFrame of samples.
        samples: int, how many of them are shown.
    """
    import tensorflow as tf

    each_below = np.arange(2 * len(shown)).reshape(2, -1).T.ravel()
    both = pd.concat([shown, back], ignore_index=True).iloc[each_below]
    what = [part for i in shown.index for part in (f"row {i}", "back")]
    tf.summary.text("reconstructions", _markdown(both, what))
    if len(drawn):
        drawn = drawn.iloc[:samples]
        what = [f"sample {i}" for i in range(len(drawn))]
        tf.summary.text("samples", _markdown(drawn, what))


def write_histograms(real, drawn):
    """Writes a histogram of each number in real rows, and one in samples.

    Args:
        real: DataFrame.
        drawn: DataFrame with the same columns, or without rows.
    """
    import tensorflow as tf

    for name in real.columns[:MOST_COLUMNS]:
        for kind, frame in (("rows", real), ("samples", drawn)):
            if len(frame) and pd.api.types.is_numeric_dtype(frame[name]):
                values = frame[name].to_numpy("float64", na_value=np.nan)
                tf.summary.histogram(f"{name}/{kind}", values[np.isfinite(values)])


def in_unit(images):
    """Returns images with values in [0, 1]: by their largest value, if that is above 1.

    Example:
        >>> in_unit([0, 51, 255]).tolist(), in_unit([0.0, 0.25]).tolist()
        ([0.0, 0.20000000298023224, 1.0], [0.0, 0.25])
    """
    images = np.asarray(images, "float32")
    return np.clip(images / max(1.0, images.max(initial=0)), 0, 1)


def _side_by_side(images, columns):
    """Returns one image of several, (1, H, W, C), each with a grey line around it."""
    line = ((0, 0), (0, 1), (0, 1), (0, 0))
    whole = tiled(np.pad(images, line, constant_values=0.5), columns)
    return np.pad(whole, ((1, 0), (1, 0), (0, 0)), constant_values=0.5)[None]


def _markdown(frame, what):
    """Returns the first columns of a table in Markdown; `what` names its rows."""
    frame = frame.iloc[:, :MOST_COLUMNS]
    lines = [["", *map(str, frame.columns)], ["---"] * (frame.shape[1] + 1)]
    for name, row in zip(what, frame.to_numpy(object), strict=True):
        lines.append([name, *map(_text, row)])
    cells = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _text(value):
    return f"{value:.3g}" if isinstance(value, float | np.floating) else str(value)
