"""Values as JSON and arrays, and back, without pickle: nothing that is read is run.

None, bool, int, str and finite floats are JSON's own, and a list is a list. All else is
an object of one key, its tag, such as {"tuple": [1, 2]}; arrays are numbered. Objects
of listed classes are numbered, too, so that what two share stays shared.
"""

import base64
import collections
import datetime
import decimal
import fractions
import math
import types
import uuid

import numpy as np
from scipy import sparse

from kvae.resampling import plain_frames

_JSON = (types.NoneType, bool, int, str)
_FLOATS = {"nan": np.nan, "inf": np.inf, "-inf": -np.inf}


class Writer:
    """Turns values into JSON and arrays.

    Args:
        classes: dict {name: class} of objects that may be written, by their state.
        model_class: class of objects that are numbered and left to the caller.

    Attributes:
        arrays: dict {name: array}, none of objects.
        objects: list of what makes each object, in an order in which they can be made.
        models: list of objects of `model_class`.

    Example:
        >>> writer = Writer()
        >>> plain = writer.plain({"n": (1, np.arange(2))})
        >>> plain
        {'dict': [['n', {'tuple': [1, {'array': '0'}]}]]}
        >>> Reader(writer.arrays).value(plain)
        {'n': (1, array([0, 1]))}
    """

    def __init__(self, classes=(), model_class=()):
        self._classes, self._model_class = dict(classes), model_class
        self.arrays, self.objects, self.models = {}, [], []
        self._numbers = {}  # id of an object: (its number, the object, to keep its id)

    def plain(self, value):
        """Returns a value as JSON.

        Raises:
            TypeError: for values of other classes.
        """
        kind = type(value)
        if kind in _JSON or (kind is float and math.isfinite(value)):
            return value
        if kind is list:
            return [self.plain(each) for each in value]
        if kind in _EXACT:
            tag, make = _EXACT[kind]
            return {tag: make(self, value)}
        if isinstance(value, self._model_class):
            if not any(model is value for model in self.models):
                self.models.append(value)
            return {"model": [model is value for model in self.models].index(True)}
        if self._classes.get(kind.__name__) is kind:
            return {"object": self._number(value)}
        for base, tag, make in _KINDS:
            if isinstance(value, base):
                return {tag: make(self, value)}
        raise TypeError(
            f"{value!r:.80}, of class {kind.__module__}.{kind.__qualname__}"
        )

    def array(self, array):
        """Returns the name of an array of numbers, dates or texts that is kept."""
        if array.dtype.hasobject or array.dtype.kind == "T":
            raise TypeError(f"an array of dtype {array.dtype}")
        name = str(len(self.arrays))
        self.arrays[name] = array
        return name

    def _number(self, value):
        if id(value) not in self._numbers:
            state = value.__getstate__() or {}
            state = {name: self.plain(each) for name, each in state.items()}
            self.objects.append({"class": type(value).__name__, "state": state})
            self._numbers[id(value)] = len(self.objects) - 1, value
        return self._numbers[id(value)][0]


class Reader:
    """Turns what a Writer has made into values again.

    Args:
        arrays: dict {name: array}.
        objects: list, as the Writer's.
        models: list, as the Writer's.
        classes: dict {name: class} of objects that may be made. Their constructors are
            not called.

    Raises:
        ValueError: for objects of other classes.
    """

    def __init__(self, arrays=(), objects=(), models=(), classes=()):
        self.arrays, self._models = dict(arrays), list(models)
        classes, self._objects = dict(classes), []
        for made in objects:
            if made["class"] not in classes:
                raise ValueError(f"an object of the class {made['class']!r}")
            new = object.__new__(classes[made["class"]])
            state = {name: self.value(each) for name, each in made["state"].items()}
            set_state = vars(type(new)).get("__setstate__", _set_state)
            set_state(new, state)
            self._objects.append(new)

    def value(self, plain):
        """Returns the value behind JSON.

        Raises:
            ValueError: for an unknown tag.
        """
        if isinstance(plain, list):
            return [self.value(each) for each in plain]
        if not isinstance(plain, dict):
            return plain
        ((tag, content),) = plain.items()
        if tag not in _READ:
            raise ValueError(f"a value of the kind {tag!r}")
        return _READ[tag](self, content)

    def numbered(self, number):
        """Returns an object that the file has described before."""
        return self._objects[number]

    def model(self, number):
        """Returns a model."""
        return self._models[number]


def _set_state(new, state):
    vars(new).update(state)  # frozen ones, too


