"""A small server for the page, on this machine unless told otherwise."""

import contextlib
import os
import socket
import threading
import webbrowser

from kvae.explorer.guard import Guard

LOOPBACK = "127.0.0.1"
EVERYWHERE = ("0.0.0.0", "::")


def listen(host=LOOPBACK, port=0):
    """Returns a socket that listens; asked for early, before a model is opened.

    Args:
        host: str, an address of this machine.
        port: int; 0 takes a free one.

    Raises:
        ValueError: where the port is taken, or the address is none of this machine.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if number and number > 0 else error
        raise ValueError(
            f"kvae explore cannot listen on {host}, port {port}: {reason}. Choose "
            "another --port, or --port 0 for a free one."
        ) from error


class Server:
    """The page of a world, ready to be served.

    Args:
        world: World.
        listening: socket, from `listen`.
        host: str, the address that it listens on.

    Attributes:
        guard: Guard.
        url: str, to open; with the token, where one is needed.

    Raises:
        ImportError: without the extra `explore`.
    """

    def __init__(self, world, listening, host=LOOPBACK):
        from kvae.explorer.page.app import make_app  # says which extra it needs

        port = listening.getsockname()[1]
        self.guard = guard = Guard(host, port)
        app = make_app(world)
        guard.watch(app.server, app.csp_hashes())
        self._server = _threaded(host, port, app.server, listening)
        shown = socket.gethostname() if host in EVERYWHERE else host
        shown = f"[{shown}]" if ":" in shown else shown
        token = f"?token={guard.token}" if guard.token else ""
        self.url = f"http://{shown}:{port}/{token}"

    def run(self, browser=False):
        """Serves until it is interrupted, quietly.

        Args:
            browser: bool, whether the page is opened in the user's browser.
        """
        if browser:
            threading.Timer(0.3, webbrowser.open, [self.url]).start()
        with contextlib.suppress(KeyboardInterrupt):
            self._server.serve_forever()
        self._server.server_close()

    def stop(self):
        """Ends `run` in another thread."""
        self._server.shutdown()


def _threaded(host, port, app, listening):
    from werkzeug import serving

    class Quiet(serving.WSGIRequestHandler):
        """Answers without a line in the terminal."""

        def log_request(self, code="-", size="-"):
            pass

        def version_string(self):
            return "kvae"

    # It gets an open socket: werkzeug itself would end the process if it were taken.
    options = {"threaded": True, "request_handler": Quiet, "fd": listening.fileno()}
    with listening:  # werkzeug makes a copy of it
        return serving.make_server(host, port, app, **options)
