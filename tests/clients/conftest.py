"""Fixtures of the client tests: clients that never really sleep, servers on loopback, a CA."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest
import trustme
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
