"""A running Zendesk to call, and a judge that holds each answer against Zendesk's own file."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import requests
import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from connector.sandbox.seed import (
    Seed,
    SeedComment,
    SeedField,
    SeedGroup,
    SeedOrganization,
    SeedOrganizationFields,
    SeedSla,
    SeedTicket,
    SeedUser,
)
from connector.sandbox.world import Clock, Options, World
from connector.sandbox.zendesk.access import API_TOKEN, EMAIL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from connector.sandbox.server import Sandbox

Json = dict[str, Any]
NOON = datetime(2026, 6, 17, 12, 0, tzinfo=UTC)
ANNA, BEN, AGENT = "anna@acme.example", "ben@globex.example", "agent@support.example"


def ago(**span: float) -> datetime:
    return NOON - timedelta(**span)


def epoch(moment: datetime) -> int:
    return int(moment.timestamp())


def a_ticket(**known: Any) -> SeedTicket:
    """A ticket of Anna's of yesterday, changed as told."""
    plain: Json = {
        "requester": ANNA,
        "subject": "Exports stop half way",
        "body": "Since this morning every export stops at 50 %.",
        "created_at": ago(days=1),
    }
    return SeedTicket(**(plain | known))


def a_seed(*tickets: SeedTicket, **known: Any) -> Seed:
    """Acme with Anna, Globex with Ben, an agent of Support, one custom field of each kind."""
    plain: Json = {
        "organizations": (
            SeedOrganization(
                name="Acme",
                domains=("acme.example",),
                fields=SeedOrganizationFields(
                    arr=250_000, tier="enterprise", renewal_date=NOON.date(),
                    reference_customer=True,
                ),
            ),
            SeedOrganization(name="Globex", domains=("globex.example",)),
        ),
        "users": (
            SeedUser(name="Anna Berg", email=ANNA, organization="Acme"),
            SeedUser(name="Ben Cole", email=BEN, organization="Globex"),
            SeedUser(name="Ada Agent", email=AGENT, role="agent"),
        ),
        "groups": (SeedGroup(name="Support", members=(AGENT,)), SeedGroup(name="L2 Support")),
        "ticket_fields": (
            SeedField(title="Jira key"),
            SeedField(title="Product area", type="tagger", options=("checkout", "reports")),
            SeedField(title="Users affected", type="integer"),
        ),
        "tickets": tickets,
    }  # fmt: skip
    return Seed(**(plain | known))


def a_thread(**known: Any) -> SeedTicket:
    """A ticket with a public reply, an internal note and the customer's answer to it."""
    return a_ticket(
        comments=(
            SeedComment(author=AGENT, created_at=ago(hours=20), body="We are looking into it."),
            SeedComment(author=AGENT, public=False, created_at=ago(hours=19), body="Reproduced."),
            SeedComment(author=ANNA, created_at=ago(hours=2), body="Any news?"),
        ),
        group="Support",
        assignee=AGENT,
        **known,
    )


def a_clock(**known: Any) -> SeedSla:
    plain: Json = {"metric": "next_reply_time", "breach_at": NOON + timedelta(minutes=45)}
    return SeedSla(**(plain | known))


class Rig:
    """An account at one running Zendesk; each answer of a documented operation is judged."""

    def __init__(self, sandbox: Sandbox, judge: Judge | None) -> None:
        self._sandbox = sandbox
        self._judge = judge
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = (f"{EMAIL}/token", API_TOKEN)
        self.fresh(a_seed())

    def fresh(self, seed: Seed, *, now: datetime = NOON, **options: Any) -> Rig:
        """A new account of this seed; the clock stands at `now`, nothing is limited."""
        clock = Clock(now, frozen=True)
        self.world = World(clock=clock, options=Options(**({"limits": "off"} | options)))
        self._sandbox.begin(self.world, seed)
        return self

    @property
    def url(self) -> str:
        return self._sandbox.zendesk_url

    def call(self, method: str, path: str, body: Any = None, **known: Any) -> requests.Response:
        """`path` after /api/v2. `known`: `params`, `headers`, `auth` as requests takes them."""
        answer = self.session.request(
            method, f"{self.url}/api/v2{path}", json=body, timeout=20, **known
        )
        if self._judge is not None:
            self._judge.check(method, path.partition("?")[0], answer)
        return answer

    def get(self, path: str, **params: Any) -> Any:
        answer = self.call("GET", path, params={key: _plain(params[key]) for key in params})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, ticket_id: int, **ticket: Any) -> requests.Response:
        return self.call("PUT", f"/tickets/{ticket_id}.json", {"ticket": ticket})

    def ticket(self, ticket_id: int, **params: Any) -> Json:
        found: Json = self.get(f"/tickets/{ticket_id}.json", **params)["ticket"]
        return found

    def act(self, path: str, body: Json | None = None) -> Json:
        """A person's deed, through the control API."""
        answer = self.session.post(f"{self.url}/_sandbox/zendesk/{path}", json=body, timeout=20)
        assert answer.ok, answer.text
        done: Json = answer.json()
        return done

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.session.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=20)
        assert answer.ok, answer.text
        return answer.json()

    def field_id(self, title: str) -> int:
        fields = self.get("/ticket_fields.json")["ticket_fields"]
        found: int = next(field["id"] for field in fields if field["title"] == title)
        return found

    def later(self, **span: float) -> None:
        self.world.clock.advance(timedelta(**span))

    def effects(self) -> list[Json]:
        return [effect for entry in self.world.journal.entries for effect in entry.effects]

    def exported(self, **params: Any) -> list[Json]:
        """All tickets of the cursor export from the beginning."""
        page = self.get("/incremental/tickets/cursor.json", start_time=0, **params)
        tickets: list[Json] = page["tickets"]
        while not page["end_of_stream"]:
            cursor = page["after_cursor"]
            page = self.get("/incremental/tickets/cursor.json", cursor=cursor, **params)
            tickets += page["tickets"]
        return tickets


