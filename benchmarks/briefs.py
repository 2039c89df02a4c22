"""Prints real reports beside the briefs they would get, to be read by a person.

usage: python benchmarks/briefs.py REPORTS.jsonl [--count 10] [--seed 1] [--target Engineering]
       [--brief-only]

REPORTS holds one report or ticket a line: {"id", "title" or "subject", "body"}.
"""

from __future__ import annotations

import argparse
import random
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connector.core import render
from connector.core.brief import Links, brief_document, missing_request, write_brief
from connector.core.brief_mapping import BriefMapping
from connector.core.clean import clean_text
from connector.core.model import (
    Assessment,
    Case,
    Comment,
    Customer,
    Severity,
    Target,
    Thread,
    Ticket,
)
from connector.ticketfile import TicketLine, read_lines

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
BRIEF_TOML = Path(__file__).resolve().parents[1] / "mappings" / "brief.toml"


def main() -> None:
    """Reads, draws by the seed, prints."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    arguments.add_argument("reports", type=Path)
    arguments.add_argument("--count", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--target", default=Target.ENGINEERING.value, choices=list(Target))
    arguments.add_argument("--brief-only", action="store_true")
    chosen = arguments.parse_args()
    with chosen.reports.open("rb") as handle:
        lines = [line for line in read_lines(handle) if isinstance(line, TicketLine)]
    drawn = random.Random(chosen.seed).sample(lines, min(chosen.count, len(lines)))  # noqa: S311 - a draw
    mapping = BriefMapping.model_validate(tomllib.loads(BRIEF_TOML.read_text("utf-8")))
    for number, line in enumerate(drawn, 1):
        show(line, number, mapping, Target(chosen.target), report=not chosen.brief_only)


def show(
    line: TicketLine, number: int, mapping: BriefMapping, target: Target, *, report: bool
) -> None:
    """One report, its brief, and what an agent would be asked for."""
    case = case_of(line, number)
    if report:
        print("=" * 100, f"{line.id}: {line.subject}", "-" * 100, line.body, sep="\n")
    assessment = Assessment(
        now=NOW,
        tickets=(case.ticket.id,),
        verdict="escalate",
        because="drawn for this page",
        severity=Severity.HIGH,
        target=target,
    )
    brief = write_brief(
        assessment, [case], mapping, now=NOW, links=Links(desk_url="https://acme.zendesk.com")
    )
    print("-" * 100, render.plain(brief_document(brief), width=100), sep="\n")
    print("-" * 100, missing_request(brief) or "Nothing is missing.", "", sep="\n")


def case_of(line: TicketLine, number: int) -> Case:
    """A ticket with its report as the only comment, or with the comments of its line."""
    at = line.created_at or NOW - timedelta(days=1)
    said = [("end-user", True, line.body), *((c.role, c.public, c.body) for c in line.comments)]
    comments = tuple(
        Comment(
            id=number * 1000 + place,
            ticket_id=number,
            role="agent" if role == "agent" else "end-user",
            public=public,
            created_at=at + timedelta(minutes=place),
            body=clean_text(body),
        )
        for place, (role, public, body) in enumerate(said, 1)
    )
    ticket = Ticket(
        id=number,
        subject=clean_text(line.subject, 500),
        description=comments[0].body,
        created_at=at,
        updated_at=at,
    )
    name = line.organization or line.requester or "Example customer"
    customer = Customer(key=f"requester:{name}", name=name)
    return Case(
        now=NOW,
        ticket=ticket,
        customer=customer,
        thread=Thread(ticket_id=number, comments=comments),
    )


if __name__ == "__main__":
    main()
