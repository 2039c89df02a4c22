"""What a run works with: both services, the ledger, the mappings and the run's own time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from connector.errors import RefusedError, UnavailableError, first_to_mend

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from connector.core.mapping import Mappings
    from connector.gate import Resend
    from connector.ledger.lock import Lease
    from connector.ledger.store import Ledger
    from connector.meaning import Meaning
    from connector.ports import Desk, Tracker


class Progress(Protocol):
    """Told how far a step has come; `total` is None where nobody knows."""

    def __call__(self, step: str, done: int, total: int | None = None) -> None: ...


def quiet(step: str, done: int, total: int | None = None) -> None:
    """Progress for nobody."""


def sign_in(services: Services) -> None:
    """Asks both services who we are. When neither answers, a refusal is told before an outage."""
    troubles: list[RefusedError | UnavailableError] = []
    for side in (services.desk, services.tracker):
        try:
            side.whoami()
        except (RefusedError, UnavailableError) as error:
            troubles.append(error)
    if troubles:
        raise first_to_mend(troubles)


@dataclass(frozen=True)
class Services:
    """`site`: Jira's configured address, part of every marker and pinned in the ledger, so that a
    marker needs no answer of Jira. `now` is read once, by the command line. `calls` tells the
    HTTP requests made so far by side and endpoint. `resend` is the clients' retry policy for
    answers that mean "not done". `meaning` tells reports by what they mean, if a model is there.
    """

    desk: Desk
    tracker: Tracker
    ledger: Ledger
    lease: Lease | None
    mappings: Mappings
    now: datetime
    environment: str
    desk_url: str
    site: str
    window: timedelta
    max_new: int
    min_customers: int
    resend: Resend
    calls: Callable[[], Mapping[str, int]]
    dry_run: bool = False
    retry_after: timedelta = timedelta(minutes=15)
    progress: Progress = quiet
    meaning: Meaning | None = None
