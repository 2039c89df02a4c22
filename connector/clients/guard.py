"""The last look at what leaves for Zendesk: no comment that is not expressly internal, but for the
one reply that a person approved.

`public` has no fixed default (it follows the ticket's first comment), and zenpy drops it from
objects used twice (reliability section 6). So the bytes themselves are looked at.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson

from connector.core.markers import AUDIT_KEY
from connector.errors import PublicWriteRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.clients.calls import Call
    from connector.ports import ApprovedReply


class PublicGuard:
    """Refuses public comments. While a reply is admitted, one request may hold it: whatever
    request comes first uses the admission up, and one that differs in anything is refused.
    """

    def __init__(self) -> None:
        self._admitted: ApprovedReply | None = None

    @contextmanager
    def admitting(self, reply: ApprovedReply) -> Iterator[None]:
        """For the next request only, and not beyond this block."""
        self._admitted = reply
        try:
            yield
        finally:
            self._admitted = None

    def __call__(self, call: Call, body: bytes | str | None) -> None:
        reply, self._admitted = self._admitted, None
        if reply is None or not _is_exactly(reply, call, body):
            refuse_public_comments(call, body)


def reply_body(reply: ApprovedReply) -> dict[str, Any]:
    """The only public body that there is."""
    return {
        "ticket": {
            "metadata": {AUDIT_KEY: reply.intent_id},
            "safe_update": True,
            "updated_stamp": reply.updated_stamp,
            "comment": {"body": reply.text, "public": True},
        }
    }


def _is_exactly(reply: ApprovedReply, call: Call, body: bytes | str | None) -> bool:
    """This ticket, these words and this state of the ticket, and not a key more."""
    words = hashlib.sha256(reply.text.encode()).hexdigest()
    if not reply.approval or words != reply.text_sha256:
        return False
    place = (call.side, call.method, call.endpoint)
    if place != ("zendesk", "PUT", "/api/v2/tickets/{id}.json"):
        return False
    if f"ticket {reply.ticket_id}" not in call.scopes:
        return False
    try:
        return bool(orjson.loads(body or b"") == reply_body(reply))
    except (orjson.JSONDecodeError, TypeError):
        return False


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
