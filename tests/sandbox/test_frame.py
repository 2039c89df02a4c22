"""The frame under both services: clock, journal, faults, control, two ports."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
import trustme
from hypothesis import given
from hypothesis import strategies as st
from zendesk_rig import NOON, a_seed, a_ticket, plainly

from connector.sandbox.faults import PLAIN_FAULTS, Fault, Faults
from connector.sandbox.server import Sandbox
from connector.sandbox.world import Clock, Journal, Options, World

if TYPE_CHECKING:
    from pathlib import Path

    from zendesk_rig import Rig

pytest_plugins = ("zendesk_fixtures",)

COUNT = "/tickets/count.json"


# --- clock


def test_a_clock_runs_with_its_source_from_where_it_was_set() -> None:
    seconds = [1_000_000.0]
    clock = Clock(NOON, source=lambda: seconds[0])
    seconds[0] += 90
    assert clock.now() == NOON + timedelta(seconds=90)
    clock.advance(timedelta(hours=2))
    assert clock.now() == NOON + timedelta(hours=2, seconds=90)
    clock.set(NOON, frozen=True)
    seconds[0] += 90
    assert (clock.now(), clock.frozen) == (NOON, True)
    clock.advance(timedelta(hours=-1))
    assert (clock.now(), clock.frozen) == (NOON - timedelta(hours=1), True)
    clock.set(NOON, frozen=False)
    seconds[0] += 1
    assert clock.now() == NOON + timedelta(seconds=1)


def test_a_clock_that_nobody_set_tells_the_real_time() -> None:
    assert Clock(source=lambda: 86_400.0).now() == datetime(1970, 1, 2, tzinfo=UTC)


def test_the_clock_is_read_and_set_over_http(desk: Rig) -> None:
    at = desk.control("POST", "clock", {"now": "2026-01-01T00:00:00Z", "advance": 5})
    assert at == {"now": "2026-01-01T00:00:05+00:00", "frozen": True}
    assert desk.control("GET", "clock") == at
    assert desk.control("POST", "clock", {"frozen": False})["frozen"] is False
    url = f"{desk.url}/_sandbox/clock"
    for body in ({"now": "2026-01-01T00:00:00"}, {"now": "noon"}, {"then": 1}):
        assert plainly("POST", url, json=body).status_code == 400
    assert plainly("POST", url, data=b"{").status_code == 400


def test_answers_carry_the_sandboxs_date(desk: Rig) -> None:
    dated = parsedate_to_datetime(desk.call("GET", COUNT).headers["date"])
    assert dated == NOON


# --- journal


def test_every_request_is_in_the_journal_with_what_it_did(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    desk.call("GET", COUNT, params={"a": "b"})
    desk.put(1, priority="high")
    desk.call("GET", "/nothing.json")
    read, wrote, lost = desk.control("GET", "journal")["entries"]
    assert (read["n"], read["side"], read["method"]) == (1, "zendesk", "GET")
    assert (read["path"], read["query"]) == ("/api/v2/tickets/count.json", "a=b")
    assert (read["endpoint"], read["write"], read["body"]) == ("/api/v2/tickets/count", False, None)
    assert (wrote["endpoint"], wrote["write"]) == ("/api/v2/tickets/{ticket_id:int}", True)
    assert json.loads(wrote["body"]) == {"ticket": {"priority": "high"}}
    assert [effect["field"] for effect in wrote["effects"]] == ["priority"]
    assert wrote["at"] == NOON.isoformat()
    assert (lost["status"], lost["endpoint"]) == (404, "")


def test_the_journal_can_be_asked_in_part(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    desk.call("GET", COUNT)
    desk.put(1, priority="high")
    desk.put(1, priority="high")
    plainly("GET", f"{desk.world.jira_url}/rest/api/2/serverInfo")
    assert [entry["n"] for entry in desk.control("GET", "journal?writes=1")["entries"]] == [2]
    assert [entry["n"] for entry in desk.control("GET", "journal?side=jira")["entries"]] == [4]
    assert [entry["n"] for entry in desk.control("GET", "journal?since=2")["entries"]] == [3, 4]
    assert plainly("GET", f"{desk.url}/_sandbox/journal?since=x").status_code == 400
    counts = desk.control("GET", "counts?side=zendesk")
    assert counts == {
        "zendesk PUT /api/v2/tickets/{ticket_id:int}": 2,
        "zendesk GET /api/v2/tickets/count": 1,
    }


def test_the_journals_file_holds_every_entry_before_the_answer_leaves(
    desk: Rig, running: Sandbox, tmp_path: Path
) -> None:
    file = tmp_path / "journal.jsonl"
    running.begin(World(journal=Journal(file)), a_seed(a_ticket(id=1)))
    for number in (1, 2):
        desk.put(1, priority="high")
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        assert [line["n"] for line in lines] == list(range(1, number + 1))
    assert lines[0]["effects"][0]["new"] == "high"
    running.begin(World(), a_seed())


def test_the_state_is_told_in_numbers(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2, status="solved")))
    state = desk.control("GET", "state")
    assert state["zendesk"]["by_status"] == {"open": 1, "solved": 1}
    assert state["zendesk"]["comments"] == 2
    assert state["jira"]["issues"] == 0


def test_options_change_one_by_one(desk: Rig) -> None:
    desk.control("POST", "options", {"search_lag": 30})
    options = desk.control("POST", "options", {"slas_sideload": False})
    assert (options["search_lag"], options["slas_sideload"], options["limits"]) == (
        30,
        False,
        "off",
    )
    assert desk.control("GET", "options") == options
    url = f"{desk.url}/_sandbox/options"
    assert plainly("POST", url, json={"search_lag": -1}).status_code == 400
    assert desk.control("GET", "options") == options


# --- faults


def order(desk: Rig, fault: str, **known: Any) -> None:
    desk.control("POST", "faults", [{"fault": fault, "method": "PUT", **known}])


def high(desk: Rig) -> requests.Response:
    """A write whose effect can be counted."""
    url, body = f"{desk.url}/api/v2/tickets/1.json", {"ticket": {"tags": ["high"]}}
    return desk.session.put(url, json=body, timeout=5)


def took_effect(desk: Rig) -> bool:
    return bool(desk.effects())


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", ["reset", "close", "hang:0.01"])
def test_an_answer_that_never_comes(desk: Rig, fault: str, when: str) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    order(desk, fault, when=when)
    with pytest.raises(requests.ConnectionError) as lost:
        high(desk)
    assert ("reset by peer" in str(lost.value)) is (fault == "reset")
    assert took_effect(desk) is (when == "after")
    assert high(desk).status_code == 200


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_status_in_place_of_the_answer(desk: Rig, when: str) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    order(desk, "status:429", when=when, headers={"Retry-After": "soon"}, body="{}")
    answer = high(desk)
    assert (answer.status_code, answer.text) == (429, "{}")
    assert answer.headers["retry-after"] == "soon"
    assert took_effect(desk) is (when == "after")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("fault", "kind", "start"),
    [("html", "text/html", "<!DOCTYPE"), ("empty", "json", ""), ("garbage", "json", '{"')],
)
def test_200_with_something_else(desk: Rig, fault: str, kind: str, start: str, when: str) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    order(desk, fault, when=when)
    answer = high(desk)
    assert answer.status_code == 200
    assert kind in answer.headers["content-type"]
    assert answer.text.startswith(start)
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert took_effect(desk) is (when == "after")


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_answer_that_is_cut_short(desk: Rig, when: str) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    order(desk, "truncate", when=when)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        high(desk)
    assert took_effect(desk) is (when == "after")


@pytest.mark.parametrize("fault", ["delay:0.01", "drip:0.01"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_answer_that_takes_its_time(desk: Rig, fault: str, when: str) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    order(desk, fault, when=when)
    assert high(desk).json()["ticket"]["tags"] == ["high"]


def test_a_small_answer_that_unpacks_to_a_large_one(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    order(desk, "bomb:3")
    answer = high(desk)
    assert int(answer.headers["content-length"]) < 10_000
    assert len(answer.content) == 3 * 1024 * 1024
    assert not took_effect(desk)


def test_a_client_that_gives_up_ends_the_silence(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    order(desk, "hang:600")
    url = f"{desk.url}/api/v2/tickets/1.json"
    with pytest.raises(requests.ReadTimeout):
        desk.session.put(url, json={"ticket": {}}, timeout=0.05)
    assert high(desk).status_code == 200


def test_a_request_that_arrives_twice(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    order(desk, "duplicate")
    note = {"comment": {"body": "Once?", "public": False}}
    assert desk.put(1, **note).status_code == 200
    assert [effect["kind"] for effect in desk.effects()] == ["comment", "comment"]
    assert len(desk.get("/tickets/1/comments.json")["comments"]) == 3


def test_a_kill_strikes_whom_it_was_told(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    assert desk.control("POST", "pid", {"pid": victim.pid}) == {"pids": [victim.pid]}
    order(desk, "kill", when="after")
    with pytest.raises(requests.ConnectionError):
        high(desk)
    assert victim.wait(timeout=10) == -signal.SIGKILL
    assert took_effect(desk)
    assert desk.control("POST", "pid", {"pid": None}) == {"pids": []}


def test_faults_count_only_their_own_requests(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    faults = [{"fault": "status:503", "side": "zendesk", "method": "PUT",
               "path": r"/tickets/\d+\.json$", "nth": 2, "times": 2}]  # fmt: skip
    assert len(desk.control("POST", "faults", faults)) == 1
    desk.call("GET", "/tickets/1.json")
    assert [high(desk).status_code for _ in range(4)] == [200, 503, 503, 200]
    assert desk.control("GET", "faults") == []


def test_the_journal_names_the_fault_that_struck(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    order(desk, "status:502")
    order(desk, "status:504", nth=2, when="after")
    high(desk)
    high(desk)
    told = [
        (entry.fault, entry.status, bool(entry.effects)) for entry in desk.world.journal.entries
    ]
    assert told == [("status:502 before", 502, False), ("status:504 after", 200, True)]


def test_waiting_faults_can_be_called_off(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    order(desk, "status:503")
    assert desk.control("DELETE", "faults") == []
    assert high(desk).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"fault": "explode"}, {"fault": "status:99"}, {"fault": "hang"}, {"fault": "close", "nth": 0},
     {"fault": "close", "path": "("}, {"fault": "close", "unknown": 1}, {}],
)  # fmt: skip
def test_an_unknown_fault_is_refused(desk: Rig, wrong: dict[str, Any]) -> None:
    answer = plainly("POST", f"{desk.url}/_sandbox/faults", json=[wrong])
    assert answer.status_code == 400
    assert desk.control("GET", "faults") == []


@given(
    nth=st.integers(1, 5),
    times=st.integers(1, 5),
    requests_made=st.integers(0, 12),
    kind=st.sampled_from(sorted(PLAIN_FAULTS)),
)
def test_a_fault_strikes_exactly_as_often_as_ordered(
    nth: int, times: int, requests_made: int, kind: str
) -> None:
    faults = Faults()
    faults.order(Fault(fault=kind, nth=nth, times=times))
    struck = [faults.meet("jira", "GET", "/") is not None for _ in range(requests_made)]
    assert struck == [nth <= place < nth + times for place in range(1, requests_made + 1)]
    assert bool(faults.pending()) is (requests_made < nth + times - 1)


# --- running


def test_control_is_on_both_ports_and_not_in_the_journal(desk: Rig) -> None:
    for url in (desk.url, desk.world.jira_url):
        state = plainly("GET", f"{url}/_sandbox/state").json()
        assert (state["zendesk_url"], state["jira_url"]) == (desk.url, desk.world.jira_url)
        assert state["requests"] == 0


def a_free_pair() -> Sandbox:
    """A sandbox on a port that was asked for by its number."""
    for _ in range(50):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        with contextlib.suppress(OSError):  # the next one may be somebody else's
            return Sandbox(port=port)
    raise AssertionError("no two neighbouring ports are free")


def test_a_fixed_port_and_the_next_one_serve_the_two_sides() -> None:
    with a_free_pair() as sandbox:
        port = int(sandbox.zendesk_url.rpartition(":")[2])
        assert sandbox.jira_url == f"http://127.0.0.1:{port + 1}"
        assert plainly("GET", f"{sandbox.jira_url}/_sandbox/clock").ok
        with pytest.raises(OSError, match="in use"):
            Sandbox(port=port)


def test_a_seeds_time_is_the_clocks_time(running: Sandbox) -> None:
    world = World(clock=Clock(frozen=True), options=Options(limits="off"))
    running.begin(world, a_seed(now=NOON))
    assert world.now() == NOON


def test_both_sides_speak_https_with_a_certificate(tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    bundle, certificate, key = (tmp_path / name for name in ("ca.pem", "cert.pem", "key.pem"))
    authority.cert_pem.write_to_path(bundle)
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    with (
        Sandbox(certificate=certificate, key=key) as sandbox,
        requests.Session() as session,
    ):
        session.trust_env = False
        session.verify = str(bundle)
        for url in (sandbox.zendesk_url, sandbox.jira_url):
            assert url.startswith("https://")
            assert session.get(f"{url}/_sandbox/clock", timeout=20).ok
        for fault in ("reset", "close", "truncate"):
            ordered = [{"fault": fault}]
            session.post(f"{sandbox.zendesk_url}/_sandbox/faults", json=ordered, timeout=20)
            with pytest.raises(
                (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
            ):
                session.get(f"{sandbox.zendesk_url}/api/v2/users/me", timeout=20)
        assert session.get(f"{sandbox.zendesk_url}/api/v2/users/me", timeout=20).ok


def test_a_broken_certificate_is_told_at_once(tmp_path: Path) -> None:
    broken = tmp_path / "cert.pem"
    broken.write_text("no certificate")
    with pytest.raises(ssl.SSLError):
        Sandbox(certificate=broken, key=broken)


_SERVE = """
import sys
from connector.sandbox.seed import Seed
from connector.sandbox.server import serve_foreground
from connector.sandbox.world import World
serve_foreground(World(), Seed(), 0, lambda sandbox: print(sandbox.zendesk_url, flush=True))
print("ended", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_sandbox_in_the_foreground_ends_tidily(number: signal.Signals) -> None:
    command = [sys.executable, "-c", _SERVE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        url = served.stdout.readline().strip()
        assert plainly("GET", f"{url}/_sandbox/state").ok
        os.kill(served.pid, number)
        began = time.monotonic()
        rest, _ = served.communicate(timeout=20)
        assert (rest.strip(), served.returncode) == ("ended", 0)
        assert time.monotonic() - began < 10
