"""Hostile words of customers reach issues and notes as words, and nothing else comes of them.

By default a hundred of them; with E2E_ALL=1 all five hundred.
"""

from __future__ import annotations

import json
import os
import sqlite3
import unicodedata
from contextlib import closing
from typing import TYPE_CHECKING, Any

from e2e_hostile import hostile_tickets, payloads, some_payloads
from e2e_judge import Due, judge
from markup import ALLOWED_NODES, INERT, elements, nodes, parsed_wiki

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e_rig import Box, Deployment, MakeRig, Seen

_TEXTS = payloads() if os.environ.get("E2E_ALL") else some_payloads()
_TICKETS = tuple(hostile_tickets(_TEXTS))
_IDS = tuple(ticket["id"] for ticket in _TICKETS)


def test_hostile_words_are_words_everywhere(make_rig: MakeRig, deployment: Deployment) -> None:
    rig = make_rig(_TICKETS, deployment=deployment)
    rig.env["ESCALATION_SWEEP__MAX_NEW_PER_RUN"] = "1000"

    first = rig.run("-vv", "--log-format", "json", "sweep")
    told = [first, rig.run("sync"), rig.run("list"), *rig.quiet(sync=True)]

    assert first.code in {0, 1}, first.told
    assert not judge(rig.box, *_due(rig.box))
    assert [_unprintable(run.out + run.err) for run in told] == [set()] * len(told)
    assert all(isinstance(json.loads(line), dict) for line in first.err.splitlines())
    bodies = list(_bodies(rig.box))
    assert _quoted(bodies) >= len(_TICKETS) // 2, "the words are there"
    if deployment == "cloud":
        _no_live_nodes(bodies, rig.box)
    else:
        _no_live_markup(bodies, rig.box)
    with closing(sqlite3.connect(rig.store)) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _due(box: Box) -> Iterator[Due]:
    """Every ticket in one escalation; which ones are told together is not this test's matter."""
    together = [
        tuple(sorted(int(link["globalId"].rpartition("=")[2]) for link in issue["remote_links"]))
        for issue in box.issues()
        if "zdesc" in issue["labels"]
    ]
    assert sorted(number for numbers in together for number in numbers) == list(_IDS)
    return (Due("SEC", numbers, most=2) for numbers in together)


def _unprintable(text: str) -> set[str]:
    """Controls, direction marks and the like, which no terminal shall get."""
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return {char for char in text if unicodedata.category(char) in kinds and char != "\n"}


def _bodies(box: Box) -> Iterator[Any]:
    """What issues and their comments were given as rich text; notes are held to be plain."""
    for seen in box.writes():
        asked = json.loads(seen.body or "null")
        if seen.side == "jira" and seen.path.endswith("/issue"):
            yield asked["fields"]["description"]
        elif seen.side == "jira" and seen.path.endswith("/comment"):
            yield asked["body"]
        elif seen.side == "zendesk" and "comment" in str(seen.body):
            _plain_notes(seen, asked)


def _plain_notes(seen: Seen, asked: Any) -> None:
    for update in asked.get("tickets") or [asked.get("ticket", {})]:
        if "comment" in update:
            assert set(update["comment"]) == {"body", "public"}, str(seen)


def _quoted(bodies: list[Any]) -> int:
    """How many of the payloads' own names stand in what was written."""
    told = json.dumps(bodies)
    return sum(f"t{number}x{n}" in told for number in _IDS for n in range(5))


def _no_live_nodes(bodies: list[Any], box: Box) -> None:
    every = [node for body in bodies for node in nodes(body)]
    assert {node["type"] for node in every} <= ALLOWED_NODES
    marks = [mark for node in every for mark in node.get("marks", ())]
    assert {mark["type"] for mark in marks} <= {"strong", "em", "code", "link"}
    for mark in marks:
        if mark["type"] == "link":
            assert mark["attrs"]["href"].startswith((box.zendesk, box.jira))


def _no_live_markup(bodies: list[str], box: Box) -> None:
    tree = parsed_wiki("\n\n".join(bodies))
    every = list(elements(tree["blocks"]))
    assert {one["t"] for one in every} <= INERT | {"Link"}
    for one in every:
        if one["t"] == "Link":
            assert one["c"][-1][0].startswith((box.zendesk, box.jira))
