"""What a service says about a refused request, fit to be shown: its own words, nobody's text.

Error bodies come in at least six shapes and may echo what was sent. Only short
messages and field names are taken, and echoes of our texts are hidden.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from connector.core.clean import clean_text, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from connector.core.model import Json

_MOST_MESSAGES = 6
_LONGEST_MESSAGE = 200
_LONGEST_READ = 20_000
_LONGEST_FIELD = 80
_DEEPEST = 4
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:@/=-]{1,80}")
_REQUEST_ID_HEADERS = ("x-request-id", "atl-traceid", "x-arequestid")
_QUOTED = re.compile(r"['\"“‘]([^'\"“”‘’]{12,})['\"”’]")
_SAID_UNDER = (
    "error",
    "error_description",
    "description",
    "message",
    "errorMessage",
    "title",
    "detail",
)
_TEXT_KEYS = frozenset({"summary", "description", "body", "html_body", "text", "subject", "title"})
_SHORTEST_ECHO = 4
_HIDDEN = "[our text]"


def messages(document: Json, hide: Callable[[str], str]) -> list[str]:
    """The service's messages, one line each, at most six; each with the field it is about."""
    found: list[str] = []
    for field, text in _pairs(document):
        hidden = hide(text[:_LONGEST_READ])
        shown = one_line(clean_text(hidden, 4 * _LONGEST_MESSAGE), _LONGEST_MESSAGE)
        message = f"{field}: {shown}" if field else shown
        if shown and message not in found:
            found.append(message)
    return found[:_MOST_MESSAGES]


def field_names(document: Json) -> tuple[str, ...]:
    """The fields that the service names as wrong."""
    return tuple(dict.fromkeys(field for field, _ in _pairs(document) if field and field != "base"))


def request_id(headers: Mapping[str, str]) -> str | None:
    """The service's name for this request, for its support; None when absent or odd."""
    for name in _REQUEST_ID_HEADERS:
        found = headers.get(name, "").strip()
        if _REQUEST_ID.fullmatch(found):
            return found
    return None


def hider(secrets: Collection[str], body: bytes | str | None) -> Callable[[str], str]:
    """A function that takes known secrets and echoes of the request's texts out of a message."""
    texts = sorted(set(_texts(_parsed(body))), key=len, reverse=True)
    whole = "\n".join(texts)

    def hide(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "***")
        for ours in texts:
            text = text.replace(ours, _HIDDEN)
        return _QUOTED.sub(
            lambda quote: f"'{_HIDDEN}'" if quote[1] in whole else quote[0],
            text,
        )

    return hide


def _pairs(document: Json, depth: int = 0) -> Iterator[tuple[str, str]]:
    """(field or "", message) of every shape that either service answers with."""
    if not isinstance(document, dict) or depth > _DEEPEST:
        return
    for name in (
        "error",
        "error_description",
        "description",
        "message",
        "errorMessage",
        "title",
        "detail",
    ):
        value = document.get(name)
        if isinstance(value, dict):
            yield from _pairs(value, depth + 1)
        else:
            yield from (("", text) for text in _strings(value))
    yield from (("", text) for text in _strings(document.get("errorMessages")))
    for name in ("errors", "details"):
        yield from _by_field(document.get(name), depth)


def _by_field(value: Json, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _pairs(item, depth + 1)
    elif isinstance(value, dict):
        for field, said in value.items():
            yield from _about(one_line(clean_text(str(field), _LONGEST_FIELD)), said)


def _about(field: str, said: Json) -> Iterator[tuple[str, str]]:
    """One field's messages: a text, or Zendesk's list of `{description, error, …}`."""
    for row in said if isinstance(said, list) else [said]:
        if isinstance(row, dict):
            number = row.get("ticket_field_id")
            name = str(number) if isinstance(number, int) else field
            yield from ((name, text) for text in _strings(row.get("description")))
        else:
            yield from ((field, text) for text in _strings(row))


def _strings(value: Json) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield item


def _parsed(body: bytes | str | None) -> Any:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return None


def _texts(value: Any, *, text_key: bool = False) -> Iterator[str]:
    """Everything that the request says under a key that holds people's text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, text_key=key in _TEXT_KEYS)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, text_key=text_key)
    elif text_key and isinstance(value, str) and len(value) >= _SHORTEST_ECHO:
        yield value
