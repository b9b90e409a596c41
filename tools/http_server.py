"""waitress, with an answer for every request: what is refused is told why, in JSON.

What waitress leaves to its user is added here: a bounded queue (429), an end to
requests that never end (408), and a close that waits until the other side has read the
answer. Needs the extra `serve`.

waitress, because a thread sees a request only when it is whole, and sizes have limits:
cheroot gives a thread to each sender, slow ones too, and uvicorn knows no limit of a
body and no time-out for it. It is one package of pure Python, without dependencies.
"""

import collections
import json
import logging
import socket
import time
from http import HTTPStatus

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher

from kvae.serving.wire import shortened

_LINGER = 5.0  # seconds that a refused sender has to read the answer
_HEADER_BYTES = 2**14
_CONNECTIONS = 4096  # more wait in the system's own queue

# What waitress refuses is what it calls an error: with code, reason and body.
Refusal = collections.namedtuple("Refusal", ["code", "reason", "body"])


def refusal(code, sentence):
    """Returns what stands for a request that is refused with this status."""
    return Refusal(code, HTTPStatus(code).phrase, sentence)


class _Parser(HTTPRequestParser):
    """A request on its way in; knows when it began."""

    path = ""  # of requests that end before their first line is read

    def __init__(self, adj):
        super().__init__(adj)
        self.began = time.monotonic()

    def received(self, data):
        try:
            consumed = super().received(data)
        except ValueError as error:  # a length of 5,000 digits, half an IPv6 address
            self.error = refusal(400, f"Malformed request: {error}")
            self.completed = True
            consumed = len(data)
        if self.completed:
            self.expect_continue = False  # nothing else is expected of it
        return consumed


class _Refuse(ErrorTask):
    """Answers a request that is refused, in the form of TF Serving's errors."""

    def execute(self):
        error = self.request.error
        sentence = error.body
        if not isinstance(error, Refusal):
            sentence = self._sentence(error)
        body = json.dumps({"error": shortened(sentence)}).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/json"))
        if error.code == HTTPStatus.TOO_MANY_REQUESTS:
            self.response_headers.append(("Retry-After", "1"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)

    def _sentence(self, error):
        limits = self.channel.adj
        if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return (
                f"The body of a request is at most {limits.max_request_body_size - 1} "
                "bytes here. Send fewer rows at a time."
            )
        if error.code == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
            most = limits.max_request_header_size
            return f"The header of a request is at most {most} bytes here."
        if error.code == HTTPStatus.INTERNAL_SERVER_ERROR:
            return "The server failed to answer this request."
        return f"Malformed request: {error.body}"


class _Channel(HTTPChannel):
    """A connection: refuses what never ends, and closes when its answer was read."""

    parser_class = _Parser
    error_task_class = _Refuse
    lingers_since = None

    def look_at_the_clock(self):
        """Ends what takes too long; called about once a second."""
        now, request = time.monotonic(), self.request
        if self.lingers_since is not None:
            self.will_close = now - self.lingers_since > _LINGER
        elif self.requests and not self.total_outbufs_len:
            return  # it waits for the server, not the server for it
        elif request is not None and now - request.began > self.adj.channel_timeout:
            seconds = self.adj.channel_timeout
            self._refuse(refusal(408, f"The request did not end within {seconds} s."))
        elif time.time() - self.last_activity > self.adj.channel_timeout:
            super().handle_close()  # nobody sends, and nobody reads

    def write_soon(self, data):
        # An answer may come long after its request; its reader has all the time again.
        self.last_activity = time.time()
        return super().write_soon(data)

    def readable(self):
        return self.lingers_since is not None or super().readable()

    def handle_read(self):
        try:
            data = self.recv(self.adj.recv_bytes)  # at the end it calls handle_close
        except OSError:
            return self.handle_close()
        if data and self.lingers_since is None:
            self.last_activity = time.time()
            self.received(data)

    def handle_close(self):
        """Closes in two steps, for a close with bytes unread resets the connection.

        The other side would see "connection reset" in place of its answer.
        """
        if self.lingers_since is not None or not self.connected:
            return super().handle_close()
        if self.request is not None and not self.will_close:
            words = "Malformed request: it ended before it was complete."
            return self._refuse(refusal(400, words))
        self.will_close = self.close_when_flushed = False
        self.lingers_since = time.monotonic()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:  # the other side is gone
            super().handle_close()

    def _refuse(self, error):
        with self.requests_lock:
            request, self.request = self.request, None
            request.error, request.completed = error, True
            self.requests.append(request)
            if len(self.requests) == 1:
                self.server.add_task(self)


class HttpServer(TcpWSGIServer):
    """Serves a WSGI application on the loopback.

    Args:
        application: WSGI callable.
        port: int; 0 takes a free one, `effective_port`.
        threads: int, how many requests are answered at a time.
        queue: int, how many may wait; whoever comes then is answered 429.
        max_body: int, bytes; a larger body is answered 413.
        timeout: int, seconds until a request that has not ended is answered 408, and
            an idle connection closed.
    """

    channel_class = _Channel

    def __init__(self, application, port, threads, queue, max_body, timeout):
        # It warns of each request that waits, which is what a queue is for.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self.queue, self.stopped = queue, False
        # Refusals do not wait behind those who are answered.
        self.refusals = ThreadedTaskDispatcher()
        self.refusals.set_thread_count(1)
        super().__init__(
            application,
            host="127.0.0.1",
            port=port,
            threads=threads,
            backlog=_CONNECTIONS,
            connection_limit=_CONNECTIONS,
            cleanup_interval=1,
            channel_timeout=timeout,
            max_request_header_size=_HEADER_BYTES,
            max_request_body_size=max_body + 1,  # waitress refuses the size itself
            recv_bytes=2**16,
            outbuf_overflow=2**22,
            inbuf_overflow=2**16,  # the rest of a body that waits lies in a file
            log_socket_errors=False,
            asyncore_use_poll=True,  # select knows no file number above 1023
            ident="kvae",
        )

    def add_task(self, task):
        """Queues a connection whose next request is complete."""
        request = task.requests[0]
        if request.error is None and len(self.task_dispatcher.queue) >= self.queue:
            words = f"{self.queue} requests are waiting already. Ask again later."
            request.error = refusal(429, words)
        pool = self.refusals if request.error else self.task_dispatcher
        pool.add_task(task)

    def maintenance(self, now):
        """Looks after every connection."""
        for channel in list(self.active_channels.values()):
            channel.look_at_the_clock()

    def run(self):
        """Serves until `stop`, or until it is interrupted."""
        try:
            while not self.stopped:
                wasyncore.loop(timeout=1, use_poll=True, map=self._map, count=1)
        finally:
            for pool in (self.refusals, self.task_dispatcher):
                pool.shutdown(timeout=1)
            wasyncore.close_all(self._map)

    def stop(self):
        """Ends `run`, from another thread."""
        self.stopped = True
        self.pull_trigger()
