"""Mail to the words that its writer means: quotes, greetings, signatures and notices are left out.

Pure and bounded: at most `LIMIT` characters are looked at (without HTML), line by line. What is
left out never leaves an empty report: when nothing but quoted text remains, the quoted text is what
was meant (a forwarded mail).
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from connector.core.grouping import phrases
from connector.core.grouping.tags import without_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LIMIT: Final = 16_000
_MEANT: Final = 2_000
_MOST_OF_PROSE: Final = 4_000
_CLOSING_TAIL: Final = 12
_MIN_WORDS: Final = 2
_MOST_BESIDE_CONTACT: Final = 6

_MARKUP = re.compile(
    r"\{(?:code|noformat|html|quote|panel|color)(?:[:=][^{}\n]{0,120})?\}|^h[1-6]\.\s?"
    r"|```\w{0,12}|!\S{1,80}\.(?:png|jpe?g|gif)\S{0,40}!",
    re.IGNORECASE | re.MULTILINE,
)
_LINK = re.compile(r"\b(?:https?|ftp)://[^\s<>\"'|\])}]{1,2000}|\bwww\.[^\s<>\"'|\])}]{3,500}")
_MARKED_LINK = re.compile(r"\[([^\[\]|]{0,200})\|(?=https?://)|\[([^\[\]]{0,200})\]\((?=https?://)")
_BROKEN = re.compile(r"[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u2122]{1,3}")
_SPACE = re.compile(r"[ \t\u00a0\u2000-\u200b\u3000]+")
_QUOTED = re.compile(r"^\s{0,4}(?:>|\|\s)")
_SIGNATURE_MARK = re.compile(r"^(?:--|__|—)\s?$")
_NAME_LINE = re.compile(r"^[\w.'’&,|/ ()+-]{1,60}$")
_WORD = re.compile(r"\w{2,}")
_ANY_WORD = re.compile(r"[^\W_][\w'’]*")


def readable(text: str) -> str:
    """The text without HTML and markup, entities resolved, mojibake mended, composed (NFC)."""
    if "<" in text:
        text = without_tags(text)
    text = unicodedata.normalize("NFC", text[:LIMIT]).replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        text = html.unescape(text)
    text = _MARKUP.sub("\n", text)
    return _SPACE.sub(" ", mend(text))


def mend(text: str) -> str:
    """UTF-8 that somebody read as Windows-1252 (`Ã¼` for `ü`), read again rightly."""
    return _BROKEN.sub(_reread, text)


def _reread(match: re.Match[str]) -> str:
    found = match.group()
    try:
        return bytes(_byte(character) for character in found).decode("utf-8")
    except (UnicodeError, ValueError):
        return found


def _byte(character: str) -> int:
    point = ord(character)
    return point if point < 0x100 else character.encode("cp1252")[0]  # noqa: PLR2004


def without_links(text: str) -> str:
    """Links lose their host and their query: trackers and sessions differ between mails."""
    return _LINK.sub(_path_words, _MARKED_LINK.sub(lambda m: f"{m[1] or m[2] or ''} ", text))


def _path_words(match: re.Match[str]) -> str:
    path = match.group().split("://", 1)[-1].split("?", 1)[0].split("#", 1)[0]
    parts = [part for part in path.split("/")[1:] if part.isascii() and len(part) <= 40]  # noqa: PLR2004
    return " " + " ".join(part for part in parts[-2:] if not any(c.isdigit() for c in part)) + " "


def own_lines(text: str) -> list[str]:
    """The lines of `text` that its writer wrote about the matter, stripped, none empty.

    `text` is readable text (see `readable`). Code, logs and stack frames are kept.
    """
    lines = [line.strip() for line in text.split("\n")]
    own = _tidy(_above_quotes(lines))
    if _words(own) >= _MIN_WORDS:
        return own
    return _tidy([_QUOTED.sub("", line).strip() for line in lines if not _is_quote_head(line)])


def _tidy(lines: Sequence[str]) -> list[str]:
    return _without_small_talk(_above_signature(list(lines)))


def _words(lines: Sequence[str]) -> int:
    return sum(len(_WORD.findall(line)) for line in lines)


def _is_quote_head(line: str) -> bool:
    return bool(
        phrases.WROTE.search(line)
        or phrases.ORIGINAL_MESSAGE.search(line)
        or phrases.HEADER_FROM.search(line)
        or phrases.HEADER_SENT.search(line)
    )


def _above_quotes(lines: Sequence[str]) -> list[str]:
    own: list[str] = []
    for number, line in enumerate(lines):
        if phrases.ORIGINAL_MESSAGE.search(line) or _is_mail_head(lines, number):
            break
        if phrases.REPLY_ABOVE.search(line):
            if _words(own) >= _MIN_WORDS:
                break
            continue
        if not (_QUOTED.match(line) or _heads_a_quote(lines, number)):
            own.append(line)
    return own


def _is_mail_head(lines: Sequence[str], number: int) -> bool:
    """From: … followed at once by Sent:, To:, Date: … as Outlook quotes."""
    if not phrases.HEADER_FROM.search(lines[number]):
        return False
    after = [line for line in lines[number + 1 : number + 4] if line]
    return bool(after and phrases.HEADER_SENT.search(after[0]))


def _heads_a_quote(lines: Sequence[str], number: int) -> bool:
    """Without a quote below it, `On … wrote:` is either the end of the mail or just a sentence."""
    line = lines[number]
    after = [below for below in lines[number + 1 : number + 4] if below]
    quoted = bool(after and _QUOTED.match(after[0]))
    if phrases.WROTE.search(line):
        return quoted or not after or line.endswith((":", "："))
    return quoted and bool(phrases.SENDER.search(line))


def _above_signature(lines: list[str]) -> list[str]:
    while lines and not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines):
        below = [text for text in lines[number + 1 :] if text]
        if len(below) > _CLOSING_TAIL:
            continue
        ends = _SIGNATURE_MARK.match(line) or phrases.CLOSING.match(line)
        if ends and all(map(_fits_signature, below)):
            return lines[:number]
    return lines


def _fits_signature(line: str) -> bool:
    bare = phrases.CONTACT.sub("", line[:400])
    return bool(
        _NAME_LINE.match(line)
        or (bare != line[:400] and len(_WORD.findall(bare)) <= _MOST_BESIDE_CONTACT)
        or phrases.NOTICE.search(line[:400])
        or phrases.CONTACT_LINE.match(line)
        or phrases.DEVICE.match(line)
        or phrases.PLEASANTRY.match(line)
    )


def _is_notice(line: str) -> bool:
    return bool(
        phrases.NOTICE.search(line[:400]) and phrases.NOTICE_MENTIONS_MAIL.search(line[:400])
    )


def _without_small_talk(lines: Sequence[str]) -> list[str]:
    leave: tuple[Callable[[str], object], ...] = (
        phrases.GREETING.match,
        phrases.PLEASANTRY.match,
        phrases.CLOSING.match,
        phrases.DEVICE.match,
        phrases.BODY_HEAD.match,
        phrases.CONTACT_LINE.match,
        _is_notice,
    )
    if sum(bool(phrases.FORM_HEAD.match(line)) for line in lines) > 1:
        leave = (*leave, phrases.FORM_HEAD.match)
    own = (_without_polite_sentences(phrases.OPENING.sub("", line)) for line in lines)
    kept = (line for line in own if line and not any(test(line.strip("*_ ")) for test in leave))
    return [line for line in kept if not is_vague(line)]


def _without_polite_sentences(line: str) -> str:
    sentences = phrases.SENTENCE_END.split(line)
    if len(sentences) == 1 or len(line) > _MOST_OF_PROSE:
        return line
    said = [one for one in sentences if not phrases.PLEASANTRY.match(one)]
    return " ".join(said) if len(said) < len(sentences) else line


def meant(subject: str, body: str) -> str:
    """What a report says, as running text: for a model that reads sentences."""
    lines = own_lines(without_links(readable(body)))
    title = bare_subject(subject)
    if lines and lines[0].strip(" .!?").lower() == title.strip(" .!?").lower():
        lines = lines[1:]
    return ". ".join(filter(None, (title, "\n".join(lines))))[:_MEANT]


def is_vague(text: str) -> bool:
    """Only words that any request may hold, or none at all."""
    return all(word in phrases.VAGUE for word in _ANY_WORD.findall(text.lower()))


def bare_subject(subject: str) -> str:
    """The subject without Re:, [#123], URGENT: and "- please help"; "" when it says nothing."""
    subject = readable(subject[:500]).replace("\n", " ").strip()
    for _ in range(4):
        shorter = phrases.SUBJECT_PREFIX.sub("", phrases.SUBJECT_SUFFIX.sub("", subject)).strip()
        if shorter == subject:
            break
        subject = shorter
    return "" if is_vague(subject) else subject
