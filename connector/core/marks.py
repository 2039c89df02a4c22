"""What people say by a tag or label, and the words that wait for a customer's agent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, StringConstraints

from connector.core.model import Frozen
from connector.core.wording import only

if TYPE_CHECKING:
    from collections.abc import Iterable

Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{2,60}$")]
Label = Annotated[str, StringConstraints(pattern=r"^[^\s]{3,200}$")]


class Marks(Frozen):
    """How somebody says "seen" or "not now" without this program: a ticket's tag, an issue's label.

    Snoozing lasts as long as the mark is there, or until the day that is appended to it
    (`…_2026-11-30`).
    """

    ack_tag: Tag = "ack_escalation"
    ack_label: Label = "ack-escalation"
    snooze_tag: Tag = "snooze_escalation"
    snooze_label: Label = "snooze-escalation"

    def acknowledged(self, tags: Iterable[str], labels: Iterable[str]) -> str | None:
        """Who said so, "zendesk" or "jira"; None when nobody did."""
        if self.ack_tag in tags:
            return "zendesk"
        return "jira" if self.ack_label in labels else None

    def snoozed(self, tags: Iterable[str], labels: Iterable[str]) -> tuple[bool, date | None]:
        """Whether a mark is there, and the day until which; the latest of several days, or for
        as long as the mark is there.
        """
        found = [
            rest
            for mark, worn in ((self.snooze_tag, tags), (self.snooze_label, labels))
            for name in worn
            if (rest := _after(mark, name)) is not None
        ]
        days = [day for day in map(_day_of, found) if day is not None]
        if "" in found:
            return True, None
        return bool(days), max(days, default=None)


def _after(mark: str, name: str) -> str | None:
    """What stands behind the mark: nothing, or `_` or `-` and a day."""
    if name == mark:
        return ""
    return name[len(mark) + 1 :] if name.startswith((f"{mark}_", f"{mark}-")) else None


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("_", "-"))
    except ValueError:
        return None


Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(only("subject", "workaround", "next")),
]


class Letters(Frozen):
    """Drafts for customers: words that a person reads, and only a person sends.

    {subject}: the ticket's own; {workaround}: a sentence with what helps meanwhile, empty when
    nothing is known; {next}: when the next update is due.
    """

    open: Words = (
        'Hello,\n\nthis is an update on your request "{subject}". We have passed it on to the '
        "team that can solve it, and they have it in their queue.{workaround}\n\nWe will write to "
        "you again by {next}, or earlier when there is news."
    )
    in_progress: Words = (
        'Hello,\n\nthis is an update on your request "{subject}". Our specialists are working '
        "on it; there is no solution yet.{workaround}\n\nWe will write to you again by {next}, or "
        "earlier when there is news."
    )
    resolved: Words = (
        'Hello,\n\nthe problem that you reported in "{subject}" is solved. Please try it again, '
        "and tell us if it does not work for you."
    )
    workaround: Words = (
        'Hello,\n\nthere is a way to go on with what you reported in "{subject}".{workaround}\n\n'
        "Please tell us whether it works for you."
    )
    rejected: Words = (
        'Hello,\n\nour team has looked at your request "{subject}" and decided not to '
        "change it.{workaround}\n\nWe know that this is not what you hoped for. Please tell us "
        "if we can help in another way."
    )
    reassessed: Words = (
        'Hello,\n\nour team has looked at your request "{subject}" and could not find its cause '
        "with what we know so far.{workaround}\n\nIf it happens again, please tell us when, and "
        "what you did just before."
    )
    self_resolved: Words = (
        'Hello,\n\nthe problem that you reported in "{subject}" does not occur any more. Please '
        "try it again, and tell us if it does not work for you."
    )
    support_resolvable: Words = (
        'Hello,\n\nwe have an answer to your request "{subject}".{workaround}\n\nPlease tell us '
        "whether this solves it for you."
    )
