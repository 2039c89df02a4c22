"""What may be written into an issue's fields: screens, shapes, lengths; and how Jira says no."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from connector.sandbox.jira import adf, site
from connector.sandbox.jira.api import INVALID_PAYLOAD, Ask, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
NOT_ADF = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
BAD_ADF = "INVALID_INPUT"
"""All that Jira says of a document that it cannot accept."""

NOT_TEXT = "Operation value must be a string"
_MOST_SUMMARY = 255
_MOST_LABEL = 255
_MOST_PROPERTY = 32_768
_FIELDS = {field.id: field for field in site.FIELDS}
_FOUR_BYTES = re.compile("[\U00010000-\U0010ffff]")


class FieldError(Exception):
    """One field's value is refused."""


def screen(ask: Ask, project: str) -> dict[str, bool]:
    """The fields of a project's create and edit screens, and whether each is required."""
    switches = ask.state.switches
    return {
        name: name in site.REQUIRED or (project, name) in switches.required
        for name in site.SCREENS[project]
        if (project, name) not in switches.off_screen
    }


class Draft:
    """Field values on their way into an issue of `project`: canonical ones, and all errors."""

    def __init__(self, ask: Ask, project: site.Project) -> None:
        self.ask = ask
        self.project = project
        self.values: dict[str, Any] = {}
        self.errors: dict[str, str] = {}
        self._screen = screen(ask, project.key)

    def take(self, fields: dict[str, Any], update: dict[str, Any], old: Mapping[str, Any]) -> None:
        """`update` holds lists of operations; `old` is what they start from."""
        for name, given in fields.items():
            if name in update:
                self.errors[name] = f"Field '{name}' cannot appear in both 'fields' and 'update'"
            else:
                self._set(name, partial(self._parse, name, given))
        for name, operations in update.items():
            if name not in fields:
                self._set(name, partial(self._operate, name, operations, old.get(name)))

    def require(self, *, new: bool) -> None:
        """A new issue has every required field, an old one does not lose one."""
        for name, needed in self._screen.items():
            if not needed or name in self.errors or not (new or name in self.values):
                continue
            if self.values.get(name) in (None, "", ()):
                self.errors[name] = (
                    "You must specify a summary of the issue."
                    if name == "summary"
                    else f"{_FIELDS[name].name} is required."
                )

    def settle(self) -> dict[str, Any]:
        """The canonical values; raises a 400 with every error, or a 500 of an old database."""
        if self.errors:
            vague = [name for name, error in self.errors.items() if error == BAD_ADF]
            named = {name: error for name, error in self.errors.items() if name not in vague}
            raise refuse(400, *([BAD_ADF] if vague else []), errors=named)
        refuse_four_bytes(self.ask, orjson.dumps(self.values).decode())
        return self.values

    def _set(self, name: str, parse: Callable[[], Any]) -> None:
        if name not in self._screen:
            self.errors[name] = (
                f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
            )
            return
        try:
            self.values[name] = parse()
        except FieldError as error:
            self.errors[name] = str(error)

    def _operate(self, name: str, operations: Any, start: Any) -> Any:
        if not isinstance(operations, list) or not operations:
            raise FieldError("data was not an array")
        value = start
        for operation in operations:
            if not isinstance(operation, dict) or len(operation) != 1:
                raise FieldError("Each operation needs exactly one verb")
            ((verb, given),) = operation.items()
            value = self._apply(name, verb, given, value)
        return value

    def _apply(self, name: str, verb: str, given: Any, value: Any) -> Any:
        if verb == "set":
            return self._parse(name, given)
        if verb not in {"add", "remove"} or _FIELDS[name].schema != "array":
            raise FieldError(f"Field does not support update '{verb}'")
        (member,) = self._parse(name, [given])
        held = tuple(one for one in value or () if one != member)
        if verb == "remove":
            return held
        return tuple(value or ()) if member in (value or ()) else (*held, member)

    def _parse(self, name: str, given: Any) -> Any:
        field = _FIELDS[name]
        if given is None:
            return () if field.schema == "array" else None
        return _PARSERS[field.kind](self, field, given)

    def summary(self, _: site.Field, given: Any) -> str:
        if not isinstance(given, str):
            raise FieldError(NOT_TEXT)
        if not given.strip():
            raise FieldError("You must specify a summary of the issue.")
        if "\n" in given or "\r" in given:
            raise FieldError("The summary is invalid because it contains newline characters.")
        if len(given) > _MOST_SUMMARY:
            raise FieldError("Summary can't exceed 255 characters.")
        return given.strip()

    def rich(self, _: site.Field, given: Any) -> Any:
        return rich_text(self.ask, given)

    def labels(self, _: site.Field, given: Any) -> tuple[str, ...]:
        if not isinstance(given, list):
            raise FieldError("data was not an array")
        for label in given:
            if not isinstance(label, str):
                raise FieldError("string expected at index 0")
            if not label or any(character.isspace() for character in label):
                raise FieldError(f"The label '{label}' contains spaces which is invalid.")
            if len(label) > _MOST_LABEL:
                raise FieldError(f"The label '{label}' exceeds the maximum length of 255.")
        return tuple(dict.fromkeys(given))

    def priority(self, _: site.Field, given: Any) -> str:
        return _named(self.ask.state.priorities(), given, "The priority selected is invalid.")

    def security(self, _: site.Field, given: Any) -> str:
        return _named(self.project.levels, given, "The security level selected is invalid.")

    def components(self, _: site.Field, given: Any) -> tuple[str, ...]:
        if not isinstance(given, list):
            raise FieldError("data was not an array")
        return tuple(
            _named(self.project.components, one, f"Component '{_words(one)}' is not valid")
            for one in given
        )

    def user(self, field: site.Field, given: Any) -> str:
        keys = ("accountId", "id") if self.ask.cloud else ("name",)
        ref = next((given[key] for key in keys if key in given), None) if _object(given) else None
        for user in site.USERS:
            if ref is not None and ref == (user.account_id if self.ask.cloud else user.name):
                return user.account_id
        if self.ask.cloud:
            raise FieldError(f"Specify a valid value for {field.id}")
        raise FieldError(f"User '{_words(given)}' does not exist.")

    def date(self, _: site.Field, given: Any) -> str:
        try:
            return date.fromisoformat(given).isoformat()
        except (TypeError, ValueError):
            raise FieldError(
                "Operation value must be a date string in the format yyyy-MM-dd"
            ) from None

    def number(self, _: site.Field, given: Any) -> float:
        if isinstance(given, bool) or not isinstance(given, int | float):
            raise FieldError("Operation value must be a number")
        return float(given)

    def option(self, field: site.Field, given: Any) -> str:
        return _named(field.options, given, f"Option value '{_words(given)}' is not valid", "value")

    def text(self, _: site.Field, given: Any) -> str:
        if not isinstance(given, str):
            raise FieldError(NOT_TEXT)
        if len(given) > _MOST_SUMMARY:
            raise FieldError(
                "The entered text is too long. It exceeds the limit of 255 characters."
            )
        return given

    def issuetype(self, _: site.Field, given: Any) -> str:
        types = [one for one in site.ISSUE_TYPES if one.id in self.project.types]
        return _named(types, given, "Specify a valid issue type")

    def fixed(self, _: site.Field, given: Any) -> str:
        if _object(given) and self.project.key == given.get("key", self.project.key):
            return self.project.key
        raise FieldError("An issue's project is changed by moving it.")


