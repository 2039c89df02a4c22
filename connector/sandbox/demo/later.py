"""What happens after the demo's now: the second act."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from connector.sandbox.demo.files import Story, people, stories
from connector.sandbox.demo.letters import answer, letter, pick_agent, style_of
from connector.sandbox.demo.week import SEED, demo_seed, persons, ticket_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

_ACTIONS = "/_sandbox/zendesk/tickets"


@dataclass(frozen=True)
class LaterEvent:
    """One thing that somebody does `minutes` after the demo's now.

    POST `order` to `path` on the sandbox's Zendesk port and it has happened.
    """

    minutes: int
    story: str
    path: str
    order: Mapping[str, Any]

    @property
    def text(self) -> str:
        return str(self.order["body"])


@cache
def later_events() -> tuple[LaterEvent, ...]:
    """In order of time, all within the first hour."""
    made = [_event(one, one.later) for one in stories() if one.later is not None]
    return tuple(sorted(made, key=lambda event: event.minutes))


def _event(story: Story, minutes: int) -> LaterEvent:
    if story.to is None:
        return LaterEvent(minutes, story.story, _ACTIONS, _new_ticket(story))
    id_ = ticket_ids()[story.to]
    ticket = next(one for one in demo_seed().tickets if one.id == id_)
    person = persons()[ticket.requester]
    if story.by is None:
        body = letter(person, style_of(person, SEED), story.body)
        order: dict[str, Any] = {"by": "customer", "body": body}
    else:
        agent = pick_agent(people().agents, story.by)
        order = {"by": "agent", "author": agent.email, "body": answer(agent, person, story.body)}
    return LaterEvent(minutes, story.story, f"{_ACTIONS}/{id_}/comments", order)


def _new_ticket(story: Story) -> dict[str, Any]:
    person = persons()[story.sender]
    return {
        "requester": person.email,
        "subject": story.subject,
        "body": letter(person, style_of(person, SEED), story.body),
        "group": story.group,
        "fields": {"Product area": f"area_{story.area}"},
    }
