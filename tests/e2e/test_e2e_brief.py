"""A brief is kept up to date where it stands, and never over what people wrote."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from e2e_tickets import LATER_REPORT, SAME_ISSUE

if TYPE_CHECKING:
    from e2e_rig import Deployment, MakeRig, Rig

STEPS = "Steps to reproduce:\n1. Open Reports\n2. Choose PDF\n3. Click Export\n"


def test_new_facts_replace_the_brief_and_leave_what_an_engineer_wrote(
    make_installed: MakeRig, deployment: Deployment
) -> None:
    rig = an_escalated_rig(make_installed, deployment)
    engineer_writes_beside(rig, above="My own plan", below="Seen in the log as well")
    rig.box.ask("zendesk/tickets/101/comments", {"body": STEPS})
    rig.box.customer_writes(LATER_REPORT)
    rig.box.advance(minutes=5)

    run = rig.run("sweep", "--json")
    before = rig.box.count()
    again = rig.run("sweep")

    assert run.code == again.code == 0, run.told
    issue = the_issue(rig)
    read = html.unescape(issue["description"])
    assert read.startswith("My own plan")
    assert read.rstrip().endswith("Seen in the log as well")
    assert read.count("ESCALATION:") == 1
    assert "Choose PDF" in read
    assert "Wingtip" in read
    (comment,) = issue["comments"]
    told = html.unescape(comment["text"])
    assert "is up to date" in told
    assert "New customers (4 in all): Wingtip" in told
    assert "Reproduction steps: Open Reports" in told
    assert issue["properties"]["zdesc.escalation"]["ticket_count"] == 4
    assert "4 customers" in issue["summary"]
    assert rig.box.writes(before) == []


def test_a_brief_that_an_engineer_rewrote_is_never_touched_again(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = an_escalated_rig(make_rig, deployment)
    rig.box.ask(
        f"jira/issues/{the_issue(rig)['key']}/set", {"description": "It is the PDF library."}
    )
    rig.box.ask("zendesk/tickets/101/comments", {"body": STEPS})
    rig.box.advance(minutes=5)

    run = rig.run("sweep")

    assert run.code == 0, run.told
    issue = the_issue(rig)
    assert issue["description"].strip() == "It is the PDF library."
    (comment,) = issue["comments"]
    assert "Somebody edited the brief" in html.unescape(comment["text"])
    assert "Reproduction steps: Open Reports" in html.unescape(comment["text"])


def an_escalated_rig(make: MakeRig, deployment: Deployment) -> Rig:
    rig = make(SAME_ISSUE, deployment=deployment)
    rig.run("sweep")
    rig.box.advance(minutes=10)
    return rig


def the_issue(rig: Rig) -> dict[str, Any]:
    (issue,) = rig.box.issues()
    return issue


def engineer_writes_beside(rig: Rig, *, above: str, below: str) -> None:
    issue = the_issue(rig)
    stands = issue["raw"]
    if isinstance(stands, dict):
        first, last = ({"type": "paragraph", "content": [{"type": "text", "text": words}]}
                       for words in (above, below))  # fmt: skip
        edited: Any = {**stands, "content": [first, *stands["content"], last]}
    else:
        edited = f"{above}\r\n\r\n{stands}\r\n{below}"
    rig.box.ask(f"jira/issues/{issue['key']}/set", {"description": edited})
