from __future__ import annotations

import re
import shutil
import warnings
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connector.core.cadence import Holidays
from connector.core.mapping import Mappings
from connector.core.model import Severity, State, Target
from connector.core.triggers.clocks import WaitingTooLong
from connector.core.wording import fill
from connector.errors import ExitCode, InvalidConfigError
from connector.mapping_files import MODELS, load_mappings, public_holidays, shipped_mappings

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = tuple(MODELS)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped mappings, seen from the folder above it."""
    shutil.copytree(shipped_mappings(), tmp_path / "mappings")
    monkeypatch.chdir(tmp_path)
    return Path("mappings")


@pytest.fixture
def problems(folder: Path) -> Callable[[], tuple[str, ...]]:
    def problems() -> tuple[str, ...]:
        with pytest.raises(InvalidConfigError) as caught:
            load_mappings(folder)
        assert caught.value.exit_code is ExitCode.USAGE
        return caught.value.problems

    return problems


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {file}"
    file.write_text(text.replace(old, new, 1), "utf-8")


def add(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as handle:
        handle.write(f"\n{text}\n")


# --- what is shipped -----------------------------------------------------------------------------


def test_the_shipped_mappings_are_valid_and_complete() -> None:
    mappings = load_mappings(None)
    assert set(NAMES) == set(Mappings.model_fields)
    assert {file.stem for file in shipped_mappings().glob("*.toml")} == set(NAMES)
    assert mappings.fields.organization.model_dump() == {
        "arr": "arr",
        "tier": "tier",
        "renewal_date": "renewal_date",
        "reference_customer": "reference_customer",
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_file_says_what_it_is_for(name: str) -> None:
    text = (shipped_mappings() / f"{name}.toml").read_text("utf-8")
    assert text.startswith(f"#:schema schemas/{name}.json\n# ")
    assert all(len(line) <= 120 for line in text.splitlines())


@pytest.mark.parametrize(
    ("target", "must_hold"),
    [
        (Target.L2, {"ticket_summary", "steps_tried", "customer_context"}),
        (
            Target.ENGINEERING,
            {"reproduction_steps", "environment", "logs_or_errors", "business_impact"},
        ),
        (Target.PRODUCT, {"use_case", "business_impact", "request_frequency"}),
        (Target.SECURITY, {"observed", "affected", "containment", "urgency"}),
        (
            Target.LEADERSHIP,
            {"business_context", "revenue_at_risk", "steps_tried", "decision_needed", "deadline"},
        ),
    ],
)
def test_each_target_must_be_told_what_the_domain_says(target: Target, must_hold: set[str]) -> None:
    assert must_hold <= set(load_mappings(None).brief.required(target))


def test_every_ask_has_a_sentence_that_can_be_filled() -> None:
    wording = load_mappings(None).brief.wording
    values = dict.fromkeys(("target", "summary", "failure", "customers"), "x")
    values["deadline"] = "Friday"
    assert all("Friday" in fill(text, values) for text in wording.ask.values())


def test_a_file_that_is_missing_is_taken_from_the_package(folder: Path) -> None:
    for name in NAMES:
        (folder / f"{name}.toml").unlink()
    (folder / "notes.txt").write_text("not ours", "utf-8")
    assert load_mappings(folder) == load_mappings(None)


def test_a_business_day_in_any_file_is_as_long_as_cadence_says(folder: Path) -> None:
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday"):
        change(folder / "cadence.toml", f'{day} = ["09:00-17:00"]', f'{day} = ["08:00-18:00"]')
    (folder / "triggers.toml").write_text(
        '[[triggers]]\nkind = "waiting-too-long"\nafter = "2 business days"\n', "utf-8"
    )
    mappings = load_mappings(folder)
    waiting = next(t for t in mappings.triggers.triggers if isinstance(t, WaitingTooLong))
    assert waiting.after.amount == timedelta(hours=20)
    assert mappings.brief.deadline[Severity.HIGH].amount == timedelta(hours=10)


# --- mistakes ------------------------------------------------------------------------------------


def test_a_status_that_does_not_exist_is_told_with_the_nearest(
    folder: Path, problems: Callable[[], tuple[str, ...]]
) -> None:
    change(folder / "status.toml", 'state = "resolved"', 'state = "resolvd"')
    assert problems() == (
        (
            "mappings/status.toml: rules[3].state is 'resolvd'. Allowed: open, acknowledged, "
            "in_progress, resolved, confirmed, de_escalated, regressed. Did you mean 'resolved'?"
        ),
    )


def test_a_state_that_jira_cannot_say_is_told(
    folder: Path, problems: Callable[[], tuple[str, ...]]
) -> None:
    change(folder / "status.toml", 'state = "resolved"', 'state = "confirmed"')
    assert problems() == (
        (
            "mappings/status.toml: rules[3].state is 'confirmed', which is no state that an issue "
            "in Jira can lead to. Allowed: open, acknowledged, in_progress, resolved, de_escalated."
        ),
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        pytest.param(
            "status",
            'category = ["new"]',
            'categry = ["new"]',
            "rules[0].categry is no key here. Known: category, status, resolution, state, follow, "
            "reason, zendesk_status, only_from, tag, field, note, ask_missing. "
            "Did you mean 'category'?",
            id="unknown key",
        ),
        pytest.param(
            "status",
            'category = ["new"]',
            'category = "new"',
            "rules[0].category is 'new': expected a list.",
            id="text for a list",
        ),
        pytest.param(
            "status",
            'category = ["new"]',
            'category = ["done", "New"]',
            "rules[0].category[1] is 'New'. Allowed: new, indeterminate, done. Did you mean 'new'?",
            id="unknown category",
        ),
        pytest.param(
            "status",
            'zendesk_status = "open"',
            'zendesk_status = "solved"',
            "rules[3].zendesk_status is 'solved'. Allowed: open, pending, hold.",
            id="a status that would solve tickets",
        ),
        pytest.param(
            "status",
            "ask_missing = true",
            'ask_missing = "yes"',
            "rules[6].ask_missing is 'yes': expected true or false.",
            id="text for a switch",
        ),
        pytest.param(
            "status",
            "{issue} is waiting",
            "{isue} is waiting",
            "rules[0].note is '{isue} is waiting for the team to look at it ({status}).', which "
            "is no text that can be filled in: it holds {isue}. Allowed: {issue}, {status}, "
            "{resolution}, {state}, {reason}, {duplicate}.",
            id="unknown name in a text",
        ),
        pytest.param(
            "cadence",
            'zone = "UTC"',
            'zone = "Europe/Berln"',
            "zone is 'Europe/Berln', which is no time zone. Did you mean 'Europe/Berlin'?",
            id="unknown zone",
        ),
        pytest.param(
            "cadence",
            'internal = "2 hours"',
            'internal = "2 hrs"',
            "severity.Critical.internal is '2 hrs': expected a whole number and a unit: '30d', "
            "'8h', '90 minutes', '24 business hours', '2 business days'.",
            id="no duration",
        ),
        pytest.param(
            "cadence",
            'internal = "2 hours"',
            "internal = 2",
            "severity.Critical.internal is 2: expected a whole number and a unit: '30d', '8h', "
            "'90 minutes', '24 business hours', '2 business days'.",
            id="a number for a duration",
        ),
        pytest.param(
            "cadence",
            "[severity.Critical]",
            "[severity.Critcal]",
            "severity.Critcal is no key here. Known: Critical, High, Medium. "
            "Did you mean 'Critical'?",
            id="unknown severity",
        ),
        pytest.param(
            "cadence",
            '[severity.Medium]\ninternal = "1 business day"\ncustomer = "2 business days"',
            "",
            "severity.Medium is missing; each severity needs its intervals.",
            id="a severity left out",
        ),
        pytest.param(
            "cadence",
            '# country = "DE"',
            'country = "DX"',
            "holidays.country is 'DX', whose holidays are not known.",
            id="unknown country",
        ),
        pytest.param(
            "cadence",
            '# country = "DE"\n# subdivision = "BE"',
            'country = "DE"\nsubdivision = "BX"',
            "holidays.subdivision is 'BX', whose holidays are not known. Allowed: BB, BE, BW, BY, "
            "HB, HE, HH, MV, NI, NW, RP, SH, SL, SN, ST, TH, Augsburg.",
            id="unknown subdivision",
        ),
        pytest.param(
            "cadence",
            "# also = [2026-12-24, 2026-12-31]",
            'also = ["Christmas"]',
            "holidays.also[0] is 'Christmas': expected a date such as 2026-12-24.",
            id="no date",
        ),
        pytest.param(
            "fields",
            'arr = "arr" ',
            "arr = 5 ",
            "organization.arr is 5: expected text.",
            id="a number for a key",
        ),
        pytest.param(
            "fields",
            "[jira]",
            '[jira.customfield_1]\nfact = "arr"',
            "jira.customfield_1.fact is 'arr'. Allowed: customers, customer_names, ticket_count, "
            "tickets, arr_at_risk, severity, product_area, environment, first_report, "
            "next_breach, deadline.",
            id="unknown fact",
        ),
        pytest.param(
            "fields",
            "[jira]",
            '[jira.customfield_1]\nfact = "customers"\ntargets = ["Enginering"]',
            "jira.customfield_1.targets[0] is 'Enginering'. Allowed: L2, Engineering, Product, "
            "Security, Leadership. Did you mean 'Engineering'?",
            id="unknown target",
        ),
        pytest.param(
            "brief",
            "[targets.Security]",
            "[targets.Secuirty]",
            "targets.Secuirty is no key here. Known: L2, Engineering, Product, Security, "
            "Leadership. Did you mean 'Security'?",
            id="unknown target of a brief",
        ),
        pytest.param(
            "brief",
            '"observed", "affected"',
            '"observd", "affected"',
            "targets.Security.required[0] is 'observd'. Allowed: ticket_summary, steps_tried, "
            "customer_context, reproduction_steps, expected_result, actual_result, environment, "
            "logs_or_errors, business_impact, customer_timeline, use_case, request_frequency, "
            "competitive_pressure, observed, affected, containment, urgency, business_context, "
            "revenue_at_risk, decision_needed, deadline. Did you mean 'observed'?",
            id="unknown item",
        ),
        pytest.param(
            "brief",
            'observed = "What exactly',
            '# observed = "What exactly',
            "wording.question.observed is missing; a required item needs its question.",
            id="a required item without question",
        ),
        pytest.param(
            "brief",
            "summary = 240",
            "summary = 300",
            "limits.summary is 300: expected at most 240.",
            id="a summary that Jira refuses",
        ),
        pytest.param(
            "brief",
            'personal = ["e-mail", "phone", "IBAN"]',
            'personal = ["email"]',
            "redaction.personal[0] is 'email'. Allowed: e-mail, phone, IBAN. "
            "Did you mean 'e-mail'?",
            id="unknown kind of personal data",
        ),
    ],
)
def test_a_mistake_is_told_with_place_value_and_what_is_allowed(
    folder: Path,
    problems: Callable[[], tuple[str, ...]],
    name: str,
    old: str,
    new: str,
    expected: str,
) -> None:
    change(folder / f"{name}.toml", old, new)
    assert problems() == (f"mappings/{name}.toml: {expected}",)


def test_the_kinds_of_triggers_are_told_with_the_nearest(
    folder: Path, problems: Callable[[], tuple[str, ...]]
) -> None:
    text = '[[triggers]]\nkind = "same-isue"\n[[triggers]]\ncustomers = 3\n'
    text += '[[triggers]]\nkind = "same-issue"\ncustomrs = 3\n'
    (folder / "triggers.toml").write_text(text, "utf-8")
    first, second, third = problems()
    assert first.startswith("mappings/triggers.toml: triggers[0].kind is 'same-isue'. Allowed: ")
    assert first.endswith("Did you mean 'same-issue'?")
    assert second.startswith("mappings/triggers.toml: triggers[1].kind is missing. Allowed: ")
    assert third.startswith("mappings/triggers.toml: triggers[2].customrs is no key here. Known: ")
    assert third.endswith("Did you mean 'customers'?")


def test_the_mistakes_of_all_files_are_listed_at_once(
    folder: Path, problems: Callable[[], tuple[str, ...]]
) -> None:
    change(folder / "status.toml", 'state = "open"', 'state = "opn"')
    change(folder / "status.toml", 'follow = "duplicate"', 'follow = "twin"')
    change(folder / "cadence.toml", 'zone = "UTC"', 'zone = "Mars/Olympus"')
    (folder / "brief.toml").write_text("[targets\n", "utf-8")
    (folder / "fields.toml").write_bytes(b"# \xff")
    (folder / "trigers.toml").write_text("", "utf-8")
    assert [re.sub(r" is .*", "", line) for line in problems()] == [
        (
            "mappings/trigers.toml: no mapping has this name. Known: triggers.toml, severity.toml, "
            "routing.toml, fields.toml, status.toml, cadence.toml, brief.toml. "
            "Did you mean 'triggers.toml'?"
        ),
        "mappings/fields.toml:",
        "mappings/brief.toml:",
        "mappings/status.toml: rules[0].state",
        "mappings/status.toml: rules[7].follow",
        "mappings/cadence.toml: zone",
    ]


def test_a_folder_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfigError, match=r"does not exist\. Run `escalation init`"):
        load_mappings(tmp_path / "nowhere")


# --- between files -------------------------------------------------------------------------------

ROUTE = '[[routes]]\ntarget = "Engineering"\nproject = "PAY"\nwhen = { product_area = ["chekout"] }'


def test_a_product_area_that_no_file_defines_is_told(
    folder: Path, problems: Callable[[], tuple[str, ...]]
) -> None:
    change(folder / "fields.toml", "[product_areas]", '[product_areas]\ncheckout = ["cart"]')
    add(folder / "routing.toml", ROUTE)
    assert problems() == (
        (
            "mappings/routing.toml: routes[5].when.product_area[0] is 'chekout', which "
            "mappings/fields.toml does not list under product_areas. Known: checkout. "
            "Did you mean 'checkout'?"
        ),
    )


def test_a_product_area_that_nothing_can_tell_is_told(
    folder: Path, problems: Callable[[], tuple[str, ...]]
) -> None:
    add(folder / "routing.toml", ROUTE)
    assert problems() == (
        (
            "mappings/routing.toml: routes[5].when.product_area[0] is 'chekout', but "
            "mappings/fields.toml has neither ticket.product_area nor product_areas, so it never "
            "holds."
        ),
    )


def test_a_product_area_may_be_any_value_of_its_field(folder: Path) -> None:
    change(folder / "fields.toml", "# product_area =", "product_area =")
    add(folder / "routing.toml", ROUTE)
    assert load_mappings(folder).routing.routes[-1].project == "PAY"


def test_a_state_s_field_value_needs_a_field(
    folder: Path, problems: Callable[[], tuple[str, ...]]
) -> None:
    change(folder / "status.toml", 'state = "open"', 'state = "open"\nfield = "esc_open"')
    assert problems() == (
        (
            "mappings/status.toml: rules[0].field is 'esc_open', but mappings/fields.toml names no "
            "ticket.state to write it to."
        ),
    )
    change(folder / "fields.toml", '# state = "Escalation state"', "state = 360001")
    rule = load_mappings(folder).status.decide("new", "To Do", None)
    assert rule is not None
    assert (rule.state, rule.state_field) == (State.OPEN, "esc_open")


# --- holidays ------------------------------------------------------------------------------------


def test_public_holidays_come_from_the_calendar_of_the_country(folder: Path) -> None:
    change(folder / "cadence.toml", '# country = "DE"', 'country = "DE"')
    change(folder / "cadence.toml", '# subdivision = "BE"', 'subdivision = "BE"')
    hours = load_mappings(folder).cadence.business_hours
    may_day, womens_day = date(2026, 5, 1), date(2027, 3, 8)
    assert may_day in hours.holidays
    assert womens_day in hours.holidays
    assert date(2026, 5, 4) not in hours.holidays


def test_a_calendar_that_ends_leaves_ordinary_days_and_no_warning() -> None:
    india = public_holidays(Holidays(country="IN"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert date(2026, 1, 26) in india
        assert date(2090, 3, 3) not in india
