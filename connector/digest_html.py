"""The digest as one HTML file: no script, no font and no picture from anywhere else."""

from __future__ import annotations

from datetime import timedelta
from math import log
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from connector.core.digest import middle_of
from connector.core.model import Frozen, Severity
from connector.digest import headline, spell_due, spell_typical
from connector.texts import counted, short_span, spell_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.core.digest import Bar, Resolved
    from connector.digest import DigestReport

_WIDTH, _HEIGHT = 340.0, 150.0
"""Of a picture's drawing area, in its own units; it is scaled to its place."""

_MARKS: Final = tuple(
    (timedelta(hours=hours), name)
    for hours, name in (
        (1, "1 h"),
        (4, "4 h"),
        (24, "1 d"),
        (24 * 7, "1 w"),
        (24 * 30, "30 d"),
        (24 * 182, "½ y"),
    )
)
_GRID_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_MOST_LINES = 4
_LABELS = 6


class Box(Frozen):
    """A bar's part: its place, whose it is, and what it says when pointed at."""

    x: float
    y: float
    width: float
    height: float
    severity: Severity
    says: str


class Mark(Frozen):
    """A label on an axis, or a line of the grid."""

    at: float
    text: str


class Columns(Frozen):
    """Stacked columns: how many escalations were opened when."""

    width: float = _WIDTH
    height: float = _HEIGHT
    boxes: tuple[Box, ...]
    grid: tuple[Mark, ...]
    labels: tuple[Mark, ...]


class Dot(Frozen):
    x: float
    y: float
    says: str


class Row(Frozen):
    """One severity's dots on the time axis, and the place of their median."""

    severity: Severity
    y: float
    dots: tuple[Dot, ...]
    median: float
    told: str


class Spread(Frozen):
    """How long it took, one dot an escalation, on a logarithmic axis."""

    width: float = _WIDTH
    height: float
    rows: tuple[Row, ...]
    marks: tuple[Mark, ...]


class Share(Frozen):
    """A horizontal bar: `part` is its length in per cent of the longest."""

    name: str
    count: int
    part: float


def digest_html(report: DigestReport) -> str:
    """The whole page. Texts are escaped by the template engine; links go to the two configured
    addresses only.
    """
    pages = Environment(
        loader=PackageLoader("connector", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    zone = ZoneInfo(report.zone)
    return pages.get_template("digest.html").render(
        report=report,
        digest=report.digest,
        headline=", ".join(headline(report)),
        columns=columns(report.digest.over_time),
        spread=spread(report.digest.resolved),
        shares=shares(report.digest.triggered),
        severities=tuple(Severity),
        at=lambda moment: spell_time(moment.astimezone(zone)),
        since=lambda moment: short_span(report.now - moment),
        span=spell_typical,
        due=spell_due,
        counted=counted,
        issue_link=lambda key: f"{report.site}/browse/{key}",
        ticket_link=lambda number: f"{report.desk}/agent/tickets/{number}",
    )


def columns(bars: Sequence[Bar]) -> Columns | None:
    """None without any escalation."""
    most = max((bar.total for bar in bars), default=0)
    if not most:
        return None
    step = next(
        step for step in _GRID_STEPS if step * _MOST_LINES >= most or step == max(_GRID_STEPS)
    )
    top = step * -(-most // step)
    slot = _WIDTH / len(bars)
    boxes = []
    for number, bar in enumerate(bars):
        floor = _HEIGHT
        for severity in reversed(Severity):
            height = bar.opened[severity] / top * _HEIGHT
            if not height:
                continue
            floor -= height
            boxes.append(
                Box(
                    x=round(number * slot + slot * 0.12, 2),
                    y=round(floor, 2),
                    width=round(min(slot * 0.76, 28), 2),
                    height=round(height, 2),
                    severity=severity,
                    says=f"{_when(bar)}: {bar.opened[severity]} {severity}",
                )
            )
    every = -(-len(bars) // _LABELS)
    return Columns(
        boxes=tuple(boxes),
        grid=tuple(
            Mark(at=round(_HEIGHT - value / top * _HEIGHT, 2), text=str(value))
            for value in range(0, top + 1, step)
        ),
        labels=tuple(
            Mark(at=round(number * slot + slot * 0.5, 2), text=f"{bar.start.day} {bar.start:%b}")
            for number, bar in enumerate(bars)
            if number % every == 0
        ),
    )


def _when(bar: Bar) -> str:
    day = f"{bar.start.day} {bar.start:%b}"
    return day if bar.days == 1 else f"week of {day}"


def spread(resolved: Sequence[Resolved]) -> Spread | None:
    """None while nothing was resolved."""
    if not resolved:
        return None
    longest = max(one.took for one in resolved)
    last = next((at for at, _ in _MARKS if at >= longest), longest)
    rows: list[Row] = []
    for severity in Severity:
        own = [one for one in resolved if one.severity is severity]
        if own:
            rows.append(_row(severity, own, 18.0 + 34.0 * len(rows), last))
    return Spread(
        height=34.0 * len(rows),
        rows=tuple(rows),
        marks=tuple(Mark(at=_along(at, last), text=name) for at, name in _MARKS if at <= last),
    )


def _row(severity: Severity, own: Sequence[Resolved], y: float, last: timedelta) -> Row:
    middle = middle_of(one.took for one in own)
    return Row(
        severity=severity,
        y=y,
        dots=tuple(
            Dot(
                x=_along(one.took, last),
                y=y + (number % 3 - 1) * 5,
                says=f"{one.name}: {short_span(one.took)}",
            )
            for number, one in enumerate(sorted(own, key=lambda one: one.took))
        ),
        median=_along(middle, last),
        told=f"{severity}: median {short_span(middle)} of {counted(len(own), 'issue')}",
    )


def _along(took: timedelta, last: timedelta) -> float:
    """The place on the time axis, from a quarter of an hour to the longest."""
    first = timedelta(minutes=15)
    part = log(max(took, first) / first) / max(log(last / first), 1e-9)
    return round(8 + part * (_WIDTH - 16), 2)


def shares(triggered: Sequence[tuple[str, int]], most: int = 10) -> tuple[Share, ...]:
    """The most frequent triggers."""
    longest = max((count for _, count in triggered), default=1)
    return tuple(
        Share(name=kind.replace("-", " "), count=count, part=round(100 * count / longest, 1))
        for kind, count in triggered[:most]
    )
