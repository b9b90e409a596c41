import pandas as pd
import pytest

from tools import write_readmes
from tools.pages import lists, numbers

LINE = {"difference": 0.0123, "difference_low": 0.001, "difference_high": 0.03}


def test_numbers_have_a_proper_minus_and_holes_are_empty():
    assert numbers.number(-0.01234) == "−0.012"
    assert numbers.number(0.5, "+", digits=1) == "+0.5"
    assert numbers.number(float("nan")) == ""


def test_a_change_is_marked_by_its_interval():
    gain, loss = pd.Series(LINE), -pd.Series(LINE)
    loss = loss.rename(
        {"difference_low": "difference_high", "difference_high": "difference_low"}
    )
    open_ = gain.replace(0.001, -0.001)
    assert numbers.change(gain) == "+0.012 [+0.001, +0.030]"
    assert numbers.marked("a", gain) == "**a**"
    assert numbers.marked("a", loss) == "*a*"
    assert numbers.marked("a", open_) == "a"


def test_a_line_must_be_the_only_one():
    table = pd.DataFrame({"row": [1, 2, 2]})
    assert numbers.at(table, row=1)["row"] == 1
    with pytest.raises(ValueError, match="names 2 lines"):
        numbers.at(table, row=2)


def test_spans_and_p_values():
    assert numbers.span([0.02, -0.01, 0.0]) == "−0.010 to +0.020"
    assert numbers.span([0.001, 0.0011]) == "+0.001"
    assert numbers.p_value(0.0004) == "<0.001"


def test_a_table_by_method_leaves_cells_without_a_run_empty():
    lines = [
        {"row": 2, "method": "real", "mean": 0.5, "deck": 0.6},
        {"row": 2, "method": "new", "mean": 0.6, **LINE},
        {"row": 5, "method": "real", "mean": 0.7, "deck": 0.8},
    ]
    shown = numbers.by_method(
        pd.DataFrame(lines), ("row", "per class"), ["real", "new"]
    )
    assert shown.splitlines()[2:] == [
        "| 2 | 0.500 (0.600) | **0.600** |",
        "| 5 | 0.700 (0.800) |  |",
    ]


def test_commands_of_a_docstring_keep_what_is_said_of_them():
    text = "What.\n\n    python -m recipes.x     # 3 min\n    python -m recipes.x -a\n"
    found = lists.commands(text)
    assert found == [["python -m recipes.x", "3 min"], ["python -m recipes.x -a", ""]]


def test_only_the_block_of_a_page_is_replaced():
    page = "# A\n\n<!-- generated: list -->\nold\n<!-- end -->\n\nrest\n"
    new = write_readmes.with_blocks(page, {"list": lambda: "| new |\n"})
    assert "old" not in new
    assert new.startswith("# A\n") and new.endswith("<!-- end -->\n\nrest\n")
    assert write_readmes.with_blocks(new, {"list": lambda: "| new |\n"}) == new
    with pytest.raises(ValueError, match="no block"):
        write_readmes.with_blocks(page, {"other": str})


def test_paragraphs_are_wrapped_and_tables_are_not():
    words, table = " ".join(["word"] * 40), "| " + " | ".join("abcdefgh" * 12) + " |"
    wrapped = write_readmes.reflow(f"# T\n\n{words}\n\n{table}\n")
    assert table in wrapped
    assert max(len(line) for line in wrapped.replace(table, "").splitlines()) <= 88


@pytest.mark.parametrize(
    ("title", "name"),
    [("`auto` on tables", "auto-on-tables"), ("The deck's claims", "the-decks-claims")],
)
def test_headings_have_the_names_that_links_use(title, name):
    assert write_readmes.anchor(title) == name
