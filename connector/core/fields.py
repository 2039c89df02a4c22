"""fields.toml: where Zendesk keeps the facts we read, and which Jira fields we fill."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from connector.core.model import FieldValue, Frozen, Json, Target

OrganizationKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]
ProductArea = Annotated[str, StringConstraints(min_length=1, max_length=100)]

JiraFact = Literal[
    "customers",
    "customer_names",
    "ticket_count",
    "tickets",
    "arr_at_risk",
    "severity",
    "product_area",
    "environment",
    "first_report",
    "next_breach",
    "deadline",
]
JiraForm = Literal["text", "number", "option", "labels", "date", "datetime"]

_NUMBERS = frozenset({"customers", "ticket_count", "arr_at_risk"})
_TIMES = frozenset({"first_report", "next_breach", "deadline"})
_OURS = frozenset(
    {"project", "issuetype", "summary", "description", "priority", "labels", "components"}
    | {"security", "assignee", "reporter", "status", "resolution", "comment", "attachment"}
)


def _zendesk_field(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | str) or value in (0, ""):
        raise ValueError("expected a field's id (a number) or its title (text)")
    return value


ZendeskField = Annotated[int | str, BeforeValidator(_zendesk_field)]
"""A Zendesk ticket field by id, or by title as agents see it."""


def _jira_field(name: str) -> str:
    if name in _OURS:
        raise ValueError(f"{name!r} is filled by the connector itself; allowed: other field ids")
    return name


JiraFieldId = Annotated[
    str,
    StringConstraints(pattern=r"^(customfield_[0-9]{1,12}|[a-z][A-Za-z]{1,60})$"),
    AfterValidator(_jira_field),
]


class OrganizationFields(Frozen):
    """Keys of Zendesk organization fields; one left out is a fact that stays unknown."""

    arr: OrganizationKey | None = None
    tier: OrganizationKey | None = None
    renewal_date: OrganizationKey | None = None
    reference_customer: OrganizationKey | None = None


class TicketFields(Frozen):
    """Zendesk ticket fields. We read the first two and write the others."""

    product_area: ZendeskField | None = None
    environment: ZendeskField | None = None
    jira_key: ZendeskField | None = None
    state: ZendeskField | None = None


class JiraField(Frozen):
    """What one Jira field is filled with. Without `targets` every issue gets it."""

    fact: JiraFact
    form: JiraForm = "text"
    targets: tuple[Target, ...] = tuple(Target)

    @model_validator(mode="after")
    def _form_suits(self) -> JiraField:
        fits = (
            self.form in {"text", "option", "labels"}
            or (self.form == "number" and self.fact in _NUMBERS)
            or (self.form in {"date", "datetime"} and self.fact in _TIMES)
        )
        if not fits:
            raise ValueError(f"{self.fact} cannot be written as {self.form}")
        return self


class FieldsMapping(Frozen):
    """`product_areas`: each area's name, and the field values or tags that mean it."""

    organization: OrganizationFields
    ticket: TicketFields
    product_areas: Mapping[ProductArea, tuple[str, ...]] = Field(default_factory=dict)
    jira: Mapping[JiraFieldId, JiraField] = Field(default_factory=dict)

    @property
    def titles(self) -> tuple[str, ...]:
        """Ticket fields named by title: `with_ids` must turn them into ids before use."""
        return tuple(v for v in self.ticket.model_dump().values() if isinstance(v, str))

    def with_ids(self, ids: Mapping[str, int]) -> FieldsMapping:
        """Titles replaced by ids. Raises KeyError for a title that is not among `ids`."""
        named = {
            name: ids[value] if isinstance(value, str) else value
            for name, value in self.ticket.model_dump().items()
        }
        return self.model_copy(update={"ticket": TicketFields(**named)})

    @property
    def written_field_ids(self) -> frozenset[str]:
        """Ids (as text) of the ticket fields that we write: no news when they change."""
        written = (self.ticket.jira_key, self.ticket.state)
        return frozenset(str(field) for field in written if field is not None)

    def product_area(self, fields: Mapping[str, FieldValue], tags: tuple[str, ...]) -> str | None:
        """The ticket's product area: by its field, else by its tags, else None."""
        value = _text(fields, self.ticket.product_area)
        said = ({value.casefold()} if value else set()) or {tag.casefold() for tag in tags}
        for area, words in self.product_areas.items():
            if said & {word.casefold() for word in (area, *words)}:
                return area
        return value

    def environment(self, fields: Mapping[str, FieldValue]) -> str | None:
        """What the ticket's environment field says, if there is one."""
        return _text(fields, self.ticket.environment)

    def jira_fields(
        self, target: Target, facts: Mapping[JiraFact, FieldValue | date]
    ) -> dict[str, Json]:
        """The Jira fields for an issue of this target; facts that are None or absent leave none.

        A datetime must have a zone.
        """
        return {
            name: _written(field.form, value)
            for name, field in self.jira.items()
            if target in field.targets and (value := facts.get(field.fact)) not in (None, "", ())
        }


def _text(fields: Mapping[str, FieldValue], field: int | str | None) -> str | None:
    value = fields.get(str(field)) if field is not None else None
    if isinstance(value, tuple):
        value = value[0] if value else None
    return str(value) if value not in (None, "") else None


def _written(form: JiraForm, value: FieldValue | date) -> Json:
    """The value in the shape that Jira's REST API takes for this kind of field."""
    many = [str(item) for item in value] if isinstance(value, tuple) else None
    if form == "number":
        return value
    if form == "date" and isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    if form == "datetime" and isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000%z")
    if form == "labels":
        return ["-".join(item.split()) for item in many or [str(value)]]
    text = ", ".join(many) if many is not None else _plain(value)
    return {"value": text} if form == "option" else text[:255]


def _plain(value: FieldValue | date) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M %Z").strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
