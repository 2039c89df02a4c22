"""`escalation ack`, `snooze` and `told` on the command line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from connector.cli_files import as_json
from connector.cli_words import TicketNumber, When

if TYPE_CHECKING:
    from connector.app import App
    from connector.core.duration import Duration

dry = click.option("--dry-run", is_flag=True, help="Show every write; make none.")


class _Until(click.ParamType["Duration | datetime"]):
    """A span from now on, or an ISO 8601 time; without a zone it is read as UTC."""

    name = "when"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Duration | datetime:
        from connector.core.duration import Duration

        if isinstance(value, Duration | datetime):
            return value
        try:
            return Duration.parse(value)
        except ValueError:
            pass
        try:
            return When().convert(value, param, ctx)
        except click.BadParameter:
            said = "neither a time such as 2026-01-31T09:00 nor a span such as '2 business days'"
            self.fail(f"{value!r} is {said}", param, ctx)


@click.command(name="ack")
@click.argument("ref")
@dry
@as_json
@click.pass_obj
def ack_(app: App, /, ref: str, json_: bool, **chosen: Any) -> None:  # noqa: FBT001 - flags by name
    """Say that the team has seen it: its clock starts anew, and every ticket is told once.

    A ticket's tag `ack_escalation` or the issue's label `ack-escalation` says the same.

    \b
    Example:
      escalation ack ESC-12
    """
    from connector.closing import ack
    from connector.texts import print_report

    report = app.run("ack", ack, ref=ref, wait=app.patience, **chosen)
    app.finish(report, json_, print_report)


@click.command(name="snooze")
@click.argument("ref")
@click.option("--until", type=_Until(), required=True, metavar="WHEN", help="A time, or a span.")
@dry
@as_json
@click.pass_obj
def snooze_(app: App, /, ref: str, json_: bool, **chosen: Any) -> None:  # noqa: FBT001 - as above
    """No follow-ups on this escalation before then; the clocks strike again at that moment.

    A ticket's tag `snooze_escalation` or the issue's label `snooze-escalation` says the same for
    as long as it is there; `snooze_escalation_2026-11-30` until that day.

    \b
    Example:
      escalation snooze ESC-12 --until 2026-12-01T09:00
      escalation snooze ESC-12 --until "2 business days"
    """
    from connector.closing import snooze_until
    from connector.texts import print_report

    report = app.run("snooze", snooze_until, ref=ref, wait=app.patience, **chosen)
    app.finish(report, json_, print_report)


@click.command(name="told")
@click.argument("ref")
@click.option("--ticket", "ticket_id", type=TicketNumber(), required=True)
@click.option("--how", metavar="TEXT", required=True, help="How the customer was told; kept.")
@as_json
@click.pass_obj
def told_(app: App, /, ref: str, json_: bool, **chosen: Any) -> None:  # noqa: FBT001 - as above
    """Say how a customer was told whose ticket takes no reply any more.

    A reply in a ticket is seen by itself; this is for tickets that are closed.

    \b
    Example:
      escalation told ESC-12 --ticket 1042 --how "called Dana, 3 June"
    """
    from connector.closing import told
    from connector.texts import print_report

    report = app.run("told", told, ref=ref, wait=app.patience, **chosen)
    app.finish(report, json_, print_report)
