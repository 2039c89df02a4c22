"""Which mappings are proposed for which account and site, and how they are written."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from builders import the_mappings
from hypothesis import given
from hypothesis import strategies as st

from connector.core.model import Severity, State, Target
from connector.doctor import desk as desk_checks
from connector.doctor import tracker as tracker_checks
from connector.mapping_files import load_mappings
from connector.ports import DeskFacts, FieldFacts, ProjectFacts, StatusFacts, TrackerFacts
from connector.start.edits import edited
from connector.start.files import shipped_texts, write
from connector.start.proposal import (
    Ending,
    Found,
    Proposal,
    likely_group,
    likely_projects,
    of_desk,
    of_tracker,
    together,
)

if TYPE_CHECKING:
    from pathlib import Path

    from connector.core.mapping import Mappings

RIGHTS = dict.fromkeys(
    (
        *("BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "ADD_COMMENTS", "LINK_ISSUES"),
        "TRANSITION_ISSUES",
    ),
    True,
)
PRIORITIES = ("Blocker", "Major", "Minor", "Trivial")


def a_project(key: str, *kinds: str, done: tuple[str, ...] = ("Done",)) -> ProjectFacts:
    screen = (
        FieldFacts(key="summary", name="Summary", kind="string", required=True),
        FieldFacts(key="description", name="Description", kind="string"),
        FieldFacts(key="labels", name="Labels", kind="array"),
        FieldFacts(key="priority", name="Priority", kind="priority", options=PRIORITIES),
    )
    return ProjectFacts(
        key=key,
        name=key,
        kind="software",
        screens=dict.fromkeys(kinds, screen),
        statuses=tuple(StatusFacts(name=name, category="done") for name in done),
        allowed=RIGHTS,
        ends=True,
    )


SITE = TrackerFacts(
    projects={
        "DEV": a_project("DEV", "Defect", "Story", done=("Shipped", "Abandoned")),
        "INFOSEC": a_project("INFOSEC", "Ticket"),
    },
    priorities=PRIORITIES,
    resolutions=("Deployed", "Won't Implement", "Duplicate of other", "Needs a wizard"),
)
CHOSEN = {
    Target.ENGINEERING: "DEV",
    Target.PRODUCT: "DEV",
    Target.SECURITY: "INFOSEC",
    Target.LEADERSHIP: "DEV",
}
ACCOUNT = DeskFacts(
    groups={"Tier 1": 1, "Second Level": 2},
    ticket_fields=(
        FieldFacts(key="11", name="Product area", kind="tagger"),
        FieldFacts(key="12", name="JIRA issue", kind="text"),
        FieldFacts(key="13", name="Jira synced?", kind="checkbox"),
    ),
    organization_fields=(
        FieldFacts(key="annual_revenue", name="Revenue", kind="decimal"),
        FieldFacts(key="plan", name="Plan", kind="dropdown", options=("free", "gold", "platinum")),
    ),
    statuses={"open": ("Open", "In review"), "pending": ("Pending",)},
    exports=True,
    native_links=True,
)


def mapped(folder: Path, proposal: Proposal) -> Mappings:
    """The mappings of the files that the proposal makes."""
    write(folder, edited(shipped_texts(), proposal), {})
    return load_mappings(folder / "mappings")


def test_what_is_proposed_passes_the_checks_of_the_same_account_and_site(tmp_path: Path) -> None:
    tracker = of_tracker(SITE, CHOSEN, the_mappings().status)
    desk = of_desk(ACCOUNT).model_copy(update={"group": likely_group(ACCOUNT.groups)})
    mappings = mapped(tmp_path, together(tracker, desk))

    checks = [
        *desk_checks.group_checks(ACCOUNT, mappings),
        *desk_checks.field_checks(ACCOUNT, mappings),
        *desk_checks.organization_checks(ACCOUNT, mappings),
        *tracker_checks.project_checks(SITE, mappings, {}),
        *tracker_checks.permission_checks(SITE, mappings),
        *tracker_checks.route_checks(SITE, mappings, cloud=True),
        *tracker_checks.status_checks(SITE, mappings),
    ]
    wrong = {one.about for one in checks if one.status in {"failed", "warning"}}
    assert wrong == {"resolution 'Needs a wizard'"}, "only what nobody can guess is left"
    assert "Needs a wizard" in (tmp_path / "mappings" / "status.toml").read_text("utf-8")


def test_each_name_is_given_its_likely_meaning(tmp_path: Path) -> None:
    tracker = of_tracker(SITE, CHOSEN, the_mappings().status)
    mappings = mapped(tmp_path, together(tracker, of_desk(ACCOUNT)))

    def state(status: str, resolution: str | None) -> State | str | None:
        rule = mappings.status.decide("done", status, resolution)
        return (rule.state or rule.follow) if rule else None

    assert state("Done", "Deployed") is State.RESOLVED
    assert state("Done", "Won't Implement") is State.DE_ESCALATED
    assert state("Done", "Duplicate of other") == "duplicate"
    assert state("Done", "Needs a wizard") is None
    assert state("Shipped", None) is State.RESOLVED
    assert state("Abandoned", None) is State.DE_ESCALATED
    types = {route.target: route.issue_type for route in mappings.routing.routes}
    assert types[Target.ENGINEERING] == "Defect"
    assert types[Target.SECURITY] == "Ticket"
    assert mappings.severity.jira_priority == {
        Severity.CRITICAL: "Blocker",
        Severity.HIGH: "Major",
        Severity.MEDIUM: "Minor",
    }
    assert mappings.triggers.value.tiers == ("gold", "platinum")
    assert mappings.fields.ticket.model_dump() == {
        "product_area": 11,
        "environment": None,
        "jira_key": 12,
        "state": None,
    }
    assert mappings.fields.organization.model_dump() == {
        "arr": "annual_revenue",
        "tier": "plan",
        "renewal_date": None,
        "reference_customer": None,
    }


@pytest.mark.parametrize(
    ("names", "likely"),
    [
        pytest.param(
            {"ESC": "x", "PROD": "x", "SEC": "x", "LEAD": "x"},
            {"ENGINEERING": "ESC", "PRODUCT": "PROD", "SECURITY": "SEC", "LEADERSHIP": "LEAD"},
            id="the defaults, whatever they are called",
        ),
        pytest.param(
            {"A": "Infosec", "B": "Core Engineering", "C": "Product ideas"},
            {"ENGINEERING": "B", "PRODUCT": "C", "SECURITY": "A"},
            id="by their names",
        ),
        pytest.param({"X": "Marketing"}, {}, id="none fits"),
    ],
)
def test_projects_are_found_by_key_then_by_name(
    names: dict[str, str], likely: dict[str, str]
) -> None:
    assert {target.name: key for target, key in likely_projects(names).items()} == likely


def test_priorities_without_usual_names_go_by_their_order() -> None:
    site = SITE.model_copy(update={"projects": {}, "priorities": ("Alpha", "Beta")})
    found = of_tracker(site, CHOSEN, the_mappings().status).priorities
    assert list(found.values()) == ["Alpha", "Beta", "Beta"]


def test_an_empty_proposal_leaves_every_shipped_file_as_it_is() -> None:
    assert edited(shipped_texts(), Proposal()) == shipped_texts()


_names = st.text(
    st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30
).filter(lambda name: name.strip() == name and name)


@given(name=_names, other=_names)
def test_no_name_of_a_service_can_break_out_of_its_place(name: str, other: str) -> None:
    proposal = Proposal(
        projects={Target.ENGINEERING: name},
        issue_types={Target.ENGINEERING: other},
        security_level=name,
        priorities={Severity.HIGH: name},
        group=other,
        ticket_fields={"jira_key": Found(id=7, title=name)},
        organization={"arr": None},
        tiers=(name, other),
        resolutions=(Ending(name=name, state=State.RESOLVED),),
        unknown=(other,),
        custom_statuses={"open": (name, other)},
    )
    files: dict[str, Any] = {
        path: tomllib.loads(text) for path, text in edited(shipped_texts(), proposal).items()
    }
    routes = files["mappings/routing.toml"]["routes"]
    assert (routes[0]["project"], routes[0]["issue_type"]) == (name, other)
    assert routes[2]["security_level"] == name
    assert routes[4]["zendesk_group"] == other
    assert files["mappings/severity.toml"]["jira_priority"]["High"] == name
    assert files["mappings/fields.toml"]["ticket"] == {"jira_key": 7}
    assert "arr" not in files["mappings/fields.toml"]["organization"]
    assert files["mappings/triggers.toml"]["value"]["tiers"] == [name, other]
    assert files["mappings/status.toml"]["rules"][-1]["resolution"] == [name]
