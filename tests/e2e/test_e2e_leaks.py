"""No secret and no customer's words in logs, errors, or what the ledger keeps of errors."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from e2e_canary import spotted, with_canary
from e2e_tickets import DESK, SAME_ISSUE, THREE_INCIDENTS

if TYPE_CHECKING:
    from e2e_rig import Deployment, MakeRig, Rig

_WORDS = ("quillwort", "zebrafinch", "marmalade")
_SECRETS = ("planted-desk-secret-81", "planted-jira-secret-82")
_TICKETS = tuple(
    {
        **ticket,
        "subject": f"{ticket['subject']} {_WORDS[0]}",
        "body": f"{ticket['body']}\nOur password is {_WORDS[1]}, says {_WORDS[2]}.",
    }
    for ticket in DESK
)
_FAULTS: tuple[dict[str, Any], ...] = (
    {"fault": "status:400", "when": "before", "path": "remotelink", "times": 9},
    {"fault": "status:500", "when": "after", "method": "POST", "path": r"/issue$"},
    {"fault": "html", "when": "after", "method": "PUT", "path": r"/tickets/10\d\.json"},
    {"fault": "garbage", "when": "after", "path": "cursor"},
    {"fault": "truncate", "when": "after", "path": "audits"},
    {"fault": "status:422", "when": "before", "method": "PUT", "path": "tags", "times": 9},
)
_ERRORS = {
    "intent": ("error", "reason", "probe"),
    "inbox": ("error",),
    "aside": ("reason", "error"),
    "event": ("what", "detail"),
}


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_noisy_run_through_every_fault_tells_no_word_of_a_customer_and_no_secret(
    make_rig: MakeRig, deployment: Deployment, form: str
) -> None:
    rig = make_rig(_TICKETS, deployment=deployment)
    for fault in _FAULTS:
        rig.box.fault(**{**fault, "body": f"<html>{_WORDS[0]} {_WORDS[1]}</html>"})

    loud = ("-vv", "--log-format", form)
    runs = [rig.run(*loud, command, "--json") for command in ("sweep", "sync")]
    rig.box.advance(minutes=40)
    runs.append(rig.run(*loud, "sweep", "--json"))

    assert all(len(run.err) > 500 for run in runs)
    for run in runs:
        assert not _found(run.err, *_WORDS, *_tokens(rig))
        assert not _found(run.out, *_tokens(rig))
    assert not _found(_errors_in(rig), *_WORDS, *_tokens(rig))
    assert not _found(_whole(rig), *_tokens(rig))


def test_secrets_that_customers_wrote_are_found_nowhere_in_any_of_six_encodings(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    """Not in what was told, logged at its loudest, kept, or sent to either service."""
    tickets = [with_canary(ticket, number) for number, ticket in enumerate(THREE_INCIDENTS)]
    rig = make_rig(tickets, deployment=deployment)
    for fault in _FAULTS:
        rig.box.fault(**fault)

    told: dict[str, str] = {}
    for form in ("text", "json"):
        for command in ("sweep", "sync", "list"):
            run = rig.run("-vv", "--log-format", form, command, "--json")
            told |= {f"stdout of {command}": run.out, f"stderr of {command}": run.err}
            assert not spotted(told)
        rig.box.advance(minutes=40)

    sent = {str(seen): seen.body or "" for seen in rig.box.requests()}
    assert any("[redacted" in body for body in sent.values()), "some of them were quoted"
    assert not spotted(sent)
    assert not spotted({"the ledger": _whole(rig)})


@pytest.mark.parametrize("side", ["zendesk", "jira"])
def test_a_refused_secret_is_told_nowhere(
    make_rig: MakeRig, deployment: Deployment, side: str
) -> None:
    rig = make_rig(SAME_ISSUE, deployment=deployment)
    rig.env["ESCALATION_ZENDESK__TOKEN"], rig.env["ESCALATION_JIRA__TOKEN"] = _SECRETS
    if side == "jira":
        del rig.env["ESCALATION_ZENDESK__TOKEN"]

    runs = [rig.run("-vv", "sweep", "--json"), rig.run("-vv", "--log-format", "json", "sync")]

    assert [run.code for run in runs] == [3, 3]
    for run in runs:
        assert not _found(run.out + run.err, *_SECRETS)
    assert not _found(_whole(rig), *_SECRETS)


def test_a_secret_with_a_line_break_is_refused_and_not_told(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    secret = rig.folder / "token"
    secret.write_text(f"{_SECRETS[0]}\n{_SECRETS[1]}\n", "utf-8")
    secret.chmod(0o600)
    token = 'token = "sandbox-jira-token"'
    assert token in rig.box.config
    rig.write_config(rig.box.config.replace(token, f'token_file = "{secret}"'))

    run = rig.run("-vv", "sweep")

    assert run.code == 2, run.told
    assert not _found(run.out + run.err, *_SECRETS)


def test_a_token_file_that_others_can_read_is_refused(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    secret = rig.folder / "token"
    secret.write_text(f"{_SECRETS[0]}\n", "utf-8")
    secret.chmod(0o644)
    token = 'token = "sandbox-jira-token"'
    rig.write_config(rig.box.config.replace(token, f'token_file = "{secret}"'))

    run = rig.run("sweep")

    assert run.code == 2, run.told
    assert "chmod" in run.err
    assert rig.box.count() == 0


def test_a_secret_in_the_wrong_place_is_not_told(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.write_config(rig.box.config.replace("[store]", f'[store]\nurrl = "{_SECRETS[0]}"'))
    told = rig.run("sweep")
    rig.write_config(rig.box.config.replace("[zendesk]", f'[zendesk]\npas = "{_SECRETS[0]}"'))
    also = rig.run("sweep", "--json")

    assert told.code == also.code == 2
    for run in (told, also):
        assert not _found(run.out + run.err, *_SECRETS)


def _tokens(rig: Rig) -> tuple[str, ...]:
    """The secrets of the sandbox's own configuration, plain and as they travel."""
    held = re.findall(r'^(email|token) = "(.*)"', rig.box.config, re.MULTILINE)
    emails = [value for name, value in held if name == "email"]
    desk, tracker = (value for name, value in held if name == "token")
    pairs = (f"{emails[0]}/token:{desk}", f"{emails[-1]}:{tracker}")
    return (desk, tracker, *(base64.b64encode(pair.encode()).decode() for pair in pairs))


def _found(text: str, *words: str) -> list[str]:
    return [word for word in words if word.lower() in text.lower()]


def _whole(rig: Rig) -> str:
    """All that the ledger keeps."""
    with closing(sqlite3.connect(rig.store)) as base:
        return "\n".join(base.iterdump())


def _errors_in(rig: Rig) -> str:
    """What the ledger says of errors, reasons and outcomes: never in a customer's words."""
    kept: list[str] = []
    with closing(sqlite3.connect(rig.store)) as base:
        for table, columns in _ERRORS.items():
            for row in base.execute(f"SELECT {', '.join(columns)} FROM {table}"):
                kept += [str(value) for value in row if value is not None]
        for (report,) in base.execute("SELECT report FROM run WHERE report IS NOT NULL"):
            told = json.loads(report)
            kept += [json.dumps(told["problems"]), json.dumps(told["set_aside"])]
    assert "status" in " ".join(kept) or "answered" in " ".join(kept)
    return "\n".join(kept)
