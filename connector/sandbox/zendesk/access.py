"""Who may ask: API token, OAuth client credentials, and what a token's scopes allow.

The credentials are fixed and printed: the sandbox listens on loopback and holds nothing real.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connector.sandbox.frame import JsonAnswer, Refusal
from connector.sandbox.zendesk.store import SERVICE_EMAIL

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from connector.sandbox.frame import Call
    from connector.sandbox.zendesk.entities import User
    from connector.sandbox.zendesk.store import Store

API_TOKEN = "sandbox-token"  # noqa: S105 - the sandbox's own, and printed
CLIENT_ID = "escalation-connector"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - the sandbox's own, and printed
EMAIL = SERVICE_EMAIL

DEFAULT_SECONDS = 1800
_LEAST_SECONDS, _MOST_SECONDS = 300, 172_800
_RESOURCES = frozenset(
    {"tickets", "users", "organizations", "auditlogs", "hc", "apps", "triggers", "automations",
     "targets", "webhooks", "macros", "requests", "satisfaction_ratings", "dynamic_content",
     "any_channel", "web_widget", "zis", "search", "ticket_fields", "groups"}
)  # fmt: skip
_WRONG_TOKEN = {
    "error": "invalid_token",
    "error_description": (
        "The access token provided is expired, revoked, malformed or invalid for other reasons."
    ),
}


@dataclass(slots=True)
class Token:
    scopes: frozenset[str]
    ends_at: datetime


class Access:
    """Checks credentials. Tokens age by the sandbox's clock."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tokens: dict[str, Token] = {}

    def user(self, call: Call) -> User | None:
        """Who asks; None: no credentials were given, or a password (which no account has).

        Refuses with 401 a wrong API token or a bad bearer token, with 403 what the token's
        scopes do not cover.
        """
        kind, _, value = call.request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            return self._basic(value)
        if kind.lower() == "bearer":
            return self._bearer(value.strip(), call)
        return None

    def _basic(self, value: str) -> User | None:
        try:
            name, _, secret = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise unauthenticated() from None
        if not name.endswith("/token"):
            return None
        user = self._store.users_by_email.get(name.removesuffix("/token").lower())
        if secret != API_TOKEN or user is None or not user.staff:
            raise unauthenticated()
        return user

    def _bearer(self, value: str, call: Call) -> User:
        token = self._tokens.get(value)
        if token is None or token.ends_at <= self._store.world.now():
            raise Refusal(401, _WRONG_TOKEN)
        if not allowed(token.scopes, call):
            raise forbidden()
        return self._store.service

    def grant(self, call: Call) -> Response:
        """POST /oauth/tokens. An unknown scope is granted, and then allows nothing."""
        asked = _asked(call)
        if asked.get("grant_type") != "client_credentials":
            raise Refusal(400, _oauth_error("unsupported_grant_type", "The grant type is unknown."))
        if asked.get("client_id") != CLIENT_ID or asked.get("client_secret") != CLIENT_SECRET:
            raise Refusal(401, _oauth_error("invalid_client", "Client authentication failed."))
        seconds = asked.get("expires_in") or DEFAULT_SECONDS
        if not isinstance(seconds, int) or not _LEAST_SECONDS <= seconds <= _MOST_SECONDS:
            raise Refusal(400, _oauth_error("invalid_request", "expires_in is out of range."))
        scopes = frozenset(str(asked.get("scope") or "read").split())
        made = secrets.token_hex(32)
        self._tokens[made] = Token(scopes, self._store.world.now() + timedelta(seconds=seconds))
        granted = {"access_token": made, "token_type": "bearer", "scope": " ".join(sorted(scopes))}
        return JsonAnswer({**granted, "expires_in": seconds})

    def revoke_all(self) -> int:
        """Every bearer token stops working; says how many there were."""
        count = len(self._tokens)
        self._tokens.clear()
        return count


def allowed(scopes: frozenset[str], call: Call) -> bool:
    """Whether the scopes cover the request. One unknown name spoils the whole token."""
    for scope in scopes:
        resource, _, action = scope.partition(":")
        if scope not in {"read", "write", "impersonate"} and (
            resource not in _RESOURCES or action not in {"read", "write"}
        ):
            return False
    action = "read" if call.request.method in {"GET", "HEAD"} else "write"
    resources = _resources(call.request.url.path)
    return action in scopes or any(f"{resource}:{action}" in scopes for resource in resources)


def _resources(path: str) -> set[str]:
    parts = path.removesuffix(".json").split("/")
    named = {part for part in parts if part in _RESOURCES}
    return named or {"tickets"}


def _asked(call: Call) -> dict[str, Any]:
    if "json" in call.request.headers.get("content-type", ""):
        try:
            asked = call.json()
        except ValueError:
            asked = None
        return asked if isinstance(asked, dict) else {}
    from urllib.parse import parse_qsl

    pairs = dict(parse_qsl(call.body.decode("utf-8", "replace")))
    whole = pairs.get("expires_in", "")
    return {**pairs, **({"expires_in": int(whole)} if whole.isdigit() else {})}


def _oauth_error(name: str, description: str) -> dict[str, str]:
    return {"error": name, "error_description": description}


def unauthenticated() -> Refusal:
    return Refusal(401, {"error": "Couldn't authenticate you"})


def forbidden() -> Refusal:
    message = (
        "You do not have access to this page. "
        "Please contact the account owner of this help desk for further help."
    )
    return Refusal(403, {"error": {"title": "Forbidden", "message": message}})
