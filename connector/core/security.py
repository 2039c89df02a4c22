"""Does a report read like a security report? A score for people, and a sure sign in the words.

The score is a logistic model over hand-written cues and their groups (`security_cues`). Its weights
are learned by `benchmarks/train_security.py` and shipped as whole numbers. Ranking and threshold
are measured on products that were left out of the training. It was trained on reports in English.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core import vocabulary
from connector.core.model import Frozen, Passage, Source
from connector.core.security_cues import GROUPS, OTHER, TELLING
from connector.core.signals import asserted, without_questions
from connector.core.signals_text import parse_phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LOOKED_AT: Final = 4000
"""Characters of the body that are read."""

THRESHOLD: Final = 0.5
"""The operating point. The model's bias puts it where 5 % of the harmless reports of a product that
it has not seen are flagged: a look by a person is cheap, a missed report is not."""

_MOST = 8
"""A group's cues count up to so many times in one body."""

_DISTINCT = 6
"""And so many different telling groups."""

_SEVERAL = 3

_LONGEST = 3
"""Words of the longest cue."""

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)

_ASKS = re.compile(r"\?|\bhow (?:do|can|to|should)\b", re.IGNORECASE)

_TOKEN = re.compile(r"[A-Za-z0-9]{1,60}")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class SecurityReading(Frozen):
    """`score` 0 to 1; `hint`: a person should look; `sure`: the words say it outright.

    `cues`: the words that weighed most, the strongest first.
    """

    score: float
    hint: bool
    sure: bool
    cues: tuple[str, ...] = ()


def security_score(subject: str, body: str) -> SecurityReading:
    """How much a report reads like one about security, and whether it says so outright."""
    return score_words(subject, body).model_copy(update={"sure": _sure(subject, body)})


def score_words(subject: str, body: str) -> SecurityReading:
    """The score alone; `sure` is not looked for. The same text gives the same reading.

    What would be a hint is read again without its how-to questions: they report nothing.
    """
    reading = _scored(cues_in(subject, body))
    if not reading.hint or not _ASKS.search(f"{subject}\n{body[:LOOKED_AT]}"):
        return reading
    return _scored(cues_in(without_questions(subject), without_questions(body[:LOOKED_AT])))


def _scored(found: Cues) -> SecurityReading:
    weights, bias = _model()
    features = features_of(found)
    z = bias + sum(weights.get(name, 0.0) * value for name, value in features.items())
    score = round(1 / (1 + math.exp(-max(-30.0, min(30.0, z)))), 4)
    cues = _strongest(found, features, weights)
    return SecurityReading(
        score=score, hint=score >= THRESHOLD and bool(cues), sure=False, cues=cues
    )


Cues = tuple["Mapping[str, Counter[str]]", "Mapping[str, Counter[str]]"]
"""Group -> the words found, for the subject and for the body."""


def cues_in(subject: str, body: str) -> Cues:
    return _grouped(subject), _grouped(body[:LOOKED_AT])


def features_of(found: Cues) -> dict[str, float]:
    """The model's features: the subject's groups, how much of each the body has, and each cue."""
    subject, body = found
    features = dict.fromkeys((f"subject {group}" for group in subject), 1.0)
    for group, words in body.items():
        count = min(_MOST, words.total())
        features[f"body {group}"] = math.log1p(count) / math.log1p(_MOST)
    for group, words in (*subject.items(), *body.items()):
        if group not in OTHER:
            features.update(dict.fromkeys((f"cue {_cue_of(word)}" for word in words), 1.0))
    distinct = len(({*subject} | {*body}) & TELLING)
    features["telling groups"] = min(_DISTINCT, distinct) / _DISTINCT
    features["several groups"] = float(distinct >= _SEVERAL)
    return features


def _grouped(text: str) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for group, word in _cue_words(_tokens(text)):
        found.setdefault(group, Counter())[word] += 1
    return found


def _tokens(text: str) -> list[str]:
    """Lower-case words; `NullPointerException` also gives its parts, after the whole.

    The scheme of a link is no word: that a link is safe says nothing about the report.
    """
    tokens: list[str] = []
    for word in _TOKEN.findall(text.replace("https://", " ").replace("http://", " ")):
        tokens.append(word.lower())
        if not word[1:].islower() and len(parts := _HUMP.split(word)) > 1:
            tokens.extend(part.lower() for part in parts)
    return tokens


