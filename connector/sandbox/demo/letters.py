"""How a person's mail looks: greeting, signature, quotes, and what mail programs leave behind."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Literal

from connector.sandbox.demo.files import phrases

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.sandbox.demo.files import Agent, Person

_GREETED = ("hi", "hello", "hey", "good morning", "dear", "hallo", "guten", "bonjour", "hola")
_PHONES = {
    "en": ("+44 20 7946 0{:03d}", "+1 503 555 01{:02d}"),
    "de": ("+49 30 23125 {:03d}",),
    "fr": ("+33 1 99 00 {:02d} 42",),
    "es": (),
}
"""Numbers that are reserved for fiction; Spain has none."""

_DAYS = {
    "en": "%a, %d %b %Y at %H:%M",
    "de": "%d.%m.%Y um %H:%M",
    "fr": "%d/%m/%Y à %H:%M",
    "es": "%d/%m/%Y a las %H:%M",
}


@dataclass(frozen=True)
class Style:
    """How one person always writes."""

    greeting: str
    closing: str
    signature: Literal["none", "name", "full", "legal", "mobile"]
    phone: str | None
    small_print: str
    quotes: Literal["none", "marked", "outlook", "zendesk"]
    remains: bool


def style_of(person: Person, seed: str) -> Style:
    chance = Random(f"{seed}|style|{person.email}")  # noqa: S311 - variety, not secrecy
    words = phrases()[person.language]
    numbers = _PHONES[person.language]
    return Style(
        greeting=chance.choice(words.greetings),
        closing=chance.choice(words.closings),
        signature=chance.choices(
            ("none", "name", "full", "legal", "mobile"), weights=(10, 35, 30, 15, 10)
        )[0],
        phone=chance.choice(numbers).format(chance.randrange(10, 99)) if numbers else None,
        small_print=chance.choice(words.mobile if chance.random() < 0.5 else words.disclaimers),  # noqa: PLR2004 - either
        quotes=chance.choices(("none", "marked", "outlook", "zendesk"), weights=(25, 40, 20, 15))[
            0
        ],
        remains=chance.random() < 0.08,  # noqa: PLR2004 - about one in twelve
    )


def letter(person: Person, style: Style, body: str, *, quoted: str | None = None) -> str:
    """What arrives at the desk. `quoted` is what the mail answers."""
    parts = [body]
    greets = style.greeting and not body.lower().startswith(_GREETED)
    if greets and quoted is None:
        parts.insert(0, style.greeting)
    text = "\n\n".join(parts) + _signature(person, style)
    if style.remains:
        text = _with_remains(text, person)
    return text if quoted is None else text + quoted


def _signature(person: Person, style: Style) -> str:
    words = phrases()[person.language]
    first = person.name.split()[0]
    if style.signature == "none":
        return f"\n\n{first}"
    if style.signature == "name":
        return f"\n\n{style.closing}\n{person.name}"
    if style.signature == "mobile":
        device = style.small_print if style.small_print in words.mobile else words.mobile[0]
        return f"\n\n{first}\n\n{device}"
    lines = [person.name, person.role, person.organization, style.phone]
    block = "\n".join(line for line in lines if line)
    if style.signature == "full":
        return f"\n\n{style.closing}\n\n-- \n{block}"
    notice = style.small_print if style.small_print in words.disclaimers else words.disclaimers[0]
    return f"\n\n{style.closing}\n{block}\n\n{notice}"


def _with_remains(text: str, person: Person) -> str:
    """What is left when a mail program turns HTML into text."""
    paragraphs = text.split("\n\n")
    home = person.email.partition("@")[2]
    return "\n&nbsp;\n".join(paragraphs) + f"\n[cid:image001.png@01DC8F2A]\n<https://www.{home}/>"


def quote(style: Style, person: Person, text: str, at: datetime, subject: str) -> str | None:
    """The desk's mail under the customer's answer, as their program quotes it."""
    if style.quotes == "none":
        return None
    if style.quotes == "zendesk":
        return f"\n\n##- Please type your reply above this line -##\n\n{text}"
    if style.quotes == "outlook":
        head = (
            f"From: Turnmill Support <support@turnmill.example>\nSent: {at:%A, %d %B %Y %H:%M}\n"
            f"To: {person.name} <{person.email}>\nSubject: Re: {subject}"
        )
        return f"\n\n________________________________\n{head}\n\n{text}"
    language = person.language
    wrote = phrases()[language].wrote.format(date=at.strftime(_DAYS[language]))
    return f"\n\n{wrote}\n{marked(text)}"


def marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def answer(agent: Agent, person: Person, text: str) -> str:
    """An agent's public reply."""
    words = phrases()[person.language]
    first = person.name.replace("Dr. ", "").replace("Dra. ", "").split()[0]
    greeting = words.agent_greeting.format(first=first, name=person.name)
    greets = not text.lower().startswith(_GREETED)
    start = f"{greeting}\n\n" if greets else ""
    return f"{start}{text}\n\n{words.agent_closing}\n{agent.name}\nTurnmill Support"


def pick_agent(agents: Sequence[Agent], first_name: str) -> Agent:
    return next(agent for agent in agents if agent.email.startswith(f"{first_name}@"))
