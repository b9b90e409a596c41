import pandas as pd
import pytest

from kvae.cli.holes import (
    MARKERS,
    empty_cells,
    marked_cells,
    spellings_of,
    without_words,
)


@pytest.mark.parametrize("marker", MARKERS)
def test_markers_are_known_in_any_case_and_among_blanks(marker):
    texts = pd.Series([marker, f"  {marker.upper()} ", marker.title(), "5", None])
    assert marked_cells(texts).tolist() == [True, True, True, False, False]


def test_empty_cells_and_those_given_are_holes_in_words():
    texts = pd.Series(["", "  ", None, "NA", " unknown"])
    assert empty_cells(texts).tolist() == [True, True, True, False, False]
    assert empty_cells(texts, ["unknown "]).tolist() == [True] * 3 + [False, True]


def test_the_commonest_spelling_comes_first():
    texts = pd.Series(["NA", "?", " ?", "", "5"])
    assert spellings_of(texts, pd.Series([True] * 4 + [False])) == ["?", "NA"]


def test_other_words_among_numbers_stay():
    column = pd.Series([1, "?", "red"], dtype=object)
    assert without_words(column)[0].tolist() == [1, "?", "red"]
    assert not without_words(column)[1].any()
