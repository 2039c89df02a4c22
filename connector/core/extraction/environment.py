"""Versions, systems, browsers, devices and plans, by exact patterns."""

# ruff: noqa: E501 - lists of names read better unbroken
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.extraction.cues import cues_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.core.extraction.reader import Reading


class Found(NamedTuple):
    name: str
    value: str
    start: int


_VERSION: Final = r"v?\d{1,5}(?:[._]\d{1,6}){0,4}(?:[-+.]?(?:rc|beta|alpha|b|a|ga|sp|p|u|lts|final|dev|nightly|preview|snapshot)[-. ]?\d{0,5})?"
_PATTERNS: Final = (
    (
        "OS",
        (
            r"\b(?:Microsoft )?Windows(?: (?:Server )?(?:NT |Vista|XP|ME|CE|Phone |\d{1,4})(?:[.\d]{0,10})?(?: ?R2| ?SP ?\d| Home| Pro(?:fessional)?| Enterprise| Ultimate| x64| 64[- ]?bit| 32[- ]?bit| \d\dH\d){0,3})?|"
            rf"\b(?:macOS|Mac OS X|Mac OS|OS ?X|OSX)(?: (?:Sequoia|Sonoma|Ventura|Monterey|Big Sur|Catalina|Mojave|High Sierra|Sierra|El Capitan|Yosemite|Mavericks|Lion|Leopard|Tiger))?(?:[ :,]{{1,2}}{_VERSION})?|"
            rf"\b(?:iOS|iPadOS|Android|watchOS|tvOS|ChromeOS|Chrome OS)(?:[ :,]{{1,2}}(?:version )?{_VERSION})?|"
            rf"\b(?:Ubuntu|Debian|CentOS|Red ?Hat(?: Enterprise)?(?: Linux)?|RHEL|Fedora|Alpine|openSUSE|SUSE|SLES|Arch|Gentoo|Linux Mint|Amazon Linux|CoreOS|FreeBSD|OpenBSD|Solaris|Linux)(?: (?:Linux|Server|Desktop|release|kernel))?(?:[ :,-]{{1,2}}{_VERSION})?"
        ),
    ),
    (
        "browser",
        (
            rf"\b(?:Google Chrome|Chrome|Chromium|Mozilla Firefox|Firefox|Safari|Microsoft Edge|MS Edge|Edge|Internet Explorer|IE ?(?=\d)|Opera|Brave|Vivaldi|Samsung Internet)"
            rf"(?:[ :/,-]{{0,2}}(?:version |ver\.? |v\.? ?)?\(?{_VERSION}|(?= browser))"
        ),
    ),
    (
        "device",
        r"\b(?:iPhone|iPad|iPod)(?: ?(?:SE|XS|XR|X|Pro|Plus|Max|mini|Air|\d{1,2})){0,4}\b|\b(?:Samsung )?Galaxy (?:S|Note|Tab|A|J|Nexus) ?\d{0,2}\+?(?: (?:Plus|Ultra|Edge|FE|Lite))?\b|\bNexus \w{1,8}|\bPixel(?: \d\w?| XL| Pro| C){1,3}|\b(?:HTC|Motorola|Moto|Huawei|OnePlus|Xiaomi|Redmi|LG|Sony Xperia) [A-Z]?[\w+]{1,12}|\bMacBook(?: Pro| Air)?|\bSurface(?: Pro| Go| Laptop)(?: \d)?",
    ),
    (
        "plan",
        r"\b(?:Enterprise|Business|Professional|Premium|Starter|Standard|Basic|Team|Growth|Free|Trial|Suite)(?: \w{1,12})? plan\b|\bplan: ?\w{2,20}",
    ),
    (
        "flag",
        r"\b(?:feature[- ]flags?|beta feature|labs feature|early access)(?: (?:called|named))?[: ]{1,2}[\"'`]?[\w.-]{2,40}",
    ),
)
_NAMED = tuple((name, re.compile(pattern)) for name, pattern in _PATTERNS)
_NEEDS: Final = {
    "OS": (
        cues_named("system"),
        frozenset(
            {
                *("redhat", "red", "rhel", "alpine", "opensuse", "suse", "sles", "arch", "gentoo"),
                *(
                    "coreos",
                    "freebsd",
                    "openbsd",
                    "chromeos",
                    "ipados",
                    "watchos",
                    "tvos",
                    "amazon",
                ),
                *("microsoft", "chrome"),
            }
        ),
    ),
    "browser": (
        cues_named("software"),
        frozenset({"chromium", "mozilla", "internet", "brave", "vivaldi", "samsung", "microsoft"}),
    ),
    "device": (
        cues_named("device", "system"),
        frozenset(
            {
                *("huawei", "oneplus", "xiaomi", "redmi", "lg", "htc", "motorola", "moto", "sony"),
                *("xperia", "macbook", "surface", "ipod"),
            }
        ),
    ),
    "plan": (frozenset[int](), frozenset({"plan"})),
    "flag": (frozenset[int](), frozenset({"flag", "flags", "access", "feature"})),
}
"""A pattern finds nothing in a piece without one of these: they cost less to look for."""

