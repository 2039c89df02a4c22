"""The judge: what the two services saw, and nothing else, decides."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from e2e_rig import Box, Seen

Effect = dict[str, Any]

_REFERENCE = re.compile(r"\bref [0-9a-f]{20}\b")
_FOLLOW_UP = re.compile(r"Follow-up|The customer is due an update|The customer does not know yet")
_SHORTEST_RHYTHM = timedelta(hours=2)


@dataclass(frozen=True)
class Due:
    """An escalation that must be there: its project, its tickets, and the notes each of them has.

    `project` None: it lives in Zendesk alone. `state` is the one that its tickets' tags tell.
    `most`: up to so many notes are right, where several moves may be told as one. `comments`: the
    issue has so many of ours at most. `late`: tickets that joined after some of the news; one note
    tells them how it stands.
    """

    project: str | None
    tickets: tuple[int, ...]
    notes: int = 1
    most: int | None = None
    comments: int | None = None
    late: tuple[int, ...] = ()
    state: str = "open"


@dataclass
class Findings:
    """What is wrong, by kind. All empty: nothing was lost, made twice, or shown to a customer.

    `issues`, `notes` and `links`: made twice. `secrets`: a canary, a token or a byte where none may
    be. `strays`: a write that nobody was entitled to, such as one after a lost lease.
    """

    lost: list[str] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    public: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(vars(self).values())

    @property
    def twice(self) -> list[str]:
        return [*self.issues, *self.notes, *self.links]


def judge(box: Box, *due: Due) -> Findings:
    """Holds the journal and Jira's issues against what is due."""
    seen = list(_effects(box.requests()))
    strays = _foreign_tags(seen) + _links_to_nothing(seen, box.issues())
    found = Findings(public=_public(seen), **_twice(seen), strays=strays)
    issues = {issue["id"]: issue for issue in box.issues() if "zdesc" in issue["labels"]}
    held = {issue_id: _linked_tickets(issue["remote_links"]) for issue_id, issue in issues.items()}
    in_jira = [escalation for escalation in due if escalation.project is not None]
    for escalation in in_jira:
        mine = [
            issue
            for issue_id, issue in issues.items()
            if issue["project"] == escalation.project
            and set(held[issue_id]) & set(escalation.tickets)
        ]
        _judge_issue(escalation, mine, held, found)
        _judge_comments(escalation, mine, seen, found)
    for escalation in due:
        _judge_tickets(escalation, seen, found)
    if len(issues) > len(in_jira):
        keys = [issue["key"] for issue in issues.values()]
        found.issues.append(f"{len(issues)} issues where {len(in_jira)} are due: {keys}")
    return found


def repeats(box: Box) -> list[str]:
    """Whatever happened twice or in public, of everything there is."""
    seen = list(_effects(box.requests()))
    return [what for found in _twice(seen).values() for what in found] + _public(seen)


def tags_of(requests: Sequence[Seen]) -> dict[int, set[str]]:
    """The tags that a ticket has by what the journal tells of them."""
    tags: dict[int, set[str]] = defaultdict(set)
    for _, effect in _effects(requests):
        if effect["kind"] == "tags":
            tags[effect["ticket"]] |= set(effect["added"])
            tags[effect["ticket"]] -= set(effect["removed"])
    return tags


def notes_of(requests: Sequence[Seen]) -> Counter[int]:
    """How many comments of ours each ticket has."""
    return Counter(effect["ticket"] for _, effect in _our_comments(_effects(requests)))


def _effects(requests: Sequence[Seen]) -> Iterator[tuple[Seen, Effect]]:
    for request in requests:
        for effect in request.effects:
            yield request, effect


def _our_comments(
    seen: Iterator[tuple[Seen, Effect]] | Sequence[tuple[Seen, Effect]],
) -> list[tuple[Seen, Effect]]:
    return [
        (request, effect)
        for request, effect in seen
        if request.side == "zendesk" and effect["kind"] == "comment"
    ]


def _public(seen: Sequence[tuple[Seen, Effect]]) -> list[str]:
    comments = [f"{request}" for request, effect in _our_comments(seen) if effect["public"]]
    mails = [f"mail: {request}" for request, effect in seen if effect["kind"] == "mail"]
    return comments + mails


