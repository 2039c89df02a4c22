"""`escalation group`: groups of a file, a person's word about live ones, and learning from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.cli_files import as_json, output_file

if TYPE_CHECKING:
    from connector.app import App

_WORDS = ("confirm", "reject", "split", "join")


@click.command()
@click.argument("refs", metavar="FILE | REF...", nargs=-1)
@output_file
@click.option("--confirm", is_flag=True, help="These groups are one issue each: sure from now on.")
@click.option("--reject", is_flag=True, help="These groups are no issue: keep their tickets apart.")
@click.option("--split", is_flag=True, help="These tickets do not belong where they are.")
@click.option("--join", is_flag=True, help="All of these report the same issue.")
@click.option("--learn", is_flag=True, help="Move the limits by what was said of pairs so far.")
@click.option("--dry-run", is_flag=True, help="With a verdict: show what it does; change nothing.")
@as_json
@click.pass_obj
def group(
    app: App,
    /,
    refs: tuple[str, ...],
    output: Path | None,
    dry_run: bool,  # noqa: FBT001
    json_: bool,  # noqa: FBT001
    **chosen: bool,
) -> None:
    """Find same-issue groups in a file of tickets, or say what is right about live groups.

    A FILE of tickets needs no account. Live groups are in the ledger: `escalation list` shows
    those that wait for a person. REF is a group (g12) or a ticket in it; with --join an escalation
    as well. What is said is kept, and no sweep undoes it.

    \b
    Example:
      escalation group tickets.jsonl -o groups.jsonl
      escalation group --confirm g1042
      escalation group --split 1051
      escalation group --join 1042 ESC-12
      escalation group --learn
    """
    asked = [f"--{name}" for name in (*_WORDS, "learn") if chosen[name]]
    if len(asked) > 1:
        raise click.UsageError(f"give one of {', '.join(asked)}, not all of them")
    if asked and output is not None:
        raise click.UsageError(f"-o goes with a FILE of tickets, not with {asked[0]}")
    if not asked:
        _of_a_file(app, refs, output, json_=json_, dry_run=dry_run)
    elif chosen["learn"]:
        _learn(app, refs, json_=json_, dry_run=dry_run)
    else:
        _judge(app, asked[0], refs, json_=json_, dry_run=dry_run)


def _of_a_file(
    app: App, refs: tuple[str, ...], output: Path | None, *, json_: bool, dry_run: bool
) -> None:
    from connector.files import group_tickets

    if json_ or dry_run:
        name = "--json" if json_ else "--dry-run"
        raise click.UsageError(f"{name} goes with --confirm, --reject, --split, --join or --learn")
    if len(refs) != 1:
        raise click.UsageError(
            "give one FILE of tickets; or REFs with --confirm, --reject, --split or --join"
        )
    file = Path(refs[0])
    if not file.is_file():
        raise click.UsageError(
            f"there is no file {refs[0]!r}. For a live group or ticket say --confirm, --reject, "
            "--split or --join"
        )
    raise click.exceptions.Exit(group_tickets(app, file, output))


def _judge(app: App, word: str, refs: tuple[str, ...], *, json_: bool, dry_run: bool) -> None:
    from connector.texts import print_report
    from connector.verdicts import judge

    if not refs:
        what = "tickets" if word in {"--split", "--join"} else "a group, or a ticket in it"
        raise click.UsageError(f"{word} takes {what}: `escalation group {word} 1042`")
    verdict = word.removeprefix("--")
    report = app.run("group", judge, dry_run=dry_run, wait=app.patience, verdict=verdict, refs=refs)
    app.finish(report, json_, print_report)


def _learn(app: App, refs: tuple[str, ...], *, json_: bool, dry_run: bool) -> None:
    from connector.group_learning import learn, print_learned

    if refs or dry_run:
        raise click.UsageError("--learn takes nothing else: it reads what was said so far")
    _, window = app.offline()
    with app.ledger() as ledger, ledger.run_lock("group", wait_seconds=app.patience):
        found = learn(ledger, window=window, now=app.now)
    app.finish(found, json_, print_learned)
