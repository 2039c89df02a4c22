"""Headings that say outright what stands below them."""

# ruff: noqa: E501 - lists of titles read better unbroken
from __future__ import annotations

import re
from typing import Final, NamedTuple


class Heading(NamedTuple):
    """`section`: OB, EB, S2R, ENV, ERR, or a name of ours; `rest`: the text behind it, if any."""

    section: str
    rest: str


_LONGEST: Final = 70
_SHORT: Final = 50
_DRESSING: Final = " \t#*_=:-–—~`>|[](){}.?!\"'\n+•"
_MARKED = re.compile(r"\s{0,8}(?:#{1,6}\s|h[1-6]\.\s|\*{2,3}|__|==|\{\*\}|>\s?\*\*)")
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|/")

_BY_SECTION: Final = {
    "EB": "expected | expected result | expected results | expected behavior | expected behaviour | "
    "expected outcome | expected output | expectation | expectations | what is expected | "
    "what did you expect | what did you expect to happen | what you expected | what i expected | "
    "what you expected to happen | what was expected | what should happen | desired behavior | "
    "desired behaviour | desired result | correct behavior | should be | expected response | "
    "what is the expected behavior | what is the expected correct behavior | expected vs actual | "
    "what do you expect to see instead | what is the expected output | erwartetes verhalten | "
    "erwartetes ergebnis | erwartet | comportement attendu | resultado esperado",
    "OB": "actual | actual result | actual results | actual behavior | actual behaviour | "
    "actual outcome | actual output | observed | observed behavior | observed behaviour | "
    "observed result | observed results | observation | current behavior | current behaviour | "
    "current result | what happened | what happens | what happened instead | what is happening | "
    "what actually happens | what actually happened | what do you see instead | what went wrong | "
    "what is the current behavior | what is the current bug behavior | describe the bug | "
    "describe the issue | describe the problem | problem | problem description | the problem | "
    "description of the problem | description of problem | issue description | bug description | "
    "issue | symptom | symptoms | result | results | what you get | bug | the bug | the issue | "
    "describe the results you received | what happens now | beobachtetes verhalten | tatsächliches verhalten | "
    "tatsächliches ergebnis | fehlerbeschreibung | problembeschreibung | comportement observé | "
    "what is the bug | what is the problem | what is wrong | summary of the bug | issue summary",
    "S2R": "steps to reproduce | steps | reproduction steps | reproduce steps | repro steps | repro | "
    "how to reproduce | to reproduce | reproduction | reproduce | reproducing | steps taken | "
    "steps for reproduction | steps to replicate | steps to recreate | steps to repro | str | "
    "how to replicate | how to repeat | replication steps | test case | testcase | test steps | "
    "steps to create | reproduce as follows | following steps | reproducible steps | steps reproduce | procedure | minimal reproduction | reproduction code | "
    "minimal reproducible example | steps to reproduce the issue | steps to reproduce the problem | "
    "steps to reproduce the behavior | steps to reproduce the bug | what steps will reproduce it | "
    "what steps will reproduce the problem | what i did | what did you do | what i tried to do | "
    "how can we reproduce the issue | how to reproduce the issue | how to reproduce it | "
    "reproduce the problem | sample code | example code | code sample | actions | scenario | "
    "schritte | schritte zum reproduzieren | reproduktion | étapes pour reproduire | "
    "pasos para reproducir | describe how to reproduce",
    "ENV": "environment | environments | env | version | versions | version info | "
    "version information | system | system info | system information | system details | setup | "
    "your setup | your environment | platform | platforms | platform details | os | "
    "operating system | browser | browsers | device | devices | device info | device information | "
    "configuration | config | tested on | tested with | specs | specifications | context | "
    "environment details | environment information | environment info | software versions | "
    "server | client | desktop | smartphone | build | build info | product version | app version | "
    "versions used | package versions | dependencies | hardware | phone | umgebung | systemumgebung | "
    "environnement | entorno | version number | user agent | affected version | affected versions | "
    "system specs | output of docker version | output of docker info | docker version | docker info | uname a",
    "ERR": "error | errors | error message | error messages | error log | error logs | error output | "
    "log | logs | log output | log file | log files | server log | server logs | console | "
    "console output | console log | console logs | console errors | stack trace | stacktrace | "
    "stack | trace | traceback | backtrace | back trace | crash log | crash report | exception | "
    "exception details | exceptions | debug log | debug output | debug logs | relevant log output | "
    "relevant logs | logcat | browser console | full error | full stack trace | output | "
    "fehlermeldung | protokoll | message d'erreur | mensaje de error | call stack",
    "workaround": "workaround | workarounds | work around | temporary fix | umgehung",
    "tried": "what i tried | what i have tried | what i've tried | what we tried | tried | "
    "what have you tried | attempted solutions | troubleshooting | troubleshooting steps | "
    "troubleshooting done | steps already taken | steps tried | already tried | ruled out | "
    "what was tried | was bereits versucht wurde",
    "impact": "impact | business impact | user impact | customer impact | severity | priority | "
    "why it matters | auswirkung | auswirkungen",
    "frequency": "reproducible | reproducibility | how reproducible | frequency | how often | "
    "how often does it happen | occurrence | does this happen every time",
    "fix": "possible fix | possible fixes | possible solution | possible solutions | suggested fix | "
    "suggestion | suggestions | proposed solution | proposal | solution | fix | root cause | cause | "
    "analysis | describe the solution you'd like | feature request | proposed fix | patch",
    "other": "additional information | additional info | additional context | additional notes | "
    "additional details | notes | note | comment | comments | other | other information | "
    "other notes | more info | more information | further information | references | reference | "
    "related | related issues | see also | screenshot | screenshots | screenshots and videos | "
    "attachments | links | background | motivation | details | miscellaneous | misc | edit | update | "
    "checklist | prerequisites | precondition | preconditions | any other information | "
    "anything else we need to know | describe alternatives you've considered | "
    "additional information you deem important | additional environment details | thanks",
    "description": "description | summary | overview | what | abstract | intro | introduction | "
    "issue details | bug report | describe | short description | beschreibung | zusammenfassung",
}
_SECTIONS: Final = {
    title.strip(): section for section, titles in _BY_SECTION.items() for title in titles.split("|")
}
_MOST_WORDS: Final = max(title.count(" ") + 1 for title in _SECTIONS)