def _items(writer, value):
    return [writer.plain(each) for each in value]


def _pairs(writer, value):
    return [[writer.plain(k), writer.plain(v)] for k, v in value.items()]


def _from_pairs(reader, pairs):
    return {reader.value(k): reader.value(v) for k, v in pairs}


def _datetime(_, value):
    zone = plain_frames.zone_name(value.tzinfo)
    return [value.replace(tzinfo=None).isoformat(), value.fold, zone]


def _read_datetime(_, content):
    text, fold, zone = content
    naive = datetime.datetime.fromisoformat(text)
    return naive.replace(fold=fold, tzinfo=plain_frames.zone(zone))


def _time(_, value):
    if value.tzinfo is not None:
        raise TypeError(f"{value!r}, a time with a time zone")
    return value.isoformat()


def _array(writer, value):
    """Returns (a name); or of objects their shape and values."""
    value = np.asarray(value)
    if value.dtype == object:
        return [list(value.shape), _items(writer, value.ravel().tolist())]
    return writer.array(value)


def _read_array(reader, content):
    if isinstance(content, str):
        return reader.arrays[content]
    shape, values = content
    values = [reader.value(each) for each in values]
    return np.fromiter(values, object, len(values)).reshape(shape)


def _sparse(writer, value):
    rows = value.tocoo()
    arrays = [writer.array(part) for part in (rows.data, *rows.coords)]
    return [value.format, isinstance(value, sparse.sparray), [*value.shape], arrays]


def _read_sparse(reader, content):
    form, is_array, shape, (data, *coords) = content
    coords = tuple(reader.arrays[name] for name in coords)
    make = sparse.coo_array if is_array else sparse.coo_matrix
    return make((reader.arrays[data], coords), shape=tuple(shape)).asformat(form)


def _read_random_state(reader, content):
    new = np.random.RandomState(0)
    new.set_state(reader.value(content))
    return new


def _plainly(make):
    """Returns a function of what reads or writes that does not need it."""
    return lambda _, value: make(value)


# Of a class itself: a subclass may be more than its base says.
_EXACT = {
    float: ("float", _plainly(repr)),
    tuple: ("tuple", _items),
    set: ("set", _items),
    frozenset: ("frozenset", _items),
    dict: ("dict", _pairs),
    collections.OrderedDict: ("ordered", _pairs),
    complex: ("complex", lambda _, z: [z.real, z.imag]),
    bytes: ("bytes", lambda _, value: base64.b64encode(value).decode()),
    decimal.Decimal: ("decimal", _plainly(str)),
    fractions.Fraction: ("fraction", _plainly(str)),
    uuid.UUID: ("uuid", _plainly(str)),
    datetime.date: ("date", _plainly(datetime.date.isoformat)),
    datetime.time: ("time", _time),
    datetime.datetime: ("datetime", _datetime),
    datetime.timedelta: ("duration", lambda _, t: [t.days, t.seconds, t.microseconds]),
    np.random.RandomState: ("random state", lambda w, r: w.plain(r.get_state(False))),
    **plain_frames.EXACT,
}
_KINDS = (
    (np.generic, "scalar", lambda writer, value: writer.array(np.asarray(value))),
    (np.ndarray, "array", _array),
    (sparse.sparray, "sparse", _sparse),
    (sparse.spmatrix, "sparse", _sparse),
    *plain_frames.KINDS,
)
_READ = {
    "float": _plainly(_FLOATS.__getitem__),
    "tuple": lambda reader, each: tuple(map(reader.value, each)),
    "set": lambda reader, each: set(map(reader.value, each)),
    "frozenset": lambda reader, each: frozenset(map(reader.value, each)),
    "dict": _from_pairs,
    "ordered": lambda *both: collections.OrderedDict(_from_pairs(*both)),
    "complex": lambda _, parts: complex(*parts),
    "bytes": _plainly(base64.b64decode),
    "decimal": _plainly(decimal.Decimal),
    "fraction": _plainly(fractions.Fraction),
    "uuid": _plainly(uuid.UUID),
    "date": _plainly(datetime.date.fromisoformat),
    "time": _plainly(datetime.time.fromisoformat),
    "datetime": _read_datetime,
    "duration": lambda _, parts: datetime.timedelta(*parts),
    "random state": _read_random_state,
    "scalar": lambda reader, name: reader.arrays[name][()],
    "array": _read_array,
    "sparse": _read_sparse,
    "object": lambda reader, number: reader.numbered(number),
    "model": lambda reader, number: reader.model(number),
    **plain_frames.READ,
}
