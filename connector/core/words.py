"""Whose words are whose: what a person wrote themselves in a comment.

Quoted replies, forwarded heads, signatures, mail notices and text that only repeats what the other
side wrote before (an agent's template, pasted back) are left out. Unlike the cleaning that grouping
does, nothing that says something is dropped, so a quote can be shown as it was written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connector.core.grouping import phrases
from connector.core.grouping.text import readable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_QUOTED = re.compile(r" {0,4}(?:>|\| )")
_SIGNATURE_MARK = re.compile(r"(?:--|__|—)\s?$")
_SIGNATURE_LINE = re.compile(r"[\w.'’&,|/ ()+@:-]{1,80}$")
_TAIL = 12
"""The longest signature, in lines."""

_REPEATED = 24
"""A line of this many characters that the other side wrote before is a repetition."""

_EMPTY_FIELD = re.compile(
    r"[^:?\n]{3,80}[:?]\s{0,4}(?:no|none|n/?a|not applicable|nein|keine|non|-|0|\[ ?\])\s{0,4}$",
    re.IGNORECASE,
)


def own_words(body: str, *, others: Collection[str] = ()) -> str:
    """What the writer of `body` wrote; "" when it is all quoted.

    `others`: lines that the other side wrote before (see `lines_of`).
    """
    lines = [line.rstrip() for line in readable(body).split("\n")]
    own = _above_signature(_above_quotes(lines))
    kept = (line for line in own if not _says_nothing(line, others))
    return "\n".join(kept).strip()


def lines_of(bodies: Iterable[str]) -> frozenset[str]:
    """The lines of some comments, in the form that `own_words` compares."""
    return frozenset(
        line for body in bodies for raw in readable(body).split("\n") if (line := _plain(raw))
    )


def _plain(line: str) -> str:
    """A long line without marks and case; "" for a short one, which proves no repetition."""
    plain = " ".join(line.strip(" >|*_-\t").lower().split())
    return plain if len(plain) >= _REPEATED else ""


def _says_nothing(line: str, others: Collection[str]) -> bool:
    """A repetition, a form's question answered with no, or a notice under a mail."""
    bare = line.strip()
    if _EMPTY_FIELD.match(bare):
        return True
    plain = _plain(bare)
    return bool(plain and plain in others) or _is_notice(bare)


def _is_notice(line: str) -> bool:
    head = line[:400]
    return bool(phrases.NOTICE.search(head) and phrases.NOTICE_MENTIONS_MAIL.search(head))


def _above_quotes(lines: Sequence[str]) -> list[str]:
    own: list[str] = []
    for number, line in enumerate(lines):
        bare = line.strip()
        if phrases.ORIGINAL_MESSAGE.search(bare) or _is_mail_head(lines, number):
            break
        if phrases.REPLY_ABOVE.search(bare):
            if any(text.strip() for text in own):
                break
            continue
        if _QUOTED.match(line) or _is_wrote(lines, number):
            continue
        own.append(line)
    return own


def _is_wrote(lines: Sequence[str], number: int) -> bool:
    """`On … wrote:` with the quote below it, or as the last thing said."""
    bare = lines[number].strip()
    if not phrases.WROTE.search(bare):
        return False
    after = next((line for line in lines[number + 1 :] if line.strip()), None)
    return after is None or bare.endswith((":", "：")) or bool(_QUOTED.match(after))


def _is_mail_head(lines: Sequence[str], number: int) -> bool:
    """`From:` followed at once by `Sent:`, `To:` or `Date:`."""
    if not phrases.HEADER_FROM.search(lines[number].strip()):
        return False
    after = next((line.strip() for line in lines[number + 1 : number + 4] if line.strip()), "")
    return bool(phrases.HEADER_SENT.search(after))


def _above_signature(lines: list[str]) -> list[str]:
    """Without the block that a signature mark or a closing ("Kind regards") begins."""
    written = [number for number, line in enumerate(lines) if line.strip()]
    for place, number in list(enumerate(written))[-_TAIL - 1 :]:
        bare = lines[number].strip()
        below = (lines[other].strip() for other in written[place + 1 :])
        if _SIGNATURE_MARK.match(bare) or (
            phrases.CLOSING.match(bare) and all(_fits_signature(text) for text in below)
        ):
            return lines[:number]
    return lines


def _fits_signature(line: str) -> bool:
    return bool(
        (_SIGNATURE_LINE.match(line) and len(line.split()) <= _TAIL)
        or phrases.CONTACT_LINE.match(line)
        or phrases.DEVICE.match(line)
        or _is_notice(line)
    )
