"""Credentials, and how each request is signed with them.

Secrets stand in no repr and no message. A token with a control character in it is refused here,
since both clients print such a token in full (reliability section 7).
"""

from __future__ import annotations

import time
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from requests.auth import AuthBase

from connector.errors import (
    BusyError,
    ConfigError,
    ConnectorError,
    InvalidError,
    NotSentError,
    RefusedError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest

    from connector.core.model import Json

_RENEW_BEFORE = 60.0
_SHORTEST_LIFE = 30.0
_ASSUMED_LIFE = 1_800.0


def clean_secret(value: object, what: str) -> SecretStr:
    """The secret without white space around it. ConfigError when it is empty or not printable."""
    raw = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    text = raw.strip()
    if not text:
        raise ConfigError(f"{what} is empty")
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise ConfigError(
            f"{what} holds a space, a line break or another character that no token has; "
            "paste it again"
        )
    return SecretStr(text)


class _Credential(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class BearerToken(_Credential):
    """A personal access token (Jira Data Center), or an access token that somebody else renews."""

    token: SecretStr

    @field_validator("token", mode="before")
    @classmethod
    def _clean(cls, value: object) -> SecretStr:
        return clean_secret(value, "the token")


class ApiToken(BearerToken):
    """An e-mail address and an API token: Jira Cloud, and Zendesk until 2027-04-30."""

    email: str

    @field_validator("email")
    @classmethod
    def _an_address(cls, value: str) -> str:
        text = value.strip()
        if not text.isprintable() or ":" in text or "@" not in text:
            raise ConfigError("the e-mail address that goes with the token is none")
        return text


class OAuthClient(_Credential):
    """A Zendesk OAuth client of kind `client_credentials`; its access tokens are short-lived."""

    client_id: str
    client_secret: SecretStr
    scope: str = "read write"
    expires_in: int | None = Field(default=None, ge=300, le=172_800)

    @field_validator("client_secret", mode="before")
    @classmethod
    def _clean(cls, value: object) -> SecretStr:
        return clean_secret(value, "the OAuth client secret")


Credential = ApiToken | BearerToken | OAuthClient


class Signer(Protocol):
    """Adds the Authorization header to a request, fresh each time."""

    def __call__(self, r: PreparedRequest) -> PreparedRequest: ...

    def renew(self) -> bool:
        """After a 401: whether there is now another token to try once."""

    def secrets(self) -> tuple[str, ...]:
        """What must not stand in any message."""


class FixedSigner(AuthBase):
    """Signs with a credential that stays the same."""

    def __init__(self, scheme: str, value: str, *secrets: str) -> None:
        self._header = SecretStr(f"{scheme} {value}")
        self._secrets = tuple(SecretStr(secret) for secret in (value, *secrets))

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["Authorization"] = self._header.get_secret_value()
        return r

    def renew(self) -> bool:
        return False

    def secrets(self) -> tuple[str, ...]:
        return tuple(secret.get_secret_value() for secret in self._secrets)


class OAuthSigner(AuthBase):
    """Signs with an access token that it asks for, again shortly before it expires.

    `ask` posts the grant and returns the answer's JSON. What keeps a token from being had also
    keeps the request from being sent, so it is raised as NotSentError or RefusedError.
    """

    def __init__(
        self,
        client: OAuthClient,
        ask: Callable[[Json], Any],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._ask = ask
        self._clock = clock
        self._token: SecretStr | None = None
        self._renew_at = 0.0

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        if self._token is None or self._clock() >= self._renew_at:
            self._fetch()
        if self._token is not None:
            r.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        return r

    def renew(self) -> bool:
        self._fetch()
        return True

    def secrets(self) -> tuple[str, ...]:
        token = (self._token.get_secret_value(),) if self._token else ()
        return (self._client.client_secret.get_secret_value(), *token)

    def _fetch(self) -> None:
        grant: dict[str, str | int] = {
            "grant_type": "client_credentials",
            "client_id": self._client.client_id,
            "client_secret": self._client.client_secret.get_secret_value(),
            "scope": self._client.scope,
        }
        if self._client.expires_in is not None:
            grant["expires_in"] = self._client.expires_in
        failure: ConnectorError | None = None
        try:
            answer = self._ask(grant)
        except (BusyError, NotSentError, RefusedError):
            raise
        except ConnectorError as error:
            failure = _no_token(error)
        if failure is not None:
            raise failure
        self._accept(answer)

    def _accept(self, answer: Any) -> None:
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str):
            raise NotSentError("zendesk: the answer to the OAuth grant holds no access_token")
        granted = answer.get("scope")
        missing = _missing(self._client.scope, granted) if isinstance(granted, str) else set()
        if missing:
            raise RefusedError(
                f"zendesk: the OAuth client was not granted the scope {' '.join(sorted(missing))}; "
                "add it to the client in Zendesk, or correct `scope`",
                side="zendesk",
                status=403,
            )
        life = answer.get("expires_in")
        seconds = float(life) if isinstance(life, int | float) and life > 0 else _ASSUMED_LIFE
        self._token = clean_secret(token, "the access token that Zendesk gave")
        self._renew_at = self._clock() + max(seconds - _RENEW_BEFORE, min(seconds, _SHORTEST_LIFE))


def _no_token(error: ConnectorError) -> ConnectorError:
    """A grant that was refused is a matter of credentials; any other failure of the moment."""
    if isinstance(error, InvalidError):
        return RefusedError(str(error), side="zendesk", status=401)
    return NotSentError(f"no access token: {error}")


def _missing(asked: str, granted: str) -> set[str]:
    """Scopes asked for and not given; a broad scope covers its granular ones."""
    given = set(granted.split())
    return {
        scope
        for scope in asked.split()
        if scope not in given and scope.rpartition(":")[2] not in given
    }


def desk_signer(credential: Credential, ask: Callable[[Json], Any]) -> Signer:
    """How requests to Zendesk are signed."""
    if isinstance(credential, OAuthClient):
        return OAuthSigner(credential, ask)
    if isinstance(credential, ApiToken):
        return _basic(f"{credential.email}/token", credential.token)
    return _bearer(credential)


def tracker_signer(credential: ApiToken | BearerToken) -> Signer:
    """How requests to Jira are signed."""
    if isinstance(credential, ApiToken):
        return _basic(credential.email, credential.token)
    return _bearer(credential)


def _basic(user: str, token: SecretStr) -> Signer:
    secret = token.get_secret_value()
    return FixedSigner("Basic", b64encode(f"{user}:{secret}".encode()).decode(), secret)


def _bearer(credential: BearerToken) -> Signer:
    return FixedSigner("Bearer", credential.token.get_secret_value())
