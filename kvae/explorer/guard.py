"""Who may talk to the page: this machine, its own page, or whoever has the token."""

import hmac
import ipaddress
import re
import secrets

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def is_loopback(host):
    """Returns whether an address to listen on is reached from this machine alone.

    Example:
        >>> is_loopback("localhost"), is_loopback("127.0.0.9"), is_loopback("0.0.0.0")
        (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """Lets requests in, or says why not.

    Where it listens on the loopback, a page elsewhere may still send the browser here,
    under a name of its own that it lets point to this machine (DNS rebinding): the
    name in the request is looked at. A POST that another page sends carries that
    page's origin. Where it listens to a network, it asks for a token.

    Args:
        host: str, the address it listens on.
        port: int; a part of the cookie's name, since cookies know no ports.
        token: str, or None to make one up where it is needed.

    Attributes:
        token: str; None where none is needed.
        cookie: str, name of the cookie that stands for the token afterwards.

    Example:
        >>> guard = Guard("127.0.0.1", 8050)
        >>> guard.refusal("localhost:8050", origin="http://evil.example")
        'This page takes requests from itself alone. Received: http://evil.example.'
    """

    def __init__(self, host, port, token=None):
        self._names = {*LOOPBACK, host, f"[{host}]"} if is_loopback(host) else None
        needed = self._names is None
        self.token = token or secrets.token_urlsafe(24) if needed else None
        self.cookie = f"kvae_explorer_{port}"
        self._session = secrets.token_urlsafe(24)

    def refusal(self, host, origin=None):
        """Returns why a request is refused; None where it is not.

        Args:
            host: str, the header Host.
            origin: str, the header Origin, or None.
        """
        name = re.sub(r":\d*$", "", host)
        if self._names is not None and name not in self._names:
            return (
                "This page answers to the names of this machine alone, such as "
                f"localhost. Received: {host[:100]}."
            )
        if origin is not None and origin.partition("://")[2] != host:
            return (
                f"This page takes requests from itself alone. Received: {origin[:100]}."
            )
        return None

    def knows(self, token):
        """Returns whether a token is the right one, in constant time."""
        return _same(token, self.token)

    def let_in(self, cookie):
        """Returns whether a request may come in without a token in its address."""
        return self.token is None or _same(cookie, self._session)

    def watch(self, server, scripts=()):
        """Makes a Flask server ask this guard about each request.

        Args:
            server: flask.Flask.
            scripts: strings, hashes of the inline scripts that the page may run.
        """
        import flask

        policy = (
            "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
            "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
            f"frame-ancestors 'none'; script-src {' '.join(['self', *scripts])}"
        ).replace("script-src self", "script-src 'self'")

        @server.before_request
        def ask():
            request = flask.request
            refused = self.refusal(
                request.headers.get("Host", ""), request.headers.get("Origin")
            )
            if refused:
                return _plain(flask, refused)
            given = request.args.get("token")
            if self.token and given is not None:
                if not self.knows(given):
                    return _plain(flask, "The token is wrong. Copy the whole address.")
                answer = flask.redirect("/")  # out of the address and the history
                answer.set_cookie(
                    self.cookie, self._session, httponly=True, samesite="Strict"
                )
                return answer
            if not self.let_in(request.cookies.get(self.cookie)):
                return _plain(
                    flask, "A token is needed: open the address that was printed."
                )
            return None

        @server.after_request
        def harden(answer):
            answer.headers.update(HEADERS)
            answer.headers["Content-Security-Policy"] = policy
            return answer


def _same(given, expected):
    if given is None or expected is None:
        return False
    return hmac.compare_digest(given.encode(), expected.encode())


def _plain(flask, text):
    return flask.Response(text + "\n", 403, mimetype="text/plain")
