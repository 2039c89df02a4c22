"""Everything the tickets of one issue say, with who said it where.

Roles are kept apart: an agent's public reply holds promises and results, never steps or
observations (it asks for them); internal notes count as the agent's own findings. The newest
statement of a ticket wins over its older ones; tickets are counted, never averaged.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.clean import clean_text, hidden_shown, one_line
from connector.core.extraction import phrases
from connector.core.extraction.attempts import attempts_of
from connector.core.extraction.environment import environment_of
from connector.core.extraction.errors import errors_of
from connector.core.extraction.headings import heading_of
from connector.core.extraction.own_words import own_text, within_limits
from connector.core.extraction.reader import Reading, read
from connector.core.extraction.values import (
    Attempt,
    EnvironmentFact,
    ErrorText,
    Evidence,
    Extract,
    Promise,
    Statement,
)
from connector.core.model import Comment, Source
from connector.core.redact import PERSONAL, redact

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from re import Pattern

    from connector.core.extraction.values import Label
    from connector.core.model import Case

_CODE = re.compile(r"\b[A-Z]{2,8}[-_]\d{2,6}\b")
_QUOTE: Final = 200
_MOST_ERRORS: Final = 20
_MOST_SENTENCE: Final = 600
_NEAR: Final = -2.5
_CORRECTED: Final = 1.0
"""Lifts a statement that takes an earlier one back above it."""


class _Said(NamedTuple):
    """One comment, cleaned, redacted and read."""

    comment: Comment
    source: Source
    text: str
    readings: tuple[Reading, ...]

    @property
    def by_customer(self) -> bool:
        return self.comment.role == "end-user"

    @property
    def internal(self) -> bool:
        return not self.comment.public


def extract(cases: Sequence[Case], *, personal: Collection[str] = PERSONAL) -> Extract:
    """What the cases' threads say. `personal`: kinds of personal data to redact beside secrets.

    `cases`: same issue, first report first, at least one.
    """
    redacted: Counter[str] = Counter()
    said: list[_Said] = []
    left_out = 0
    for case in cases:
        comments, missing = within_limits(_comments(case))
        left_out += missing + case.thread.cut
        said += [_heard(comment, redacted, personal=personal) for comment in comments]
    reports = [one for one in said if one.by_customer or one.internal]
    customers = [one for one in said if one.by_customer]
    return Extract(
        tickets=tuple(case.ticket.id for case in cases),
        observed=_labelled(reports, "OB"),
        expected=_labelled(reports, "EB"),
        steps=tuple(_as_list(_labelled(reports, "S2R"))),
        environment=_environment(reports, cases, personal=personal),
        errors=_errors(said),
        frequency=_newest(_matching(reports, phrases.FREQUENCY)),
        first_seen=_first_told(_matching(reports, phrases.FIRST_SEEN)),
        ruled_out=_matching(reports, phrases.RULED_OUT, phrases.NOT_RULED_OUT),
        tried=_attempts(said),
        workaround=_newest(_matching(said, phrases.WORKAROUND, phrases.NO_WORKAROUND)),
        promised=_promises(said),
        expects=_newest(_matching(customers, phrases.EXPECTS)),
        impact=_matching(customers, phrases.IMPACT, phrases.NO_IMPACT),
        use_case=_matching(customers, phrases.USE_CASE),
        competitive=_matching(customers, phrases.COMPETITIVE),
        contained=_matching(said, phrases.CONTAINED),
        last_update=_last_update(said),
        notes=tuple(one.source for one in said if one.internal and not one.by_customer),
        attachments=tuple(
            Evidence(attachment=attachment, source=one.source)
            for one in said
            for attachment in one.comment.attachments
        ),
        redacted=dict(redacted),
        hidden=sum(hidden_shown(one.text) for one in said),
        left_out=left_out,
    )


def _comments(case: Case) -> tuple[Comment, ...]:
    """What people said in the ticket; its description where no comment was read yet."""
    foreign = [
        comment
        for comment in case.thread.comments
        if comment.intent_id is None and comment.role != "system"
    ]
    if foreign:
        return tuple(foreign)
    ticket = case.ticket
    if not ticket.description:
        return ()
    return (
        Comment(
            id=0,
            ticket_id=ticket.id,
            public=True,
            created_at=ticket.created_at,
            body=ticket.description,
        ),
    )


def _heard(comment: Comment, redacted: Counter[str], *, personal: Collection[str]) -> _Said:
    own = redact(own_text(clean_text(comment.body)), personal=personal)
    redacted.update(own.counts)
    source = Source(ticket_id=comment.ticket_id, comment_id=comment.id or None)
    return _Said(comment, source, own.text, read(own.text))


def _statement(said: _Said, text: str, score: float = 0.0, cues: Iterable[str] = ()) -> Statement:
    words = one_line(text, _MOST_SENTENCE)
    return Statement(
        text=words,
        source=said.source.model_copy(update={"quote": one_line(words, _QUOTE)}),
        at=said.comment.created_at,
        role=said.comment.role,
        score=score,
        cues=tuple(cues),
    )


def _labelled(said: Iterable[_Said], label: Label) -> tuple[Statement, ...]:
    """Statements with the label in reading order, each wording once."""
    found: dict[str, Statement] = {}
    for one in said:
        for reading in one.readings:
            piece = reading.piece
            if not _has_label(reading, label) or not _says(reading, label):
                continue
            corrected = _CORRECTED if phrases.CORRECTION.search(piece.text[:_QUOTE]) else 0.0
            statement = _statement(
                one, _bare(piece.text), reading.score_of(label) + corrected, reading.cues
            )
            found.setdefault(statement.text.lower(), statement)
    return tuple(found.values())


def _bare(text: str) -> str:
    """Without the heading in front: the brief has its own."""
    heading = heading_of(text)
    return heading.rest if heading is not None and heading.rest else text


def _has_label(reading: Reading, label: Label) -> bool:
    """A failure too many is better than one too few: near misses count when they say one."""
    if label in reading.labels:
        return True
    near = label == "OB" and reading.score_of("OB") > _NEAR and not reading.labels
    text = reading.piece.text[:_MOST_SENTENCE]
    return (
        near
        and reading.piece.kind != "code"
        and bool(phrases.FAILS_OUTRIGHT.search(text))
        and not phrases.NEAR_STEP.search(text)
    )


def _says(reading: Reading, label: Label) -> bool:
    """Whether the piece has words, and is not under a heading that says something else."""
    piece = reading.piece
    if piece.kind == "heading" or not any(map(str.isalpha, piece.text)):
        return False
    if label == "EB" and piece.section != "EB":
        return bool(phrases.EXPECTATION.search(piece.text[:_MOST_SENTENCE]))
    if label == "OB":
        wished = piece.section == "EB" and "EB" in reading.labels
        return not wished and not phrases.COURTESY.search(piece.text[:_QUOTE])
    return not (label == "S2R" and piece.section in {"OB", "EB", "ENV", "ERR", "frequency"})


def _matching(
    said: Iterable[_Said], wanted: Pattern[str], unwanted: Pattern[str] | None = None
) -> tuple[Statement, ...]:
    found: dict[str, Statement] = {}
    for one in said:
        for reading in one.readings:
            text = reading.piece.text[:_MOST_SENTENCE]
            if reading.piece.kind in {"code", "heading"} or not wanted.search(text):
                continue
            if unwanted is None or not unwanted.search(text):
                statement = _statement(one, text)
                found.setdefault(statement.text.lower(), statement)
    return tuple(found.values())


def _newest(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Each ticket's newest statement in order of the tickets, then each one's second, and so on."""
    by_ticket: dict[int, list[Statement]] = {}
    for one in statements:
        by_ticket.setdefault(one.source.ticket_id, []).append(one)
    ranked = [
        (rank, number, one)
        for number, told in enumerate(by_ticket.values())
        for rank, one in enumerate(sorted(told, key=lambda one: one.at, reverse=True))
    ]
    return tuple(one for _, _, one in sorted(ranked, key=lambda entry: entry[:2]))


