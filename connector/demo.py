"""`escalation demo`: the whole story on the sandbox, told step by step in 80 columns."""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from connector.app import App
from connector.core import render
from connector.core.brief import Brief, brief_document
from connector.errors import worst
from connector.listing_texts import print_listing
from connector.play import config_for
from connector.replies import approve_draft, waiting_drafts
from connector.shelf import list_escalations
from connector.sweep import run_sweep
from connector.sync import run_sync
from connector.texts import console, counted, print_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from connector.errors import ExitCode
    from connector.ledger.rows import EscalationRow
    from connector.report import Report
    from connector.sandbox.server import Sandbox

_BY_WORDS = """
[grouping]
vectors = "off"   # the same story on every machine, with or without the extra [semantic]
"""

_FOLDER = "demo-run"
_ASK_SECONDS = 30


def run_demo(app: App) -> ExitCode:
    """Tells the story; the ledger and a configuration stay in ./demo-run."""
    del app
    screen = console()
    folder = _fresh_folder()
    with _sandbox() as sandbox:
        (folder / "config.toml").write_text(config_for(sandbox) + _BY_WORDS, "utf-8")
        return _Story(screen, sandbox, folder).tell()


@dataclass
class _Story:
    screen: Console
    sandbox: Sandbox
    folder: Path

    def tell(self) -> ExitCode:
        from connector.sandbox.demo import demo_seed

        self._scene("A week of a software company's support is waiting in Zendesk")
        tickets = len(demo_seed().tickets)
        self._say(
            f"{counted(tickets, 'ticket')} with their threads, served over HTTP by the sandbox on "
            f"{self.sandbox.zendesk_url}; Jira is on {self.sandbox.jira_url}, still empty. "
            "The connector knows nothing yet."
        )
        self._scene("escalation sweep: what cannot wait is escalated, once")
        first = self._app().run("sweep", run_sweep)
        print_report(first, self.screen)
        row = self._most_telling()
        self._scene(f"What engineering reads in {row.issue_key}")
        self.screen.print(
            Text(render.plain(brief_document(Brief.model_validate(row.brief)), width=78))
        )
        return self._second_act(row, first)

    def _second_act(self, row: EscalationRow, first: Report) -> ExitCode:
        self._scene("Forty minutes pass: more customers write, Jira moves")
        self._later(timedelta(minutes=40))
        second = self._app().run("sweep", run_sweep)
        print_report(second, self.screen)
        self._engineer(row, "In Progress")
        self._sync("An engineer takes it up; escalation sync brings the news to every ticket")
        self.sandbox.world.clock.advance(timedelta(hours=3))
        self._engineer(row, "Done", "Fixed")
        self._sync("Three hours later it is fixed")
        self._scene("What the customer's agent sees in the ticket")
        self._notes(row)
        self._scene("A person approves one draft: the only public words there are")
        self.sandbox.world.clock.advance(timedelta(minutes=10))
        self._approve(row)
        self._scene("A sweep over the same facts writes nothing")
        idle = self._app().run("sweep", run_sweep)
        print_report(idle, self.screen)
        self._scene("What is live now: escalation list")
        with self._app().ledger() as ledger:
            listing = list_escalations(
                ledger,
                state=None,
                now=self.sandbox.world.now(),
                window=timedelta(days=30),
                customers=3,
            )
        print_listing(listing, self.screen)
        self._where(row)
        return worst([first.exit_code, idle.exit_code])

    # --- the props ----------------------------------------------------------------------------

    def _app(self) -> App:
        return App(config=self.folder / "config.toml", now=self.sandbox.world.now(), frozen=True)

    def _most_telling(self) -> EscalationRow:
        """The escalation with the most tickets: the headline."""
        with self._app().ledger() as ledger, ledger.transaction() as tx:
            rows = [row for row in tx.escalations.live() if row.issue_id is not None]
            return max(rows, key=lambda row: (len(tx.links.of(row.id)), row.id))

    def _later(self, passed: timedelta) -> None:
        """Time passes in the sandbox, and what its people write then is written."""
        from connector.sandbox.demo import later_events

        begin = self.sandbox.world.now()
        for event in later_events():
            self.sandbox.world.clock.set(begin + timedelta(minutes=event.minutes))
            self._post(self.sandbox.zendesk_url, event.path, dict(event.order))
        self.sandbox.world.clock.set(begin + passed)

    def _engineer(self, row: EscalationRow, status: str, resolution: str | None = None) -> None:
        self._post(
            self.sandbox.jira_url,
            f"/_sandbox/jira/issues/{row.issue_key}/status",
            {"status": status, "resolution": resolution},
        )

    def _sync(self, title: str) -> None:
        self._scene(title)
        print_report(self._app().run("sync", run_sync), self.screen)

    def _approve(self, row: EscalationRow) -> None:
        """The first ticket's draft, as `escalation drafts approve` sends it."""
        with self._app().ledger() as ledger:
            waiting = waiting_drafts(ledger, now=self.sandbox.world.now()).drafts
        mine = [one.draft.id for one in waiting if one.draft.ticket_id == row.first_ticket_id]
        self._say(f"escalation drafts approve {mine[0]}")
        print_report(self._app().run("drafts", approve_draft, draft_id=mine[0]), self.screen)

    def _notes(self, row: EscalationRow) -> None:
        """The ticket's internal notes as the sandbox's Zendesk has them."""
        from connector.sandbox.zendesk.access import API_TOKEN, EMAIL

        answer = requests.get(
            f"{self.sandbox.zendesk_url}/api/v2/tickets/{row.first_ticket_id}/comments.json",
            auth=(f"{EMAIL}/token", API_TOKEN),
            timeout=_ASK_SECONDS,
        ).json()
        self._say(f"Ticket {row.first_ticket_id}, internal notes only; nothing is public.")
        for comment in answer["comments"]:
            if not comment["public"] and "ref " in comment["body"]:
                self.screen.print()
                self.screen.print(Padding(Text(comment["body"]), (0, 0, 0, 4)))

    def _post(self, url: str, path: str, order: dict[str, Any]) -> None:
        requests.post(f"{url}{path}", json=order, timeout=_ASK_SECONDS).raise_for_status()

    def _where(self, row: EscalationRow) -> None:
        self._scene("Where everything is, and how to go on by hand")
        shown = self.folder.name if self.folder.parent == Path.cwd() else str(self.folder)
        for line in (
            *_activation(),
            f"Ledger and configuration: {shown}/",
            f"escalation -c {shown}/config.toml show {row.issue_key}",
            f"escalation -c {shown}/config.toml list",
            "escalation sandbox > config.toml    the same two services, in an empty folder",
            "escalation sweep --dry-run          in a second terminal, beside config.toml",
        ):
            self.screen.print(Padding(Text(line), (0, 0, 0, 2)))

    def _scene(self, title: str) -> None:
        self.screen.print()
        self.screen.print(Rule(Text(title, style="bold"), align="left"))

    def _say(self, text: str) -> None:
        self.screen.print(Text(text))


@contextmanager
def _sandbox() -> Iterator[Sandbox]:
    from connector.sandbox.demo import demo_seed
    from connector.sandbox.server import Sandbox

    with Sandbox(seed=demo_seed()) as sandbox:
        yield sandbox


def _activation() -> tuple[str, ...]:
    """How a shell comes to find the command, where it does not: `make demo` installs it apart."""
    script = Path(sys.prefix) / "bin" / "activate"
    if shutil.which("escalation") or not script.exists():
        return ()
    near = script.relative_to(Path.cwd()) if script.is_relative_to(Path.cwd()) else script
    return (f". {shlex.quote(str(near))}    so that this shell finds `escalation`",)


def _fresh_folder() -> Path:
    """./demo-run, emptied of an earlier demo; a temporary folder where that cannot be written."""
    folder = Path.cwd() / _FOLDER
    try:
        if (folder / "config.toml").exists():
            shutil.rmtree(folder)
        folder.mkdir(exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="escalation-demo-"))
    return folder
