"""Which reports are about one issue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import sqrt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connector.core.grouping import (
    Corrections,
    Grouper,
    MemoryIndex,
    Parameters,
    Report,
    Verdict,
    Verdicts,
    fingerprint,
    in_order,
    shipped,
)
from connector.core.grouping.vectors import cosine, packed, unpacked

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WINDOW = timedelta(days=30)

PEOPLE = [
    ("Checkout fails with error 502", "Since this morning paying ends in HTTP 502 at /api/v2/pay."),
    ("502 when paying", "Our checkout returns HTTP 502 from /api/v2/pay for every card."),
    ("Payment page: error 502", "Paying is broken, /api/v2/pay answers with 502 Bad Gateway."),
]
OTHERS = [
    ("Export has no header row", "The spreadsheet that I download starts without column names."),
    ("How do I invite a colleague", "I would like to add someone to our workspace as an admin."),
    ("Dark theme unreadable", "Grey letters on black background in the calendar, please lighten."),
    ("Invoice address wrong", "The invoice shows our old street, we moved to Lyon in January."),
    ("Webhook signature differs", "HMAC digest does not match when the payload holds umlauts."),
    ("Login loops on Safari", "After the second factor Safari returns to the login form."),
]


def a_report(number: int, subject: str, body: str, **changes: object) -> Report:
    values = {
        "ticket_id": number,
        "customer_key": f"organization:{number}",
        "created_at": NOON + timedelta(hours=number),
        "fingerprint": fingerprint(subject, body),
    }
    return Report.model_validate(values | changes)


def placed(reports: list[Report], **options: object) -> Grouper:
    grouper = Grouper(window=WINDOW, **options)  # type: ignore[arg-type]
    for report in reports:
        grouper.place(report)
    return grouper


def ids(grouper: Grouper) -> list[list[int]]:
    return [[member.ticket_id for member in group.members] for group in grouper.groups()]


def a_day() -> list[Report]:
    return [a_report(n, *text) for n, text in enumerate([*OTHERS, *PEOPLE])]


def test_three_reports_of_one_outage_are_one_group_among_others() -> None:
    assert ids(placed(a_day())) == [[6, 7, 8]]


def test_a_group_keeps_the_id_of_its_first_ticket() -> None:
    (group,) = placed(a_day()).groups()
    assert group.id == "g6"


def test_a_group_says_why() -> None:
    (group,) = placed(a_day()).groups()
    told = " | ".join(group.why)
    assert "code 502 in 3 of 3" in told
    assert "3 reports from 3 customers" in told
    assert "502" in group.label


def test_a_ticket_that_is_placed_twice_stays_where_it_is() -> None:
    grouper = placed(a_day())
    before = grouper.groups()
    again = grouper.place(a_day()[8])
    assert again.joined
    assert grouper.groups() == before


@given(
    text=st.text(max_size=400).filter(lambda text: fingerprint("", text).text_key > 0),
    days=st.integers(min_value=0, max_value=29),
)
@example(text="Login broken", days=3)
@example(text="I can't log in to my account.", days=0)
@settings(max_examples=60, deadline=None)
def test_identical_texts_always_group(text: str, days: int) -> None:
    later = NOON + timedelta(days=days)
    others = [a_report(n, *words) for n, words in enumerate(OTHERS)]
    twins = [a_report(20, "", text), a_report(21, "", text, created_at=later)]
    groups = ids(placed([*others, *twins]))
    assert any({20, 21} <= set(group) for group in groups)


def test_equal_texts_of_two_words_wait_for_a_person() -> None:
    grouper = placed([a_report(n, "", "Login broken") for n in range(4)])
    (group,) = grouper.groups()
    assert (len(group.members), group.strength) == (4, "suggested")


@pytest.mark.parametrize(
    "codes", [("PAY-1001", "PAY-2002", "PAY-3003"), ("HTTP 401", "HTTP 404", "HTTP 502")]
)
def test_one_sentence_with_other_codes_never_acts_by_itself(codes: tuple[str, ...]) -> None:
    told = "Payment fails with error {} at the checkout of our shop."
    others = [a_report(n, *words) for n, words in enumerate(OTHERS)]
    forms = [a_report(20 + n, "Payment fails", told.format(code)) for n, code in enumerate(codes)]
    same = [a_report(30 + n, "Payment fails", told.format(codes[0])) for n in range(2)]
    found = placed([*others, *forms]).groups()
    assert {group.strength for group in found} <= {"suggested"}
    groups = {group.strength: group for group in placed([*others, forms[0], *same]).groups()}
    assert [member.ticket_id for member in groups["sure"].members] == [20, 30, 31]


def test_reports_further_apart_than_the_window_stay_apart() -> None:
    subject, body = PEOPLE[0]
    late = a_report(9, subject, body, created_at=NOON + WINDOW + timedelta(days=1))
    assert ids(placed([a_report(0, subject, body, created_at=NOON), late])) == []


@given(repeats=st.integers(min_value=1, max_value=12))
@settings(max_examples=12, deadline=None)
def test_a_customers_own_repeats_never_make_three_customers(repeats: int) -> None:
    same = {"customer_key": "organization:1"}
    grouper = placed([a_report(n, *PEOPLE[n % 3], **same) for n in range(repeats)])
    assert all(group.customers == ("organization:1",) for group in grouper.groups())


NOTHING = [
    "",
    "   ",
    "\n\n",
    "?",
    "help",
    "123456",
    "🔥🔥🔥",
    "😀",
    ">>>",
    "--",
    "<p></p>",
    "\u200b",
]


def test_texts_that_say_nothing_stay_alone() -> None:
    reports = [a_report(n, "", text) for n, text in enumerate(NOTHING * 3)]
    assert ids(placed(reports)) == []


def test_vague_subjects_do_not_glue_reports_together() -> None:
    bodies = [body for _, body in OTHERS]
    reports = [a_report(n, "Help needed", body) for n, body in enumerate(bodies)]
    assert ids(placed(reports)) == []


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(
            [
                "支払い画面でエラーが表示されます",
                "請求書の住所を変更したいです",
                "ログインできません",
            ],
            id="japanese",
        ),
        pytest.param(
            ["Не приходит письмо с кодом", "Отчёт выгружается пустым", "Как сменить тариф"],
            id="russian",
        ),
        pytest.param(
            ["لا أستطيع تسجيل الدخول", "الفاتورة غير صحيحة", "التطبيق بطيء جدا"], id="arabic"
        ),
    ],
)
def test_other_scripts_are_told_apart_and_found_again(texts: list[str]) -> None:
    reports = [a_report(n, "", text) for n, text in enumerate([*texts, *texts])]
    assert ids(placed(reports)) == [[0, 3], [1, 4], [2, 5]]


@given(text=st.text(alphabet=st.characters(), max_size=3000), subject=st.text(max_size=200))
@example(text="0\ud800", subject="")
@settings(max_examples=80, deadline=None)
def test_no_text_breaks_a_fingerprint_or_makes_it_large(text: str, subject: str) -> None:
    made = fingerprint(subject, text)
    assert made == fingerprint(subject, text)
    assert len(made.model_dump_json()) < 16_000


def test_a_huge_text_gives_a_small_fingerprint() -> None:
    huge = " ".join(f"word{n}ish token{n * 7}x" for n in range(60_000))
    assert len(fingerprint(huge, huge).model_dump_json()) < 16_000


def test_a_fingerprint_survives_json() -> None:
    made = fingerprint(*PEOPLE[0], product_area="checkout")
    assert type(made).model_validate_json(made.model_dump_json()) == made


def test_the_size_of_a_sweep_changes_nothing() -> None:
    reports = [a_report(n, *text) for n, text in enumerate([*PEOPLE, *OTHERS] * 4)]
    at_once = Grouper(window=WINDOW)
    for report in in_order(reports):
        at_once.place(report)
    in_parts = Grouper(window=WINDOW)
    for start in range(0, len(reports), 5):
        for report in in_order(reports[start : start + 5]):
            in_parts.place(report)
            in_parts.groups()
    assert at_once.groups() == in_parts.groups()


def test_reports_are_placed_by_time_then_by_id() -> None:
    reports = [a_report(n, *PEOPLE[0], created_at=NOON) for n in (3, 1, 2)]
    early = a_report(9, *PEOPLE[0], created_at=NOON - timedelta(days=1))
    assert [report.ticket_id for report in in_order([*reports, early])] == [9, 1, 2, 3]


def different(first: int, second: int) -> Verdict:
    return Verdict(first=first, second=second, says="different")


def same(first: int, second: int) -> Verdict:
    return Verdict(first=first, second=second, says="same")


def test_what_a_person_told_apart_is_never_brought_together() -> None:
    assert ids(placed(a_day(), verdicts=[different(8, 6), different(8, 7)])) == [[6, 7]]


def test_what_a_person_brought_together_belongs_together() -> None:
    assert [1, 5] in ids(placed(a_day(), verdicts=[same(5, 1)]))


def test_identical_texts_stay_apart_when_a_person_says_so() -> None:
    twins = [a_report(n, *PEOPLE[0]) for n in (1, 2)]
    assert ids(placed(twins, verdicts=[different(1, 2)])) == []


def corrected(index: MemoryIndex, *verdicts: Verdict) -> Corrections:
    return Corrections(index, Verdicts(verdicts))


def test_a_person_takes_a_ticket_out_of_a_live_group_and_brings_it_elsewhere() -> None:
    index = MemoryIndex()
    grouper = placed(a_day(), index=index)
    corrected(index).part([8])
    assert ids(grouper) == [[6, 7]]
    corrected(index).unite([8, 0])
    assert [0, 8] in ids(grouper)
    grouper.place(a_report(30, *PEOPLE[0]))
    assert [6, 7, 30] in ids(grouper)


def test_a_group_keeps_its_name_when_its_first_ticket_leaves_it() -> None:
    index = MemoryIndex()
    grouper = placed(a_day(), index=index)
    corrected(index).part([6])
    (group,) = grouper.groups()
    assert (group.id, [member.ticket_id for member in group.members]) == ("g6", [7, 8])
    assert index.group_of(index.number_of(6) or 0) == "g6-2"


def test_a_group_that_a_person_confirms_is_sure() -> None:
    index = MemoryIndex()
    grouper = placed(a_day(), index=index)
    for number in (7, 8):
        index.assign(number, "g6", 0.2)
    assert grouper.strength("g6") == "suggested"
    corrected(index).confirm("g6")
    (group,) = grouper.groups()
    assert group.strength == grouper.strength("g6") == "sure"


def test_joining_two_groups_brings_everybody_along() -> None:
    index = MemoryIndex()
    grouper = placed(a_day(), index=index)
    corrected(index).unite([0, 1])
    assert corrected(index).unite([1, 8]) == "g0"
    assert [0, 1, 6, 7, 8] in ids(grouper)


def test_joining_two_groups_keeps_apart_who_was_told_apart() -> None:
    index = MemoryIndex()
    grouper = placed(a_day(), index=index)
    corrected(index).unite([0, 1])
    corrected(index, same(0, 1), different(0, 7), same(1, 6)).unite([1, 6])
    for group in ids(grouper):
        assert not {0, 7} <= set(group)
    assert any({1, 6} <= set(group) for group in ids(grouper))


def test_a_removed_report_leaves_its_group_and_is_not_found_again() -> None:
    index = MemoryIndex()
    grouper = placed(a_day(), index=index)
    index.remove(index.number_of(7) or 0)
    assert ids(grouper) == [[6, 8]]
    assert index.number_of(7) is None


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Calendar fails with an error", "Since this morning the calendar is empty."),
        ("Printing stopped", "It stopped working this morning, for all users, with an error."),
    ],
)
def test_words_that_any_ticket_holds_glue_nothing_in_a_young_store(subject: str, body: str) -> None:
    assert not placed(a_day()).place(a_report(40, subject, body)).joined


def a_vector(*numbers: float) -> str:
    length = sqrt(sum(number * number for number in numbers))
    return packed([number / length / 8 for number in numbers for _ in range(64)])


def with_vector(report: Report, vector: str) -> Report:
    known = report.fingerprint.model_copy(update={"vector": vector})
    return report.model_copy(update={"fingerprint": known})


def test_vectors_bring_together_what_means_the_same() -> None:
    lost = [
        a_report(1, "Card lost", "I lost my card, please block it."),
        a_report(2, "Card gone", "My card is gone, I want to have it blocked."),
    ]
    apart = placed([with_vector(r, a_vector(1, n, 0)) for r, n in zip(lost, (9, -9), strict=True)])
    together = placed([with_vector(report, a_vector(1, 0.2, 0)) for report in lost])
    assert ids(apart) == []
    assert ids(together) == [[1, 2]]
    assert "alike in meaning: 0.99 of 1 (sentence vectors)" in together.groups()[0].why


def test_reports_with_and_without_a_vector_are_compared_by_words() -> None:
    day = a_day()
    mixed = [with_vector(r, a_vector(1, n)) if n % 2 else r for n, r in enumerate(day)]
    assert [6, 7, 8] in ids(placed(mixed))


def test_a_packed_vector_keeps_its_angles() -> None:
    one, other = unpacked(a_vector(1, 0, 0)), unpacked(a_vector(1, 1, 0))
    assert cosine(one, one) == pytest.approx(1, abs=0.01)
    assert cosine(one, other) == pytest.approx(sqrt(0.5), abs=0.01)
    assert cosine(one, unpacked(a_vector(-1, 0, 0))) == pytest.approx(-1, abs=0.01)
    assert cosine(one, one[:-1]) == 0
    assert unpacked("") == b""


def test_parameters_for_other_features_are_refused() -> None:
    known = shipped().model_dump()
    with pytest.raises(ValueError, match="train again"):
        Parameters.model_validate(known | {"features": known["features"][:-1]})
    swapped = known | {"with_vectors": known | {"with_vectors": None}}
    with pytest.raises(ValueError, match="train again"):
        Parameters.model_validate(swapped)


def test_a_near_miss_is_told() -> None:
    grouper = placed(a_day())
    placement = grouper.place(
        a_report(40, "Error 502 in the calendar", "The calendar ends in 502.")
    )
    assert not placement.joined
    assert [near.group for near in placement.near_misses] == ["g6"]


def an_outage(number: int) -> list[Report]:
    """Four customers' words for one failure, which no other one shares."""
    code, thing = f"FLT-{4000 + 7 * number}", ("ledger", "parcel", "voucher", "beacon")[number % 4]
    texts = [
        (f"{thing} page fails", f"The {thing} page ends in {code} since today."),
        (f"Error {code}", f"We see {code} whenever somebody opens a {thing}."),
        ("Help needed", f"Our {thing} list says {code} and stays empty."),
        (f"{thing} broken", f"Since noon every {thing} answers with {code}."),
    ]
    return [
        a_report(
            10 * number + place, *text, created_at=NOON + timedelta(hours=number, minutes=place)
        )
        for place, text in enumerate(texts)
    ]


