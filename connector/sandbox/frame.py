"""What both services stand on: calls and answers, the journal, and the faults on the wire.

A handler is a plain function from a `Call` to a response. It runs without awaiting, so that each
request is atomic, and it says what it changed through `Call.effect`. `route()` makes it a
Starlette route; `Front` is the ASGI application around a side's routes.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import os
import signal
import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response
from starlette.routing import Match, Route, Router

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.datastructures import QueryParams
    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import Message, Receive, Scope, Send

    from connector.sandbox.faults import Fault
    from connector.sandbox.world import Entry, Side, World

log = logging.getLogger(__name__)

CONTROL = "/_sandbox/"
_NO_LINGER = struct.pack("ii", 1, 0)
_SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_DROPS = 100
_MEBIBYTE = 1024 * 1024
_OUTLIVES_BEFORE = frozenset({"delay", "drip", "duplicate", "stop"})


class JsonAnswer(Response):
    """JSON as the services send it; the body is any value orjson accepts."""

    media_type = "application/json; charset=utf-8"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


class Refusal(Exception):  # noqa: N818 - an answer that says no, not a fault of the sandbox
    """Raised by a handler to answer with an error status; nothing may have changed before."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status}")
        self.status = status
        self.body = body
        self.headers = headers or {}

    def answer(self) -> Response:
        return JsonAnswer(self.body, status_code=self.status, headers=self.headers)


@dataclass(slots=True)
class Call:
    """One request, read to its end. `path` holds the template's parameters as text."""

    world: World
    request: Request
    body: bytes
    path: dict[str, Any]
    entry: Entry | None

    @property
    def query(self) -> QueryParams:
        return self.request.query_params

    @property
    def asked_path(self) -> str:
        """The path as the client wrote it, with its suffix."""
        return self.request.url.path if self.entry is None else self.entry.path

    def json(self) -> Any:
        """The body as JSON; None when it is empty. Raises ValueError when it is not JSON."""
        return orjson.loads(self.body) if self.body else None

    def effect(self, kind: str, **details: Any) -> None:
        """Records one thing that this request changed, for the judge."""
        if self.entry is not None:
            self.entry.effects.append({"kind": kind, **details})


class SandboxRoute(Route):
    """A route that knows whether it can change state."""

    write: bool = False


def route(
    method: str,
    path: str,
    handler: Callable[[Call], Response],
    *,
    world: World,
    write: bool | None = None,
) -> SandboxRoute:
    """`path` as Starlette writes it ("/a/{id:int}"). `write` None: by the method."""

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        entry = request.scope.get("sandbox.entry")
        call = Call(world, request, body, dict(request.path_params), entry)
        try:
            return handler(call)
        except Refusal as refusal:
            return refusal.answer()

    made = SandboxRoute(path, endpoint, methods=[method])
    made.write = method not in _READS if write is None else write
    return made


