"""What a sweep or sync asks costs what it finds, not what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger_rows import (
    NOON,
    a_link,
    a_mirror_row,
    a_report,
    an_aside,
    an_escalation,
    an_intent,
    minutes,
    place,
)
from overheard import overheard

from connector.core.grouping.index import month_of
from connector.core.model import State
from connector.ledger.rows import EventRow, InboxRow
from connector.ledger.store import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.ledger.store import Ledger, Transaction

QUESTIONS: dict[str, Callable[[Transaction], Any]] = {
    "cursor": lambda tx: tx.cursor("tickets"),
    "mirror.get": lambda tx: tx.mirror.get([1, 2]),
    "mirror.due": lambda tx: tx.mirror.due(NOON),
    "mirror.since": lambda tx: list(tx.mirror.since(NOON - minutes(60))),
    "mirror.count": lambda tx: tx.mirror.count(),
    "mirror.set_decided": lambda tx: tx.mirror.set_decided(1, "x", NOON),
    "mirror.reported": lambda tx: tx.mirror.reported(NOON),
    "mirror.reported of some": lambda tx: tx.mirror.reported(NOON, [1, 2]),
    "groups.labels_around": lambda tx: tx.groups.labels_around([1, 2]),
    "groups.suggested": lambda tx: tx.groups.suggested(NOON, 2),
    "groups.drop": lambda tx: tx.groups.drop(["g1"]),
    "groups.of_tickets": lambda tx: tx.groups.of_tickets([1, 2]),
    "groups.misses_of": lambda tx: tx.groups.misses_of([1, 2]),
    "groups.misses_at": lambda tx: tx.groups.misses_at("g1"),
    "reports.place": lambda tx: place(tx, a_report(7)),
    "reports.look_up": lambda tx: tx.reports.look_up([1, 2]),
    "reports.text_of": lambda tx: tx.reports.text_of(0),
    "reports.members": lambda tx: tx.reports.members("g1"),
    "reports.reports": lambda tx: tx.reports.reports([0, 1]),
    "reports.remove": lambda tx: tx.reports.remove(0),
    "reports.keep": lambda tx: tx.reports.keep([1, 2]),
    "reports.expire": lambda tx: tx.reports.expire(month_of(NOON + minutes(10**5)), NOON),
    "links.held": lambda tx: tx.links.held(NOON),
    "links.add": lambda tx: tx.links.add(a_link()),
    "links.ever_of": lambda tx: tx.links.ever_of("e1"),
    "escalations.by_tickets": lambda tx: tx.escalations.by_tickets([1, 2]),
    "inbox.todo": lambda tx: tx.inbox.todo(NOON),
    "inbox.done": lambda tx: tx.inbox.done([1, 2]),
    "inbox.fail": lambda tx: tx.inbox.fail(1, "GoneError", NOON),
    "escalations.get": lambda tx: tx.escalations.get("e1"),
    "escalations.live": lambda tx: tx.escalations.live(),
    "escalations.all of a state": lambda tx: tx.escalations.all(State.CONFIRMED),
    "escalations.by_ticket": lambda tx: tx.escalations.by_ticket(1),
    "escalations.by_issue": lambda tx: tx.escalations.by_issue("ESC-1"),
    "escalations.by_marker": lambda tx: tx.escalations.by_marker("m"),
    "escalations.by_group": lambda tx: tx.escalations.by_group("g1"),
    "escalations.find": lambda tx: tx.escalations.find("1"),
    "escalations.replace": lambda tx: tx.escalations.replace(an_escalation()),
    "links.of": lambda tx: tx.links.of("e1"),
    "links.of_ticket": lambda tx: tx.links.of_ticket(1),
    "links.replace": lambda tx: tx.links.replace(a_link()),
    "intents.of": lambda tx: tx.intents.of("e1"),
    "intents.pending": lambda tx: tx.intents.pending(NOON),
    "intents.get": lambda tx: tx.intents.get("i1"),
    "intents.interrupted": lambda tx: tx.intents.interrupted(),
    "intents.sending": lambda tx: tx.intents.sending("i1", at=NOON, probe=None),
    "links.ever_of_each": lambda tx: tx.links.ever_of_each(["e1", "e2"]),
    "transitions.begun_by": lambda tx: tx.transitions.begun_by(["e1", "e2"]),
    "follow_ups.last_slots": lambda tx: tx.follow_ups.last_slots(["e1", "e2"]),
    "drafts.last_sent": lambda tx: tx.drafts.last_sent(["e1", "e2"]),
    "transitions.of": lambda tx: tx.transitions.of("e1"),
    "follow_ups.of": lambda tx: tx.follow_ups.of("e1"),
    "events.of an escalation": lambda tx: tx.events.of("e1"),
    "events.of a ticket": lambda tx: tx.events.of(1),
    "events.since": lambda tx: tx.events.since(NOON),
    "aside.due": lambda tx: tx.aside.due(NOON),
    "aside.get": lambda tx: tx.aside.get("ticket:1"),
    "aside.drop": lambda tx: tx.aside.drop("ticket:1"),
    "run.last": lambda tx: tx.run.last("sweep", successful=True),
}


def test_every_question_of_a_sweep_is_answered_by_an_index(ledger: Ledger, ledger_url: str) -> None:
    with ledger.transaction() as tx:
        tx.escalations.add(an_escalation())
        tx.links.add(a_link())
        tx.intents.add([an_intent()])
        tx.inbox.put([InboxRow(ticket_id=1, exported_at=NOON)])
        tx.aside.put(an_aside())
        tx.events.add(EventRow(at=NOON, actor="sweep", what="x"))
        place(tx, a_report(1), a_report(2))
    sqlite, slow = ledger_url.startswith("sqlite"), {}
    for name, ask in QUESTIONS.items():
        with ledger.rehearsal(), ledger.transaction() as tx:
            with overheard(ledger) as said:
                ask(tx)
            plans = [explained(tx, *asked, sqlite=sqlite) for asked in said if asks(*asked)]
            assert plans, name
        slow.update({str(plan): name for plan in plans if not plan or reads_a_whole_table(plan)})
    assert slow == {}


def asks(statement: str, _parameters: Any) -> bool:
    return statement.startswith(("SELECT", "UPDATE", "DELETE"))


def explained(tx: Transaction, statement: str, parameters: Any, *, sqlite: bool) -> list[str]:
    if sqlite:
        rows = tx._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [str(row[3]) for row in rows]
    tx._connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # the tables are tiny
    rows = tx._connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
    return [str(row[0]) for row in rows]


def reads_a_whole_table(plan: list[str]) -> bool:
    """A scan of a partial index reads only what the index is for."""
    return any(
        "Seq Scan" in line or (line.startswith("SCAN") and "INDEX" not in line) for line in plan
    )


def test_the_plans_are_read_rightly(sqlite_url: str) -> None:
    with open_ledger(sqlite_url, now=NOON) as ledger, ledger.transaction() as tx:
        for statement, whole in (
            ("SELECT * FROM mirror WHERE priority = 'high'", True),
            ("SELECT * FROM mirror WHERE ticket_id = 1", False),
        ):
            assert reads_a_whole_table(explained(tx, statement, (), sqlite=True)) is whole


def steps(ledger: Ledger, ask: Callable[[Transaction], Any]) -> int:
    """How many instructions SQLite's machine takes to answer."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    with ledger.transaction() as tx:
        raw: Any = tx._connection.connection.driver_connection
        raw.set_progress_handler(step, 1)
        ask(tx)
        raw.set_progress_handler(None, 0)
    return count


