from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config import (
    JiraSettings,
    Settings,
    StoreSettings,
    SweepSettings,
    effective_mappings,
    effective_sweep,
    grouping_settings,
    load_settings,
)
from connector.core.duration import Duration
from connector.core.triggers.pattern import SameIssue
from connector.errors import ConfigError, ExitCode, InvalidConfigError
from connector.mapping_files import load_mappings

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.core.mapping import Mappings

EXAMPLE = Path(__file__).resolve().parents[1] / "config.example.toml"
SECRET = "pl4nted-s3cret"
SIGNED_IN = {
    "ESCALATION_ZENDESK__OAUTH_CLIENT_ID": "connector",
    "ESCALATION_ZENDESK__OAUTH_CLIENT_SECRET": SECRET,
    "ESCALATION_JIRA__EMAIL": "bot@acme.example",
    "ESCALATION_JIRA__TOKEN": SECRET,
}
MINIMAL = """
[zendesk]
url = "https://acme.zendesk.com"
[jira]
url = "https://acme.atlassian.net"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, so that messages show short paths."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def load(here: Path) -> Callable[..., Settings]:
    def load(
        text: str = MINIMAL, environ: dict[str, str] | None = None, **options: Any
    ) -> Settings:
        (here / "config.toml").write_text(text, "utf-8")
        return load_settings(None, SIGNED_IN if environ is None else environ, **options)

    return load


@pytest.fixture
def problems(load: Callable[..., Settings]) -> Callable[..., tuple[str, ...]]:
    def problems(text: str, environ: dict[str, str] | None = None) -> tuple[str, ...]:
        with pytest.raises(InvalidConfigError) as caught:
            load(text, environ)
        assert caught.value.exit_code is ExitCode.USAGE
        assert SECRET not in str(caught.value)
        assert all(problem in str(caught.value) for problem in caught.value.problems)
        return caught.value.problems

    return problems


def private(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    return path


# --- what is read ------------------------------------------------------------------------------


def test_a_minimal_file_and_credentials_are_enough(load: Callable[..., Settings]) -> None:
    settings = load()
    assert settings.sweep == SweepSettings()
    assert settings.jira.deployment == "cloud"
    assert settings.zendesk.oauth_client_secret is not None
    assert settings.zendesk.oauth_client_secret.get_secret_value() == SECRET


def test_the_contract_s_defaults_are_the_defaults() -> None:
    sweep = SweepSettings()
    assert (sweep.window_days, sweep.min_customers, sweep.sla_warning_minutes) == (30, 3, 60)
    assert sweep.max_new_per_run == 25
    assert StoreSettings().url.get_secret_value() == "sqlite:///escalation.db"


def test_a_variable_goes_before_the_file_and_an_empty_one_is_not_there(
    load: Callable[..., Settings],
) -> None:
    text = MINIMAL + "[sweep]\nwindow_days = 10\nmin_customers = 5\n"
    settings = load(
        text,
        SIGNED_IN | {"ESCALATION_SWEEP__WINDOW_DAYS": "7", "ESCALATION_SWEEP__MIN_CUSTOMERS": " "},
    )
    assert (settings.sweep.window_days, settings.sweep.min_customers) == (7, 5)


def test_relative_paths_start_at_the_file_s_folder(here: Path) -> None:
    folder = here / "etc" / "my settings"
    (folder / "mappings").mkdir(parents=True)
    private(folder / "jira-token", SECRET)
    text = MINIMAL + 'token_file = "jira-token"\nemail = "bot@acme.example"\n'
    (folder / "config.toml").write_text(text, "utf-8")
    zendesk = {key: value for key, value in SIGNED_IN.items() if "ZENDESK" in key}
    settings = load_settings(folder / "config.toml", zendesk)
    assert settings.jira.token is not None
    assert settings.jira.token.get_secret_value() == SECRET
    assert settings.mappings.path == folder / "mappings"
    assert settings.store.location == f"sqlite:///{folder / 'escalation.db'}"


def test_without_a_folder_of_mappings_the_package_s_defaults_are_used(
    load: Callable[..., Settings],
) -> None:
    assert load().mappings.path is None


def test_addresses_lose_the_slash_at_their_end(load: Callable[..., Settings]) -> None:
    text = MINIMAL.replace("zendesk.com", "zendesk.com/").replace("net", "net/jira/")
    settings = load(text)
    assert settings.zendesk.url == "https://acme.zendesk.com"
    assert settings.jira.url == "https://acme.atlassian.net/jira"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9:8080", "[::1]:8080"])
def test_plain_http_is_fine_on_this_machine(load: Callable[..., Settings], host: str) -> None:
    text = MINIMAL.replace("https://acme.zendesk.com", f"http://{host}")
    assert load(text).zendesk.url == f"http://{host}"


def test_a_personal_access_token_alone_is_enough_for_data_center(
    load: Callable[..., Settings],
) -> None:
    environ = {key: value for key, value in SIGNED_IN.items() if "EMAIL" not in key}
    text = MINIMAL + 'deployment = "datacenter"\n'
    assert load(text, environ).jira == JiraSettings(
        url="https://acme.atlassian.net", deployment="datacenter", token=SECRET
    )


def test_commands_that_call_no_service_need_no_credentials(load: Callable[..., Settings]) -> None:
    assert load(MINIMAL, {}, need_credentials=False).zendesk.token is None


# --- secrets -------------------------------------------------------------------------------------


def test_no_secret_shows_in_any_form_of_the_settings(load: Callable[..., Settings]) -> None:
    store = (
        f'[store]\nurl = "postgresql://me:{SECRET}@db.example/escalation?sslpassword={SECRET}"\n'
    )
    settings = load(MINIMAL + store)
    for shown in (
        repr(settings),
        str(settings),
        settings.model_dump_json(),
        settings.store.location,
    ):
        assert SECRET not in shown
    assert settings.store.location == "postgresql://db.example/escalation"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644])
def test_a_secret_that_others_can_read_is_refused(
    here: Path, problems: Callable[..., tuple[str, ...]], mode: int
) -> None:
    token = private(here / "jira token", SECRET)
    token.chmod(mode)
    environ = SIGNED_IN | {"ESCALATION_JIRA__TOKEN_FILE": "jira token"}
    del environ["ESCALATION_JIRA__TOKEN"]
    assert problems(MINIMAL, environ) == (
        (
            f"$ESCALATION_JIRA__TOKEN_FILE is '{token}', which others can read (mode {mode:04o}). "
            f"Run: chmod 600 '{token}'."
        ),
    )


def test_a_secret_s_file_must_be_there_be_a_file_and_be_text(
    here: Path, problems: Callable[..., tuple[str, ...]]
) -> None:
    os.mkfifo(here / "pipe", 0o600)
    (here / "bytes").write_bytes(b"\xff\xfe")
    (here / "bytes").chmod(0o600)
    private(here / "long", "x" * 70_000)
    zendesk = 'email = "a@b.example"\n'
    reasons = {
        "nothing": "cannot be read: No such file or directory",
        "pipe": "is no ordinary file",
        "bytes": "cannot be read as text",
        "long": "is too long to hold a secret",
    }
    for name, reason in reasons.items():
        text = MINIMAL.replace("[jira]", f'{zendesk}token_file = "{name}"\n[jira]')
        environ = {key: value for key, value in SIGNED_IN.items() if "JIRA" in key}
        assert problems(text, environ) == (
            f"config.toml: zendesk.token_file is '{here / name}', which {reason}.",
        )


def test_a_token_given_twice_in_one_place_is_a_question_not_a_guess(
    problems: Callable[..., tuple[str, ...]], here: Path
) -> None:
    private(here / "file", SECRET)
    text = MINIMAL + f'token = "{SECRET}"\ntoken_file = "file"\n'
    environ = {key: value for key, value in SIGNED_IN.items() if key != "ESCALATION_JIRA__TOKEN"}
    assert problems(text, environ) == (
        "config.toml: jira.token and config.toml: jira.token_file are both set; keep one.",
    )


@pytest.mark.parametrize("kind", ["token", "token_file"])
def test_a_token_from_a_variable_goes_before_any_from_the_file(
    load: Callable[..., Settings], here: Path, kind: str
) -> None:
    private(here / "old", "old-token")
    private(here / "new", SECRET)
    value = {"token": SECRET, "token_file": "new"}[kind]
    given = {key: v for key, v in SIGNED_IN.items() if key != "ESCALATION_JIRA__TOKEN"}
    environ = given | {f"ESCALATION_JIRA__{kind.upper()}": value}
    for line in ('token = "old-token"', 'token_file = "old"'):
        settings = load(f"{MINIMAL}{line}\n", environ)
        assert settings.jira.token is not None
        assert settings.jira.token.get_secret_value() == SECRET


def test_space_around_a_secret_is_dropped_and_a_break_inside_refused(
    load: Callable[..., Settings], problems: Callable[..., tuple[str, ...]]
) -> None:
    settings = load(MINIMAL, SIGNED_IN | {"ESCALATION_JIRA__TOKEN": f" {SECRET}\r\n"})
    assert settings.jira.token is not None
    assert settings.jira.token.get_secret_value() == SECRET
    for broken in (f"{SECRET}\nx", f"{SECRET}\x7f", f"{SECRET}\u2028x", f"\ufeff{SECRET}"):
        assert problems(MINIMAL, SIGNED_IN | {"ESCALATION_JIRA__TOKEN": broken}) == (
            (
                "$ESCALATION_JIRA__TOKEN (its value is not shown) holds a control character or one "
                "that is not ASCII."
            ),
        )


def test_an_empty_secret_in_the_file_is_told(problems: Callable[..., tuple[str, ...]]) -> None:
    environ = {key: value for key, value in SIGNED_IN.items() if key != "ESCALATION_JIRA__TOKEN"}
    assert problems(MINIMAL + 'token = " "\n', environ) == (
        "config.toml: jira.token (its value is not shown) is empty.",
    )


def test_missing_credentials_name_every_place_that_was_looked_at(
    problems: Callable[..., tuple[str, ...]],
) -> None:
    found = problems(
        MINIMAL + 'email = "bot@acme.example"\n', {"ESCALATION_ZENDESK__TOKEN": SECRET}
    )
    assert found == (
        (
            "config.toml: [zendesk] cannot sign in: it needs oauth_client_id and "
            "oauth_client_secret, or email and token. Not found there: oauth_client_id, "
            "oauth_client_secret, oauth_client_secret_file, email; nor as "
            "$ESCALATION_ZENDESK__OAUTH_CLIENT_ID, $ESCALATION_ZENDESK__OAUTH_CLIENT_SECRET, "
            "$ESCALATION_ZENDESK__OAUTH_CLIENT_SECRET_FILE, $ESCALATION_ZENDESK__EMAIL."
        ),
        (
            "config.toml: [jira] cannot sign in: it needs email and token. Not found there: token, "
            "token_file; nor as $ESCALATION_JIRA__TOKEN, $ESCALATION_JIRA__TOKEN_FILE."
        ),
    )


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_whatever_stands_in_the_place_of_a_secret_is_never_shown(rest: str) -> None:
    value = f"{SECRET}{rest}\x01{SECRET}"
    environ = dict.fromkeys(SIGNED_IN, value) | {"ESCALATION_JIRA__TOKEN_FILE": "file"}
    with pytest.raises(InvalidConfigError) as caught:
        load_settings(EXAMPLE, environ)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)


# --- mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            "[sweep]\nwindow_dayz = 3",
            "config.toml: sweep.window_dayz is no key here. Known: window_days, min_customers, "
            "sla_warning_minutes, max_new_per_run, budget_seconds, environment. "
            "Did you mean 'window_days'?",
            id="unknown key",
        ),
        pytest.param(
            "[swep]\nwindow_days = 3",
            "config.toml: swep is no key here. Known: zendesk, jira, store, sweep, mappings, "
            "grouping. Did you mean 'sweep'?",
            id="unknown section",
        ),
        pytest.param(
            '[sweep]\nwindow_days = "30"',
            "config.toml: sweep.window_days is '30': expected a whole number.",
            id="text for a number",
        ),
        pytest.param(
            "[sweep]\nmin_customers = true",
            "config.toml: sweep.min_customers is true: expected a whole number.",
            id="a switch for a number",
        ),
        pytest.param(
            "[sweep]\nmin_customers = 1",
            "config.toml: sweep.min_customers is 1: expected at least 2.",
            id="too small",
        ),
        pytest.param(
            "[sweep]\nbudget_seconds = 100000",
            "config.toml: sweep.budget_seconds is 100000: expected at most 86400.",
            id="too large",
        ),
        pytest.param(
            '[sweep]\nenvironment = "Prod!"',
            "config.toml: sweep.environment is 'Prod!': expected up to 31 lower-case letters, "
            "digits and '-'.",
            id="an environment that is no label",
        ),
        pytest.param(
            "[mappings]\npath = 5",
            "config.toml: mappings.path is 5: expected a path.",
            id="a number for a path",
        ),
        pytest.param(
            '[store]\nurl = "mysql://db.example/x"',
            "config.toml: store.url is 'mysql://db.example/x': expected 'sqlite:///escalation.db' "
            "or 'postgresql://user@host/database'.",
            id="another database",
        ),
        pytest.param(
            f'[store]\nurl = "postgres://me:{SECRET}@db.example/x"',
            "config.toml: store.url (its value is not shown): expected 'sqlite:///escalation.db' "
            "or 'postgresql://user@host/database'.",
            id="another database, with a password",
        ),
        pytest.param(
            '[store]\nurl = "sqlite:///"',
            "config.toml: store.url is 'sqlite:///': expected 'sqlite:///escalation.db' or "
            "'postgresql://user@host/database'.",
            id="a store that forgets",
        ),
    ],
)
def test_a_mistake_is_told_with_place_value_and_what_is_allowed(
    problems: Callable[..., tuple[str, ...]], change: str, expected: str
) -> None:
    assert problems(f"{MINIMAL}\n{change}\n") == (expected,)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('url = "acme.zendesk.com"', "is 'acme.zendesk.com': expected an address such as"),
        ('url = "http://acme.zendesk.com"', "http:// is for loopback hosts only; use https://"),
        ('url = "http://127.0.0.1.evil.example"', "http:// is for loopback hosts only"),
        ('url = "https://acme.zendesk.com/api/v2"', "expected no path: 'https://acme.zendesk.com'"),
        (f'url = "https://me:{SECRET}@acme.example"', "(its value is not shown): expected an addr"),
        (f'url = "https://acme.example?token={SECRET}"', "(its value is not shown): expected an"),
        ('url = "https://acme.example:99999"', "expected an address such as"),
        ('url = "https://ac me.example"', "without spaces or control characters"),
        ("url = 5", "zendesk.url is 5: expected text"),
    ],
)
def test_an_address_that_could_leak_or_lead_astray_is_refused(
    problems: Callable[..., tuple[str, ...]], line: str, expected: str
) -> None:
    (problem,) = problems(MINIMAL.replace('url = "https://acme.zendesk.com"', line))
    assert problem.startswith("config.toml: zendesk.url ")
    assert expected in problem


def test_a_missing_address_is_told(problems: Callable[..., tuple[str, ...]]) -> None:
    assert problems("") == (
        "config.toml: zendesk.url is missing.",
        "config.toml: jira.url is missing.",
    )


def test_a_choice_is_told_with_the_nearest_one(problems: Callable[..., tuple[str, ...]]) -> None:
    assert problems(MINIMAL + 'deployment = "Clod"\n') == (
        "config.toml: jira.deployment is 'Clod'. Allowed: cloud, datacenter. Did you mean 'cloud'?",
    )


def test_a_misspelt_secret_is_not_shown(problems: Callable[..., tuple[str, ...]]) -> None:
    assert problems(MINIMAL + f'tokn = "{SECRET}"\n') == (
        (
            "config.toml: jira.tokn is no key here. Known: url, deployment, email, token, "
            "token_file. Did you mean 'token'?"
        ),
    )


def test_a_value_in_the_place_of_a_section_is_told(
    problems: Callable[..., tuple[str, ...]],
) -> None:
    assert problems(f'zendesk = "{SECRET}"\n[jira]\nurl = "https://j.example"\n', {}) == (
        "config.toml: zendesk (its value is not shown): expected a table.",
        (
            "config.toml: [jira] cannot sign in: it needs email and token. Not found there: email, "
            "token, token_file; nor as $ESCALATION_JIRA__EMAIL, $ESCALATION_JIRA__TOKEN, "
            "$ESCALATION_JIRA__TOKEN_FILE."
        ),
    )


def test_a_variable_s_mistake_names_the_variable(problems: Callable[..., tuple[str, ...]]) -> None:
    environ = SIGNED_IN | {
        "ESCALATION_SWEEP__WINDOW_DAYS": "many",
        "ESCALATION_JIRA__TOKNE": SECRET,
        "ESCALATION_SWEP__WINDOW_DAYS": "3",
        "ESCALATION_CONFIG_HOME": "not ours",
    }
    assert problems(MINIMAL, environ) == (
        (
            "$ESCALATION_JIRA__TOKNE is no key here. Known: ESCALATION_JIRA__URL, "
            "ESCALATION_JIRA__DEPLOYMENT, ESCALATION_JIRA__EMAIL, ESCALATION_JIRA__TOKEN, "
            "ESCALATION_JIRA__TOKEN_FILE. Did you mean 'ESCALATION_JIRA__TOKEN'?"
        ),
        (
            "$ESCALATION_SWEP__WINDOW_DAYS is no key here. Known: ESCALATION_ZENDESK__…, "
            "ESCALATION_JIRA__…, ESCALATION_STORE__…, ESCALATION_SWEEP__…, "
            "ESCALATION_MAPPINGS__…, ESCALATION_GROUPING__…. Did you mean 'ESCALATION_SWEEP__…'?"
        ),
        "$ESCALATION_SWEEP__WINDOW_DAYS is 'many': expected a whole number.",
    )


def test_all_mistakes_are_listed_at_once(problems: Callable[..., tuple[str, ...]]) -> None:
    text = f"""
