"""What a person says, and whether they say that it is so.

A phrase counts when it is asserted: not denied ("no data was lost"), not supposed ("what if our
data were lost?"), not asked about ("how do I report a vulnerability?"), and not taken back by the
same customer later ("false alarm").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from connector.core import stances
from connector.core.redact import redact
from connector.core.signals_text import lexicon, literal_words, sentences, vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from connector.core.model import Case, Passage, Source
    from connector.core.signals_text import Sentence, Word

Stance = Literal["asserted", "denied", "supposed", "asked"]

QUOTE = 200
"""The longest quote that a finding carries, in characters."""

MOST = 20
"""More sentences than these say nothing new."""

_REACH = 5
"""How many words before a phrase a denial still reaches it."""

_OPENING = 6
"""A question begins within so many words ("Hi, a quick one: how do we …")."""


@dataclass(frozen=True)
class Hit:
    """One place where a phrase stands: from word number `first` of a sentence of a passage."""

    passage: Passage
    sentence: Sentence
    phrase: str
    first: int
    stance: Stance

    @property
    def quote(self) -> str:
        """The sentence without secrets, at most `QUOTE` characters of it."""
        return quote(self.passage.text, self.sentence, self.first)

    @property
    def source(self) -> Source:
        return self.passage.source.model_copy(update={"quote": self.quote})


def hits(
    passages: Sequence[Passage], phrases: tuple[str, ...], *, conditional: bool = False
) -> Iterator[Hit]:
    """Every place where one of the phrases stands, in the order of the passages.

    `conditional`: a phrase in an if-clause or a condition still counts as asserted ("if this goes
    on we will cancel" is a threat).
    """
    wanted = lexicon(phrases)
    for passage in passages:
        if not wanted.may_stand_in(vocabulary_of(passage.text)):
            continue
        for sentence in sentences(passage.text):
            for phrase, first, last in wanted.find_in(sentence):
                how = stance(sentence, first, last, phrase=phrase, conditional=conditional)
                yield Hit(passage, sentence, phrase, first, how)


def asserted(
    passages: Sequence[Passage], phrases: tuple[str, ...], *, conditional: bool = False
) -> tuple[Hit, ...]:
    """Only what is said to be so: the first `MOST` hits, one a sentence."""
    found: dict[tuple[Source, datetime, int], Hit] = {}
    for hit in hits(passages, phrases, conditional=conditional):
        if hit.stance == "asserted":
            key = (hit.passage.source, hit.passage.at, hit.sentence.start)
            found.setdefault(key, hit)
            if len(found) == MOST:
                break
    return tuple(found.values())


def standing_words(case: Case) -> tuple[Passage, ...]:
    """The customer's own words that still stand, newest first.

    A later "it works again" or "false alarm" takes back all that was said before it. A requester
    whose address is not verified cannot take anything back: a sender proves nothing.
    """
    passages = sorted(case.customer_words, key=lambda p: (p.at, p.source.comment_id or 0))
    if case.customer.verified:
        for index in range(len(passages) - 1, -1, -1):
            end = taken_back_until(passages[index].text)
            if end:
                rest = passages[index].model_copy(update={"text": passages[index].text[end:]})
                passages = [rest, *passages[index + 1 :]]
                break
    return tuple(reversed(passages))


@lru_cache(maxsize=128)
def taken_back_until(text: str) -> int:
    """Up to where the text takes back what was said: the trouble is over. 0: nowhere."""
    if not stances.TAKEN_BACK.may_stand_in(vocabulary_of(text)):
        return 0
    ends = [
        sentence.words[last].end
        for sentence in sentences(text)
        if not sentence.asks
        for phrase, first, last in stances.TAKEN_BACK.find_in(sentence)
        if stance(sentence, first, last, phrase=phrase) == "asserted"
    ]
    return max(ends, default=0)


def stance(
    sentence: Sentence, first: int, last: int, *, phrase: str = "", conditional: bool = False
) -> Stance:
    """How the words from `first` to `last` of a sentence, where `phrase` stands, are meant."""
    if _denied(sentence.words, first, last, phrase):
        return "denied"
    if _asked(sentence, first):
        return "asked"
    if _supposed(sentence.words, first, conditional=conditional):
        return "supposed"
    return "asserted"


def quote(text: str, sentence: Sentence, first: int) -> str:
    """The sentence, verbatim but for secrets; a long one is cut around its word number `first`."""
    start, end = sentence.words[0].start, sentence.end
    if end - start > QUOTE:
        about = max(start, sentence.words[first].start - QUOTE // 4)
        start = next((word.start for word in sentence.words if word.start >= about), start)
    said = redact(text[start : min(end, start + 4 * QUOTE)]).text
    return " ".join(said.split())[:QUOTE].strip()


def _denied(words: Sequence[Word], first: int, last: int, phrase: str) -> bool:
    """By a word before, after, or within the phrase that is none of the phrase's own."""
    own = literal_words(phrase)
    inside = (word.text for word in words[first : last + 1])
    if any(word in stances.DENIERS and word not in own for word in inside):
        return True
    return _denied_before(words, first) or _denied_after(words[last + 1 : last + 7])


def _denied_before(words: Sequence[Word], first: int) -> bool:
    for distance, index in enumerate(range(first - 1, max(-1, first - 1 - _REACH), -1)):
        word = words[index].text
        if word in stances.BOUNDARIES or word in stances.SPENT:
            return False
        if word in stances.DENIERS:
            return True
        if word in stances.MODAL_DENIERS:
            after = words[index + 1].text
            return distance == 0 or after in stances.PERCEIVE
    return False


def _denied_after(words: Sequence[Word]) -> bool:
    """Denied by what follows at once: "data loss did not occur", "a breach was ruled out"."""
    return any(start <= 1 for _, start, _ in stances.DENIED_AFTER.find(words))


def _asked(sentence: Sentence, first: int) -> bool:
    """In a how-to question. "Why is production down?" is none, and tells that it is down."""
    starts = [start for _, start, _ in stances.ASKED.find_in(sentence)]
    opens = any(start < _OPENING for start in starts)
    return any(start <= first for start in starts) and (sentence.asks or opens)


def without_questions(text: str) -> str:
    """The text without its how-to questions."""
    kept = (s for s in sentences(text) if not _asked(s, len(s.words)))
    return "\n".join(text[sentence.start : sentence.end].strip() for sentence in kept)


def _supposed(words: Sequence[Word], first: int, *, conditional: bool) -> bool:
    if any(start <= first for _, start, _ in stances.SUPPOSED.find(words)):
        return True
    if conditional:
        return False
    for word in reversed(words[:first]):
        if word.text in stances.CLAUSE_ENDS:
            return False
        if word.text in stances.IFS:
            return True
    return False
