"""How plainly a sentence says what fails: the signs that speak for it and against it, weighed.

The weights are few and round. They were set by hand, checked and moved on reports whose best sentence
a person had chosen (`docs/briefs.md` tells how well that goes); no word of a report is among the signs.
"""

# ruff: noqa: E501 - lists of words read better unbroken
from __future__ import annotations

import re
from typing import Final

from connector.core.extraction.phrases import FAILS_OUTRIGHT
from connector.core.grouping.stopwords import STOP
from connector.core.grouping.text import is_vague

FAILS: Final = re.compile(
    r"\b(?:not|\w{2,8}n't|cannot|fail\w{0,4}|errors?|crash\w{0,4}|exceptions?|broken|broke|wrong\w{0,2}|missing|unable|stuck|impossible|"
    r"hang\w{0,3}|freez\w{1,4}|froze|slow\w{0,2}|time-?outs?|timed out|lost|loses|leaks?|empty|blank|duplicat\w{1,3}|twice|two times|doubled|"
    r"stops?|stopped|down|nothing|no longer|never|incorrect\w{0,2}|unexpected\w{0,2}|instead|late|delay\w{0,2}|mismatch\w{0,2}|glitch\w{0,2}|confus\w{2,5}|counter-?intuitive|misleading|inconsistent\w{0,2}|unusable|although|even though|"
    r"too \w{3,12}|disappear\w{0,3}|ignor(?:es|ed)|corrupt\w{0,3}|truncated|"
    r"50[0234]|faults?|aborts?|aborted|panics?|fatal|denied|rejected|refused|invalid|fehler|nicht|kein\w?)\b",
    re.IGNORECASE,
)
"""Words that statements of failure are made of."""

