"""Starts the command in a fork of a process that has imported it already.

The installed command spends most of a short run on imports; a rig that runs it thousands of times
starts it from here instead. What runs is the same `connector.cli.main`, in a process of its own,
with its own arguments, environment, folder and files, and it dies of SIGKILL like any other.

One connection is one run. The rig sends a JSON line {argv, env, cwd} with two file descriptors
(stdout, stderr); the answer is the pid; the process begins at the rig's "go" and the last answer
is its exit code, negative for a signal, as `subprocess` has it.

With NURSERY_HURRIES in its environment the command's waits take no time: each sleep moves the
monotonic clock that it sees by as much, so that back-off, pauses and budgets work as ever.
NURSERY_PATIENCE is the seconds that it waits for an answer (in place of 30).
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

_REQUEST = 1 << 20
_real_sleep, _real_monotonic = time.sleep, time.monotonic
_hurries = False
_skipped = 0.0


def _sleep(seconds: float, /) -> None:
    global _skipped  # noqa: PLW0603 - a process has one clock
    if _hurries:
        _skipped += seconds
        _real_sleep(0)
    else:
        _real_sleep(seconds)


def _monotonic() -> float:
    return _real_monotonic() + _skipped


def serve(path: str) -> None:
    """Until our stdin is closed, so that nothing outlives the rig."""
    vars(time).update(sleep=_sleep, monotonic=_monotonic)
    _import_everything()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(16)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while sys.stdin not in select.select([listening, sys.stdin], [], [])[0]:
            connection, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                _attend(connection)
            connection.close()


_USED = (
    "connector.cli",
    "connector.ending",
    "connector.clients.jira",
    "connector.clients.zendesk",
    "connector.explain",
    "connector.manual",
    "connector.play",
    "connector.sandbox.lines",
    "connector.sandbox.server",
    "connector.replies",
    "connector.shelf",
    "connector.story",
    "connector.sweep",
    "connector.sync",
    "connector.texts",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
)


def _import_everything() -> None:
    """Also what the modules load at their first use."""
    for name in _USED:
        import_module(name)
    from connector.explain import assess_file
    from connector.ledger.store import open_ledger
    from connector.mapping_files import load_mappings

    noon = datetime(2026, 6, 16, 12, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        open_ledger(f"sqlite:///{folder}/ledger.db", now=noon).close()
        lines = Path(folder, "lines.jsonl")
        lines.write_text('{"id": 1, "subject": "Export fails", "body": "It stops at 80 %."}\n')
        assess_file(lines, load_mappings(None), timedelta(days=30), noon)


def _attend(connection: socket.socket) -> NoReturn:
    """Starts one process and tells how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    message, handles, _, _ = socket.recv_fds(connection, _REQUEST, 2)
    while not message.endswith(b"\n"):
        message += connection.recv(_REQUEST)
    begin, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        connection.close()
        os.close(told)
        if os.read(begin, 2) != b"go":
            os._exit(1)
        os.close(begin)
        _become(json.loads(message), *handles)
    for handle in (begin, *handles):
        os.close(handle)
    connection.sendall(b"%d\n" % pid)
    os.write(told, connection.recv(2))
    os.close(told)
    ended = os.pidfd_open(pid)
    if ended not in select.select([connection.fileno(), ended], [], [])[0]:
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(BrokenPipeError):
        connection.sendall(b"%d\n" % code)
    os._exit(0)


def _become(order: dict[str, Any], stdout: int, stderr: int) -> NoReturn:
    """The process is the command from here on."""
    from connector.cli import main
    from connector.clients import transport

    global _hurries  # noqa: PLW0603
    _hurries = "NURSERY_HURRIES" in order["env"]
    if "NURSERY_PATIENCE" in order["env"]:
        transport.TIMEOUTS = (5.0, float(order["env"]["NURSERY_PATIENCE"]))

    os.setsid()
    with open(os.devnull) as nothing:  # noqa: PTH123 - a descriptor is wanted
        os.dup2(nothing.fileno(), 0)
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    sys.argv = ["escalation", *order["argv"]]
    code: object = 1
    try:
        main()
    except SystemExit as error:
        code = error.code
    except BaseException:  # noqa: BLE001 - what the interpreter does with what nobody caught
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(int(code) if isinstance(code, int) else 1)


if __name__ == "__main__":
    serve(sys.argv[1])