class Front:
    """One service's ASGI application: journal, faults, Date header, then the routes.

    `suffix` is cut from paths before routing (Zendesk's ".json"). `missing` answers paths that
    no route matches. `headers` are added to each answer.
    """

    def __init__(
        self,
        world: World,
        side: Side,
        routes: Sequence[BaseRoute],
        *,
        suffix: str = "",
        missing: Callable[[str], Response] | None = None,
        headers: Callable[[Entry], dict[str, str]] | None = None,
    ) -> None:
        self.world = world
        self.side: Side = side
        self._router = Router(routes=list(routes), redirect_slashes=False)
        self._suffix = suffix
        self._missing = missing
        self._headers = headers or (lambda _: {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"].startswith(CONTROL):
            await self._router(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            return
        fault = self.world.faults.meet(self.side, scope["method"], scope["path"])
        if fault is None:
            await _send(send, await self._settled(scope, body, None))
            return
        await self._faulty(scope, body, fault, Wire(scope, receive, send))

    async def _faulty(self, scope: Scope, body: bytes, fault: Fault, wire: Wire) -> None:
        if fault.when == "before" and fault.kind == "delay":
            await asyncio.sleep(fault.number)
        if fault.when == "before" and fault.kind not in _OUTLIVES_BEFORE:
            entry = self._entry(scope, body, fault)
            status = wire.status_of(fault)
            entry.status = status
            self.world.journal.settle(entry)
            await wire.suffer(fault, Answer(503, [], b""), self.world.pids)
            return
        answer = await self._settled(scope, body, fault)
        if fault.kind == "duplicate":
            answer = await self._settled(scope, body, fault)
        await wire.suffer(fault, answer, self.world.pids)

    async def _settled(self, scope: Scope, body: bytes, fault: Fault | None) -> Answer:
        """Handles the request; its journal entry is written before the answer leaves."""
        entry = self._entry(scope, body, fault)
        began = time.perf_counter()
        inner = {**scope, "path": self._tidy(scope["path"]), "sandbox.entry": entry}
        if entry.endpoint or self._missing is None:
            answer = await self._run(inner, body, entry)
        else:
            answer = _caught(self._missing(scope["path"]))
        entry.status = answer.status
        entry.ms = round((time.perf_counter() - began) * 1000, 3)
        stamp = format_datetime(self.world.now(), usegmt=True)
        extra = {"date": stamp, **self._headers(entry)}
        answer.headers += [(name.encode(), value.encode()) for name, value in extra.items()]
        self.world.journal.settle(entry)
        return answer

    async def _run(self, scope: Scope, body: bytes, entry: Entry) -> Answer:
        caught = Answer(500, [], b"")
        try:
            await self._router(scope, _replay(body), caught.take)
        except Exception as error:
            log.exception("the sandbox failed at %s %s", scope["method"], scope["path"])
            entry.fault = f"sandbox error: {type(error).__name__}"
            return _caught(JsonAnswer({"error": "InternalServerError"}, status_code=500))
        return caught

    def _entry(self, scope: Scope, body: bytes, fault: Fault | None) -> Entry:
        endpoint, write = self._matched({**scope, "path": self._tidy(scope["path"])})
        return self.world.journal.open(
            at=self.world.now().isoformat(),
            real_at=time.time(),
            side=self.side,
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            endpoint=endpoint,
            write=write,
            body=body.decode("utf-8", "replace") if write else None,
            fault=None if fault is None else f"{fault.fault} {fault.when}",
        )

    def _matched(self, scope: Scope) -> tuple[str, bool]:
        for candidate in self._router.routes:
            if isinstance(candidate, SandboxRoute) and candidate.matches(scope)[0] is Match.FULL:
                return candidate.path, candidate.write
        return "", scope["method"] not in _READS

    def _tidy(self, path: str) -> str:
        return path.removesuffix(self._suffix) if self._suffix else path


@dataclass(slots=True)
class Answer:
    """A response caught on its way out."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    async def take(self, message: Message) -> None:
        """The ASGI `send` that fills this answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", []))
        else:
            self.body += message.get("body", b"")

    def instead(self, body: bytes, content_type: str) -> Answer:
        """200 with another body, the head's other headers kept."""
        kept = [
            (name, value)
            for name, value in self.headers
            if name not in (b"content-length", b"content-type")
        ]
        kept += [(b"content-type", content_type.encode()), _length(body)]
        return Answer(200, kept, body)


class Wire:
    """The connection under one request: where faults are felt."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._transport: asyncio.Transport = scope["state"]["transport"]
        self._receive = receive
        self._send = send

    @staticmethod
    def status_of(fault: Fault) -> int:
        """What the client sees of a fault that struck before; 0: nothing."""
        if fault.kind == "status":
            return int(fault.number)
        return 200 if fault.kind in {"html", "empty", "garbage", "truncate", "bomb"} else 0

    async def suffer(self, fault: Fault, answer: Answer, pids: set[int]) -> None:
        """Lets the client see the fault instead of, or around, the answer."""
        if fault.kind in _SIGNALS:
            for pid in sorted(pids):
                with suppress(ProcessLookupError):
                    os.kill(pid, _SIGNALS[fault.kind])
        if fault.kind == "delay" and fault.when == "after":
            await asyncio.sleep(fault.number)
        if fault.kind == "hang":
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gone(), fault.number)
        if fault.kind in {"kill", "close", "hang", "reset"}:
            await self._cut(reset=fault.kind == "reset")
        elif fault.kind == "truncate":
            await self._truncate(answer)
        elif fault.kind == "drip":
            await self._drip(answer, fault.number)
        else:
            await _send(self._send, _altered(fault, answer))

    async def _cut(self, *, reset: bool = False) -> None:
        connection = self._transport.get_extra_info("socket")
        if reset and connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._transport.abort()
        await self._gone()

    async def _gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _truncate(self, answer: Answer) -> None:
        body = answer.body or b'{"cut": "short"}'
        whole = answer.instead(body, "application/json; charset=utf-8")
        await self._send(_head(answer.status if answer.body else 200, whole.headers))
        half = body[: len(body) // 2]
        await self._send({"type": "http.response.body", "body": half, "more_body": True})
        self._transport.close()
        await self._gone()

    async def _drip(self, answer: Answer, seconds: float) -> None:
        await self._send(_head(answer.status, answer.headers))
        size = max(len(answer.body) // _DROPS, 1)
        for at in range(0, len(answer.body), size):
            drop = answer.body[at : at + size]
            await self._send({"type": "http.response.body", "body": drop, "more_body": True})
            await asyncio.sleep(seconds / _DROPS)
        await self._send({"type": "http.response.body", "body": b""})


_LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


def _altered(fault: Fault, answer: Answer) -> Answer:
    """The answer as this fault leaves it."""
    named = [(name.lower().encode(), value.encode()) for name, value in fault.headers.items()]
    text = None if fault.body is None else fault.body.encode()
    if fault.kind == "status":
        body = b'{"error":"Injected","description":"fault"}' if text is None else text
        made = answer.instead(body, "application/json; charset=utf-8")
        made.status = int(fault.number)
    elif fault.kind == "html":
        made = answer.instead(_LOGIN_PAGE if text is None else text, "text/html; charset=utf-8")
    elif fault.kind in {"empty", "garbage"}:
        cut = b"" if fault.kind == "empty" else (answer.body[:-2] or b'{"id": 1, "na')
        made = answer.instead(cut, "application/json; charset=utf-8")
    elif fault.kind == "bomb":
        packed = gzip.compress(b" " * (int(fault.number) * _MEBIBYTE))
        made = answer.instead(packed, "application/json; charset=utf-8")
        named = [*named, (b"content-encoding", b"gzip")]
    else:
        made = answer
    made.headers = [*(pair for pair in made.headers if pair[0] not in dict(named)), *named]
    return made


def _length(body: bytes) -> tuple[bytes, bytes]:
    return (b"content-length", str(len(body)).encode())


def _head(status: int, headers: list[tuple[bytes, bytes]]) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def _caught(response: Response) -> Answer:
    return Answer(response.status_code, list(response.raw_headers), bytes(response.body))


async def _send(send: Send, answer: Answer) -> None:
    await send(_head(answer.status, answer.headers))
    await send({"type": "http.response.body", "body": answer.body})


async def _read(receive: Receive) -> bytes | None:
    """The whole request body; None when the client went away before its end."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
