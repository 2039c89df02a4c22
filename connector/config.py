"""config.toml and ESCALATION_SECTION__KEY variables into one frozen `Settings`."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from connector.core.model import Frozen
from connector.core.triggers.pattern import SameIssue
from connector.credentials import (
    BETWEEN,
    PREFIX,
    SECRETS,
    Given,
    Key,
    credential_problems,
    take_secrets,
    variable_of,
)
from connector.errors import ConfigError, InvalidConfigError
from connector.mapping_files import read_toml, shown
from connector.problems import problems_of, unknown_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.core.mapping import Mappings
    from connector.problems import Loc

_SQLITE = "sqlite:///"
_ENVIRONMENT = "[a-z0-9][a-z0-9-]{0,30}"


def _address(url: str) -> SplitResult:
    """Without a slash at its end. http:// is for services on this very machine only."""
    if any(char.isspace() or not char.isprintable() for char in url):
        raise ValueError("expected an address without spaces or control characters")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - read for its check
    except ValueError:
        raise ValueError("expected an address such as 'https://acme.example'") from None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError("expected an address such as 'https://acme.example'")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("expected an address without user name, '?' and '#'")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("http:// is for loopback hosts only; use https://")
    return parts


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _zendesk_url(text: str) -> str:
    parts = _address(text)
    if parts.path.strip("/"):
        raise ValueError(f"expected no path: '{parts.scheme}://{parts.netloc}'")
    return f"{parts.scheme}://{parts.netloc}"


def _jira_url(text: str) -> str:
    """Data Center may live under a path."""
    parts = _address(text)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _store_url(secret: SecretStr) -> SecretStr:
    url = secret.get_secret_value()
    if url.startswith(_SQLITE) and len(url) > len(_SQLITE) and "?" not in url:
        return secret
    if re.match(r"postgresql(\+psycopg)?://", url) and url.isprintable():
        return secret
    raise ValueError("expected 'sqlite:///escalation.db' or 'postgresql://user@host/database'")


def _email(text: str) -> str:
    if not re.fullmatch(r"[!-~]+@[!-~]+", text):
        raise ValueError("expected an e-mail address")
    return text


def _environment(name: str) -> str:
    if not re.fullmatch(_ENVIRONMENT, name):
        raise ValueError("expected up to 31 lower-case letters, digits and '-'")
    return name


Email = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_email)]
Number = Annotated[int, Field(strict=True)]


class ZendeskSettings(Frozen):
    """`oauth_*` (client credentials) goes before `email` and `token`, which end on 2027-04-30."""

    url: Annotated[str, AfterValidator(_zendesk_url)]
    oauth_client_id: Annotated[str, StringConstraints(pattern=r"^[!-~]+$")] | None = None
    oauth_client_secret: SecretStr | None = None
    oauth_client_secret_file: str | None = None
    email: Email | None = None
    token: SecretStr | None = None
    token_file: str | None = None


class JiraSettings(Frozen):
    """Cloud takes `email` and an API token, Data Center a personal access token alone."""

    url: Annotated[str, AfterValidator(_jira_url)]
    deployment: Literal["cloud", "datacenter"] = "cloud"
    email: Email | None = None
    token: SecretStr | None = None
    token_file: str | None = None


class StoreSettings(Frozen):
    """A file of SQLite (its path is absolute once loaded) or a PostgreSQL database."""

    url: Annotated[SecretStr, AfterValidator(_store_url)] = SecretStr("sqlite:///escalation.db")

    @property
    def location(self) -> str:
        """The URL for people: without user name, password and parameters."""
        url = self.url.get_secret_value()
        if url.startswith(_SQLITE):
            return url
        return re.sub(r"//.*@", "//", url).partition("?")[0]


class SweepSettings(Frozen):
    """The limits of a sweep. `environment` goes into every marker: set it once and keep it."""

    window_days: Annotated[Number, Field(ge=1, le=365)] = 30
    min_customers: Annotated[Number, Field(ge=2, le=1000)] = 3
    sla_warning_minutes: Annotated[Number, Field(ge=1, le=43_200)] = 60
    max_new_per_run: Annotated[Number, Field(ge=0, le=1000)] = 25
    budget_seconds: Annotated[Number, Field(ge=10, le=86_400)] = 600
    environment: Annotated[
        str, AfterValidator(_environment), Field(json_schema_extra={"pattern": f"^{_ENVIRONMENT}$"})
    ] = "production"


