"""The hand-written files of the demo, read into values.

A text file holds blocks. A story's block names everything; a noise block leaves the person and the
time to the week's script:

    === key                              === key / area / status [/ after other-key]
    story: export                        Subject
    from: someone@a.example
    at: 06-16 07:41   (or: later 9m)     The body, any number of paragraphs.
    subject: …                           --- agent | +3h
                                         An answer, three hours later.
    The body.
    --- agent claire | 06-16 08:26
    --- note claire | 06-16 09:20
    --- customer | 06-16 08:58
    --- group Billing by nina | 06-12 09:14

`attach: name` on a line of its own is an attachment of what stands above it.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from connector.core.model import Frozen

YEAR = 2026
FOLDER = Path(__file__).parent

Language = Literal["en", "de", "fr", "es"]
_LANGUAGES: dict[str, Language] = {"german": "de", "french": "fr", "spanish": "es"}
_BLOCK = re.compile(r"^=== ", re.MULTILINE)
_PART = re.compile(r"^--- (.+)$", re.MULTILINE)
_HEAD = re.compile(r"([a-z]+): (.*)")
_ATTACHED = re.compile(r"^attach: (\S+)$\n?", re.MULTILINE)


class Person(Frozen):
    """Somebody who writes. `organization` is None for people who write for themselves."""

    name: str
    email: str
    role: str = ""
    organization: str | None = None
    language: Language = "en"


class Agent(Frozen):
    name: str
    email: str
    groups: tuple[str, ...]


class Organization(Frozen):
    name: str
    domain: str
    lang: Language
    arr: float
    tier: Literal["enterprise", "business", "standard"]
    renewal: date
    reference: bool = False
    people: tuple[str, ...]

    def persons(self) -> tuple[Person, ...]:
        """A person's address is their first and last name at the organization's domain."""
        return tuple(
            Person(
                name=name,
                email=f"{_address(name)}@{self.domain}",
                role=role,
                organization=self.name,
                language=self.lang,
            )
            for name, _, role in (person.partition(", ") for person in self.people)
        )


class Individual(Frozen):
    name: str
    email: str
    lang: Language


class People(Frozen):
    organizations: tuple[Organization, ...]
    individuals: tuple[Individual, ...]
    agents: tuple[Agent, ...]


class Phrases(Frozen):
    """How a language begins and ends its mails."""

    greetings: tuple[str, ...]
    closings: tuple[str, ...]
    agent_greeting: str
    agent_closing: str
    wrote: str
    mobile: tuple[str, ...]
    disclaimers: tuple[str, ...]


class Said(Frozen):
    """One thing that happened in a ticket after its beginning.

    `who` is an agent's first name, `group` where a move goes. `at` is a moment, or `after` what
    went before in noise.
    """

    kind: Literal["customer", "agent", "note", "group"]
    who: str | None = None
    group: str | None = None
    at: datetime | None = None
    after: timedelta | None = None
    text: str = ""
    attached: tuple[str, ...] = ()


class Noise(Frozen):
    """An ordinary ticket: anybody may have sent it, any time. `file` tells what kind it is."""

    key: str
    file: str
    language: Language
    area: str
    status: Literal["new", "open", "pending", "solved"]
    after: str | None = None
    subject: str
    body: str
    said: tuple[Said, ...] = ()


class Story(Frozen):
    """A ticket that matters. `later` is in minutes after the demo's now; `to` adds to a ticket."""

    key: str
    story: str
    sender: str = ""
    at: datetime | None = None
    later: int | None = None
    to: str | None = None
    by: str | None = None
    area: str = "account"
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    type: Literal["question", "incident", "problem", "task"] | None = None
    status: Literal["new", "open", "pending", "solved", "closed"] = "open"
    tags: tuple[str, ...] = ()
    group: str = "Support"
    assignee: str | None = None
    environment: str | None = None
    problem: str | None = None
    satisfaction: Literal["good", "bad"] | None = None
    sla: str | None = None
    resolved: datetime | None = None
    subject: str = ""
    body: str
    attached: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()


