"""How a file writes its table, so that new rows can be written in the same way."""

import dataclasses

import pandas as pd
from pandas.api import types

from kvae.cli.column_forms import TruthForm
from kvae.cli.date_forms import DateForm, TimeForm
from kvae.cli.number_forms import NumberForm

_DATED = (DateForm, TimeForm)
FORMS = {form.__name__: form for form in (DateForm, NumberForm, TimeForm, TruthForm)}


@dataclasses.dataclass(frozen=True)
class FileForm:
    """The form of a CSV file; by default that of pandas.

    Args:
        columns: tuple of str, the columns in their order; () for those of a frame.
        header: tuple of str, their names as the file has them.
        separator: str.
        encoding: str.
        line_end: str.
        forms: dict {column: form of its numbers or dates}.
        marks: dict {column: str, what stands for a hole}; others leave holes empty.

    Example:
        >>> import sys
        >>> frame = pd.DataFrame({"n": [1, None], "x": [1.5, 2]}).astype({"n": "Int64"})
        >>> FileForm(separator=";").write(frame, sys.stdout)
        n;x
        1;1.5
        ;2.0
    """

    columns: tuple = ()
    header: tuple = ()
    separator: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"
    forms: dict = dataclasses.field(default_factory=dict)
    marks: dict = dataclasses.field(default_factory=dict)

    def date_letters(self, columns):
        """Returns {column: letters of strftime} of those that are dates or times."""
        dated = {n: f for n, f in self.forms.items() if isinstance(f, _DATED)}
        return {name: form.letters for name, form in dated.items() if name in columns}

    def get_config(self):
        """Returns the arguments, with names and arguments of forms: plain values."""
        forms = {
            column: (type(form).__name__, dataclasses.asdict(form))
            for column, form in self.forms.items()
        }
        return {**vars(self), "forms": forms}

    @classmethod
    def from_config(cls, config):
        """Returns the form that `get_config` described."""
        forms = {
            column: FORMS[name](**arguments)
            for column, (name, arguments) in config["forms"].items()
        }
        return cls(**{**config, "forms": forms})

    def texts(self, frame):
        """Returns new rows with the columns of the file, written as it writes them.

        Args:
            frame: DataFrame; columns of the file that it does not have become empty.
        """
        written = {}
        for name in self.columns or frame.columns:
            if name not in frame:
                written[name] = pd.Series(None, index=frame.index, dtype=object)
                continue
            column = frame[name]
            if name in self.forms:
                column = self.forms[name].write(column)
            if name in self.marks:
                column = column.astype(object).where(column.notna(), self.marks[name])
            written[name] = column
        return pd.DataFrame(written, index=frame.index)

    def write(self, frame, path):
        """Writes a frame, as `texts` returns it, to a file; more columns may follow."""
        names = dict(zip(self.columns, self.header, strict=True))
        if self.separator == " ":  # nothing would be no name
            names = {name: given or name for name, given in names.items()}
        numbers = [f for f in self.forms.values() if isinstance(f, NumberForm)]
        marks = {form.mark for form in numbers if not form.whole}
        frame.apply(_whole).to_csv(
            path,
            sep=self.separator,
            encoding=self.encoding,
            header=[names.get(name, name) for name in frame.columns],
            index=False,
            lineterminator=self.line_end,
            na_rep="NA" if self.separator == " " else "",  # nothing would be no cell
            decimal="," if marks == {","} else ".",
        )


def _whole(column):
    """Returns integers beside holes as such: 1, not 1.0."""
    if not types.is_object_dtype(column.dtype):
        return column
    known = column.dropna()
    if types.infer_dtype(known) == "integer" and len(known) < len(column):
        return column.astype("Int64")
    return column
