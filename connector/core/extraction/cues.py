"""What a piece shows of itself: cue words, shape, section and place. The linear model's features.

A cue is a whole number; `name_of` says what it means. Two cues that mean something else together
than alone are one number again, see `together`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.extraction.grammar import GRAMMARS
from connector.core.extraction.headings import SECTIONS
from connector.core.extraction.lexicon import CLASSES, FOLLOWED, PHRASES, WORDS
from connector.core.extraction.shapes import SHAPES, shapes_of, signs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connector.core.extraction.sentences import Piece

_WORD = re.compile(r"[a-zß-öø-ÿ][a-zß-öø-ÿ'-]*")
_LENGTHS: Final = (3, 6, 10, 16, 25, 40, 80)
_SINCE: Final = (0, 1, 2, 4, 8, 16)
_PLACES: Final = (0, 1, 2, 4, 8, 16, 32)
_GAPS: Final = 4
_MOST: Final = 600
"""Characters of a piece that are looked at: what a sentence says, it says early."""

_LINE: Final = 400
"""And for its grammar."""

_PLAIN: Final = frozenset(
    {
        *("the", "and", "for", "are", "not", "with", "when", "this", "that", "you", "from", "does"),
        *("can", "has", "have", "was", "but", "its", "into"),
    }
)
_EMPTY = re.compile(r"\W{0,4}(?:n/?a|none|nothing|no|unknown|same|see above)\W{0,4}\Z")
_KINDS: Final = ("prose", "item", "step", "code", "heading", "title")
_LABELS: Final = ("OB", "EB", "S2R", "ENV", "ERR")
_ENDS: Final = ":?!.;,)}"
_STARTS: Final = ("upper", "lower", "sign")


def _bucket(value: int, bounds: Sequence[int]) -> int:
    for number, bound in enumerate(bounds):
        if value <= bound:
            return number
    return len(bounds)


class _Names:
    """Gives each name a number, in the order in which they are asked for."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self.number: dict[str, int] = {}

    def __call__(self, name: str) -> int:
        if name not in self.number:
            self.number[name] = len(self.all)
            self.all.append(name)
        return self.number[name]

    def each(self, pattern: str, values: Iterable[object]) -> list[int]:
        return [self(pattern.format(value)) for value in values]

    def spread(self, pattern: str, bounds: Sequence[int]) -> list[int]:
        """The number for each value up to one above the last bound."""
        return [self(pattern.format(_bucket(value, bounds))) for value in range(bounds[-1] + 2)]


_id = _Names()
_SECTIONS: Final = ("", *SECTIONS)


class _Word(NamedTuple):
    """What a word is a sign of: alone, as the first, as the second, before certain others."""

    classes: tuple[int, ...]
    first: tuple[int, ...]
    second: tuple[int, ...]
    before: dict[str, int] | None


_CLASS: Final = {word: tuple(map(_id, classes)) for word, classes in WORDS.items()}
_BEFORE: Final = {
    first: {second: _id(name) for second, name in after.items()}
    for first, after in FOLLOWED.items()
}
_WORDS: Final = {
    word: _Word(
        _CLASS.get(word, ()),
        tuple(_id(f"first {name}") for name in WORDS.get(word, ("none",))),
        tuple(_id(f"second {name}") for name in WORDS.get(word, ())),
        _BEFORE.get(word),
    )
    for word in dict.fromkeys((*WORDS, *FOLLOWED))
}
_UNKNOWN: Final = _Word((), (_id("first none"),), (), None)
_SHAPE: Final = {name: _id(name) for name in SHAPES}
for _name in (*CLASSES, *PHRASES):
    _id(_name)