def heading_of(text: str) -> Heading | None:
    """The heading that the text is or begins with (`Expected: …`), or None."""
    head = text[: _LONGEST * 2]
    if not (":" in head or len(text) <= _LONGEST):
        return None
    if len(text) <= _LONGEST and (section := _SECTIONS.get(_normal(text))):
        return Heading(section, "")
    before, colon, _ = head.partition(":")
    if colon and len(before) <= _LONGEST and (section := _SECTIONS.get(_normal(before))):
        rest = text[len(before) + 1 :].strip(_DRESSING)
        return Heading(section, rest)
    if len(text) > _LONGEST:
        return None
    if _MARKED.match(text) and any(map(str.isalnum, text)):
        return Heading(_titled(text) or "other", "")
    if text.endswith(":") and len(text) <= _SHORT and (section := _titled(text, least=2)):
        return Heading(section, "")
    return None


def _titled(text: str, least: int = 1) -> str | None:
    """The section of the longest known title of `least` words or more that the line holds."""
    words = _WORDS.findall(text.lower())[: _MOST_WORDS * 2]
    for length in range(min(len(words), _MOST_WORDS), least - 1, -1):
        for at in range(len(words) - length + 1 if length > 1 else 1):
            if section := _SECTIONS.get(" ".join(words[at : at + length])):
                return section
    return None


def _normal(text: str) -> str:
    stripped = text.strip(_DRESSING).lower().replace("’", "'")
    if len(stripped) > _LONGEST:
        return ""
    if "(" in stripped:
        stripped = stripped.partition("(")[0]
    return " ".join(_WORDS.findall(stripped.replace("the ", "")))
