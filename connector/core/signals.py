"""What a person says, and whether they say that it is so.

A phrase counts when it is asserted: not denied ("no data was lost"), not supposed ("what if our
data were lost?"), not asked about ("how do I report a vulnerability?"), and not taken back by the
same customer later ("false alarm").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from connector.core.model import Passage, Source
from connector.core.redact import redact
from connector.core.signals_text import Sentence, Word, pattern, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.core.model import Case

Stance = Literal["asserted", "denied", "supposed", "asked"]

QUOTE = 200
"""The longest quote that a finding carries, in characters."""

_REACH = 5
"""How many words before a phrase a denial still reaches it."""

_DENIERS = frozenset(
    [
        "no",
        "not",
        "never",
        "none",
        "nothing",
        "neither",
        "nor",
        "without",
        "zero",
        "isn't",
        "wasn't",
        "aren't",
        "weren't",
        "don't",
        "doesn't",
        "didn't",
        "hasn't",
        "haven't",
        "hadn't",
        "unable",
        "failed",
        "avoid",
        "avoids",
        "avoided",
        "prevent",
        "prevents",
        "prevented",
        "kein",
        "keine",
        "keinen",
        "keiner",
        "keinerlei",
        "nicht",
        "nie",
        "niemals",
        "ohne",
        "aucun",
        "aucune",
        "pas",
        "jamais",
        "sans",
        "ningún",
        "ninguna",
        "nunca",
        "sin",
    ]
)
_MODAL_DENIERS = frozenset(["can't", "cannot", "couldn't", "couldnt", "cant", "won't", "wouldn't"])
_PERCEIVE = frozenset(
    [
        "see",
        "find",
        "confirm",
        "reproduce",
        "detect",
        "notice",
        "observe",
        "identify",
        "report",
        "imagine",
        "be",
    ]
)
_BOUNDARIES = frozenset(
    [
        ",",
        ";",
        ":",
        "?",
        "!",
        "(",
        ")",
        "but",
        "however",
        "though",
        "although",
        "because",
        "since",
        "so",
        "while",
        "and",
        "yet",
        "aber",
        "weil",
        "da",
        "denn",
        "und",
        "mais",
        "car",
        "et",
        "pero",
        "porque",
        "y",
    ]
)
_SPENT = frozenset(
    [
        "working",
        "work",
        "works",
        "worked",
        "fixed",
        "resolved",
        "responding",
        "able",
        "loading",
        "answering",
        "acceptable",
        "only",
        "just",
        "again",
        "longer",
        "good",
        "ok",
        "okay",
        "happy",
        "sure",
        "clear",
        "mehr",
        "nur",
        "mehr",
    ]
)
_DENIED_AFTER = tuple(
    pattern(phrase)
    for phrase in (
        "did|does|has|have|was|were|is|are not|never occur*|happen*|found|confirmed|the|a|an",
        "didn't|hasn't|haven't|wasn't|isn't|weren't|aren't occur*|happen*|found|confirmed|the|a|an",
        "can|could|was|were|is|are be|been ruled|excluded out",
        "was|were|is|are|has|can ruled|excluded|unlikely|impossible",
        "can|could be ruled|excluded",
        "has|have been ruled|excluded",
        "false alarm|positive",
    )
)
_SUPPOSED = tuple(
    pattern(phrase)
    for phrase in (
        "what if",
        "what happens|happened if|when",
        "what would happen",
        "would happen if",
        "in case",
        "in the event",
        "suppose|supposing|assuming|imagine|hypothetically|theoretically",
        "should there be",
        "if there is|was|were|are ever",
        "to simulate|rehearse",
        "simulated|simulating|rehearsal|drill|tabletop",
        "fire|recovery drill|exercise",
        "was passiert wenn",
        "was passiert , wenn",
        "im falle",
        "angenommen",
        "que se passe-t-il si",
        "en cas de",
    )
)
_ASKED = tuple(
    pattern(phrase)
    for phrase in (
        "how do|can|could|would|should|may|might i|we|you|one|they|our|my|a|an|the|someone",
        "how to",
        "where do|can|could|should|would i|we|one|someone",
        "where is|are the|your",
        "who do|should|can|could i|we",
        "whom do|should|can|could i|we",
        "what is|are|'s the|your best|correct|right|recommended|usual|proper",
        "what is|are the|your|a policy|policies|process|procedure|procedures|steps|way|definition",
        "what's the|your best|correct|right|recommended|policy|process|procedure|way",
        "what steps|process|policy|procedure do|does|should|is|are",
        "what does ... mean",
        "do|does you|your|it|the ... offer|support|provide|have|include|protect|handle|cover",
        (
            "is|are there a|any|some way|documentation|guide|guidance|article|policy|procedure|option|"
            "best|recommended|instructions"
        ),
        "can|could|would|will you|someone ... explain|describe|tell|send|share|clarify|document",
        "are you|they ... compliant|certified|audited",
        "i|we would|'d|want|wanted|wish|like ... know|learn|understand how|what|where|whether",
        "i'd|we'd like to know|learn|understand how|what|where|whether",
        "looking for documentation|guidance|instructions|information|docs",
        "wie kann|können|könnte|soll|sollen|melde|melden|mache|machen ich|wir|man",
        "wo kann|können|finde|finden|melde|melden ich|wir|man",
        "gibt es eine|einen|ein anleitung|möglichkeit|dokumentation|weg|richtlinie",
        "comment puis-je|pouvons-nous|peut-on|faire|signaler",
        "cómo puedo|podemos|se",
    )
)
_TAKEN_BACK = tuple(
    pattern(phrase)
    for phrase in (
        "false alarm",
        "my|our mistake",
        "never mind|nevermind",
        "nevermind",
        "it|everything|all|this|that|issue|problem works|working|resolved|fixed|solved|sorted again|now",
        "it|everything|all|this|that is|are ... working|resolved|fixed|solved|sorted again|now",
        "it's|everything's|that's working|resolved|fixed|solved|sorted",
        "is|are back up|online|to",
        "works|working fine|again|now",
        "issue|problem ... is|was|has|been resolved|solved|fixed|gone|disappeared",
        "resolved itself",
        "you can|may close this|the|it",
        "please close this|the",
        "hat sich erledigt",
        "funktioniert wieder|jetzt",
        "geht wieder",
        "fonctionne à nouveau",
        "fehlalarm",
    )
)


@dataclass(frozen=True)
class Hit:
    """One place where a phrase stands. `quote` is the sentence, at most 200 characters of it."""

    passage: Passage
    phrase: str
    stance: Stance
    quote: str

    @property
    def source(self) -> Source:
        return self.passage.source.model_copy(update={"quote": self.quote})


def hits(
    passages: Sequence[Passage], phrases: Sequence[str], *, conditional: bool = False
) -> Iterator[Hit]:
    """Every place where one of the phrases stands, in the order of the passages.

    `conditional`: a phrase in an if-clause or a condition still counts as asserted ("if this goes
    on we will cancel" is a threat).
    """
    for passage in passages:
        for sentence in sentences(passage.text):
            for phrase in phrases:
                for first, last in pattern(phrase).find(sentence.words):
                    how = stance(sentence, first, last, conditional=conditional)
                    yield Hit(passage, phrase, how, quote(passage.text, sentence, first))


def asserted(
    passages: Sequence[Passage], phrases: Sequence[str], *, conditional: bool = False
) -> tuple[Hit, ...]:
    """Only what is said to be so; at most one hit a sentence."""
    found: dict[tuple[Source, str], Hit] = {}
    for hit in hits(passages, phrases, conditional=conditional):
        if hit.stance == "asserted":
            found.setdefault((hit.passage.source, hit.quote), hit)
    return tuple(found.values())


def standing_words(case: Case) -> tuple[Passage, ...]:
    """The customer's own words that still stand, newest first.

    A later "it works again" or "false alarm" takes back all that was said before it. A requester
    whose address is not verified cannot take anything back: a sender proves nothing.
    """
    passages = sorted(case.customer_words, key=lambda p: (p.at, p.source.comment_id or 0))
    if case.customer.verified:
        for index in range(len(passages) - 1, -1, -1):
            if takes_back(passages[index].text):
                passages = passages[index:]
                break
    return tuple(reversed(passages))


@lru_cache(maxsize=256)
def takes_back(text: str) -> bool:
    """Whether the text says that the trouble is over."""
    return any(
        stance(sentence, first, last) == "asserted"
        for sentence in sentences(text)
        if not sentence.asks
        for wanted in _TAKEN_BACK
        for first, last in wanted.find(sentence.words)
    )


def stance(sentence: Sentence, first: int, last: int, *, conditional: bool = False) -> Stance:
    """How the words from `first` to `last` of a sentence are meant."""
    if _denied(sentence.words, first, last):
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


def _denied(words: Sequence[Word], first: int, last: int) -> bool:
    inside = words[first : last + 1]
    if any(word.text in _DENIERS for word in inside[1:-1]):
        return True
    return _denied_before(words, first) or _denied_after(words[last + 1 : last + 7])


def _denied_before(words: Sequence[Word], first: int) -> bool:
    for distance, index in enumerate(range(first - 1, max(-1, first - 1 - _REACH), -1)):
        word = words[index].text
        if word in _BOUNDARIES or word in _SPENT:
            return False
        if word in _DENIERS:
            return True
        if word in _MODAL_DENIERS:
            after = words[index + 1].text
            return distance == 0 or after in _PERCEIVE
    return False


def _denied_after(words: Sequence[Word]) -> bool:
    """Denied by what follows at once: "data loss did not occur", "a breach was ruled out"."""
    return any(start <= 1 for wanted in _DENIED_AFTER for start, _ in wanted.find(words))


def _asked(sentence: Sentence, first: int) -> bool:
    """In a how-to question. "Why is production down?" is none, and tells that it is down."""
    return any(
        start <= first for wanted in _ASKED for start, _ in wanted.find(sentence.words)
    ) and (sentence.asks or _opens_with_question(sentence))


def _opens_with_question(sentence: Sentence) -> bool:
    opening = sentence.words[:6]
    return any(wanted.find(opening) and any(wanted.find(opening)) for wanted in _ASKED)


def _supposed(words: Sequence[Word], first: int, *, conditional: bool) -> bool:
    before = words[:first]
    if any(True for wanted in _SUPPOSED for start, _ in wanted.find(words) if start <= first):
        return True
    if conditional:
        return False
    for word in reversed(before):
        if word.text in {",", ";", ":", "then", "dann"}:
            return False
        if word.text in {"if", "unless", "falls", "wenn", "si"}:
            return True
    return False
