"""Spans of time as people write them in a mapping: "30d", "90 minutes", "24 business hours"."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from pydantic import ValidationInfo, model_serializer, model_validator

from connector.core.model import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

BUSINESS_DAY = timedelta(hours=8)
"""What a business day counts where nobody gave the opening hours of cadence.toml."""

LONGEST = timedelta(days=3660)
"""No threshold or interval is longer than ten years; a slip of the pen is."""

_UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_NAMES = {
    name: unit
    for unit, names in {
        "minute": ("m", "min", "mins", "minute", "minutes"),
        "hour": ("h", "hour", "hours"),
        "day": ("d", "day", "days"),
        "week": ("w", "week", "weeks"),
    }.items()
    for name in names
}
_FORM = re.compile(r"([0-9]{1,9}) {0,3}(business )? {0,3}([a-z]{1,7})", re.IGNORECASE)
_EXPECTED = (
    "expected a whole number and a unit: '30d', '8h', '90 minutes', '24 business hours', "
    "'2 business days'"
)


class Duration(Frozen):
    """A length of time; `business` counts opening hours only (`connector.core.cadence`).

    In TOML it is a string. `amount` of "2 business days" is already in opening hours: twice the
    opening hours of one day (`business_day` in pydantic's validation context, else
    `BUSINESS_DAY`). `str()` gives a text that parses back to an equal value.
    """

    amount: timedelta
    business: bool = False

    @classmethod
    def parse(cls, text: str, *, business_day: timedelta = BUSINESS_DAY) -> Self:
        """Raise ValueError, with the accepted forms, for anything that is no duration."""
        return cls(**_read(text, business_day))

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str):
            context = info.context if isinstance(info.context, dict) else {}
            return _read(value, context.get("business_day", BUSINESS_DAY))
        if isinstance(value, dict | Duration):
            return value
        raise ValueError(_EXPECTED)

    @model_serializer
    def _to_text(self) -> str:
        return str(self)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        del core_schema, handler  # in a file it is a string, whatever its fields are here
        units = "|".join(_NAMES)
        return {
            "type": "string",
            "pattern": f"^[0-9]{{1,9}} {{0,3}}(business )? {{0,3}}({units})$",
            "description": "A length of time: " + _EXPECTED.removeprefix("expected a "),
        }

    def __str__(self) -> str:
        """The largest unit that fits without a rest; business time is spelled in hours."""
        units = ("hour", "minute") if self.business else ("day", "hour", "minute")
        unit = next((u for u in units if not self.amount % _UNITS[u]), "minute")
        count = self.amount // _UNITS[unit]
        kind = "business " if self.business else ""
        return f"{count} {kind}{unit}{'' if count == 1 else 's'}"


def _read(text: str, business_day: timedelta) -> Mapping[str, Any]:
    """The fields of the duration that `text` spells."""
    found = _FORM.fullmatch(text.strip())
    unit = _NAMES.get(found[3].lower()) if found else None
    if found is None or unit is None:
        raise ValueError(_EXPECTED)
    business = found[2] is not None
    one = _UNITS[unit]
    if business and unit == "day":
        one = business_day
    elif business and unit == "week":
        raise ValueError("weeks of business time are not clear; say how many business days")
    if int(found[1]) > LONGEST // one:
        raise ValueError(f"longer than {LONGEST.days} days")
    return {"amount": int(found[1]) * one, "business": business}


def spell(amount: timedelta) -> str:
    """How people say it: the two largest units, e.g. "2 days 3 hours", "45 minutes".

    Less than a minute is "less than a minute"; the sign is dropped.
    """
    minutes = int(abs(amount).total_seconds() // 60)
    days, rest = divmod(minutes, 24 * 60)
    parts = [(days, "day"), (rest // 60, "hour"), (rest % 60, "minute")]
    first = next((i for i, (count, _) in enumerate(parts) if count), None)
    if first is None:
        return "less than a minute"
    said = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts[first : first + 2] if n]
    return " ".join(said)
