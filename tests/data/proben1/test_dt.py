import re

import numpy as np
import pytest

from kvae.data.proben1 import read_dt

HEADER = """bool_in=0
real_in=2
bool_out=2
real_out=0
training_examples=2
validation_examples=1
test_examples=1
"""
ROWS = "0.5 1e-3 1 0\n  0.25  -1 0 1\n.5 +2. 1 0\n1 1 0 1\n"
GOOD = HEADER + ROWS


def write(tmp_path, content):
    path = tmp_path / "odd.dt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_reads_inputs_labels_and_parts(tmp_path):
    problem = read_dt(write(tmp_path, GOOD))
    expected = np.array([[0.5, 1e-3], [0.25, -1], [0.5, 2], [1, 1]], "float32")
    np.testing.assert_array_equal(problem.inputs, expected)
    np.testing.assert_array_equal(problem.labels, [0, 1, 0, 1])
    assert problem.num_classes == 2
    train, validation, test = problem.split()
    np.testing.assert_array_equal(train[0], expected[:2])
    np.testing.assert_array_equal(validation[1], [0])
    np.testing.assert_array_equal(test[0], expected[3:])


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        "\ufeff" + GOOD,
        "\ufeff" + GOOD.replace("\n", "\r\n"),
        GOOD.rstrip("\n"),
        GOOD + "\n\n  \n",
        GOOD.replace("=", " = "),
        GOOD.replace(" ", "\t"),
    ],
    ids="crlf cr bom bom+crlf no-last-newline blank-lines spaced tabs".split(),
)
def test_other_ways_to_write_the_same_are_read(tmp_path, content):
    expected = read_dt(write(tmp_path, GOOD))
    problem = read_dt(write(tmp_path, content))
    np.testing.assert_array_equal(problem.inputs, expected.inputs)
    np.testing.assert_array_equal(problem.labels, expected.labels)
    assert problem.parts == (2, 1, 1)


