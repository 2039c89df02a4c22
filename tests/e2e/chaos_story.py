"""One seed: what people do, which faults strike, what is due in the end, and what was seen."""

from __future__ import annotations

import random
import re
import shutil
import signal
import traceback
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from chaos_courses import course
from chaos_due import CRITICAL, HIGH, Rhythm
from chaos_faults import draw, told
from chaos_store import FileStore, ServerStore, Store
from e2e_canary import CANARIES, spotted, with_canary
from e2e_judge import Due, Findings, judge
from e2e_rig import DEPLOYMENTS, NOON, Rig, Tls, sandbox
from e2e_tickets import GROUP_IDS, LATER_REPORT, QUESTIONS, SAME_ISSUE, SECURITY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chaos_trap import Trap
    from e2e_rig import Box, Deployment, Run, Starter

_PEOPLE = (*SAME_ISSUE, SECURITY, *QUESTIONS[:2])
TICKETS = tuple(
    {**with_canary(ticket, number), "tags": ["annual_plan"]}
    for number, ticket in enumerate(_PEOPLE)
)
_BY_HAND = QUESTIONS[0]["id"]
_MOVES = (("In Progress", None, "in_progress"), ("Done", "Fixed", "resolved"))
_EVENTS = (
    "nothing", "report", "report", "move", "move", "move", "reply", "tag", "store lost",
    "store restored", "together", "asleep", "by hand", "by hand", "issue moves", "retry", "clock",
    "wrong key",
)  # fmt: skip
_ZONES = ("UTC", "Asia/Tokyo", "America/New_York")
"""The machine's time zone, which nothing may depend on."""

_REST = 12
_LATER_TRIES = 4
_ON_SERVER = 1 / 6


@dataclass(frozen=True)
class Setting:
    """Where a seed plays."""

    deployment: Deployment
    tls: bool
    server: bool
    lag: int
    fresh_keys: bool
    zone: str

    def __str__(self) -> str:
        store = "PostgreSQL" if self.server else "SQLite"
        keys = "" if self.fresh_keys else ", keys lag too"
        scheme = "https" if self.tls else "http"
        where = f"{self.deployment}, {store}, {scheme}, {self.zone}"
        return f"{where}, search lags {self.lag} s{keys}"


@dataclass
class Place:
    """What all seeds of a rig share. `server`: a PostgreSQL server's socket folder."""

    starter: Starter
    folder: Path
    trap: Trap
    server: Path | None = None

    def __post_init__(self) -> None:
        self.tls = Tls.made_in(self.folder / "tls")


@dataclass
class Outcome:
    """How one seed ended. `struck`: faults that met a request, by class, name and moment."""

    seed: int
    setting: Setting | None = None
    findings: Findings = field(default_factory=Findings)
    struck: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    codes: Counter[tuple[str, int]] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    error: str = ""

    @property
    def failed(self) -> bool:
        return bool(self.findings or self.error)


