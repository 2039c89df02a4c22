"""What the commands share in how they take words: names with suggestions, times, flags."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from connector.errors import did_you_mean

_LONGEST = 200


class Names(click.Choice[str]):
    """One of a few names; a mistyped one is answered with the nearest."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            near = did_you_mean(str(value), self.choices)
            raise click.BadParameter(f"{error.message}{near}", ctx, param) from None


class TicketNumber(click.ParamType[int]):
    """The number of a Zendesk ticket."""

    name = "ticket"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).removeprefix("#")
        if text.isascii() and text.isdigit() and int(text) > 0:
            return int(text)
        return self.fail(f"{value!r} is no ticket number; expected one such as 1042", param, ctx)


class When(click.ParamType[datetime]):
    """An ISO 8601 time; without a zone it is read as UTC."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no ISO 8601 time such as 2026-01-31T09:00:00Z", param, ctx)
        return at if at.tzinfo else at.replace(tzinfo=UTC)


SECTIONS = {
    "From cron": ("sweep", "sync", "digest", "check", "prune"),
    "Look": ("list", "show", "assess", "learned", "quarantine"),
    "By hand": (
        *("ticket", "ack", "snooze", "drafts", "told", "deescalate", "learn"),
        "group",
    ),
    "Set up": ("init", "backtest", "diagnose", "completion"),
    "Without an account": ("demo", "sandbox", "extract"),
}
"""The commands by what somebody is about to do."""


class Commands(click.Group):
    """A group in which an unknown command names the nearest one; so do the groups within it."""

    group_class = type

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """By what they are for, with their whole first sentence."""
        known = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        shown = {
            name: command.get_short_help_str(_LONGEST)
            for name, command in known.items()
            if command is not None and not command.hidden
        }
        placed = {name for names in SECTIONS.values() for name in names}
        sections = SECTIONS if placed <= known.keys() else {}
        rest = tuple(name for name in shown if not sections or name not in placed)
        for title, names in {**sections, "Commands": rest}.items():
            rows = [(name, shown[name]) for name in names if name in shown]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = did_you_mean(args[0], self.list_commands(ctx))
            raise click.UsageError(f"{error.message}{near}", ctx) from None
