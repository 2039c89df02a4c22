"""Merging tickets: the sources are closed, and both sides say so in a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.zendesk.updates import Update
from connector.sandbox.zendesk.wishes import check_writable

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.sandbox.zendesk.entities import Ticket, User
    from connector.sandbox.zendesk.store import Store

CLOSED_TAG = "closed_by_merge"


def merge_into(
    store: Store,
    agent: User,
    target: Ticket,
    sources: list[Ticket],
    tell: Callable[..., None],
    *,
    target_text: str | None = None,
    source_text: str | None = None,
) -> None:
    """Refused with 422 when one of the tickets is closed. The comments are internal."""
    for ticket in (target, *sources):
        check_writable(ticket)
    for source in sources:
        gone = Update(store, source, agent, channel="web", source=_via(target))
        text = source_text or f"This request was closed and merged into request #{target.id}"
        gone.comment(f'{text} "{target.subject}".', public=False)
        gone.set_tags([*source.tags, CLOSED_TAG])
        gone.set("status", "closed")
        gone.commit(tell)
        kept = Update(store, target, agent, channel="web", source=_via(source))
        text = target_text or f"Request #{source.id} was closed and merged into this request."
        kept.comment(f"{text}\n\n{source.comments[0].body}", public=False)
        kept.commit(tell)


def _via(other: Ticket) -> dict[str, Any]:
    named = {"ticket_id": other.id, "subject": other.subject}
    return {"from": named, "to": {}, "rel": "merge"}
