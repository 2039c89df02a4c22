"""Which of the observations says most plainly what fails: what the brief's sentences stand on."""

# ruff: noqa: E501 - lists of words read better unbroken
from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from connector.core.extraction.phrases import FAILS_OUTRIGHT
from connector.core.grouping.codes import product_codes
from connector.core.grouping.signatures import signatures
from connector.core.grouping.stopwords import STOP
from connector.core.grouping.text import bare_subject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.core.extraction import Extract, Statement
    from connector.core.model import Case, Source

Stems = frozenset[str]

FAILS: Final = re.compile(
    r"\b(?:not|\w{2,8}n't|cannot|fail\w{0,4}|errors?|crash\w{0,4}|exceptions?|broken|broke|wrong\w{0,2}|missing|unable|stuck|"
    r"hang\w{0,3}|freez\w{1,4}|froze|slow\w{0,2}|time-?outs?|timed out|lost|loses|empty|blank|duplicat\w{1,3}|twice|two times|doubled|"
    r"stops?|stopped|down|nothing|no longer|never|incorrect\w{0,2}|unexpected\w{0,2}|instead|late|delay\w{0,2}|mismatch\w{0,2}|"
    r"too (?:high|low|big|large|small|long|short|many|few|late|early)|disappear\w{0,3}|ignor(?:es|ed)|corrupt\w{0,3}|truncated|"
    r"50[0234]|faults?|aborts?|aborted|panics?|fatal|denied|rejected|refused|invalid|fehler|nicht|kein\w?)\b",
    re.IGNORECASE,
)
"""Words that statements of failure are made of."""

