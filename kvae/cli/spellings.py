"""Words that differ by case or blanks alone: Yes, yes, YES and "yes "."""

import pandas as pd

from kvae.cli.phrases import columns_named, quoted


def fold_words(column):
    """Returns words (N,) with one spelling for those that differ by case and blanks.

    It is the commonest, without blanks around it.

    Args:
        column: Series (N,) of str, some of them missing.

    Example:
        >>> fold_words(pd.Series(["yes", "Yes ", "yes", "no"])).tolist()
        ['yes', 'yes', 'yes', 'no']
    """
    counts = column.value_counts()
    words = pd.Series(counts.index, index=counts.index, dtype=object)
    plain = words.str.split().str.join(" ")
    totals = counts.groupby(plain).sum()  # "yes" and "yes " speak for one spelling
    ranked = totals.sort_values(ascending=False, kind="stable").index
    chosen = {}
    for spelling in ranked:
        chosen.setdefault(spelling.casefold(), spelling)
    folded = {word: chosen[plain[word].casefold()] for word in words}
    return column.map(folded).astype(column.dtype)


def spelling_notes(frame, fold):
    """Returns notes on the columns of a table that spell one word in several ways.

    Args:
        frame: DataFrame of words, before they are folded.
        fold: bool, whether they will be.

    Example:
        >>> spelling_notes(pd.DataFrame({"y": ["yes", "YES", "no"]}), fold=True)
        ["column 'y' spells words in several ways, 'YES', 'yes': taken for one"]
    """
    notes, blank = [], []
    for name, column in frame.items():
        words = pd.Series(column.dropna().unique(), dtype=object)
        if words.empty:
            continue
        folded = words.str.split().str.join(" ").str.casefold()
        stripped = words.str.strip()
        if folded.duplicated().any():
            shown = quoted(sorted(words[folded.duplicated(keep=False)]), most=8)
            remedy = "taken for one" if fold else "--fold takes them for one"
            notes.append(
                f"{columns_named([name])} spells words in several ways, {shown}: "
                f"{remedy}"
            )
        elif (words != stripped).any():
            blank.append(name)
    if blank:
        done = "they are taken away" if fold else "--fold takes them away"
        notes.append(f"words of {columns_named(blank)} have blanks around them: {done}")
    return notes
