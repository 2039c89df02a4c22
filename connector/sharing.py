"""What people in Jira say to support: only what they marked, once, as internal notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from connector.core.clean import cut_text
from connector.core.plan import name_write
from connector.core.redact import redact
from connector.core.wording import fill
from connector.core.writes import UpdateTicket
from connector.drafting import affected_by
from connector.escalating import intents
from connector.learning import learn
from connector.ports import IssueChange, TrackerComment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.ledger.rows import EscalationRow
    from connector.running import Run
    from connector.services import Services
    from connector.watching import News

Somebodys = TypeVar("Somebodys", TrackerComment, IssueChange)

_LONGEST = 4000
_OURS = re.compile(r"^ref [0-9a-f]{20}\s*$", re.MULTILINE)


def others(run: Run, said: Iterable[Somebodys]) -> list[Somebodys]:
    """What somebody else than this program said or did."""
    return [
        one
        for one in said
        if one.author_id != run.me
        and not (isinstance(one, TrackerComment) and _OURS.search(one.text) is not None)
    ]


def share(services: Services, row: EscalationRow, news: News, run: Run) -> EscalationRow:
    """Marked comments go to every ticket that still takes notes; what was learned is kept."""
    marks = services.mappings.status.comments
    for comment in others(run, news.comments):
        learned = marks.learned_text(comment.text)
        if learned is not None:
            row = learn(
                services,
                row,
                {"root_cause": redact(cut_text(learned, _LONGEST)).text},
                by=f"{comment.author or 'somebody'} in {news.issue.key}",
                at=comment.created,
            )
            run.shared.append(f"{news.issue.key}: learning by {comment.author or 'somebody'}")
        text = marks.shared_text(comment.text, labels=news.issue.labels)
        if text is not None:
            _pass_on(services, row, news, comment, text, run)
    return row


def _pass_on(
    services: Services,
    row: EscalationRow,
    news: News,
    comment: TrackerComment,
    text: str,
    run: Run,
) -> None:
    note = fill(
        services.mappings.status.comments.note,
        {
            "issue": news.issue.key,
            "author": comment.author or "Somebody",
            "text": redact(cut_text(text, _LONGEST)).text,
        },
    )
    with services.ledger.transaction() as tx:
        planned = [
            name_write(
                row.marker,
                UpdateTicket(ticket_id=affected.ticket_id, note=note.strip()),
                n=f"comment {comment.id}",
            )
            for affected in affected_by(tx.links.of(row.id))
            if not affected.closed
        ]
        if tx.intents.add(intents(services, tx, row, planned)):
            run.shared.append(f"{news.issue.key}: comment by {comment.author or 'somebody'}")
