"""Column types that read and write the same on SQLite and PostgreSQL."""
# ruff: noqa: ARG002 - the signatures are SQLAlchemy's

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import BaseModel
from sqlalchemy import TIMESTAMP, BigInteger, Integer, Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Dialect
    from sqlalchemy.types import TypeEngine

    from connector.core.model import Json

BIG = BigInteger().with_variant(Integer(), "sqlite")
"""Ids of the services. On SQLite an INTEGER key is the table itself, a BIGINT one is not."""


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as UTC: `timestamptz`, or on SQLite text whose order is the time's."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a time without a zone cannot be kept in the ledger")
        instant = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return instant
        return instant.isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return instant.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text of any origin: NUL (which PostgreSQL refuses) and lone surrogates are left out."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(str(value))


class JsonText(TypeDecorator[Any]):
    """A JSON value, or pydantic values, as text. None is NULL; tuples come back as lists."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str | None:
        if value is None:
            return None
        try:
            text = _dumps(value)
        except TypeError:  # orjson says so of lone surrogates
            return _dumps(_clean(value))
        return _dumps(_clean(value)) if "\\u0000" in text else text

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json:
        return None if value is None else orjson.loads(value)


def storable(text: str) -> str:
    """The text without NUL and without halves of surrogate pairs."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "ignore").decode("utf-8")


def _dumps(value: Json) -> str:
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: object) -> Json:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError


def _clean(value: Json) -> Json:
    """The same JSON value with every text in it storable."""
    if isinstance(value, BaseModel):
        return _clean(value.model_dump())
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {_clean(name): _clean(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