def _first_told(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """As told, but what takes an earlier statement back stands before it."""
    corrected = [one for one in statements if phrases.CORRECTION.search(one.text)]
    return (*corrected, *(one for one in statements if one not in corrected))


def _as_list(statements: Sequence[Statement]) -> Iterator[Statement]:
    """Steps of comments that tell two or more, or number the one they tell."""
    count = Counter(one.source.comment_id for one in statements)
    for one in statements:
        numbered = one.text.lstrip("([")[:1].isdigit() or "kind step" in one.cues
        if count[one.source.comment_id] > 1 or numbered:
            yield one


def _environment(
    said: Sequence[_Said], cases: Sequence[Case], *, personal: Collection[str]
) -> tuple[EnvironmentFact, ...]:
    """Per ticket the newest value of each name; then equal values of tickets are counted."""
    latest: dict[tuple[int, str], dict[str, tuple[str, Source]]] = {}
    for one in said:
        here: dict[str, dict[str, tuple[str, Source]]] = {}
        for found in environment_of(one.readings):
            key = found.value.lower().lstrip("v")
            here.setdefault(found.name, {}).setdefault(key, (found.value, one.source))
        for name, values in here.items():
            latest[one.source.ticket_id, name] = values
    for case in cases:
        if case.environment_field:
            value = redact(one_line(case.environment_field, _QUOTE), personal=personal).text
            source = Source(ticket_id=case.ticket.id)
            latest[case.ticket.id, "environment"] = {value.lower(): (value, source)}
    return _counted(latest)


def _counted(
    latest: dict[tuple[int, str], dict[str, tuple[str, Source]]],
) -> tuple[EnvironmentFact, ...]:
    saying = Counter(name for _, name in latest)
    merged: dict[tuple[str, str], list[tuple[str, Source]]] = {}
    for (_, name), values in latest.items():
        for key, value in values.items():
            merged.setdefault((name, key), []).append(value)
    facts = [
        EnvironmentFact(
            name=name,
            value=told[0][0],
            sources=tuple(source for _, source in told),
            tickets=tuple(source.ticket_id for _, source in told),
            of=saying[name],
        )
        for (name, _), told in merged.items()
    ]
    return tuple(sorted(facts, key=lambda fact: -len(fact.tickets)))


def _errors(said: Sequence[_Said]) -> tuple[ErrorText, ...]:
    merged: dict[str, list[tuple[str, Source]]] = {}
    for one in said:
        for found in errors_of(one.readings):
            merged.setdefault(found.signature, []).append((found.text, one.source))
    errors = [
        ErrorText(
            text=max((text for text, _ in told), key=len),
            signature=signature,
            sources=tuple(dict.fromkeys(source for _, source in told)),
            tickets=_tickets_with(told, said),
        )
        for signature, told in merged.items()
    ]
    kept = [error for error in errors if not _is_part(error, errors)]
    return tuple(sorted(kept, key=lambda error: -len(error.tickets))[:_MOST_ERRORS])


def _tickets_with(told: Sequence[tuple[str, Source]], said: Sequence[_Said]) -> tuple[int, ...]:
    """The tickets that paste the error or name its code."""
    codes = {code for text, _ in told for code in _CODE.findall(text[:_MOST_SENTENCE])}
    pasted = {source.ticket_id for _, source in told}
    return tuple(
        dict.fromkeys(
            one.source.ticket_id
            for one in said
            if one.source.ticket_id in pasted or any(code in one.text for code in codes)
        )
    )


def _is_part(error: ErrorText, errors: Sequence[ErrorText]) -> bool:
    """Whether a longer excerpt holds these words already."""
    return any(other is not error and error.text in other.text for other in errors)


def _attempts(said: Iterable[_Said]) -> tuple[Attempt, ...]:
    found: dict[str, Attempt] = {}
    for one in said:
        for action, result in attempts_of(one.readings):
            attempt = Attempt(
                action=one_line(action, _QUOTE * 2),
                result=one_line(result, _QUOTE) if result else None,
                source=one.source,
                at=one.comment.created_at,
                role=one.comment.role,
            )
            found.setdefault(attempt.action.lower(), attempt)
    return tuple(found.values())


def _promises(said: Iterable[_Said]) -> tuple[Promise, ...]:
    """Newest first; only what was said to the customer is a promise."""
    found: list[Promise] = []
    for one in said:
        if one.by_customer or one.internal:
            continue
        for reading in one.readings:
            text = reading.piece.text[:_MOST_SENTENCE]
            if phrases.PROMISE.search(text) and not phrases.NO_PROMISE.search(text):
                by = phrases.BY_WHEN.search(text)
                found.append(
                    Promise(
                        text=one_line(text, _QUOTE * 2),
                        by=by.group() if by else None,
                        source=one.source,
                        at=one.comment.created_at,
                    )
                )
    return tuple(sorted(found, key=lambda promise: promise.at, reverse=True))


def _last_update(said: Sequence[_Said]) -> Statement | None:
    replies = [one for one in said if not one.by_customer and not one.internal and one.text]
    newest = max(replies, key=lambda one: one.comment.created_at, default=None)
    return _statement(newest, newest.text) if newest else None
