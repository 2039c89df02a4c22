"""The product as its users have it: the command in one process, the sandbox in another.

Everything that a test learns about what was written comes from the sandbox's journal and its
control API; everything it learns about the command from its exit code, stdout and stderr.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urlsplit

import trustme
from e2e_tickets import DESK

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping, Sequence

Json = Any
Deployment = Literal["cloud", "datacenter"]
DEPLOYMENTS: tuple[Deployment, ...] = ("cloud", "datacenter")
COMMAND = Path(sys.executable).with_name("escalation")
NOON = datetime(2026, 6, 16, 12, 0, tzinfo=UTC)
_SECONDS = 90.0
_NAP = threading.Event()


def own_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without any setting of the product's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ESCALATION_")}
    return kept | {"NO_COLOR": "1"} | dict(extra or {})


# --- processes ------------------------------------------------------------------------------------


class Process(Protocol):
    """A process that was made and has not begun: `go` lets it begin."""

    pid: int

    def go(self) -> None: ...

    def wait(self, seconds: float = _SECONDS) -> int:
        """Its exit code; negative for the signal that ended it. Killed when it takes longer."""

    def ended(self) -> bool:
        """Whether it has ended."""

    def close(self) -> None:
        """Kills it when it still runs."""


class Starter(Protocol):
    """Makes processes of the command."""

    def start(
        self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], out: Path, err: Path
    ) -> Process: ...


class Installed:
    """Starts the installed command itself."""

    def start(
        self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], out: Path, err: Path
    ) -> Process:
        with out.open("wb") as stdout, err.open("wb") as stderr:
            popen = subprocess.Popen(
                [COMMAND, *argv],
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        return _Executed(popen)


class _Executed:
    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen
        self.pid = popen.pid

    def go(self) -> None:
        """It began when it was made; its imports take longer than anything we do before."""

    def wait(self, seconds: float = _SECONDS) -> int:
        try:
            return self._popen.wait(seconds)
        finally:
            self.close()

    def ended(self) -> bool:
        return self._popen.poll() is not None

    def close(self) -> None:
        self._popen.kill()
        self._popen.wait()


class Nursery:
    """Starts forks of a process that has imported the command (see nursery.py)."""

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        self._folder = tempfile.mkdtemp(prefix="nursery-")  # a socket's path has 107 bytes at most
        self._address = f"{self._folder}/at"
        self._parent = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("nursery.py"), self._address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=own_environment(env),
        )
        assert self._parent.stdout is not None
        assert self._parent.stdout.readline() == b"ready\n"

    def start(
        self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], out: Path, err: Path
    ) -> Process:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self._address)
        order = {"argv": [str(arg) for arg in argv], "cwd": str(cwd), "env": dict(env)}
        message = json.dumps(order).encode() + b"\n"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            socket.send_fds(connection, [message], [stdout.fileno(), stderr.fileno()])
        return _Forked(connection)

    def close(self) -> None:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.close()
        self._parent.stdout.close()
        self._parent.wait(_SECONDS)
        shutil.rmtree(self._folder)


class _Forked:
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._answers = connection.makefile("rb")
        self.pid = int(self._answers.readline())

    def go(self) -> None:
        self._connection.sendall(b"go")

    def wait(self, seconds: float = _SECONDS) -> int:
        self._connection.settimeout(seconds)
        try:
            return int(self._answers.readline())
        finally:
            self.close()

    def ended(self) -> bool:
        return bool(select.select([self._connection], [], [], 0.01)[0])

    def close(self) -> None:
        self._answers.close()
        self._connection.close()


# --- the sandbox ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tls:
    """A certificate for 127.0.0.1 in files, and the authority that the command has to trust."""

    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def options(self) -> tuple[str, ...]:
        """What makes the sandbox speak HTTPS."""
        certificate, key = self.folder / "certificate.pem", self.folder / "key.pem"
        return ("--certificate", str(certificate), "--key", str(key))

    @classmethod
    def made_in(cls, folder: Path) -> Tls:
        folder.mkdir()
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1")
        authority.cert_pem.write_to_path(folder / "authority.pem")
        issued.cert_chain_pems[0].write_to_path(folder / "certificate.pem")
        issued.private_key_pem.write_to_path(folder / "key.pem")
        return cls(folder)


@dataclass(frozen=True)
class Seen:
    """One request of the journal."""

    n: int
    at: str
    side: str
    method: str
    path: str
    query: str
    endpoint: str
    write: bool
    status: int
    effects: tuple[dict[str, Any], ...]
    body: str | None
    fault: str | None

    def __str__(self) -> str:
        return f"{self.n} {self.side} {self.method} {self.path} -> {self.status} {self.fault or ''}"


@dataclass
class Box:
    """A running `escalation sandbox`, through its control API."""

    process: Process
    zendesk: str
    jira: str
    config: str
    tls: Tls | None = None
    lines: dict[str, http.client.HTTPConnection] = field(default_factory=dict)

    def ask(self, path: str, order: Json = None, *, method: str | None = None) -> Json:
        """GET, or POST with an order. Paths under jira/ go to Jira's port."""
        base = self.jira if path.startswith("jira/") else self.zendesk
        body = None if order is None else json.dumps(order).encode()
        chosen = method or ("GET" if order is None else "POST")
        line = self._line(base)
        try:
            line.request(chosen, f"/_sandbox/{path}", body=body)
            answer = line.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError):
            line.close()  # it was idle for so long that the sandbox closed it: nothing was heard
            line.request(chosen, f"/_sandbox/{path}", body=body)
            answer = line.getresponse()
        said = answer.read()
        if answer.status >= 400:
            raise AssertionError(f"the sandbox refuses {path}: {answer.status} {said!r}")
        return json.loads(said)

    def _line(self, base: str) -> http.client.HTTPConnection:
        """One connection for each port, kept open: each costs a handshake."""
        if base not in self.lines:
            host = urlsplit(base).netloc
            self.lines[base] = (
                http.client.HTTPConnection(host, timeout=60)
                if self.tls is None
                else http.client.HTTPSConnection(
                    host,
                    timeout=60,
                    context=ssl.create_default_context(cafile=self.tls.authority),
                )
            )
        return self.lines[base]

    def close(self) -> None:
        for line in self.lines.values():
            line.close()

    def requests(self, since: int = 0) -> list[Seen]:
        names = Seen.__dataclass_fields__
        return [
            Seen(**{**{name: entry[name] for name in names}, "effects": tuple(entry["effects"])})
            for entry in self.ask(f"journal?since={since}")["entries"]
        ]

    def count(self) -> int:
        """How many requests there were so far."""
        return int(self.ask("state")["requests"])

    def writes(self, since: int = 0) -> list[Seen]:
        """Requests that can change state, whether or not they did."""
        return [request for request in self.requests(since) if request.write]

    def issues(self) -> list[dict[str, Any]]:
        """Jira's issues in full, hidden ones too."""
        return list(self.ask("jira/issues")["issues"])

    def now(self) -> datetime:
        return datetime.fromisoformat(self.ask("clock")["now"])

    def advance(self, **span: float) -> None:
        self.ask("clock", {"advance": timedelta(**span).total_seconds()})

    def until(self, requests: int) -> None:
        """Waits for that many requests to have arrived."""
        _wait_for(lambda: self.count() >= requests)

    def until_written(self, method: str, path: str) -> None:
        """Waits for a write to have arrived; `path` is a regular expression."""
        _wait_for(
            lambda: any(
                seen.method == method and re.search(path, seen.path) for seen in self.writes()
            )
        )

    def fault(self, fault: str, **where: Any) -> None:
        self.ask("faults", [{"fault": fault, **where}])

    def calm(self) -> None:
        """No fault waits any more."""
        self.ask("faults", method="DELETE")

    def customer_writes(self, ticket: Mapping[str, Any]) -> int:
        """A new ticket now; its id."""
        names = ("requester", "organization", "subject", "body")
        made = self.ask("zendesk/tickets", {name: ticket[name] for name in names})
        return int(made["ticket"]["id"])

    def engineer_moves(self, key: str, status: str, resolution: str | None = None) -> None:
        self.ask(f"jira/issues/{key}/status", {"status": status, "resolution": resolution})


