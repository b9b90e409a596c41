"""Draws, what is said of them, and their files."""

import io

import pandas as pd
import pytest
from PIL import Image

from kvae.explorer.page.drawing import Drawing
from tests.explorer.page.test_moving import expect

ASKED = {"sampler": "noise", "alpha": 0.25, "seed": 0, "label": 1}


def test_says_how_many_are_accepted(squares):
    made, said, asked = Drawing(squares).draw(1, count=20, **ASKED)
    assert "accepts 10, 50%" in said
    assert asked == ["noise", 0.25, 20, 0, 1]
    assert made is not None


def test_what_is_saved_is_what_is_shown(squares):
    drawing = Drawing(squares)
    _, _, asked = drawing.draw(1, count=150, **ASKED)
    content = drawing.save_table(1, asked)["content"]
    table = pd.read_csv(io.StringIO(content))
    assert len(table) == 150
    assert table["kvae_accepted"].sum() == 75
    expected = squares.draw("noise", 0.25, 150, 0, 1).rows["third"]
    assert table["third"].to_numpy() == pytest.approx(expected.to_numpy())


def test_bad_numbers_and_refusals_are_sentences(squares):
    drawing = Drawing(squares)
    assert "Thirteen rows" in drawing.draw(1, count=13, **ASKED)[1]
    assert "Rows expects" in drawing.draw(1, count=None, **ASKED)[1]
    assert "α expects" in drawing.draw(1, count=2, **{**ASKED, "alpha": None})[1]


def test_a_sampler_without_alpha_is_offered_none(squares):
    drawing = Drawing(squares)
    assert drawing.offer_alpha("noise") == (0.25, False)
    assert drawing.offer_alpha("posterior") == (None, True)


@pytest.mark.browser
def test_draws_can_be_downloaded(open_explorer, digits_url):
    page = open_explorer(digits_url)
    page.select_option("#sampler", "noise")
    expect(page.locator("#alpha")).to_have_value("0.25")
    page.fill("#count", "12")
    page.click("#draw")
    page.wait_for_selector("#gallery img >> nth=11")
    assert "generative classifier accepts" in page.locator("#draw-text").inner_text()
    with page.expect_download() as waiting:
        page.click("#save-draws")
    table = pd.read_csv(waiting.value.path())
    assert len(table) == 12
    assert set(table["kvae_sampler"]) == {"noise"}
    with page.expect_download() as waiting:
        page.click("#save-sheet")
    assert waiting.value.suggested_filename == "draws.png"
    assert Image.open(waiting.value.path()).format == "PNG"
    assert page.problems == []