class MappingSettings(Frozen):
    """The folder of mappings, absolute once loaded; None: the defaults of the package."""

    path: Path | None = None


class GroupingSettings(Frozen):
    """How same-issue reports are told. `model`: a folder with a sentence model, absolute once
    loaded; None: the one of an installed package, if there is one.
    """

    model: Path | None = None
    vectors: Literal["auto", "off"] = "auto"


SECTIONS: Mapping[str, type[Frozen]] = {
    "zendesk": ZendeskSettings,
    "jira": JiraSettings,
    "store": StoreSettings,
    "sweep": SweepSettings,
    "mappings": MappingSettings,
    "grouping": GroupingSettings,
}


class Settings(BaseSettings):
    """Everything that config.toml says, environment included. Made by `load_settings` only."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", case_sensitive=True, hide_input_in_errors=True
    )

    zendesk: ZendeskSettings
    jira: JiraSettings
    store: StoreSettings = StoreSettings()
    sweep: SweepSettings = SweepSettings()
    mappings: MappingSettings = MappingSettings()
    grouping: GroupingSettings = GroupingSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load_settings` hands over: it knows which key came from where."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def load_settings(
    path: Path | None, environ: Mapping[str, str], *, need_credentials: bool = True
) -> Settings:
    """The settings of this file, or of $ESCALATION_CONFIG, or of ./config.toml.

    Variables go before the file. Relative paths start at the file's folder. Without
    `need_credentials` nobody has to be able to sign in (for commands that call no service).
    Raises InvalidConfigError with every problem at once; no message holds a secret.
    """
    file = config_file(path, environ)
    problems: list[str] = []
    content = read_toml(file, problems)
    if content is None:
        raise InvalidConfigError(problems)
    variables = _variables(environ, problems)
    given = Given(
        file=shown(file),
        folder=file.resolve().parent,
        tables=_merged(content, variables),
        variables=variables.keys(),
        problems=problems,
    )
    take_secrets(given)
    _resolve_paths(given)
    settings = _validated(given)
    if need_credentials:
        problems += credential_problems(given)
    if settings is None or problems:
        raise InvalidConfigError(problems)
    return settings


def grouping_settings(path: Path | None, environ: Mapping[str, str]) -> GroupingSettings:
    """[grouping] alone, for commands that work without a configuration or with half of one."""
    try:
        file = config_file(path, environ)
    except ConfigError:
        if path is not None or environ.get("ESCALATION_CONFIG"):
            raise
        file = Path("config.toml")
    content = (read_toml(file, []) or {}) if file.is_file() else {}
    variables = _variables(environ, [])
    grouping = _merged(content, variables)["grouping"]
    if not isinstance(grouping, dict):
        raise InvalidConfigError([f"{shown(file)}: grouping is no table; expected [grouping]"])
    _resolve_model(grouping, file.resolve().parent)
    try:
        return GroupingSettings(**grouping)
    except ValidationError as error:
        problems = problems_of(
            error,
            GroupingSettings,
            name=lambda _, key: (
                f"${variable_of(('grouping', key))}"
                if ("grouping", key) in variables
                else f"{shown(file)}: grouping.{key}"
            ),
            may_show=lambda _: True,
        )
        raise InvalidConfigError(problems) from None


def holds_secrets(file: Path) -> bool:
    """Whether a secret stands in the file itself, the password of [store] url among them."""
    content = read_toml(file, []) or {}
    tables = {name: table for name, table in content.items() if isinstance(table, dict)}
    url = tables.get("store", {}).get("url")
    password = urlsplit(url).password if isinstance(url, str) else None
    return bool(password) or any(key in tables.get(section, {}) for section, key in SECRETS)


def config_file(path: Path | None, environ: Mapping[str, str]) -> Path:
    """The file that -c, $ESCALATION_CONFIG or the current folder names. ConfigError without one."""
    named = path or (
        Path(environ["ESCALATION_CONFIG"]) if environ.get("ESCALATION_CONFIG") else None
    )
    file = (named or Path("config.toml")).expanduser()
    if file.is_file():
        return file
    if named is not None:
        source = "-c or $ESCALATION_CONFIG" if path else "$ESCALATION_CONFIG"
        raise ConfigError(
            f"there is no configuration file {file} (named by {source}). "
            "Run `escalation init` to write one."
        )
    raise ConfigError(
        "there is no configuration: -c was not given, $ESCALATION_CONFIG is not set, and there is "
        f"no config.toml in {Path.cwd()}. Run `escalation init` to write one."
    )


def _variables(environ: Mapping[str, str], problems: list[str]) -> dict[Key, str | int]:
    """Values by section and key. An empty variable counts as not set."""
    found: dict[Key, str | int] = {}
    for name, value in sorted(environ.items()):
        section, between, key = name.removeprefix(PREFIX).lower().partition(BETWEEN)
        if not name.startswith(PREFIX) or not between or not value.strip():
            continue
        if section not in SECTIONS:
            known = [f"{PREFIX}{known.upper()}{BETWEEN}…" for known in SECTIONS]
            problems.append(unknown_key(f"${name}", name, known))
            continue
        keys = SECTIONS[section].model_fields
        if key not in keys:
            known = [variable_of((section, each)) for each in keys]
            problems.append(unknown_key(f"${name}", name, known))
            continue
        whole = keys[key].annotation is int and re.fullmatch(r"-?[0-9]{1,9}", value.strip())
        found[section, key] = int(value) if whole else value.strip()
    return found


def _merged(content: Mapping[str, Any], variables: Mapping[Key, str | int]) -> dict[str, Any]:
    """The file's tables with the variables over them; every section is there."""
    tables: dict[str, Any] = {section: {} for section in SECTIONS} | {
        section: dict(table) if isinstance(table, dict) else table
        for section, table in content.items()
    }
    for (section, key), value in variables.items():
        if isinstance(tables[section], dict):
            tables[section][key] = value
    return tables


