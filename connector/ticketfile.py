"""Tickets in a JSON Lines file: the contract's ticket line, or a line of Zendesk's own export.

Used by `group`, `extract`, `assess --from-file`, `backtest` and `sandbox --load`.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ONE_EACH = "each ticket needs a line of its own"
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\u([dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
"""An escape of JSON; the one group is half of a surrogate pair without the other."""
_TEXTS = frozenset({"subject", "body"})
"""Keys that must be there and may be null."""
_YEARS = range(1970, 3000)
"""Years that a ticket may be of: others are what programs write for no time at all."""


class _Line(BaseModel):
    """Tolerant: a user's file may hold more than we read."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class CommentLine(_Line):
    """One comment of a ticket line; `author` is a name or an e-mail address."""

    author: str | None = None
    role: str = "end-user"
    public: bool = True
    created_at: datetime | None = None
    body: str = Field(default="", validation_alias=AliasChoices("body", "plain_body"))

    @field_validator("author", mode="before")
    @classmethod
    def _author_as_text(cls, value: object) -> object:
        return _as_name(value)

    @field_validator("body", mode="before")
    @classmethod
    def _body_may_be_null(cls, value: object) -> object:
        return "" if value is None else value

    @field_validator("created_at", mode="before")
    @classmethod
    def _time_may_be_empty(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("created_at")
    @classmethod
    def _with_zone(cls, value: datetime | None) -> datetime | None:
        return _aware(value)


class TicketLine(_Line):
    """One ticket of a file. Only id, subject and body (Zendesk: description) are required.

    `created_at` is aware; a time without a zone is read as UTC, one of no year that a ticket may be
    of as none. `tags` may be one text, with spaces between, as Zendesk takes them. `line` is the
    line number in the file, from 1.
    """

    id: int | str
    requester: str | None = None
    organization: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    subject: str
    body: str
    comments: tuple[CommentLine, ...] = ()
    priority: str | None = None
    type: str | None = None
    tags: tuple[str, ...] = ()
    status: str = "open"
    line: int = 0

    @field_validator("id", mode="plain")
    @classmethod
    def _as_it_came(cls, value: object) -> int | str:
        """Nothing is made into a number here: an id has to come out as it went in."""
        if isinstance(value, int | str) and not isinstance(value, bool):
            return value
        raise PydanticCustomError("id", "is neither an integer nor a string")

    @field_validator("requester", "organization", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return _as_name(value)

    @field_validator("created_at", "updated_at", mode="before")
    @classmethod
    def _time_may_be_empty(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("tags", mode="before")
    @classmethod
    def _tags_as_one_text(cls, value: object) -> object:
        return value.split() if isinstance(value, str) else value

    @field_validator("created_at", "updated_at")
    @classmethod
    def _with_zone(cls, value: datetime | None) -> datetime | None:
        return _aware(value)

    @field_validator("subject", "body", mode="before")
    @classmethod
    def _text_may_be_null(cls, value: object) -> object:
        return "" if value is None else value


@dataclass(frozen=True)
class BadLine:
    """A line that could not be read; `number` counts from 1. `reason` holds none of its text."""

    number: int
    reason: str


def read_lines(handle: Iterable[bytes | str]) -> Iterator[TicketLine | BadLine]:
    """Each line of the file in order; empty lines are passed over."""
    for line, _ in read_whole_lines(handle):
        yield line


def read_whole_lines(
    handle: Iterable[bytes | str],
) -> Iterator[tuple[TicketLine | BadLine, dict[str, Any]]]:
    """Like `read_lines`, with all that the ticket's line holds (nothing, for a bad line)."""
    for number, raw in enumerate(handle, 1):
        if not raw.strip():
            continue
        try:
            value = _decoded(raw if number > 1 else _without_mark(raw))
        except ValueError:
            yield BadLine(number, "is not JSON"), {}
            continue
        line = parse_line(value, number)
        yield line, {} if isinstance(line, BadLine) else _ticket_of(value)


def _decoded(raw: bytes | str) -> Any:
    """ValueError if it is no JSON. A cut emoji leaves half of a surrogate pair, which is fine."""
    try:
        return orjson.loads(raw)
    except ValueError:
        text = raw if isinstance(raw, str) else raw.decode("utf-8")
        return orjson.loads(_ESCAPE.sub(_whole, text))


def _whole(escape: re.Match[str]) -> str:
    return "\\ufffd" if escape[1] else escape[0]


def _without_mark(raw: bytes | str) -> bytes | str:
    """A file from Windows may begin with a byte order mark."""
    if isinstance(raw, str):
        return raw.removeprefix("\ufeff")
    return raw.removeprefix(BOM_UTF8)


def parse_line(value: object, number: int) -> TicketLine | BadLine:
    """One decoded line."""
    if not isinstance(value, dict):
        return BadLine(number, f"is a JSON {type(value).__name__}, not an object: {_ONE_EACH}")
    if isinstance(value.get("tickets"), list):
        return BadLine(number, f"holds a list of tickets: {_ONE_EACH}")
    ticket = _ticket_of(value)
    try:
        return TicketLine.model_validate(_export_names(ticket) | {"line": number})
    except ValidationError as error:
        places = {
            ".".join(str(part) for part in item["loc"]): (
                "is missing" if item["type"] == "missing" else item["msg"]
            )
            for item in error.errors()
        }
        told = "; ".join(f"{place or 'line'}: {message}" for place, message in places.items())
        return BadLine(number, told)


def _ticket_of(value: dict[str, Any]) -> dict[str, Any]:
    """A line may hold the ticket itself, or name it `ticket`."""
    inner = value.get("ticket")
    return inner if isinstance(inner, dict) else value


def _export_names(value: dict[str, Any]) -> dict[str, Any]:
    """Zendesk's export names the requester and organization by id, or as whole objects."""
    named = dict(value)
    for ours, theirs in (("requester", "requester_id"), ("organization", "organization_id")):
        if named.get(ours) is None and named.get(theirs) is not None:
            named[ours] = named[theirs]
    if "subject" not in named and "raw_subject" in named:
        named["subject"] = named["raw_subject"]
    if "subject" not in named and isinstance(named.get("title"), str):
        named["subject"] = named["title"]
    if "body" not in named and "description" in named:
        named["body"] = named["description"]
    return {key: item for key, item in named.items() if item is not None or key in _TEXTS}


def _as_name(value: object) -> object:
    """An e-mail address, else a name, else an id, as text."""
    if isinstance(value, dict):
        for key in ("email", "name", "id"):
            if value.get(key) is not None:
                return str(value[key])
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def _aware(value: datetime | None) -> datetime | None:
    if value is None or value.year not in _YEARS:
        return None
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