_SOME_DIGIT = re.compile(r"\d")
_SOME_NUMBER = re.compile(r"\d[._]\d")
_SOFTWARE = re.compile(
    r"\b(?P<name>PHP|Python|Node(?:\.?js)?|Java|JDK|JRE|OpenJDK|Ruby|Go|Golang|\.NET(?: Core| Framework)?|MySQL|MariaDB|PostgreSQL|Postgres|"
    r"Oracle|SQL Server|MongoDB|Redis|Apache|Apache Tomcat|nginx|Nginx|IIS|Tomcat|Docker|Docker Compose|Kubernetes|WordPress|Matomo|Piwik|Eclipse|React|"
    r"Angular|Vue|Django|Rails|Laravel|Spring Boot|Electron|npm|yarn|TypeScript|webpack|axios|Titanium(?: SDK)?|Xcode|Gradle|Maven|Git|OpenSSL|Outlook|Excel|Office|Salesforce|SDK|API|App|Client|Server|Agent|Plugin|CLI)"
    r"(?:[ :=@/]{1,3}|\s?-\s?|\sversion:?\s|\sver\.?\s)(?:version:? )?(?P<value>v?\d{1,5}[._]\d{1,6}(?:[._]\d{1,6}){0,3}(?:[-+.]?[A-Za-z]{1,12}\.?\d{0,6})?)",
    re.IGNORECASE,
)
_VERSION_SAID = re.compile(
    r"(?i:\b(?:version|release|build|ver\.?|versión|(?:up|down)graded to|updated to|updating to|upgrading to)(?: number| is| used| no\.?)?)[ :=#]{1,3}(?:is )?(?P<value>v?\d{1,5}(?:[._]\d{1,6}){0,4}(?:[-+.]?[A-Za-z]{1,10}[-.]?\d{0,8})?)\b"
    r"|(?<![\w./:-])(?P<bare>v\d{1,4}(?:\.\d{1,6}){1,3})\b|(?i:\b(?:on|using|running|with|to|from|in) )(?P<said>\d{1,4}\.\d{1,4}(?:\.\d{1,6}){1,2})(?![\w.%:-]\w|\s?(?:%|s\b|sec|ms|MB|GB|kB|x\b))"
)
_FIELD = re.compile(
    r"\W{0,5}(?P<name>[A-Za-z][\w .()/+-]{1,28}?)\**\s?[:=]\**\s{0,3}[`\[\"']{0,2}(?P<value>[^\s`\]\"'][^\n`\]\"']{0,100})"
)
_FIELD_NAMES: Final = {
    "os": "OS", "operating system": "OS", "platform": "OS", "system": "OS", "betriebssystem": "OS",
    "browser": "browser", "device": "device", "phone": "device", "model": "device",
    "version": "version", "app version": "version", "product version": "version", "build": "version",
    "release": "version", "build identifier": "version", "build id": "version", "plan": "plan",
    "region": "region", "locale": "locale", "language": "locale", "environment": "environment",
    "browser version": "browser", "os version": "OS", "user-agent": "user agent",
    "user agent": "user agent", "tenant": "tenant", "instance": "instance", "subdomain": "instance",
    "screen resolution": "screen", "resolution": "screen", "feature flags": "flag",
    "feature flag": "flag", "flags": "flag",
}  # fmt: skip
_MIXED: Final = frozenset({"environment", "user agent"})
"""Fields whose values are lists of other facts."""

_EMPTY: Final = frozenset(
    {"n/a", "na", "none", "-", "unknown", "any", "?", "all", "no", "yes", "see above"}
)
_MOST: Final = 12
_LONGEST_LINE: Final = 400


def environment_of(readings: Sequence[Reading]) -> Iterator[Found]:
    """What the lines say about the environment, in reading order.

    A field whose value holds nothing more exact is taken as it stands.
    """
    for reading in readings:
        text = reading.piece.text[:_LONGEST_LINE]
        named = _field(text)
        if named is not None:
            words = list(_in_words(reading, listed=True))
            exact = named[0] in _MIXED or any(word.name == named[0] for word in words)
            yield from words if words and exact else [Found(*named, reading.piece.start)]
            continue
        if reading.piece.kind == "code" and "ENV" not in reading.labels:
            continue
        yield from _in_words(reading, listed="ENV" in reading.labels)


def _field(text: str) -> tuple[str, str] | None:
    found = _FIELD.match(text)
    if not found:
        return None
    name = _FIELD_NAMES.get(" ".join(found["name"].lower().split()))
    value = " ".join(found["value"].split()).strip(" ,;.*_")
    if name and value.startswith("Mozilla/"):
        name = "user agent"
    return (name, value) if name and value and value.lower() not in _EMPTY else None


def _in_words(reading: Reading, *, listed: bool) -> Iterator[Found]:
    text, start = reading.piece.text[:_LONGEST_LINE], reading.piece.start
    taken: list[tuple[int, int]] = []
    for name, pattern in _NAMED:
        cues, words = _NEEDS[name]
        if cues.isdisjoint(reading.found) and words.isdisjoint(reading.words):
            continue
        for found in pattern.finditer(text):
            value = " ".join(found.group().split())
            if _is_bare_word(value) and not listed:
                continue
            taken.append(found.span())
            yield Found(name, value.strip(" ,:-/("), start)
    if not _SOME_DIGIT.search(text):
        return
    for found in _SOFTWARE.finditer(text) if _SOME_NUMBER.search(text) else ():
        if not _inside(found.start(), taken):
            taken.append(found.span())
            yield Found(found["name"], found["value"], start)
    for found in _VERSION_SAID.finditer(text):
        value = found["value"] or found["bare"] or found["said"]
        if not _inside(found.start(), taken) and not _inside(found.end() - 1, taken):
            yield Found("version", value, start)


def _is_bare_word(value: str) -> bool:
    """A name alone ("Linux", "Edge") is, in running text, often about something else."""
    return value in {"Linux", "Edge", "Arch", "Windows", "Opera", "Oracle", "Safari"}


def _inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)
