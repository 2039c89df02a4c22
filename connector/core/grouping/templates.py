"""Lines that a form, a notice or a company puts into many mails: found from the mails themselves.

No table of phrases knows the templates of all companies. What tells them is that many customers
have the same line, and at all times: the line that an outage makes people paste comes in a burst.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.core.grouping.index import Report

_CUSTOMERS: Final = 12
_SHARE: Final = 0.005
_PARTS: Final = 10
_IN_PARTS: Final = 6


def template_lines(reports: Sequence[Report]) -> frozenset[int]:
    """Keys of lines that customers share all through the reports, which are in order of time."""
    customers: dict[int, set[str]] = defaultdict(set)
    parts: dict[int, set[int]] = defaultdict(set)
    for place, report in enumerate(reports):
        for line in report.fingerprint.lines:
            customers[line.key].add(report.customer_key)
            parts[line.key].add(place * _PARTS // len(reports))
    many = max(_CUSTOMERS, _SHARE * len(reports))
    return frozenset(
        key for key, who in customers.items() if len(who) >= many and len(parts[key]) >= _IN_PARTS
    )