@contextmanager
def sandbox(
    starter: Starter,
    folder: Path,
    tickets: Sequence[Mapping[str, Any]],
    *,
    deployment: Deployment = "cloud",
    options: Sequence[str] = (),
    tls: Tls | None = None,
) -> Iterator[Box]:
    """`escalation sandbox --load` with these tickets, at noon, without rate limits."""
    folder.mkdir(exist_ok=True)
    lines = folder / "tickets.jsonl"
    lines.write_text("".join(f"{json.dumps(ticket)}\n" for ticket in tickets), "utf-8")
    argv = ["--now", NOON.isoformat(), "sandbox", "--port", "0", "--load", str(lines)]
    argv += ["--deployment", deployment, "--limits", "off", *options]
    argv += tls.options if tls is not None else ()
    out, err = folder / "sandbox.out", folder / "sandbox.err"
    process = starter.start(argv, cwd=folder, env=own_environment(), out=out, err=err)
    process.go()
    try:
        config = _when_ready(out, err)
        urls = [line.split('"')[1] for line in config.splitlines() if line.startswith("url")]
        with closing(Box(process, urls[0], urls[1], config, tls)) as box:
            yield box
    finally:
        process.close()


def _when_ready(out: Path, err: Path) -> str:
    _wait_for(lambda: "Ctrl-C ends it" in err.read_text("utf-8"))
    return out.read_text("utf-8")


def _wait_for(reached: Callable[[], bool]) -> None:
    for _ in range(3000):
        if reached():
            return
        _NAP.wait(0.01)
    raise TimeoutError("it was waited for in vain")


# --- the command ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """How one run of the command ended. `code` is negative for a signal."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Json:
        return json.loads(self.out)

    @property
    def told(self) -> str:
        """All that it said, for a failing test."""
        return f"exit {self.code}\n--- stdout\n{self.out[-3000:]}\n--- stderr\n{self.err[-3000:]}"


