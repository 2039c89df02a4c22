"""Short grammars of how reports put things: "when I click …, it …", "it would be nice if …".

Each runs only where words that it needs were found.
"""

# ruff: noqa: E501 - grammars read better when a phrase stays on one line
from __future__ import annotations

import re
from typing import Final, NamedTuple

from connector.core.extraction.lexicon import words_of


def _any(name: str) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, words_of(name)), key=len, reverse=True)) + ")"


_WHO: Final = r"(?:i|we|you|users?|one|someone|they|he|she|it)"
_COND: Final = (
    r"(?:when|if|whenever|after|once|upon|while|by|every time|each time|as soon as|before|on)"
)
_OPEN: Final = (
    r"\W{0,4}(?:(?:but|and|then|so|also|for example|e\.g\.|now|however|currently|sometimes),?\s)?"
)
_ACTS: Final = f"(?:{_any('act')}|{_any('acted')}|{_any('acting')})"
_GIVES: Final = r"(?:gets?|got|getting|throws?|threw|shows?|sees?|receives?|gives?|returns?|reports?|displays?|prints?|says)"

_TIME: Final = ("when", "after", "if", "once", "before", "with", "in", "always")
_ACTIONS: Final = ("act", "acted", "acting")
_SAYS: Final = ("sees", "i see")

_GRAMMARS: Final = (
    # name, classes of which one must be there, and one of these, pattern, anchored
    ("cond act", _TIME, _ACTIONS, rf"\b{_COND}\s(?:{_WHO}\s)?(?:(?:try|tried|trying|wants?|attempt|have|had|has|then|just|first)\s(?:to\s)?)?{_ACTS}\b", False),
    ("opens cond", _TIME, (), rf"{_OPEN}{_COND}\s", True),
    ("opens cond act", _TIME, _ACTIONS, rf"{_OPEN}{_COND}\s(?:{_WHO}\s)?(?:[\w'-]{{1,20}}\s){{0,2}}{_ACTS}\b", True),
    ("opens cond comma", _TIME, (), rf"\W{{0,4}}{_COND}\s[^,]{{8,120}},\s", True),
    ("who acted", ("i", "you"), ("acted",), rf"\b(?:i|we|you)(?:'ve|\shave|\shad|\scan)?\s(?:just\s|then\s|also\s|first\s)?{_any('acted')}\b", False),
    ("who acts", ("i", "you"), ("act",), rf"\b(?:i|we|you)\s(?:just\s|then\s|also\s|first\s|can\s)?{_any('act')}\b", False),
    ("command", ("act",), (), rf"\W{{0,4}}(?:\d{{1,2}}\s?[.)]?\s{{0,3}})?(?:then|now|next|first|finally|and|just|simply|please|try to)?,?\s?{_any('act')}\s(?:the|a|an|on|to|in|into|up|any|some|your|it|this|that|two|one|from|out|with|and|new|[\"'`*<])", True),
    ("gets an error", _SAYS, ("failure", "bad", "not"), rf"\b{_GIVES}\b.{{0,40}}\b(?:error|exception|message|warning|failure|crash|blank|empty|null|nothing|404|500)", False),
    ("but not", ("but",), (), r"\b(?:but|however|though|although|yet)\b.{0,60}\b(?:not|[a-z]{2,6}n't|no|never|nothing|fails?|wrong|error|still|only)\b", False),
    ("should do", ("should", "need", "will"), (), r"\b(?:should|must|ought to|needs? to|has to|have to)\s(?:not\s|also\s|only\s|always\s|never\s|still\s|then\s)?[a-z]", False),
    ("would be better", ("would", "can", "may"), (), r"\b(?:it|this|that|there)(?:'d|\s(?:would|might|could))\s(?:also\s|really\s|probably\s)?be\s(?:a\s)?(?:\w{1,15}\s)?(?:nice|great|good|better|best|helpful|useful|cool|handy|awesome|easier|ideal|more|possible|preferable)", False),
    ("would like", ("would",), (), r"\b(?:i|we|users?)(?:'d|\swould)\s(?:also\s|really\s|have\s)?(?:like|love|prefer|expect|want|appreciate|suggest|propose|have expected)", False),
    ("asks whether", ("can", "would"), ("question", "it", "i", "you", "this"), r"\b(?:can|could|would|is it possible|may)\s(?:we|you|someone|it|this|that|there)\b.{0,300}\?", False),
    ("code follows", ("following", "example", "attach", "code", "file", "repro", "this", "is"), (), r"(?:.{0,300}\W)?(?:following|below|here is|here's|this is|attached|example|snippet|sample|test ?case|script|code|config\w{0,10}|command|commands|steps?)\b[^.:]{0,60}:\W{0,4}\Z", True),
    ("output follows", ("sees", "failure", "log", "with", "i see"), (), r"(?:.{0,300}\W)?(?:get|got|see|error|exception|output|message|log|trace|result|returns?|says|shows|with)\b[^.:]{0,60}:\W{0,4}\Z", True),
    ("reproduces", ("repro",), (), r"\b(?:to|can|could|easily|be|how to|steps? to|able to)\s(?:\w{1,12}\s)?(?:reproduc|replicat|recreat|repeat)", False),
    ("cannot", ("not", "can", "right"), (), r"\b(?:cannot|can't|can not|unable|impossible|isn't possible|not possible|doesn't allow|won't let|does not let|not allowed)\b", False),
    ("nothing", ("not",), (), r"\bnothing (?:happens|is|was|changes|shows|appears)|\bno (?:effect|response|error|message|result|output|way|option|indication|feedback|warning)\b", False),
    ("why", ("question",), (), r"\W{0,4}(?:why|how come)\b", True),
    ("denies", ("not",), (), r"\W{0,4}(?:the|this|it|there|a|an)\b.{0,60}\b(?:(?:is|are|was|were|does|do|has|have)(?:n't| not| never| no)|cannot|can't|won't|will not)\b", True),
)  # fmt: skip


class Grammar(NamedTuple):
    """A pattern for a lower-case line, and the classes of words without which it finds nothing.

    `needs`: one of these; `and_needs`: and one of these, if any are named.
    """

    name: str
    needs: tuple[str, ...]
    and_needs: tuple[str, ...]
    pattern: re.Pattern[str]
    anchored: bool


GRAMMARS: Final = tuple(
    Grammar(name, needs, and_needs, re.compile(pattern), anchored)
    for name, needs, and_needs, pattern, anchored in _GRAMMARS
)
