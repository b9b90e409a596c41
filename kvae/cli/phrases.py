"""Columns and cells, as sentences name them."""


def columns_named(names, most=5):
    """Returns what a sentence calls some columns.

    Args:
        names: list of str, one or more.
        most: int, how many are named.

    Example:
        >>> columns_named(["a"]), columns_named(["a", "b", "c"], most=2)
        ("column 'a'", "columns 'a', 'b' and 1 other")
    """
    word = "column" if len(names) == 1 else "columns"
    return f"{word} {quoted(names, most)}"


def quoted(values, most=5):
    """Returns the first of some values in quotation marks, and how many others.

    Example:
        >>> quoted(["?", "NA"])
        "'?', 'NA'"
    """
    shown = ", ".join(repr(str(value)) for value in values[:most])
    others = len(values) - most
    if others > 0:
        shown += f" and {others} other{'s' if others > 1 else ''}"
    return shown


def rows_counted(count):
    """Returns a number of rows in words.

    Example:
        >>> rows_counted(1), rows_counted(2000)
        ('1 row', '2,000 rows')
    """
    return f"{count:,} row{'' if count == 1 else 's'}"
