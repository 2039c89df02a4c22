"""Whose turn it is in a ticket, kept up to date from new comments alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from connector.core.model import Comment, Frozen, Ticket

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_OURS_TO_ANSWER = frozenset({"new", "open"})


class Turns(Frozen):
    """`unanswered_since`: the customer's oldest comment without a public reply after it."""

    unanswered_since: datetime | None = None
    last_customer_at: datetime | None = None
    last_public_reply_at: datetime | None = None
    last_comment_id: int | None = None


def foreign(comments: Iterable[Comment]) -> tuple[Comment, ...]:
    """The comments that neither we nor a machine wrote."""
    return tuple(
        comment for comment in comments if comment.intent_id is None and comment.role != "system"
    )


def first_turns(ticket: Ticket) -> Turns:
    """What the ticket itself tells, before any comment of it was read.

    Zendesk's metrics say when the requester wrote last, not whether an agent's later update was
    a reply or a note. So a ticket that is the support's turn by its status
    is taken to wait: a closer look costs a call, a miss costs the customer.
    """
    metrics = ticket.metrics
    asked = (metrics.requester_updated_at if metrics else None) or ticket.created_at
    return Turns(
        unanswered_since=asked if ticket.status in _OURS_TO_ANSWER else None,
        last_customer_at=asked,
    )


def next_turns(before: Turns, comments: Sequence[Comment]) -> Turns:
    """The turns after these comments. Comments seen before change nothing."""
    said = foreign(comments)
    customer = [comment.created_at for comment in said if comment.role == "end-user"]
    replies = [comment.created_at for comment in said if comment.role == "agent" and comment.public]
    last_customer = _latest(before.last_customer_at, customer)
    last_reply = _latest(before.last_public_reply_at, replies)
    asked = [at for at in (before.unanswered_since, before.last_customer_at, *customer) if at]
    open_since = [at for at in asked if last_reply is None or at > last_reply]
    ids = [comment.id for comment in said]
    return Turns(
        unanswered_since=min(open_since, default=None),
        last_customer_at=last_customer,
        last_public_reply_at=last_reply,
        last_comment_id=max(
            (*ids, *((before.last_comment_id,) if before.last_comment_id else ())), default=None
        ),
    )


def _latest(before: datetime | None, times: Sequence[datetime]) -> datetime | None:
    return max((*times, *((before,) if before else ())), default=None)