NO_FAILURE: Final = re.compile(
    r"\b(?:no (?:error|issue|problem|warning|exception)s?\b|not? get (?:an |any )?error|n't get (?:an |any )?error|works? (?:fine|ok|well|correctly|as expected)|"
    r"worked (?:fine|before)|without (?:errors?|problems?)|patch|workaround|i (?:think|guess|suspect|believe|assume)|i've (?:attached|looked)|does this mean|how (?:do|can|should)|"
    r"what (?:should|can)|is (?:it|there) (?:a|any)|see (?:the )?(?:attach\w*|screenshot)|would (?:like|be)|should|better to|please|let me know|thank|need not|needn't|(?:is|are|was|were)(?:n't| not) (?:a |an |the )?(?:problem|issue|bug|case)|does(?:n't| not) (?:matter|have to)|not (?:only|just))\b",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(
    r"\b(?:I|we)(?:'m|'re|'d|'ve|'ll| am| are| find| have| had| could| will| would| go| went| switched| told| asked| tried)\b|\bour line\b|\bodd one\b|"
    r"\bfor us to do\b|\bthe customer (?:is|has|says|wants)\b|\bnot yet answered\b|^example\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"^\W{0,3}(?:which|who|that|this|these|those|it|they|he|she|here|there|as|also|note|during this|granted|namely|because|so|then|otherwise|same|both|one|all of them|something)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^\W{0,3}(?:when|whenever|if|after|while|as soon as|every time)\b[^,]{3,150},\s\w",
    re.IGNORECASE,
)
_CONFIRMED = re.compile(
    r"\b(?:reproduced?|confirmed|happens for (?:me|us) (?:too|as well))\b", re.IGNORECASE
)
_CODE_LIKE = re.compile(r"[{}<>=\\|;$]|::|\w/\w{1,40}/|\w\.\w{1,40}\.\w|\w\(\w{0,40}\)|_\w")
_LONG_WORD = re.compile(r"[^\W_]{4,40}")
_FEWEST: Final = 4
_READABLE: Final = range(5, 31)
_CRISP: Final = range(8, 24)
_REPORT: Final = 8_000
_MOST_TOPIC: Final = 8
_TO_THE_POINT: Final = 2.0
"""Below this a statement is not worth a sentence of its own."""


def best_observation(extract: Extract, cases: Sequence[Case] = ()) -> Statement | None:
    """The statement that says most plainly what fails; earlier ones win ties."""
    return next(iter(plainest_first(extract, cases)), None)


def plainest_first(
    extract: Extract, cases: Sequence[Case] = (), *, least: float = float("-inf")
) -> list[Statement]:
    """Whole observations, those that say most plainly what fails in front.

    Subjects are not quoted, but a statement about the subject's matter is to the point; and where
    several customers report one issue, so is one about what they have in common. `least`: without
    those that say less, as long as one is left.
    """
    whole = [one for one in extract.observed if not one.text.rstrip().endswith(("?", ":"))]
    topics = {case.ticket.id: _stems(bare_subject(case.ticket.subject)) for case in cases}
    shared = _shared(cases)
    reports = {one.source.ticket_id: one.source for one in reversed(extract.observed)}

    def fitness(one: Statement) -> float:
        stems = _stems(one.text)
        topic = topics.get(one.source.ticket_id, frozenset())
        points = _plainness(one) + 2.5 * len(stems & topic) / max(min(len(topic), _MOST_TOPIC), 2)
        points += 4.0 * _weight(stems, shared)
        first = one.role == "end-user" and _same_place(one.source, reports[one.source.ticket_id])
        return points + (1.0 if first else 0.0)

    ranked = sorted(((fitness(one), one) for one in whole), key=lambda pair: -pair[0])
    return [one for place, (points, one) in enumerate(ranked) if points >= least or not place]


def telling(extract: Extract, cases: Sequence[Case] = ()) -> list[Statement]:
    """The observations that are to the point, the plainest first; at least one if there are any."""
    return plainest_first(extract, cases, least=_TO_THE_POINT)


def says_failure(text: str) -> bool:
    """Whether it tells of a failure, and not of its absence, a guess or a wish."""
    return bool(FAILS.search(text)) and not NO_FAILURE.search(text)


def on_topic(statement: Statement, cases: Sequence[Case]) -> int:
    """How many of the subject's words it takes up."""
    subjects = (c.ticket.subject for c in cases if c.ticket.id == statement.source.ticket_id)
    topic = frozenset[str]().union(*(_stems(bare_subject(subject)) for subject in subjects))
    return len(topic & _stems(statement.text))


def to_the_point(statements: Sequence[Statement], cases: Sequence[Case]) -> list[Statement]:
    """Those that take up the subject's words, most of them in front; all where none does."""
    rated = sorted(statements, key=lambda one: -on_topic(one, cases))
    return [one for one in rated if on_topic(one, cases)] or rated


def _plainness(statement: Statement) -> float:
    """By what it says, whatever it is about. The model's score counts, within bounds."""
    text = statement.text
    words = len(text.split())
    points = 0.6 * min(max(statement.score, -2.0), 2.0)
    points += (1.0 if words in _READABLE else -1.0 if words < _FEWEST else 0.0) + (
        0.5 if words in _CRISP else 0.0
    )
    points += 1.5 if FAILS.search(text) else 0.0
    points += 1.0 if FAILS_OUTRIGHT.search(text) else 0.0
    points += 0.7 if "under a heading OB" in statement.cues else 0.0
    points += 0.5 if text[:1].isupper() else -0.5
    points -= 1.0 if _ABOUT_US.search(text) else 0.0
    points -= 1.0 if _POINTS_BACK.search(text) else 0.0
    points -= 1.0 if _CODE_LIKE.search(text) else 0.0
    points += 0.7 if _CONDITION.search(text) else 0.0
    points -= 1.5 if statement.role == "agent" and not _CONFIRMED.search(text) else 0.0
    return points - (2.0 if NO_FAILURE.search(text) else 0.0)


def named_code(cases: Sequence[Case]) -> str:
    """The product's own error code that most of the reports name, as they write it; else "".

    It is what people search for, however the failure is worded.
    """
    spoken: Counter[str] = Counter()
    for case in cases:
        title, report = bare_subject(case.ticket.subject), _report_of(case)
        codes = product_codes(signatures(title, report.splitlines()))
        names = {code.removeprefix("code:").upper() for code in codes}
        spoken.update(name for name in names if _whole(name, f"{title}\n{report}"))
    code, number = max(spoken.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return code if 2 * number > len(cases) else ""


def _whole(code: str, text: str) -> bool:
    """Not the beginning of a longer number: that of one document says nothing of a failure."""
    return re.search(rf"\b{re.escape(code)}(?![-/.]?\d)", text, re.IGNORECASE) is not None


def _shared(cases: Sequence[Case]) -> Mapping[str, float]:
    """By word: the share of the other tickets that use it; nothing where there is one ticket."""
    told = [stems for case in cases if (stems := _reported(case))]
    if len(told) < 2:  # noqa: PLR2004 - one ticket shares nothing with itself
        return {}
    counts: dict[str, int] = {}
    for stems in told:
        for stem in stems:
            counts[stem] = counts.get(stem, 0) + 1
    return {stem: (n - 1) / (len(told) - 1) for stem, n in counts.items() if n > 1}


def _reported(case: Case) -> Stems:
    """The words of the report itself, and of its subject."""
    return _stems(f"{bare_subject(case.ticket.subject)} {_report_of(case)}")


def _report_of(case: Case) -> str:
    first = next((c.body for c in case.thread.comments if c.role == "end-user"), "")
    return (first or case.ticket.description)[:_REPORT]


def _weight(stems: Stems, shared: Mapping[str, float]) -> float:
    """0 to 1: what the tickets have in common, gathered in one statement."""
    best = sum(sorted(shared.values(), reverse=True)[:5])
    return min(sum(shared.get(stem, 0.0) for stem in stems) / best, 1.0) if best else 0.0


def _same_place(one: Source, other: Source) -> bool:
    return (one.ticket_id, one.comment_id) == (other.ticket_id, other.comment_id)


def _stems(text: str) -> Stems:
    """The longer words that mean something, cut to their stem's length."""
    words = _LONG_WORD.findall(text.lower())
    return frozenset(word[:6] for word in words if word not in STOP)
