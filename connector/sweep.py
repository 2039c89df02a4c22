"""One pass from desk to tracker: gather, decide, write, record; escalation by escalation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.candidates import Candidates, Unit, find_candidates
from connector.core.facts import look_at
from connector.core.model import Severity, Target, Ticket
from connector.core.redact import redact
from connector.deciding import ONE_CALL, Decision, decide, fetch_tickets
from connector.duplicates import fold_duplicates
from connector.errors import (
    ConfigError,
    ConnectorError,
    RefusedError,
    TicketError,
    UnavailableError,
    first_to_mend,
    one_of_ours,
)
from connector.escalating import follow, line_of, make_gate, open_escalation, resume
from connector.ledger.rows import AsideRow
from connector.placing import GroupsUpdate, update_groups
from connector.reading import Read, read_changes
from connector.report import EscalationLine, Report, SetAside, StateChange, TicketLeft
from connector.running import report_of

if TYPE_CHECKING:
    from connector.core.model import Group
    from connector.gate import Gate
    from connector.ledger.rows import EscalationRow
    from connector.services import Services


@dataclass
class _Found:
    """What this run decided so far."""

    escalated: list[EscalationLine] = field(default_factory=list)
    joined: list[EscalationLine] = field(default_factory=list)
    suggested: list[EscalationLine] = field(default_factory=list)
    deferred: list[EscalationLine] = field(default_factory=list)
    changed: list[StateChange] = field(default_factory=list)
    left: list[TicketLeft] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    troubles: list[ConnectorError] = field(default_factory=list)


def run_sweep(services: Services, *, full: bool = False, limit: int | None = None) -> Report:
    """Reads what changed, escalates what cannot wait, joins new reports to what is live.

    Raises RefusedError or UnavailableError when Zendesk cannot be asked at all; trouble with Jira
    leaves its writes planned and says so.
    """
    found = _Found()
    gate = make_gate(services)
    _try_tracker(services, gate)
    gate.recover()
    read = _read(services, gate, found, full=full)
    groups = update_groups(services)
    candidates = find_candidates(services)
    _decide_all(services, gate, candidates, found, limit)
    _fold(services, gate, found)
    resume(services, gate)
    return _report(services, gate, read, groups, candidates, found)


def _try_tracker(services: Services, gate: Gate) -> None:
    try:
        services.tracker.whoami()
    except (RefusedError, UnavailableError) as error:
        gate.resting.leave("tracker", error)


def _fold(services: Services, gate: Gate, found: _Found) -> None:
    if gate.resting.whole("tracker"):
        return
    try:
        fold_duplicates(services)
    except (RefusedError, UnavailableError, TicketError) as error:
        found.troubles.append(error)


def _read(services: Services, gate: Gate, found: _Found, *, full: bool) -> Read:
    """What was read before trouble is kept; the cursor stands where the last whole page ended.

    The exports answer nobody without credentials: they need no sign-in before them.
    """
    read = Read()
    try:
        read_changes(services, read, full=full)
    except (UnavailableError, TicketError) as error:
        if not read.begun:
            raise first_to_mend([error, *gate.resting.troubles]) from error
        found.troubles.append(error)
    return read


def _decide_all(
    services: Services, gate: Gate, candidates: Candidates, found: _Found, limit: int | None
) -> None:
    decided: list[tuple[Unit, Decision]] = []
    for number, (unit, known) in enumerate(_fetched(services, candidates.units), 1):
        services.progress("candidates looked at", number, len(candidates.units))
        gate.sender.seen.update(known or {})
        try:
            decision = _look(services, unit, known)
        except (RefusedError, ConfigError):
            raise
        except UnavailableError as error:
            found.troubles.append(error)
            break
        except Exception as error:  # noqa: BLE001 - one bad ticket does not stop the others
            _set_aside(services, unit, one_of_ours(error), found)
            continue
        if decision is None:
            _settle(services, unit, None)
        elif unit.live is not None:
            with _alone(services, unit, found):
                _follow(services, gate, unit, unit.live, decision, found)
        else:
            decided.append((unit, decision))
    _escalate(services, gate, decided, found, limit)
    shown = {group.id: group for group in candidates.suggested}
    offered = candidates.not_shown.union(shown)
    found.suggested = [
        *map(suggested_line, shown.values()),
        *(line for line in found.suggested if line.id not in offered),
    ]
    _quiet(services, candidates)


Known = Mapping[int, Ticket]


def _fetched(services: Services, units: Iterable[Unit]) -> Iterator[tuple[Unit, Known | None]]:
    """Each unit with its tickets as they are now, as many units as one call can answer.

    None: to be asked for by itself, since something of these units could not be read.
    """
    for some in _in_one_call(units):
        known: Known | None = None
        with suppress(Exception):  # each is asked for by itself then, and told by itself
            known = fetch_tickets(services, (number for unit in some for number in unit.all_ids))
        yield from ((unit, known) for unit in some)


def _in_one_call(units: Iterable[Unit]) -> Iterator[list[Unit]]:
    some: list[Unit] = []
    for unit in units:
        if some and sum(len(one.all_ids) for one in (*some, unit)) > ONE_CALL:
            yield some
            some = []
        some.append(unit)
    if some:
        yield some


@contextmanager
def _alone(services: Services, unit: Unit, found: _Found) -> Iterator[None]:
    """What goes wrong inside with this unit alone sets it aside; the others go on."""
    try:
        yield
    except (RefusedError, UnavailableError, ConfigError):
        raise
    except Exception as error:  # noqa: BLE001 - one bad ticket does not stop the others
        _set_aside(services, unit, one_of_ours(error), found)


def _look(services: Services, unit: Unit, known: Known | None) -> Decision | None:
    """A live escalation is looked at as a whole, also where only one of its tickets changed."""
    if known is None:
        known = fetch_tickets(services, unit.all_ids)
    tickets = (known[number] for number in sorted(unit.all_ids) if number in known)
    here = [ticket for ticket in tickets if ticket.status != "deleted"]
    return decide(services, here, group=unit.group, earlier=unit.earlier) if here else None


def _follow(
    services: Services,
    gate: Gate,
    unit: Unit,
    live: EscalationRow,
    decision: Decision,
    found: _Found,
) -> None:
    """A live escalation: new reports join it, and severity and brief follow the facts."""
    new = tuple(case for case in decision.concerned if case.ticket.id in unit.new_ids)
    change = follow(services, live, decision, new)
    if new:
        found.joined.append(line_of(live, _joined_because(unit, live), new))
    if change is not None:
        found.changed.append(change)
    _settle(services, unit, decision)
    gate.settle(live.id)


def _joined_because(unit: Unit, live: EscalationRow) -> str:
    why = f": {'; '.join(unit.group.why)}" if unit.group and unit.group.why else ""
    return f"the same issue as {live.issue_key or live.id}{why}"


def _escalate(
    services: Services,
    gate: Gate,
    decided: Iterable[tuple[Unit, Decision]],
    found: _Found,
    limit: int | None,
) -> None:
    """The most urgent first; more than the cap waits for the next sweep, Security never does.

    One that cannot be planned now (its Jira site was never reached) stays undecided.
    """
    cap = services.max_new if limit is None else min(limit, services.max_new)
    ranked = sorted(
        decided,
        key=lambda pair: (
            pair[1].assessment.target is not Target.SECURITY,
            -pair[1].assessment.score,
            pair[0].ids,
        ),
    )
    opened = 0
    for unit, decision in ranked:
        assessment = decision.assessment
        if assessment.verdict == "escalate":
            secure = assessment.target is Target.SECURITY
            if opened >= cap and not secure:
                found.deferred.append(_line(decision))
                continue
            try:
                row = open_escalation(services, decision, before=unit.earlier)
            except (RefusedError, UnavailableError) as error:
                found.troubles.append(error)
                found.deferred.append(_line(decision))
                continue
            except ConfigError:
                raise
            except Exception as error:  # noqa: BLE001 - one bad ticket does not stop the others
                _set_aside(services, unit, one_of_ours(error), found)
                continue
            opened += 0 if secure else 1
            _settle(services, unit, decision)
            gate.settle(row.id)
            with services.ledger.transaction() as tx:
                row = tx.escalations.get(row.id) or row
            found.escalated.append(line_of(row, assessment.because, decision.concerned))
            continue
        if assessment.verdict == "suggest":
            found.suggested.append(_line(decision))
        else:
            found.left += [TicketLeft(ticket_id=i, because=assessment.because) for i in unit.ids]
        _settle(services, unit, decision)


def _settle(services: Services, unit: Unit, decision: Decision | None) -> None:
    """The decision is kept with the facts it was made from, so that it isn't made again."""
    cases = decision.cases if decision else ()
    later = {case.ticket.id: look_at(case, services.mappings) for case in cases}
    with services.ledger.transaction() as tx:
        for ticket_id in unit.ids:
            tx.mirror.set_decided(ticket_id, unit.key, later.get(ticket_id))
        tx.inbox.done(unit.changed)
        tx.aside.drop(*(f"ticket:{ticket_id}" for ticket_id in unit.changed))


