"""One way of reading every ticket from the sandbox's export, in a process of its own.

Prints a line of JSON: tickets read, and the CPU seconds that reading took, imports left out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from load import NOON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EMAIL, TOKEN = "connector@sandbox.example", "sandbox-token"
SINCE = NOON - timedelta(days=2)
SIDELOADS = ["users", "organizations", "slas", "metric_sets", "comment_count"]


def use(*facts: Any) -> None:
    """What every program that reads tickets looks at, in whatever form the reader gives it."""
    del facts


def ours(url: str) -> Iterator[int]:
    """The product's own reader: validated, frozen values, people and organizations joined."""
    from pydantic import SecretStr

    from connector.clients.auth import ApiToken
    from connector.clients.zendesk import ZendeskDesk

    desk = ZendeskDesk(url, ApiToken(email=EMAIL, token=SecretStr(TOKEN)))
    yield 0
    for page in desk.changed_tickets(cursor=None, since=SINCE):
        for ticket in page.tickets:
            assert ticket.requester is not None
            assert ticket.organization is not None
            use(ticket.id, ticket.created_at, ticket.updated_at, ticket.fields,
                ticket.requester.email, ticket.organization.name)  # fmt: skip
            yield ticket.id


def zenpy(url: str) -> Iterator[int]:
    """Zenpy's objects, as its documentation shows them."""
    os.environ["ZENPY_FORCE_NETLOC"] = url.partition("://")[2]
    os.environ["ZENPY_FORCE_SCHEME"] = "http"
    from zenpy import Zenpy  # noqa: TID251 - the library that ours is measured against

    client = Zenpy(subdomain="acme", email=EMAIL, token=TOKEN)
    yield 0
    for ticket in client.tickets.incremental(start_time=SINCE, include=SIDELOADS):
        use(ticket.id, ticket.created, ticket.updated, ticket.custom_fields,
            ticket.requester.email, ticket.organization.name)  # fmt: skip
        yield ticket.id


def dicts(url: str) -> Iterator[int]:
    """As Singer taps and dlt sources do: a generator of plain dictionaries, page by page."""
    import requests

    session = requests.Session()
    session.auth = (f"{EMAIL}/token", TOKEN)
    yield 0
    asked: dict[str, Any] = {"start_time": int(SINCE.timestamp())}
    while True:
        query = {**asked, "include": ",".join(SIDELOADS), "per_page": 1_000}
        answer = session.get(f"{url}/api/v2/incremental/tickets/cursor.json", params=query)
        page = answer.json()
        for ticket in page["tickets"]:
            use(ticket["id"], ticket["created_at"], ticket["updated_at"], ticket["custom_fields"])
            yield ticket["id"]
        if page["end_of_stream"]:
            return
        asked = {"cursor": page["after_cursor"]}


READERS: dict[str, Callable[[str], Iterator[int]]] = {"ours": ours, "zenpy": zenpy, "dict": dicts}


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("--reader", choices=READERS, required=True)
    wanted.add_argument("--url", required=True)
    asked = wanted.parse_args()
    tickets = READERS[asked.reader](asked.url)
    next(tickets)
    began = time.process_time()
    count = sum(1 for _ in tickets)
    used = time.process_time() - began
    sys.stdout.write(json.dumps({"tickets": count, "cpu": used}) + "\n")


if __name__ == "__main__":
    main()
