"""Reports as they are compared, packed into bytes: read many at a time, so small and quick to read.

A sketch's and its norms' fields are packed by what they hold, in the order of their declaration: a
new field needs no line here, and makes the store's version another (see `SHAPE`).
"""

from __future__ import annotations

import struct
import sys
from array import array
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from connector.core.grouping import Fingerprint
from connector.core.grouping.fingerprint import key_of
from connector.core.grouping.index import Norms
from connector.core.grouping.sketch import Sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SMALL: Final = 1 << 32
_SKETCH: Final = tuple(field.name for field in fields(Sketch))
_NORMS: Final = tuple(field.name for field in fields(Norms))
_HEAD: Final = struct.Struct(f"={len(_NORMS) + 1}d{len(_SKETCH)}I{len(_SKETCH)}s")
_FLOAT: Final = 8

SHAPE: Final = repr((_SKETCH, _NORMS, sys.byteorder))
"""Tells stores apart whose sketches hold other fields, or numbers in another byte order."""


def pack(sketch: Sketch, norms: Norms, usual: float) -> bytes:
    """Everything that comparing with a report needs."""
    parts = [_part(getattr(sketch, name)) for name in _SKETCH]
    head = _HEAD.pack(
        *(getattr(norms, name) for name in _NORMS),
        usual,
        *(len(content) for _, content in parts),
        b"".join(kind for kind, _ in parts),
    )
    return head + b"".join(content for _, content in parts)


def unpack(packed: bytes) -> tuple[Sketch, Norms, float]:
    head = _HEAD.unpack_from(packed)
    at = _HEAD.size
    values: list[Any] = []
    for length, kind in zip(head[len(_NORMS) + 1 : -1], head[-1], strict=True):
        end = at + length
        values.append(_READ[kind](packed[at:end]))
        at = end
    return Sketch(*values), Norms(*head[: len(_NORMS)]), head[len(_NORMS)]


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """Unsigned, 32 bits each."""
    return array("I", numbers).tobytes()


def unpack_numbers(packed: bytes) -> array[int]:
    """As an array: a transaction reads millions of them, and a tuple takes ten times the room."""
    return array("I", packed)


def _part(value: object) -> tuple[bytes, bytes]:
    match value:
        case None:
            return b"-", b""
        case bytes():
            return b"b", value
        case str():
            return b"s", value.encode("utf-8", "surrogatepass")
        case int():
            return b"i", array("q", (value,)).tobytes()
        case dict():
            return _weights(value)
        case tuple():
            kind = "I" if _small(value) else "Q"
            return (b"t" if kind == "I" else b"T"), array(kind, value).tobytes()
        case frozenset():
            kind = "I" if _small(value) else "Q"
            return (b"k" if kind == "I" else b"K"), array(kind, sorted(value)).tobytes()
        case _:
            raise TypeError(f"a sketch cannot hold {type(value).__name__}")


def _small(keys: Iterable[int]) -> bool:
    """Keys that fit 32 bits, as those of phrases do, take half the room."""
    return max(keys, default=0) < _SMALL


def _weights(weights: dict[int, float]) -> tuple[bytes, bytes]:
    """One weight for all keys; or the few that there are, and for each key the place of its own."""
    keys = array("Q", weights).tobytes()
    known = sorted(set(weights.values()))
    if len(known) <= 1:
        return b"d", array("d", known or (0.0,)).tobytes() + keys
    places = {weight: place for place, weight in enumerate(known)}
    own = bytes(places[weight] for weight in weights.values())
    return b"w", bytes((len(known),)) + array("d", known).tobytes() + own + keys


def _read_one_weight(packed: bytes) -> dict[int, float]:
    return dict.fromkeys(array("Q", packed[_FLOAT:]), array("d", packed[:_FLOAT])[0])


def _read_weights(packed: bytes) -> dict[int, float]:
    at = 1 + _FLOAT * packed[0]
    known = array("d", packed[1:at]).tolist()
    own_end = at + (len(packed) - at) // (_FLOAT + 1)
    return dict(
        zip(array("Q", packed[own_end:]), map(known.__getitem__, packed[at:own_end]), strict=True)
    )


_BY_KIND: dict[str, Callable[[bytes], object]] = {
    "-": lambda _: None,
    "b": bytes,
    "s": lambda packed: packed.decode("utf-8", "surrogatepass"),
    "i": lambda packed: array("q", packed)[0],
    "d": _read_one_weight,
    "w": _read_weights,
    "t": lambda packed: tuple(array("I", packed)),
    "T": lambda packed: tuple(array("Q", packed)),
    "k": lambda packed: frozenset(array("I", packed)),
    "K": lambda packed: frozenset(array("Q", packed)),
}
_READ: Final = {ord(kind): read for kind, read in _BY_KIND.items()}


def text_of(fingerprint: Fingerprint) -> int:
    """Tells whether a ticket's words are still those that were placed."""
    return key_of(fingerprint.model_dump_json())


def readable(words: Any) -> Fingerprint | None:
    """A fingerprint as kept; None for one that this version cannot read."""
    try:
        return Fingerprint.model_validate(words)
    except ValidationError:
        return None
