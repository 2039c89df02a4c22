"""Random faults from a seed against whole cycles of sweep and sync, judged by the services.

python tests/e2e/chaos.py --seeds 100     a table of what struck, and the seeds that failed
python tests/e2e/chaos.py --seed 42       replays one, and tells each step
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from e2e_judge import Due, Findings, judge
from e2e_rig import DEPLOYMENTS, Nursery, Rig, sandbox
from e2e_tickets import GROUP_IDS, LATER_REPORT, QUESTIONS, SAME_ISSUE, SECURITY

if TYPE_CHECKING:
    from collections.abc import Callable

_TICKETS = (*SAME_ISSUE, SECURITY, *QUESTIONS[:2])
_FAULTS = (
    "kill", "kill", "reset", "close", "truncate", "garbage", "html", "empty",
    "status:429", "status:500", "status:502", "status:503", "status:401", "status:409",
)  # fmt: skip
_PLACES: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"side": "jira"},
    {"side": "zendesk"},
    {"method": "POST", "path": r"/rest/api/[23]/issue$"},
    {"method": "PUT", "path": r"/tickets/\d+\.json$"},
    {"path": "remotelink"},
    {"path": r"/tickets/\d+/tags"},
    {"path": "jira/links"},
    {"path": "cursor"},
    {"path": "audits"},
    {"path": "search"},
)
_MOVES = (("In Progress", None, "in_progress"), ("Done", "Fixed", "resolved"))
_REST = 12


@dataclass
class Outcome:
    """How one seed ended. `struck`: faults that met a request, by kind and moment."""

    seed: int
    findings: Findings = field(default_factory=Findings)
    struck: Counter[str] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    error: str = ""

    @property
    def failed(self) -> bool:
        return bool(self.findings or self.error)


class _Story:
    """One seed: what people do, which faults strike, and what is due in the end."""

    def __init__(self, rig: Rig, dice: random.Random, tell: Callable[[str], None]) -> None:
        self.rig = rig
        self.dice = dice
        self.tell = tell
        self.joined: tuple[int, ...] = ()
        self.moves = 0
        self.state = "open"
        self.codes: Counter[int] = Counter()

    def play(self) -> Findings:
        for _ in range(self.dice.randint(2, 4)):
            self._something_happens()
            self._faults()
            self._run("sweep")
            self._run("sync")
            self.rig.box.advance(minutes=self.dice.choice((1, 7, 40)))
        self.rig.box.calm()
        self._faults_end()
        return judge(self.rig.box, *self._due())

    def _faults_end(self) -> None:
        for run in self.rig.quiet(most=_REST, sync=True):
            self.tell(f"  clean run: exit {run.code}")
            self.codes[run.code] += 1

    def _due(self) -> tuple[Due, ...]:
        told = 1 + (self.state != "open")
        group = Due(
            "ESC",
            (*GROUP_IDS, *self.joined),
            notes=told,
            most=1 + self.moves,
            late=self.joined,
            state=self.state,
        )
        return group, Due("SEC", (SECURITY["id"],))

    def _something_happens(self) -> None:
        box = self.rig.box
        keys = [issue["key"] for issue in box.issues() if issue["project"] == "ESC"]
        what = self.dice.choice(("nothing", "report", "move", "move", "store lost"))
        if what == "report" and keys and not self.joined and self.moves == 0:
            self.joined = (box.customer_writes(LATER_REPORT),)
        elif what == "move" and keys and self.moves < len(_MOVES):
            status, resolution, self.state = _MOVES[self.moves]
            box.engineer_moves(keys[0], status, resolution)
            self.moves += 1
        elif what == "store lost" and self.dice.random() < 1 / 3:
            for file in self.rig.folder.glob(f"{self.rig.store.name}*"):
                file.unlink()
        else:
            what = "nothing"
        self.tell(f"{what} (moves {self.moves}, joined {self.joined})")

    def _faults(self) -> None:
        for _ in range(self.dice.randint(1, 3)):
            order = {
                "fault": self.dice.choice(_FAULTS),
                "when": self.dice.choice(("before", "after")),
                "nth": self.dice.choice((1, 1, 2, 3, 5, 8, 13, 21)),
                "times": self.dice.choice((1, 1, 1, 2, 6)),
                **self.dice.choice(_PLACES),
            }
            if order["fault"] == "status:429":
                order |= {"headers": {"Retry-After": "0"}, "when": "before"}
            if order["fault"] in {"status:401", "status:409"}:
                order["when"] = "before"
            self.tell(f"  fault {order}")
            self.rig.box.fault(**order)

    def _run(self, command: str) -> None:
        run = self.rig.run(command)
        self.codes[run.code] += 1
        self.tell(f"  {command}: exit {run.code}")


def play(nursery: Nursery, seed: int, folder: Path, *, aloud: bool = False) -> Outcome:
    """One seed from its beginning to its verdict."""
    dice = random.Random(seed)
    outcome = Outcome(seed)
    deployment = dice.choice(DEPLOYMENTS)
    options = ("--search-lag", dice.choice(("0", "0", "30")))
    tell = _aloud if aloud else _silent
    tell(f"seed {seed}: {deployment} {' '.join(options)}")
    place = folder / f"seed{seed}"
    place.mkdir()
    with sandbox(nursery, place / "box", _TICKETS, deployment=deployment, options=options) as box:
        rig = Rig(nursery, place / "run", box)
        story = _Story(rig, dice, tell)
        try:
            outcome.findings = story.play()
        except AssertionError as error:
            outcome.error = str(error)
        finally:
            for process in rig.begun:
                process.close()
        outcome.codes = story.codes
        outcome.struck = Counter(
            seen.fault.replace("status:", "") for seen in box.requests() if seen.fault
        )
    return outcome


def _aloud(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _silent(_: str) -> None:
    """Nobody listens."""


def _table(outcomes: list[Outcome]) -> str:
    struck: Counter[str] = sum((one.struck for one in outcomes), Counter())
    codes: Counter[int] = sum((one.codes for one in outcomes), Counter())
    kinds = sorted({name.split()[0] for name in struck})
    ends = ", ".join(f"{number} x {code}" for code, number in sorted(codes.items()))
    lines = [
        f"{'fault':<16}{'before':>8}{'after':>8}",
        *(f"{kind:<16}{struck[f'{kind} before']:>8}{struck[f'{kind} after']:>8}" for kind in kinds),
        "",
        f"{len(outcomes)} seeds, {sum(struck.values())} faults met, {codes.total()} runs",
        f"exit codes: {ends} (-9: killed)",
        *(
            f"{name}: {sum(len(getattr(one.findings, name)) for one in outcomes)}"
            for name in ("lost", "twice", "public")
        ),
    ]
    return "\n".join(lines)


def _told(outcome: Outcome) -> str:
    return f"seed {outcome.seed}: {outcome.findings or outcome.error}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=100, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--seed", type=int, help="only this one, aloud")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as temporary:
        folder = Path(temporary)
        nursery = Nursery(folder)
        try:
            if chosen.seed is not None:
                outcomes = [play(nursery, chosen.seed, folder, aloud=True)]
            else:
                seeds = range(chosen.first, chosen.first + chosen.seeds)
                with ThreadPoolExecutor(chosen.workers) as pool:
                    outcomes = list(pool.map(lambda seed: play(nursery, seed, folder), seeds))
        finally:
            nursery.close()
    failed = [one for one in outcomes if one.failed]
    told = [f"\n{_told(one)}\nreplay: make chaos SEED={one.seed}" for one in failed]
    sys.stdout.write("\n".join([_table(outcomes), *told, ""]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
