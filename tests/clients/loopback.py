"""Tiny HTTP servers on loopback for what mocks cannot show: what really leaves, and how often."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import ssl

Answer = Callable[[socket.socket], None]
"""Writes an answer, or does to the connection whatever a bad day does; it is closed afterwards
unless the answer was a whole one.
"""

_NO_LINGER = struct.pack("ii", 1, 0)


@dataclass
class Seen:
    """One request as it arrived, read to its end."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def reply(status: int = 200, body: Any = None, **headers: str) -> Answer:
    """A whole answer; `body` is JSON unless it is bytes. Header names with `_` for `-`."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    if body is None:
        content = b""
    return lambda connection: connection.sendall(_head(status, len(content), headers) + content)


def html(status: int = 200, content: str = "<html><body>Sign in</body></html>") -> Answer:
    return reply(status, content.encode(), Content_Type="text/html")


def gone(connection: socket.socket) -> None:
    """Reads the request, then closes without an answer."""
    connection.close()


def reset(connection: socket.socket) -> None:
    """Reads the request, then resets the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    connection.close()


def truncated(connection: socket.socket) -> None:
    """The head and half of the promised body."""
    connection.sendall(_head(200, 200, {}) + b'{"ticket": {"id": 7')
    connection.close()


def hanging(until: threading.Event) -> Answer:
    """Says nothing until the event."""
    return lambda _: _wait(until)


def dripping(until: threading.Event, *, head: bool) -> Answer:
    """One byte at a time until the event, in the head or in the body, never an end."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: " if head else _head(200, 10**6, {}))
        while not until.wait(0.02):
            try:
                connection.sendall(b"a")
            except OSError:
                return

    return drip


def _wait(until: threading.Event) -> None:
    until.wait(20)


def _head(status: int, length: int, headers: dict[str, str]) -> bytes:
    named = {"Content-Type": "application/json", **headers, "Content-Length": str(length)}
    lines = [f"HTTP/1.1 {status} X", *(f"{k.replace('_', '-')}: {v}" for k, v in named.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


@dataclass
class Loopback:
    """Answers in turn; the last answer is given for ever. `seen` holds every request.

    `rules` come first: the first whose text is in "METHOD /path" answers. Then `respond`.
    """

    answers: list[Answer] = field(default_factory=list)
    rules: dict[str, Answer] = field(default_factory=dict)
    respond: Callable[[Seen], Answer] | None = None
    tls: ssl.SSLContext | None = None
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in (self._accepting, *self._threads):
            thread.join(5)

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.seen]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            return
        self._open.add(connection)
        try:
            while (request := _read(connection)) is not None:
                self.seen.append(request)
                self._answer_to(request)(connection)
        except OSError:
            pass
        finally:
            self._open.discard(connection)
            connection.close()

    def _answer_to(self, request: Seen) -> Answer:
        line = f"{request.method} {request.path}"
        for part, answer in self.rules.items():
            if part in line:
                return answer
        if self.respond is not None:
            return self.respond(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def _read(connection: socket.socket) -> Seen | None:
    taken = b""
    while b"\r\n\r\n" not in taken:
        try:
            more = connection.recv(65_536)
        except OSError:
            return None
        if not more:
            return None
        taken += more
    head, _, body = taken.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65_536)
    method, path, _ = first.split(" ")
    return Seen(method, path, headers, body)