_GRAMMARS: Final = tuple(
    (
        _id(f"says {one.name}"),
        frozenset(_id.number[name] for name in one.needs),
        frozenset(_id.number[name] for name in one.and_needs),
        one.pattern.match if one.anchored else one.pattern.search,
    )
    for one in GRAMMARS
)
_KIND: Final = {kind: _id(f"kind {kind}") for kind in _KINDS}
_SECTION: Final = {section: _id(f"section {section or 'none'}") for section in _SECTIONS}
_STANDS: Final = {
    (kind, section): (
        *(_id("bias"), _KIND[kind], _SECTION[section]),
        _id(f"{kind} in {section or 'none'}"),
    )
    for kind in _KINDS
    for section in _SECTIONS
}
_LENGTH: Final = _id.spread("length {}", _LENGTHS)
_SINCE_HEADING: Final = {
    section: _id.spread(f"since {{}} {section}", _SINCE) for section in SECTIONS
}
_GAP: Final = {section: _id.each(f"gap {{}} {section}", range(_GAPS + 1)) for section in SECTIONS}
_GAP_OF_KIND: Final = {
    (kind, section, since): _id.each(f"gap {{}} {since} {kind} in {section}", range(_GAPS + 1))
    for kind in _KINDS
    for section in SECTIONS
    for since in range(4)
}
_AFTER_LIST: Final = {
    section: _id.each(f"after the list of {section} {{}}", (False, True)) for section in SECTIONS
}
_WORDLESS: Final = {kind: _id(f"{kind} without a letter") for kind in _KINDS}
_END: Final = {sign: _id(f"ends {sign}") for sign in _ENDS}
_END_OPEN: Final = _id("ends open")
_LETTERS: Final = _id.each("letters {}", range(11))
_START: Final = {name: _id(f"starts {name}") for name in _STARTS}
_PLACE: Final = _id.spread("place {}", _PLACES)
_PART: Final = _id.each("part {}", range(4))
_FROM_END: Final = _id.spread("from end {}", _PLACES[:4])
_SHARED: Final = _id.each("{} words of the title", range(5))
_SHARE: Final = _id.each("{} quarters of the title", range(5))
_TITLE, _BEGINS, _AFTER_COLON = _id("title"), _id("begins paragraph"), _id("after colon")
_NO_ANSWER, _NO_CONTENT = _id("says none"), _id("nothing below")
_HAS: Final = {label: _id(f"report has {label}") for label in _LABELS}
_HAS_STEPS, _HAS_NO_SECTIONS = _id("report has steps"), _id("report has no sections")
_AROUND: Final = {
    (before, kind, after): _id(f"{before} {kind} {after}")
    for before in ("^", *_KINDS[:-1])
    for kind in _KINDS
    for after in ("$", *_KINDS)
}

_CROSSED: Final = frozenset(
    _id.number[name]
    for name in (
        *("should", "should be", "should not", "expect", "expected to", "not", "does not", "fails"),
        *("failure", "bad", "act", "acted", "acting", "look", "sees", "i see", "i did", "if you"),
        *("when", "if", "i", "would", "would be", "instead", "instead of", "want", "need", "works"),
        *("but", "try to", "to reproduce", "on x", "there is", "seems to", "the problem"),
        *("it would", "first act", "first acted", "first look", "first when", "first if"),
        *("first i", "first then", "first should", "first expect", "first not", "code", "frame"),
        *("prompt", "exception", "quoted", "example", "following", "can", "may", "seems", "fix"),
        *("because", "actual", "question", "thanks", "still", "always", "version", "tested"),
        *("ends ?", "ends :", "number", "field", "level", "stamp", "software", "system"),
        *("named version", "source line"),
        *("says cond act", "says opens cond", "says command", "says who acted", "says but not"),
    )
)
_LEADING: Final = frozenset(
    _id.number[name]
    for name in (
        *("ends :", "kind step", "kind heading", "to reproduce", "example", "should be", "expect"),
        *("if you", "act", "fails", "exception", "frame", "log", "failure"),
        *("says code follows", "says output follows"),
    )
)
_RULES: Final = tuple(
    (_id(f"rule {label}"), frozenset(_id.number[name] for name in names))
    for label, names in (
        ("OB", ("does not", "no x", "says but not", "says gets an error", "fails", "exception")),
        (
            "EB",
            (
                *("should", "expected to", "expect", "would be", "instead of"),
                *("says would be better", "says would like"),
            ),
        ),
        ("S2R", ("kind step", "to reproduce", "says cond act", "says command")),
        ("ENV", ("named version", "agent", "bare version")),
        ("ERR", ("frame", "level", "exception", "code error")),
    )
)
"""What says it without a model. As cues of their own they weigh more than their parts alone."""

