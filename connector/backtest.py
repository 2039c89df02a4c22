"""`escalation backtest`: an export's past replayed, and measured against what was escalated."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import click

from connector.core.model import Assessment, Frozen
from connector.errors import ConfigError, ExitCode, did_you_mean
from connector.filecases import file_tickets
from connector.replay import Replay
from connector.ticketfile import BadLine, TicketLine, read_whole_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path

    from connector.core.mapping import Mappings
    from connector.filecases import FileTicket

Id = int | str
_NO = frozenset({"", "0", "false", "no", "none", "null", "-"})
_PROGRESS_EVERY = 50


class Escalated(Frozen):
    """One escalation as it would have been opened, ids as given in the file.

    `tickets` are those it was opened with; each of `joined` came to it later, at its time.
    """

    at: datetime
    tickets: tuple[Id, ...]
    joined: tuple[tuple[Id, datetime], ...]
    summary: str
    assessment: Assessment


class Kept(Frozen):
    """A ticket that would not have been escalated, or should not have been, and why."""

    ticket: Id
    at: datetime
    subject: str
    because: str


class Agreement(Frozen):
    """How far what would have been escalated is what really was. None: nothing to divide by."""

    tickets: int
    right: int
    precision: float | None
    recall: float | None


class TriggerCount(Frozen):
    """What one trigger did. `alone`: tickets that no other trigger would have brought up.

    A trigger speaks for all tickets of an escalation that it fired in.
    """

    kind: str
    escalations: int
    tickets: int
    alone: int
    agreement: Agreement | None = None


class Truth(Frozen):
    """The column of the file that says what really was escalated, and in how many tickets."""

    by: Literal["tag", "field"]
    name: str
    tickets: int


class Backtest(Frozen):
    """Everything that the replay found; the times are those of the file."""

    command: str = "backtest"
    tickets: int
    since: datetime | None
    until: datetime | None
    untimed: int
    escalated: tuple[Escalated, ...]
    suggested: tuple[Kept, ...]
    held: tuple[Kept, ...]
    triggers: tuple[TriggerCount, ...]
    truth: Truth | None = None
    overall: Agreement | None = None
    misses: tuple[Kept, ...] = ()
    false_alarms: tuple[Kept, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """1 when a line could not be read."""
        return ExitCode.SET_ASIDE if self.missing else ExitCode.DONE


@dataclass(frozen=True)
class Column:
    """Where a line says that its ticket really was escalated."""

    by: Literal["tag", "field"]
    name: str

    def says(self, ticket: Mapping[str, Any]) -> bool | None:
        """None when the ticket has no such field."""
        if self.by == "tag":
            tags = ticket.get("tags")
            return isinstance(tags, list) and self._names(tags)
        found = _field(ticket, self.name)
        return None if found is None else str(found[0] or "").strip().casefold() not in _NO

    def _names(self, tags: Iterable[object]) -> bool:
        return any(str(tag).casefold() == self.name.casefold() for tag in tags)

    def hidden(self, line: TicketLine) -> TicketLine:
        """The line without the answer: what is looked for must not be what finds it."""
        if self.by == "field":
            return line
        tags = tuple(tag for tag in line.tags if not self._names((tag,)))
        return line.model_copy(update={"tags": tags})


@dataclass(frozen=True)
class _File:
    """`answers`: line number -> what the column says there."""

    lines: tuple[TicketLine, ...]
    answers: Mapping[int, bool | None]
    keys: frozenset[str]
    missing: tuple[str, ...]


def backtest_file(
    path: Path,
    mappings: Mappings,
    window: timedelta,
    *,
    column: Column | None,
    progress: Callable[[int], None] = lambda _: None,
) -> Backtest:
    """Raises ConfigError when no line has the field that `column` names."""
    file = _read(path, column)
    if column is not None:
        _must_be_there(column, file)
    tickets = list(file_tickets(file.lines))
    replay = Replay(tickets, mappings, window)
    for done in replay.run():
        if done % _PROGRESS_EVERY == 0:
            progress(done)
    real = None
    if column is not None:
        real = {
            item.ticket.id
            for line, item in zip(file.lines, tickets, strict=True)
            if file.answers[line.line]
        }
    return _told(replay, tickets, file, column, real)


def _read(path: Path, column: Column | None) -> _File:
    """Of lines with the same id the last one: an export repeats tickets that changed meanwhile."""
    lines: dict[Id, TicketLine] = {}
    answers: dict[int, bool | None] = {}
    keys: set[str] = set()
    missing: list[str] = []
    with path.open("rb") as handle:
        for line, ticket in read_whole_lines(handle):
            if isinstance(line, BadLine):
                missing.append(f"line {line.number}: {line.reason}")
                click.echo(f"{path}: line {line.number}: {line.reason}; left out", err=True)
                continue
            keys |= ticket.keys()
            answers[line.line] = column.says(ticket) if column else None
            lines.pop(line.id, None)
            lines[line.id] = column.hidden(line) if column else line
    return _File(tuple(lines.values()), answers, frozenset(keys), tuple(missing))


def _must_be_there(column: Column, file: _File) -> None:
    told = [file.answers[line.line] for line in file.lines]
    if column.by == "field" and told and all(answer is None for answer in told):
        near = did_you_mean(column.name, file.keys)
        raise ConfigError(
            f"--truth-field {column.name}: no ticket of the file has this field.{near}"
        )


def _field(ticket: Mapping[str, Any], name: str) -> tuple[object] | None:
    """A key of the line, else a custom field by its id, as Zendesk's export lists them."""
    if name in ticket:
        return (ticket[name],)
    for listed in (ticket.get("custom_fields"), ticket.get("fields")):
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, dict) and str(item.get("id")) == name:
                return (item.get("value"),)
    return None