_PARSERS: dict[str, Callable[[Draft, site.Field, Any], Any]] = {
    "summary": Draft.summary,
    "rich": Draft.rich,
    "labels": Draft.labels,
    "priority": Draft.priority,
    "security": Draft.security,
    "components": Draft.components,
    "user": Draft.user,
    "date": Draft.date,
    "number": Draft.number,
    "option": Draft.option,
    "text": Draft.text,
    "issuetype": Draft.issuetype,
    "project": Draft.fixed,
}


def _object(given: Any) -> bool:
    return isinstance(given, dict)


def _words(given: Any) -> str:
    held = list(given.values()) if isinstance(given, dict) else [given]
    return str(held[0]) if held else ""


def _named(known: Iterable[site.Named], given: Any, message: str, name_key: str = "name") -> str:
    """The id of the thing that `{"id": …}` or `{"name": …}` names; the id wins."""
    if isinstance(given, dict):
        for one in known:
            if "id" in given:
                if str(given["id"]) == one.id:
                    return one.id
            elif given.get(name_key) == one.name:
                return one.id
    raise FieldError(message)


def rich_text(ask: Ask, given: Any) -> Any:
    """A description or a comment's body as this version wants it: a document, or text.

    What Cloud counts of a document is not documented; here it is its whole JSON.
    """
    if ask.show.version == "3":
        if not isinstance(given, dict):
            raise FieldError(NOT_ADF)
        wrong = adf.problem(given)
        if wrong is not None:
            ask.hint = wrong
            raise FieldError(BAD_ADF)
        if len(orjson.dumps(given).decode()) > adf.LIMIT:
            raise FieldError(TOO_LONG)
        return given
    if not isinstance(given, str):
        raise FieldError(NOT_TEXT)
    if len(given) > adf.LIMIT:
        raise FieldError(TOO_LONG)
    return adf.document_of(given) if ask.cloud else given


def refuse_four_bytes(ask: Ask, text: str) -> None:
    """An old MySQL character set: what it cannot store is an internal error."""
    if ask.state.switches.refuses_four_bytes and _FOUR_BYTES.search(text):
        raise refuse(500, "Internal server error")


def properties_of(given: Any) -> dict[str, Any]:
    """Entity properties as sent along with an issue or comment: a list of key and value."""
    if not isinstance(given, list):
        raise refuse(400, INVALID_PAYLOAD)
    found: dict[str, Any] = {}
    for one in given:
        if not isinstance(one, dict) or set(one) != {"key", "value"}:
            raise refuse(400, INVALID_PAYLOAD)
        check_property(one["key"], one["value"])
        found[one["key"]] = one["value"]
    return found


def check_property(key: Any, value: Any) -> None:
    if not isinstance(key, str) or not 0 < len(key) <= _MOST_LABEL:
        raise refuse(400, "The property key cannot be longer than 255 characters.")
    if value is None or value == "":
        raise refuse(400, "The property value cannot be empty.")
    if len(orjson.dumps(value).decode()) > _MOST_PROPERTY:
        raise refuse(400, "The property value cannot be longer than 32768 characters.")
