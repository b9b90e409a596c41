import os

import hypothesis
import hypothesis.strategies as st
import pytest

from kvae.report.page import Page

WIDTHS = (375, 1440)
EVIL = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>",
    "{{ 7 * 7 }}",
    "a.b[0]['c']",
]


@pytest.fixture
def written(make_page, tmp_path):
    return make_page().write(tmp_path / "page.html")


def test_a_page_is_one_file_below_5_mib_that_names_no_address(written):
    assert written.stat().st_size < 5 * 2**20
    assert os.listdir(written.parent) == ["page.html"]
    assert "<link rel=" not in written.read_text().replace('<link rel="icon"', "")


def test_scripts_are_there_only_where_they_are_used():
    assert len(Page("title", "answer").html()) < 20_000


def test_an_older_page_stays_until_the_new_one_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    path.write_text("old")

    def interrupted(page):
        raise KeyboardInterrupt

    monkeypatch.setattr(Page, "html", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Page("title", "answer").write(path)
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["page.html"]


@hypothesis.given(st.text(max_size=30), st.sampled_from(EVIL))
@hypothesis.settings(max_examples=15, deadline=None)
def test_no_text_becomes_html(make_page, text, evil):
    html = make_page(text + evil).html()
    for tag in ("<script>alert", "<img src=x", "<svg/onload"):
        assert tag not in html
    assert "{{ 7 * 7 }}" in html or "{{" not in evil


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_is_accessible_and_asks_for_nothing(
    written, open_page, barriers, width, dark
):
    page = open_page(written.as_uri(), width=width, dark=dark)
    page.wait_for_selector("body[data-ready]")
    assert page.problems == []
    assert [u for u in page.asked_for if not u.startswith(("file:", "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(page) == []
    assert page.locator(".vega svg").count() == 6  # the folded one is not yet drawn
    page.locator("summary").click()
    page.wait_for_function("document.querySelectorAll('.vega svg').length === 7")


@pytest.mark.browser
def test_rows_are_sorted_searched_and_paged(written, open_page):
    page = open_page(written.as_uri())
    page.wait_for_selector("body[data-ready]")
    numbers = "table.dataTable tbody tr td:nth-child(3)"
    shown = [float(text) for text in page.locator(numbers).all_inner_texts()]
    assert len(shown) == 10 and shown == sorted(shown, reverse=True)
    heading = page.get_by_role("button", name="number")
    heading.focus()
    for _ in range(3):  # descending, as it was, ascending
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)  # it is sorted a little later
        if page.locator("th[aria-sort=ascending]").count():
            break
    again = [float(text) for text in page.locator(numbers).all_inner_texts()]
    assert again == sorted(again)
    page.get_by_role("searchbox").fill("other")
    words = page.locator("table.dataTable tbody tr td:nth-child(2)").all_inner_texts()
    assert set(words) == {"other"}


@pytest.mark.browser
@pytest.mark.parametrize("evil", EVIL)
def test_evil_texts_show_as_texts(make_page, tmp_path, open_page, evil):
    path = make_page(evil).write(tmp_path / "page.html")
    page = open_page(path.as_uri())
    said = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.wait_for_selector("body[data-ready]")
    assert page.problems == [] and said == []
    assert page.locator("h1").inner_text() == evil
    assert evil in page.locator("table.dataTable thead").inner_text()
    mark = page.locator("#chart-5 svg .mark-symbol path").first
    mark.hover(force=True)
    page.wait_for_selector("#vg-tooltip-element.visible")
    assert evil in page.locator("#vg-tooltip-element").inner_text()
    assert page.locator("#vg-tooltip-element img").count() == 1
    assert page.problems == [] and said == []


@pytest.mark.browser
def test_what_is_folded_is_printed(written, open_page, tmp_path):
    page = open_page(written.as_uri())
    page.wait_for_selector("body[data-ready]")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details[open]").count() == 1
    page.pdf(path=tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").stat().st_size > 10_000
