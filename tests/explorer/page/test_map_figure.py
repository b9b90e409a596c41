"""The points of the map."""

import numpy as np

from kvae.explorer.page.map_figure import map_figure, mark


def test_every_point_is_drawn_once():
    places = np.random.default_rng(0).random((30, 2))
    label = np.arange(30) % 4 - 1
    known = np.arange(30) % 2 == 0
    figure = map_figure(places, label, ("a", "b", "c"), known, [""] * 30)
    drawn = np.concatenate([np.column_stack([t.x, t.y]) for t in figure.data])
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, places))
    sizes = {trace.marker.size for trace in figure.data}
    assert len(sizes) == 2
    assert figure.layout.xaxis.range == (0, 1)


def test_a_name_that_looks_like_code_is_text():
    texts = ["row 0: <script>alert(1)</script>"]
    figure = map_figure(
        np.zeros((1, 2)), np.array([0]), ("<b>",), np.array([False]), texts
    )
    assert figure.data[0].text == ("row 0: &lt;script&gt;alert(1)&lt;/script&gt;",)


def test_twenty_classes_can_be_told_apart():
    marks = [mark(label)[:2] for label in range(-1, 20)]
    assert len(set(marks)) == 21
