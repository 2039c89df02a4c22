"""A command on a pseudo-terminal: what a person sees, and what they type."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from e2e_rig import COMMAND, own_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_SECONDS = 60.0
_PRESSES = 6


class Terminal:
    """Starts the installed command; `columns` wide."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        columns: int = 80,
        env: Mapping[str, str] | None = None,
    ) -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            # As a shell starts what it runs behind itself; the command would inherit it.
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self._end, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        # A wide terminal that shows colours; the environment of the tests says NO_COLOR.
        known = {k: v for k, v in own_environment().items() if k not in {"NO_COLOR", "COLUMNS"}}
        self._process = subprocess.Popen(
            [COMMAND, *argv],
            cwd=cwd,
            env=known | {"TERM": "xterm-256color"} | dict(env or {}),
            stdin=side,
            stdout=side,
            stderr=side,
            start_new_session=True,
        )
        os.close(side)
        self.raw = ""
        self._read_up_to = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._end)

    @property
    def seen(self) -> str:
        """Everything on the screen so far, without colours."""
        return _ANSI.sub("", self.raw).replace("\r\n", "\n")

    def answer(self, question: str, text: str) -> None:
        """Waits until the question stands there, then types the answer and Enter."""
        while question not in self.seen[self._read_up_to :]:
            assert self._more(), f"never asked {question!r}:\n{self.seen}"
        self._read_up_to = len(self.seen)
        os.write(self._end, f"{text}\n".encode())

    def interrupt(self, question: str) -> None:
        """Ctrl-C, when the question stands there; and again, as a person does, if nothing comes of
        it: between the question and the reading of its answer Python may miss one.
        """
        while question not in self.seen:
            assert self._more(), f"never asked {question!r}:\n{self.seen}"
        for _ in range(_PRESSES):
            self._process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_SECONDS / _PRESSES)
                return

    def end(self) -> int:
        """The exit code, when everything has been read."""
        while self._more():
            pass
        return self._process.wait(_SECONDS)

    def _more(self) -> bool:
        ready, _, _ = select.select([self._end], [], [], _SECONDS)
        piece = b""
        with suppress(OSError):  # the other side is closed
            piece = os.read(self._end, 65_536) if ready else b""
        self.raw += piece.decode("utf-8", "replace")
        return bool(piece)