@dataclass
class Rig:
    """A box, a folder with config.toml, and the command. `env` goes to every run.

    `started`: each run's command and the time it was given.
    `hurry`: the command's waits take no time (a nursery's commands only, see nursery.py).
    """

    starter: Starter
    folder: Path
    box: Box
    env: dict[str, str] = field(default_factory=dict)
    begun: list[Process] = field(default_factory=list)
    started: list[tuple[str, datetime]] = field(default_factory=list)
    hurry: bool = False

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        if self.box.tls is not None:
            self.env["REQUESTS_CA_BUNDLE"] = str(self.box.tls.authority)
        self.write_config(self.box.config)

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def store(self) -> Path:
        """Where the sandbox's config.toml puts the ledger."""
        return self.folder / "sandbox.db"

    def write_config(self, text: str) -> None:
        self.config.write_text(text, "utf-8")
        self.config.chmod(0o600)

    def start(self, *argv: str, now: datetime | None = None) -> Going:
        """A run that has begun. The command's clock is the sandbox's."""
        at = now or self.box.now()
        self.started.append((argv[0], at))
        return self._begin(["-c", str(self.config), "--now", at.isoformat(), *argv])

    def _begin(self, whole: Sequence[str]) -> Going:
        out, err = (self.folder / f"{len(self.begun)}.{name}" for name in ("out", "err"))
        env = own_environment(self.env) | ({"NURSERY_HURRIES": "1"} if self.hurry else {})
        process = self.starter.start(whole, cwd=self.folder, env=env, out=out, err=err)
        self.begun.append(process)
        self.box.ask("pid", {"pid": None})
        self.box.ask("pid", {"pid": process.pid})
        process.go()
        return Going(process, out, err)

    def run(self, *argv: str, now: datetime | None = None) -> Run:
        return self.start(*argv, now=now).end()

    def run_bare(self, *argv: str) -> Run:
        """Without -c: config.toml of the folder, if it is there."""
        return self._begin(["--now", self.box.now().isoformat(), *argv]).end()

    def quiet(
        self, *, most: int = 6, sync: bool = False, rests: Container[int] = (0,)
    ) -> list[Run]:
        """Clean sweeps, forty minutes apart, until one writes nothing and ends with one of `rests`;
        at most `most`.

        Forty minutes: an uncertain create may be sent again after thirty.
        """
        done: list[Run] = []
        for _ in range(most):
            self.box.advance(minutes=40)
            before = self.box.count()
            done.append(self.run("sweep"))
            if sync:
                done.append(self.run("sync"))
            if not self.box.writes(before) and all(run.code in rests for run in done[-1 - sync :]):
                return done
        raise AssertionError("it does not come to rest:\n" + done[-1].told)


@dataclass
class Going:
    """A run that goes on."""

    process: Process
    out: Path
    err: Path

    def end(self, seconds: float = _SECONDS) -> Run:
        """Whatever happened: an exit code of the contract, or our signal; never a traceback."""
        code = self.process.wait(seconds)
        run = Run(code, self.out.read_text("utf-8"), self.err.read_text("utf-8"))
        assert code in {0, 1, 2, 3, 4, -signal.SIGKILL}, run.told
        assert "Traceback" not in run.out + run.err, run.told
        return run

    def until_stopped(self) -> bool:
        """Waits for a SIGSTOP to have reached it. False when it ended without one."""
        while not self.process.ended():
            try:
                told = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8")
            except (FileNotFoundError, ProcessLookupError):
                return False
            if told.rpartition(") ")[2].startswith("T"):
                return True
        return False

    def signal(self, number: int) -> None:
        os.kill(self.process.pid, number)


@dataclass
class MakeRig:
    """Makes rigs with a box of their own. `boxes` starts sandboxes, `commands` the runs."""

    stack: ExitStack
    boxes: Starter
    commands: Starter
    folder: Path
    made: int = 0

    def __call__(
        self,
        tickets: Sequence[Mapping[str, Any]] = DESK,
        *,
        deployment: Deployment = "cloud",
        options: Sequence[str] = (),
        tls: bool = False,
    ) -> Rig:
        """It ends with the test."""
        return self.stack.enter_context(
            self.closing(tickets, deployment=deployment, options=options, tls=tls)
        )

    @contextmanager
    def closing(
        self,
        tickets: Sequence[Mapping[str, Any]] = DESK,
        *,
        deployment: Deployment = "cloud",
        options: Sequence[str] = (),
        tls: bool = False,
    ) -> Iterator[Rig]:
        self.made += 1
        place = self.folder / f"box{self.made}"
        papers = Tls.made_in(self.folder / f"tls{self.made}") if tls else None
        with sandbox(
            self.boxes, place, tickets, deployment=deployment, options=options, tls=papers
        ) as box:
            # Waits take no time where a nursery starts the commands; others heed no such wish.
            rig = Rig(self.commands, self.folder / f"run{self.made}", box, hurry=True)
            try:
                yield rig
            finally:
                for process in rig.begun:
                    process.close()
