"""What new rows make of columns that depend on each other, in their user's words."""

from kvae.preprocessing.relations import determined_pairs, disordered, unseen
from kvae.preprocessing.row_names import row_names


def on_row_numbers(frame):
    """Returns a note on columns that number the rows, in a tuple.

    Args:
        frame: DataFrame of N rows.

    Example:
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"id": range(1, 8), "size": [3, 1, 4, 1, 5, 9, 2]})
        >>> on_row_numbers(frame)[0][:27]
        "'id' only numbers the rows:"
    """
    numbers = frame.select_dtypes("number", exclude="timedelta")
    low = numbers.min()  # of all columns at once, where there are thousands
    likely = low.isin([0, 1]) & (numbers.max() - low == numbers.count() - 1)
    counting, _ = row_names(numbers.loc[:, likely.to_numpy()])
    names = ", ".join(map(repr, counting))
    verb = "only numbers" if len(counting) == 1 else "only number"
    note = (
        f"{names} {verb} the rows: leave that out, since it tells classes apart where "
        "rows are sorted by class"
    )
    return (note,) if counting else ()


def on_relations(real, new, orders):
    """Returns notes on new rows that no real row would be.

    Args:
        real: DataFrame of N rows.
        new: DataFrame of M rows with the same columns.
        orders: list of (low, high), from `ordered_pairs` of the real rows.

    Returns:
        Tuple of str: pairs of values that no real row has, of columns of which one
        determines the other; and rows in which a value is above what it never exceeds.

    Example:
        >>> import pandas as pd
        >>> real = pd.DataFrame({"city": list("aabb") * 6, "code": [1, 1, 2, 2] * 6})
        >>> new = pd.DataFrame({"city": ["a", "b"], "code": [1, 1]})
        >>> on_relations(real, new, [])[0]
        "1 of 2 new rows hold a pair of 'city' and 'code' that no real row has, though
        one determines the other: together=[('city', 'code')], or --together city,code,
        keeps them together"
    """
    if not len(new) or not len(real):
        return ()
    notes = []
    never = unseen(real, new, determined_pairs(real))
    for (a, b), odd in never.items():
        if odd.any():
            notes.append(
                f"{int(odd.sum())} of {len(new)} new rows hold a pair of {a!r} and "
                f"{b!r} that no real row has, though one determines the other: "
                f"together=[({a!r}, {b!r})], or --together {a},{b}, keeps them together"
            )
    for (low, high), odd in disordered(new, orders).items():
        if odd.any():
            notes.append(
                f"in {int(odd.sum())} of {len(new)} new rows {low!r} is above "
                f"{high!r}, as in no real row: ordered='repair' exchanges them, and "
                "'reject' draws other rows (--ordered repair)"
            )
    return tuple(notes)


def on_rejected(tally):
    """Returns notes on new rows that were rejected for their order.

    Args:
        tally: DataFrame of `draw_in_order`, or None.

    Returns:
        Tuple of str.
    """
    if tally is None:
        return ()
    asked, drawn, accepted = tally[["asked", "drawn", "accepted"]].sum()
    if drawn == accepted:
        return ()
    lacking = int((tally["asked"] - tally["accepted"]).clip(lower=0).sum())
    rest = f"; {lacking} of {asked} new rows are lacking" if lacking else ""
    return (
        f"{drawn - accepted} of {drawn} draws were out of order, and others were drawn "
        f"instead{rest}",
    )
