"""What is found wrong with a Jira site, from its facts and the mappings alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from builders import the_mappings

from connector.core.fields import JiraField
from connector.core.model import Target
from connector.core.routing import Route, RoutingMapping
from connector.doctor import tracker
from connector.ports import FieldFacts, ProjectFacts, StatusFacts, TrackerFacts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.core.mapping import Mappings
    from connector.doctor.checks import Check

PRIORITIES = ("Highest", "High", "Medium", "Low")
SCREEN = (
    FieldFacts(key="summary", name="Summary", kind="string", required=True),
    FieldFacts(key="description", name="Description", kind="string"),
    FieldFacts(key="labels", name="Labels", kind="array"),
    FieldFacts(key="priority", name="Priority", kind="priority", options=PRIORITIES),
    FieldFacts(key="reporter", name="Reporter", kind="user", required=True),
)
RIGHTS = (
    *("BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "ADD_COMMENTS", "LINK_ISSUES"),
    "TRANSITION_ISSUES",
)


def project(key: str = "ESC", **changes: Any) -> ProjectFacts:
    values = {
        "name": key,
        "kind": "software",
        "screens": {"Bug": SCREEN, "Task": SCREEN},
        "statuses": (StatusFacts(name="To Do", category="new"),),
        "allowed": dict.fromkeys(RIGHTS, True),
        "ends": True,
    }
    return ProjectFacts(key=key, **{**values, **changes})


def site(**changes: Any) -> TrackerFacts:
    """The projects of the shipped mappings; `changes` are of ESC."""
    keys = ("ESC", "PROD", "SEC", "LEAD")
    projects = {key: project(key, **(changes if key == "ESC" else {})) for key in keys}
    return TrackerFacts(projects=projects, priorities=PRIORITIES, resolutions=("Done", "Fixed"))


def routed(**changes: Any) -> Mappings:
    """The shipped mappings with another route for Engineering."""
    shipped = the_mappings().routing
    mine = Route(target=Target.ENGINEERING, **{"project": "ESC", "issue_type": "Bug", **changes})
    others = [route for route in shipped.routes if route.target is not Target.ENGINEERING]
    return the_mappings(routing=RoutingMapping(routes=(mine, *others)))


def filling(name: str, field: JiraField) -> Mappings:
    shipped = the_mappings()
    return the_mappings(fields=shipped.fields.model_copy(update={"jira": {name: field}}))


def everything(
    facts: TrackerFacts, mappings: Mappings | None = None, *, cloud: bool = True
) -> list[Check]:
    known = mappings or the_mappings()
    return [
        *tracker.deployment_checks(facts, "cloud" if cloud else "datacenter"),
        *tracker.project_checks(facts, known, {}),
        *tracker.permission_checks(facts, known),
        *tracker.route_checks(facts, known, cloud=cloud),
        *tracker.status_checks(facts, known),
    ]


def wrong(checks: Iterable[Check]) -> set[str]:
    return {one.id for one in checks if one.status in {"failed", "warning"}}


def test_nothing_is_wrong_with_a_site_that_fits() -> None:
    assert wrong(everything(site())) == set()


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"kind": "service_desk"}, "jira.service_desk_project"),
        ({"allowed": dict.fromkeys(RIGHTS[:-2], True)}, "jira.permission.missing"),
        ({"screens": {"Task": SCREEN}}, "jira.issue_type.missing"),
        ({"screens": {"Bug": SCREEN[:2]}}, "jira.field.not_on_screen"),
        ({"statuses": (StatusFacts(name="Nowhere", category="done"),)}, "jira.status.unmapped"),
        ({"ends": False}, "jira.transition.missing"),
    ],
)
def test_each_fault_of_a_project_has_its_id(changes: dict[str, Any], found: str) -> None:
    if found == "jira.status.unmapped":
        facts = site(**changes).model_copy(update={"resolutions": ()})
    else:
        facts = site(**changes)
    assert wrong(everything(facts)) == {found}


def test_a_required_field_that_nothing_fills_is_told_until_fields_toml_fills_it() -> None:
    required = FieldFacts(key="customfield_7", name="Impact", kind="number", required=True)
    facts = site(screens={"Bug": (*SCREEN, required)})
    (told,) = [one for one in everything(facts) if one.status == "failed"]
    assert told.id == "jira.field.required_unmapped"
    assert told.mend is not None
    assert 'form = "number"' in told.mend
    mended = filling(
        "customfield_7", JiraField(fact="customers", form="number", targets=(Target.ENGINEERING,))
    )
    assert wrong(everything(facts, mended)) == set()


def test_a_long_text_field_takes_text_on_data_center_and_documents_on_cloud() -> None:
    long = FieldFacts(key="customfield_8", name="Notes", kind="textarea")
    facts = site(screens={"Bug": (*SCREEN, long)})
    known = filling(
        "customfield_8", JiraField(fact="customer_names", targets=(Target.ENGINEERING,))
    )
    assert wrong(everything(facts, known, cloud=True)) == {"jira.field.wrong_kind"}
    assert wrong(everything(facts, known, cloud=False)) == set()


def test_a_select_field_has_to_have_every_severity() -> None:
    options = ("Critical", "High")
    field = FieldFacts(key="customfield_9", name="Severity", kind="option", options=options)
    facts = site(screens={"Bug": (*SCREEN, field)})
    known = filling(
        "customfield_9",
        JiraField(fact="severity", form="option", targets=(Target.ENGINEERING,)),
    )
    assert wrong(everything(facts, known)) == {"jira.field.option_missing"}


def test_create_screens_that_hold_everything_get_a_line_of_their_own() -> None:
    told = [one for one in everything(site()) if one.about == "create screens"]
    assert [(one.status, one.found) for one in told] == [
        ("ok", "hold all that is filled: ESC Bug, LEAD Task, PROD Task, SEC Task")
    ]
    rights = {right: right != "CREATE_ISSUES" for right in RIGHTS}
    blind = everything(site(screens=None, allowed=rights))
    (seen,) = [one.found for one in blind if one.about == "create screens"]
    assert seen == "hold all that is filled: LEAD Task, PROD Task, SEC Task"


def test_a_priority_that_is_not_on_the_screen_is_only_a_warning() -> None:
    without = tuple(field for field in SCREEN if field.key != "priority")
    (told,) = [one for one in everything(site(screens={"Bug": without})) if one.mend]
    assert (told.id, told.status, told.exit_code) == ("jira.field.not_on_screen", "warning", 1)


def test_a_priority_is_looked_for_on_the_project_s_own_screen() -> None:
    own = FieldFacts(key="priority", name="Priority", kind="priority", options=("P1", "P2"))
    screen = (*(field for field in SCREEN if field.key != "priority"), own)
    facts = site(screens={"Bug": screen})
    assert wrong(everything(facts)) == {"jira.priority.missing"}
    mine = {"Critical": "P1", "High": "P1", "Medium": "P2"}
    assert wrong(everything(facts, routed(priority=mine))) == set()


@pytest.mark.parametrize(
    ("route", "found"),
    [
        ({"components": ("Web",)}, {"jira.component.missing", "jira.field.not_on_screen"}),
        (
            {"assignee": "712020:none"},
            {"jira.assignee.missing", "jira.field.not_on_screen", "jira.permission.missing"},
        ),
    ],
)
def test_what_a_route_adds_has_to_exist(route: dict[str, Any], found: set[str]) -> None:
    assert wrong(everything(site(), routed(**route))) == found


@pytest.mark.parametrize(
    ("levels", "offered", "found"),
    [
        (("Team",), ("Team",), set()),
        ((), ("Team",), {"jira.security_level.unreadable"}),
        (("Other",), ("Other",), {"jira.security_level.missing"}),
        (None, (), set()),
    ],
)
def test_a_security_level_is_missing_unreadable_or_fine(
    levels: tuple[str, ...] | None, offered: tuple[str, ...], found: set[str]
) -> None:
    security = FieldFacts(key="security", name="Level", kind="securitylevel", options=offered)
    rights = dict.fromkeys((*RIGHTS, "SET_ISSUE_SECURITY"), True)
    facts = site(screens={"Bug": (*SCREEN, security)}, levels=levels, allowed=rights)
    assert wrong(everything(facts, routed(security_level="Team"))) == found


def test_without_the_right_to_create_issue_types_are_skipped_and_not_missing() -> None:
    rights = {right: right != "CREATE_ISSUES" for right in RIGHTS}
    assert wrong(everything(site(screens=None, allowed=rights))) == {"jira.permission.missing"}


def test_a_resolution_without_a_rule_is_told_once_for_all_projects() -> None:
    done = (StatusFacts(name="Done", category="done"),)
    facts = site(statuses=done).model_copy(update={"resolutions": ("Done", "Known Error")})
    told = [one for one in everything(facts) if one.id == "jira.resolution.unmapped"]
    assert [one.about for one in told] == ["resolution 'Known Error'"]


def test_the_other_deployment_is_told() -> None:
    facts = site().model_copy(update={"deployment": "datacenter"})
    assert wrong(everything(facts)) == {"jira.deployment.wrong"}
