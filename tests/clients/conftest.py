"""Fixtures of the client tests: clients that never really sleep, servers on loopback, a CA."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any, Literal

import pytest
import trustme
from box_rig import NOON, SEED
from clients_rig import (
    MakeDesk,
    MakeTracker,
    Time,
    make_desk,
    make_tracker,
    policy_on,
    server_tls,
)
from loopback import Answer, Loopback

from connector.clients.auth import ApiToken, BearerToken
from connector.clients.calls import CallCounter
from connector.clients.jira import JiraTracker
from connector.clients.zendesk import ZendeskDesk
from connector.sandbox.jira import EMAIL as JIRA_EMAIL
from connector.sandbox.jira import TOKEN as JIRA_TOKEN
from connector.sandbox.server import Sandbox
from connector.sandbox.world import Clock, Options, World
from connector.sandbox.zendesk.access import API_TOKEN, EMAIL

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connector.clients.retry import RetryPolicy


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def policy(time: Time) -> RetryPolicy:
    return policy_on(time)


@pytest.fixture
def desk_at(policy: RetryPolicy) -> Iterator[MakeDesk]:
    """Makes desks that are closed after the test."""
    with ExitStack() as stack:
        yield lambda url, credential=None, **options: stack.enter_context(
            closing(make_desk(url, credential, **{"policy": policy, **options}))
        )


@pytest.fixture
def tracker_at(policy: RetryPolicy) -> Iterator[MakeTracker]:
    """Makes trackers that are closed after the test."""
    with ExitStack() as stack:
        yield lambda url, deployment="cloud", **options: stack.enter_context(
            closing(make_tracker(url, deployment, **{"policy": policy, **options}))
        )


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Callable[..., Loopback]]:
    """Makes servers that answer with these in turn; over TLS when `secure`."""

    def make(*answers: Answer, secure: bool = False, **options: Any) -> Loopback:
        context = request.getfixturevalue("tls") if secure else None
        return stack.enter_context(Loopback(list(answers), tls=context, **options))

    with ExitStack() as stack:
        yield make


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority's certificate as a file."""
    file = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


@pytest.fixture(scope="session")
def server_side(authority: trustme.CA) -> ssl.SSLContext:
    return server_tls(authority)


@pytest.fixture
def tls(
    server_side: ssl.SSLContext, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> ssl.SSLContext:
    """A server's TLS; clients trust it by the variable that requests knows too."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    return server_side


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Its clock stands at noon; each module has its own, and tests write to tickets of theirs."""
    world = World(clock=Clock(NOON, frozen=True), options=Options(limits="off"))
    with Sandbox(world, SEED) as running:
        yield running


@pytest.fixture
def counter() -> CallCounter:
    return CallCounter()


@pytest.fixture
def desk(sandbox: Sandbox, counter: CallCounter) -> Iterator[ZendeskDesk]:
    credential = ApiToken(email=EMAIL, token=API_TOKEN)
    policy = policy_on(Time())
    made = ZendeskDesk(sandbox.zendesk_url, credential, policy=policy, observers=[counter])
    with closing(made):
        yield made
    sandbox.world.faults.clear()
    sandbox.world.options = Options(limits="off")


@pytest.fixture(params=["cloud", "datacenter"])
def deployment(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[str]:
    sandbox.world.options = Options(limits="off", deployment=request.param)
    yield request.param
    sandbox.world.faults.clear()
    sandbox.world.options = Options(limits="off")


@pytest.fixture
def tracker(
    sandbox: Sandbox, deployment: Literal["cloud", "datacenter"], counter: CallCounter
) -> Iterator[JiraTracker]:
    cloud = deployment == "cloud"
    credential = (
        ApiToken(email=JIRA_EMAIL, token=JIRA_TOKEN) if cloud else BearerToken(token=JIRA_TOKEN)
    )
    made = JiraTracker(
        sandbox.jira_url, credential, deployment, policy=policy_on(Time()), observers=[counter]
    )
    with closing(made):
        yield made