def _resolve_paths(given: Given) -> None:
    """Relative to the file's folder. Without mappings.path, `mappings` is used if it is there."""
    store, mappings = given.table("store"), given.table("mappings")
    default = StoreSettings().url.get_secret_value()
    url = store.setdefault("url", default) if "store" in given.tables else default
    if isinstance(url, str) and url.startswith(_SQLITE) and len(url) > len(_SQLITE):
        file = given.folder / Path(url.removeprefix(_SQLITE)).expanduser()
        store["url"] = f"{_SQLITE}{file}"
    path = mappings.get("path")
    if isinstance(path, str):
        mappings["path"] = given.folder / Path(path).expanduser()
    elif path is None and (given.folder / "mappings").is_dir():
        mappings["path"] = given.folder / "mappings"
    _resolve_model(given.table("grouping"), given.folder)


def _resolve_model(grouping: dict[str, Any], folder: Path) -> None:
    if isinstance(grouping.get("model"), str):
        grouping["model"] = folder / Path(grouping["model"]).expanduser()


def _validated(given: Given) -> Settings | None:
    def name(loc: Loc, path: str) -> str:
        key = tuple(str(part) for part in loc[:2])
        known = len(key) == len(loc) == len(("section", "key"))
        return given.place((key[0], key[1])) if known else f"{given.file}: {path}"

    def may_show(loc: Loc) -> bool:
        """Never what could be a secret in the wrong place."""
        open_keys = {("zendesk", "url"), ("jira", "url"), ("jira", "deployment"), ("store", "url")}
        if loc[0] not in {"sweep", "mappings", "grouping"} and loc[:2] not in open_keys:
            return False
        value = given.table(str(loc[0])).get(str(loc[-1]), "")
        return not isinstance(value, str) or not {"@", "?", "#"} & set(value)

    try:
        return Settings(**given.tables)
    except ValidationError as error:
        given.problems += problems_of(error, Settings, name=name, may_show=may_show)
    return None


def effective_sweep(sweep: SweepSettings, mappings: Mappings) -> SweepSettings:
    """The limits with what triggers.toml says wherever config.toml and variables say nothing."""
    found = {"sla_warning_minutes": mappings.triggers.sla.before.amount // timedelta(minutes=1)}
    for trigger in mappings.triggers.triggers:
        if isinstance(trigger, SameIssue):
            found["min_customers"] = trigger.customers
            found["window_days"] = -(-trigger.within.amount // timedelta(days=1))
    fresh = {key: value for key, value in found.items() if key not in sweep.model_fields_set}
    return sweep.model_copy(update=fresh)


def effective_mappings(mappings: Mappings, sweep: SweepSettings) -> Mappings:
    """The triggers with the numbers that config.toml or a variable sets: those win.

    A number that was left out there changes nothing in triggers.toml.
    """
    limits = ("window_days", "min_customers", "sla_warning_minutes")
    said = sweep.model_dump(include=set(limits) & sweep.model_fields_set)
    return mappings.model_copy(update={"triggers": mappings.triggers.with_limits(**said)})
