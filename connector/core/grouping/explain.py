"""Why tickets are in one group, in words for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, combinations, islice
from typing import TYPE_CHECKING

from connector.core.grouping.sketch import sign_key, word_key
from connector.core.grouping.vectors import cosine, unpacked
from connector.core.grouping.words import stem

if TYPE_CHECKING:
    from connector.core.grouping.fingerprint import Fingerprint
    from connector.core.grouping.index import Report

_SHOWN_WORDS = 6
_SHOWN_SIGNATURES = 3
_COMPARED_VECTORS = 8

Rarity = Callable[[Sequence[int]], Mapping[int, float]]


def label_of(reports: Sequence[Report]) -> str:
    """The subject that has most in common with the others; the first such one."""
    titles = [{stem(word) for word in report.fingerprint.title} for report in reports]
    common = Counter(chain.from_iterable(titles))

    def shared(place: int) -> float:
        words = titles[place]
        return sum(common[word] - 1 for word in words) / (len(words) + 3)

    best = max(range(len(reports)), key=lambda place: (shared(place), -place))
    return reports[best].fingerprint.headline or f"like ticket {reports[best].ticket_id}"


def reasons(reports: Sequence[Report], rarity: Rarity) -> tuple[str, ...]:
    """Shared rare words, shared signatures, when, and from how many customers."""
    return tuple(
        filter(
            None,
            (
                _shared_words(reports, rarity),
                *_shared_signatures(reports, rarity),
                _spread(reports),
                _meaning(reports),
            ),
        )
    )


def _shared_words(reports: Sequence[Report], rarity: Rarity) -> str:
    forms: dict[int, str] = {}
    count: Counter[int] = Counter()
    for report in reports:
        keys = {word_key(word): word for word in _words(report.fingerprint)}
        forms = keys | forms
        count.update(keys.keys())
    shared = [key for key in forms if count[key] * 2 > len(reports) and count[key] > 1]
    rare = rarity(shared)
    shared.sort(key=lambda key: (-count[key] * rare[key], forms[key]))
    return (
        "shared rare words: " + ", ".join(forms[key] for key in shared[:_SHOWN_WORDS])
        if shared
        else ""
    )


def _words(fingerprint: Fingerprint) -> Iterator[str]:
    return chain(fingerprint.title, chain.from_iterable(line.words for line in fingerprint.lines))


def _shared_signatures(reports: Sequence[Report], rarity: Rarity) -> Iterator[str]:
    count = Counter(chain.from_iterable(set(report.fingerprint.signatures) for report in reports))
    shared = [sign for sign in count if count[sign] > 1 and not sign.startswith("version:")]
    rare = rarity([sign_key(sign) for sign in shared])
    shared.sort(key=lambda sign: (-count[sign] * rare[sign_key(sign)], sign))
    for sign in shared[:_SHOWN_SIGNATURES]:
        kind, _, value = sign.partition(":")
        yield f"{kind} {value} in {count[sign]} of {len(reports)}"


def _meaning(reports: Sequence[Report]) -> str:
    """How near the sentence vectors are, where there are any: then they had a say in the group."""
    known = (unpacked(report.fingerprint.vector) for report in reports)
    vectors = list(islice(filter(None, known), _COMPARED_VECTORS))
    near = [cosine(one, other) for one, other in combinations(vectors, 2)]
    return f"alike in meaning: {sum(near) / len(near):.2f} of 1 (sentence vectors)" if near else ""


def _spread(reports: Sequence[Report]) -> str:
    times = sorted(report.created_at for report in reports)
    customers = list(
        dict.fromkeys(report.customer_name or report.customer_key for report in reports)
    )
    who = ", ".join(customers[:5]) + (", …" if len(customers) > 5 else "")  # noqa: PLR2004
    span = f"{times[0]:%Y-%m-%d} to {times[-1]:%Y-%m-%d}"
    return f"{len(reports)} reports from {len(customers)} customers ({who}), {span}"
