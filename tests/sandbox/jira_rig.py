"""A running Jira to call, and a judge that holds each Cloud answer against Atlassian's file."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import requests
import uvicorn
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from connector.sandbox.control import control_routes
from connector.sandbox.frame import Front
from connector.sandbox.jira import EMAIL, TOKEN, jira_routes
from connector.sandbox.server import _Protocol, _Server
from connector.sandbox.world import Clock, Options, World

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

Json = dict[str, Any]

DOCUMENT: Json = {
    "type": "doc",
    "version": 1,
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "It broke."}]}],
}

UNDOCUMENTED = {400, 401, 403, 404, 410, 413, 415, 429, 500}
"""Statuses that Atlassian's file leaves out of some operations, and every operation can have."""


NOON = datetime(2026, 6, 17, 10, 0, 30, 250_000, tzinfo=UTC)
"""When the tests' clock stands: noon and half a minute in Berlin, where our account lives."""


class Stage:
    """One port for all tests, behind which each test finds a fresh Jira."""

    def __init__(self) -> None:
        self._front: Front | None = None
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            self._app,
            interface="asgi3",
            http=_Protocol,
            lifespan="off",
            log_config=None,
            date_header=False,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._front is not None
        await self._front(scope, receive, send)

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=20)
        self._socket.close()

    def fresh(self, deployment: Literal["cloud", "datacenter"]) -> World:
        """A new world with a standing clock and without rate limits."""
        world = World(
            clock=Clock(NOON, frozen=True), options=Options(deployment=deployment, limits="off")
        )
        world.jira_url = self.url
        self._front = Front(world, "jira", [*jira_routes(world), *control_routes(world)])
        return world


class Rig:
    """Our account at one running Jira. Every answer on Cloud v3 is checked as it arrives."""

    def __init__(self, world: World, judge: Judge | None) -> None:
        self.world = world
        self.url = world.jira_url
        self.cloud = self.world.options.deployment == "cloud"
        self.version = "3" if self.cloud else "2"
        self.session = requests.Session()
        self.session.trust_env = False
        self._judge = judge

    @property
    def login(self) -> dict[str, str]:
        if self.cloud:
            return {"Authorization": requests.auth._basic_auth_str(EMAIL, TOKEN)}
        return {"Authorization": f"Bearer {TOKEN}"}

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: str | None = None,
        headers: dict[str, str] | None = None,
        data: bytes | None = None,
        **params: Any,
    ) -> requests.Response:
        """`headers` replaces the log-in."""
        url = f"{self.url}/rest/api/{version or self.version}{path}"
        sent = self.login if headers is None else headers
        answer = self.session.request(
            method, url, json=body, data=data, headers=sent, params=params, timeout=20
        )
        if self.cloud and (version or self.version) == "3" and self._judge is not None:
            self._judge.check(method, path, answer)
        return answer

    def get(self, path: str, **params: Any) -> Any:
        answer = self.call("GET", path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def draft(self, **fields: Any) -> Json:
        return {
            "project": {"key": "ESC"},
            "issuetype": {"name": "Bug"},
            "summary": "Exports stop half way",
            **fields,
        }

    def create(self, properties: list[Json] | None = None, **fields: Any) -> Json:
        """Id, key and self of a new issue."""
        body: Json = {"fields": self.draft(**fields)}
        if properties is not None:
            body["properties"] = properties
        answer = self.call("POST", "/issue", body)
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        return made

    def text(self, text: str) -> Any:
        """A rich text as this deployment wants it."""
        if not self.cloud:
            return text
        content = [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]
        return {"type": "doc", "version": 1, "content": content}

    def search(self, jql: str, fields: str = "id,key", **params: Any) -> list[Json]:
        path = "/search/jql" if self.cloud else "/search"
        found: list[Json] = self.get(path, jql=jql, fields=fields, **params)["issues"]
        return found

    def keys(self, jql: str) -> list[str]:
        return [issue["key"] for issue in self.search(jql)]

    def control(self, path: str, body: Json | None = None) -> Any:
        url = f"{self.url}/_sandbox/jira/{path}"
        method = "GET" if body is None else "POST"
        answer = self.session.request(method, url, json=body, timeout=20)
        assert answer.ok, answer.text
        return answer.json()

    def effects(self) -> list[Json]:
        return [effect for entry in self.world.journal.entries for effect in entry.effects]


class Judge:
    """Atlassian's description of Cloud v3, asked about one answer at a time."""

    def __init__(self, path: Path) -> None:
        self._spec: Json = json.loads(path.read_text(encoding="utf-8"))
        resource = DRAFT4.create_resource(self._spec)
        self._registry: Any = Registry().with_resource("spec", resource)
        self.seen: set[tuple[str, str, int]] = set()

    @cache  # noqa: B019 - one judge lives as long as the test session
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """Templates with fewer parameters first, as a router would prefer them."""
        templates = sorted(self._spec["paths"], key=lambda path: path.count("{"))
        return [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), path) for path in templates]

    @cache  # noqa: B019 - as above
    def _validator(self, template: str, method: str, status: str) -> Any:
        answer = self._spec["paths"][template][method]["responses"][status]
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return None
        pointer = f"{template}/{method}/responses/{status}/content/application~1json/schema"
        escaped = template.replace("~", "~0").replace("/", "~1")
        ref = f"spec#/paths/{escaped}{pointer.removeprefix(template)}"
        return OAS30Validator({"$ref": ref}, registry=self._registry)

    def operation(self, method: str, path: str) -> str:
        """The template of a documented operation."""
        for pattern, template in self._patterns():
            if pattern.fullmatch(f"/rest/api/3{path}") and method in self._spec["paths"][template]:
                return template
        raise AssertionError(f"{method} {path} is not in Atlassian's file")

    def check(self, method: str, path: str, answer: requests.Response) -> None:
        template = self.operation(method.lower(), path)
        documented = self._spec["paths"][template][method.lower()]["responses"]
        status = str(answer.status_code)
        assert status in documented or answer.status_code in UNDOCUMENTED, (path, status)
        self.seen.add((method, template, answer.status_code))
        if "json" not in answer.headers.get("content-type", ""):
            return
        if answer.status_code >= 400:
            _check_errors(answer)
            return
        validator = self._validator(template, method.lower(), status)
        if validator is not None and answer.content:
            body = _as_described(template, answer.json())
            problems = [f"{one.json_path}: {one.message}" for one in validator.iter_errors(body)]
            assert not problems, (method, path, problems[:5])


def _check_errors(answer: requests.Response) -> None:
    body = answer.json()
    if answer.status_code != 401:
        assert set(body) == {"errorMessages", "errors"}, body
        assert all(isinstance(one, str) for one in body["errorMessages"]), body
        assert all(isinstance(one, str) for one in body["errors"].values()), body
        assert body["errorMessages"] or body["errors"], body


def _as_described(template: str, body: Any) -> Any:
    """The answer without what the file is known to describe wrongly.

    Its own examples hold nulls where it does not allow them, and numbers for `created` in bulk
    changelogs where it wants text.
    """
    if template.endswith("/changelog/bulkfetch"):
        for issue in body["issueChangeLogs"]:
            for history in issue["changeHistories"]:
                assert isinstance(history.pop("created"), int)
    return _without_nulls(body)


def _without_nulls(body: Any) -> Any:
    if isinstance(body, dict):
        return {key: _without_nulls(value) for key, value in body.items() if value is not None}
    if isinstance(body, list):
        return [_without_nulls(value) for value in body]
    return body
