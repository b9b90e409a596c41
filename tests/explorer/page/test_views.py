"""Rows as parts of the page."""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
from hypothesis import given

from kvae.explorer.page.views import by_column, cell, gallery, pair, strip
from kvae.explorer.world import Drawn

TEXTS = st.text(max_size=20) | st.sampled_from(
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;", "javascript:"]
)
# What React takes for text, if it is their only child.
SHOWS_TEXT = ("Th", "Td", "Figcaption")
HARMLESS = {"Div", "Table", "Thead", "Tbody", "Tr", "Th", "Td", "str"}


def parts(component):
    """Yields a component and all within."""
    yield component
    children = getattr(component, "children", None)
    for child in children if isinstance(children, list | tuple) else [children]:
        if child is not None:
            yield from parts(child)


def texts(component):
    return [
        part.children
        for part in parts(component)
        if type(part).__name__ in SHOWS_TEXT and part.children is not None
    ]


def names_of(component):
    return {type(part).__name__ for part in parts(component)}


@given(st.lists(TEXTS, min_size=1, max_size=4, unique=True), TEXTS, st.data())
def test_names_and_cells_of_any_text_are_texts(columns, label, data):
    cells = [data.draw(TEXTS) for _ in columns]
    frame = pd.DataFrame([cells], columns=columns)
    table = by_column([frame], ["decoded"], "caption")
    shown = texts(table)
    assert shown[2:] == [
        text for pair in zip(columns, cells, strict=True) for text in pair
    ]
    drawn = Drawn(frame, [label], None, None, pd.DataFrame(index=[0]))
    rows = gallery(drawn, target="class")
    assert texts(rows) == ["class", *columns, label, *cells]
    for made in (table, rows):
        assert names_of(made) <= {
            "Div",
            "Table",
            "Thead",
            "Tbody",
            "Tr",
            "Th",
            "Td",
            "str",
        }


def test_a_hole_is_empty_and_numbers_are_short():
    holes = (None, np.nan, pd.NA, pd.NaT)
    assert [cell(value) for value in holes] == [""] * 4
    assert cell(np.float32(0.1)) == "0.1"
    assert cell(1234567) == "1234567"
    assert cell(pd.Timestamp("2024-02-01")) == "2024-02-01"
    assert cell(True) == "True"


def test_images_stand_beside_each_other_with_names():
    image = np.zeros((1, 4, 4, 1))
    alone, both = pair(image, None, ["here"]), pair(image, image, ["here", "row 3"])
    assert [len(alone), len(both)] == [1, 2]
    assert [part.alt for part in parts(both[1]) if type(part).__name__ == "Img"] == [
        "row 3"
    ]


def test_a_strip_has_a_part_for_each_step():
    images = strip(np.zeros((3, 4, 4, 1)), ["A", "50%", "B"])
    assert [figure.children[1].children for figure in images.children] == [
        "A",
        "50%",
        "B",
    ]
    frame = pd.DataFrame({"n": [1.0, 1.5, 2.0]})
    table = strip(frame, ["A", "50%", "B"])
    assert texts(table) == ["column", "A", "50%", "B", "n", "1", "1.5", "2"]


def test_refused_draws_are_marked():
    accepted = np.array([True, False])
    frame = pd.DataFrame({"n": [1, 2]})
    table = gallery(Drawn(frame, ["a", "b"], accepted, None, pd.DataFrame()), "kind")
    assert texts(table)[-3:] == ["b", "2", "refused"]
    images = np.zeros((2, 2, 2, 1))
    made = gallery(Drawn(images, ["a", "b"], accepted, None, pd.DataFrame()), "kind")
    assert [figure.className for figure in made.children] == ["accepted", "refused"]
