"""An answer's body: read to its end within a limit, and parsed as JSON whatever is in it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from pydantic_core import from_json

if TYPE_CHECKING:
    from requests import Response

    from connector.core.model import Json

LARGEST = 32 * 1024 * 1024
"""Bytes of an answer after decompression."""

_CHUNK = 64 * 1024
_LOGIN_FORM = re.compile(rb"<input[^>]{0,200}type=[\"']?password", re.IGNORECASE)
_LOOKED_AT = 200_000


class BodyTooLargeError(OSError):
    """The answer is larger than any answer that we ask for."""


class Body(NamedTuple):
    """`unreadable` says why a body is no JSON; then `login_page` may tell what it is."""

    document: Json = None
    unreadable: str | None = None
    login_page: bool = False


def read_body(response: Response) -> Body:
    """Reads the streamed answer, keeps its bytes in it, and parses them.

    Raises BodyTooLargeError, or whatever the connection ends with.
    """
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in response.raw.stream(_CHUNK, decode_content=True):
            size += len(piece)
            if size > LARGEST:
                raise BodyTooLargeError
            pieces.append(piece)
    finally:
        # A connection with unread bytes in it is of no use to the next request.
        response.raw.close() if size > LARGEST else response.raw.release_conn()
    content = b"".join(pieces)
    pieces.clear()
    vars(response).update(_content=content, _content_consumed=True)  # as requests itself does
    return parse(content)


def parse(content: bytes) -> Body:
    """The JSON in a body. Lone surrogates and bad UTF-8 become U+FFFD.

    The parser refuses a whole page for one of them, and one bad ticket must not stop the others.
    It is pydantic's: as quick as orjson, which takes twelve times the page's size meanwhile.
    """
    if not content.strip():
        return Body()
    try:
        return Body(from_json(content))
    except ValueError:
        pass
    try:
        return Body(_mended(json.loads(content.decode("utf-8", "replace"))))
    except (ValueError, RecursionError):
        form = _LOGIN_FORM.search(content[:_LOOKED_AT]) is not None
        return Body(unreadable="but not with JSON", login_page=form)


def _mended(value: Json) -> Json:
    """The same with every lone surrogate replaced."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(inner) for inner in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(inner) for key, inner in value.items()}
    return value
