"""The seeded script: hand-written texts become one week of a support desk, always the same.

Stories stand as they are written. Ordinary tickets get a person of their language, a moment in
the week and the style of that person's mails; each text is used once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from connector.sandbox.demo.files import (
    Agent,
    Noise,
    Person,
    Said,
    Story,
    moment,
    noise,
    people,
    stories,
)
from connector.sandbox.demo.letters import Style, answer, letter, pick_agent, quote, style_of
from connector.sandbox.seed import (
    Seed,
    SeedAttachment,
    SeedChange,
    SeedComment,
    SeedField,
    SeedGroup,
    SeedOrganization,
    SeedOrganizationFields,
    SeedSla,
    SeedTicket,
    SeedUser,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NOW = moment("06-17 10:00")
"""A Wednesday: when the demo begins."""

BEGIN = NOW - timedelta(days=7)
SEED = "turnmill-1"
_FIRST_ID = 48_101
_FIRST_OLD_ID = 45_871
_RECENT = timedelta(hours=16)
_DESK_OPENS, _DESK_CLOSES = 7, 18
_SATURDAY = 5
_TARGET = timedelta(minutes=480)
_DAY = timedelta(minutes=1440)
_CLOSED_AFTER = timedelta(days=5)
_GROUPS = {"webhooks": "Integrations", "api": "Integrations", "sso": "Integrations"}
_STRANGERS = ("end-client", "sales", "job", "student", "wrong-company")
AREAS = (
    "account", "api", "booking", "calendar", "clients", "exports", "invoices", "memberships",
    "mobile", "payments", "reminders", "sso", "webhooks",
)  # fmt: skip


@cache
def demo_seed() -> Seed:
    """The account as it stands at `NOW`."""
    home = people()
    tickets = sorted((ticket for _, ticket in _written()), key=lambda one: (one.created_at, one.id))
    return Seed(
        now=NOW,
        organizations=tuple(
            SeedOrganization(
                name=one.name,
                domains=(one.domain,),
                fields=SeedOrganizationFields(
                    arr=one.arr,
                    tier=one.tier,
                    renewal_date=one.renewal,
                    reference_customer=one.reference,
                ),
            )
            for one in home.organizations
        ),
        users=tuple(_users()),
        groups=tuple(
            SeedGroup(
                name=name,
                members=tuple(agent.email for agent in home.agents if name in agent.groups),
            )
            for name in ("Support", "L2 Support", "Billing", "Integrations")
        ),
        ticket_fields=(
            SeedField(
                title="Product area",
                type="tagger",
                options=tuple(f"area_{area}" for area in AREAS),
            ),
            SeedField(title="Environment", type="text"),
        ),
        tickets=tuple(tickets),
    )


@cache
def ticket_ids() -> Mapping[str, int]:
    """The ticket id of each story's and each ordinary text's key."""
    return {key: ticket.id or 0 for key, ticket in _written()}


@cache
def persons() -> Mapping[str, Person]:
    """Everybody who writes, by address."""
    home = people()
    known = [person for organization in home.organizations for person in organization.persons()]
    known += [Person(name=one.name, email=one.email, language=one.lang) for one in home.individuals]
    return {person.email: person for person in known}


def _users() -> Iterator[SeedUser]:
    for agent in people().agents:
        yield SeedUser(name=agent.name, email=agent.email, role="agent")
    for person in persons().values():
        yield SeedUser(name=person.name, email=person.email, organization=person.organization)


def _random(*parts: str) -> Random:
    """Chance of its own for each text, so that a new text moves no other."""
    return Random("|".join((SEED, *parts)))  # noqa: S311 - variety, not secrecy


@cache
def _written() -> tuple[tuple[str, SeedTicket], ...]:
    """Every ticket with its key, numbered by age; older stories have lower numbers."""
    made = [(one.key, _story_ticket(one)) for one in stories() if one.at is not None]
    made += [(one.noise.key, one.ticket()) for one in _ordinary()]
    made.sort(key=lambda pair: (pair[1].created_at, pair[0]))
    old = [pair for pair in made if pair[1].created_at < BEGIN]
    new = [pair for pair in made if pair[1].created_at >= BEGIN]
    numbered = [*enumerate(old, _FIRST_OLD_ID), *enumerate(new, _FIRST_ID)]
    ids = {key: id_ for id_, (key, _) in numbered}
    problems = {one.key: ids[one.problem] for one in stories() if one.problem is not None}
    return tuple(
        (key, ticket.model_copy(update={"id": id_, "problem_id": problems.get(key)}))
        for id_, (key, ticket) in numbered
    )


# --- stories ---------------------------------------------------------------------------------


def _story_ticket(story: Story) -> SeedTicket:
    if story.at is None:
        raise ValueError(f"{story.key} has no time")
    person = persons()[story.sender]
    style = style_of(person, SEED)
    agents = people().agents
    moves = [said for said in story.said if said.kind == "group"]
    first = "Support" if moves else story.group
    return SeedTicket(
        requester=person.email,
        subject=story.subject,
        body=letter(person, style, story.body),
        attachments=_files(story.attached),
        created_at=story.at,
        updated_at=story.resolved,
        status=story.status,
        type=story.type,
        priority=story.priority,
        tags=story.tags,
        fields=_fields(story.area, story.environment),
        comments=_comments(person, style, story.subject, story.said, agents),
        sla=_story_sla(story),
        group=story.group,
        assignee=pick_agent(agents, story.assignee).email if story.assignee else None,
        changes=_moves(first, moves, agents),
        satisfaction=story.satisfaction,
    )


def _moves(first: str, moves: Sequence[Said], agents: Sequence[Agent]) -> tuple[SeedChange, ...]:
    changes = []
    here = first
    for said in moves:
        if said.at is None or said.who is None or said.group is None:
            raise ValueError("a move names group, agent and time")
        mover = pick_agent(agents, said.who).email
        changes.append(
            SeedChange(at=said.at, field="group_id", old=here, new=said.group, author=mover)
        )
        here = said.group
    return tuple(changes)


def _story_sla(story: Story) -> tuple[SeedSla, ...]:
    """A time: answered then. As in open 240 06-17 10:35: 240 minutes, over at that time."""
    if story.sla is None or story.at is None:
        return ()
    if story.sla.startswith("open "):
        _, minutes, rest = story.sla.split(" ", 2)
        return (SeedSla(breach_at=moment(rest), target_minutes=int(minutes)),)
    return (_answered(story.at, moment(story.sla), _TARGET),)


def _answered(created: datetime, replied: datetime, target: timedelta) -> SeedSla:
    """A first reply in time; nights and weekends do not count, so the breach moves with it."""
    breach = max(created + target, replied + timedelta(minutes=30))
    minutes = int(target.total_seconds() // 60)
    return SeedSla(breach_at=breach, target_minutes=minutes, fulfilled_at=replied)


def _comments(
    person: Person, style: Style, subject: str, said: Sequence[Said], agents: Sequence[Agent]
) -> tuple[SeedComment, ...]:
    made: list[SeedComment] = []
    last: tuple[str, datetime] | None = None
    for one in said:
        if one.kind == "group":
            continue
        if one.at is None:
            raise ValueError(f"{subject}: something said has no time")
        if one.kind == "customer":
            quoted = None if last is None else quote(style, person, *last, subject)
            author, body = person.email, letter(person, style, one.text, quoted=quoted)
        else:
            agent = pick_agent(agents, one.who or "mia")
            author = agent.email
            body = one.text if one.kind == "note" else answer(agent, person, one.text)
        if one.kind == "agent":
            last = (body, one.at)
        made.append(
            SeedComment(
                author=author,
                public=one.kind != "note",
                created_at=one.at,
                body=body,
                attachments=_files(one.attached),
            )
        )
    return tuple(made)


_CONTENT = {
    "log": "job exp_88213 failed\nEXP-5031 ledger schema mismatch (expected v14, got v13)\n",
    "csv": "date;transaction;amount\n2026-06-15;tx_5512;480.00\n2026-06-15;tx_5513;129.90\n",
    "pdf": "%PDF-1.4\n% a printed page\n",
}


def _files(names: Sequence[str]) -> tuple[SeedAttachment, ...]:
    return tuple(
        SeedAttachment(name=name, content=_CONTENT[name.rpartition(".")[2]]) for name in names
    )


def _fields(area: str, environment: str | None) -> dict[str, Any]:
    fields = {"Product area": f"area_{area}"}
    return fields if environment is None else {**fields, "Environment": environment}


# --- the ordinary rest -----------------------------------------------------------------------


@dataclass(frozen=True)
class _Placed:
    """An ordinary text with its person and its moments."""

    noise: Noise
    person: Person
    created: datetime
    said: tuple[Said, ...]

    @property
    def last(self) -> datetime:
        moments = [one.at for one in self.said if one.at is not None]
        return max([self.created, *moments])

    def ticket(self) -> SeedTicket:
        text, person = self.noise, self.person
        chance = _random("ticket", text.key)
        style = style_of(person, SEED)
        home = people().agents
        group = "Billing" if text.file == "billing" else _GROUPS.get(text.area, "Support")
        members = [agent for agent in home if group in agent.groups]
        agent = chance.choice(members)
        named = tuple(
            one if one.kind == "customer" else one.model_copy(update={"who": _first(agent)})
            for one in self.said
        )
        return SeedTicket(
            requester=person.email,
            subject=text.subject,
            body=letter(person, style, text.body),
            created_at=self.created,
            status=self._status(),
            type=_type(text, chance),
            priority=chance.choices((None, "low", "normal"), weights=(3, 2, 5))[0],
            tags=("how_to",) if text.file == "how_to" and chance.random() < 0.5 else (),  # noqa: PLR2004 - half of them
            fields=_fields(text.area, None),
            comments=_comments(person, style, text.subject, named, home),
            sla=self._sla(),
            group=group,
            assignee=None if text.status == "new" else agent.email,
            satisfaction=_rating(text, chance),
        )

    def _status(self) -> Literal["new", "open", "pending", "solved", "closed"]:
        over = self.noise.status == "solved" and self.last < NOW - _CLOSED_AFTER
        return "closed" if over else self.noise.status

    def _sla(self) -> tuple[SeedSla, ...]:
        replied = next((one.at for one in self.said if one.kind == "agent"), None)
        if replied is not None:
            return (_answered(self.created, replied, _DAY),)
        if self.noise.status == "solved":
            return ()
        return (SeedSla(breach_at=self.created + _DAY, target_minutes=1440),)


def _first(agent: Agent) -> str:
    return agent.email.partition("@")[0]


def _type(text: Noise, chance: Random) -> Literal["question", "incident", "task"] | None:
    if text.file == "glitches":
        return chance.choice(("incident", "question"))
    if text.file in {"how_to", "billing", "wishes"}:
        return chance.choice(("question", "question", None))
    return chance.choice(("question", "task", None, None))


def _rating(text: Noise, chance: Random) -> Literal["good", "offered"] | None:
    if text.status != "solved" or text.file in {"social", "out_of_office"}:
        return None
    return chance.choices(("good", "offered", None), weights=(2, 2, 6))[0]


@cache
def _ordinary() -> tuple[_Placed, ...]:
    """Every ordinary text with somebody to send it; who has sent most waits longest."""
    taken = {one.sender for one in stories()}
    sent: dict[str, int] = dict.fromkeys(persons(), 0)
    placed: dict[str, _Placed] = {}
    for text in sorted(noise(), key=lambda one: one.after is not None):
        before = placed[text.after] if text.after else None
        person = before.person if before else _sender(text, sent, taken)
        sent[person.email] += 1
        placed[text.key] = _place(text, person, before)
    return tuple(placed.values())


def _sender(text: Noise, sent: Mapping[str, int], taken: set[str]) -> Person:
    stranger = text.key.startswith(_STRANGERS)
    possible = [
        person
        for person in persons().values()
        if person.language == text.language
        and person.email not in taken
        and (person.organization is None or not stranger)
        and (person.organization is None) >= stranger
    ]
    fewest = min(sent[person.email] for person in possible)
    waiting = [person for person in possible if sent[person.email] == fewest]
    return _random("sender", text.key).choice(waiting)


def _place(text: Noise, person: Person, before: _Placed | None) -> _Placed:
    """Moments for a text and what follows it, all of them before `NOW`."""
    chance = _random("moment", text.key)
    earliest = BEGIN if before is None else before.last + timedelta(hours=2)
    if text.status in {"new", "open"}:
        earliest = max(earliest, NOW - _RECENT)
    while True:
        created = _some_moment(chance, earliest)
        said = _timed(text.said, created, chance)
        if all(one.at is not None and one.at < NOW for one in said):
            return _Placed(text, person, created, said)


def _some_moment(chance: Random, earliest: datetime) -> datetime:
    """Mostly in working hours, now and then at night or on a weekend."""
    while True:
        span = (NOW - earliest).total_seconds()
        found = earliest + timedelta(seconds=int(chance.random() * span))
        working = found.weekday() < _SATURDAY and _DESK_OPENS - 1 <= found.hour < _DESK_CLOSES
        if working or chance.random() < 0.12:  # noqa: PLR2004 - one in eight of the others
            return found


def _timed(said: Sequence[Said], created: datetime, chance: Random) -> tuple[Said, ...]:
    """Relative times made moments; the desk answers in its opening hours only."""
    made = []
    at = created
    for one in said:
        at += (one.after or timedelta(hours=1)) + timedelta(minutes=chance.randrange(-20, 40))
        if one.kind != "customer":
            at = _at_the_desk(at, chance)
        made.append(one.model_copy(update={"at": at}))
    return tuple(made)


def _at_the_desk(moment_: datetime, chance: Random) -> datetime:
    open_day = moment_.weekday() < _SATURDAY
    if open_day and _DESK_OPENS <= moment_.hour < _DESK_CLOSES:
        return moment_
    day = moment_ + timedelta(days=1 if moment_.hour >= _DESK_CLOSES or not open_day else 0)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day.replace(hour=_DESK_OPENS, minute=chance.randrange(5, 55))
