"""Threads of the demo's week beside the briefs that they became: the second half of briefs.md."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from connector.core import render
from connector.core.brief import Brief, brief_document, missing_request
from connector.ledger.store import open_ledger
from connector.sandbox.demo import NOW, demo_seed

if TYPE_CHECKING:
    from pathlib import Path

    from connector.sandbox.seed import SeedTicket

BEGIN, END = "<!-- examples: docs/generate.py -->", "<!-- end of examples -->"
_WIDTH = 96
_MOST_TICKETS = 3
_WANTED = 10


def briefs_in(run: Path) -> list[Brief]:
    """The briefs of a demo run's ledger, but for the one that README shows."""
    (store,) = run.glob("*.db")
    with open_ledger(f"sqlite:///{store}", now=NOW) as ledger, ledger.snapshot() as tx:
        kept = [Brief.model_validate(row.brief) for row in tx.escalations.all() if row.brief]
    told = [brief for brief in kept if len(brief.tickets) <= _MOST_TICKETS]
    return sorted(told, key=lambda brief: brief.tickets)[:_WANTED]


def examples(briefs: list[Brief]) -> str:
    """Each thread, its brief, and what an agent is asked for."""
    tickets = {ticket.id: ticket for ticket in demo_seed().tickets}
    parts = [BEGIN]
    for brief in briefs:
        threads = "\n\n".join(_thread(tickets[number]) for number in brief.tickets)
        asked = missing_request(brief) or "Nothing is missing: nobody is asked for anything."
        numbers = ", ".join(map(str, brief.tickets))
        parts += [
            f"### {brief.target.value}: ticket {numbers}",
            "What was said in the tickets:",
            _fenced(threads),
            "The brief:",
            _fenced(_steady(render.plain(brief_document(brief), _WIDTH))),
            "What the agent is asked for:",
            _fenced(_wrapped(asked)),
        ]
    return "\n\n".join([*parts, END])


def with_examples(text: str, shown: str) -> str:
    """The page with these examples in the place of its own."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{shown}{after}"


def _thread(ticket: SeedTicket) -> str:
    said = [
        f"#{ticket.id}  {ticket.subject}",
        _said(f"customer, {ticket.created_at:%d %b %H:%M}", ticket.body),
    ]
    for comment in ticket.comments:
        who = "customer" if comment.author == ticket.requester else "agent"
        how = "" if comment.public else ", internal note"
        said.append(_said(f"{who}, {comment.created_at:%d %b %H:%M}{how}", comment.body))
    return "\n\n".join(said)


def _said(head: str, body: str) -> str:
    return f"[{head}]\n{_wrapped(body)}"


def _wrapped(text: str) -> str:
    lines = text.strip().splitlines()
    return "\n".join("\n".join(textwrap.wrap(line, _WIDTH)) for line in lines)


def _steady(text: str) -> str:
    """Ports are chosen by the system; one that is always the same makes pages comparable."""
    return re.sub(r"127\.0\.0\.1:\d{4,5}", "127.0.0.1:8901", text)


def _fenced(text: str) -> str:
    """As output; a fence of the customer's own does not end it."""
    safe = text.replace("```", "'''")
    return f"```console\n{safe}\n```"
