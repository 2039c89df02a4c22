"""A route's create screen, held against what a create request will hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.core.model import Severity
from connector.doctor.checks import Check, lesser, wrong
from connector.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.core.fields import JiraField
    from connector.core.mapping import Mappings
    from connector.core.routing import Route
    from connector.ports import FieldFacts

_ALWAYS = ("summary", "description", "labels")
_BY_ITSELF = frozenset({"project", "issuetype", "reporter"})
"""What every create request names, or Jira fills."""

_KINDS: Mapping[str, frozenset[str]] = {
    "text": frozenset({"string"}),
    "number": frozenset({"number"}),
    "option": frozenset({"option"}),
    "labels": frozenset({"array"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"datetime"}),
}
_FORMS: Mapping[str, str] = {kind: form for form, kinds in _KINDS.items() for kind in kinds}


def screen_checks(
    place: str, route: Route, screen: Sequence[FieldFacts], mappings: Mappings, *, cloud: bool
) -> Iterator[Check]:
    """Fields that we fill and that are not there, and fields that we do not fill and should."""
    known = {field.key: field for field in screen}
    where = f"the create screen of {route.project} {route.issue_type}"
    custom = {
        name: field for name, field in mappings.fields.jira.items() if route.target in field.targets
    }
    for key, said in {**_said(place, route, mappings), **_of_fields(custom)}.items():
        if key not in known:
            yield _off_screen(key, said, where)
    for name, field in custom.items():
        if name in known:
            yield from _fit(name, field, known[name], mappings, cloud=cloud)
    filled = {*_said(place, route, mappings), *custom} | _BY_ITSELF
    for key, facts in known.items():
        if facts.required and key not in filled:
            yield wrong(
                "jira.field.required_unmapped",
                f"{place} ({route.target})",
                f"{where} requires {facts.name!r} ({key}), which nothing fills",
                f"Make it optional or give it a default in Jira, or fill it: [jira.{key}] in "
                f'fields.toml with a fact and form = "{_FORMS.get(facts.kind, "text")}".',
            )


def _said(place: str, route: Route, mappings: Mappings) -> dict[str, str]:
    """The system fields that are sent, and where that is decided."""
    said = dict.fromkeys(_ALWAYS, f"{place} ({route.target})")
    if route.priority or mappings.severity.jira_priority:
        said["priority"] = "severity.toml: jira_priority"
    if route.components:
        said["components"] = f"{place}.components"
    if route.assignee:
        said["assignee"] = f"{place}.assignee"
    if route.security_level:
        said["security"] = f"{place}.security_level"
    return said


def _of_fields(custom: Mapping[str, JiraField]) -> dict[str, str]:
    return {name: f"fields.toml: jira.{name}" for name in custom}


def _off_screen(key: str, said: str, where: str) -> Check:
    """A create request without its priority still does its work."""
    found = wrong(
        "jira.field.not_on_screen",
        said,
        f"{key} is not on {where}",
        "Add the field to that screen in Jira, or leave it out of the mapping"
        + (" for this target." if key.startswith("customfield") else "."),
    )
    return lesser(found) if key == "priority" else found


def _fit(
    name: str, field: JiraField, facts: FieldFacts, mappings: Mappings, *, cloud: bool
) -> Iterator[Check]:
    kinds = _KINDS[field.form]
    if field.form == "text" and not cloud:
        kinds |= {"textarea"}  # Cloud takes documents there, Data Center plain text
    if facts.kind not in kinds | {"unknown", "any"}:
        form = _FORMS.get(facts.kind)
        yield wrong(
            "jira.field.wrong_kind",
            f"fields.toml: jira.{name}.form",
            f"is {field.form!r}, but {facts.name!r} is a field of the kind {facts.kind}",
            f'Set form = "{form}".' if form else "Name a field of another kind.",
        )
        return
    if field.form != "option" or not facts.options:
        return
    values: tuple[str, ...] = ()
    if field.fact == "severity":
        values = tuple(severity.value for severity in Severity)
    elif field.fact == "product_area":
        values = tuple(mappings.fields.product_areas)
    for value in values:
        if value not in facts.options:
            yield wrong(
                "jira.field.option_missing",
                f"fields.toml: jira.{name}",
                f"{facts.name!r} has no option {value!r}.{did_you_mean(value, facts.options)}",
                f"Add the option in Jira. It has: {', '.join(facts.options)}.",
            )
