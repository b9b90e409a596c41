"""Values as JSON and arrays, and back."""

import collections
import datetime
import json
import uuid
import zoneinfo
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse

from kvae.resampling.plain_values import Reader, Writer
from kvae.schema import Attribute

CLASSES = {"Attribute": Attribute}
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
VALUES = [
    None,
    True,
    -(2**80),
    0.1 + 0.2,
    -0.0,
    float("inf"),
    "ä\ud800\n",
    b"\x80\x04",
    1 + 2j,
    (1, [2, (3,)], {}),
    {1: "a", (2, None): {"b": ()}, "tuple": []},
    {3},
    frozenset({("a", 1)}),
    collections.OrderedDict([("b", 1), ("a", 2)]),
    Decimal("1.50"),
    Fraction(1, 3),
    uuid.UUID(int=7),
    datetime.date(2020, 2, 29),
    datetime.time(1, 2, 3, 4),
    datetime.timedelta(-3, 2, 1),
    datetime.datetime(2020, 1, 2, 3, 4, 5, 6),
    datetime.datetime(2020, 10, 25, 2, 30, fold=1, tzinfo=BERLIN),
    datetime.datetime(2020, 1, 2, tzinfo=datetime.UTC),
    np.float32(0.1),
    np.str_("word"),
    np.datetime64("2020-01-01"),
]


def again(value):
    writer = Writer(CLASSES)
    plain = json.loads(json.dumps(writer.plain(value), allow_nan=False))
    return Reader(writer.arrays, writer.objects, classes=CLASSES).value(plain)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_and_their_classes_come_back(value):
    found = again(value)
    assert found == value and type(found) is type(value)
    assert repr(found) == repr(value) or isinstance(value, datetime.datetime)


def test_nan_comes_back():
    assert again(float("nan")) is np.nan


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.array(["a", "long"]),
        np.array(["2020-01-01", "NaT"], "datetime64[s]"),
        np.array([[(1, 2), None], ["a", 1.5]], dtype=object),
        np.zeros((0, 3), bool),
    ],
)
def test_arrays_come_back(array):
    found = again(array)
    np.testing.assert_array_equal(found, array)
    assert (found.dtype, found.shape) == (array.dtype, array.shape)


@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.csc_array])
def test_sparse_matrices_come_back(make):
    found = again(make(np.eye(3, 2)))
    assert type(found) is make
    np.testing.assert_array_equal(found.toarray(), np.eye(3, 2))


def test_the_stream_of_a_random_state_goes_on():
    state = np.random.RandomState(3)
    state.normal(size=3)
    assert again(state).uniform() == state.uniform()


def test_objects_come_back_shared_and_without_their_constructor(monkeypatch):
    attribute = Attribute("n", "continuous", (0, 1))
    monkeypatch.setattr(Attribute, "__post_init__", None)
    first, second = again([attribute, attribute])
    assert first == attribute and first is second


class Word(str):
    """A str that may be more than one."""


@pytest.mark.parametrize(
    "value", [object(), len, Word("a"), [np.array([object()])], {1: Decimal}]
)
def test_other_values_are_refused_when_written(value):
    with pytest.raises(TypeError, match="of class"):
        Writer(CLASSES).plain(value)


@pytest.mark.parametrize(
    "name", ["os.system", "builtins.eval", "kvae.generate", "Word"]
)
def test_other_classes_and_tags_are_refused_when_read(name):
    with pytest.raises(ValueError, match=f"an object of the class '{name}'"):
        Reader(objects=[{"class": name, "state": {}}], classes=CLASSES)
    with pytest.raises(ValueError, match=f"a value of the kind '{name}'"):
        Reader(classes=CLASSES).value([{name: ["true"]}])
