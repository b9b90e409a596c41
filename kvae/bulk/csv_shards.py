"""Shards as CSV, in the form of the file that the model learned from."""

from kvae.bulk.row_sources import LINEAGE


class CSVShards:
    """CSV files.

    Args:
        example: DataFrame, rows as they will be written.
        form: optional, how the file writes its table: `texts(frame)` and `write(frame,
            path)`, as `kvae.cli.file_form.FileForm` has them; by default as pandas.
    """

    ending = ".csv"

    def __init__(self, example, form=None):
        self._form, self._columns = form, list(example.columns)

    def write(self, frame, path):
        """Writes a DataFrame to a Path."""
        if self._form is None:
            frame.to_csv(path, index=False)
            return
        lineage = [name for name in frame.columns if name.startswith(LINEAGE)]
        texts = self._form.texts(frame.drop(columns=lineage))
        self._form.write(texts.join(frame[lineage]), path)

    def described(self):
        """Returns {column: type}, for people."""
        return dict.fromkeys(self._columns, "text")
