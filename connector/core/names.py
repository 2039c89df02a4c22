"""A name in a mapping that means nothing, and what would."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


class UnknownNameError(ValueError):
    """A name that is none of the `known` ones; whoever shows it adds the nearest of them."""

    def __init__(self, what: str, known: Collection[str]) -> None:
        super().__init__(f"no {what}")
        self.what = what
        self.known = tuple(known)
