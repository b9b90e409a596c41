import hypothesis
import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest

from kvae.data.attributes import from_frame, infer, to_frame
from kvae.schema import Attribute

COLUMNS = {
    "number": st.floats(-(2.0**24), 2.0**24, width=32, allow_subnormal=False),
    "word": st.sampled_from(["a", "b", "c", "ä ö"]),
    "answer": st.sampled_from(["yes", "no"]),
    "flag": st.booleans(),
}


@st.composite
def frames(draw):
    num_rows = draw(st.integers(1, 8))
    columns = {}
    for name, values in COLUMNS.items():
        column = draw(st.lists(values, min_size=num_rows, max_size=num_rows))
        holes = draw(st.lists(st.booleans(), min_size=num_rows, max_size=num_rows))
        holes[0] = False
        columns[name] = [
            None if hole else value for value, hole in zip(column, holes, strict=True)
        ]
    return pd.DataFrame(columns)


@hypothesis.given(frames())
@hypothesis.settings(max_examples=100, deadline=None)
def test_back_and_forth_gives_the_same_frame(frame):
    schema = infer(frame)
    back = to_frame(from_frame(frame, schema), schema)
    for name in frame:
        hole = frame[name].isna()
        np.testing.assert_array_equal(back[name].isna(), hole)
        assert back[name][~hole].tolist() == frame[name][~hole].tolist()


def test_inputs_between_levels_are_read_as_the_nearest():
    schema = (Attribute("colour", "nominal", (0, 3), levels=("r", "g", "b")),)
    x = np.array([[0.9, 0.4, 0.3], [0.2, 0.1, 0.3]])
    assert to_frame(x, schema)["colour"].tolist() == ["r", "b"]


def test_a_constant_column_and_a_constant_category_work():
    frame = pd.DataFrame({"one": [1, 1], "same": ["x", "x"]})
    schema = infer(frame)
    x = from_frame(frame, schema)
    np.testing.assert_array_equal(x, [[1, 1], [1, 1]])
    assert to_frame(x, schema)["same"].tolist() == ["x", "x"]


def test_numbers_of_zero_and_one_are_binary():
    (attribute,) = infer(pd.DataFrame({"n": [0, 1, 1]}))
    assert (attribute.kind, attribute.levels) == ("binary", None)


def test_empty_tables_are_refused():
    with pytest.raises(ValueError, match="at least one row and one column"):
        infer(pd.DataFrame())


def test_absent_columns_and_words_for_numbers_are_named():
    schema = infer(pd.DataFrame({"n": [0.5, 2.0]}))
    with pytest.raises(ValueError, match=r"Absent: \['n'\]"):
        from_frame(pd.DataFrame({"m": [1]}), schema)
    with pytest.raises(ValueError, match="'n' expects numbers.*'many'"):
        from_frame(pd.DataFrame({"n": ["many"]}), schema)


def test_inputs_of_another_width_are_refused():
    schema = infer(pd.DataFrame({"n": [0.5, 2.0]}))
    with pytest.raises(ValueError, match=r"\(None, 1\).*shape=\(2, 3\)"):
        to_frame(np.zeros((2, 3)), schema)