def pairs(grouper: Grouper) -> set[tuple[int, int]]:
    return {(a, b) for group in ids(grouper) for a in group for b in group if a < b}


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(6)), st.booleans())
def test_the_order_of_arrival_changes_little(order: list[int], backwards: bool) -> None:  # noqa: FBT001 - drawn
    """Nine of ten pairs of outages' reports are the same, in whatever order they come."""
    outages = [an_outage(number) for number in range(1, 7)]
    as_they_came = pairs(placed([report for outage in outages for report in outage]))
    mixed = [outages[at][::-1] if backwards else outages[at] for at in order]
    in_turn = pairs(placed([report for four in zip(*mixed, strict=True) for report in four]))
    assert len(as_they_came) >= 30
    assert len(as_they_came & in_turn) >= 0.9 * len(as_they_came | in_turn)


@settings(max_examples=25, deadline=None)
@given(st.permutations([*range(len(OTHERS))] * 4))
def test_bursts_of_nearly_the_same_words_are_the_same_groups_in_any_order(
    order: list[int],
) -> None:
    """Each of the bursts has its words twice as they are, and twice with others at their end."""
    ends = ["", "Kind regards from Lyon.", "", "Please help, many people wait for it."]
    bursts: dict[int, list[int]] = {which: [] for which in order}
    reports = []
    for number, which in enumerate(order):
        subject, body = OTHERS[which]
        reports.append(a_report(number, subject, f"{body} {ends[len(bursts[which])]}"))
        bursts[which].append(number)
    assert ids(placed(reports)) == sorted(bursts.values())
