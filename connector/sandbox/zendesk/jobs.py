"""Background jobs: many tickets in one request, told of poll by poll."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connector.sandbox.frame import JsonAnswer, Refusal
from connector.sandbox.zendesk.desk import (
    MOST_AT_ONCE,
    ids_of,
    living_ticket,
    not_found,
    too_many_values,
)
from connector.sandbox.zendesk.entities import Job
from connector.sandbox.zendesk.wishes import Reader
from connector.sandbox.zendesk.writes import make, new_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from connector.sandbox.zendesk.desk import Visit
    from connector.sandbox.zendesk.entities import Id

MOST_JOBS = 30
POLLS_TO_END = 3
_FORGOTTEN_AFTER = timedelta(minutes=5)
_PROGRESS = (0.31, 0.98)


def update_many(visit: Visit) -> Response:
    """PUT /tickets/update_many: a batch of `tickets`, or one `ticket` for all `?ids=`.

    Each row stands alone: a collision or a refusal is told in its row, and never as HTTP status.
    """
    asked = visit.json()
    if "ids" in visit.query:
        one = visit.body("ticket")
        rows = [{**one, "id": id_} for id_ in ids_of(visit.query)]
    else:
        rows = _rows(asked)
    _room_for_a_job(visit)
    results = [_update_row(visit, row) for row in rows]
    return _queued(visit, "Bulk Ticket Update", "Updating", results)


def create_many(visit: Visit) -> Response:
    """POST /tickets/create_many. The ids need not ascend with the rows, and here they never do."""
    rows = _rows(visit.json())
    _room_for_a_job(visit)
    backwards = [_create_row(visit, place, rows[place]) for place in reversed(range(len(rows)))]
    results = backwards[::-1]
    return _queued(visit, "Bulk Create Ticket", "Creating", results)


def merge(visit: Visit) -> Response:
    """POST /tickets/{ticket_id}/merge"""
    from connector.sandbox.zendesk.merging import merge_into

    target = visit.ticket()
    asked = visit.json()
    ids = [int(id_) for id_ in asked.get("ids") or []]
    sources = [living_ticket(visit.store, id_) for id_ in ids]
    _room_for_a_job(visit)
    merge_into(
        visit.store, visit.user, target, sources, visit.call.effect,
        target_text=asked.get("target_comment"), source_text=asked.get("source_comment"),
    )  # fmt: skip
    results = [_updated(id_) for id_ in ids]
    return _queued(visit, "Bulk Ticket Merge", "Merging", results)


def status(visit: Visit) -> Response:
    """GET /job_statuses/{id}"""
    job = visit.store.jobs.get(visit.call.path["id"])
    if job is None:
        raise not_found()
    return JsonAnswer({"job_status": _polled(visit, job)})


def status_many(visit: Visit) -> Response:
    """GET /job_statuses/show_many"""
    ids = [part for part in visit.query.get("ids", "").split(",") if part]
    if len(ids) > MOST_AT_ONCE:
        raise too_many_values("ids")
    known = [visit.store.jobs[id_] for id_ in ids if id_ in visit.store.jobs]
    return JsonAnswer({"job_statuses": [_polled(visit, job) for job in known]})


def _rows(asked: dict[str, Any]) -> list[dict[str, Any]]:
    rows = asked.get("tickets")
    if not isinstance(rows, list):
        raise Refusal(400, {"error": "BadRequest", "description": "tickets is required"})
    if len(rows) > MOST_AT_ONCE:
        raise too_many_values()
    return [row for row in rows if isinstance(row, dict)]


def _update_row(visit: Visit, row: dict[str, Any]) -> dict[str, Any]:
    id_ = row.get("id")
    try:
        ticket = living_ticket(visit.store, id_)
        wish = Reader(visit.store, "update_many").read(row, ticket)
    except Refusal as refusal:
        return {"id": id_, "action": "update", "success": False, **_why(refusal)}
    make(visit, ticket, wish)
    return _updated(ticket.id)


def _updated(id_: Id) -> dict[str, Any]:
    return {"action": "update", "status": "Updated", "success": True, "id": id_}


def _create_row(visit: Visit, place: int, row: dict[str, Any]) -> dict[str, Any]:
    try:
        made = new_of(visit, row, Reader(visit.store, "create"))
    except Refusal as refusal:
        return {"index": place, **_why(refusal)}
    made.commit(visit.call.effect)
    return {"index": place, "id": made.ticket.id, "account_id": visit.store.account_id}


def _why(refusal: Refusal) -> dict[str, str]:
    """A row's refusal: the error's name, and its details as one text."""
    body = refusal.body
    details = body.get("details") or {}
    told = "; ".join(item["description"] for items in details.values() for item in items)
    name = "TicketUpdateConflict" if body["error"] == "UpdateConflict" else body["error"]
    return {"error": name, "details": told or body["description"]}


def _room_for_a_job(visit: Visit) -> None:
    """Thirty jobs at most are queued or at work; a job that nobody polls ends by itself."""
    oldest = visit.store.now() - _FORGOTTEN_AFTER
    busy = sum(
        job.polls < POLLS_TO_END and job.made_at > oldest for job in visit.store.jobs.values()
    )
    if busy >= MOST_JOBS and visit.desk.world.options.limits != "off":
        text = f"You have reached the limit of {MOST_JOBS} concurrent jobs"
        raise Refusal(429, {"error": "TooManyJobs", "description": text}, {"retry-after": "10"})


def _queued(visit: Visit, kind: str, verb: str, results: list[dict[str, Any]]) -> Response:
    number = len(visit.store.jobs) + 1
    name = f"V3-{hashlib.sha256(f'job {number}'.encode()).hexdigest()[:32]}"
    job = Job(name, kind, verb, results, visit.store.now())
    visit.store.jobs[name] = job
    return JsonAnswer({"job_status": _shape(visit, job)})


def _polled(visit: Visit, job: Job) -> dict[str, Any]:
    job.polls = min(job.polls + 1, POLLS_TO_END)
    return _shape(visit, job)


def _shape(visit: Visit, job: Job) -> dict[str, Any]:
    """From queued over working to completed, a step a poll; results only at the end."""
    total = len(job.results)
    shape: dict[str, Any] = {
        "id": job.id,
        "job_type": job.kind,
        "url": f"{visit.shapes.base}/job_statuses/{job.id}.json",
        "total": total,
        "progress": None,
        "status": "queued",
        "message": None,
        "results": None,
    }
    if job.polls >= POLLS_TO_END:
        ended = f"Completed at {visit.store.now():%Y-%m-%d %H:%M:%S +0000}"
        done = {"progress": total, "status": "completed", "message": ended}
        shape |= {**done, "results": job.results}
    elif job.polls:
        progress = int(total * _PROGRESS[job.polls - 1])
        message = f"{job.verb} ticket #{progress}"
        shape |= {"progress": progress, "status": "working", "message": message}
    return shape
