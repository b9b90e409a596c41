"""Shards as tar files of PNGs, with their labels in a table."""

import io
import tarfile

from kvae.bulk.row_sources import IMAGE

LABELS = "labels.csv"


class PNGShards:
    """Tar files: labels.csv with a line for each image, then the images.

    Args:
        example: DataFrame with a column of PNGs.
    """

    ending = ".tar"

    def __init__(self, example):
        self._columns = ["file", *(name for name in example.columns if name != IMAGE)]

    def write(self, frame, path):
        """Writes a DataFrame with a column of PNGs to a Path."""
        digits = max(5, len(str(len(frame))))
        names = [f"{i:0{digits}}.png" for i in range(1, len(frame) + 1)]
        table = frame.drop(columns=IMAGE)
        table.insert(0, "file", names)
        with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
            _add(archive, LABELS, table.to_csv(index=False).encode())
            for name, image in zip(names, frame[IMAGE], strict=True):
                _add(archive, name, image)

    def described(self):
        """Returns {column of labels.csv: type}, for people."""
        return dict.fromkeys(self._columns, "text")


def _add(archive, name, content):
    # No time and no user: the same images are the same file.
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o644
    archive.addfile(entry, io.BytesIO(content))
