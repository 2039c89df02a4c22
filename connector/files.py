"""`escalation group` and `escalation extract`: a file in, a file out, no account needed."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from typing import IO, TYPE_CHECKING

import click
import orjson

from connector.errors import ConfigError, ExitCode
from connector.ticketfile import BadLine, read_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from connector.app import App
    from connector.ticketfile import TicketLine


def group_tickets(app: App, file: Path, output: Path | None) -> ExitCode:
    """Same-issue groups of the file's tickets, a line for each ticket."""
    from connector.group_command import group_file

    def progress(done: int, total: int | None) -> None:
        app.progress("tickets grouped", done, total)

    meaning = app.meaning()
    told = f"by words and by meaning ({meaning.name})" if meaning else "by words alone"
    click.echo(f"reports are compared {told}", err=True)
    return _convert(app, file, output, partial(group_file, meaning=meaning, progress=progress))


def extract_reports(app: App, file: Path, output: Path | None) -> ExitCode:
    """What a brief takes from each report, a line for each report."""
    from connector.extract_command import extract_file

    return _convert(app, file, output, extract_file)


def _convert(
    app: App,
    file: Path,
    output: Path | None,
    engine: Callable[[Iterable[TicketLine]], Iterator[Mapping[str, object]]],
) -> ExitCode:
    """Lines that are no tickets are told by number; the rest is done, and the exit code is 1."""
    bad: list[int] = []

    def good(handle: Iterable[bytes]) -> Iterator[TicketLine]:
        for line in read_lines(handle):
            if isinstance(line, BadLine):
                bad.append(line.number)
                click.echo(f"{file}: line {line.number}: {line.reason}; left out", err=True)
            else:
                yield line

    if output is not None and output.exists() and output.samefile(file):
        raise ConfigError(f"--output {output}: is the file that is read. Name another one")
    with file.open("rb") as handle, _opened(output) as out:
        for done, answer in enumerate(engine(good(handle)), 1):
            out.write(orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE))
            app.progress("lines written", done)
    app.clear_progress()
    return ExitCode.SET_ASIDE if bad else ExitCode.DONE


@contextmanager
def _opened(output: Path | None) -> Iterator[IO[bytes]]:
    """The output file, or stdout."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        handle = output.open("wb")
    except OSError as error:
        raise ConfigError(f"--output {output}: {error.strerror}") from None
    with handle:
        yield handle