def _address(name: str) -> str:
    """Of Dr. Émilie Garnier: emilie.garnier."""
    plain = name.translate(
        str.maketrans("áàâäãçéèêëíìîïñóòôöúùûüÁÉÍÓÚÄÖÜ", "aaaaaceeeeiiiinoooouuuuAEIOUAOU")
    )
    words = [word for word in plain.lower().replace("ß", "ss").split() if not word.endswith(".")]
    return ".".join(word for word in words if word not in {"dr", "dra"})


@cache
def people() -> People:
    with (FOLDER / "organizations.toml").open("rb") as handle:
        return People.model_validate(tomllib.load(handle))


@cache
def phrases() -> dict[str, Phrases]:
    with (FOLDER / "phrases.toml").open("rb") as handle:
        return {name: Phrases.model_validate(one) for name, one in tomllib.load(handle).items()}


@cache
def noise() -> tuple[Noise, ...]:
    """Every ordinary ticket, in the order of the files' names."""
    return tuple(
        _noise(block, path.stem.removeprefix("noise_"))
        for path in sorted((FOLDER / "texts").glob("noise_*.txt"))
        for block in _blocks(path)
    )


@cache
def stories() -> tuple[Story, ...]:
    return tuple(
        _story(block)
        for path in sorted((FOLDER / "texts").glob("stories_*.txt"))
        for block in _blocks(path)
    )


def _blocks(path: Path) -> list[str]:
    return _BLOCK.split(path.read_text(encoding="utf-8"))[1:]


def _noise(block: str, file: str) -> Noise:
    first, *parts = _PART.split(block)
    head, subject, body = first.split("\n", 2)
    key, area, status, *rest = (word.strip() for word in head.split(" / "))
    after = rest[0].removeprefix("after ") if rest else None
    made = {"key": key, "file": file, "area": area, "status": status, "after": after}
    written = {"subject": subject, "body": body.strip(), "language": _language(key, file)}
    return Noise.model_validate({**made, **written, "said": _said(parts)})


def _language(key: str, file: str) -> Language:
    if file == "out_of_office":
        named: Language = _LANGUAGES.get(key.removeprefix("ooo-"), "en")
        return named
    return _LANGUAGES.get(file, "en")


def _story(block: str) -> Story:
    first, *parts = _PART.split(block)
    head, _, body = first.partition("\n\n")
    key, *lines = head.split("\n")
    values: dict[str, object] = {"key": key.strip()}
    files: list[str] = []
    for line in lines:
        match = _HEAD.fullmatch(line.rstrip())
        if match is None:
            raise ValueError(f"{key}: {line!r} is no line of a story's head")
        name, value = match.groups()
        if name == "attach":
            files.append(value)
        else:
            values |= _story_value(name, value)
    text, more = _cut_attachments(body)
    attached = (*files, *more)
    return Story.model_validate(
        {**values, "body": text, "attached": attached, "said": _said(parts)}
    )


def _story_value(name: str, value: str) -> dict[str, object]:
    if name == "from":
        return {"sender": value}
    if name == "at" and value.startswith("later "):
        return {"later": int(value.removeprefix("later ").removesuffix("m"))}
    if name in {"at", "resolved"}:
        return {name: moment(value)}
    if name == "tags":
        return {"tags": tuple(value.split())}
    if name == "by":
        return {"by": value.removeprefix("agent ")}
    return {name: value}


def _said(parts: list[str]) -> tuple[Said, ...]:
    """`parts` are heads and texts in turn."""
    return tuple(_one_said(head, text) for head, text in zip(parts[::2], parts[1::2], strict=True))


def _one_said(head: str, text: str) -> Said:
    what, _, when = head.partition(" | ")
    kind, _, rest = what.partition(" ")
    group, _, mover = rest.partition(" by ")
    body, attached = _cut_attachments(text)
    relative = when.startswith("+")
    return Said.model_validate(
        {
            "kind": kind,
            "who": (mover if kind == "group" else rest) or None,
            "group": group if kind == "group" else None,
            "at": None if relative else moment(when),
            "after": timedelta(hours=int(when[1:-1])) if relative else None,
            "text": body,
            "attached": attached,
        }
    )


def _cut_attachments(text: str) -> tuple[str, tuple[str, ...]]:
    return _ATTACHED.sub("", text).strip(), tuple(_ATTACHED.findall(text))


def moment(text: str) -> datetime:
    """Such as 06-16 07:41, of the demo's year, in UTC."""
    return datetime.strptime(f"{YEAR}-{text.strip()}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
