"""Names for what we do, derived from what it is about: never random, never from the clock.

The same escalation gets the same marker after a crash, from a second process and from a restored
store; that is what makes "exactly once" possible (reliability: intents and markers).
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.core.model import Json

COMMON_LABEL = "zdesc"
"""The Jira label on every issue of ours."""

PROPERTY = "zdesc.escalation"
"""The Jira issue property that holds the machine-readable copy of the brief."""

AUDIT_KEY = "escalation_effect"
"""The key under which a Zendesk update carries its intent id as audit metadata."""


def marker_of(*, environment: str, site: str, desk: str, first_ticket_id: int, episode: int) -> str:
    """20 hex digits that name one episode of one escalation."""
    return _short(environment, site, desk, str(first_ticket_id), str(episode))


def marker_label(marker: str) -> str:
    """The label that goes into the create request and is looked for after a crash."""
    return f"{COMMON_LABEL}-{marker}"


def escalation_id_of(marker: str) -> str:
    """How people refer to an escalation that has no Jira key yet."""
    return f"e-{marker[:10]}"


def intent_id_of(marker: str, kind: str, subject: str, n: str) -> str:
    """20 hex digits that name one write; `n` tells apart repeated writes of a kind."""
    return _short(marker, kind, subject, n)


def reference_line(intent_id: str) -> str:
    """The visible last line of a note or comment of ours."""
    return f"ref {intent_id}"


def payload_hash(payload: Json) -> str:
    """Stable hash of a JSON value (keys sorted)."""
    canonical = json.dumps(payload, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:20]


def global_id(desk: str, ticket_id: int) -> str:
    """The remote link's stable name; never a URL, since URLs change."""
    return f"system=zendesk&site={desk}&ticket={ticket_id}"


def _short(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:20]
