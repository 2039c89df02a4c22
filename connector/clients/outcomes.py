"""What an HTTP answer means, for both services: "Errors by class" in docs/reliability.md.

Messages hold method, path template, status, the service's own field messages and the request id.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from connector.clients.calls import ACCOUNT, INCREMENTAL
from connector.clients.origin import host_of
from connector.clients.said import field_names, messages, request_id
from connector.errors import (
    AnswerLostError,
    BusyError,
    ClosedError,
    ConflictError,
    ConnectorError,
    GoneError,
    InvalidError,
    RefusedError,
    UnavailableError,
    UncertainError,
)
from connector.ports import Allowance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.clients.calls import Call
    from connector.core.model import Json

DEFAULT_PAUSE = 60.0
LONGEST_PAUSE = 86_400.0

_BUCKET = re.compile(r"^zendesk-rate-?limit-(?P<name>[a-z0-9-]+)$", re.IGNORECASE)
_BUCKET_PART = re.compile(r"(total|remaining|resets)=(\d{1,9})")
_DENIED = ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer read to its end. `headers` are case-insensitive.

    `document` is the JSON body, None when it is empty. `unreadable` says why a body is no JSON.
    `may_be_empty`: this endpoint says "done" without a body.
    """

    status: int
    headers: Mapping[str, str]
    document: Json = None
    unreadable: str | None = None
    login_page: bool = False
    may_be_empty: bool = False


def lost(call: Call, why: str) -> ConnectorError:
    """No usable answer: a read may be repeated, a write has to be looked up first."""
    if call.write:
        return UncertainError(f"{call.what} {why}; whether it happened is not known")
    return AnswerLostError(f"{call.what} {why}")


def error_of(
    call: Call, reply: Reply, *, now: float, hide: Callable[[str], str]
) -> ConnectorError | None:
    """The error that an answer stands for, or None.

    `now`: seconds since the epoch by our clock, for an answer without a Date header. `hide`
    takes secrets and our own texts out of what the service echoes.
    """
    if 200 <= reply.status <= 299:  # noqa: PLR2004 - HTTP statuses
        return _of_success(call, reply)
    if 300 <= reply.status <= 399:  # noqa: PLR2004
        return _redirected(call, reply)
    if 400 <= reply.status <= 499 and reply.status != 408:  # noqa: PLR2004
        return _of_refusal(call, reply, now=now, hide=hide)
    told = _header_seconds(reply.headers, now)
    if reply.status == 503 and told is not None and not call.write:  # noqa: PLR2004
        return BusyError(f"{call.what} answered 503{_busy_for(told)}", retry_after=told)
    # What a failing server says is for its operators, and may hold anything.
    return lost(call, _answered(reply))


def server_time(headers: Mapping[str, str]) -> float | None:
    """The answer's Date header as seconds since the epoch."""
    return _date(headers.get("Date", ""))


def retry_after(headers: Mapping[str, str], now: float) -> float:
    """How long a 429 asks to wait: its header, else the bucket's or account's reset, else 60 s."""
    told = _header_seconds(headers, now)
    if told is not None:
        return told
    resets = [parts["resets"] for _, parts in _empty_buckets(headers) if "resets" in parts]
    if resets:
        return float(max(resets))
    for name in ("ratelimit-reset", "rate-limit-reset"):
        seconds = _seconds(headers.get(name, ""))
        if seconds is not None:
            return seconds
    return _until(headers.get("X-RateLimit-Reset", ""), headers, now) or DEFAULT_PAUSE


def _of_success(call: Call, reply: Reply) -> ConnectorError | None:
    if call.write:
        return _of_done(call, reply)
    if reply.login_page or _login_denied(reply):
        return RefusedError(
            f"{call.what} answered {reply.status} with a login page: the credentials did not count",
            side=call.side,
            status=401,
        )
    if reply.unreadable:
        return lost(call, f"answered {reply.status}, {reply.unreadable}")
    if not isinstance(reply.document, dict | list):
        return lost(call, f"answered {reply.status} without a JSON object")
    return None


def _of_done(call: Call, reply: Reply) -> ConnectorError | None:
    """A write's 2xx counts when it comes in the service's own form: proxies say 200 as well."""
    if reply.unreadable:
        return lost(call, f"answered {reply.status}, {reply.unreadable}")
    silent = reply.status == 204 or (reply.may_be_empty and reply.document is None)  # noqa: PLR2004
    if silent or isinstance(reply.document, dict):
        return None
    return lost(call, f"answered {reply.status} without a JSON object")


def _redirected(call: Call, reply: Reply) -> ConnectorError:
    """Never followed: it may lead our credentials elsewhere. Asking again would not help."""
    target = host_of(reply.headers.get("Location", ""))
    why = (
        f"answered {reply.status}, a redirect{f' to {target}' if target else ''}; none is followed"
    )
    if call.write:
        return lost(call, why)
    return UnavailableError(f"{call.what} {why}; is this url configured as the service spells it?")


def _of_refusal(
    call: Call, reply: Reply, *, now: float, hide: Callable[[str], str]
) -> ConnectorError:
    message = f"{call.what} {_answered(reply, hide)}"
    match reply.status:
        case 429:
            return _busy(call, reply, message, now)
        case 401 | 403:
            return RefusedError(_denied(reply, message), side=call.side, status=reply.status)
        case 404 | 410:
            return GoneError(message)
        case 409:
            return ConflictError(message)
        case 422 if call.side == "zendesk" and _is_closed(reply.document):
            return ClosedError(message)
    if isinstance(reply.document, dict) and reply.document.get("error") == "TooManyJobs":
        return _busy(call, reply, message, now)
    return InvalidError(message, fields=field_names(reply.document))


