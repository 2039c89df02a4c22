"""Cursor and offset pagination of lists, with the limits and traps of each."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from connector.sandbox.frame import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.sandbox.zendesk.desk import Visit

PAGE = 100
DEEPEST_OFFSET = 10_000
Item = TypeVar("Item")


def page(visit: Visit, items: Sequence[Item]) -> tuple[Sequence[Item], dict[str, Any]]:
    """The asked-for part of `items` (already in order) and what is said beside it.

    `page[size]` chooses cursors. `links.next` is there even on the last page: only
    `meta.has_more` says when to stop. Offsets end at ten thousand records.
    """
    if "page[size]" in visit.query or "page[after]" in visit.query:
        return _by_cursor(visit, items)
    return _by_offset(visit, items)


def url(visit: Visit, **changes: Any) -> str:
    """The request's own URL with some query parameters changed; None takes one out."""
    pairs = {**dict(visit.query), **changes}
    kept = sorted((name, value) for name, value in pairs.items() if value is not None)
    return f"{visit.shapes.site}{visit.call.asked_path}?{urlencode(kept)}"


def _by_cursor(visit: Visit, items: Sequence[Item]) -> tuple[Sequence[Item], dict[str, Any]]:
    size = min(whole(visit, "page[size]", PAGE), PAGE)
    begin = 0
    if "page[before]" in visit.query:
        begin = max(_position(visit.query["page[before]"], items) - 1 - size, 0)
    elif "page[after]" in visit.query:
        begin = _position(visit.query["page[after]"], items)
    shown = items[begin : begin + size]
    end = begin + len(shown)
    after, before = _cursor(items, end), _cursor(items, begin + 1)
    beside = {
        "meta": {
            "has_more": end < len(items),
            "after_cursor": after if shown else None,
            "before_cursor": before if shown else None,
        },
        "links": {
            "prev": url(visit, **{"page[before]": before, "page[after]": None}) if shown else None,
            "next": url(visit, **{"page[after]": after, "page[before]": None}) if shown else None,
        },
    }
    return shown, beside


def _by_offset(visit: Visit, items: Sequence[Item]) -> tuple[Sequence[Item], dict[str, Any]]:
    size = min(whole(visit, "per_page", PAGE), PAGE)
    number = whole(visit, "page", 1)
    if number * size > DEEPEST_OFFSET:
        title = "Pagination requests using Offset Pagination are limited to 10000 records"
        problem = {"code": "InvalidPaginationDepth", "title": title, "detail": title}
        raise Refusal(400, {"errors": [problem]})
    begin = (number - 1) * size
    more = begin + size < len(items)
    beside = {
        "next_page": url(visit, page=number + 1) if more else None,
        "previous_page": url(visit, page=number - 1) if number > 1 else None,
        "count": len(items),
    }
    return items[begin : begin + size], beside


def whole(visit: Visit, name: str, default: int) -> int:
    """A positive whole number from the query; refused with 400 when it is not one."""
    given = visit.query.get(name)
    if given is None:
        return default
    if not given.isdigit() or int(given) < 1:
        raise invalid_parameter(name, "must be an integer")
    return int(given)


def invalid_parameter(name: str, why: str) -> Refusal:
    message = f"You passed an invalid value for the {name} attribute. Invalid parameter: {name} "
    return Refusal(400, {"error": {"title": "Invalid attribute", "message": message + why}})


def _cursor(items: Sequence[Any], position: int) -> str:
    """Names the item before `position`, so that it holds when items come in elsewhere."""
    named = items[position - 1].id if 0 < position <= len(items) else 0
    return base64.b64encode(f'{{"o":"nice_id","v":"{named}.{position}"}}'.encode()).decode()


def _position(cursor: str, items: Sequence[Any]) -> int:
    try:
        text = base64.b64decode(cursor, validate=True).decode()
        named, _, place = text.removesuffix('"}').rpartition('"')[2].partition(".")
        position, id_ = int(place), int(named)
    except (ValueError, binascii.Error):
        title = "page[after] is not a valid cursor"
        problem = {"code": "InvalidPaginationParameter", "title": title, "detail": title}
        raise Refusal(400, {"errors": [problem]}) from None
    if 0 < position <= len(items) and items[position - 1].id == id_:
        return position
    found = next((at for at, item in enumerate(items, 1) if item.id == id_), position)
    return min(found, len(items))
