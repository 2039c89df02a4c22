"""`escalation group --learn`: what people said of pairs moves the limits of the detector.

One number is learnt: by how much all odds are too low (they confirm what was doubted) or too high
(they reject what was joined). It is held near nothing, so that a few verdicts cannot move it far,
and taken only when it would have foretold each verdict better from the others alone.
"""

from __future__ import annotations

from datetime import datetime
from math import exp, log
from typing import TYPE_CHECKING, Final

from rich.text import Text

from connector.core.model import Frozen
from connector.errors import ConfigError, ExitCode
from connector.ledger.rows import EventRow
from connector.placing import SHIFT, group_parameters, grouper_of, put_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import timedelta

    from rich.console import Console

    from connector.core.grouping import Parameters
    from connector.ledger.rows import LabelRow
    from connector.ledger.store import Ledger, Transaction

LEAST: Final = 12
LEAST_EACH: Final = 3
_SPREAD: Final = 0.5
_MOST: Final = 1.5
_STEPS: Final = 30
_EDGE: Final = 0.01


class Figures(Frozen):
    """How the limits divide the pairs that people judged: those said to be one issue, of which so
    many would be grouped and so many be sure; and those said to be different.
    """

    grouped_same: int
    sure_same: int
    grouped_different: int
    sure_different: int
    loss: float


class Learned(Frozen):
    """`shift`: by how much odds are taken to be higher (their logarithm); `kept`: whether it is
    used from now on. `changed`: groups that are sure now, or no longer.
    """

    command: str = "group --learn"
    now: datetime
    same: int
    different: int
    shift: float
    kept: bool
    before: Figures
    after: Figures
    changed: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """Finding that nothing has to change is done as well."""
        return ExitCode.DONE


def learn(ledger: Ledger, *, window: timedelta, now: datetime) -> Learned:
    """Raises ConfigError when too few pairs were judged."""
    with ledger.transaction() as tx:
        pairs = [(row.chance, row.same) for row in _usable(tx.groups.labels())]
        same = sum(said for _, said in pairs)
        _refuse_few(len(pairs), same, len(tx.groups.labels()))
        old = group_parameters(tx)
        had = float(tx.cursor(SHIFT) or 0.0)
        shift = fit(pairs)
        kept = _apart_loss(pairs) < _loss(pairs, had)
        changed: tuple[str, ...] = ()
        if kept:
            tx.set_cursor(SHIFT, repr(shift))
            changed = _strengths_anew(tx, window)
            tx.events.add(
                EventRow(at=now, actor="operator", what="groups learned", detail={"shift": shift})
            )
        return Learned(
            now=now,
            same=same,
            different=len(pairs) - same,
            shift=shift,
            kept=kept,
            before=_figures(pairs, old, _loss(pairs, had)),
            after=_figures(pairs, group_parameters(tx), _apart_loss(pairs)),
            changed=changed,
        )


def _usable(rows: Iterable[LabelRow]) -> Iterable[LabelRow]:
    """A pair that was never compared says nothing about the limits."""
    return (row for row in rows if row.chance is not None)


def _refuse_few(usable: int, same: int, said: int) -> None:
    if usable >= LEAST and min(same, usable - same) >= LEAST_EACH:
        return
    raise ConfigError(
        f"too few verdicts to learn from: {usable} of {said} pairs judged were compared by the "
        f"detector ({same} one issue, {usable - same} different); it takes {LEAST}, and "
        f"{LEAST_EACH} of each kind. `escalation group --confirm`, `--reject` and `--split` make "
        "some; nothing was changed"
    )


def fit(pairs: Sequence[tuple[float | None, bool]]) -> float:
    """The shift of all odds that people's verdicts make likeliest, a priori near nothing."""
    shift = 0.0
    for _ in range(_STEPS):
        told = [(_likely(chance, shift), said) for chance, said in pairs]
        slope = sum(said - likely for likely, said in told) - shift / _SPREAD**2
        bend = sum(likely * (1 - likely) for likely, _ in told) + 1 / _SPREAD**2
        shift += slope / bend
    return max(-_MOST, min(_MOST, shift))


def _likely(chance: float | None, shift: float) -> float:
    """Certainty is left to people: a chance of 0 or 1 is taken for almost that."""
    held = min(max(chance or 0.0, _EDGE), 1 - _EDGE)
    return 1.0 / (1.0 + (1.0 - held) / held * exp(-shift))


def _loss(pairs: Sequence[tuple[float | None, bool]], shift: float) -> float:
    """Mean logarithmic loss: 0 when every verdict was foretold with certainty."""
    return sum(_miss(chance, said, shift) for chance, said in pairs) / len(pairs)


def _apart_loss(pairs: Sequence[tuple[float | None, bool]]) -> float:
    """The same, each pair judged by what was learnt from the others."""
    others = (fit([*pairs[:place], *pairs[place + 1 :]]) for place in range(len(pairs)))
    found = zip(pairs, others, strict=True)
    return sum(_miss(chance, said, shift) for (chance, said), shift in found) / len(pairs)


def _miss(chance: float | None, said: bool, shift: float) -> float:  # noqa: FBT001 - a verdict
    likely = _likely(chance, shift)
    return -log(likely if said else 1 - likely)


def _figures(
    pairs: Sequence[tuple[float | None, bool]], limits: Parameters, loss: float
) -> Figures:
    def reach(least: float, *, same: bool) -> int:
        return sum(said == same and (chance or 0.0) >= least for chance, said in pairs)

    return Figures(
        grouped_same=reach(limits.pair, same=True),
        sure_same=reach(limits.sure, same=True),
        grouped_different=reach(limits.pair, same=False),
        sure_different=reach(limits.sure, same=False),
        loss=round(loss, 3),
    )


def _strengths_anew(tx: Transaction, window: timedelta) -> tuple[str, ...]:
    """Groups that are sure now, or no longer: the next sweep decides about their tickets."""
    grouper, changed = grouper_of(tx, window), []
    for group in tx.groups.ids():
        line = tx.groups.line(group)
        if line is not None and grouper.strength(group) != line.strength:
            put_lines(tx, grouper, [group])
            members = tx.reports.arrivals(tx.reports.members(group))
            tx.inbox.again([member.ticket_id for member in members])
            changed.append(group)
    return tuple(changed)


def print_learned(learned: Learned, screen: Console) -> None:
    """What was found, before and after, and whether it is used."""
    pairs = learned.same + learned.different
    screen.print(Text(f"{pairs} pairs judged by people were compared.", style="bold"))
    for name, old, new, of in (
        ("one issue, and grouped", "grouped_same", "grouped_same", learned.same),
        ("one issue, and sure", "sure_same", "sure_same", learned.same),
        ("different, yet grouped", "grouped_different", "grouped_different", learned.different),
        ("different, yet sure", "sure_different", "sure_different", learned.different),
    ):
        before, after = getattr(learned.before, old), getattr(learned.after, new)
        screen.print(Text(f"  {name}: {before} before, {after} now, of {of}"))
    screen.print(
        Text(
            f"  how badly the verdicts were foretold: {learned.before.loss:.3f} before, "
            f"{learned.after.loss:.3f} by what the other verdicts teach"
        )
    )
    if not learned.kept:
        screen.print(Text("No better than before: nothing was changed."))
        return
    way = "lower" if learned.shift > 0 else "higher"
    screen.print(Text(f"Kept: limits are {way} now (odds x {exp(-learned.shift):.2f})."))
    if learned.changed:
        shown = ", ".join(learned.changed[:20])
        screen.print(Text(f"Changed their strength, for the next sweep to decide: {shown}."))
