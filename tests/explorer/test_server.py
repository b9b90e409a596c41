"""The server of the page."""

import socket
import urllib.error
import urllib.request

import pytest

from kvae.explorer.server import listen
from tests.explorer.conftest import served


def get(url, **headers):
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


def test_serves_the_page_without_a_word_and_ends(squares, capfd):
    with served(squares) as url:
        status, text, headers = get(url)
        assert status == 200
        assert "kvae explorer" in text
        assert headers["Server"] == "kvae"
    assert capfd.readouterr() == ("", "")
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url, timeout=2)


def test_asks_for_a_token_where_a_network_could_reach_it(squares):
    with served(squares, "0.0.0.0") as url:
        port = url.partition("?")[0].rstrip("/").rpartition(":")[2]
        here = f"http://127.0.0.1:{port}/"
        assert get(here)[0] == 403
        assert get(here + "_dash-layout")[0] == 403
        assert get(here + "?token=wrong")[0] == 403


def test_refuses_foreign_pages(squares_url):
    assert get(squares_url, Origin="http://evil.example")[0] == 403
    assert get(squares_url, Host="evil.example")[0] == 403


def test_a_port_that_is_taken_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = f"port {port}: Address already in use. Choose another --port"
        with pytest.raises(ValueError, match=sentence):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port"), [("192.0.2.1", 0), ("no.such.name.invalid", 0), ("", 99999)]
)
def test_what_cannot_be_listened_on_is_one_sentence(host, port):
    with pytest.raises(ValueError, match="kvae explore cannot listen on"):
        listen(host, port)