def test_an_idle_sweep_costs_the_same_whatever_is_stored(sqlite_url: str) -> None:
    asked = (
        "mirror.count",
        "mirror.due",
        "mirror.since",
        "inbox.todo",
        "intents.pending",
        "escalations.live",
    )
    with open_ledger(sqlite_url, now=NOON) as ledger:
        empty = {name: steps(ledger, QUESTIONS[name]) for name in (*asked, "aside.due")}
        with ledger.transaction() as tx:
            settle_a_thousand(tx)
        full = {name: steps(ledger, QUESTIONS[name]) for name in empty}
    assert {name for name in empty if full[name] > empty[name] + 20} == set()


def settle_a_thousand(tx: Transaction) -> None:
    """Tickets and escalations that are over, though each was due once."""
    long_ago = NOON - minutes(10**5)
    tx.mirror.put(
        a_mirror_row(n, status="closed", look_at=long_ago, created_at=long_ago) for n in range(1000)
    )
    tx.inbox.put(InboxRow(ticket_id=n, exported_at=NOON) for n in range(1000))
    tx.inbox.done(range(1000))
    for n in range(100):
        tx.escalations.add(an_escalation(f"e{n}", state=State.CONFIRMED))
        tx.intents.add([an_intent(f"i{n}", f"e{n}")])
        tx.intents.dropped(f"i{n}", "over")
        tx.aside.put(an_aside(f"ticket:{n}", next_try_at=NOON + minutes(n + 1)))
