"""Mappings that fit what an account and a site have: decided from their facts alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from connector.core.model import DeescalationReason, Frozen, Severity, State, Target

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.core.status import StatusMapping
    from connector.ports import DeskFacts, FieldFacts, ProjectFacts, TrackerFacts

IN_JIRA = (Target.ENGINEERING, Target.PRODUCT, Target.SECURITY, Target.LEADERSHIP)
DEFAULT_PROJECTS = {
    Target.ENGINEERING: "ESC",
    Target.PRODUCT: "PROD",
    Target.SECURITY: "SEC",
    Target.LEADERSHIP: "LEAD",
}
_PROJECT_WORDS: Mapping[Target, tuple[str, ...]] = {
    Target.ENGINEERING: ("escalation", "engineering", "development", "dev", "platform", "software"),
    Target.PRODUCT: ("product", "roadmap", "feature"),
    Target.SECURITY: ("security", "infosec", "secops", "compliance"),
    Target.LEADERSHIP: ("leadership", "executive", "management", "customer success"),
}
_TYPES: Mapping[Target, tuple[str, ...]] = {
    Target.ENGINEERING: ("Bug", "Defect", "Incident", "Task", "Story"),
    Target.PRODUCT: ("Task", "Story", "Idea", "Improvement"),
    Target.SECURITY: ("Task", "Bug", "Incident", "Story"),
    Target.LEADERSHIP: ("Task", "Story"),
}
_PRIORITIES: Mapping[Severity, tuple[str, ...]] = {
    Severity.CRITICAL: ("Highest", "Blocker", "Critical", "Urgent", "P1", "P0", "Sev1"),
    Severity.HIGH: ("High", "Critical", "Major", "P2", "P1", "Sev2"),
    Severity.MEDIUM: ("Medium", "Normal", "Major", "Minor", "P3", "P2", "Sev3"),
}
_GROUP_WORDS = ("l2", "tier 2", "tier2", "second level", "2nd level", "escalation", "senior")
_TICKET_WORDS: Mapping[str, tuple[str, ...]] = {
    "product_area": ("product area", "component", "module", "product", "feature area"),
    "environment": ("environment", "browser", "version"),
    "jira_key": ("jira key", "jira issue", "jira"),
    "state": ("escalation state", "escalation status"),
}
_TEXT = frozenset({"text", "textarea", "regexp"})
_KINDS: Mapping[str, frozenset[str]] = {
    "product_area": frozenset({"tagger", "text", "multiselect", "dropdown"}),
    "environment": _TEXT,
    "jira_key": _TEXT,
    "state": _TEXT,
}
_ORGANIZATION_WORDS: Mapping[str, tuple[str, ...]] = {
    "arr": ("arr", "annual_recurring_revenue", "annual_revenue", "acv", "contract_value"),
    "tier": ("tier", "customer_tier", "support_tier", "plan", "segment"),
    "renewal_date": ("renewal_date", "renewal", "contract_end", "contract_end_date"),
    "reference_customer": ("reference_customer", "reference", "is_reference"),
}
_HIGH_TIERS = ("enterprise", "strategic", "premium", "platinum", "gold", "key", "vip")
_ENDS: Sequence[tuple[State, DeescalationReason | None, tuple[str, ...]]] = (
    (State.DE_ESCALATED, DeescalationReason.REJECTED,
     ("won't", "wont", "will not", "declin", "reject", "by design", "not a bug", "as designed",
      "invalid", "cancel", "abandon")),
    (State.DE_ESCALATED, DeescalationReason.REASSESSED,
     ("reproduce", "incomplete", "not enough", "obsolete", "known error")),
    (State.RESOLVED, None,
     ("fix", "done", "complete", "resolved", "released", "deployed", "closed", "shipped")),
)  # fmt: skip


class Found(Frozen):
    """A Zendesk ticket field that a mapping may name."""

    id: int
    title: str


class Ending(Frozen):
    """A resolution, or a status of the category done, and what it seems to mean.

    `state` None: that it is a duplicate, where `follow` is what to do.
    """

    name: str
    state: State | None
    reason: DeescalationReason | None = None


class Proposal(Frozen):
    """What the shipped mappings are changed to; whatever is empty or None stays as it is shipped.

    `organization` None for a key means that the account has no such field.
    """

    projects: Mapping[Target, str] = {}
    issue_types: Mapping[Target, str] = {}
    security_level: str | None = None
    priorities: Mapping[Severity, str] = {}
    group: str | None = None
    ticket_fields: Mapping[str, Found] = {}
    organization: Mapping[str, str | None] = {}
    tiers: tuple[str, ...] = ()
    resolutions: tuple[Ending, ...] = ()
    statuses: tuple[Ending, ...] = ()
    unknown: tuple[str, ...] = ()
    custom_statuses: Mapping[str, tuple[str, ...]] = {}


def likely_projects(names: Mapping[str, str]) -> dict[Target, str]:
    """A project for each target that seems to be its own; Security gets none by guess of a key."""
    chosen: dict[Target, str] = {}
    for target in IN_JIRA:
        free = {key: name for key, name in names.items() if key not in chosen.values()}
        default = DEFAULT_PROJECTS[target]
        if default in free:
            chosen[target] = default
        else:
            worded = _worded(free, _PROJECT_WORDS[target])
            if worded is not None:
                chosen[target] = worded
    return chosen


def _worded(names: Mapping[str, str], words: Iterable[str]) -> str | None:
    """The key whose name holds one of the words; earlier words go first."""
    for word in words:
        for key, name in names.items():
            if word in name.casefold().replace("_", " "):
                return key
    return None


def likely_group(groups: Iterable[str]) -> str | None:
    names = {name: name for name in groups}
    near = get_close_matches("L2 Support", names, n=1, cutoff=0.85)
    return near[0] if near else _worded(names, _GROUP_WORDS)


def of_tracker(
    facts: TrackerFacts, projects: Mapping[Target, str], status: StatusMapping
) -> Proposal:
    """Issue types, priorities and endings of the chosen projects."""
    seen = {
        target: facts.projects[key] for target, key in projects.items() if key in facts.projects
    }
    resolutions = [one for one in facts.resolutions if _unmapped(status, None, one)]
    done = dict.fromkeys(
        one.name
        for project in seen.values()
        for one in project.statuses
        if one.category == "done" and _unmapped(status, one.name, None)
    )
    endings = [_ending(name) for name in resolutions]
    return Proposal(
        projects=projects,
        issue_types={target: _issue_type(target, project) for target, project in seen.items()},
        priorities=_priorities(_offered(facts, seen)),
        resolutions=tuple(one for one in endings if one is not None),
        statuses=tuple(_final(name) for name in done),
        unknown=tuple(name for name, one in zip(resolutions, endings, strict=True) if one is None),
    )


def _unmapped(status: StatusMapping, name: str | None, resolution: str | None) -> bool:
    return status.decide("done", name or "Done", resolution) is None


def _final(status: str) -> Ending:
    """What a status of the category done means where there is no resolution."""
    found = _ending(status)
    if found is None or found.state is None:
        return Ending(name=status, state=State.RESOLVED)
    return found


def _ending(name: str) -> Ending | None:
    folded = name.casefold()
    if "duplicate" in folded:
        return Ending(name=name, state=None)
    for state, reason, words in _ENDS:
        if any(word in folded for word in words):
            return Ending(name=name, state=state, reason=reason)
    return None


def _issue_type(target: Target, project: ProjectFacts) -> str:
    """A usual one of the target; else the first that is there."""
    known = list(project.screens or {})
    usual = next((name for name in _TYPES[target] if name in known), None)
    return usual or next(iter(known), _TYPES[target][0])


def _offered(facts: TrackerFacts, seen: Mapping[Target, ProjectFacts]) -> tuple[str, ...]:
    """The priorities that all chosen projects' screens have; without any, the site's."""
    lists = [
        field.options
        for project in seen.values()
        for screen in (project.screens or {}).values()
        for field in screen
        if field.key == "priority" and field.options
    ]
    shared = [name for name in (lists[0] if lists else ()) if all(name in one for one in lists)]
    return tuple(shared) or facts.priorities


def _priorities(names: Sequence[str]) -> dict[Severity, str]:
    """By their usual names; else the site's first, second and third, which are its worst."""
    chosen: dict[Severity, str] = {}
    for place, severity in enumerate(Severity):
        free = [name for name in names if name not in chosen.values()]
        usual = next((name for name in _PRIORITIES[severity] if name in free), None)
        at_place = names[place] if place < len(names) else (names[-1] if names else None)
        name = usual or at_place
        if name is not None:
            chosen[severity] = name
    return chosen


