"""A busy desk for the benchmarks: made-up tickets with their past, customers and SLA clocks.

Texts are of the length and shape that support tickets have: a few sentences, often steps, an
environment or a log. All words are ours. The same numbers give the same tickets.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from incidents import CITIES, WORDS, Maker

from connector.sandbox.seed import (
    Seed,
    SeedComment,
    SeedField,
    SeedOrganization,
    SeedOrganizationFields,
    SeedSla,
    SeedTicket,
    SeedUser,
)

NOON = datetime(2026, 6, 16, 12, 0, tzinfo=UTC)
AGENTS = tuple(f"agent{number}@support.example" for number in range(40))
TIERS = ("enterprise", "business", "standard")
LAST_HOURS = timedelta(hours=12)
FIELDS = 20
"""Custom ticket fields, as an account has that was lived in for some years."""

OUTAGE_REPORTS = 20
"""Reports of three outages, however many tickets there are: the writes stay the same."""

_TALK = """
We opened the {word} twice and renamed the {word}, nothing changed.; My colleague in {city} has the
same {word} and calls it {word}.; The {word} was set up last month by our own {word} team.; It was
called {word} before we added the second {word}.; Could you tell us what the {word} is for when the
{word} is empty?; We need the {word} for the {word} talk on Thursday.; Attached is what the {word}
shows next to the {word}.; The {word} is the same as last year, only the {word} was renamed.; Thank
you for looking into the {word}.; Please let me know whether you need a {word} for the {word}.; The
{word} shows up in the {word} list, beside the {word} export.; I have tried this with two {word}
browsers and on the {word}.
"""
_ANSWERS = """
Thank you for the details. Could you send us the {word} that you use?; We have looked at your
{word} and see the entry. Please try again with the new {word}.; I have asked the team about the
{word} and come back to you today.; The {word} can be changed under Settings, then {city}.
"""
_REPLIES = """
Here it is, the {word} is called {city}.; I tried that, the {word} is now there. Thanks!; The same
as before, I am afraid. The {word} is still the old one.; Yes, please go on with the {word}.
"""


def busy_desk(changed: int, *, seed: int = 8, now: datetime = NOON, first_id: int = 1) -> Seed:
    """A desk on which `changed` tickets were written in the last twelve hours.

    Each has about two and a half events; four requesters to five tickets, three organizations to
    ten, as in the arithmetic of the call plan.
    """
    chance = random.Random(seed)  # noqa: S311 - made-up tickets, no secrets
    writer = _Writer(chance, every=max(1, changed // OUTAGE_REPORTS))
    homes = [f"Firm {number}" for number in range(max(3, changed * 3 // 10))]
    people = [
        (f"person{number}@firm{number % len(homes)}.example", homes[number % len(homes)])
        for number in range(max(5, changed * 4 // 5))
    ]
    begin, step = now - LAST_HOURS, (LAST_HOURS - timedelta(minutes=5)) / max(changed, 1)
    tickets = tuple(
        writer.ticket(first_id + number, chance.choice(people), begin + step * number, now)
        for number in range(changed)
    )
    return Seed(
        organizations=tuple(_organization(chance, name) for name in homes),
        users=(
            *(SeedUser(name=email.partition("@")[0], email=email, organization=home)
              for email, home in people),
            *(SeedUser(name=email.partition("@")[0], email=email, role="agent")
              for email in AGENTS),
        ),
        ticket_fields=tuple(SeedField(title=f"Field {number}") for number in range(FIELDS)),
        tickets=tickets,
        now=now,
    )  # fmt: skip


def _organization(chance: random.Random, name: str) -> SeedOrganization:
    tier = TIERS[min(2, chance.randrange(12))]
    arr = float(chance.randrange(5, 80) * 1_000)
    return SeedOrganization(name=name, fields=SeedOrganizationFields(tier=tier, arr=arr))


def _made_up(chance: random.Random) -> str:
    """A word of two to four syllables that no language has."""
    syllables = range(chance.randrange(2, 5))
    return "".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in syllables)


class _Writer:
    """Writes tickets as people would: mostly everyday matters, some steps, a log, few outages."""

    def __init__(self, chance: random.Random, every: int) -> None:
        self._chance = chance
        self._every = every
        self._maker = Maker(chance)
        self._outages = [(*self._maker.trouble(), self._maker.evidence()) for _ in range(3)]
        self._words = [_made_up(chance) for _ in range(6_000)]
        self._talk, self._answers, self._replies = (
            [" ".join(part.split()) for part in text.split(";")]
            for text in (_TALK, _ANSWERS, _REPLIES)
        )

    def ticket(self, number: int, who: tuple[str, str], at: datetime, now: datetime) -> SeedTicket:
        chance, (email, home) = self._chance, who
        outage, troubled = number % self._every == 0, chance.random() < 0.3
        maker = self._maker
        subject, body = (
            maker.report(*chance.choice(self._outages))
            if outage
            else (self._said(self._talk)[:60], self._said(self._talk))
        )
        more = " ".join(self._said(self._talk) for _ in range(chance.randrange(2, 8)))
        parts = [body, more, *(self._technical() if troubled else [])]
        comments = self._conversation(email, at, now)
        return SeedTicket(
            id=number,
            requester=email,
            organization=home,
            subject=subject or "Question",
            body="\n\n".join([*parts, f"Best regards,\n{email.partition('@')[0].title()}"]),
            created_at=at,
            priority=chance.choice(("low", "normal", "normal", "high")),
            tags=tuple(sorted({chance.choice(WORDS.split()) for _ in range(3)})),
            fields={f"Field {n}": chance.choice(self._words) for n in range(0, FIELDS, 2)},
            comments=comments,
            sla=(SeedSla(breach_at=now + timedelta(hours=chance.randrange(6, 90)),
                         target_minutes=1_440),),
            group="Support",
            assignee=chance.choice(AGENTS),
        )  # fmt: skip

    def _said(self, choices: list[str]) -> str:
        chance = self._chance
        said = chance.choice(choices).replace("{city}", chance.choice(CITIES.split()))
        pieces = said.split("{word}")
        return pieces[0] + "".join(chance.choice(self._words) + piece for piece in pieces[1:])

    def _technical(self) -> list[str]:
        chance, found = self._chance, []
        if chance.random() < 0.5:
            steps = [self._said(self._talk) for _ in range(chance.randrange(2, 5))]
            numbered = (f"{place}. {text}" for place, text in enumerate(steps, 1))
            found.append("Steps to reproduce:\n" + "\n".join(numbered))
        if chance.random() < 0.4:
            version = f"{chance.randrange(2, 9)}.{chance.randrange(20)}"
            found.append(f"Environment: Windows 11, Firefox {chance.randrange(90, 140)}, {version}")
        if chance.random() < 0.2:
            words = [chance.choice(WORDS.split()) for _ in range(6)]
            lines = (f"  at com.acme.{word}.{word.title()}Service.run({word.title()}.java:{place})"
                     for place, word in enumerate(words, 40))  # fmt: skip
            found.append("java.lang.IllegalStateException: bad state\n" + "\n".join(lines))
        return found

    def _conversation(self, email: str, at: datetime, now: datetime) -> tuple[SeedComment, ...]:
        """None to three comments, an agent's answer first; one and a half on average."""
        chance, found = self._chance, []
        for place in range(chance.choice((1, 1, 2, 2, 0, 3))):
            at += timedelta(minutes=chance.randrange(2, 25))
            if at > now - timedelta(minutes=2):
                break
            answered = place % 2 == 0
            found.append(SeedComment(
                author=chance.choice(AGENTS) if answered else email,
                public=place < 2,
                created_at=at,
                body=self._said(self._answers if answered else self._replies),
            ))  # fmt: skip
        return tuple(found)
