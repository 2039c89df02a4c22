"""Error codes that one product gives its own failures: the plainest sign of one issue.

`EXP-5031` in two reports of a few days means one failure, however differently people tell it; the
trained evidence cannot know, since trackers of software libraries hold hardly any such codes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from connector.core.grouping.sketch import sign_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.core.grouping.fingerprint import Fingerprint

SAME_CODE: Final = 0.9
"""The chance that two reports with the same rare code are one issue."""
OTHER_CODES: Final = 0.5
"""The most that it is where each says its own: a form has the same words for every failure. Not
less, since a number of an order looks the same; a person decides.
"""

_CODE = re.compile(r"code:([a-z]{1,8})[-_]?\d{2,6}")
_STANDARDS: Final = frozenset(
    {"aes", "cp", "css", "din", "en", "html", "http", "https", "iec", "ieee", "ipv"}
    | {"iso", "ks", "md", "ms", "rc", "rfc", "sha", "sql", "ssl", "tcp", "tls", "udp"}
    | {"utf", "v", "win", "windows"}
)
"""Letters that begin names of standards and versions, which say nothing about a failure."""

_FEW: Final = 12
_SHARE: Final = 0.05


def product_codes(signatures: Iterable[str]) -> frozenset[str]:
    """Of a fingerprint's signatures those that look like a product's own error code."""
    return frozenset(
        signature
        for signature in signatures
        if (found := _CODE.fullmatch(signature)) and found[1] not in _STANDARDS
    )


def code_keys(fingerprint: Fingerprint) -> frozenset[int]:
    """Keys of the product's own error codes in a fingerprint."""
    return frozenset(map(sign_key, product_codes(fingerprint.signatures)))


def names_a_code(fingerprint: Fingerprint) -> bool:
    """Any code, of a product or not: `code:exp-5031`, `code:502`."""
    return any(signature.startswith("code:") for signature in fingerprint.signatures)


def is_rare(count: int, size: int) -> bool:
    """Whether so few of `size` reports have a code that it names one failure."""
    return count <= max(_FEW, _SHARE * size)
