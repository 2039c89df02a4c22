"""People are remembered for a run, and not all of them for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.clients import zendesk_people
from connector.clients.retry import RetryPolicy
from connector.clients.zendesk_people import Directory
from connector.clients.zendesk_wire import Sideloads

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import pytest

    from connector.clients.transport import Answer
    from connector.core.model import Json


class Asked:
    """A line that knows nobody, and remembers whom it was asked for."""

    def __init__(self) -> None:
        self.policy = RetryPolicy()
        self.ids: list[str] = []

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        self.ids.append((params or {})["ids"])
        return {"users": []}

    once = get

    def send(self, method: str, path: str, document: Json = None) -> Answer:
        raise AssertionError

    def now(self) -> datetime:
        raise AssertionError


def people(*ids: int, role: str = "end-user") -> Sideloads:
    return Sideloads({"users": [{"id": one, "name": f"p{one}", "role": role} for one in ids]})


def test_when_too_many_came_along_agents_stay_known_and_customers_are_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zendesk_people, "_REMEMBERED", 5)
    line = Asked()
    directory = Directory(line)
    directory.learn(people(1, role="agent"))
    directory.learn(people(*range(10, 20)))
    assert directory.people([1, 10])[10].name == "p10"
    assert line.ids == []
    directory.learn(people(30))
    assert directory.people([1, 30])[1].role == "agent"
    assert line.ids == []
    directory.people([1, 10])
    assert line.ids == ["10"]
