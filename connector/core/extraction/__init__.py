"""What reports and threads say: `extract` for the cases of an issue, `read` for one text."""

from connector.core.extraction.reader import Reading, read
from connector.core.extraction.thread import extract
from connector.core.extraction.values import (
    LABELS,
    Attempt,
    EnvironmentFact,
    ErrorText,
    Evidence,
    Extract,
    Label,
    Promise,
    Statement,
)

__all__ = [
    "LABELS",
    "Attempt",
    "EnvironmentFact",
    "ErrorText",
    "Evidence",
    "Extract",
    "Label",
    "Promise",
    "Reading",
    "Statement",
    "extract",
    "read",
]