def _quiet(services: Services, candidates: Candidates) -> None:
    with services.ledger.transaction() as tx:
        tx.inbox.done([*candidates.quiet, *candidates.settled, *candidates.backlog])
        for ticket_id in candidates.expired:
            tx.mirror.set_decided(ticket_id, None, None)


def _set_aside(services: Services, unit: Unit, error: ConnectorError, found: _Found) -> None:
    """One bad ticket does not stop the others: it is tried again later, and listed until then."""
    again = services.now + services.retry_after
    with services.ledger.transaction() as tx:
        for ticket_id in unit.changed:
            row = tx.inbox.fail(ticket_id, type(error).__name__, again)
            tx.aside.put(
                AsideRow(
                    key=f"ticket:{ticket_id}",
                    kind="ticket",
                    reason=str(error),
                    error=type(error).__name__,
                    tries=row.tries,
                    since=services.now,
                    next_try_at=again,
                    ticket_id=ticket_id,
                )
            )
    for ticket_id in unit.changed:
        found.set_aside.append(
            SetAside(what=f"ticket {ticket_id}", reason=str(error), ticket_id=ticket_id)
        )


def _line(decision: Decision) -> EscalationLine:
    """A decision that is only shown: nothing is recorded of it."""
    assessment, cases = decision.assessment, decision.cases
    return EscalationLine(
        id=assessment.group.id if assessment.group else "",
        severity=assessment.severity or Severity.MEDIUM,
        target=assessment.target or Target.L2,
        summary=redact(
            assessment.group.label if assessment.group else cases[0].ticket.subject
        ).text,
        because=assessment.because,
        tickets=tuple(case.ticket.id for case in cases),
        customers=tuple(dict.fromkeys(case.customer.name for case in cases)),
    )