def plainly(method: str, url: str, **known: Any) -> requests.Response:
    """A request outside of any session: no credentials, no proxy of the environment."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, timeout=20, **known)


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


class Judge:
    """Zendesk's description of Support, asked about one answer at a time.

    It says nothing useful of errors and of null (`zenpy-cassettes` do), describes ticket events
    as metric events, and one ticket's metrics as a list.
    """

    UNJUDGED = frozenset({"/api/v2/incremental/ticket_events", "/api/v2/tickets/{}/metrics"})

    def __init__(self, path: Path) -> None:
        self._spec: Json = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
        registry: Any = Registry()
        self._registry = registry.with_resource("spec", DRAFT4.create_resource(self._spec))
        self.seen: set[tuple[str, str]] = set()

    @cache  # noqa: B019 - one judge lives as long as the test session
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        templates = sorted(self._spec["paths"], key=lambda path: path.count("{"))
        return [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), path) for path in templates]

    def template(self, method: str, path: str) -> str | None:
        for pattern, template in self._patterns():
            if pattern.fullmatch(path) and method.lower() in self._spec["paths"][template]:
                return template
        return None

    @cache  # noqa: B019 - as above
    def _validator(self, template: str, method: str, status: str) -> Any:
        answers: Mapping[str, Json] = self._spec["paths"][template][method]["responses"]
        assert status in answers, f"{method} {template} answers {status}"
        if "application/json" not in answers[status].get("content", {}):
            return None
        escaped = template.replace("~", "~0").replace("/", "~1").replace("{", "%7B")
        escaped = escaped.replace("}", "%7D")
        pointer = f"{method}/responses/{status}/content/application~1json/schema"
        ref = {"$ref": f"spec#/paths/{escaped}/{pointer}"}
        return OAS30Validator(ref, registry=self._registry)

    def check(self, method: str, path: str, answer: requests.Response) -> None:
        template = self.template(method, f"/api/v2{path.removesuffix('.json')}")
        if template is None or answer.status_code >= 400:
            return
        self.seen.add((method, template))
        if re.sub(r"\{[^}]+\}", "{}", template) in self.UNJUDGED:
            return
        validator = self._validator(template, method.lower(), str(answer.status_code))
        if validator is None or not answer.content:
            return
        problems = [
            f"{one.json_path}: {one.message}"
            for one in validator.iter_errors(_as_described(answer.json()))
        ]
        assert not problems, (method, path, problems[:5])


_ENOUGH = 50
"""Of a long list the first so many are judged: it is made by one function."""


def _as_described(body: Any) -> Any:
    """Without nulls, and without what recorded accounts send and the file denies."""
    if isinstance(body, dict):
        kept = {key: _as_described(value) for key, value in body.items() if value is not None}
        if kept.get("status") == "deleted":
            kept["status"] = "closed"  # only exports know it, and the file does not
        if "index" in kept and "error" in kept:
            kept = {"index": 0, "id": 0}  # a ticket that was not created has no id to tell
        if kept.get("field_name") == "tags":
            kept = {"type": kept["type"]}  # recorded as lists, where the file wants text
        if "organization_fields" in kept:
            fields = kept["organization_fields"]
            if isinstance(fields, dict):  # a checkbox is a bool, and the file allows none
                kept["organization_fields"] = {
                    key: value for key, value in fields.items() if not isinstance(value, bool)
                }
        return kept
    if isinstance(body, list):
        return [_as_described(value) for value in body[:_ENOUGH]]
    return body


class _Loader(yaml.CSafeLoader):
    """Knows the bare `=` of Zendesk's file, a value in old YAML."""


def _as_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:value", _as_text)
