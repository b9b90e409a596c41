"""Which cells are holes: empty ones, and what people write where nothing is known."""

import pandas as pd

# In small letters. They are holes beside numbers and dates; beside words they are
# words: NA is a country, None a rating.
MARKERS = (
    *("?", "??", "na", "n/a", "n.a.", "#n/a", "#na", "<na>", "-", "--", "—", "null"),
    *("(null)", "nan", "nat", "none", "nil", ".", "..", "\\n"),
)
_CLASSES = ("-", "--", "—", "none", "nil")  # next to classes 1, 2, 3 a fourth one


def empty_cells(texts, given=()):
    """Returns which cells are empty, blank, or one of the given spellings.

    Args:
        texts: Series (N,) of str, some of them missing.
        given: iterable of str, spellings that stand for a hole; blanks around them do
            not count.

    Example:
        >>> empty_cells(pd.Series(["NA", " ", "unknown "]), ["unknown"]).tolist()
        [False, True, True]
    """
    texts = texts.str.strip()
    wanted = ["", *(spelling.strip() for spelling in given)]
    return (texts.isna() | texts.isin(wanted)).astype(bool)


def marked_cells(texts, is_target=False):
    """Returns which cells hold a known marker, such as ?, NA or null.

    Args:
        texts: Series (N,) of str, some of them missing.
        is_target: bool, whether they are labels; "-" and "none" may be classes then.

    Example:
        >>> marked_cells(pd.Series(["5", " ?", "n/a", "None"])).tolist()
        [False, True, True, True]
        >>> marked_cells(pd.Series(["5", "?", "None"]), is_target=True).tolist()
        [False, True, False]
    """
    known = [m for m in MARKERS if not (is_target and m in _CLASSES)]
    return texts.str.strip().str.lower().isin(known).astype(bool)


def spellings_of(texts, cells):
    """Returns the spellings in some cells, the commonest first, without empty ones."""
    if not cells.any():
        return []
    counts = texts[cells].dropna().astype(str).str.strip().value_counts()
    return [spelling for spelling in counts.index if spelling]


def commonest_cell(texts, cells):
    """Returns the commonest of some cells, blanks around it included; no empty one.

    Example:
        >>> texts = pd.Series([" ?", " ?", "NA", "", ""])
        >>> commonest_cell(texts, texts.notna())
        ' ?'
    """
    counts = texts[cells].dropna().astype(str).value_counts()
    return next(cell for cell in counts.index if cell.strip())


def without_words(column):
    """Returns a column of objects with holes for its words, where all are markers.

    Such a column is Excel's: numbers, and a "?" or a blank where there is none.

    Args:
        column: Series (N,) of objects.

    Returns:
        (Series, bool Series: which cells became holes).

    Example:
        >>> without_words(pd.Series([1, "?", 3], dtype=object))[0].tolist()
        [1, None, 3]
    """
    words = column.map(lambda value: isinstance(value, str)).astype(bool)
    texts = column[words].astype(str)
    if words.all() or not (empty_cells(texts) | marked_cells(texts)).all():
        return column, pd.Series(False, index=column.index)
    return column.where(~words, None), words