DAMAGED = {
    "empty": ("", 1, "the file ends before bool_in="),
    "blank": ("\n\n", 1, "the file ends before bool_in="),
    "only a header": (HEADER, 7, "after 0 rows, its header promises 4"),
    "half a header": ("bool_in=0\nreal_in=2\n", 2, "the file ends before bool_out="),
    "no header": (ROWS, 1, "bool_in=.*was expected, '0.5 1e-3 1 0' found"),
    "rows too early": (GOOD.replace("test_examples=1\n", ""), 7, "test_examples="),
    "unknown key": (GOOD.replace("real_out", "reel_out"), 4, "real_out=.*expected"),
    "key twice": (GOOD.replace("real_in=2", "bool_in=2"), 2, "real_in=.*expected"),
    "letters in the header": (GOOD.replace("real_in=2", "real_in=x"), 2, "not 'x'"),
    "negative count": (GOOD.replace("real_in=2", "real_in=-2"), 2, "not '-2'"),
    "fraction": (GOOD.replace("real_in=2", "real_in=2.5"), 2, "not '2.5'"),
    "huge rows": (
        GOOD.replace("test_examples=1", "test_examples=99999999999999999999999"),
        11,
        "after 4 rows",
    ),
    "huge inputs": (
        GOOD.replace("real_in=2", "real_in=999999999999"),
        8,
        "999999999999 inputs and 2 outputs were expected, 4 numbers found",
    ),
    "too few rows promised": (
        GOOD.replace("training_examples=2", "training_examples=1"),
        11,
        "there are 4 rows, the header promises 3",
    ),
    "too many rows promised": (
        GOOD.replace("training_examples=2", "training_examples=3"),
        11,
        "after 4 rows, its header promises 5",
    ),
    "no rows promised": (
        HEADER.replace("=2\nv", "=0\nv").replace("examples=1", "examples=0"),
        7,
        "holds no rows",
    ),
    "letter in a row": (GOOD.replace(" 0.25", " 0.2x"), 9, "'0.2x' is no finite"),
    "comma": (GOOD.replace("0.25", "0,25"), 9, "'0,25' is no finite number"),
    "underscore": (GOOD.replace("0.25", "0_25"), 9, "'0_25' is no finite number"),
    "NaN": (GOOD.replace("0.25", "nan"), 9, "'nan' is no finite number"),
    "infinite": (GOOD.replace("0.25", "inf"), 9, "'inf' is no finite number"),
    "overflow in 32 bits": (GOOD.replace("0.25", "1e39"), 9, "'1e39' is no finite"),
    "overflow": (GOOD.replace("0.25", "1e999"), 9, "'1e999' is no finite number"),
    "two hot outputs": (GOOD.replace("-1 0 1", "-1 1 1"), 9, "outputs 1 1 are not 1"),
    "no hot output": (
        GOOD.replace("-1 0 1", "-1 0 0"),
        9,
        "outputs 0 0 are not 1-of-2",
    ),
    "soft outputs": (GOOD.replace("-1 0 1", "-1 .5 .5"), 9, r"\.5 \.5 are not"),
    "number missing": (GOOD.replace("0.25  -1", "0.25"), 9, "3 numbers found"),
    "number too many": (GOOD.replace("0.25  -1", "0.25 1 -1"), 9, "5 numbers found"),
    "binary": (GOOD.replace("0.25", "\xff\xfe"), 9, "this is not text"),
    "zero bytes": (GOOD.replace("0.25", "\x00\x00"), 9, "is no finite number"),
    "compressed": (b"\x1f\x8b\x08\x00" + b"\x93" * 50, 1, "this is not text"),
    "regression": (
        GOOD.replace("bool_out=2", "bool_out=0").replace("real_out=0", "real_out=2"),
        4,
        "this is a regression problem",
    ),
    "regression, late": (
        "\n\n"
        + GOOD.replace("bool_out=2", "bool_out=0").replace("real_out=0", "real_out=2"),
        6,
        "this is a regression problem",
    ),
    "one output": (GOOD.replace("bool_out=2", "bool_out=1"), 3, "bool_out=1.*1-of-K"),
    "no outputs": (GOOD.replace("bool_out=2", "bool_out=0"), 3, "bool_out=0"),
    "no inputs": (GOOD.replace("real_in=2", "real_in=0"), 2, "there is no input"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_named_with_file_line_and_reason(tmp_path, name):
    content, line, reason = DAMAGED[name]
    with pytest.raises(ValueError, match=rf"odd\.dt, line {line}: .*{reason}"):
        read_dt(write(tmp_path, content))


def test_truncation_anywhere_is_an_error(tmp_path):
    for length in range(len(GOOD) - 1):
        # A cut through the last output's line end is all that does no harm.
        with pytest.raises(ValueError, match=r"odd\.dt, line \d+: "):
            read_dt(write(tmp_path, GOOD[:length]))


def test_any_byte_that_changes_is_an_error_or_another_number(tmp_path):
    stream, good = np.random.default_rng(0), read_dt(write(tmp_path, GOOD))
    refused = 0
    for _ in range(300):
        content = bytearray(GOOD.encode())
        content[stream.integers(len(content))] = stream.integers(256)
        try:
            problem = read_dt(write(tmp_path, bytes(content)))
        except ValueError as error:
            assert re.search(r"odd\.dt, line \d+: ", str(error))
            refused += 1
        else:
            assert problem.inputs.shape == good.inputs.shape
            assert sum(problem.parts) == sum(good.parts)
    assert refused > 200


def test_binary_inputs_are_inputs_as_in_mushroom(tmp_path):
    header = HEADER.replace("bool_in=0", "bool_in=2").replace("real_in=2", "real_in=0")
    problem = read_dt(write(tmp_path, header + "1 0 1 0\n0 1 0 1\n1 1 1 0\n0 0 0 1\n"))
    np.testing.assert_array_equal(problem.inputs, [[1, 0], [0, 1], [1, 1], [0, 0]])
    both = HEADER.replace("bool_in=0", "bool_in=1").replace("real_in=2", "real_in=1")
    problem = read_dt(write(tmp_path, both + ROWS))
    np.testing.assert_array_equal(problem.inputs[0], np.float32([0.5, 1e-3]))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file .*gone.dt"):
        read_dt(tmp_path / "gone.dt")