def _busy(call: Call, reply: Reply, message: str, now: float) -> BusyError:
    seconds = retry_after(reply.headers, now)
    scope = _scope(call, reply.headers)
    return BusyError(f"{message}{_busy_for(seconds)}", retry_after=seconds, scope=scope)


def _scope(call: Call, headers: Mapping[str, str]) -> str:
    """What a 429 is about, so that nothing else waits for it."""
    endpoint = f"{call.method} {call.endpoint}"
    reason = headers.get("RateLimit-Reason", "")
    if reason == "jira-burst-based":
        return endpoint
    if reason == "jira-per-issue-on-write":
        return call.scopes[-1]
    names = [name for name, _ in _empty_buckets(headers)]
    if not names or headers.get("x-rate-limit-remaining") == "0":
        return ACCOUNT
    return min((_scope_of(name, call) for name in names), key=call.scopes.index)


def _scope_of(bucket: str, call: Call) -> str:
    """Which requests a named bucket of Zendesk's holds up."""
    if bucket.startswith("incremental") and INCREMENTAL in call.scopes:
        return INCREMENTAL
    return call.scopes[-1] if bucket == "per-ticket-updates" else f"{call.method} {call.endpoint}"


def used_up(call: Call, headers: Mapping[str, str], now: float) -> list[tuple[str, float]]:
    """What this answer says to leave alone from here on, and for how many seconds.

    So that the next request waits, instead of being refused first.
    """
    found = [
        (_scope_of(name, call), float(parts["resets"]))
        for name, parts in _empty_buckets(headers)
        if "resets" in parts
    ]
    if headers.get("x-rate-limit-remaining") == "0":
        seconds = _seconds(headers.get("ratelimit-reset", ""))
        if seconds is None:
            seconds = _until(headers.get("X-RateLimit-Reset", ""), headers, now)
        found += [(ACCOUNT, seconds)] if seconds is not None else []
    return found


def allowances(headers: Mapping[str, str]) -> dict[str, Allowance]:
    """The rate limits that an answer tells of: the account's, and each bucket's by its name."""
    found = {
        name: Allowance(total=parts["total"], left=parts["remaining"])
        for name, parts in _buckets(headers)
        if parts.keys() >= {"total", "remaining"}
    }
    total, left = headers.get("x-rate-limit", ""), headers.get("x-rate-limit-remaining", "")
    if total.isdecimal() and left.isdecimal():
        found[ACCOUNT] = Allowance(total=int(total), left=int(left))
    return found


def _empty_buckets(headers: Mapping[str, str]) -> list[tuple[str, dict[str, int]]]:
    return [(name, parts) for name, parts in _buckets(headers) if parts.get("remaining") == 0]


def _buckets(headers: Mapping[str, str]) -> list[tuple[str, dict[str, int]]]:
    found = []
    for header, value in headers.items():
        named = _BUCKET.match(header)
        if named:
            parts = {name: int(number) for name, number in _BUCKET_PART.findall(value)}
            found.append((named["name"].lower(), parts))
    return found


def _header_seconds(headers: Mapping[str, str], now: float) -> float | None:
    raw = headers.get("Retry-After", "").strip()
    seconds = _seconds(raw)
    if seconds is not None:
        return seconds
    at = _date(raw)
    return None if at is None else _between(at, headers, now)


def _until(raw: str, headers: Mapping[str, str], now: float) -> float | None:
    try:
        at = datetime.fromisoformat(raw.strip())
    except ValueError:
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return _between(aware.timestamp(), headers, now)


def _between(at: float, headers: Mapping[str, str], now: float) -> float:
    """Seconds from the server's own time (else ours) to `at`, never negative."""
    there = server_time(headers)
    return min(max(0.0, at - (now if there is None else there)), LONGEST_PAUSE)


def _seconds(raw: str) -> float | None:
    try:
        seconds = float(raw)
    except ValueError:
        return None
    return min(seconds, LONGEST_PAUSE) if math.isfinite(seconds) and seconds >= 0 else None


def _date(raw: str) -> float | None:
    try:
        return parsedate_to_datetime(raw).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def _answered(reply: Reply, hide: Callable[[str], str] | None = None) -> str:
    said = "; ".join(messages(reply.document, hide)) if hide else ""
    trace = request_id(reply.headers)
    return (
        f"answered {reply.status}"
        + (f": {said}" if said else "")
        + (f" (request {trace})" if trace else "")
    )


def _busy_for(seconds: float) -> str:
    return f"; to be left alone for {seconds:.0f} s"


def _denied(reply: Reply, message: str) -> str:
    if "AUTHENTICATION_DENIED" in reply.headers.get("X-Seraph-LoginReason", ""):
        return f"{message}; Jira asks for a CAPTCHA: log in once by browser"
    return message


def _login_denied(reply: Reply) -> bool:
    reason = reply.headers.get("X-Seraph-LoginReason", "")
    return any(denied in reason for denied in _DENIED)


def _is_closed(document: Json) -> bool:
    """`details.status[].description` says "closed prevents ticket update"."""
    details = document.get("details") if isinstance(document, dict) else None
    about = details.get("status") if isinstance(details, dict) else None
    rows = about if isinstance(about, list) else []
    return any(
        "closed prevents" in str(row.get("description", "")).lower()
        for row in rows
        if isinstance(row, dict)
    )
