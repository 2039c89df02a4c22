"""Random faults from a seed against whole cycles of the command, judged by the services.

python tests/e2e/chaos.py --seeds 100     a table of what struck, and the seeds that failed
python tests/e2e/chaos.py --seed 42       replays one, and tells each step
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from chaos_story import Outcome, Place, play
from chaos_trap import Trap
from e2e_rig import Nursery
from postgres_server import shared_server

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_COUNTS = (
    ("lost", "lost"),
    ("issues", "duplicate issues"),
    ("notes", "duplicate notes or comments"),
    ("links", "duplicate links"),
    ("public", "public comments"),
    ("secrets", "secrets seen"),
    ("strays", "stray writes"),
)
_CONTRACT = frozenset({0, 1, 2, 3, 4, -9})


@contextmanager
def a_place(folder: Path) -> Iterator[Place]:
    """Everything that seeds need: fork server, certificate, trap, PostgreSQL."""
    with ExitStack() as stack:
        trap = Trap()
        stack.callback(trap.close)
        nursery = Nursery()
        stack.callback(nursery.close)
        server = stack.enter_context(shared_server(folder / "postgres"))
        yield Place(nursery, folder, trap, server)


def _aloud(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _many(place: Place, seeds: Iterable[int], workers: int) -> Iterator[Outcome]:
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda seed: play(place, seed), seeds)


def table(outcomes: list[Outcome], seconds: float) -> str:
    """Faults injected and survived, by class and moment; how runs ended; what was found."""
    struck = sum((one.struck for one in outcomes), Counter[tuple[str, str, str]]())
    codes = sum((one.codes for one in outcomes), Counter[tuple[str, int]]())
    events = sum((one.events for one in outcomes), Counter[str]())
    settings = Counter[str]()
    for one in outcomes:
        if one.setting is not None:
            settings[one.setting.deployment] += 1
            settings["https" if one.setting.tls else "http"] += 1
            settings["PostgreSQL" if one.setting.server else "SQLite"] += 1
    ends = Counter[int]()
    for (_, code), number in codes.items():
        ends[code] += number
    strange = [code for code in ends if code not in _CONTRACT]
    return "\n".join(
        [
            f"{'class':<12}{'fault':<10}{'before':>8}{'after':>8}",
            *_rows(struck),
            "",
            f"{len(outcomes)} seeds in {seconds:.0f} s",
            f"{struck.total()} faults met, {codes.total()} runs",
            "seeds on: " + _listed(settings),
            "between runs: " + _listed(events),
            "exit codes: "
            + _listed(Counter({str(code): n for code, n in ends.items()}))
            + " (-9: killed)",
            f"exit codes that the contract does not know: {len(strange)}",
            *(
                f"{said}: {sum(len(getattr(one.findings, name)) for one in outcomes)}"
                for name, said in _COUNTS
            ),
            f"seeds that failed: {sum(one.failed for one in outcomes)}",
        ]
    )


def _rows(struck: Counter[tuple[str, str, str]]) -> Iterator[str]:
    for kind, fault in sorted({name[:2] for name in struck}):
        before, after = (struck[kind, fault, moment] for moment in ("before", "after"))
        yield f"{kind:<12}{fault:<10}{before:>8}{after:>8}"


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{number} x {what}" for what, number in sorted(counted.items()))


def _told(one: Outcome) -> str:
    seen = {name: what for name, what in vars(one.findings).items() if what}
    what = f"seed {one.seed} ({one.setting}): {seen or one.error}"
    return f"\n{what}\nreplay: make chaos SEED={one.seed}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=100, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--seed", type=int, help="only this one, aloud")
    parser.add_argument("--workers", type=int, default=(os.cpu_count() or 1) + 1)
    chosen = parser.parse_args()
    began = time.monotonic()
    outcomes: list[Outcome] = []
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as temporary,
        a_place(Path(temporary)) as place,
    ):
        if chosen.seed is not None:
            outcomes.append(play(place, chosen.seed, _aloud))
        else:
            seeds = range(chosen.first, chosen.first + chosen.seeds)
            for one in _many(place, seeds, chosen.workers):
                outcomes.append(one)
                if one.failed:
                    _aloud(_told(one))
                if len(outcomes) % 50 == 0:
                    _aloud(f"{len(outcomes)} seeds, {time.monotonic() - began:.0f} s")
    failed = [one for one in outcomes if one.failed]
    _aloud(table(outcomes, time.monotonic() - began))
    for one in failed:
        _aloud(_told(one))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
