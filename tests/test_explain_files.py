"""`assess --from-file`: what a file does not tell is unknown, and ids stay as they were."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connector.explain import assess_file, print_explanations
from connector.mapping_files import load_mappings
from connector.texts import console

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from connector.explain import Explanations

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BARE = {"subject": "Colours of the calendar", "body": "The calendar is blue on one page."}


def assessed(folder: Path, *lines: dict[str, object]) -> Explanations:
    path = folder / "tickets.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return assess_file(path, load_mappings(None), timedelta(days=30), NOW)


def test_a_line_without_a_time_has_not_waited_and_its_age_is_unknown(tmp_path: Path) -> None:
    old = {**BARE, "id": 1, "created_at": "2026-01-05T09:00:00Z", "subject": "Invoice of May"}
    dated, undated = assessed(tmp_path, old, {**BARE, "id": 2}).assessed
    assert [one.kind for one in dated.assessment.findings] == ["waiting-too-long"]
    assert undated.assessment.findings == ()
    assert undated.assessment.impact is not None
    duration = undated.assessment.impact.duration
    assert (duration.known, duration.number) == (False, None)
    assert duration.text.startswith("unknown when it was first reported")


def test_a_text_id_is_shown_as_it_stands_in_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = assessed(tmp_path, {**BARE, "id": "HELP-7"})
    print_explanations(found, console())
    assert found.assessed[0].ids == ("HELP-7",)
    assert capsys.readouterr().out.startswith("Ticket HELP-7: ")