_BITS: Final = 12
_AFTER: Final = 1 << (2 * _BITS + 1)
SIZE: Final = len(_id.all)
"""How many single cues there are."""


class Cues(NamedTuple):
    """`own`: of the piece itself, its neighbours see them too; `crossed`: of the piece only.

    `words`: the piece's words in lower case.
    """

    own: set[int]
    crossed: list[int]
    words: list[str]


def together(one: int, other: int) -> int:
    """The cue that two cues are together, in whichever order."""
    return (min(one, other) + 1 << _BITS) + max(one, other)


def name_of(cue: int) -> str:
    """What a cue means."""
    if cue < SIZE:
        return _id.all[cue]
    one, other = divmod(cue & ~_AFTER, 1 << _BITS)
    return f"{_id.all[one - 1]} {'after' if cue & _AFTER else '&'} {_id.all[other]}"


def cues_named(*names: str) -> frozenset[int]:
    """The numbers of single cues."""
    return frozenset(_id.number[name] for name in names)


def cue_of(name: str) -> int | None:
    """The cue with this name; None if there is none any more."""
    number = _id.number
    if name in number:
        return number[name]
    one, found, other = name.partition(" & ")
    if found and one in number and other in number:
        return together(number[one], number[other])
    one, found, other = name.partition(" after ")
    if found and one in number and other in number:
        return _following(number[one]) + number[other]
    return None


def _following(cue: int) -> int:
    """A cue behind another one, which is to be added."""
    return (cue + 1 << _BITS) | _AFTER


def cues_of(pieces: Sequence[Piece], *, title: int = 0) -> list[Cues]:
    """The cues of each piece; the first `title` pieces are the report's title."""
    subject = frozenset(
        word
        for piece in pieces[:title]
        for word in _WORD.findall(piece.text.lower())
        if len(word) > 2 and word not in _PLAIN  # noqa: PLR2004 - shorter words say nothing
    )
    kinds = ["title"] * title + [piece.kind for piece in pieces[title:]]
    read = [
        _of_piece(piece, kind, subject if kind != "title" else frozenset())
        for piece, kind in zip(pieces, kinds, strict=True)
    ]
    own = [cues for cues, _ in read]
    for number, found in enumerate(own):
        found.update(_of_place(pieces, number, title))
    _mark_sections(pieces, own)
    whole = _of_report(pieces)
    return [
        Cues(
            found,
            _crossed(kinds, number, title, own, whole, _SECTION[pieces[number].section]),
            words,
        )
        for number, (found, words) in enumerate(read)
    ]


