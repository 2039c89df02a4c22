"""Connections that know whether the request left, and that end at a total deadline.

requests' own timeouts bound each wait for bytes: a server that drips one byte a second is never
too slow for them. And its exceptions do not say whether anything was sent, which is what decides
whether a write may be repeated.
"""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from collections.abc import Iterator


class Watch:
    """One request: whether a byte of it left, and whether its time ran out."""

    def __init__(self) -> None:
        self.sent = False
        self.expired = False
        self._lever: socket.socket | None = None

    def hold(self, connected: socket.socket) -> None:
        """Remembers the connection, by a second handle that outlives the wrapping in TLS."""
        if self._lever is None:
            self._lever = socket.fromfd(connected.fileno(), connected.family, connected.type)

    def expire(self) -> None:
        """Ends the connection under whoever waits for it, in another thread."""
        self.expired = True
        if self._lever is not None:
            with suppress(OSError):
                self._lever.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Lets go of the connection, which stays open."""
        if self._lever is not None:
            self._lever.close()


class _Current(threading.local):
    watch: Watch | None = None


_current = _Current()


@contextmanager
def watched(seconds: float) -> Iterator[Watch]:
    """Watches the one request that this thread makes in here, for at most so many seconds."""
    outer, watch = _current.watch, Watch()
    alarm = threading.Timer(seconds, watch.expire)
    alarm.daemon = True
    alarm.start()
    _current.watch = watch
    try:
        yield watch
    finally:
        _current.watch = outer
        alarm.cancel()
        alarm.join()
        watch.close()


class _Watched(HTTPConnection):
    """Tells the current watch about its socket and its first byte."""

    _opening = False

    def connect(self) -> None:
        self._opening = True
        try:
            super().connect()
        finally:
            self._opening = False

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        if _current.watch is not None:
            _current.watch.hold(made)
        return made

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        watch = _current.watch
        if watch is not None and not self._opening:
            if watch.expired:
                raise TimeoutError("the request's time ran out before it was sent")
            watch.hold(self.sock)
            watch.sent = True
        super().send(data)


class _WatchedTls(_Watched, HTTPSConnection):
    """The same over TLS: a request has left only after the handshake."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTls


POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _Pool, "https": _TlsPool}
"""What a urllib3 pool manager is given in place of its own pools."""
