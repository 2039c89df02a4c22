"""Texts that a mapping words, with {names} in them that we fill in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connector.core.names import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NAME = re.compile(r"\{([^{}\n]{0,60})\}")


def only(*names: str) -> Callable[[str], str]:
    """A validator: the text may hold these names in braces, and no others."""

    def check(text: str) -> str:
        strange = [name for name in _NAME.findall(text) if name not in names]
        if strange:
            what = f"text that can be filled in: it holds {{{strange[0]}}}"
            raise UnknownNameError(what, [f"{{{name}}}" for name in names])
        return text

    return check


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each {name} replaced by its value, once: values are never filled again.

    Raises KeyError for a name without a value.
    """
    return _NAME.sub(lambda found: values[found[1]], text)
