"""What both sides of the sandbox share: the clock, the journal, the faults and the options."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import orjson
from pydantic import Field

from connector.core.model import Frozen
from connector.sandbox.faults import Faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Side = Literal["zendesk", "jira"]
Effect = dict[str, Any]


class Clock:
    """The time both services believe in: real time plus an offset, or frozen.

    Rate limits and faults do not use it: they are counted in real time.
    """

    def __init__(
        self,
        start: datetime | None = None,
        *,
        frozen: bool = False,
        source: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._offset = timedelta(0)
        self._frozen: datetime | None = None
        if start is not None or frozen:
            self.set(start or self.now(), frozen=frozen)

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def now(self) -> datetime:
        if self._frozen is not None:
            return self._frozen
        return datetime.fromtimestamp(self._source(), tz=UTC) + self._offset

    def set(self, moment: datetime, *, frozen: bool | None = None) -> None:
        """Jumps to `moment` (aware). `frozen` None keeps the clock running or standing as it is."""
        self._offset = moment - datetime.fromtimestamp(self._source(), tz=UTC)
        if frozen if frozen is not None else self.frozen:
            self._frozen = moment
        else:
            self._frozen = None

    def advance(self, by: timedelta) -> None:
        self.set(self.now() + by)


@dataclass(slots=True)
class Entry:
    """One request as it arrived and what came of it.

    `at` is the sandbox's clock; `real_at` the machine's, in seconds. `endpoint` is the route's
    template ("" when no route matches). `status` 0: nothing was answered. `write`: the method
    and route can change state. `effects`: what really changed, one value for each thing.
    `body`: the request's text, of writes only.
    """

    n: int
    at: str
    real_at: float
    side: Side
    method: str
    path: str
    query: str
    endpoint: str
    write: bool = False
    status: int = 0
    effects: list[Effect] = field(default_factory=list)
    body: str | None = None
    fault: str | None = None
    ms: float = 0.0


class Journal:
    """Every request, in order of arrival, in memory and in a file if one is named.

    The file's lines are in order of completion (`n` is the order of arrival), each flushed before
    the answer leaves, so that the file holds whatever a killed client may have caused.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.entries: list[Entry] = []
        self._handle = file.open("ab") if file is not None else None

    def open(self, **known: Any) -> Entry:
        """Begins an entry at arrival; `known` are Entry's fields but `n`."""
        entry = Entry(n=len(self.entries) + 1, **known)
        self.entries.append(entry)
        return entry

    def settle(self, entry: Entry) -> None:
        """The entry is complete: written out and flushed."""
        if self._handle is not None:
            self._handle.write(orjson.dumps(asdict(entry), option=orjson.OPT_APPEND_NEWLINE))
            self._handle.flush()

    def close(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None

    def pick(
        self, *, side: str | None = None, writes: bool = False, since: int = 0
    ) -> Iterator[Entry]:
        """Entries after number `since`. `writes`: only those that changed something."""
        return (
            entry
            for entry in self.entries[since:]
            if (side is None or entry.side == side) and (not writes or entry.effects)
        )

    def counts(self, *, side: str | None = None, since: int = 0) -> dict[str, int]:
        """Requests by "side METHOD template", most frequent first."""
        tally = Counter(
            f"{entry.side} {entry.method} {entry.endpoint or entry.path}"
            for entry in self.pick(side=side, since=since)
        )
        return dict(tally.most_common())


class Options(Frozen):
    """How the two accounts are set up. Changeable while running (POST /_sandbox/options).

    `limits`: "real" as an Enterprise account, "trial" as a trial or sandbox account, "off".
    `search_lag`: seconds until a search index knows a change. `integration`: Zendesk's own Jira
    link ("absent" answers 404, "forbidden" 403). `slas_sideload`: whether `include=slas` is
    honoured; `slas_endpoint`: whether `/slas/policy_metrics` exists. `fresh_keys`: whether Jira
    issues can be read by key at once, before any index knows them.
    """

    deployment: Literal["cloud", "datacenter"] = "cloud"
    limits: Literal["real", "trial", "off"] = "real"
    search_lag: float = Field(default=0.0, ge=0)
    integration: Literal["installed", "absent", "forbidden"] = "installed"
    slas_sideload: bool = True
    slas_endpoint: bool = True
    fresh_keys: bool = True


class World:
    """One sandbox: both services live in it. `zendesk_url`, `jira_url` are set at start."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        journal: Journal | None = None,
        options: Options | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.journal = journal or Journal()
        self.faults = Faults()
        self.options = options or Options()
        self.zendesk_url = ""
        self.jira_url = ""
        self.pids: set[int] = set()
        self.summaries: dict[str, Callable[[], dict[str, Any]]] = {}

    def now(self) -> datetime:
        return self.clock.now()
