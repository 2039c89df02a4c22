"""Issues in Jira and the escalations they stand for, as a process of its own: what a sync finds.

Each escalation links one ticket of the busy desk; nothing has moved since the ledger knew of it.
"""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from load import NOON
from pydantic import SecretStr

from connector.clients.auth import ApiToken
from connector.clients.jira import JiraTracker
from connector.core.markers import COMMON_LABEL
from connector.core.model import Customer, Severity, State, Target
from connector.ledger.rows import EscalationRow, LinkRow
from connector.ledger.store import open_ledger

LOGIN = ApiToken(email="connector@sandbox.example", token=SecretStr("sandbox-jira-token"))
BEFORE = NOON - timedelta(hours=2)


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("--file", type=Path, required=True)
    wanted.add_argument("--jira", required=True)
    wanted.add_argument("--issues", type=int, required=True)
    asked = wanted.parse_args()
    _ask(asked.jira, "clock", {"now": BEFORE.isoformat()})
    made = [_issue(asked.jira, number) for number in range(asked.issues)]
    tracker = JiraTracker(asked.jira, LOGIN, "cloud")
    read = {issue.id: issue for issue in tracker.issues([one["id"] for one in made])}
    _ask(asked.jira, "clock", {"now": NOON.isoformat()})
    with open_ledger(f"sqlite:///{asked.file}", now=NOON) as ledger, ledger.transaction() as tx:
        for number, one in enumerate(made, 1):
            issue = read[one["id"]]
            name = f"{number:020x}"
            tx.escalations.add(
                EscalationRow(
                    id=name, marker=name, first_ticket_id=number, target=Target.ENGINEERING,
                    severity=Severity.HIGH, state=State.OPEN, project="ESC", issue_id=issue.id,
                    issue_key=issue.key, opened_at=BEFORE, changed_at=BEFORE,
                    applied={"status": issue.status_id, "category": issue.category,
                             "resolution": issue.resolution},
                )
            )  # fmt: skip
            customer = Customer(key=f"org:{number}", name=f"Firm {number}")
            tx.links.add(
                LinkRow(escalation_id=name, ticket_id=number, customer=customer, joined_at=BEFORE)
            )


def _issue(jira: str, number: int) -> Any:
    asked = {"project": "ESC", "type": "Bug", "summary": f"Bug {number}", "labels": [COMMON_LABEL]}
    return _ask(jira, "jira/issues", asked)


def _ask(jira: str, path: str, body: Any) -> Any:
    sent = Request(f"{jira}/_sandbox/{path}", data=json.dumps(body).encode())  # noqa: S310 - loopback
    with urlopen(sent) as answer:  # noqa: S310 - loopback
        return json.load(answer)


if __name__ == "__main__":
    main()
