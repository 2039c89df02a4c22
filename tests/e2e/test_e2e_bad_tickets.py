"""One bad ticket does not stop the others: it is set aside and listed, and the rest is done."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest
from e2e_judge import Due, judge
from e2e_tickets import GROUP_IDS, LATE, QUESTIONS, SAME_ISSUE, SLA_ABOUT_TO_BREACH

if TYPE_CHECKING:
    from collections.abc import Callable

    from e2e_rig import MakeRig, Rig

_THE_GROUP = Due("ESC", GROUP_IDS)
_EXPORT = "/api/v2/incremental/tickets/cursor.json"
_MEGABYTE = 1 << 20
_BAD = LATE["id"]


def _lacks(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda ticket: ticket.pop(name)


def _has(name: str, value: Any) -> Callable[[dict[str, Any]], object]:
    return lambda ticket: ticket.update({name: value})


@pytest.mark.parametrize(
    "spoil",
    [
        _lacks("id"),
        _lacks("created_at"),
        _lacks("updated_at"),
        _lacks("status"),
        _has("created_at", "yesterday"),
        _has("tags", {"not": "a list"}),
        _has("status", 7),
    ],
    ids=["id", "created_at", "updated_at", "status", "no time", "no list", "no text"],
)
def test_a_ticket_of_another_shape_is_set_aside_and_listed(
    make_rig: MakeRig, spoil: Callable[[dict[str, Any]], object]
) -> None:
    rig = make_rig((*SAME_ISSUE, LATE, *QUESTIONS * 3))
    _serve_once(rig, spoil)

    run = rig.run("sweep", "--json")

    assert run.code == 1, run.told
    assert len(run.json["set_aside"]) == 1
    assert not judge(rig.box, _THE_GROUP)


def _serve_once(rig: Rig, spoil: Callable[[dict[str, Any]], object]) -> None:
    """The next page of the export has one ticket of another shape."""
    rig.run("sweep", "--dry-run")
    query = next(seen.query for seen in rig.box.requests() if seen.path == _EXPORT)
    email, token = re.findall(r'^(?:email|token) = "(.*)"', rig.box.config, re.MULTILINE)[:2]
    login = base64.b64encode(f"{email}/token:{token}".encode()).decode()
    url = f"{rig.box.zendesk}{_EXPORT}?{query}"
    asked = Request(url, headers={"Authorization": f"Basic {login}"})
    with urlopen(asked, timeout=30) as answer:
        page = json.loads(answer.read())
    spoil(next(ticket for ticket in page["tickets"] if ticket["id"] == _BAD))
    rig.box.fault("status:200", path=_EXPORT, body=json.dumps(page))


@pytest.mark.parametrize(
    "text",
    [
        "half a\x00 word\x00",
        "\u202eright to left\u202c, \U0001f600 and \u0301\u0301\u0301\u0301\u0301\u0301",
        "{code}{noformat}|h1. *x* [~admin] !http://evil.example/x.png!",
        "' OR 1=1; -- \\ \" %s {0} ${jndi:ldap://x}",
        "a" * _MEGABYTE,
        "word " * (_MEGABYTE // 5),
        " " * _MEGABYTE + "x",
    ],
    ids=["NUL", "marks", "markup", "injection", "one long word", "many words", "spaces"],
)
def test_hostile_text_is_escalated_like_any_other(make_rig: MakeRig, text: str) -> None:
    first = {**SAME_ISSUE[0], "body": f"{SAME_ISSUE[0]['body']}\n{text}"}
    rig = make_rig((first, *SAME_ISSUE[1:], *QUESTIONS))

    run = rig.run("sweep")
    before = rig.box.count()
    again = rig.run("sweep")

    assert run.code in {0, 1}, run.told
    assert not judge(rig.box, _THE_GROUP)
    assert again.code == 0, again.told
    assert rig.box.writes(before) == []


def test_a_ticket_that_answers_with_errors_is_set_aside_and_tried_again(make_rig: MakeRig) -> None:
    rig = make_rig((*SAME_ISSUE, LATE))
    rig.box.ask(f"zendesk/tickets/{_BAD}/sla", SLA_ABOUT_TO_BREACH)
    rig.box.fault("status:422", path=f"/tickets/{_BAD}/audits", times=100)
    first = rig.run("sweep", "--json")
    rig.box.calm()

    rig.quiet()

    assert first.code == 1, first.told
    assert [item["ticket_id"] for item in first.json["set_aside"]] == [_BAD]
    assert not judge(rig.box, _THE_GROUP, Due(None, (_BAD,)))
