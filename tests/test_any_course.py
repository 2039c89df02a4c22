"""Any course of events: tickets, customers, Jira, time, faults, lost ledgers; the promises hold.

A model says who reported the one outage and how Jira's issue stands. After every step: one issue
at most, no note twice, nothing public. In the end, after undisturbed rounds: everything is there.
With E2E_ALL=1 five hundred courses of sixty steps, else few.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from builders import NOON, a_comment, a_ticket, an_organization, the_mappings
from fakes import FakeDesk, FakeTracker, no_trouble
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from connector.errors import (
    AnswerLostError,
    BusyError,
    ConflictError,
    ConnectorError,
    InvalidError,
    NotSentError,
    RefusedError,
    UncertainError,
)
from connector.ledger.store import open_ledger
from connector.services import Services
from connector.sweep import run_sweep
from connector.sync import run_sync

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.core.mapping import Mappings
    from connector.core.model import Ticket
    from connector.lookup import Found

_OUTAGE = (
    "Every export of a report to PDF fails with error ERR_SYNC_4711 at 80 %, and no file arrives. "
    "We tried two browsers."
)
_QUESTIONS = (
    "Do we get a discount when we pay for the whole year?",
    "Please tell me where to add a colleague from the Lyon office.",
    "A voucher of 20 euros was not taken off at the desk.",
    "Is there a dark mode for phones?",
)
_MOVES = (("3", "In Progress", "indeterminate", None), ("10001", "Done", "done", "Fixed"))
_STEPS = (
    "create_issue", "remote_link", "note", "tags", "jira_link", "issue_update", "issue_comment",
)  # fmt: skip
_BEFORE: tuple[ConnectorError, ...] = (
    BusyError("429", retry_after=1),
    NotSentError("refused"),
    RefusedError("403", side="zendesk", status=403),
    InvalidError("422"),
    ConflictError("409"),
    UncertainError("500"),
)
_REMINDS = ("The customer is due an update", "The customer does not know yet")
"""What may be said again, each time its own slot comes."""

_COMMANDS: dict[str, Callable[[Services], object]] = {"sweep": run_sweep, "sync": run_sync}


def only_the_outage() -> Mappings:
    """No trigger but the one that the model knows: the same issue from three customers."""
    mappings = the_mappings()
    kept = tuple(one for one in mappings.triggers.triggers if one.kind == "same-issue")
    assert kept
    return the_mappings(triggers=mappings.triggers.model_copy(update={"triggers": kept}))


class KilledError(BaseException):
    """kill -9: nothing of ours may catch it."""


class Trouble:
    """Raises once, at the so-manieth write of a run, before or after it took effect."""

    def __init__(self, nth: int, when: str, error: BaseException) -> None:
        self.left, self.when, self.error = nth, when, error

    def __call__(self, step: str) -> None:
        after = step.startswith("after ")
        if step.removeprefix("after ") in _STEPS and after == (self.when == "after"):
            self.left -= 1
            if self.left == 0:
                raise self.error


def at_once(call: Callable[[], Found], *, repeatable: bool = False) -> Found:
    """No second attempt."""
    return call()


class Support(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="course-"))
        self.desk, self.tracker = FakeDesk(at=NOON), FakeTracker()
        self.now = NOON
        self.reporters: list[int] = []
        self.moves = 0
        self.copied = self.moved_away = False

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    # --- people -------------------------------------------------------------------------------

    @precondition(lambda self: len(self.reporters) < 5 and self.moves == 0)
    @rule()
    def a_customer_reports_the_outage(self) -> None:
        number = 1 + len(self.desk.stock)
        self._keep(
            a_ticket(
                number,
                subject=f"Export to PDF fails ({number})",
                description=_OUTAGE,
                organization=an_organization(100 + number),
                created_at=self.now,
                updated_at=self.now,
            )
        )
        self.reporters.append(number)

    @rule()
    def a_customer_asks_something_else(self) -> None:
        number = 1 + len(self.desk.stock)
        asked = len(self.desk.stock) - len(self.reporters)
        if asked < len(_QUESTIONS):
            words = _QUESTIONS[asked]
            self._keep(
                a_ticket(
                    number,
                    subject=words,
                    description=words,
                    organization=an_organization(300 + number),
                    created_at=self.now,
                    updated_at=self.now,
                )
            )

    @precondition(lambda self: self.reporters)
    @rule(which=st.integers(0, 4))
    def a_customer_writes_again(self, which: int) -> None:
        number = self.reporters[which % len(self.reporters)]
        said = self.desk.comments[number]
        said.append(
            a_comment(
                id=5000 + sum(map(len, self.desk.comments.values())),
                ticket_id=number,
                created_at=self.now,
                body="It still fails.",
            )
        )
        self._keep(self.desk.stock[number].model_copy(update={"updated_at": self.now}))

    @precondition(lambda self: self.tracker.stock and self.moves < len(_MOVES))
    @rule()
    def an_engineer_moves_the_issue(self) -> None:
        status_id, status, category, resolution = _MOVES[self.moves]
        self.moves += 1
        for number, issue in list(self.tracker.stock.items()):
            self.tracker.stock[number] = issue.model_copy(
                update={
                    "status_id": status_id,
                    "status": status,
                    "category": category,
                    "resolution": resolution,
                    "updated": self.now,
                    "category_changed": self.now,
                }
            )

    @precondition(lambda self: self.tracker.stock)
    @rule()
    def an_engineer_moves_it_to_another_project(self) -> None:
        for number, issue in list(self.tracker.stock.items()):
            moved = {"key": f"PROD-{number}", "project": "PROD"}
            self.tracker.stock[number] = issue.model_copy(update=moved)
        self.moved_away = True

    @rule(minutes=st.sampled_from((1, 7, 31, 90, 60 * 26)))
    def time_passes(self, minutes: int) -> None:
        self._later(minutes)

    # --- the command --------------------------------------------------------------------------

    @rule(command=st.sampled_from(sorted(_COMMANDS)))
    def it_runs(self, command: str) -> None:
        self._run(command)

    @rule(
        command=st.sampled_from(sorted(_COMMANDS)),
        nth=st.integers(1, 12),
        when=st.sampled_from(("before", "after")),
        kind=st.integers(0, len(_BEFORE)),
    )
    def it_runs_into_trouble(self, command: str, nth: int, when: str, kind: int) -> None:
        error: BaseException = KilledError() if kind == len(_BEFORE) else _BEFORE[kind]
        if when == "after" and not isinstance(error, KilledError):
            error = UncertainError("the answer was lost")
        trouble = Trouble(nth, when, error)
        self.desk.trouble = self.tracker.trouble = trouble
        self._run(command)
        self.desk.trouble = self.tracker.trouble = no_trouble

    @precondition(lambda self: not self.moved_away)  # no lag lasts until somebody moves an issue
    @rule()
    def the_search_lags_for_a_run(self) -> None:
        self.tracker.searchable = False
        self._run("sweep")
        self.tracker.searchable = True

    @precondition(lambda self: self.ledger.exists())
    @rule()
    def the_ledger_is_lost(self) -> None:
        for file in self.folder.glob("ledger.db*"):
            file.unlink()

    @precondition(lambda self: self.ledger.exists())
    @rule()
    def the_ledger_is_copied(self) -> None:
        with (
            closing(sqlite3.connect(self.ledger)) as now,
            closing(sqlite3.connect(self.folder / "copy")) as then,
        ):
            now.backup(then)
        self.copied = True

    @precondition(lambda self: self.copied)
    @rule()
    def the_copy_is_put_back(self) -> None:
        for ending in ("-wal", "-shm"):
            self.folder.joinpath(f"ledger.db{ending}").unlink(missing_ok=True)
        shutil.copyfile(self.folder / "copy", self.ledger)

    # --- what must hold -----------------------------------------------------------------------

    @invariant()
    def one_issue_no_note_twice_nothing_public(self) -> None:
        if not hasattr(self, "desk"):
            return
        marks = Counter(
            label
            for draft in self.tracker.drafts.values()
            for label in draft.fields["labels"]
            if label.startswith("zdesc-")
        )
        assert [mark for mark, number in marks.items() if number > 1] == []
        assert len(marks) <= 1
        ours = [one for said in self.desk.comments.values() for one in said if one.intent_id]
        assert all(one.public is False for one in ours)
        named = Counter((one.ticket_id, one.intent_id) for one in ours)
        worded = Counter(
            (one.ticket_id, one.body.rpartition("\n")[0])
            for one in ours
            if not any(words in one.body for words in _REMINDS)
        )
        assert [what for what, number in named.items() if number > 1] == []
        assert [what for what, number in worded.items() if number > 1] == []
        said = [intent for told in self.tracker.said.values() for intent, _ in told]
        assert len(said) == len(set(said))

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        try:
            self._come_to_rest()
            self.one_issue_no_note_twice_nothing_public()
            self._everything_is_there()
        finally:
            shutil.rmtree(self.folder)

    def _come_to_rest(self) -> None:
        """Until nothing is owed; then on a weekend, when no reminder falls due between two runs."""
        for minutes in (40, 60 * 25, 60 * 25, self._minutes_to_sunday()):
            self._later(minutes)
            self._run("sweep")
            self._run("sync")
        before = Counter(self.desk.writes + self.tracker.writes)
        self._later(20)
        self._run("sweep")
        self._run("sync")
        assert self.desk.writes + self.tracker.writes == before, "an idle run writes nothing"

    def _minutes_to_sunday(self) -> int:
        days = (6 - self.now.weekday()) % 7 or 7
        return days * 24 * 60

    def _everything_is_there(self) -> None:
        if len(self.reporters) < 3:
            return
        (issue,) = self.tracker.stock
        linked = {int(name.rpartition("=")[2]) for name in self.tracker.remote[issue]}
        state = ("open", "in_progress", "resolved")[self.moves]
        assert linked == set(self.reporters)
        for number in self.reporters:
            assert any(one.intent_id for one in self.desk.comments[number])
            tags = {tag for tag in self.desk.tags[number] if tag.startswith("escalation_")}
            assert tags == {f"escalation_{state}"}

    # --- how ----------------------------------------------------------------------------------

    def _keep(self, ticket: Ticket) -> None:
        self.desk.stock[ticket.id] = ticket
        self._later(1)

    def _later(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.desk.at = self.now

    def _run(self, command: str) -> None:
        self._later(1)
        with open_ledger(f"sqlite:///{self.ledger}", now=self.now) as ledger:
            try:
                with ledger.run_lock(command) as lease:
                    with ledger.transaction() as tx:
                        tx.run.start(command, self.now)
                    _COMMANDS[command](
                        Services(
                            desk=self.desk,
                            tracker=self.tracker,
                            ledger=ledger,
                            lease=lease,
                            mappings=_MAPPINGS,
                            now=self.now,
                            environment="test",
                            desk_url="https://acme.zendesk.com",
                            site="https://acme.example",
                            window=timedelta(days=30),
                            max_new=25,
                            min_customers=3,
                            resend=at_once,
                            calls=dict,
                        )
                    )
            except (KilledError, AnswerLostError):
                pass


_MAPPINGS = only_the_outage()
_MANY = bool(os.environ.get("E2E_ALL"))
Support.TestCase.settings = settings(
    max_examples=500 if _MANY else 12,
    stateful_step_count=60 if _MANY else 25,
    deadline=None,
    phases=tuple(Phase) if _MANY else (Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
TestAnyCourse = Support.TestCase
