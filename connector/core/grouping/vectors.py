"""Sentence vectors, as a fingerprint keeps them and as two of them are compared.

They come from a model outside of the core. Each number is kept in one byte: what that loses is far
less than what two wordings of one failure differ by.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from operator import mul
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCALE: Final = 508.0
"""Of a vector of length 1: numbers up to a quarter fit a signed byte; larger ones are cut."""
_MOST: Final = 127


def packed(vector: Iterable[float]) -> str:
    """A vector of length 1 as text, fit for JSON."""
    found = bytes(max(-_MOST, min(_MOST, round(number * _SCALE))) & 0xFF for number in vector)
    return b64encode(found).decode("ascii")


def unpacked(text: str) -> bytes:
    return b64decode(text) if text else b""


def cosine(one: bytes, other: bytes) -> float:
    """0 for vectors of different models: they can't be compared."""
    if len(one) != len(other):
        return 0.0
    dot: int = sum(map(mul, memoryview(one).cast("b"), memoryview(other).cast("b")))
    return max(-1.0, min(1.0, dot / (_SCALE * _SCALE)))
