"""What client tests stand on: time that only sleeping moves, makers of clients, our own CA."""

from __future__ import annotations

import random
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from connector.clients.auth import ApiToken, BearerToken
from connector.clients.jira import JiraTracker
from connector.clients.retry import Budget, RetryPolicy
from connector.clients.zendesk import ZendeskDesk

if TYPE_CHECKING:
    import trustme

    from connector.clients.auth import Credential
    from connector.clients.jira import Deployment

SINCE_2026 = datetime(2026, 1, 1, tzinfo=UTC)
TOKEN = "s3cr3t-T0ken-0123456789"

MakeDesk = Callable[..., ZendeskDesk]
MakeTracker = Callable[..., JiraTracker]


@dataclass
class Time:
    """A clock that only sleeping moves. `slept` are the sleeps so far."""

    now: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


def policy_on(time: Time, budget: float | None = None, **options: Any) -> RetryPolicy:
    """The policy as the product has it, on this time."""
    return RetryPolicy(
        Budget(budget, clock=time), sleep=time.sleep, clock=time, rng=random.Random(7), **options
    )


def make_desk(url: str, credential: Credential | None = None, **options: Any) -> ZendeskDesk:
    """A desk; close it."""
    return ZendeskDesk(
        url, credential or ApiToken(email="bot@acme.example", token=TOKEN), **options
    )


def make_tracker(url: str, deployment: Deployment = "cloud", **options: Any) -> JiraTracker:
    """A tracker; close it."""
    cloud = ApiToken(email="bot@acme.example", token=TOKEN)
    credential = cloud if deployment == "cloud" else BearerToken(token=TOKEN)
    return JiraTracker(url, credential, deployment, **options)


def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """A server's side of TLS for 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context
