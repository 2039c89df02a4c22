"""The last look at what leaves for Zendesk: no comment that is not expressly internal.

`public` has no fixed default (it follows the ticket's first comment), and zenpy drops it from
objects used twice (reliability section 6). So the bytes themselves are looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from connector.errors import PublicWriteRefusedError

if TYPE_CHECKING:
    from connector.clients.calls import Call


def refuse_public_comments(call: Call, body: bytes | str | None) -> None:
    """Raises PublicWriteRefusedError unless every comment in the body has `public` false.

    A body that is no JSON is refused as well: nothing of ours looks like that.
    """
    if not body:
        return
    try:
        document = orjson.loads(body)
    except (orjson.JSONDecodeError, TypeError):
        raise PublicWriteRefusedError(
            f"{call.what} was not sent: its body is no JSON, so no one can tell that it is internal"
        ) from None
    if not all(_internal(comment) for comment in _comments(document)):
        raise PublicWriteRefusedError(
            f"{call.what} was not sent: it holds a comment without `public: false`, "
            "which customers might see"
        )


def _comments(document: Any) -> list[Any]:
    """Everything that stands under a key named comment or comments, at any depth."""
    found: list[Any] = []
    open_ends = [document]
    while open_ends:
        value = open_ends.pop()
        if isinstance(value, list):
            open_ends += value
        elif isinstance(value, dict):
            several = value.get("comments", [])
            found += [value["comment"]] if "comment" in value else []
            found += several if isinstance(several, list) else [several]
            open_ends += value.values()
    return found


def _internal(comment: Any) -> bool:
    return isinstance(comment, dict) and comment.get("public") is False
