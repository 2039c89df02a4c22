"""The conversation of `init`: a person may take as long as they like over each answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from connector.errors import ConnectorError
from connector.start.asking import ask

if TYPE_CHECKING:
    import pytest

    from connector.app import App
    from connector.clients.retry import RetryPolicy

SLOW = 60.0
ANSWERS = {
    "Zendesk address": "https://acme.zendesk.com",
    "Sign in with": "token",
    "E-mail address": "bot@acme.example",
    "API token": "t0ken",
    "Jira address": "https://acme.atlassian.net",
    "Project for": "ESC",
}


class Me(NamedTuple):
    name: str
    id: str


class Service:
    """Either service; notes how much of its time was left at each look."""

    def __init__(self, policy: RetryPolicy, left: list[float]) -> None:
        self._policy = policy
        self._left = left

    def _look(self) -> None:
        self._left.append(self._policy.budget.remaining())

    def whoami(self) -> Me:
        self._look()
        return Me("Robin", "7")

    def project_names(self) -> dict[str, str]:
        self._look()
        return {"ESC": "Escalations"}

    def facts(self, *_: object) -> Any:
        self._look()
        raise ConnectorError("seen enough")


class Office:
    """Stands for App: connects to services that are not there."""

    def __init__(self) -> None:
        self.left: list[float] = []

    def desk(self, _settings: object, policy: RetryPolicy) -> Service:
        return Service(policy, self.left)

    tracker = desk


class Typist:
    """Answers by the beginning of the question, a minute later."""

    def __init__(self, **instead: list[str]) -> None:
        self.now = 0.0
        self._first = instead

    def clock(self) -> float:
        return self.now

    def prompt(self, question: str, **_: object) -> str:
        self.now += SLOW
        key = next(key for key in ANSWERS if question.startswith(key))
        first = self._first.get(key.split()[0])
        return first.pop(0) if first else ANSWERS[key]


def held(typist: Typist, monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office()
    monkeypatch.setattr(click, "prompt", typist.prompt)
    app: App = office  # type: ignore[assignment]  # what `ask` uses of it
    ask(app, clock=typist.clock)
    return office


def test_every_look_has_its_whole_time_after_slow_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    office = held(Typist(), monkeypatch)
    assert len(office.left) == 5
    assert set(office.left) == {45.0}


def test_a_wrong_address_is_answered_in_words_of_our_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    held(Typist(Zendesk=["not an address"]), monkeypatch)
    told = capsys.readouterr().err
    assert "expected an address without spaces" in told
    assert "Value error" not in told