class Story:
    """The seed's course."""

    def __init__(
        self,
        rig: Rig,
        store: Store,
        dice: random.Random,
        trap: Trap,
        tell: Callable[[str], None],
    ) -> None:
        self.rig, self.store, self.dice, self.trap, self.tell = rig, store, dice, trap, tell
        self.joined: tuple[int, ...] = ()
        self.moves = 0
        self.state = "open"
        self.by_hand = False
        self.home = "ESC"
        self.codes: Counter[tuple[str, int]] = Counter()
        self.events: Counter[str] = Counter()
        self.strays: list[str] = []
        self.said: dict[str, str] = {}

    def play(self) -> Findings:
        self.trap_before = self.trap.got
        rounds = self.dice.randint(2, 4)
        begins = course(self.dice, self.trap.url)
        for step in (*begins, *[None] * (rounds - len(begins))):
            self._something_happens(step.event if step else self.dice.choice(_EVENTS))
            for order in step.faults if step else self._some_faults():
                self.tell(f"  fault {order}")
                self.rig.box.fault(**order)
            self._run("sweep")
            self._run("sync")
            self.store.copy()
            self.rig.box.advance(minutes=self.dice.choice((1, 7, 40)))
        self.rig.box.calm()
        if self.by_hand:  # whoever was told that it failed asks again
            self._hand()
        self._come_to_rest()
        return self._judged()

    def _some_faults(self) -> list[dict[str, Any]]:
        return [draw(self.dice, self.trap.url) for _ in range(self.dice.randint(1, 3))]

    def _come_to_rest(self) -> None:
        """Clean runs until nothing is written, and nothing waits for a later try.

        The first of them more than an hour later, when every issue is read and not only what the
        search says has changed.
        """
        self.rig.box.advance(minutes=61)
        for _ in range(_LATER_TRIES):
            for run in self.rig.quiet(most=_REST, sync=True, rests=(0, 1)):
                self._keep("quiet", run)
            if not self._listed():
                return
            self.rig.box.advance(hours=25)

    def _listed(self) -> list[dict[str, Any]]:
        """What is set aside."""
        run = self.rig.run("quarantine", "list", "--json")
        self._keep("list", run)
        rows: list[dict[str, Any]] = run.json["waiting"] if run.code in {0, 1} else []
        return rows

    # --- what happens -------------------------------------------------------------------------

    def _something_happens(self, what: str) -> None:
        done = getattr(self, f"_{what.replace(' ', '_')}")()
        self.events[what if done else "nothing"] += 1
        self.tell(f"{what if done else 'nothing'}")

    def _nothing(self) -> bool:
        return True

    def _report(self) -> bool:
        if not self._keys() or self.joined or self.moves:
            return False
        self.joined = (self.rig.box.customer_writes(LATER_REPORT),)
        return True

    def _move(self) -> bool:
        keys = self._keys()
        if not keys or self.moves >= len(_MOVES):
            return False
        status, resolution, self.state = _MOVES[self.moves]
        self.rig.box.engineer_moves(keys[0], status, resolution)
        self.moves += 1
        return True

    def _reply(self) -> bool:
        self.rig.box.ask(
            f"zendesk/tickets/{self.dice.choice(GROUP_IDS)}/comments",
            {"body": "Is there any news? It still fails for us.", "by": "customer"},
        )
        return True

    def _tag(self) -> bool:
        ticket = self.dice.choice(GROUP_IDS)
        self.rig.box.ask(f"zendesk/tickets/{ticket}/change", {"add_tags": ["checked_by_ann"]})
        return True

    def _store_lost(self) -> bool:
        """What nothing shows yet nobody can know of: then time passes first."""
        if not self.rig.box.ask("options")["fresh_keys"]:
            self.rig.box.advance(minutes=11)
        self.store.lose()
        return True

    def _store_restored(self) -> bool:
        if not self.rig.box.ask("options")["fresh_keys"]:
            self.rig.box.advance(minutes=11)
        return self.store.put_back()

    def _together(self) -> bool:
        """Two commands at once."""
        now = self.rig.box.now()
        other = self.dice.choice(("sweep", "sync"))
        going = [self.rig.start(name, now=now) for name in ("sweep", other)]
        for one in going:
            self._keep("together", one.end())
        return True

    def _asleep(self) -> bool:
        """A run is stopped in its midst, its lease runs out, it wakes: it may write no more."""
        self.rig.box.fault("stop", nth=self.dice.randint(2, 40))
        going = self.rig.start("sweep")
        if going.until_stopped():
            self.store.expire_lease()
            before = self.rig.box.count()
            going.signal(signal.SIGCONT)
            run = going.end()
            self.strays += [f"after its lease: {one}" for one in self.rig.box.writes(before)]
        else:
            run = going.end()
        self._keep("asleep", run)
        self.rig.box.calm()
        return True

    def _by_hand(self) -> bool:
        self.by_hand = True
        self._hand()
        return True

    def _hand(self) -> None:
        self._run("ticket", str(_BY_HAND), "--target", "Product", "--severity", "High")

    def _issue_moves(self) -> bool:
        keys = self._keys()
        if not keys or self.home != "ESC":
            return False
        self.rig.box.ask(f"jira/issues/{keys[0]}/move", {"project": "PROD"})
        self.home = "PROD"
        return True

    def _retry(self) -> bool:
        """A person tries again what was refused; never what may have happened."""
        unsure = ("uncertain", "Uncertain", "interrupted")
        keys = [
            row["key"]
            for row in self._listed()
            if row["kind"] == "intent" and not any(word in str(row) for word in unsure)
        ]
        if keys:
            self._run("quarantine", "retry", *keys)
        return bool(keys)

    def _clock(self) -> bool:
        """The machine's clock is ten minutes wrong for one run."""
        off = self.dice.choice((-600, 600))
        self.rig.box.advance(seconds=off)
        self._run("sweep")
        self.rig.box.advance(seconds=-off)
        return True

    def _wrong_key(self) -> bool:
        """A person who mistypes a key changes nothing."""
        self._run("quarantine", "drop", "intent:none")
        return True

    # --- what is due --------------------------------------------------------------------------

    def _keys(self) -> list[str]:
        held = {f"ticket={ticket}" for ticket in GROUP_IDS}
        return [
            issue["key"]
            for issue in self.rig.box.issues()
            if any(link["globalId"].rpartition("&")[2] in held for link in issue["remote_links"])
        ]

    def _due(self) -> tuple[Due, ...]:
        told = 1 + self.moves + (self.home != "ESC")
        group = self._escalation(
            self.home, (*GROUP_IDS, *self.joined), HIGH, most=told, comments=len(self.joined)
        )
        group = replace(group, notes=1 + (self.state != "open"), late=self.joined, state=self.state)
        security = self._escalation("SEC", (SECURITY["id"],), CRITICAL)
        hand = (self._escalation("PROD", (_BY_HAND,), HIGH),) if self.by_hand else ()
        return (group, security, *hand)

    def _escalation(
        self,
        project: str,
        tickets: tuple[int, ...],
        rhythm: Rhythm,
        *,
        most: int = 1,
        comments: int = 0,
    ) -> Due:
        """`most`: notes for each ticket, and `comments` on the issue, without follow-ups."""
        runs = [at for command, at in self.rig.started if command == "sync"]
        return Due(
            project,
            tickets,
            most=most + rhythm.reminders(runs, NOON),
            comments=comments + rhythm.questions(runs, NOON),
        )

    def _judged(self) -> Findings:
        found = judge(self.rig.box, *self._due())
        found.strays += self.strays
        written = {str(seen): seen.body or "" for seen in self.rig.box.requests()}
        found.secrets += spotted(written)
        tokens = re.findall(r'^token = "(.*)"', self.rig.box.config, re.MULTILINE)
        found.secrets += spotted(
            {**self.said, "the store": self.store.text()}, (*CANARIES, *tokens)
        )
        if self.trap.got != self.trap_before:
            found.secrets.append("a byte went to another host")
        return found

    # --- runs ---------------------------------------------------------------------------------

    def _run(self, *argv: str) -> None:
        self._keep(argv[0], self.rig.run(*argv))

    def _keep(self, name: str, run: Run) -> None:
        self.codes[name, run.code] += 1
        number = len(self.said)
        self.said[f"{number} stdout of {name}"] = run.out
        self.said[f"{number} stderr of {name}"] = run.err
        self.tell(f"  {name}: exit {run.code}")


