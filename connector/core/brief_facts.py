"""What the sections of a brief are written from, and the entries they are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.core.brief_values import SPOKEN, Entry, Said
from connector.core.clean import one_line
from connector.core.model import Target
from connector.core.redact import redact
from connector.core.wording import fill

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from connector.core.brief_mapping import BriefMapping, Item
    from connector.core.brief_prose import Prose, Scope
    from connector.core.extraction import Extract, Statement
    from connector.core.model import Assessment, Case, Need

_LINES: Final = 5
_WORD = re.compile(r"(?<![\w.$/\\])[^\W\d_]{2,30}(?![\w.$/\\:]\S)")
_FEWEST_WORDS: Final = 2


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything the sections are written from. `zone`: in which times are told."""

    assessment: Assessment
    cases: Sequence[Case]
    extract: Extract
    prose: Prose
    scope: Scope
    mapping: BriefMapping
    need: Need
    zone: tzinfo
    now: datetime

    @property
    def target(self) -> Target:
        return self.assessment.target or Target.L2

    @property
    def thin(self) -> bool:
        """A security brief holds no words of customers but the redacted observation."""
        return self.target is Target.SECURITY

    def gap(self, item: Item) -> str:
        """The line for something that is not known: named as missing where it is required."""
        if item in self.mapping.required(self.target):
            return fill(self.mapping.wording.missing, {"item": SPOKEN[item]})
        return self.mapping.wording.unknown

    def safe(self, text: str) -> str:
        """Words from outside the extract (findings, names), on one line and redacted."""
        return redact(one_line(text, 400), personal=self.mapping.redaction.personal).text

    def when(self, moment: datetime) -> str:
        """A moment in the cadence's zone, with the zone."""
        local = moment.astimezone(self.zone)
        return f"{local:%a %d %b %Y %H:%M} {local.tzname() or 'UTC'}"


def gap_entry(key: str, label: str, text: str) -> Entry:
    return Entry(key=key, label=label, lines=(Said(text=text),), missing=True)


def entry_of(key: str, label: str, text: str) -> Entry:
    return Entry(key=key, label=label, lines=(Said(text=text),))


def and_more(lines: tuple[Said, ...], total: int) -> tuple[Said, ...]:
    """A list that was cut says by how much."""
    left = total - len(lines)
    return (*lines, Said(text=f"and {left} more")) if left > 0 else lines


def spoken(text: str) -> bool:
    """Whether anything but numbers stands there: a bare address tells nobody anything."""
    return _NAMED.search(text) is not None


_NAMED = re.compile(r"(?<![\w])[^\W\d_]{3}|[A-Z]{2,8}[-_]?\d{2,6}|\b[45]\d\d\b")


def quotes(
    key: str, label: str, statements: Sequence[Statement], otherwise: str, most: int = _LINES
) -> Entry:
    """People's own words with their sources, or what is missing. Lines of code say nothing here."""
    told = [one for one in statements if len(_WORD.findall(one.text)) >= _FEWEST_WORDS]
    if not told:
        return gap_entry(key, label, otherwise)
    lines = tuple(
        Said(text=f"“{one.text}”", sources=(one.source,), quoted=True) for one in told[:most]
    )
    return Entry(key=key, label=label, lines=lines)
