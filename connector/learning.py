"""What was learned from an escalation: kept with it, and found when something like it comes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.text import Text

from connector.core.duration import spell
from connector.core.lessons import Lesson, rank
from connector.core.model import Frozen
from connector.core.redact import redact
from connector.errors import ExitCode
from connector.ledger.rows import EscalationRow, EventRow
from connector.refs import escalation_named
from connector.texts import indented

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import Console

    from connector.ledger.store import Ledger, Transaction
    from connector.services import Services

_PARTS = {
    "root_cause": "Root cause",
    "resolution": "Resolution",
    "workaround": "Workaround",
    "earlier": "Caught earlier by",
    "text": "Learned",
}


class Lessons(Frozen):
    """What was found, the most alike first."""

    command: str = "learned"
    now: datetime
    lessons: tuple[Lesson, ...]
    about: str = ""

    @property
    def exit_code(self) -> ExitCode:
        """Looking is always done."""
        return ExitCode.DONE


def learn(
    services: Services,
    row: EscalationRow,
    parts: Mapping[str, str],
    *,
    by: str,
    at: datetime | None = None,
) -> EscalationRow:
    """Adds to what was learned; what was known of other parts stays."""
    with services.ledger.transaction() as tx:
        return keep_learned(tx, row, parts, by=by, at=at or services.now)


def keep_learned(
    tx: Transaction, row: EscalationRow, parts: Mapping[str, str], *, by: str, at: datetime
) -> EscalationRow:
    before = row.learned if isinstance(row.learned, dict) else {}
    said = {name: redact(text).text for name, text in parts.items() if text}
    learned = {**before, **said, "by": by, "at": at.isoformat()}
    learned["text"] = said.get("text") or learned.get("text") or _summary(learned)
    if learned == before:
        return row
    fresh = row.model_copy(update={"learned": learned})
    tx.escalations.replace(fresh)
    tx.events.add(
        EventRow(at=at, actor=by, what="learned", escalation_id=row.id, detail={"parts": [*said]})
    )
    return fresh


def record(ledger: Ledger, *, ref: str, parts: Mapping[str, str], now: datetime) -> Lessons:
    """By hand. Raises ConfigError for an unknown REF."""
    with ledger.transaction() as tx:
        row = escalation_named(tx, ref)
        fresh = keep_learned(tx, row, parts, by="operator", at=now)
        return Lessons(now=now, lessons=(lesson_of(tx, fresh),))


def search(ledger: Ledger, *, text: str, now: datetime) -> Lessons:
    """Everything that was learned, or what shares words with the text."""
    with ledger.snapshot() as tx:
        known = all_lessons(tx)
    found = rank(text, known) if text.strip() else known
    return Lessons(now=now, lessons=found, about=text.strip())


def all_lessons(tx: Transaction) -> tuple[Lesson, ...]:
    return tuple(lesson_of(tx, row) for row in tx.escalations.learned())


def lesson_of(tx: Transaction, row: EscalationRow) -> Lesson:
    """What there is to learn, with the times it took."""
    learned: dict[str, Any] = row.learned if isinstance(row.learned, dict) else {}
    told = [link.told_at for link in tx.links.of(row.id) if link.told_at is not None]
    return Lesson(
        id=row.id,
        issue_key=row.issue_key,
        target=row.target,
        severity=row.severity,
        state=row.state,
        summary=row.summary,
        because=row.reason,
        **{name: str(learned.get(name) or "") for name in _PARTS},
        minutes_to_acknowledge=_minutes(row.opened_at, row.acknowledged_at),
        minutes_to_end=_minutes(row.opened_at, row.ended_at),
        minutes_to_tell=_minutes(row.ended_at, max(told, default=None)),
    )


def _minutes(start: datetime | None, end: datetime | None) -> int | None:
    if start is None or end is None:
        return None
    return max(int((end - start).total_seconds() // 60), 0)


def _summary(learned: Mapping[str, Any]) -> str:
    """One line for where there is room for one only: the brief of the next episode."""
    return "; ".join(str(learned[name]) for name in _PARTS if name != "text" and learned.get(name))


def print_lessons(found: Lessons, screen: Console) -> None:
    """One part each: what it was, what was learned, how long it took."""
    if not found.lessons:
        like = "Nothing like it" if found.about else "Nothing"
        screen.print(Text(f"{like} was learned so far; `escalation learn REF` adds something."))
    for lesson in found.lessons:
        name = lesson.issue_key or lesson.id
        screen.print(Text.assemble((name, "bold"), f"  {lesson.state}  {lesson.summary}"))
        for line in lesson_lines(lesson):
            indented(screen, line)


def lesson_lines(lesson: Lesson) -> Iterator[str]:
    """What was learned, part by part, and how long things took."""
    for part, title in _PARTS.items():
        said = getattr(lesson, part)
        if said and (part != "text" or not lesson.root_cause):
            yield f"{title}: {said}"
    if lesson.times:
        yield ", ".join(f"{what} {spell(took)}" for what, took in lesson.times)
