"""Requests that are wrong in any way: an InvalidArgument in words, never a crash."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.serving.conftest import read_requests
from tools.served_version import InvalidArgumentError

# The graph's own words, and those of the runtime for dtypes, fields and files.
WORDS = re.compile(
    r"\w+ expects |image_bytes: expected |Expects arg\[\d+\] to be|"
    r"input size does not match signature|Could not parse example|PNG|"
    r"Name: <unknown>|Serving signature key"
)
NAN, INF = np.nan, np.inf


def missing_field(stream, inputs):
    return {key: inputs[key] for key in list(inputs)[1:]}


def unknown_field(stream, inputs):
    return {**inputs, "unknown": np.float32(1)}


def wrong_dtype(stream, key, value):
    if value.dtype == object:
        return np.zeros(value.shape, "float32")
    other = stream.choice(["int16", "str", "bool"])
    return np.full(value.shape, "7", object) if other == "str" else value.astype(other)


def wrong_shape(stream, key, value):
    changes = [lambda v: v[None], lambda v: np.stack([v, v])]
    if value.ndim:
        changes += [lambda v: v[0]]
    if value.ndim > 1:
        changes += [lambda v: np.concatenate([v, v], axis=-1), lambda v: v[..., :-1]]
    return changes[stream.integers(len(changes))](value)


def wrong_value(stream, key, value):
    if value.dtype == object:
        junk = [b"?", b"\xff\xfe", "ü".encode(), b"x" * 5000]
        bad = junk[stream.integers(len(junk))]
        if key == "image_bytes":
            file = value.ravel()[0]
            bad = [bad, b"", file[: stream.integers(len(file) - 12)]][
                stream.integers(3)
            ]
        return np.full(value.shape, bad, object)
    if key == "n":
        return np.array(stream.choice([-1, 1001, 2**31 - 1, -(2**31)]), "int32")
    bad = stream.choice([INF, -INF, 1e38, -1e38] + [NAN] * (key != "age (years)"))
    return np.full(value.shape, bad, value.dtype)


MUTATIONS = (missing_field, unknown_field, wrong_dtype, wrong_shape, wrong_value)


def calls(stream, versions, count):
    """Yields (version, signature, inputs), each wrong."""
    made = 0
    while made < count:
        version, requests = versions[stream.integers(len(versions))]
        name = stream.choice(sorted(requests))
        inputs = requests[name][0]
        mutate = MUTATIONS[stream.integers(len(MUTATIONS))]
        if mutate in (missing_field, unknown_field):
            yield version, name, mutate(stream, inputs)
            made += 1
            continue
        key = stream.choice(sorted(inputs))
        if mutate is wrong_value and (
            np.asarray(inputs[key]).dtype == "int64"  # any seed is a seed
            or np.asarray(inputs[key]).dtype == "float64"  # and any finite number
        ):
            continue
        changed = mutate(stream, key, np.array(inputs[key]))
        yield version, name, {**inputs, key: changed}
        made += 1


def resident_megabytes():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def expect_refusals(versions, count, seed):
    stream = np.random.default_rng(seed)
    for version, name, inputs in calls(stream, versions, count):
        try:
            version.predict(name, inputs)
        except InvalidArgumentError as error:
            assert WORDS.search(str(error)), (name, str(error)[:300])
        else:
            pytest.fail(f"{name} answered {inputs}")


@pytest.fixture(scope="module")
def versions(image_model, served, table_model, served_table):
    return [
        (served, read_requests(image_model, served)),
        (served_table, read_requests(table_model, served_table)),
    ]


def test_hundreds_of_malformed_calls_are_refused_in_words(versions):
    expect_refusals(versions, 300, seed=0)
    for version, requests in versions:  # and the server still answers
        inputs, expected = requests["decode"]
        assert set(version.predict("decode", inputs)) == set(expected)


@pytest.mark.slow
def test_ten_thousand_malformed_calls_leave_memory_steady(versions):
    expect_refusals(versions, 2_000, seed=1)  # every way was met once
    before = resident_megabytes()
    expect_refusals(versions, 8_000, seed=2)
    assert resident_megabytes() - before < 50
