"""Columns that are learned as one, so that their values stay together."""

import dataclasses

import pandas as pd


@dataclasses.dataclass(frozen=True)
class Joined:
    """Groups of columns, each of which becomes one column of words.

    Args:
        groups: tuple of tuples of column names.

    Raises:
        ValueError: for a group of one column, or a column in two of them.

    Example:
        >>> frame = pd.DataFrame({"city": ["Bonn", "Ulm"], "code": [53111, 89073]})
        >>> joined = Joined((("city", "code"),))
        >>> one = joined.join(frame)
        >>> one.columns.tolist(), one.iloc[0, 0]
        (['city & code'], 'Bonn & 53111')
        >>> back = joined.split(one, joined.distinct(frame), ["city", "code"])
        >>> back.equals(frame)
        True
    """

    groups: tuple = ()

    def __post_init__(self):
        names = [name for group in self.groups for name in group]
        single = [group for group in self.groups if len(group) < 2]
        if single or len(set(names)) < len(names):
            raise ValueError(
                "together expects groups of two or more columns, each column in one of "
                f"them. Received: {list(self.groups)}."
            )

    def expect(self, frame):
        """Raises ValueError where a frame lacks a column of a group."""
        absent = [n for group in self.groups for n in group if n not in frame.columns]
        if absent:
            raise ValueError(
                f"together expects names of columns. Received: {absent}. The columns "
                f"are {list(frame.columns)[:20]}."
            )

    def join(self, frame):
        """Returns the frame with each group as one column, in the place of its first.

        The values of that column are words, one for each combination that occurs.
        """
        self.expect(frame)
        for group in self.groups:
            words = _words(frame[list(group)])
            before = list(frame.columns)[: list(frame.columns).index(group[0])]
            frame = frame.drop(columns=list(group))
            frame.insert(sum(n not in group for n in before), _name(group), words)
        return frame

    def distinct(self, frame):
        """Returns {group: its combinations in a frame, DataFrame indexed by word}."""
        self.expect(frame)
        found = {}
        for group in self.groups:
            columns = frame[list(group)]
            words = _words(columns)
            first = ~words.duplicated()
            found[group] = columns[first.to_numpy()].set_axis(words[first], axis=0)
        return found

    def split(self, joined, distinct, order):
        """Returns a joined frame of M rows in its own columns again.

        Args:
            joined: DataFrame, as from `join`.
            distinct: what `distinct` returned for the rows that were joined.
            order: list of the names of all columns.
        """
        if not self.groups:
            return joined
        parts = [joined.drop(columns=[_name(group) for group in self.groups])]
        for group in self.groups:
            found = distinct[group].loc[joined[_name(group)].to_numpy()]
            parts.append(found.set_axis(joined.index, axis=0))
        return pd.concat(parts, axis=1)[order]


def _name(group):
    return " & ".join(map(str, group))


def _words(frame):
    """Returns a word for each row, such as "Bonn & 53111"."""
    texts = [
        frame.iloc[:, i]
        .astype(object)
        .where(frame.iloc[:, i].notna(), "(none)")
        .map(str)
        for i in range(frame.shape[1])
    ]
    words = texts[0]
    for text in texts[1:]:
        words = words + " & " + text
    return words.astype(object)
