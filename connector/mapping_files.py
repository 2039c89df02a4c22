"""mappings/*.toml into one `Mappings`, each file validated as a whole, all problems at once.

A file that is not in the folder is taken from the package, so a folder may hold only what differs.
"""

from __future__ import annotations

import json
import tomllib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from connector.core.brief_mapping import BriefMapping
from connector.core.cadence import CadenceMapping, business_day_of
from connector.core.fields import FieldsMapping
from connector.core.mapping import Mappings
from connector.core.routing import RoutingMapping
from connector.core.severity import SeverityMapping
from connector.core.status import StatusMapping
from connector.core.triggers import TriggersMapping
from connector.errors import InvalidConfigError, did_you_mean
from connector.mapping_checks import contradictions
from connector.problems import Loc, problems_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import date

    from holidays import HolidayBase
    from pydantic import BaseModel

    from connector.core.cadence import Holidays

MODELS: Mapping[str, type[BaseModel]] = {
    "triggers": TriggersMapping,
    "severity": SeverityMapping,
    "routing": RoutingMapping,
    "fields": FieldsMapping,
    "status": StatusMapping,
    "cadence": CadenceMapping,
    "brief": BriefMapping,
}
"""The model of each file, by the file's name without `.toml`."""

_SHORT_LIST = 40


def shipped_mappings() -> Path:
    """The folder of the defaults: in the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "mappings"
    return inside if inside.is_dir() else package.parent / "mappings"


def shipped_example() -> Path:
    """config.example.toml: in the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "config.example.toml"
    return inside if inside.is_file() else package.parent / "config.example.toml"


def load_mappings(folder: Path | None) -> Mappings:
    """The mappings of this folder, or the shipped ones for None.

    Raises InvalidConfigError with every problem of every file.
    """
    if folder is not None and not folder.is_dir():
        hint = "Run `escalation init` to get one, or leave mappings.path out to use the defaults."
        raise InvalidConfigError([f"the folder of mappings, {folder}, does not exist. {hint}"])
    problems = _strange_files(folder) if folder else []
    contents: dict[str, Any] = {}
    files = {name: _file(folder, name) for name in MODELS}
    for name, file in files.items():
        contents[name] = read_toml(file, problems)
    context = {
        "business_day": business_day_of(contents["cadence"] or {}),
        "days_off": public_holidays,
    }
    parts = {
        name: _validated(MODELS[name], contents[name], files[name], context, problems)
        for name in MODELS
        if contents[name] is not None
    }
    problems += contradictions(parts, {name: shown(file) for name, file in files.items()})
    if problems:
        raise InvalidConfigError(problems)
    return Mappings.model_validate(parts)


def read_toml(file: Path, problems: list[str]) -> dict[str, Any] | None:
    """The file's content; None, and a line among the problems, when it cannot be read."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        problems.append(f"{shown(file)}: cannot be read: {error.strerror}.")
    except UnicodeDecodeError:
        problems.append(f"{shown(file)}: is not UTF-8 text.")
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{shown(file)}: is not valid TOML: {error}.")
    return None


def shown(file: Path) -> str:
    """The path as short as it can be for a person who stands in the current folder."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)


def _strange_files(folder: Path) -> list[str]:
    known = [f"{name}.toml" for name in MODELS]
    return [
        f"{shown(file)}: no mapping has this name. Known: {', '.join(known)}."
        f"{did_you_mean(file.name, known)}"
        for file in sorted(folder.glob("*.toml"))
        if file.name not in known
    ]


def _file(folder: Path | None, name: str) -> Path:
    own = (folder or shipped_mappings()) / f"{name}.toml"
    return own if own.exists() else shipped_mappings() / f"{name}.toml"


def _validated(
    model: type[BaseModel],
    content: Mapping[str, Any],
    file: Path,
    context: Mapping[str, Any],
    problems: list[str],
) -> BaseModel | None:
    """Strictly, as JSON: no type is guessed, and TOML's lists and names fit ours."""

    def name(_: Loc, path: str) -> str:
        return f"{shown(file)}: {path}" if path else shown(file)

    try:
        text = json.dumps(content, default=str)
        return model.model_validate_json(text, strict=True, context=context)
    except ValidationError as error:
        problems += problems_of(error, model, name=name)
    return None


def public_holidays(wanted: Holidays) -> Container[date]:
    """Public holidays of the country, if one is named. Raises ValueError for an unknown one."""
    if wanted.country is None:
        if wanted.subdivision is not None:
            raise ValueError("holidays.subdivision needs holidays.country")
        return frozenset()
    import holidays

    countries = holidays.list_supported_countries()
    _must_know("country", wanted.country, list(countries))
    if wanted.subdivision is not None:
        _must_know("subdivision", wanted.subdivision, countries[wanted.country])
    return PublicHolidays(holidays.country_holidays(wanted.country, subdiv=wanted.subdivision))


def _must_know(key: str, value: str, known: list[str]) -> None:
    if value not in known:
        names = f" Allowed: {', '.join(known)}." if len(known) <= _SHORT_LIST else ""
        raise ValueError(
            f"holidays.{key} is {value!r}, whose holidays are not known.{names}"
            f"{did_you_mean(value, known)}"
        )


@dataclass(frozen=True)
class PublicHolidays:
    """A country's holidays, worked out year by year as they are asked for."""

    calendar: HolidayBase

    def __contains__(self, day: object) -> bool:
        with warnings.catch_warnings():
            # Some calendars end in a few years and say so; a day beyond is an ordinary one.
            warnings.simplefilter("ignore")
            return day in self.calendar
