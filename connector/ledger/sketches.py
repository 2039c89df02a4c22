"""Reports as they are compared, packed into bytes: small, and quick to read by the dozen.

A store whose sketches or norms hold something else is of another version (see `SHAPE`).
"""

from __future__ import annotations

import struct
import sys
from array import array
from dataclasses import fields
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from connector.core.grouping import Fingerprint
from connector.core.grouping.fingerprint import key_of
from connector.core.grouping.index import Norms
from connector.core.grouping.sketch import Sketch, Stored

if TYPE_CHECKING:
    from collections.abc import Iterable

_NORMS: Final = tuple(field.name for field in fields(Norms))
_KEYS: Final = ("title", "rest", "faint", "phrases", "code", "letters", "signatures", "versions")
"""Keys of 32 bits; `rest`: the words that are not in the title."""
_HEAD: Final = struct.Struct(f"={len(_NORMS) + 1}dqi{len(_KEYS)}I")
_LENGTHS: Final = len(_NORMS) + 3
_NONE: Final = array("I")
_KEY: Final = array("I").itemsize
_NO_AREA: Final = -1
_TEXT: Final = ("utf-8", "surrogatepass")

SHAPE: Final = repr((tuple(field.name for field in fields(Sketch)), _NORMS, _KEYS, sys.byteorder))
"""Tells stores apart whose sketches hold other fields, or numbers in another byte order."""


def pack(sketch: Stored, norms: Norms, usual: float) -> bytes:
    """Everything that comparing with a report needs."""
    title = frozenset(sketch.title)
    of = {name: getattr(sketch, name) for name in _KEYS if name != "rest"}
    of["rest"] = [key for key in sketch.words if key not in title]
    area = None if sketch.product_area is None else sketch.product_area.encode(*_TEXT)
    head = _HEAD.pack(
        *(getattr(norms, name) for name in _NORMS),
        usual,
        sketch.text_key,
        _NO_AREA if area is None else len(area),
        *(len(of[name]) for name in _KEYS),
    )
    keys = array("I")
    for name in _KEYS:
        keys.extend(sorted(of[name]))
    return head + keys.tobytes() + (area or b"") + sketch.vector


def unpack(packed: bytes) -> tuple[Stored, Norms, float]:
    """Keys come as arrays: most are gone through once, and a set would cost as much again."""
    head = _HEAD.unpack_from(packed)
    title, *lengths = accumulate(head[_LENGTHS:])
    at = _HEAD.size + _KEY * lengths[-1]
    keys = array("I", packed[_HEAD.size : at])
    faint, phrases, code, letters, signatures, versions = (
        keys[start:end] if start < end else _NONE for start, end in pairwise(lengths)
    )
    text_key, area = head[_LENGTHS - 2 : _LENGTHS]
    end = at + max(area, 0)
    drawn: Stored = Sketch(
        title=keys[:title],
        words=keys[: lengths[0]],
        faint=faint,
        phrases=phrases,
        code=code,
        letters=letters,
        signatures=signatures,
        versions=versions,
        text_key=text_key,
        product_area=None if area == _NO_AREA else packed[at:end].decode(*_TEXT),
        vector=packed[end:],
    )
    return drawn, Norms(*head[: len(_NORMS)]), head[len(_NORMS)]


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """Unsigned, 32 bits each."""
    return array("I", numbers).tobytes()


def unpack_numbers(packed: bytes) -> array[int]:
    """As an array: a transaction reads millions of them, and a tuple takes ten times the room."""
    return array("I", packed)


def text_of(fingerprint: Fingerprint) -> int:
    """Tells whether a ticket's words are still those that were placed."""
    return key_of(fingerprint.model_dump_json())


def readable(words: Any) -> Fingerprint | None:
    """A fingerprint as kept; None for one that this version cannot read."""
    try:
        return Fingerprint.model_validate(words)
    except ValidationError:
        return None
