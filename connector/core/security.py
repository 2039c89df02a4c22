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
from itertools import chain
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
_PLAIN = re.compile(r"[^\W_]+")
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
    if "://" in text:
        text = text.replace("https://", " ").replace("http://", " ")
    return list(chain.from_iterable(map(_parts_of, _TOKEN.findall(text))))


@lru_cache(maxsize=8_192)
def _parts_of(word: str) -> tuple[str, ...]:
    parts = () if word[1:].islower() else _HUMP.split(word)
    whole = word.lower()
    return (whole, *(part.lower() for part in parts)) if len(parts) > 1 else (whole,)


def _cue_words(tokens: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Group and cue at each place; of cues that begin alike the longest."""
    index = _index()
    openers, groups = index.openers, index.groups
    for at, (token, cue) in enumerate(zip(tokens, map(_cue_of, tokens), strict=True)):
        if token not in openers:
            if cue is not None:
                yield groups[cue], token
            continue
        for size in (_LONGEST, 2, 1):
            text = "_".join(tokens[at : at + size])
            longer = _cue_of(text)
            if longer is not None:
                yield groups[longer], text
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
    lower = text.lower()
    words = set(_PLAIN.findall(lower))
    index = _strong_words()
    begun = (places for beginning, places in index.beginnings.items() if beginning in lower)
    told = (index.words[word] for word in words & index.words.keys())
    return any(
        all(_has_one(place, words, lower) for place in phrase)
        for phrases in (*told, *begun)
        for phrase in phrases
    )


class _Place(NamedTuple):
    """What one place of a phrase accepts: whole words, by their parts, and beginnings."""

    words: tuple[frozenset[str], ...]
    beginnings: tuple[str, ...]


def _has_one(place: _Place, words: set[str], lower: str) -> bool:
    return any(parts <= words for parts in place.words) or any(
        beginning in lower for beginning in place.beginnings
    )


class _Strong(NamedTuple):
    """Strong phrases by each word of their longest place: what must stand in their other places."""

    words: Mapping[str, tuple[tuple[_Place, ...], ...]]
    beginnings: Mapping[str, tuple[tuple[_Place, ...], ...]]


@cache
def _strong_words() -> _Strong:
    words: dict[str, tuple[tuple[_Place, ...], ...]] = {}
    beginnings: dict[str, tuple[tuple[_Place, ...], ...]] = {}
    for phrase in _strong():
        parts = [part for part in parse_phrase(phrase).parts if part]
        longest = max(parts, key=lambda part: min(map(len, (*part[0], *part[1]))))
        others = tuple(
            _Place(tuple(frozenset(_PLAIN.findall(word)) for word in exact), begun)
            for exact, begun in (part for part in parts if part is not longest)
        )
        for word in longest[0]:
            key = max(_PLAIN.findall(word), key=len)
            words[key] = (*words.get(key, ()), others)
        for beginning in longest[1]:
            beginnings[beginning] = (*beginnings.get(beginning, ()), others)
    return _Strong(words, beginnings)
