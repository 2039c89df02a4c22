"""`escalation drafts` on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from connector.cli_files import as_json
from connector.cli_words import Commands

if TYPE_CHECKING:
    from connector.app import App


@click.group(cls=Commands, invoke_without_command=True)
@click.pass_context
def drafts(ctx: click.Context) -> None:
    """Words for customers. Nothing is sent until a person approves exactly these words.

    \b
    Example:
      escalation drafts
      escalation drafts show d-1f0c3a9b2e
      escalation drafts approve d-1f0c3a9b2e
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(drafts_list, json_=False)


@drafts.command(name="list")
@as_json
@click.pass_obj
def drafts_list(app: App, json_: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Those that wait for a person, the oldest first.

    \b
    Example:
      escalation drafts list --json
    """
    from connector.replies import print_drafts, waiting_drafts

    with app.ledger() as ledger:
        found = waiting_drafts(ledger, now=app.now)
    app.finish(found, json_, print_drafts)


@drafts.command(name="show")
@click.argument("draft_id", metavar="DRAFT")
@as_json
@click.pass_obj
def drafts_show(app: App, draft_id: str, json_: bool) -> None:  # noqa: FBT001 - as above
    """The words of one draft, and what became of it.

    \b
    Example:
      escalation drafts show d-1f0c3a9b2e
    """
    from connector.replies import print_drafts, show_draft

    with app.ledger() as ledger:
        found = show_draft(ledger, draft_id=draft_id, now=app.now)
    app.finish(found, json_, print_drafts)


@drafts.command(name="approve")
@click.argument("draft_id", metavar="DRAFT")
@click.option("--dry-run", is_flag=True, help="Show every write; make none.")
@as_json
@click.pass_obj
def drafts_approve(app: App, /, draft_id: str, json_: bool, **chosen: Any) -> None:  # noqa: FBT001 - as above
    """Send exactly these words to the customer, as a public reply.

    The approval is for the words and for the ticket as it is now: when somebody has written since
    the draft was made, nothing is sent, and the message says who.

    \b
    Example:
      escalation drafts approve d-1f0c3a9b2e
    """
    from connector.replies import approve_draft
    from connector.texts import print_report

    report = app.run("drafts", approve_draft, draft_id=draft_id, wait=app.patience, **chosen)
    app.finish(report, json_, print_report)


@drafts.command(name="drop")
@click.argument("draft_id", metavar="DRAFT")
@as_json
@click.pass_obj
def drafts_drop(app: App, draft_id: str, json_: bool) -> None:  # noqa: FBT001 - as above
    """Never send these words.

    \b
    Example:
      escalation drafts drop d-1f0c3a9b2e
    """
    from connector.replies import drop_draft, print_drafts

    with app.ledger() as ledger, ledger.run_lock("drafts", wait_seconds=app.patience):
        found = drop_draft(ledger, draft_id=draft_id, now=app.now)
    app.finish(found, json_, print_drafts)
