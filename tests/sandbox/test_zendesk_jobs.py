"""Background jobs: batches of updates and creates, merges, and what polling tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from zendesk_rig import a_seed, a_ticket

if TYPE_CHECKING:
    from zendesk_rig import Rig

pytest_plugins = ("zendesk_fixtures",)


def update_many(desk: Rig, *rows: dict[str, Any]) -> dict[str, Any]:
    """The job that a batch starts."""
    answer = desk.call("PUT", "/tickets/update_many.json", {"tickets": list(rows)})
    assert answer.status_code == 200, answer.text
    job: dict[str, Any] = answer.json()["job_status"]
    return job


def finished(desk: Rig, job: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a job, polled to its end."""
    for _ in range(5):
        told = desk.get(f"/job_statuses/{job['id']}.json")["job_status"]
        if told["status"] == "completed":
            rows: list[dict[str, Any]] = told["results"]
            return rows
    raise AssertionError("the job did not end")


def test_a_job_tells_its_way_poll_by_poll(desk: Rig) -> None:
    desk.fresh(a_seed(*(a_ticket(id=number) for number in range(1, 101))))
    job = update_many(desk, *({"id": number, "priority": "high"} for number in range(1, 101)))
    assert (job["status"], job["total"], job["progress"], job["results"]) == (
        "queued", 100, None, None,
    )  # fmt: skip
    path = f"/job_statuses/{job['id']}.json"
    polls = [desk.get(path)["job_status"] for _ in range(4)]
    assert [poll["status"] for poll in polls] == ["working", "working", "completed", "completed"]
    assert [poll["progress"] for poll in polls] == [31, 98, 100, 100]
    assert polls[0]["message"] == "Updating ticket #31"
    assert polls[0]["results"] is None
    first = {"action": "update", "status": "Updated", "success": True, "id": 1}
    assert polls[2]["results"][0] == first


def test_the_work_is_done_whether_or_not_anybody_polls(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    update_many(desk, {"id": 1, "comment": {"body": "Note.", "public": False}})
    assert len(desk.get("/tickets/1/comments.json")["comments"]) == 2
    assert [effect["kind"] for effect in desk.effects()] == ["comment"]


def test_a_batch_adds_and_removes_tags(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, tags=("vip", "escalation_open"))))
    update_many(
        desk, {"id": 1, "additional_tags": ["escalated"], "remove_tags": ["escalation_open"]}
    )
    assert desk.ticket(1)["tags"] == ["escalated", "vip"]


def test_one_change_for_many_by_their_ids(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2)))
    body = {"ticket": {"additional_tags": ["escalated"]}}
    answer = desk.call("PUT", "/tickets/update_many.json?ids=1,2", body)
    assert [row["id"] for row in finished(desk, answer.json()["job_status"])] == [1, 2]
    assert desk.ticket(2)["tags"] == ["escalated"]


def test_each_row_fails_alone(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2, status="closed"), a_ticket(id=3)))
    stale = {"safe_update": True, "updated_stamp": "2020-01-01T00:00:00Z"}
    job = update_many(
        desk,
        {"id": 1, "priority": "high", **stale},
        {"id": 2, "priority": "high"},
        {"id": 99, "priority": "high"},
        {"id": 3, "priority": "high"},
    )
    rows = finished(desk, job)
    assert [row["success"] for row in rows] == [False, False, False, True]
    assert rows[0]["error"] == "TicketUpdateConflict"
    assert "closed prevents ticket update" in rows[1]["details"]
    assert (rows[2]["id"], rows[2]["error"]) == (99, "RecordNotFound")
    assert desk.ticket(1)["priority"] is None
    assert desk.ticket(3)["priority"] == "high"


def test_in_a_batch_the_guard_needs_both_keys(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    rows = finished(desk, update_many(desk, {"id": 1, "priority": "high", "safe_update": True}))
    assert rows[0]["success"] is True


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/tickets/update_many.json"), ("POST", "/tickets/create_many")]
)
def test_a_hundred_rows_and_no_more(desk: Rig, method: str, path: str) -> None:
    rows = [{"id": number, "description": "x"} for number in range(101)]
    refused = desk.call(method, path, {"tickets": rows})
    assert refused.status_code == 400
    assert refused.json() == {
        "error": "TooManyValues",
        "description": "Parameter  cannot specify more than 100 values",
        "max_count": 100,
    }
    assert desk.call(method, path, {}).status_code == 400


def test_created_rows_are_told_by_their_place(desk: Rig) -> None:
    rows = [{"description": "One"}, {"subject": "Nothing said"}, {"description": "Three"}]
    job = desk.call("POST", "/tickets/create_many.json", {"tickets": rows}).json()["job_status"]
    told = finished(desk, job)
    assert [row["index"] for row in told] == [0, 1, 2]
    assert "success" not in told[0]
    assert told[1]["error"] == "RecordInvalid"
    assert desk.ticket(told[2]["id"])["description"] == "Three"
    assert told[0]["id"] > told[2]["id"]


def test_many_jobs_are_polled_at_once(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    ids = [update_many(desk, {"id": 1, "priority": level})["id"] for level in ("high", "low")]
    told = desk.get("/job_statuses/show_many.json", ids=",".join([*ids, "V3-unknown"]))
    assert [job["id"] for job in told["job_statuses"]] == ids
    assert desk.call("GET", "/job_statuses/V3-unknown.json").status_code == 404
    many = {"ids": ",".join(["x"] * 101)}
    assert desk.call("GET", "/job_statuses/show_many.json", params=many).status_code == 400


def test_thirty_jobs_at_a_time(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)), limits="real")
    jobs = [update_many(desk, {"id": 1, "priority": "high"}) for _ in range(30)]
    body = {"tickets": [{"id": 1, "priority": "low"}]}
    refused = desk.call("PUT", "/tickets/update_many.json", body)
    assert (refused.status_code, refused.json()["error"]) == (429, "TooManyJobs")
    assert "retry-after" in refused.headers
    assert desk.ticket(1)["priority"] == "high"
    finished(desk, jobs[0])
    assert desk.call("PUT", "/tickets/update_many.json", body).status_code == 200


def test_a_merge_closes_the_source_and_tells_both_sides(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2, body="The same here.")))
    job = desk.call("POST", "/tickets/1/merge.json", {"ids": [2]}).json()["job_status"]
    assert [(row["id"], row["success"]) for row in finished(desk, job)] == [(2, True)]
    source = desk.ticket(2)
    assert (source["status"], source["tags"]) == ("closed", ["closed_by_merge"])
    gone = desk.get("/tickets/2/comments.json")["comments"][-1]
    assert gone["body"].startswith("This request was closed and merged into request #1")
    assert gone["via"]["source"]["rel"] == "merge"
    kept = desk.get("/tickets/1/comments.json")["comments"][-1]
    assert "Request #2 was closed and merged into this request." in kept["body"]
    assert "The same here." in kept["body"]
    assert (gone["public"], kept["public"]) == (False, False)
    again = desk.call("POST", "/tickets/1/merge.json", {"ids": [2]})
    assert again.status_code == 422
