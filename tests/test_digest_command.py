"""`escalation digest` from an installed command and a real ledger: text, JSON and HTML."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from digest_history import NOW, write_history

from connector.digest import make_digest
from connector.ledger.store import open_ledger
from connector.shelf import list_escalations

COMMAND = Path(sys.executable).parent / "escalation"
HOSTILE = '<img src=x onerror=alert(1)> {{ 7*7 }} "&\u2028'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a year of escalations, the newest with a hostile summary."""
    place = tmp_path_factory.mktemp("digest")
    (place / "config.toml").write_text(
        '[zendesk]\nurl = "https://acme.zendesk.com"\n[jira]\nurl = "https://acme.atlassian.net"\n'
    )
    with open_ledger(f"sqlite:///{place}/escalation.db", now=NOW) as ledger:
        write_history(ledger)
        with ledger.transaction() as tx:
            newest = tx.escalations.get("e120")
            assert newest is not None
            tx.escalations.replace(newest.model_copy(update={"summary": HOSTILE}))
    return place


def digest(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if "ESCALATION" not in name}
    return subprocess.run(
        [COMMAND, "--now", NOW.isoformat(), "digest", *options],
        cwd=folder,
        env={**environment, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


class _Page(HTMLParser):
    """Tags, and every address that a browser would go to."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]
        assert not [name for name, _ in attrs if name.startswith("on")], "no script of any kind"


def test_the_mail_says_what_is_pressing_first_and_fits_into_80_columns(folder: Path) -> None:
    done = digest(folder, "--since", "7d")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    parts = [line for line in lines if line and not line.startswith(" ")]
    assert parts.index("Fixed, customer not told") < parts.index("Late") < parts.index("Open")


def test_json_and_mail_tell_the_same_numbers(folder: Path) -> None:
    told: dict[str, Any] = json.loads(digest(folder, "--since", "7d", "--json").stdout)
    found = told["digest"]
    assert told["command"] == "digest"
    assert f"{len(found['open'])} open, {len(found['late'])} late" in digest(folder).stdout
    assert all(one["untold"] for one in found["untold"])
    assert sum(sum(bar["opened"].values()) for bar in found["over_time"]) == 120


def test_the_page_is_whole_without_any_other_file_and_runs_no_script(folder: Path) -> None:
    done = digest(folder, "--html")
    page = _Page()
    page.feed(done.stdout)
    assert done.returncode == 0
    assert not {"script", "img", "link", "iframe", "object"} & set(page.tags)
    assert {"svg", "rect", "circle", "table"} <= set(page.tags)
    homes = ("https://acme.zendesk.com/agent/tickets/", "https://acme.atlassian.net/browse/")
    assert page.addresses
    assert all(address.startswith(homes) for address in page.addresses)
    assert "url(" not in done.stdout


def test_a_summary_is_shown_as_text_and_never_obeyed(folder: Path) -> None:
    html = digest(folder, "--html").stdout
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt; {{ 7*7 }}" in html


def test_an_empty_ledger_gives_an_empty_digest(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "config.toml").write_text((folder / "config.toml").read_text())
    assert digest(tmp_path).stdout.startswith("Escalations at 2026-11-27 09:30 UTC: 0 open.")
    assert "<svg" not in digest(tmp_path, "--html").stdout


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--since", "yesterday"), "neither a span such as 24h or 7d nor an ISO 8601 time"),
        (("--since", "2 business days"), "counts business time"),
        (("--json", "--html"), "not both"),
    ],
)
def test_a_wrong_option_is_explained(folder: Path, options: tuple[str, ...], says: str) -> None:
    done = digest(folder, *options)
    assert done.returncode == 2
    assert says in re.sub(r"\s+", " ", done.stderr)


def test_untold_are_the_tickets_that_the_list_and_the_duties_name(tmp_path: Path) -> None:
    """One that was merged owes nobody anything, nor does one that a person took out."""
    with open_ledger(f"sqlite:///{tmp_path}/escalation.db", now=NOW) as ledger:
        write_history(ledger, count=120)
        with ledger.transaction() as tx:
            row = next(row for row in tx.escalations.unclosed() if row.ended_at is not None)
            first = tx.links.of(row.id)[0]
            for number, facts in ((1, {}), (2, {"merged_into": 1}), (3, {"left_at": NOW})):
                tx.links.add(first.model_copy(update={"ticket_id": number, **facts}))
        report = make_digest(
            ledger, now=NOW, since=NOW, zone="UTC", desk="https://d", site="https://s"
        )
        listing = list_escalations(
            ledger, state=None, now=NOW, window=timedelta(days=30), customers=3
        )
    listed = {one.escalation.id: set(one.untold) for one in listing.escalations if one.untold}
    assert {one.id: set(one.untold) for one in report.digest.untold} == listed
    (found,) = (one for one in report.digest.untold if one.id == row.id)
    assert found.ended_at == row.ended_at
    assert 1 in found.untold
    assert not {2, 3} & {*found.untold, *found.tickets}