def setting_of(dice: random.Random, place: Place) -> Setting:
    return Setting(
        deployment=dice.choice(DEPLOYMENTS),
        tls=dice.random() < 1 / 2,
        server=dice.random() < _ON_SERVER and place.server is not None,
        lag=dice.choice((0, 0, 0, 30, 600)),
        fresh_keys=dice.random() < 5 / 6,
        zone=dice.choice(_ZONES),
    )


def play(place: Place, seed: int, tell: Callable[[str], None] = lambda _: None) -> Outcome:
    """One seed from its beginning to its verdict."""
    dice = random.Random(seed)
    setting = setting_of(dice, place)
    outcome = Outcome(seed, setting)
    tell(f"seed {seed}: {setting}")
    folder = place.folder / f"seed{seed}"
    folder.mkdir()
    with sandbox(
        place.starter,
        folder / "box",
        TICKETS,
        deployment=setting.deployment,
        options=("--search-lag", str(setting.lag)),
        tls=place.tls if setting.tls else None,
    ) as box:
        box.ask("options", {"fresh_keys": setting.fresh_keys})
        rig = Rig(place.starter, folder / "run", box, hurry=True)
        rig.env |= {"NURSERY_PATIENCE": "4", "TZ": setting.zone}
        store: Store = FileStore(rig.store)
        if setting.server and place.server is not None:
            store = ServerStore(place.server)
            rig.env["ESCALATION_STORE__URL"] = store.url or ""
        story = Story(rig, store, dice, place.trap, tell)
        try:
            outcome.findings = story.play()
        except Exception:  # noqa: BLE001 - told with the seed; the other seeds go on
            outcome.error = traceback.format_exc()
        finally:
            for process in rig.begun:
                process.close()
            store.close()
        outcome.codes, outcome.events = story.codes, story.events
        outcome.struck = _struck(box)
    shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _struck(box: Box) -> Counter[tuple[str, str, str]]:
    return Counter(told(seen.fault) for seen in box.requests() if seen.fault)