def of_desk(facts: DeskFacts) -> Proposal:
    """Fields whose titles say what they hold, and organization fields by their keys."""
    organization: dict[str, str | None] = {}
    tiers: tuple[str, ...] = ()
    if facts.organization_fields is not None:
        known = {field.key: field for field in facts.organization_fields}
        organization = {
            name: next((key for key in keys if key in known), None)
            for name, keys in _ORGANIZATION_WORDS.items()
        }
        tiers = _tiers(known.get(organization["tier"] or ""))
    return Proposal(
        ticket_fields=_ticket_fields(facts.ticket_fields or ()),
        organization=organization,
        tiers=tiers,
        custom_statuses={
            category: labels for category, labels in facts.statuses.items() if len(labels) > 1
        },
    )


def _ticket_fields(fields: Sequence[FieldFacts]) -> dict[str, Found]:
    chosen: dict[str, Found] = {}
    for name, words in _TICKET_WORDS.items():
        fitting = {
            field.key: field.name
            for field in fields
            if field.kind in _KINDS[name]
            and field.key.isdecimal()
            and int(field.key) not in {one.id for one in chosen.values()}
        }
        key = _worded(fitting, words)
        if key is not None:
            chosen[name] = Found(id=int(key), title=fitting[key])
    return chosen


def _tiers(field: FieldFacts | None) -> tuple[str, ...]:
    if field is None:
        return ()
    return tuple(
        one for one in field.options if any(word in one.casefold() for word in _HIGH_TIERS)
    )


def together(tracker: Proposal, desk: Proposal, **chosen: str | None) -> Proposal:
    """One proposal of both sides and of what was asked."""
    said = desk.model_dump(exclude_defaults=True) | tracker.model_dump(exclude_defaults=True)
    return Proposal.model_validate(said | {k: v for k, v in chosen.items() if v is not None})