def _twice(seen: Sequence[tuple[Seen, Effect]]) -> dict[str, list[str]]:
    """The same effect two times: an issue of a marker, a text on an object, a link."""
    tally: Counter[tuple[str, str]] = Counter()
    worded: defaultdict[tuple[str, Any, str], list[Seen]] = defaultdict(list)
    for request, effect in seen:
        kind = effect["kind"]
        if kind == "create":
            markers = [label for label in effect["labels"] if label.startswith("zdesc-")]
            tally["issues", f"issue {markers}"] += 1
        elif kind == "comment" and request.side == "zendesk":
            tally["notes", f"note on {effect['ticket']} {effect['body_sha']}"] += 1
            tally["notes", f"note on {effect['ticket']} of {effect['intent']}"] += 1
            worded["note", effect["ticket"], _note(request, effect)].append(request)
        elif kind == "comment":
            tally["notes", f"comment on {effect['issue']} {effect['text']}"] += 1
            worded["comment", effect["issue"], _comment(request)].append(request)
        elif kind == "remotelink" and effect.get("created"):
            tally["links", f"link {effect['issue']} {effect['globalId']}"] += 1
        elif kind == "jira_link":
            tally["links", f"Jira link {effect['ticket']} {effect['issue']}"] += 1
    found: dict[str, list[str]] = {"issues": [], "notes": [], "links": []}
    for (group, what), number in tally.items():
        if number > 1:
            found[group].append(f"{number} x {what}")
    for (kind, where, text), requests in worded.items():
        found["notes"] += [
            f"the same {kind} on {where} again: {request}" for request in _again(text, requests)
        ]
    return found


def _note(request: Seen, effect: Effect) -> str:
    """The words of a note, without the line that names its write."""
    asked = json.loads(request.body or "")
    many = asked.get("tickets") or [asked["ticket"]]
    update = next(one for one in many if one.get("id", effect["ticket"]) == effect["ticket"])
    return _REFERENCE.sub("", update["comment"]["body"])


def _comment(request: Seen) -> str:
    return _REFERENCE.sub("", json.dumps(json.loads(request.body or "")["body"]))


def _again(text: str, requests: Sequence[Seen]) -> list[Seen]:
    """Of requests that said the same those that come after the first. Follow-ups may repeat their
    words, but not before their time.
    """
    if not _FOLLOW_UP.search(text):
        return list(requests[1:])
    times = [datetime.fromisoformat(one.at) for one in requests]
    return [
        one
        for one, before, at in zip(requests[1:], times, times[1:], strict=False)
        if at - before < _SHORTEST_RHYTHM
    ]


def _foreign_tags(seen: Sequence[tuple[Seen, Effect]]) -> list[str]:
    """Tags of other people that were taken away."""
    return [
        f"{tag} of ticket {effect['ticket']} was taken away by {request}"
        for request, effect in seen
        if effect["kind"] == "tags"
        for tag in effect["removed"]
        if not tag.startswith("escalat")
    ]


def _links_to_nothing(
    seen: Sequence[tuple[Seen, Effect]], issues: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Links in Zendesk to an issue id that Jira does not have."""
    known = {str(issue["id"]) for issue in issues}
    return [
        f"ticket {effect['ticket']} is linked to {effect['issue']} by {request}"
        for request, effect in seen
        if effect["kind"] == "jira_link" and str(effect["issue"]) not in known
    ]


def _linked_tickets(links: Sequence[Mapping[str, Any]]) -> list[int]:
    return sorted(int(link["globalId"].rpartition("=")[2]) for link in links)


def _judge_issue(
    due: Due,
    mine: Sequence[Mapping[str, Any]],
    held: Mapping[str, Sequence[int]],
    found: Findings,
) -> None:
    name = f"{due.project} for {due.tickets}"
    if not mine:
        found.lost.append(f"no issue in {name}")
    if len(mine) > 1:
        found.issues.append(f"{len(mine)} issues in {name}: {[issue['key'] for issue in mine]}")
    for issue in mine:
        links = held[issue["id"]]
        if set(links) != set(due.tickets):
            found.lost.append(f"{issue['key']} links {links}, not {due.tickets}")
        if len(links) != len(set(links)):
            found.links.append(f"{issue['key']} links {links}")


def _judge_comments(
    due: Due,
    mine: Sequence[Mapping[str, Any]],
    seen: Sequence[tuple[Seen, Effect]],
    found: Findings,
) -> None:
    if due.comments is None:
        return
    for issue in mine:
        ours = sum(
            effect["kind"] == "comment" and effect["issue"] == issue["id"]
            for request, effect in seen
            if request.side == "jira"
        )
        if ours > due.comments:
            found.notes.append(f"{issue['key']} has {ours} comments, {due.comments} are due")


def _judge_tickets(due: Due, seen: Sequence[tuple[Seen, Effect]], found: Findings) -> None:
    notes = Counter(effect["ticket"] for _, effect in _our_comments(seen))
    tags = tags_of([request for request, _ in seen])
    for ticket in due.tickets:
        least = 1 if ticket in due.late else due.notes
        if notes[ticket] < least:
            found.lost.append(f"ticket {ticket} has {notes[ticket]} of {least} notes")
        most = due.notes if due.most is None else due.most
        if notes[ticket] > most:
            found.notes.append(f"ticket {ticket} has {notes[ticket]} notes, {most} are due")
        wanted = {"escalated", f"escalation_{due.state}"}
        states = {tag for tag in tags[ticket] if tag.startswith("escalation_")} | (
            tags[ticket] & {"escalated"}
        )
        if states != wanted:
            found.lost.append(f"ticket {ticket} has tags {sorted(states)}, not {sorted(wanted)}")
