import pandas as pd

from recipes import figures


def test_curves_are_png_and_svg_with_a_line_for_each_method(tmp_path):
    rows = [(2, 0.5), (10, 0.7)]
    summary = pd.DataFrame(
        [
            (data, row, method, mean, mean - 0.1, mean + 0.1)
            for data in ("a", "b")
            for row, mean in rows[: 1 + (data == "a")]
            for method in ("real", "mine", "left out")
        ],
        columns=["data", "row", "method", "mean", "low", "high"],
    )
    figures.draw_curves(
        tmp_path / "f1", summary, "rows", methods=("mine", "real"), by="data"
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f1.png", "f1.svg"]
    # Text is drawn as glyphs, whose source stands in comments.
    svg = (tmp_path / "f1.svg").read_text()
    shown = [
        name for name in ("mine", "real", "left out", "a", "b") if f"{name} -->" in svg
    ]
    assert shown == ["mine", "real", "a", "b"]
