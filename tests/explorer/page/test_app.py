"""The page as a whole: nothing foreign, no barriers, no code from names."""

import urllib.parse

import pytest

from tests.explorer.conftest import NASTY, SCRIPT, served

pytestmark = pytest.mark.browser
PLACES = [
    (kind, width, dark)
    for kind in ("squares_url", "digits_url")
    for width in (375, 1440)
    for dark in (False, True)
]


@pytest.mark.parametrize(
    ("kind", "width", "dark"), [*PLACES, ("pictures_url", 375, True)]
)
def test_has_no_barriers_and_fits(request, open_explorer, barriers, kind, width, dark):
    page = open_explorer(request.getfixturevalue(kind), width=width, dark=dark)
    page.click("#draw")
    page.wait_for_selector("#gallery img, #gallery table")
    if page.locator("#spread").count():
        page.click("#spread")
        page.wait_for_selector(".doubt")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.problems == []


def test_loads_from_its_own_address_alone(open_explorer, digits_url):
    page = open_explorer(digits_url)
    own = urllib.parse.urlsplit(digits_url).netloc
    asked = [urllib.parse.urlsplit(address) for address in page.asked_for]
    assert {part.netloc for part in asked if part.scheme != "data"} == {own}


def test_names_and_cells_that_look_like_code_are_text(open_explorer, squares_url):
    page = open_explorer(squares_url)
    page.on("dialog", lambda dialog: page.problems.append(dialog.message))
    page.click("#draw")
    page.wait_for_selector("#gallery table")
    page.click("#spread")
    page.wait_for_selector(".doubt")
    text = page.locator("body").inner_text()
    for nasty in NASTY:
        assert nasty in text
    assert page.locator("img[src='x']").count() == 0
    assert page.locator("main script").count() == 0
    assert page.locator("th", has_text=SCRIPT).count() > 0
    assert page.problems == []


def test_a_token_opens_the_page_of_a_network_once(open_page, squares):
    with served(squares, "0.0.0.0") as url:
        port = url.partition("/?")[0].rpartition(":")[2]
        here = f"http://127.0.0.1:{port}/"
        page = open_page(here)
        assert "A token is needed" in page.locator("body").inner_text()
        page.goto(here + "?token=wrong")
        assert "The token is wrong" in page.locator("body").inner_text()
        page.goto(here + "?token=" + url.partition("token=")[2])
        page.wait_for_selector("#view table")
        assert page.url == here  # without the token
        page.reload()
        page.wait_for_selector("#view table")


def test_a_foreign_page_cannot_ask(open_page, squares_url, pictures_url):
    foreign = pictures_url.replace("127.0.0.1", "localhost")  # another origin
    page = open_page(foreign)
    answers = page.evaluate(
        """async (url) => {
          const asked = ["_dash-layout", "_dash-update-component"];
          const options = [{}, {method: "POST", body: "{}"}];
          return Promise.all(asked.map((name, i) =>
            fetch(url + name, options[i]).then(a => a.status, () => "refused")));
        }""",
        squares_url,
    )
    assert answers == ["refused", "refused"]
