from __future__ import annotations

import hashlib
import importlib.util
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.extraction import LABELS
from connector.core.extraction.cues import SIZE, cue_of, cues_of, name_of, together
from connector.core.extraction.model import model_of, packed, shipped
from connector.core.extraction.sentences import openers_of, pieces
from connector.extract_command import extract_file, extract_report
from connector.ticketfile import CommentLine, TicketLine, read_lines

if TYPE_CHECKING:
    from pathlib import Path

WEIGHTS = files("connector.core.extraction").joinpath("weights.json")
BODY = """The import stops with "Invalid header in row 1".

Expected: the rows are imported.

Environment: Windows 11, version 4.2.1
I restarted the app but it still fails. None of our 12 agents can work.
"""


def test_an_answer_has_the_contracts_keys_and_types() -> None:
    answer = extract_report(TicketLine(id="a-1", subject="Import stops", body=BODY))
    assert list(answer) == [
        "id",
        "sentences",
        "environment",
        "errors",
        "tried",
        "impact",
        "security",
        "security_score",
    ]
    assert answer["id"] == "a-1"
    assert answer["errors"] == ["Invalid header in row 1"]
    assert answer["environment"] == {"OS": ["Windows 11"], "version": ["4.2.1"]}
    assert answer["tried"] == [{"action": "I restarted the app", "result": "it still fails."}]
    assert answer["impact"] == ["None of our 12 agents can work."]


@given(st.text(max_size=200), st.text(max_size=400))
def test_sentences_are_verbatim_and_labelled_with_known_labels(title: str, body: str) -> None:
    answer: Any = extract_report(TicketLine(id=1, subject=title, body=body))
    for sentence in answer["sentences"]:
        assert sentence["text"] in title or sentence["text"] in body
        assert sentence["labels"]
        assert set(sentence["labels"]) <= set(LABELS)
    assert 0 <= answer["security_score"] <= 1
    assert type(answer["security"]) is bool


def test_an_answer_can_always_be_written_even_with_lone_surrogates() -> None:
    report = TicketLine.model_construct(
        id=1, subject="It fails \ud800 here", body="It crashes \udfff.", comments=()
    )
    orjson.dumps(extract_report(report))


def test_ids_and_order_stay_and_an_agents_replies_are_not_read() -> None:
    reply = CommentLine(role="agent", body="Please open Settings and click Reset.")
    more = CommentLine(role="end-user", body="The export crashes with an error as well.")
    lines = [
        TicketLine(id=7, subject="x", body="It fails."),
        TicketLine(id="b", subject="y", body="", comments=(reply, more)),
    ]
    first, second = extract_file(lines)
    assert (first["id"], second["id"]) == (7, "b")
    assert "Reset" not in json.dumps(second)
    assert "export crashes" in json.dumps(second)


@given(st.lists(st.integers(-5_000, 5_000), min_size=5, max_size=5))
def test_packed_weights_come_out_as_they_went_in(weights: list[int]) -> None:
    model = model_of(
        json.dumps(
            {
                "own": {"should": weights, "should & not": weights},
                "before": {},
                "after": {},
                "opens": {},
                "thresholds": [0] * 5,
                "scale": 1,
            }
        )
    )
    (should,) = [weight for weight in model.own if weight] or [0]
    assert list(model.crossed.values()) == [packed(weights)]
    assert model._unpacked(should) == tuple(weights)
    assert model._unpacked(packed(weights) + packed([1] * 5)) == tuple(w + 1 for w in weights)


def test_what_a_paragraph_opens_with_counts_for_all_the_rest_of_it_and_nothing_else() -> None:
    made: dict[str, Any] = {place: {} for place in ("own", "before", "after")}
    made |= {"opens": {"should": [3] * 5}, "thresholds": [0] * 5, "scale": 1}
    found = pieces("It should open. It closes. Then it opens.\n\nThis should not count. Or so.")
    scores = model_of(json.dumps(made)).scores(cues_of(found), openers_of(found))
    assert [score for score, *_ in scores] == [0, 3, 3, 0, 3]
    found = pieces("It closes. It should open. Then it opens.\n\nOr so.")
    scores = model_of(json.dumps(made)).scores(cues_of(found), openers_of(found))
    assert [score for score, *_ in scores] == [0, 0, 0, 0]


def test_the_shipped_weights_are_small_and_hold_our_own_cues_only() -> None:
    text = WEIGHTS.read_text("utf-8")
    assert len(text.encode()) <= 60_000
    made = json.loads(text)
    assert made["labels"] == list(LABELS)
    assert sum(map(bool, shipped().own)) > 300
    assert len(shipped().crossed) > 300


def test_a_cue_that_does_not_exist_is_not_passed_over() -> None:
    made = {"own": {"no such cue": [1] * 5}, "before": {}, "after": {}, "opens": {}}
    with pytest.raises(ValueError, match="no such cue"):
        model_of(json.dumps({**made, "thresholds": [0] * 5, "scale": 1}))


@given(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1))
def test_a_cue_has_one_name_alone_and_together(one: int, other: int) -> None:
    assert cue_of(name_of(one)) == one
    assert cue_of(name_of(together(one, other))) == together(one, other)


def scorer(shared: Path) -> Any:
    spec = importlib.util.spec_from_file_location(
        "score_extraction", shared / "tools" / "score_extraction.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_weights_name_the_data_that_they_were_trained_on(shared: Path) -> None:
    for name, digest in json.loads(WEIGHTS.read_text("utf-8"))["data"].items():
        data = (shared / "data" / "extraction" / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest


def test_the_labelled_reports_are_still_read_as_well_as_when_the_weights_were_made(
    shared: Path,
) -> None:
    """A floor under the scores on a quarter of the training data: they fall when cues change."""
    floors = {"ob_eb_s2r.jsonl": {"OB": 0.70, "EB": 0.65, "S2R": 0.70}}
    floors["sections_weak.jsonl"] = {"ENV": 0.85, "ERR": 0.77}
    for name, wanted in floors.items():
        path = shared / "data" / "extraction" / name
        with path.open("rb") as handle:
            lines = [line for line in read_lines(handle) if isinstance(line, TicketLine)]
        answers = {answer["id"]: answer for answer in extract_file(lines[::4])}
        score = scorer(shared)
        gold = {key: report for key, report in score.load(str(path)).items() if key in answers}
        result, _ = score.evaluate(gold, answers, list(wanted))
        for label, floor in wanted.items():
            assert result["sentence"][label]["f1"] >= floor, (name, label)
