"""Logs to stderr: ids, counts and durations; never ticket text, headers, queries or secrets."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

_CLIENTS = ("zenpy", "jira", "requests", "urllib3", "alembic", "sqlalchemy", "uvicorn", "asyncio")
_FIELDS = (
    "run",
    "step",
    "side",
    "endpoint",
    "status",
    "ms",
    "attempt",
    "escalation",
    "intent",
    "ticket",
)


class HideSecrets(logging.Filter):
    """The last defence: replaces known secret values, and escapes what would forge log lines."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = tuple(secret for secret in secrets if secret)

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        for secret in self._secrets:
            text = text.replace(secret, "***")
        record.msg = text.replace("\r", "\\r").replace("\n", "\\n").replace("\x1b", "\\x1b")
        record.args = None
        record.exc_info = None
        record.exc_text = None
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        return orjson.dumps(line).decode()


class Text(logging.Formatter):
    """`level event key=value …`."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(
            f"{name}={getattr(record, name)}" for name in _FIELDS if hasattr(record, name)
        )
        return f"{record.levelname.lower()}: {record.getMessage()}{' ' + facts if facts else ''}"


def set_up_logging(
    *, verbosity: int, form: Literal["text", "json"], secrets: Iterable[str] = ()
) -> None:
    """Sends our log to stderr. `verbosity`: -1 errors, 0 warnings, 1 each request, 2 everything."""
    levels = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else Text())
    handler.addFilter(HideSecrets(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("connector").setLevel(levels.get(verbosity, logging.DEBUG))
    for name in _CLIENTS:
        logging.getLogger(name).setLevel(logging.WARNING)
