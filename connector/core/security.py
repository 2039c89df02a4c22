"""Does a report read like a security report?"""

from __future__ import annotations

from connector.core.model import Frozen


class SecurityReading(Frozen):
    """`score` 0 to 1; `sure` where the words say it outright; `cues` the words that count most."""

    score: float
    sure: bool
    cues: tuple[str, ...] = ()


def security_score(subject: str, body: str) -> SecurityReading:
    del subject, body
    return SecurityReading(score=0.0, sure=False)