def _cue_words(tokens: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Group and cue at each place; of cues that begin alike the longest."""
    index = _index()
    for at, token in enumerate(tokens):
        if token not in index.openers:
            cue = _cue_of(token)
            if cue is not None:
                yield index.groups[cue], token
            continue
        for size in (_LONGEST, 2, 1):
            text = "_".join(tokens[at : at + size])
            cue = _cue_of(text)
            if cue is not None:
                yield index.groups[cue], text
                break


class _Index(NamedTuple):
    """Cues by their text and by their beginning, the lengths of beginnings, and first words."""

    whole: frozenset[str]
    beginnings: frozenset[str]
    lengths: tuple[int, ...]
    openers: frozenset[str]
    groups: Mapping[str, str]


@cache
def _index() -> _Index:
    groups = {cue: group for group, cues in GROUPS.items() for cue in cues}
    beginnings = frozenset(cue[:-1] for cue in groups if cue.endswith("*"))
    return _Index(
        whole=frozenset(cue for cue in groups if not cue.endswith("*")),
        beginnings=beginnings,
        lengths=tuple(sorted({len(beginning) for beginning in beginnings}, reverse=True)),
        openers=frozenset(cue.partition("_")[0] for cue in groups if "_" in cue),
        groups=groups,
    )


@lru_cache(maxsize=8_192)
def _cue_of(text: str) -> str | None:
    """The cue that a text is, or that it begins with."""
    index = _index()
    if text in index.whole:
        return text
    heads = (text[:length] for length in index.lengths if length <= len(text))
    return next((f"{head}*" for head in heads if head in index.beginnings), None)


@cache
def _model() -> tuple[Mapping[str, float], float]:
    """Weights and bias, from the whole numbers that the package ships."""
    text = files("connector.core").joinpath("security_weights.json").read_text("utf-8")
    shipped = json.loads(text)
    scale = shipped["scale"]
    weights = {name: weight / scale for name, weight in shipped["weights"].items()}
    return weights, shipped["bias"] / scale


def _strongest(
    found: Cues, features: Mapping[str, float], weights: Mapping[str, float]
) -> tuple[str, ...]:
    """One word for each telling group, by what the group weighs."""
    subject, body = found
    gains: dict[str, float] = {}
    for name, value in features.items():
        place, _, group = name.partition(" ")
        if place in {"subject", "body"} and group in TELLING:
            gains[group] = gains.get(group, 0.0) + weights.get(name, 0.0) * value
    ordered = sorted(gains, key=lambda group: (-gains[group], group))
    words = (subject.get(group) or body[group] for group in ordered)
    return tuple(max(sorted(word), key=word.__getitem__).replace("_", " ") for word in words)


def _sure(subject: str, body: str) -> bool:
    """A strong phrase in the text, asserted."""
    texts = [
        paragraph
        for text in (subject, body)
        if _may_be_sure(text)
        for paragraph in text.split("\n\n")
        if _may_be_sure(paragraph)
    ]
    if not texts:
        return False
    source = Source(ticket_id=0)
    passages = [Passage(source=source, text=text, at=_ANY_TIME) for text in texts]
    return bool(asserted(passages, _strong(), conditional=True))


def _strong() -> tuple[str, ...]:
    return vocabulary.SECURITY_BREACH + vocabulary.SECURITY_REPORT


def _may_be_sure(text: str) -> bool:
    """Whether all words of a strong phrase stand anywhere: in most texts they do not."""
    lower = text.lower().replace("’", "'")
    for word, others in _strong_words():
        if word in lower and all(any(other in lower for other in place) for place in others):
            return True
    return False


@cache
def _strong_words() -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    """Each word of a strong phrase's longest place, with the words of its other places."""
    found: list[tuple[str, tuple[tuple[str, ...], ...]]] = []
    for phrase in _strong():
        places = [(*part[0], *part[1]) for part in parse_phrase(phrase).parts if part]
        longest = max(places, key=lambda words: min(map(len, words)))
        others = tuple(place for place in places if place is not longest)
        found += [(word, others) for word in longest]
    return tuple(found)
