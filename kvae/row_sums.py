"""Values beside every row, whose gradients do not depend on the other replicas.

Such a gradient is a sum over the rows. TensorFlow adds up 4, 8 or 16 neighbours at
once (whatever the processor has), in another order than numbers that are left over or
whose neighbours belong to another replica. So the last digit of a replica's gradient
would depend on its place in a stack, and after thousands of steps the second.
"""

from keras import ops

NEIGHBOURS = 16  # the most float32 numbers that a processor takes at once
ALWAYS_ALIKE = 4  # so few features are never, or always, taken at once


def to_rows(values, x):
    """Returns values repeated for every row of x.

    Args:
        values: float tensor (1, F) or (R, 1, F).
        x: tensor (B, ...) or (R, B, ...) of as many axes.

    Returns:
        Float tensor (B, F) or (R, B, F). Its gradient in `values` is, bit by bit, the
        same for a replica alone and in any place of a stack.

    Example:
        >>> to_rows(ops.ones((2, 1, 3)), ops.zeros((2, 5, 7))).shape
        TensorShape([2, 5, 3])
    """
    features = values.shape[-1]
    missing = 0 if features <= ALWAYS_ALIKE else -features % NEIGHBOURS
    axes = [(0, 0)] * (len(values.shape) - 1)
    # Where the rows end, neighbours end, too: the numbers between are not used.
    wide = ops.pad(values, [*axes, (0, missing)]) if missing else values
    rows = ops.cast(ops.zeros_like(x[..., :1]), values.dtype) + wide
    return rows[..., :features] if missing else rows
