"""Which tickets report the same issue, and why: fingerprints, pair evidence, streaming groups."""

from connector.core.grouping.corrections import Corrections
from connector.core.grouping.fingerprint import Fingerprint, fingerprint
from connector.core.grouping.grouper import Grouper, Near, Placement, in_order
from connector.core.grouping.index import NEWEST, Arrival, MemoryIndex, Placed, Report, ReportIndex
from connector.core.grouping.parameters import Parameters, shipped
from connector.core.grouping.verdicts import Verdict, Verdicts

__all__ = [
    "NEWEST",
    "Arrival",
    "Corrections",
    "Fingerprint",
    "Grouper",
    "MemoryIndex",
    "Near",
    "Parameters",
    "Placed",
    "Placement",
    "Report",
    "ReportIndex",
    "Verdict",
    "Verdicts",
    "fingerprint",
    "in_order",
    "shipped",
]
