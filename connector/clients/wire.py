"""What both services' JSON models stand on: tolerant of new keys, and texts cleaned once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, BeforeValidator, ConfigDict

from connector.core.clean import clean_text, one_line

if TYPE_CHECKING:
    from pydantic import ValidationError

TEXT_LIMIT = 65_536
NAME_LIMIT = 300

_SHOWN_ERRORS = 3


class Wire(BaseModel):
    """What a service sends: more keys than we read are welcome."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


def _list(value: object) -> object:
    return [] if value is None else value


Listed = BeforeValidator(_list)
"""null where a list is documented counts as an empty one."""


def cleaned(text: str, limit: int = TEXT_LIMIT) -> str:
    """`clean_text`, without its cost for the many short texts in which nothing can be wrong."""
    plain = text.isascii() and text.isprintable() and len(text) <= limit
    return text if plain else clean_text(text, limit)


def name_of(raw: str | None) -> str:
    """A name on one line."""
    return one_line(cleaned(raw or "", NAME_LIMIT), NAME_LIMIT)


def why(error: ValidationError) -> str:
    """What was wrong, by key and kind; never the value."""
    errors = error.errors(include_input=False, include_url=False, include_context=False)
    told = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in errors[:_SHOWN_ERRORS]]
    more = len(errors) - len(told)
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")