def _told(
    replay: Replay,
    tickets: Sequence[FileTicket],
    file: _File,
    column: Column | None,
    real: Collection[int] | None,
) -> Backtest:
    by_number = {item.ticket.id: item for item in tickets}

    def kept(number: int, said: Assessment) -> Kept:
        item = by_number[number]
        return Kept(
            ticket=item.given_id,
            at=said.now,
            subject=item.ticket.subject,
            because=said.because,
        )

    first = {number: raised.assessment for raised in replay.raised for number in raised.tickets}
    wrong = [number for number in first if real is not None and number not in real]
    return Backtest(
        tickets=len(tickets),
        since=replay.since,
        until=replay.until,
        untimed=sum(line.created_at is None for line in file.lines),
        escalated=tuple(
            Escalated(
                at=raised.assessment.now,
                tickets=tuple(by_number[n].given_id for n in raised.assessment.tickets),
                joined=tuple((by_number[n].given_id, at) for n, at in raised.joined.items()),
                summary=_summary(raised.assessment, by_number),
                assessment=raised.assessment,
            )
            for raised in replay.raised
        ),
        suggested=tuple(kept(number, said) for number, said in replay.suggested.items()),
        held=tuple(
            kept(number, said)
            for number, said in replay.last.items()
            if number not in first and _held(said)
        ),
        triggers=_by_trigger(replay, real),
        truth=(
            Truth(by=column.by, name=column.name, tickets=len(real))
            if column is not None and real is not None
            else None
        ),
        overall=_agreement(first, real),
        misses=tuple(
            kept(item.ticket.id, replay.last[item.ticket.id])
            for item in tickets
            if real is not None and item.ticket.id in real and item.ticket.id not in first
        ),
        false_alarms=tuple(kept(number, first[number]) for number in wrong),
        missing=file.missing,
    )


def _summary(assessment: Assessment, by_number: Mapping[int, FileTicket]) -> str:
    if assessment.group is not None and len(assessment.tickets) > 1:
        return assessment.group.label
    return by_number[assessment.tickets[0]].ticket.subject


def _held(said: Assessment) -> bool:
    """A trigger fired, and a suppressor kept it in support."""
    return said.verdict == "leave" and bool(said.findings)


def _by_trigger(replay: Replay, real: Collection[int] | None) -> tuple[TriggerCount, ...]:
    """The busiest first."""
    raised = [
        (sorted({finding.kind for finding in one.assessment.findings if finding.sure}), one.tickets)
        for one in replay.raised
    ]
    escalations = Counter(kind for kinds, _ in raised for kind in kinds)
    counts = []
    for kind, number in escalations.items():
        tickets = {ticket for kinds, ids in raised if kind in kinds for ticket in ids}
        counts.append(
            TriggerCount(
                kind=kind,
                escalations=number,
                tickets=len(tickets),
                alone=sum(len(ids) for kinds, ids in raised if kinds == [kind]),
                agreement=_agreement(tickets, real),
            )
        )
    return tuple(sorted(counts, key=lambda count: (-count.tickets, count.kind)))


def _agreement(found: Collection[int], real: Collection[int] | None) -> Agreement | None:
    if real is None:
        return None
    right = len(set(found) & set(real))
    return Agreement(
        tickets=len(found),
        right=right,
        precision=right / len(found) if found else None,
        recall=right / len(real) if real else None,
    )