[zendesk]
url = "http://acme.zendesk.com"
email = "{SECRET}"
token = 5
[jira]
url = "https://acme.atlassian.net"
[sweep]
min_customers = 0
window_dayz = 3
"""
    environ = {"ESCALATION_SWEEP__MAX_NEW_PER_RUN": "-1"}
    found = problems(text, environ)
    assert [re.sub(r"[ :](is|has|cannot|\().*", "", line) for line in found] == [
        "config.toml: zendesk.url",
        "config.toml: zendesk.email",
        "config.toml: zendesk.token",
        "config.toml: sweep.min_customers",
        "$ESCALATION_SWEEP__MAX_NEW_PER_RUN",
        "config.toml: sweep.window_dayz",
        "config.toml: [jira]",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[zendesk\nurl = 1", "config.toml: is not valid TOML: Expected ']'"),
        (f'[jira]\ntoken = "{SECRET}'.encode(), "config.toml: is not valid TOML: "),
        (b"[jira]\ntoken = '\xff'", "config.toml: is not UTF-8 text."),
    ],
)
def test_a_file_that_is_no_toml_is_told_without_its_content(
    here: Path, content: bytes, expected: str
) -> None:
    (here / "config.toml").write_bytes(content)
    with pytest.raises(InvalidConfigError) as caught:
        load_settings(None, SIGNED_IN)
    assert str(caught.value).startswith(expected)
    assert SECRET not in str(caught.value)


def test_a_file_that_we_may_not_read_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *args: object) -> str:
        raise PermissionError(13, "Permission denied")

    (here / "config.toml").write_text(MINIMAL, "utf-8")
    # Root may read everything, so the refusal itself has to be made up.
    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(
        InvalidConfigError, match=r"config\.toml: cannot be read: Permission denied"
    ):
        load_settings(None, SIGNED_IN)


# --- where the file is ---------------------------------------------------------------------------


def test_without_any_file_the_places_and_the_way_out_are_told(here: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(None, {})
    assert str(caught.value) == (
        "there is no configuration: -c was not given, $ESCALATION_CONFIG is not set, and there is "
        f"no config.toml in {here}. Run `escalation init` to write one."
    )


def test_a_named_file_that_is_not_there_is_not_replaced_by_another(here: Path) -> None:
    (here / "config.toml").write_text(MINIMAL, "utf-8")
    with pytest.raises(ConfigError, match=r"no configuration file no\.toml .*escalation init"):
        load_settings(Path("no.toml"), SIGNED_IN)
    with pytest.raises(ConfigError, match=r"no\.toml \(named by \$ESCALATION_CONFIG\)"):
        load_settings(None, SIGNED_IN | {"ESCALATION_CONFIG": "no.toml"})


def test_the_variable_names_the_file(here: Path) -> None:
    (here / "other.toml").write_text(MINIMAL, "utf-8")
    settings = load_settings(None, SIGNED_IN | {"ESCALATION_CONFIG": "other.toml"})
    assert settings.jira.url == "https://acme.atlassian.net"


def test_the_real_environment_is_not_read_behind_the_caller_s_back(
    load: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCALATION_SWEEP__WINDOW_DAYS", "99")
    monkeypatch.setenv("SWEEP", '{"window_days": 99}')
    assert load().sweep.window_days == 30


# --- the example ---------------------------------------------------------------------------------


def uncommented() -> dict[str, dict[str, Any]]:
    """The example with every "# key =" line switched on."""
    lines = [
        re.sub(r"^# (?=[a-z_]+ = )", "", line) for line in EXAMPLE.read_text("utf-8").splitlines()
    ]
    return tomllib.loads("\n".join(lines))


def test_the_example_loads_with_secrets_from_variables(here: Path) -> None:
    settings = load_settings(EXAMPLE, SIGNED_IN)
    assert settings.sweep == SweepSettings()
    assert SECRET not in repr(settings)


def test_the_example_shows_every_key_and_no_other() -> None:
    shown = {section: set(table) for section, table in uncommented().items()}
    real = {
        section: set(field.annotation.model_fields)  # type: ignore[union-attr]  # all are sections
        for section, field in Settings.model_fields.items()
    }
    assert shown == real


def test_the_defaults_that_the_example_shows_are_the_defaults() -> None:
    shown = uncommented()
    assert shown["sweep"] == SweepSettings().model_dump()
    assert shown["jira"]["deployment"] == JiraSettings.model_fields["deployment"].default
    assert shown["store"]["url"] == StoreSettings().url.get_secret_value()


def test_every_key_of_the_example_is_explained() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    keys = [i for i, line in enumerate(lines) if re.match(r"(# )?[a-z_]+ = ", line)]
    for at in keys:
        above = next(
            line for line in reversed(lines[:at]) if not re.match(r"(# )?[a-z_]+ = ", line)
        )
        assert " # " in lines[at] or above.startswith("# "), lines[at]


# --- config.toml's numbers and the triggers ------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> Mappings:
    return load_mappings(None)


def same_issue(mappings: Mappings) -> SameIssue:
    return next(t for t in mappings.triggers.triggers if isinstance(t, SameIssue))


def test_a_number_in_config_goes_before_the_trigger_s(shipped: Mappings) -> None:
    sweep = SweepSettings(window_days=7, min_customers=5, sla_warning_minutes=90)
    mappings = effective_mappings(shipped, sweep)
    assert same_issue(mappings).customers == 5
    assert same_issue(mappings).within == Duration.parse("7d")
    assert mappings.triggers.sla.before == Duration.parse("90 minutes")


def test_a_number_that_config_leaves_out_is_the_trigger_s(shipped: Mappings) -> None:
    mine = shipped.model_copy(
        update={"triggers": shipped.triggers.with_limits(window_days=9, min_customers=4)}
    )
    assert effective_mappings(mine, SweepSettings()) == mine
    assert effective_sweep(SweepSettings(), mine) == SweepSettings(window_days=9, min_customers=4)
    said = SweepSettings(window_days=2)
    assert effective_sweep(said, mine).window_days == 2
    assert effective_sweep(said, effective_mappings(mine, said)).min_customers == 4


def test_the_shipped_triggers_have_the_numbers_of_config(shipped: Mappings) -> None:
    assert effective_sweep(SweepSettings(), shipped) == SweepSettings()


def test_grouping_is_read_without_the_rest_of_a_configuration(here: Path) -> None:
    assert grouping_settings(None, {}).model is None
    (here / "config.toml").write_text('[zendesk]\nurl = 5\n[grouping]\nmodel = "m"', "utf-8")
    assert grouping_settings(None, {}).model == here / "m"
    assert grouping_settings(None, {"ESCALATION_GROUPING__VECTORS": "off"}).vectors == "off"


def test_a_mistake_in_grouping_is_told_with_place_and_what_is_allowed(here: Path) -> None:
    (here / "config.toml").write_text('[grouping]\nvectors = "on"', "utf-8")
    with pytest.raises(InvalidConfigError) as caught:
        grouping_settings(None, {})
    assert "config.toml: grouping.vectors" in str(caught.value)
    assert "auto" in str(caught.value)
    with pytest.raises(InvalidConfigError, match=r"^\$ESCALATION_GROUPING__VECTORS is 'offf'"):
        grouping_settings(None, {"ESCALATION_GROUPING__VECTORS": "offf"})


def test_a_configuration_that_is_named_and_missing_is_told_to_grouping_too(here: Path) -> None:
    with pytest.raises(ConfigError):
        grouping_settings(here / "none.toml", {})
