"""What every Jira endpoint stands on: versions, log-in, limits, errors and paging."""

from __future__ import annotations

import base64
import secrets
from binascii import Error as Base64Error
from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, Literal

from starlette.responses import Response

from connector.sandbox.frame import Call, Refusal, SandboxRoute, route
from connector.sandbox.jira import site
from connector.sandbox.jira.limits import Limits
from connector.sandbox.jira.show import Show
from connector.sandbox.jira.state import JiraState

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.sandbox.jira.values import Facts, Issue
    from connector.sandbox.world import World

Reason = Literal["AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED"]
NO_ISSUE = "Issue does not exist or you do not have permission to see it."
INVALID_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."
_LOGIN_HTML = (
    b"<html><head><title>Unauthorized (401)</title></head><body><h1>Unauthorized (401)</h1>"
    b"<p>Encountered a <code>401 - Unauthorized</code> error while loading this page.</p>"
    b"</body></html>"
)


def refuse(status: int, *messages: str, errors: dict[str, str] | None = None) -> Refusal:
    """A refusal in Jira's one shape of errors."""
    return Refusal(status, {"errorMessages": list(messages), "errors": errors or {}})


class Site:
    """One Jira: its state and its rate limits."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.state = JiraState(world)
        self.limits = Limits()

    def route(
        self,
        method: str,
        path: str,
        handler: Callable[[Ask], Response],
        *,
        anonymous: bool = False,
        only: Literal["cloud", "datacenter"] | None = None,
        write: bool | None = None,
    ) -> SandboxRoute:
        """`path` below /rest/api/{version}. `anonymous`: answers without log-in too."""

        def handle(call: Call) -> Response:
            me, reason = _login(call, self.state)
            ask: Ask | None = None
            try:
                ask = self._ask(call, me, only)
                ask.admit(reason, anonymous=anonymous)
                if ask.cloud and self.world.options.limits != "off":
                    self.limits.endpoint(method, path)
                answer = handler(ask)
            except Refusal as refusal:
                answer = refusal.answer()
            except _Unauthorized:
                answer = _unauthorized(cloud=self.world.options.deployment == "cloud")
            return self._signed(answer, reason, None if ask is None else ask.hint)

        return route(method, "/rest/api/{version}" + path, handle, world=self.world, write=write)

    def _ask(self, call: Call, me: site.User | None, only: str | None) -> Ask:
        deployment = self.world.options.deployment
        newest = "3" if deployment == "cloud" else "2"
        version = newest if call.path["version"] == "latest" else call.path["version"]
        if version not in {"2", newest} or only not in {None, deployment}:
            raise Refusal(404, {"message": "null for uri", "status-code": 404})
        base = self.world.jira_url or str(call.request.base_url).rstrip("/")
        show = Show(self.state, cloud=deployment == "cloud", version=version, base=base)
        return Ask(self, call, me, show)

    def _signed(self, answer: Response, reason: Reason | None, hint: str | None) -> Response:
        """Adds the headers that each answer carries."""
        if hint is not None:
            answer.headers["X-Sandbox-Hint"] = hint.encode("ascii", "replace").decode()
        if reason is not None:
            answer.headers["X-Seraph-LoginReason"] = reason
        name = "Atl-Traceid" if self.world.options.deployment == "cloud" else "X-AREQUESTID"
        answer.headers[name] = secrets.token_hex(16)
        return answer


class _Unauthorized(Exception):  # noqa: N818 - an answer, not a fault
    """Nobody is logged in where somebody must be."""


def _unauthorized(*, cloud: bool) -> Response:
    if not cloud:
        return Response(_LOGIN_HTML, 401, media_type="text/html")
    message = "Client must be authenticated to access this resource."
    return Refusal(401, {"message": message, "status-code": 401}).answer()


def _login(call: Call, state: JiraState) -> tuple[site.User | None, Reason | None]:
    """Who calls. The reason is set where credentials came and were not accepted."""
    header = call.request.headers.get("authorization")
    if header is None:
        return None, None
    if state.switches.login == "captcha":
        return None, "AUTHENTICATION_DENIED"
    kind, _, rest = header.partition(" ")
    token = state.switches.token
    cloud = state.world.options.deployment == "cloud"
    wanted = ("basic", f"{site.EMAIL}:{token}") if cloud else ("bearer", token)
    given = (kind.lower(), _decoded(rest) if kind.lower() == "basic" else rest)
    right = given[0] == wanted[0] and compare_digest(given[1].encode(), wanted[1].encode())
    if right and state.switches.login == "ok":
        return site.CONNECTOR, None
    return None, "AUTHENTICATED_FAILED"


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (Base64Error, ValueError):
        return ""


@dataclass
class Ask:
    """One request to the API, by our account (`me`) or by nobody (None).

    `hint` is what Jira would not tell and a developer wants to know; it leaves as a header.
    """

    home: Site
    call: Call
    me: site.User | None
    show: Show
    hint: str | None = None

    def admit(self, reason: Reason | None, *, anonymous: bool) -> None:
        """Data Center turns away whoever shows wrong credentials; Cloud takes them for nobody."""
        wrong = reason is not None and not self.cloud
        if wrong or (self.me is None and not anonymous):
            raise _Unauthorized

    @property
    def state(self) -> JiraState:
        return self.home.state

    @property
    def cloud(self) -> bool:
        return self.show.cloud

    @property
    def author(self) -> site.User:
        """Who writes. Only for handlers that need a log-in."""
        if self.me is None:
            raise _Unauthorized
        return self.me

    def json(self) -> Any:
        try:
            return self.call.json()
        except ValueError:
            raise refuse(400, "Unexpected character in the request body.") from None

    def body(self, *known: str) -> dict[str, Any]:
        """The JSON object of the body; keys other than `known` (if any are named) are refused."""
        body = self.json()
        if not isinstance(body, dict) or (known and not set(body) <= set(known)):
            raise refuse(400, INVALID_PAYLOAD)
        return body

    def number(self, name: str, default: int) -> int:
        text = self.call.query.get(name)
        if text is None:
            return default
        if not text.isdigit() or len(text) > 9:  # noqa: PLR2004 - a 32-bit integer
            raise refuse(400, f"Parameter '{name}' must be a number.")
        return int(text)

    def listed(self, name: str) -> list[str]:
        """A list in the query: repeated, or with commas, or both."""
        parts = ",".join(self.call.query.getlist(name)).split(",")
        return [part.strip() for part in parts if part.strip()]

    def issue(self) -> tuple[Issue, Facts]:
        """The issue named in the path, as our account sees it by key; else 404."""
        found = self.state.by_key(self.call.path["issue"]) if self.me is not None else None
        if found is None:
            raise refuse(404, NO_ISSUE)
        return found

    def writable(self, permission: str) -> Issue:
        """The issue in the path, when our account may write to it now; else 404, 403 or 429."""
        issue, _ = self.issue()
        self.need(issue.facts.project, permission)
        if self.cloud and self.home.world.options.limits != "off":
            self.home.limits.issue_write(issue.id)
        return issue

    def need(self, project: str, permission: str) -> None:
        if not self.state.allowed(project, permission):
            words = site.PERMISSIONS[permission].lower()
            raise refuse(403, f"You do not have the permission to {words} in this project.")
