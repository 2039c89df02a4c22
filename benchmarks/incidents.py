"""Made-up outages of a made-up product: what an incident looks like when customers write in.

Real trackers hold few bursts, so these teach what a fresh error signature means, and test it. What
goes wrong where is told of one incident or of one lone ticket only, as long as there are enough
combinations. All words are ours. Same seed, same tickets.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

COMPONENTS = """
checkout|payment page|cart; invoice export|billing export|invoices download; calendar
sync|calendar integration|meeting sync; webhooks|webhook delivery|event callbacks; search|search
results|product search; login|sign in|single sign-on; dashboard|start page|overview; csv
import|bulk upload|contact import; mail campaign|newsletter sending|campaign; mobile app|android
app|phone app; user management|team settings|invitations; reports|monthly report|report builder;
file upload|attachments |document upload; chat widget|live chat|chat box; api keys|rest
api|developer api; order history|orders list|past orders; stock levels|inventory|warehouse
counts; price rules|discounts|coupon codes; translations|language pack|localisation;
backup|nightly backup|restore; push notifications|alerts|notifications; time
tracking|timesheets|hours; audit log|activity log|history view; shipping labels|label
printing|parcel labels; tax settings|vat calculation|tax rates; map view|store locator|map;
video calls|meetings|call recording; forms|form builder|survey; spreadsheet add-in|excel
add-in|sheet plug-in; data warehouse|snowflake connector|warehouse export
"""
SYMPTOMS = """
fails with an error|does not work any more|ends in an error message; is extremely slow|takes
minutes|hangs and times out; shows a blank page|stays white|loads nothing; loses data|entries
have disappeared|records are missing; creates duplicates|everything appears twice|double
entries; shows wrong numbers|totals are wrong|amounts do not add up; cannot be saved|save button
does nothing|changes are not stored; logs us out|session expires at once|keeps asking for the
password; never arrives|nothing is delivered|not received; access denied|permission refused|we
are not allowed in any more; crashes|closes itself|quits unexpectedly; garbled
characters|umlauts broken|strange symbols
"""
STARTS = """
since this morning; since yesterday; after your last update; since about {hour} o'clock; today;
out of nowhere; since the maintenance window; from one day to the next
"""
SCOPES = """
for all our users; on every machine; in our {city} office; for several colleagues; for the whole
team; with every account we tried; on production; even in a private window
"""
CITIES = "Lyon Porto Gdansk Leeds Turin Bergen Graz Ghent Malmo Bilbao Tampere Cork"
WORDS = """
token ledger socket quota cursor shard tenant parcel locale digest bucket replica payload header
widget session stream index cache policy schema queue gateway profile voucher channel
"""
FAILURES = "Timeout Mismatch Overflow Refused NotFound Conflict Expired Corrupt Locked Rejected"
QUESTIONS = """
how do I change the {word} in {component}; can you explain the {word} option of {component}; we
would like a {word} filter in {component}; is there a limit for {word}s in {component}; where do
I find the {word} of {component}; please move our {word} for {component} to another plan; what
does {word} mean in {component}
"""


def _choices(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split(";")]


@dataclass
class Maker:
    chance: random.Random
    components: list[list[str]] = field(init=False)
    symptoms: list[list[str]] = field(init=False)
    troubles: list[tuple[list[str], list[str]]] = field(init=False)

    def __post_init__(self) -> None:
        self.components = [text.split("|") for text in _choices(COMPONENTS)]
        self.symptoms = [text.split("|") for text in _choices(SYMPTOMS)]
        self.troubles = []

    def trouble(self) -> tuple[list[str], list[str]]:
        """A component and a symptom that were not together before, in all their wordings."""
        if not self.troubles:
            self.troubles = list(product(self.components, self.symptoms))
            self.chance.shuffle(self.troubles)
        return self.troubles.pop()

    def evidence(self) -> list[str]:
        """What the software says in one incident; each reporter quotes some of it."""
        one, two = self.chance.sample(WORDS.split(), 2)
        failure = self.chance.choice(FAILURES.split())
        status = self.chance.choice([400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504])
        every = [
            f"HTTP {status}",
            f"error code {one[:3].upper()}-{self.chance.randrange(1000, 9999)}",
            f"{one.title()}{two.title()}{failure}Exception",
            f'"The {one} could not be matched with a {two}"',
            f"/api/v{self.chance.randrange(1, 4)}/{one}/{two}",
            f"ERR_{one.upper()}_{failure.upper()}",
        ]
        return self.chance.sample(every, self.chance.randrange(1, 4))

    def report(self, names: list[str], symptoms: list[str], said: list[str]) -> tuple[str, str]:
        chance = self.chance
        name, symptom = chance.choice(names), chance.choice(symptoms)
        quoted = [text for text in said if chance.random() < 0.6]
        start = chance.choice(_choices(STARTS)).format(hour=chance.randrange(6, 19))
        scope = chance.choice(_choices(SCOPES)).format(city=chance.choice(CITIES.split()))
        tail = f" We see {' and '.join(quoted)}." if quoted else ""
        other = chance.choice(symptoms)
        body = chance.choice(
            [
                f"{start} the {name} {symptom} {scope}.{tail}",
                f"Our {name}: {other}, {scope}, {start}.{tail} What is going on?",
                f"{start} {scope}: {name} {other}.{tail}",
            ]
        )
        subject = chance.choice(
            [
                f"{name} {symptom}",
                f"{name}: {quoted[0] if quoted else symptom}",
                f"Problem with {name}",
                "Help needed",
                "",
            ]
        )
        return subject, body

    def question(self) -> tuple[str, str]:
        chance = self.chance
        text = chance.choice(_choices(QUESTIONS)).format(
            word=chance.choice(WORDS.split()),
            component=chance.choice(chance.choice(self.components)),
        )
        return (text if chance.random() < 0.5 else "Question"), f"Hello, {text}?"


def incidents(*, seed: int, groups: int, alone: int, days: int = 120) -> list[dict[str, Any]]:
    """Tickets in the form of the development sets, in order of time."""
    chance = random.Random(seed)  # noqa: S311  # made-up tickets, no secrets
    maker = Maker(chance)
    start = datetime(2025, 1, 6, tzinfo=UTC)
    rows: list[dict[str, Any]] = []

    def add(when: float, text: tuple[str, str], group: str | None) -> None:
        rows.append(
            {
                "created_at": (start + timedelta(days=when)).isoformat(),
                "requester": f"{chance.randrange(9 * alone)}@firm{chance.randrange(alone)}.example",
                "subject": text[0],
                "body": text[1],
                "group": group,
            }
        )

    for number in range(groups):
        names, symptoms = maker.trouble()
        said, when = maker.evidence(), chance.uniform(0, days)
        for _ in range(chance.choice([2, 2, 3, 3, 4, 5, 8])):
            text = maker.report(names, symptoms, said)
            add(when + chance.expovariate(0.7), text, f"i{number}")
    for _ in range(alone):
        troubled = chance.random() < 0.6
        text = maker.report(*maker.trouble(), maker.evidence()) if troubled else maker.question()
        add(chance.uniform(0, days), text, None)
    rows.sort(key=lambda row: row["created_at"])
    return [{"id": number, "organization": None} | row for number, row in enumerate(rows, 1)]
