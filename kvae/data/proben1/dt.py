"""The .dt files of PROBEN1: a header of seven counts, then one example per line."""

import dataclasses
import re

import numpy as np
from etils import epath

HEADER = (
    "bool_in",
    "real_in",
    "bool_out",
    "real_out",
    "training_examples",
    "validation_examples",
    "test_examples",
)
_LARGEST = float(np.finfo("float32").max)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclasses.dataclass(frozen=True)
class DtFile:
    """A classification problem of a .dt file, rows in the order of the file.

    Args:
        inputs: float32 array (N, F).
        labels: int64 array (N,), the output that is 1.
        num_classes: int K, how many outputs there are.
        parts: (training, validation, test), how many rows each part has; they stand
            one after the other.
    """

    inputs: np.ndarray
    labels: np.ndarray
    num_classes: int
    parts: tuple[int, int, int]

    def split(self):
        """Returns ((inputs, labels) of the training, validation and test part)."""
        cuts = np.cumsum(self.parts)[:2]
        columns = np.split(self.inputs, cuts), np.split(self.labels, cuts)
        return tuple(zip(*columns, strict=True))


def read_dt(path):
    """Reads any classification problem of PROBEN1.

    The line ends of any system and a byte order mark are understood. Outputs are
    1-of-K.

    Args:
        path: path of a .dt file.

    Returns:
        DtFile.

    Raises:
        FileNotFoundError: where there is no file.
        ValueError: for a regression problem, outputs that are not 1-of-K, a header or
            a row that is damaged, or a file that holds more or fewer rows than its
            header says. The message gives file, line and reason.

    Reference:
        Prechelt 1994, "PROBEN1: a set of neural network benchmark problems", report
        21/94, University of Karlsruhe, section 4.1.
    """
    path = epath.Path(path)
    lines = _lines(path)
    header, where = _header(path, lines)
    num_inputs = header["bool_in"] + header["real_in"]
    num_classes = _num_classes(path, header, where)
    rows = [(n, line.split()) for n, line in lines[len(HEADER) :]]
    _expect_count(path, header, rows, lines=lines)
    for number, row in rows:
        if len(row) != num_inputs + num_classes:
            _refuse(
                path,
                number,
                f"{num_inputs} inputs and {num_classes} outputs were expected, "
                f"{len(row)} numbers found. The file may be truncated",
            )
    values = _values(path, rows)
    outputs = values[:, num_inputs:]
    hot = np.isin(outputs, (0, 1)).all(axis=1) & (outputs.sum(axis=1) == 1)
    if not hot.all():
        row = np.argmin(hot)
        shown = " ".join(rows[row][1][num_inputs:])
        _refuse(path, rows[row][0], f"the outputs {shown} are not 1-of-{num_classes}")
    return DtFile(
        inputs=values[:, :num_inputs].astype("float32"),
        labels=outputs.argmax(axis=1),
        num_classes=num_classes,
        parts=tuple(header[name] for name in HEADER[4:]),
    )


def _lines(path):
    """Returns (line number, text) of every line that is not blank."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise FileNotFoundError(f"There is no file {path}.") from error
    content = content.removeprefix(b"\xef\xbb\xbf")
    content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            text = line.decode("ascii").strip()
        except UnicodeDecodeError:
            _refuse(path, number, "this is not text")
        if text:
            lines.append((number, text))
    return lines


def _header(path, lines):
    """Returns ({name: count}, {name: line number}) from the first seven lines."""
    header, where = {}, {}
    for number, line in lines[: len(HEADER)]:
        name, equals, value = (part.strip() for part in line.partition("="))
        if not equals or name not in HEADER or name in header:
            _refuse(
                path, number, f"{_missing(header)} was expected, {line[:40]!r} found"
            )
        if not value.isdecimal():
            _refuse(path, number, f"{name} expects a whole number, not {value[:40]!r}")
        header[name], where[name] = int(value[:20]), number
    if len(header) < len(HEADER):
        last = lines[-1][0] if lines else 1
        _refuse(path, last, f"the file ends before {_missing(header)}")
    return header, where


def _missing(header):
    return ", ".join(f"{name}=" for name in HEADER if name not in header)


def _num_classes(path, header, where):
    if header["real_out"]:
        reason = f"real_out={header['real_out']}: this is a regression problem"
        _refuse(path, where["real_out"], f"{reason}, and kvae augments classes")
    if header["bool_out"] < 2:
        reason = f"bool_out={header['bool_out']}: one output of each class is expected"
        _refuse(path, where["bool_out"], f"{reason} (1-of-K), at least two")
    if header["bool_in"] + header["real_in"] == 0:
        reason = "bool_in=0 and real_in=0: there is no input"
        _refuse(path, where["real_in"], reason)
    return header["bool_out"]


def _expect_count(path, header, rows, lines):
    promised = sum(header[name] for name in HEADER[4:])
    if len(rows) < promised:
        reason = f"the file ends after {len(rows)} rows, its header promises {promised}"
        _refuse(path, lines[-1][0], f"{reason}. The file is truncated or misdescribed")
    if len(rows) > promised:
        reason = f"there are {len(rows)} rows, the header promises {promised}"
        _refuse(path, rows[promised][0], reason)
    if promised == 0:
        _refuse(path, lines[-1][0], "the file holds no rows")


def _values(path, rows):
    """Returns the numbers, float64 (N, F + K)."""
    for number, row in rows:
        for text in row:
            if not _NUMBER.fullmatch(text) or abs(float(text)) > _LARGEST:
                reason = f"{text[:40]!r} is no finite number (of 32 bits)"
                _refuse(path, number, reason)
    return np.array([row for _, row in rows], "float64")


def _refuse(path, line, reason):
    raise ValueError(f"{path}, line {line}: {reason}.")
