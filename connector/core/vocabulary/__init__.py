"""The phrases that the shipped triggers listen for, in English, German, French and Spanish.

Written by hand from general support vocabulary; one phrase a line, a line that ends in `|` goes on
in the next. Each list is only a default: triggers.toml can replace it or add to it. For the
notation see `connector.core.signals_text`.
"""

from __future__ import annotations

from connector.core.vocabulary.business import CHURN, EXECUTIVE, FEATURE_GAP, LEGAL, PRESS
from connector.core.vocabulary.impact import (
    AFFECTED,
    BLOCKED,
    DATA_INTEGRITY,
    DOWN_IF_URGENT,
    MANY_AFFECTED,
    PEOPLE,
    PRODUCTION_DOWN,
)
from connector.core.vocabulary.security import SECURITY_BREACH, SECURITY_REPORT
from connector.core.vocabulary.support import (
    BEYOND_DIAGNOSIS,
    CUSTOM_IMPLEMENTATION,
    HOW_TO,
    KNOWN_LIMITATION,
    NEEDS_ACCESS,
    SETTING_UP,
    TROUBLE,
    WORKAROUND,
)
from connector.core.vocabulary.technical import CONFIRMED_BUG, DATA_LOSS, INFRASTRUCTURE

__all__ = [
    "AFFECTED",
    "BEYOND_DIAGNOSIS",
    "BLOCKED",
    "CHURN",
    "CONFIRMED_BUG",
    "CUSTOM_IMPLEMENTATION",
    "DATA_INTEGRITY",
    "DATA_LOSS",
    "DOWN_IF_URGENT",
    "EXECUTIVE",
    "FEATURE_GAP",
    "HOW_TO",
    "INFRASTRUCTURE",
    "KNOWN_LIMITATION",
    "LEGAL",
    "MANY_AFFECTED",
    "NEEDS_ACCESS",
    "PEOPLE",
    "PRESS",
    "PRODUCTION_DOWN",
    "SECURITY_BREACH",
    "SECURITY_REPORT",
    "SETTING_UP",
    "TROUBLE",
    "WORKAROUND",
]
