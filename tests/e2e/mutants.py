"""Planted bugs: does the rig find each of them, and how soon?

python tests/e2e/mutants.py        each mutant until a seed fails: known ones, then --most others
python tests/e2e/mutants.py --only no-look-up

A mutant is the package with one text replaced. A run of it is judged as any other: by what the two
services saw. A replacement that no longer fits the code is an error, so that the list stays true.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from chaos_story import Outcome, Place, play
from chaos_trap import Trap
from e2e_rig import Nursery
from postgres_server import shared_server

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Mutant:
    """`old` stands exactly once in `file`, and `new` takes its place; so it is with `more`, where a
    bug shows only when a second line of defence is gone too. `seeds`: one that finds it.
    """

    name: str
    file: str
    old: str
    new: str
    more: tuple[tuple[str, str, str], ...] = ()
    seeds: tuple[int, ...] = ()

    @property
    def changes(self) -> tuple[tuple[str, str, str], ...]:
        """File, old text and new text of each replacement."""
        return ((self.file, self.old, self.new), *self.more)


MUTANTS = (
    Mutant(
        "intent-after-send",
        "gate.py",
        "            tx.intents.sending(row.intent_id, at=self.now, probe=probe)\n",
        "            pass\n",
        seeds=(62,),
    ),
    Mutant(
        "no-marker-in-the-search",
        "core/plan.py",
        "    ours = (COMMON_LABEL, marker_label(marker))\n",
        "    ours = (COMMON_LABEL, marker_label(marker)[:10])\n",
        seeds=(33,),
    ),
    Mutant(
        "a-lost-write-is-sent-again",
        "clients/retry.py",
        "        again = (NotSentError, BusyError, *((UncertainError,) if repeatable else ()))\n",
        "        again = (NotSentError, BusyError, UncertainError)\n",
        seeds=(186,),
    ),
    Mutant(
        "the-adapter-sends-again",
        "clients/transport.py",
        "        super().__init__(max_retries=Retry(0, read=False), pool_connections=2, "
        "pool_maxsize=4)\n",
        "        super().__init__(\n"
        "            max_retries=Retry(3, read=3, allowed_methods=None, status_forcelist=[503])\n"
        "        )\n",
        seeds=(343,),
    ),
    Mutant(
        "public-left-out",
        "clients/zendesk.py",
        '        body["comment"] = {"body": update.note, "public": False}\n',
        '        body["comment"] = {"body": update.note}\n',
        seeds=(1,),
    ),
    Mutant(
        "cursor-before-the-tickets",
        "reading.py",
        "    said = _signed(services, heard.take(ticket.id for ticket in page.tickets))\n",
        "    with services.ledger.transaction() as tx:\n"
        "        tx.set_cursor(cursor, page.cursor)\n"
        "    services.desk.whoami()\n"
        "    said = _signed(services, heard.take(ticket.id for ticket in page.tickets))\n",
        seeds=(31,),
    ),
    Mutant(
        "key-instead-of-id",
        "sending.py",
        '        issue_id = escalation.issue_id or ""\n',
        '        issue_id = escalation.issue_key or ""\n',
    ),
    Mutant(
        "created-again-in-the-same-run",
        "gate.py",
        "        self.book.uncertain(row, error)\n        found = None\n",
        "        self.book.uncertain(row, error)\n"
        '        if row.kind == "create_issue" and row.tries < 1:\n'
        '            self.book.plan_again(row, "once more")\n'
        "            return True\n"
        "        found = None\n",
        seeds=(189,),
    ),
    Mutant(
        "absence-proven-at-once",
        "lookup.py",
        "    return row.sent_at is not None and now - row.sent_at >= _CREATE_HOLD\n",
        "    return True\n",
        seeds=(186,),
    ),
    Mutant(
        "fence-not-checked",
        "ledger/lock.py",
        "    if renew(connection, lease):\n        return\n",
        "    return\n",
        more=(
            (
                "ledger/lock.py",
                "    if connection.scalar(held) is None:\n        raise _lost(connection, lease)\n",
                "    connection.scalar(held)\n",
            ),
        ),
        seeds=(76,),
    ),
    Mutant(
        "401-is-the-end-of-a-write",
        "gate.py",
        "        except (RefusedError, UnavailableError):\n"
        '            self.book.plan_again(row, "certainly not done")\n'
        "            raise\n",
        "        except RefusedError as error:\n"
        "            return self.book.drop(row, error)\n"
        "        except UnavailableError:\n"
        '            self.book.plan_again(row, "certainly not done")\n'
        "            raise\n",
        seeds=(45,),
    ),
    Mutant(
        "html-is-an-empty-list",
        "clients/body.py",
        '        return Body(unreadable="but not with JSON", login_page=form)\n',
        "        names = ('issues', 'tickets', 'ticket_events', 'audits', 'comments', 'links')\n"
        "        return Body({'end_of_stream': True} | {name: [] for name in names})\n",
    ),
    Mutant(
        "answers-are-logged",
        "clients/transport.py",
        "        answer.document = body.document\n",
        "        answer.document = body.document\n"
        '        logging.getLogger("connector").warning("%s", answer.text)\n',
        seeds=(1,),
    ),
    Mutant(
        "redirects-are-followed",
        "clients/transport.py",
        "        session.max_redirects = 0\n",
        "        session.max_redirects = 5\n",
        more=(
            (
                "clients/outcomes.py",
                "        return _redirected(call, reply)\n",
                "        return None\n",
            ),
            ("clients/transport.py", "        ours.origin.check(url)\n", ""),
        ),
        seeds=(59,),
    ),
    Mutant(
        "tags-are-replaced",
        "clients/zendesk.py",
        '        for method, tags in (("PUT", add), ("DELETE", remove)):\n',
        '        for method, tags in (("POST", add), ("DELETE", remove)):\n',
        seeds=(1,),
    ),
    Mutant(
        "the-clock-in-a-name",
        "core/plan.py",
        "intent_id_of(marker, write.kind, write.subject, n)",
        "intent_id_of(marker, write.kind, write.subject, f'{n} {__import__(\"time\").time()}')",
        seeds=(33,),
    ),
    Mutant(
        "what-is-set-aside-is-forgotten",
        "settling.py",
        "                next_try_at=self.now + pause,\n            )\n",
        "                next_try_at=None,\n            )\n",
        seeds=(64,),
    ),
    Mutant(
        "notes-are-not-looked-for",
        "lookup.py",
        "        if audit.intent_id == row.intent_id or",
        "        if False and",
        seeds=(53,),
    ),
    Mutant(
        "interrupted-is-not-done",
        "ledger/intents.py",
        "            .values(state=UNCERTAIN, error=INTERRUPTED)\n",
        "            .values(state=PLANNED)\n",
        seeds=(52,),
    ),
    Mutant(
        "a-copy-is-trusted",
        "earlier.py",
        "        if self.doubted_at is not None and escalation.opened_at < self.doubted_at:\n",
        "        if False:\n",
    ),
    Mutant(
        "adopted-only-in-its-project",
        "lookup.py",
        "    return lowest(tracker.find_by_label(marker_label(marker)), marker)\n",
        "    return None\n",
        seeds=(14,),
    ),
    Mutant(
        "one-404-is-the-end",
        "gate.py",
        '        if side_of(row.kind) == "desk":\n            self.desk.whoami()\n',
        "        return self.book.drop(row, error)\n"
        '        if side_of(row.kind) == "desk":\n            self.desk.whoami()\n',
        seeds=(20,),
    ),
    Mutant(
        "secrets-stay",
        "core/redact.py",
        "    for detector in (*_SECRETS, *(one for one in _PERSONAL if one.kind in personal)):\n",
        "    for detector in ():\n",
    ),
    Mutant(
        "newest-seen-is-the-position",
        "watching.py",
        "    at = services.now.astimezone(UTC).isoformat()\n",
        "    seen = (news.issue.updated for news in look.news if news.issue.updated)\n"
        "    at = max(seen, default=services.now).astimezone(UTC).isoformat()\n",
        more=(
            ("watching.py", "_FULL_EVERY = timedelta(hours=1)", "_FULL_EVERY = timedelta(days=99)"),
            ("watching.py", "_OVERLAP = timedelta(minutes=5)", "_OVERLAP = timedelta(0)"),
            (
                "watching.py",
                "    minutes = int(since.total_seconds() // 60) + 1\n",
                "    minutes = int(since.total_seconds() // 60)\n",
            ),
        ),
        seeds=(119,),
    ),
    Mutant(
        "done-and-what-follows-apart",
        "settling.py",
        "tx.intents.add(self.follow_on(escalation, parse_write(row.payload), found, tx))",
        "pass",
        seeds=(1,),
    ),
    Mutant(
        "slots-from-local-time",
        "clocks.py",
        "        now=services.now,\n        done=done,\n",
        "        now=services.now.astimezone().replace(tzinfo=services.now.tzinfo),\n"
        "        done=done,\n",
        seeds=(14,),
    ),
    Mutant(
        "404-is-created-again",
        "gate.py",
        '        if side_of(row.kind) == "desk":\n            self.desk.whoami()\n',
        '        if side_of(row.kind) == "tracker":\n'
        "            with self.ledger.transaction() as tx:\n"
        "                made = tx.intents.of(row.escalation_id)[0]\n"
        "            self.sender.request(made, parse_write(made.payload), escalation, None)\n"
        '        if side_of(row.kind) == "desk":\n            self.desk.whoami()\n',
        seeds=(103,),
    ),
)


class StaleMutantError(Exception):
    """The text to replace is not in the code exactly once: the code has changed."""


def plant(mutant: Mutant, folder: Path) -> Path:
    """A copy of the package with this bug in it; what PYTHONPATH has to name."""
    copy = folder / mutant.name
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(_ROOT / "connector", copy / "connector", ignore=ignored)
    shutil.copytree(_ROOT / "mappings", copy / "mappings")
    for name, old, new in mutant.changes:
        file = copy / "connector" / name
        code = file.read_text("utf-8")
        if code.count(old) != 1:
            raise StaleMutantError(f"{mutant.name}: {name} holds it {code.count(old)} x")
        file.write_text(code.replace(old, new), "utf-8")
    return copy


@contextmanager
def mutated(mutant: Mutant, folder: Path, server: Path | None, trap: Trap) -> Iterator[Place]:
    """A place whose command has this bug."""
    code = plant(mutant, folder)
    with ExitStack() as stack:
        nursery = Nursery({"PYTHONPATH": str(code)})
        stack.callback(nursery.close)
        yield Place(nursery, code, trap, server)


@dataclass(frozen=True)
class Caught:
    """`seeds`: how many were played until one failed, and `by` which counts. Not caught: empty."""

    seeds: int
    by: str = ""
    seed: int = 0


def hunt(place: Place, seeds: Iterable[int], workers: int = 1) -> Caught:
    """Plays seeds, so many at a time, until one fails."""
    played, waiting = 0, iter(seeds)
    with ThreadPoolExecutor(workers) as pool:
        while some := list(islice(waiting, workers)):
            for outcome in pool.map(lambda seed: play(place, seed), some):
                played += 1
                if outcome.failed:
                    return Caught(played, _counts(outcome), outcome.seed)
    return Caught(played)


def _counts(outcome: Outcome) -> str:
    """Which counts of the judge are not zero; or how the story broke off."""
    found = [name for name, seen in vars(outcome.findings).items() if seen]
    return ", ".join(found) or (outcome.error.strip().splitlines() or ["?"])[-1][:60]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--most", type=int, default=500, help="seeds for each")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--only", action="append", help="a mutant's name; repeatable")
    parser.add_argument("--workers", type=int, default=(os.cpu_count() or 1) + 1)
    chosen = parser.parse_args()
    missed = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mutants-")))
        server = stack.enter_context(shared_server(folder / "postgres"))
        trap = Trap()
        stack.callback(trap.close)
        for mutant in MUTANTS:
            if chosen.only and mutant.name not in chosen.only:
                continue
            with mutated(mutant, folder, server, trap) as place:
                others = islice(count(chosen.first), chosen.most)
                caught = hunt(place, chain(mutant.seeds, others), chosen.workers)
            missed += not caught.by
            how = f"seed {caught.seed:<5}{caught.by}" if caught.by else "NOT CAUGHT"
            sys.stdout.write(f"{mutant.name:<34}{caught.seeds:>5} seeds  {how}\n")
            sys.stdout.flush()
    sys.stdout.write(f"not caught: {missed}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
