"""The only way out: one HTTP session a side, guarded on the last step before the network.

zenpy and jira think they speak to requests. Below them this adapter refuses what must not leave,
sends once, reads the answer to its end within limits, and raises our own errors. So neither client
ever sees a failure that it could repeat, sleep over, log, or follow to another host.
"""

from __future__ import annotations

import http.client
import logging
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from connector import __version__
from connector.clients.body import Body, read_body
from connector.clients.calls import describe, last_segment
from connector.clients.connection import POOLS, watched
from connector.clients.origin import Origin, proxies_for
from connector.clients.outcomes import Reply, allowances, error_of, lost, server_time, used_up
from connector.clients.retry import RetryPolicy
from connector.clients.said import hider, request_id
from connector.errors import (
    AnswerLostError,
    BusyError,
    ConnectorError,
    NotSentError,
    UncertainError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from requests import PreparedRequest, Response, Session

    from connector.clients.auth import Signer
    from connector.clients.calls import Call, CallObserver, Side
    from connector.clients.connection import Watch
    from connector.core.model import Json
    from connector.ports import Allowance

    Guard = Callable[[Call, bytes | str | None], None]

TIMEOUTS = (5.0, 30.0)
"""Seconds to connect, and between two pieces of an answer."""

DEADLINE = 120.0
"""Seconds for one request from its first byte to the last of its answer."""

_TALKATIVE = ("urllib3", "zenpy", "jira")
"""Loggers that would write queries, headers and whole bodies at DEBUG."""

_STALE_AFTER = 4.0
_FAILURES = (requests.RequestException, HTTPError, http.client.HTTPException, OSError, ValueError)


class Answer(requests.Response):
    """An answer read to its end. `document` is its JSON, None when the body is empty."""

    document: Json = None

    @property
    def trace(self) -> str | None:
        """The service's request id."""
        return request_id(self.headers)


class Transport:
    """Everything between a client and one service.

    `url`: the service as configured. `guard` looks at each write before it is sent. `reads`: last
    path segments whose POST only reads; `silent`: those of writes whose success has no body.
    `wall`: seconds since the epoch.
    """

    def __init__(
        self,
        side: Side,
        url: str,
        *,
        policy: RetryPolicy | None = None,
        observers: Sequence[CallObserver] = (),
        guard: Guard | None = None,
        reads: frozenset[str] = frozenset(),
        silent: frozenset[str] = frozenset(),
        deadline: float = DEADLINE,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.side: Side = side
        self.origin = Origin.of(url)
        self.policy = policy or RetryPolicy()
        self.signer: Signer | None = None
        self.clock_ahead: float | None = None
        self.allowances: dict[str, Allowance] = {}
        self.observers = tuple(observers)
        self.guard = guard
        self.reads = reads
        self.silent = silent
        self.deadline = deadline
        self.wall = wall
        self.authorities = _authorities()
        self._adapter = _Adapter(self)

    def equip(self, session: Session) -> Session:
        """Makes this session ours: adapter, signature, no environment, no redirects."""
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        session.mount("https://", self._adapter)
        session.mount("http://", self._adapter)
        session.trust_env = False
        session.verify = self.authorities
        session.proxies = proxies_for(self.origin)
        session.max_redirects = 0
        session.headers["Accept-Encoding"] = "gzip"
        session.headers["User-Agent"] = f"zendesk-jira-escalation/{__version__}"
        session.auth = _Signing(self)
        return session

    def ask(self, path: str, document: Json) -> Json:
        """POSTs JSON without credentials and returns the answer's JSON: the OAuth grant."""
        with requests.Session() as session:
            self.equip(session).auth = _NoAuth()
            answer = session.post(f"{self.origin.url}{path}", json=document, timeout=TIMEOUTS)
        return cast("Answer", answer).document

    def now(self) -> datetime:
        """The service's own time by its last answer; ours before the first."""
        return datetime.fromtimestamp(self.wall() + (self.clock_ahead or 0.0), UTC)

    def secrets(self) -> tuple[str, ...]:
        return self.signer.secrets() if self.signer else ()


class _Signing(AuthBase):
    """requests' view of the signer; also keeps requests from looking into .netrc."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        # Never for another host: the adapter refuses those, after this has been called.
        signer = self._transport.signer
        return signer(r) if signer and self._transport.origin.owns(r.url or "") else r


class _NoAuth(AuthBase):
    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        return r


class _Adapter(HTTPAdapter):
    """Guards, sends once, reads, judges. Nothing is ever sent twice from here but after a 401."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(max_retries=Retry(0, read=False), pool_connections=2, pool_maxsize=4)
        self._transport = transport
        self._last_used = 0.0

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        answer = Answer()
        vars(answer).update(vars(super().build_response(req, resp)))
        return answer

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - requests' signature
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        # What a client asks for is not asked: reading, times and trust are ours to decide.
        del stream, timeout, verify, cert
        call = self._admitted(request)
        answer, error = self._once(call, request, proxies)
        signer = self._transport.signer if "Authorization" in request.headers else None
        if getattr(error, "status", None) == 401 and signer and signer.renew():  # noqa: PLR2004
            answer, error = self._once(call, signer(request), proxies)
        if error is not None:
            raise error
        return cast("Answer", answer)

    def _admitted(self, request: PreparedRequest) -> Call:
        """Raises when this request must not leave, or not now."""
        ours, url = self._transport, request.url or ""
        ours.origin.check(url)
        method = request.method or "GET"
        call = describe(ours.side, method, request.path_url.partition("?")[0], ours.reads)
        if ours.guard is not None and call.method not in {"GET", "HEAD"}:
            ours.guard(call, request.body)
        ours.policy.admit(call)
        return call

    def _once(
        self, call: Call, request: PreparedRequest, proxies: Mapping[str, str] | None
    ) -> tuple[Answer | None, ConnectorError | None]:
        """One request and what came of it, told to everybody who keeps count."""
        self._freshen(call)
        self._transport.policy.leaves(call)
        ours, started = self._transport, time.perf_counter()
        answer, body, error = self._exchange(call, request, proxies)
        status = answer.status_code if answer is not None else None
        if answer is not None and body is not None and error is None:
            error = self._judge(call, request, answer, body)
        ms = (time.perf_counter() - started) * 1_000
        for observer in ours.observers:
            observer.on_call(ours.side, call.method, call.endpoint, status, ms, ours.policy.attempt)
        if isinstance(error, BusyError | NotSentError | AnswerLostError | UncertainError):
            return None, ours.policy.failed(ours.side, error)
        ours.policy.answered(ours.side)
        if answer is not None:
            for scope, seconds in used_up(call, answer.headers, ours.wall()):
                ours.policy.pauses.add(ours.side, scope, seconds)
        return answer, error

    def _exchange(
        self, call: Call, request: PreparedRequest, proxies: Mapping[str, str] | None
    ) -> tuple[Answer | None, Body | None, ConnectorError | None]:
        """Sends, and reads the answer to its end. Exceptions end here; none of them is printed."""
        seconds = min(self._transport.deadline, max(1.0, self._transport.policy.budget.remaining()))
        answer = None
        with watched(seconds) as watch:
            try:
                answer = cast(
                    "Answer",
                    super().send(
                        request,
                        stream=True,
                        timeout=TIMEOUTS,
                        verify=self._transport.authorities,
                        proxies=dict(proxies or {}),
                    ),
                )
                body = read_body(answer)
                # A head cut short by the deadline looks complete to http.client.
                return answer, body, _broken(call, watch, "") if watch.expired else None
            except _FAILURES as failure:
                kind = type(failure).__name__
            finally:
                self._last_used = self._transport.policy.clock()
        return answer, None, _broken(call, watch, kind)

    def _judge(
        self, call: Call, request: PreparedRequest, answer: Answer, body: Body
    ) -> ConnectorError | None:
        there, here = server_time(answer.headers), self._transport.wall()
        if there is not None:
            self._transport.clock_ahead = there - here
        self._transport.allowances |= allowances(answer.headers)
        answer.document = body.document
        reply = Reply(
            status=answer.status_code,
            headers=answer.headers,
            document=body.document,
            unreadable=body.unreadable,
            login_page=body.login_page,
            may_be_empty=last_segment(call.endpoint) in self._transport.silent,
        )
        hide = hider(self._transport.secrets(), request.body)
        return error_of(call, reply, now=here, hide=hide)

    def _freshen(self, call: Call) -> None:
        """A write goes over a connection that the server has had no time to close meanwhile."""
        if call.write and self._transport.policy.clock() - self._last_used > _STALE_AFTER:
            self.close()


def _broken(call: Call, watch: Watch, kind: str) -> ConnectorError:
    """No answer, or none that could be read to its end."""
    if not watch.sent:
        return NotSentError(f"{call.what} was not sent: {_plainly(kind)}")
    if watch.expired:
        return lost(call, "took longer than a request may")
    return lost(call, f"was sent, but its answer was lost: {_plainly(kind)}")


def _plainly(kind: str) -> str:
    """The exception's kind in words; its text may hold anything, and is never used."""
    words = {
        "SSLError": "no trusted TLS connection",
        "ConnectTimeout": "no connection in time",
        "ReadTimeout": "no answer in time",
        "ReadTimeoutError": "no answer in time",
        "ProxyError": "the proxy made no connection",
        "ConnectionError": "no connection",
        "ProtocolError": "the connection broke",
        "BodyTooLargeError": "it is larger than an answer may be",
    }
    return words.get(kind, kind)


def _authorities() -> bool | str:
    """The CA bundle that the environment names, as requests would; else its own."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if os.environ.get(name):
            return os.environ[name]
    return True
