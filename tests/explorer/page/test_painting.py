"""Labels: painted, spread, doubted, saved; in a browser."""

import pandas as pd
import pytest

from kvae.explorer.atlas import Atlas
from tests.explorer.page.test_moving import expect, in_map

pytestmark = pytest.mark.browser


def said(page, words):
    expect(page.locator("#spread-text")).to_contain_text(words)


def test_labels_are_painted_spread_doubted_and_saved(
    open_explorer, squares_url, squares
):
    places = Atlas(squares).places(0)
    page = open_explorer(squares_url)
    said(page, "6 of 60 rows have a label")
    page.click("#hidden")
    said(page, "0 of 60 rows have a label")
    page.select_option("#brush", "0")
    in_map(page, *places[3])
    said(page, "1 of 60 rows have a label, 1 of them painted")
    page.select_option("#brush", "1")
    in_map(page, *places[44])
    said(page, "2 of 60 rows have a label, 2 of them painted")
    page.click("#spread")
    said(page, "Of 6 given labels put aside, 100.0% are met")
    expect(page.locator("#legend")).to_contain_text("(30)")
    expect(page.locator("#legend")).not_to_contain_text("no label")
    page.locator(".doubt").first.click()
    # A doubtful row gets the label that is in hand, and labels spread anew.
    said(page, "3 of 60 rows have a label, 3 of them painted")
    with page.expect_download() as waiting:
        page.click("#save-labels")
    table = pd.read_csv(waiting.value.path(), keep_default_na=False)
    assert len(table) == 60
    assert table["third"].to_numpy() == pytest.approx(squares.z[:, 2])
    assert table["kvae_origin"].value_counts().to_dict() == {"spread": 57, "painted": 3}
    assert table[squares.target][3] == squares.classes[0]
    assert table[squares.target][44] == squares.classes[1]
    page.click("#undo")
    said(page, "2 of 60 rows")
    assert page.problems == []


def test_looking_paints_nothing(open_explorer, squares_url, squares):
    page = open_explorer(squares_url)
    in_map(page, *Atlas(squares).places(0)[7])
    expect(page.locator("#here-text")).to_contain_text("Row 7;")
    page.wait_for_load_state("networkidle")
    assert "painted" not in page.locator("#spread-text").inner_text()


def test_doubtful_images_are_shown(open_explorer, digits_url):
    page = open_explorer(digits_url)
    page.click("#spread")
    page.wait_for_selector(".doubt img")
    assert page.locator(".doubt").count() == 8
    row = page.locator(".doubt span").first.inner_text().removeprefix("row ")
    page.locator(".doubt").first.click()
    expect(page.locator("#here-text")).to_contain_text(f"Row {row};")
    assert page.problems == []
