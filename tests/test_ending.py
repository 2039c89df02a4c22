"""A signal ends the command with 4, wherever it finds the program."""

from __future__ import annotations

import subprocess
import sys

SWALLOWED = """
import signal, sys
from connector.ending import leave
from connector.errors import ConfigError

class Foreign:
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)

def run():
    Foreign()
    if sys.argv[1] == "fails":
        raise ConfigError("a wrong value, for all that the foreign code knows")
    signal.pause()

leave(run)
"""


def ended(how: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", SWALLOWED, how],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stderr


def test_a_signal_that_foreign_code_takes_for_an_error_of_its_own_still_stops() -> None:
    assert ended("fails") == (4, "Stopped: stopped by SIGTERM; the next run goes on from here\n")


def test_a_signal_that_foreign_code_drops_comes_again() -> None:
    assert ended("goes on") == (4, "Stopped: stopped by SIGTERM; the next run goes on from here\n")