def suggested_line(group: Group) -> EscalationLine:
    """A group that a person has to confirm."""
    return EscalationLine(
        id=group.id,
        severity=Severity.HIGH,
        target=Target.ENGINEERING,
        summary=group.label,
        because=f"perhaps the same issue: {'; '.join(group.why)}",
        tickets=tuple(member.ticket_id for member in group.members),
        customers=tuple(dict.fromkeys(member.customer_name for member in group.members)),
        near=group.near,
    )


def _report(
    services: Services,
    gate: Gate,
    read: Read,
    groups: GroupsUpdate,
    candidates: Candidates,
    found: _Found,
) -> Report:
    with services.ledger.transaction() as tx:
        in_store = tx.mirror.count()
    return report_of(
        services,
        gate,
        "sweep",
        found.troubles,
        tickets_read=read.tickets,
        comments_read=read.comments,
        in_store=in_store,
        grouped=groups.placed,
        regrouped=groups.rebuilt,
        unread=groups.unread,
        escalated=tuple(found.escalated),
        joined=tuple(found.joined),
        suggested=tuple(found.suggested),
        more_suggested=len(candidates.not_shown),
        deferred=tuple(found.deferred),
        changed=tuple(found.changed),
        left=tuple(found.left),
        quiet=len(candidates.quiet),
        backlog=len(candidates.backlog),
        waiting=candidates.waiting,
        set_aside=(*read.set_aside, *found.set_aside),
    )
