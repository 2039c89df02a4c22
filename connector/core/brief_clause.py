"""A sentence somebody wrote, shortened to the clause that says what fails. No word is changed."""

# ruff: noqa: E501 - lists of words read better unbroken
from __future__ import annotations

import re
from typing import Final

from connector.core.brief_plainness import says_failure
from connector.core.clean import one_line

CLAUSE_LIMIT: Final = 120
_SHORTEST: Final = 20
_ANNOUNCED: Final = 30

_ASIDE: Final = re.compile(
    r"^(?:\[[^\]\n]{1,40}\]:?\s{0,3}|\d{1,2}(?:[.)]|\s\*\*)\s{1,3}|(?:hi|hello|dear|hey|thanks|thank you|please|hallo|guten)\b[^,.!]{0,40}[,.!]\s{0,3}|"
    r"(?:and|but|so|also|however|unfortunately|now|then|basically|actually|well|namely|as you can see|it seems (?:that|like)|it looks like|it appears that|"
    r"(?:i|we)(?:'ve| have)? (?:just )?(?:noticed|noted|found|found out|observed|discovered)(?: that)?|(?:i|we|you) (?:can |will |may )?(?:see|saw|notice) that|(?:i|we)(?:'m| am|'re| are) (?:seeing|experiencing)|"
    r"the (?:problem|issue|bug) is(?: that)?|(?:i|we) have (?:a|an) (?:problem|issue)(?: with| that|:)?)\b\s{0,3},?\s{0,3}|"
    r"(?:actual(?: results?| behaviou?r)?|observed(?: behaviou?r)?|results?|problem|issue|bug)\s?:\s{0,3}|[-\s–—*•#>:;,.!]{1,6})",
    re.IGNORECASE,
)
_PARENTHESIS: Final = re.compile(r"(?:^|\s)\([^()]{0,160}\)")
_CLAUSE_END: Final = re.compile(
    r"[.;!?](?:\s|$)|\s[–—-]\s|,\s(?:which|so|and i|and we|because|therefore|please|that's|this is)\b|\s\((?=[^()]{12})"
)
_CONDITION: Final = re.compile(
    r"^(?:or |and )?(?:when|while|if|after|as soon as|once|on|since|in|with|for)\b[^,]{3,200},\s",
    re.IGNORECASE,
)
_ANNOUNCED_BY: Final = re.compile(r":\s(?![^\[\]]{0,60}\])")
"""Not the one within a mark like `[redacted: token]`."""

_PARTS: Final = re.compile(
    r"(,\s|;\s|:\s(?![^\[\]]{0,60}\])|\s(?=(?:but|however|although|whereas|even though)\s))"
)
_LEANS: Final = re.compile(
    r"^(?:which|who|whose|that|so|because|as|and|or|but|although|even|whereas|rather|then|than|not)\b",
    re.IGNORECASE,
)
_BUT: Final = re.compile(r"^(?:but|however),?\s", re.IGNORECASE)
_TAIL: Final = re.compile(
    r"(?:\s(?:here|for us|with us|for me))?\s(?:as well|also)$|\s(?:but|and|or|so|because)$|\s(?:here|for us|with us|for me) too$",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"^\S{0,80}(?:[./_\\:]\w|\w[A-Z])")


def clause(text: str) -> str:
    """The first clause that says something, without greetings and fillers, its letter raised."""
    words = _PARENTHESIS.sub("", one_line(text, 600).strip("*_`#> "))
    words = _without_asides(words)
    words = words[: _failing_end(words)]
    if len(words) > CLAUSE_LIMIT or _announces_failure(words):
        words = _without_asides(_failing_part(words))
    words = _TAIL.sub("", _balanced(words.strip(" .,:;!")))
    words = one_line(words, CLAUSE_LIMIT)
    return words if _NAME.match(words) else words[:1].upper() + words[1:]


def clause_end(words: str, after: int = _SHORTEST) -> int:
    """Where the clause ends that reaches beyond `after`."""
    ends = (found.start() for found in _CLAUSE_END.finditer(words) if found.start() >= after)
    return next(ends, len(words))


def _announces_failure(words: str) -> bool:
    announced = _ANNOUNCED_BY.search(words)
    return announced is not None and says_failure(words[announced.end() :])


def _without_asides(words: str) -> str:
    for _ in range(4):
        shorter = _ASIDE.sub("", words, count=1)
        if shorter == words or not shorter:
            break
        words = shorter
    return words


def _failing_end(words: str) -> int:
    """The end of the first clause by which a failure is told; of the first one where none is."""
    ends = [found.start() for found in _CLAUSE_END.finditer(words) if found.start() >= _SHORTEST]
    told = (end for end in (*ends, len(words)) if says_failure(words[:end]))
    return next(told, ends[0] if ends else len(words))


def _balanced(words: str) -> str:
    """Without a quotation mark whose other half was cut away."""
    if words.count('"') % 2 == 0:
        return words
    return words.removeprefix('"') if words.startswith('"') else words.removesuffix('"')


def _failing_part(words: str) -> str:
    """Of a long sentence the part that says what fails, with what it leans on."""
    without = words
    while (shorter := _CONDITION.sub("", without, count=1)) != without:
        without = shorter
        if len(without) <= CLAUSE_LIMIT and says_failure(without):
            return without
    if without != words and _SHORTEST <= len(without) <= CLAUSE_LIMIT:
        return without
    parts = _PARTS.split(words)
    chosen = ""
    for place in range(0, len(parts), 2):
        part = parts[place]
        leans = bool(_LEANS.match(part.lstrip())) or len(part) < _SHORTEST
        stands = _BUT.match(part) and says_failure(part) and not says_failure(chosen)
        lead = f"{chosen}{parts[place - 1]}" if leans and chosen and not stands else ""
        chosen = f"{lead}{part}"
        if len(chosen) >= _SHORTEST and says_failure(chosen):
            return _BUT.sub("", chosen, count=1) if stands else chosen
    announced = _ANNOUNCED_BY.split(words)[-1]
    return announced if len(words) > CLAUSE_LIMIT and len(announced) > _ANNOUNCED else words
