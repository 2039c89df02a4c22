"""REF, as people give it: a Jira key, a ticket id or an escalation id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from connector.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    from connector.ledger.rows import EscalationRow
    from connector.ledger.store import Transaction

_GROUP: Final = re.compile(r"g(\d+)")


def escalation_named(tx: Transaction, ref: str) -> EscalationRow:
    """The latest episode that it means. ConfigError, with the nearest live one, when it is none."""
    found = tx.escalations.find(ref)
    if found is not None:
        return found
    group = _GROUP.fullmatch(ref)
    if group:
        raise ConfigError(
            f"no escalation {ref!r}: that is how a group of tickets is named. `escalation assess "
            f"{group[1]}` tells about it, `escalation group --confirm {ref}` makes it sure"
        )
    live = tx.escalations.live()
    names = [name for row in live for name in (row.issue_key, row.id) if name]
    raise ConfigError(
        f"no escalation {ref!r}; expected a Jira key, a ticket id or an escalation id."
        f"{did_you_mean(ref, names)} `escalation list` shows the live ones"
    )
