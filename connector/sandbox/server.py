"""The sandbox as a running thing: two ports, one process, one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from connector.sandbox.control import control_routes
from connector.sandbox.frame import Front
from connector.sandbox.jira import jira_routes
from connector.sandbox.seed import Seed
from connector.sandbox.world import World
from connector.sandbox.zendesk import zendesk_front

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path
    from types import TracebackType

    from starlette.types import Receive, Scope, Send

_START_SECONDS = 30.0
_BACKLOG = 256


class Sandbox:
    """Zendesk and Jira on loopback. `port` is Zendesk's, Jira's is the next; 0: two free ports.

    `certificate`, `key`: PEM files, then both sides speak HTTPS. As a context manager it runs in
    a thread of its own. `zendesk_url` and `jira_url` are known before it runs.
    """

    def __init__(
        self,
        world: World | None = None,
        seed: Seed | None = None,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        certificate: Path | None = None,
        key: Path | None = None,
    ) -> None:
        self._stages = (_Stage(), _Stage())
        tls = {"ssl_certfile": certificate, "ssl_keyfile": key}
        self._servers = [_Server(_configuration(stage, tls)) for stage in self._stages]
        self._sockets = _listen(host, port)
        scheme = "http" if certificate is None else "https"
        self.zendesk_url, self.jira_url = (
            f"{scheme}://{host}:{bound.getsockname()[1]}" for bound in self._sockets
        )
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self.world = world or World()
        self.begin(self.world, seed or Seed())

    def begin(self, world: World, seed: Seed) -> None:
        """Both sides from now on serve this world, fresh from the seed. Also while running."""
        if seed.now is not None:
            world.clock.set(seed.now)
        world.zendesk_url, world.jira_url = self.zendesk_url, self.jira_url
        controls = control_routes(world)
        desk, tracker = self._stages
        desk.front = zendesk_front(world, seed, controls)
        tracker.front = Front(world, "jira", [*jira_routes(world), *controls])
        if self.world is not world:
            self.world.journal.close()
        self.world = world

    async def serve(self, on_ready: Callable[[Sandbox], None] | None = None) -> None:
        """Runs until `ask_to_stop`; `on_ready` is called once both ports answer."""
        serving = [
            asyncio.create_task(server.serve(sockets=[bound]))
            for server, bound in zip(self._servers, self._sockets, strict=True)
        ]
        for server in self._servers:
            await server.begun.wait()
        self._ready.set()
        if on_ready is not None:
            on_ready(self)
        await asyncio.gather(*serving)

    def start(self) -> Self:
        """In a background thread; returns when both ports answer."""
        self._thread = threading.Thread(
            target=asyncio.run, args=(self.serve(),), name="sandbox", daemon=True
        )
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise TimeoutError("the sandbox did not start")
        return self

    def ask_to_stop(self) -> None:
        """Both servers end soon; safe in a signal handler."""
        for server in self._servers:
            server.should_exit = True

    def stop(self) -> None:
        """Stops both ports and closes the journal. Safe to call twice."""
        self.ask_to_stop()
        if self._thread is not None:
            self._thread.join(timeout=_START_SECONDS)
            self._thread = None
        for bound in self._sockets:
            bound.close()
        self.world.journal.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def serve_foreground(
    world: World,
    seed: Seed,
    port: int,
    on_ready: Callable[[Sandbox], None],
    *,
    certificate: Path | None = None,
    key: Path | None = None,
) -> None:
    """Serves until Ctrl-C or SIGTERM; `on_ready` is called once both ports answer.

    Raises OSError when a port is taken, ssl.SSLError (one of its kinds) for no certificate.
    """
    sandbox = Sandbox(world, seed, port=port, certificate=certificate, key=key)
    try:
        asyncio.run(_foreground(sandbox, on_ready))
    finally:
        sandbox.stop()


async def _foreground(sandbox: Sandbox, on_ready: Callable[[Sandbox], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, sandbox.ask_to_stop)
    await sandbox.serve(on_ready)


class _Stage:
    """What a port serves; another front may come on while it runs."""

    def __init__(self) -> None:
        self.front: Front | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.front is not None:
            await self.front(scope, receive, send)


def _configuration(stage: _Stage, tls: dict[str, Any]) -> uvicorn.Config:
    config = uvicorn.Config(
        stage,
        interface="asgi3",
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        **tls,
    )
    config.load()
    return config


class _Server(uvicorn.Server):
    """Signals are the sandbox's matter: two servers share one loop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.begun = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.begun.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Connections that wait for nothing are cut: over TLS they would wait for a farewell."""
        for connection in list(self.server_state.connections):
            cycle = getattr(connection, "cycle", None)
            if cycle is None or cycle.response_complete:
                connection.transport.abort()
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class _Protocol(H11Protocol):
    """Hands the connection's transport to the application, where faults are made."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio leaves Nagle's delay on for our sockets: 40 ms for each answer.
        bound = transport.get_extra_info("socket")
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, "transport": transport}


def _listen(host: str, port: int) -> list[socket.socket]:
    """Two listening sockets on neighbouring ports."""
    tries = 1 if port else 50
    for attempt in range(tries):
        first = socket.create_server((host, port), backlog=_BACKLOG)
        try:
            following = first.getsockname()[1] + 1
            return [first, socket.create_server((host, following), backlog=_BACKLOG)]
        except (OSError, OverflowError):
            first.close()
            if attempt == tries - 1:
                raise
    raise AssertionError
