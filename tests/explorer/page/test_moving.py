"""Moves in the map and by sliders, in a browser."""

import re

import pytest

from kvae.explorer.atlas import Atlas

pytestmark = pytest.mark.browser


def expect(locator):
    from playwright.sync_api import expect

    return expect(locator)


def in_map(page, x, y):
    """Clicks at fractions of the map, from the lower left corner."""
    box = page.locator("#frame").bounding_box()
    place = box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"]
    page.mouse.click(*place)


def test_a_slider_changes_the_image(open_explorer, digits_url):
    page = open_explorer(digits_url)
    before = page.locator("#view img").first.get_attribute("src")
    slider = page.locator("section.here input[type=range]").first
    slider.focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#view img").first).not_to_have_attribute("src", before)
    assert "the nearest" in page.locator("#view").inner_text()
    assert page.problems == []


def test_a_click_on_a_row_shows_the_row_and_beside_it_a_place(
    open_explorer, squares_url, squares
):
    page = open_explorer(squares_url)
    in_map(page, *Atlas(squares).places(0)[42])
    expect(page.locator("#view")).to_contain_text("row 42, real")
    expect(page.locator("#here-text")).to_contain_text("Row 42;")
    in_map(page, 0.5, 0.95)
    expect(page.locator("#view")).to_contain_text("the nearest")
    pin = page.locator("#pin").evaluate("pin => [pin.style.left, pin.style.bottom]")
    assert [float(end.rstrip("%")) for end in pin] == pytest.approx([50, 95], abs=1)


def test_a_click_moves_the_sliders(open_explorer, squares_url):
    page = open_explorer(squares_url)
    slider = page.locator("section.here input[type=range]").first
    before = slider.input_value()
    in_map(page, 0.5, 0.5)
    expect(slider).not_to_have_value(before)


def test_keys_move_the_point_and_go_to_the_nearest_row(open_explorer, squares_url):
    page = open_explorer(squares_url)
    page.locator("#frame").focus()
    before = page.locator("#pin").get_attribute("style")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#pin")).not_to_have_attribute("style", before)
    expect(page.locator("#view")).to_contain_text("near")
    page.keyboard.press("Enter")
    expect(page.locator("#view")).to_contain_text("real")


def test_a_drag_follows_the_pointer(open_explorer, squares_url):
    page = open_explorer(squares_url)
    box = page.locator("#frame").bounding_box()
    at = [(box["x"] + f * box["width"], box["y"] + 40) for f in (0.2, 0.5, 0.8)]
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1], steps=5)
    page.mouse.move(*at[2], steps=5)
    page.mouse.up()
    expect(page.locator("#pin")).to_have_attribute("style", re.compile("left: 80"))


def test_the_number_of_a_row_leads_to_it(open_explorer, squares_url):
    page = open_explorer(squares_url)
    page.fill("#row", "37")
    page.keyboard.press("Enter")
    expect(page.locator("#here-text")).to_contain_text("Row 37")


def test_two_examples_have_a_strip_between_them(open_explorer, digits_url):
    page = open_explorer(digits_url)
    images = page.locator("#strip img")
    assert images.count() == 9
    before = images.nth(8).get_attribute("src")
    page.fill("#row", "50")
    page.keyboard.press("Enter")
    expect(page.locator("#here-text")).to_contain_text("Row 50")
    page.click("#end")
    expect(images.nth(8)).not_to_have_attribute("src", before)
    assert page.problems == []


def test_each_class_has_its_own_map(open_explorer, pictures_url):
    page = open_explorer(pictures_url)
    assert "(30)" in page.locator("#legend").inner_text()
    first = page.locator("#legend").inner_text()
    page.select_option("#space", "1")
    expect(page.locator("#legend")).not_to_have_text(first)
    expect(page.locator("#here-text")).to_contain_text("Row 30")