NO_FAILURE: Final = re.compile(
    r"\b(?:no (?:error|issue|problem|warning|exception)s?\b|not? get (?:an |any )?error|n't get (?:an |any )?error|works? (?:fine|ok|well|great|correctly|as expected)|"
    r"worked (?:fine|great|before)|without (?:errors?|problems?)|(?:get|got|gets|shows?|gives?|returns?) (?:the )?(?:correct|right|expected)|patch|workaround|i (?:think|guess|suspect|believe|assume)|i've (?:attached|looked)|does this mean|how (?:do|can|should)|"
    r"what (?:should|can)|is (?:it|there) (?:a|any)|see (?:the )?(?:attach\w*|screenshot)|would (?:like|be)|should|must|better to|please|let me know|thank|need not|needn't|(?:is|are|was|were)(?:n't| not) (?:a |an |the )?(?:problem|issue|bug|case)|does(?:n't| not) (?:have (?:the|this) (?:problem|issue)|matter|have to)|not (?:only|just)|(?:\w{2,8}n't|not|never) (?:happen|occur)\w{0,2})\b",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(
    r"\b(?:I|we)(?:'m|'re|'d|'ve|'ll| am| are| was| were| find| have| had| could| will| would| go| went| switched| told| asked| tried| (?:just |then |now )?\w{3,12}ed)\b|\bour line\b|\bodd one\b|"
    r"\bfor us to do\b|\bthe customer (?:is|has|says|wants)\b|\bnot yet answered\b|^example\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"^\W{0,3}(?:(?:and|so|well),? )?(?:which|who|that|this|these|those|it|they|he|she|here|there|as|also|note|during this|granted|namely|because|so|then|otherwise|same|both|one|all of them|something|after this|finally)\b",
    re.IGNORECASE,
)
_POINTS_OUT = re.compile(
    r"\b(?:bugs? #?\d|issue #?\d|#\d{2,9}|https?://|follow.?up of|says in|screenshots?|attachments?|attached|snippet|(?:see|shown) (?:above|below)|my taste)\b|(?:following|this|these) (?:error|message|result|output|exception)s?\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^\W{0,3}(?:when|whenever|if|after|while|as soon as|every time)\b[^,]{3,150},\s\w",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"^\W{0,3}(?:however|but|instead|unfortunately|currently|now)\b", re.IGNORECASE
)
_STEP = re.compile(
    r"^\W{0,3}(?:\d{1,2}[.)]?\s|create|open|click|select|enter|try|go|press|tap|use|set|run|add|install|compare|detect|make|change|rename|ensure|allow|support|update|implement|discovered|verify|contact|check|refer|compare)\b",
    re.IGNORECASE,
)
_CODE_LIKE = re.compile(r"[{}<>=\\|;$]|::|\w/\w{1,40}/|\w\.\w{1,40}\.\w|\w\(\w{0,40}\)|_\w")
_LOG_LIKE = re.compile(
    r"\d\d:\d\d:\d\d|\[\w{3,8}\]|0x[0-9a-f]{3}|^\W{0,3}\w{1,10}\[\d|/\w{1,40}/\w{1,40}/|^\W{0,3}at \S{1,80}\(|^\w{1,30}(?:Log|Root|Name|Admin|On|Dir|Path) [/\w]|(?:\byes\b|\bno\b)[^.]{0,40}\bchecking\b"
)
_WORD = re.compile(r"[^\W\d_]{3,40}")
_LEAST_SAID: Final = 3
_VAGUE: Final = 2
_MOST_SAID: Final = 6
_FEWEST: Final = 4
_READABLE: Final = range(5, 31)
_CRISP: Final = range(5, 21)

_EMPTY_WORDS: Final = frozenset(
    "broken definitely something anything everything thing things issue issues problem problems error errors bug wrong "  # noqa: SIM905 - read as words
    "hard strange weird serious big work works working worked happens happened happening fail fails failed still again always "
    "crash crashes message messages get gets getting got see seen seeing look looks even times time try tried trying "
    "dangerous trouble stuck results result expected unexpected behavior behaviour bad badly say says said return returns "
    "command way does did doing done make makes made come comes going goes stage good fine right okay correct".split()
)
"""Words that say that something fails, but not what."""

WEIGHTS: Final = {
    "fails": 1.5, "fails outright": 1.0, "no failure": -2.0, "readable": 1.0, "too short": -1.0, "crisp": 0.5,
    "heading": 0.7, "contrast": 0.5, "fragment": -0.75, "about us": -1.0, "points back": -1.0, "points out": -1.5, "code": -1.0,
    "log": -2.0, "condition": 0.7, "step": -1.0, "said": 0.4, "vague": -2.0, "score": 0.6,
    "cut": -1.0, "subject": -0.5, "topic": 2.5, "shared": 4.0, "particular": -1.0, "first report": 0.5, "support": -1.5,
}  # fmt: skip


def says_failure(text: str) -> bool:
    """Whether it tells of a failure, and not of its absence, a guess or a wish."""
    return bool(FAILS.search(text)) and not NO_FAILURE.search(text)


def signs_of(text: str, shown: str) -> dict[str, float]:
    """Which signs a sentence shows, and how strongly; `shown`: what a summary would keep of it."""
    words = len(shown.split())
    told = said(shown)
    fails = FAILS.search(shown)
    signs = {
        "fails": fails,
        "fails outright": FAILS_OUTRIGHT.search(shown),
        "no failure": NO_FAILURE.search(shown),
        "readable": words in _READABLE,
        "too short": words < _FEWEST,
        "crisp": words in _CRISP,
        "contrast": _CONTRAST.search(text),
        "fragment": text[:1].islower(),
        "about us": _ABOUT_US.search(shown),
        "points back": _POINTS_BACK.search(text),
        "points out": _POINTS_OUT.search(shown),
        "code": _CODE_LIKE.search(shown),
        "log": _LOG_LIKE.search(text),
        "condition": fails and _CONDITION.search(text),
        "step": _STEP.search(text),
        "vague": told < _VAGUE,
        "cut": shown.endswith("…"),
    }
    return {name: 1.0 for name, found in signs.items() if found} | {
        "said": float(min(told, _MOST_SAID) - _LEAST_SAID)
    }


def said(text: str) -> int:
    """How many words say what it is about."""
    words = {word for word in _WORD.findall(text.lower()) if word not in STOP}
    return 0 if is_vague(text) else len(words - _EMPTY_WORDS)


def plainness(signs: dict[str, float]) -> float:
    """The signs, weighed."""
    return sum(WEIGHTS[name] * value for name, value in signs.items())
