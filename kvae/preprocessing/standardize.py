"""Standard units for tables."""

import dataclasses

from kvae.data.guarded import Rows


def standardize(source):
    """Returns a table source in standard units: mean 0, variance 1 on training rows.

    Constant columns become 0. The test rows are transformed likewise, but have
    no part in mean and variance.

    Args:
        source: Source of a table (N, F).

    Returns:
        Source with the same rows in standard units.
    """
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(source.train.x)

    def transform(rows):
        return Rows(scaler.transform(rows.x).astype("float32"), rows.y)

    return dataclasses.replace(
        source,
        train=transform(source.train),
        guarded_test=transform(source.guarded_test),
        validation=source.validation and transform(source.validation),
    )
