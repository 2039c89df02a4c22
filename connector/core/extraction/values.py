"""What an extract is made of. Every text is verbatim but for redaction, and carries its source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from connector.core.model import Attachment, Frozen, Role, Source

Label = Literal["OB", "EB", "S2R", "ENV", "ERR"]
LABELS: tuple[Label, ...] = ("OB", "EB", "S2R", "ENV", "ERR")


class Statement(Frozen):
    """One sentence or line that somebody wrote. `score` orders statements of one kind."""

    text: str
    source: Source
    at: datetime
    role: Role = "end-user"
    score: float = 0.0
    cues: tuple[str, ...] = ()


class EnvironmentFact(Frozen):
    """`name` is version, OS, browser, device, plan, flag or what the line calls it.

    `tickets`: those that say this value last; `of`: how many tickets say any value of the name.
    """

    name: str
    value: str
    sources: tuple[Source, ...]
    tickets: tuple[int, ...]
    of: int


class ErrorText(Frozen):
    """An error, log excerpt or stack trace as it was pasted. `signature` is equal for repeats."""

    text: str
    signature: str
    sources: tuple[Source, ...]
    tickets: tuple[int, ...]


class Attempt(Frozen):
    """Something that was tried; `result` is None where nobody said what came of it."""

    action: str
    result: str | None
    source: Source
    at: datetime
    role: Role


class Promise(Frozen):
    """What an agent told the customer will happen; `by` as it was said."""

    text: str
    by: str | None
    source: Source
    at: datetime


class Evidence(Frozen):
    """An attachment and the comment it came with."""

    attachment: Attachment
    source: Source


class Extract(Frozen):
    """What the threads of one issue say, first report first; nothing here is concluded."""

    tickets: tuple[int, ...]
    observed: tuple[Statement, ...] = ()
    expected: tuple[Statement, ...] = ()
    steps: tuple[Statement, ...] = ()
    environment: tuple[EnvironmentFact, ...] = ()
    errors: tuple[ErrorText, ...] = ()
    frequency: tuple[Statement, ...] = ()
    first_seen: tuple[Statement, ...] = ()
    ruled_out: tuple[Statement, ...] = ()
    tried: tuple[Attempt, ...] = ()
    workaround: tuple[Statement, ...] = ()
    promised: tuple[Promise, ...] = ()
    expects: tuple[Statement, ...] = ()
    impact: tuple[Statement, ...] = ()
    use_case: tuple[Statement, ...] = ()
    competitive: tuple[Statement, ...] = ()
    contained: tuple[Statement, ...] = ()
    last_update: Statement | None = None
    notes: tuple[Source, ...] = ()
    attachments: tuple[Evidence, ...] = ()
    redacted: Mapping[str, int] = {}
    hidden: int = 0
    left_out: int = 0
