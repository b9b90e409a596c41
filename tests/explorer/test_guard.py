"""Who is let in."""

import flask
import pytest

from kvae.explorer.guard import Guard, is_loopback


def client(guard, scripts=()):
    server = flask.Flask(__name__)
    server.route("/", methods=["GET", "POST"])(lambda: "the page")
    guard.watch(server, scripts)
    return server.test_client()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_this_machine_is_a_loopback(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.org", ""])
def test_others_are_none(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "name", ["localhost:8050", "127.0.0.1:8050", "[::1]:8050", "localhost"]
)
def test_names_of_this_machine_need_no_token(name):
    guard = Guard("127.0.0.1", 8050)
    assert guard.token is None
    assert client(guard).get("/", headers={"Host": name}).status_code == 200


@pytest.mark.parametrize(
    "name", ["evil.example:8050", "localhost.evil.example", "127.0.0.1.evil.example"]
)
def test_a_name_that_was_made_to_point_here_is_refused(name):
    answer = client(Guard("127.0.0.1", 8050)).get("/", headers={"Host": name})
    assert answer.status_code == 403
    assert "names of this machine" in answer.text


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:9999", "http://x:8050"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_foreign_origin_is_refused(origin, method):
    headers = {"Host": "localhost:8050", "Origin": origin}
    answer = getattr(client(Guard("127.0.0.1", 8050)), method)("/", headers=headers)
    assert answer.status_code == 403
    assert "from itself alone" in answer.text


def test_the_own_origin_is_let_in():
    headers = {"Host": "localhost:8050", "Origin": "http://localhost:8050"}
    answer = client(Guard("127.0.0.1", 8050)).post("/", headers=headers)
    assert answer.status_code == 200


def test_a_network_needs_the_token_once_then_the_cookie():
    guard = Guard("0.0.0.0", 8050)
    asking = client(guard)
    assert asking.get("/").status_code == 403
    assert asking.post("/").status_code == 403
    answer = asking.get(f"/?token={guard.token}")
    assert (answer.status_code, answer.location) == (302, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert guard.token not in cookie
    assert asking.get("/").status_code == 200
    assert asking.post("/").status_code == 200


@pytest.mark.parametrize("token", ["", "wrong", "ä"])
def test_a_wrong_token_is_refused(token):
    guard = Guard("0.0.0.0", 8050)
    asking = client(guard)
    answer = asking.get("/", query_string={"token": token})
    assert answer.status_code == 403
    assert asking.get("/").status_code == 403
    asking.set_cookie(guard.cookie, token)
    assert asking.get("/").status_code == 403


def test_tokens_differ_and_are_long():
    tokens = {Guard("0.0.0.0", 8050).token for _ in range(10)}
    assert len(tokens) == 10
    assert min(map(len, tokens)) >= 32


def test_every_answer_says_what_a_browser_may_do():
    asking = client(Guard("127.0.0.1", 8050), scripts=["'sha256-abc'"])
    for name in ("localhost", "evil.example"):
        headers = asking.get("/", headers={"Host": name}).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self' 'sha256-abc'" in policy
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