def _of_piece(piece: Piece, kind: str, subject: frozenset[str]) -> tuple[set[int], list[str]]:
    text = piece.text[:_MOST]
    lower = text.lower()
    if "’" in lower:
        lower = lower.replace("’", "'")
    words = _WORD.findall(lower)
    cues = set(_STANDS[kind, piece.section])
    before = None
    for word in words:
        known = _WORDS.get(word)
        if before is not None and word in before:
            cues.add(before[word])
        if known is None:
            before = None
            continue
        cues.update(known.classes)
        before = known.before
    if words:
        cues.update(_WORDS.get(words[0], _UNKNOWN).first)
        if len(words) > 1:
            cues.update(_WORDS.get(words[1], _UNKNOWN).second)
    if subject:
        shared = len(subject.intersection(words))
        cues.add(_SHARED[min(shared, 4)])
        cues.add(_SHARE[4 * shared // len(subject)])
    signs = signs_of(text)
    cues.update([_SHAPE[name] for name in shapes_of(text, signs)])
    if kind != "code":
        _add_grammars(cues, lower)
    cues.add(_LENGTH[min(len(words), _LENGTHS[-1] + 1)])
    cues.add(_LETTERS[10 * (len(text) - len(signs)) // max(len(text), 1)])
    cues.add(_END.get(text[-1:], _END_OPEN))
    first = text[:1]
    cues.add(_START["upper" if first.isupper() else "lower" if first.islower() else "sign"])
    cues.update([rule for rule, signs_of_it in _RULES if not signs_of_it.isdisjoint(cues)])
    if not words and not any(map(str.isalpha, text)):
        cues.add(_WORDLESS[kind])
    if len(words) < 3 and _EMPTY.match(lower):  # noqa: PLR2004 - "see above" is the longest
        cues.add(_NO_ANSWER)
    return cues, words


def _add_grammars(cues: set[int], lower: str) -> None:
    """Which grammars a lower-case text follows, of those whose words are there."""
    line = ""
    for cue, needs, and_needs, follows in _GRAMMARS:
        if needs.isdisjoint(cues) or (and_needs and and_needs.isdisjoint(cues)):
            continue
        line = line or " ".join(lower[:_LINE].split())
        if follows(line):
            cues.add(cue)


def _of_place(pieces: Sequence[Piece], number: int, title: int) -> list[int]:
    if number < title:
        return [_TITLE]
    here, last = number - title, len(pieces) - 1
    cues = [
        _PLACE[min(here, _PLACES[-1] + 1)],
        _PART[4 * here // max(len(pieces) - title, 1)],
        _FROM_END[min(last - number, _PLACES[3] + 1)],
    ]
    before = pieces[number - 1] if here else None
    if before is None or before.paragraph != pieces[number].paragraph:
        cues.append(_BEGINS)
    if before is not None and before.text.endswith(":"):
        cues.append(_AFTER_COLON)
    return cues


def _mark_sections(pieces: Sequence[Piece], own: Sequence[set[int]]) -> None:
    """How far below its heading a piece stands, and whether the list there has ended."""
    start, listed = 0, False
    for number, (piece, cues) in enumerate(zip(pieces, own, strict=True)):
        section = piece.section
        if piece.since == 0:
            start, listed = piece.paragraph, False
        if not section:
            continue
        gap = min(max(piece.paragraph - start, 0), _GAPS)
        cues.add(_SINCE_HEADING[section][min(piece.since, _SINCE[-1] + 1)])
        cues.add(_GAP[section][gap])
        cues.add(_GAP_OF_KIND[piece.kind, section, min(piece.since, 3)][gap])
        if piece.kind in {"step", "item"}:
            listed = True
        elif listed:
            cues.add(_AFTER_LIST[section][gap > 0])
        if piece.kind == "heading" and _is_empty(pieces, number + 1):
            cues.add(_NO_CONTENT)


def _is_empty(pieces: Sequence[Piece], number: int) -> bool:
    """Whether nothing was written below a heading: another one comes, or bare numbers."""
    if number >= len(pieces):
        return True
    below = pieces[number]
    return below.kind == "heading" or not any(map(str.isalpha, below.text[:_MOST]))


def _of_report(pieces: Sequence[Piece]) -> list[int]:
    sections = {piece.section for piece in pieces}
    cues = [cue for label, cue in _HAS.items() if label in sections]
    if any(piece.kind == "step" for piece in pieces):
        cues.append(_HAS_STEPS)
    if sections == {""}:
        cues.append(_HAS_NO_SECTIONS)
    return cues


def _crossed(
    kinds: Sequence[str],
    number: int,
    title: int,
    own: Sequence[set[int]],
    whole: Sequence[int],
    section: int,
) -> list[int]:
    """Cues that mean something else together than alone."""
    kind = kinds[number]
    before = kinds[number - 1] if number > title else "^"
    after = kinds[number + 1] if number + 1 < len(kinds) else "$"
    crossed = [_AROUND[before, kind, after], *whole]
    low = section + 1 << _BITS
    crossed += [low + cue if section < cue else (cue + 1 << _BITS) + section for cue in whole]
    keys = sorted({_KIND[kind], section, *(_CROSSED & own[number])})
    for place, key in enumerate(keys):
        base = key + 1 << _BITS
        crossed += [base + other for other in keys[place + 1 :]]
    if number > title:
        base = _following(_KIND[kind])
        crossed += [base + key for key in _LEADING & own[number - 1]]
    return crossed
