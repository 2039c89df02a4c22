"""How the command ends: every error a message and the contract's exit code, never a traceback."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from connector import __version__
from connector.errors import ConfigError, ConnectorError, ExitCode, UnavailableError, place_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


class _Signalled(BaseException):
    """Raised wherever the signal finds the program; nothing may take it for a service's answer.

    A write that it interrupts stays SENDING, and is looked up by the next run.
    """


class _StoppedError(UnavailableError):
    """Somebody asked the run to stop; what was done is kept."""


class _Stop:
    """Raises where the signal finds the program, and again a moment later where foreign code that
    called us back cannot pass it on: such code drops it, or takes it for a wrong value.
    """

    name: str | None = None

    def __call__(self, number: int, _frame: FrameType | None) -> NoReturn:
        self.name = self.name or signal.Signals(number).name
        raise _Signalled(self.name)

    def dropped(self, lost: sys.UnraisableHookArgs) -> None:
        if isinstance(lost.exc_value, _Signalled):
            signal.setitimer(signal.ITIMER_REAL, 0.01)
        else:
            sys.__unraisablehook__(lost)


def leave(run: Callable[[], object]) -> NoReturn:
    """Runs a command and ends the process with its exit code."""
    stop = _Stop()
    sys.unraisablehook = stop.dropped
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, stop)

    def to_the_end() -> object:
        try:
            return run()
        except Exception:
            if stop.name is None:
                raise
            raise _Signalled(stop.name) from None
        finally:
            signal.signal(signal.SIGALRM, signal.SIG_IGN)

    raise SystemExit(_ended(to_the_end))


def _ended(run: Callable[[], object]) -> int:
    try:
        code = run()
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except _Signalled as signalled:
        return _told(_StoppedError(f"stopped by {signalled}; the next run goes on from here"))
    except (click.Abort, KeyboardInterrupt):
        return _told(_StoppedError("stopped by Ctrl-C; the next run goes on from here"))
    except ConnectorError as error:
        return _told(error)
    except BrokenPipeError:
        sys.stderr.close()
        return ExitCode.DONE
    except Exception as error:  # noqa: BLE001 - a bug of ours must not show a traceback to a user
        return _told(_UnexpectedError(error))
    return code if isinstance(code, int) else ExitCode.DONE


class _UnexpectedError(UnavailableError):
    """A bug: where it happened, without any text that the program was working on."""

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"unexpected {type(error).__name__} at {place_of(error)} (version {__version__}). "
            "What was done is kept; run again, and report this line if it comes back"
        )


def _told(error: ConnectorError) -> int:
    if "--json" in sys.argv[1:]:
        import orjson

        told = {"error": type(error).__name__, "message": str(error), "exit_code": error.exit_code}
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
    prefix = "Error" if isinstance(error, ConfigError) else "Stopped"
    click.echo(f"{prefix}: {error}", err=True)
    return error.exit_code
