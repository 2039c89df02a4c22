"""How Zendesk writes things as JSON: keys, order and null-ness as recorded from real accounts."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connector.sandbox.zendesk import sla
from connector.sandbox.zendesk.entities import UNSOLVED, Id
from connector.sandbox.zendesk.sla import stamp

if TYPE_CHECKING:
    from datetime import datetime

    from connector.sandbox.zendesk.entities import (
        Attachment,
        Audit,
        Comment,
        Event,
        Group,
        Organization,
        Ticket,
        User,
    )
    from connector.sandbox.zendesk.store import Store

Shape = dict[str, Any]


def via(channel: str, source: dict[str, Any] | None = None) -> Shape:
    return {"channel": channel, "source": source or {"from": {}, "to": {}, "rel": None}}


class Shapes:
    """Writes what the store holds; `base` is the account's URL with /api/v2."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def site(self) -> str:
        return self._store.world.zendesk_url

    @property
    def base(self) -> str:
        return f"{self.site}/api/v2"

    def ticket(self, ticket: Ticket, *, bare: bool = False, generated: bool = False) -> Shape:
        """`bare`: as lists by cursor write it, without `fields`. `generated`: as exports do."""
        values = [
            {"id": field.id, "value": ticket.fields.get(field.id)}
            for field in self._store.custom_fields()
        ]
        shape: Shape = {
            "url": f"{self.base}/tickets/{ticket.id}.json",
            "id": ticket.id,
            "external_id": ticket.external_id,
            "via": self._ticket_via(ticket),
            "created_at": stamp(ticket.created_at),
            "updated_at": stamp(ticket.updated_at),
            "type": ticket.type,
            "subject": ticket.subject,
            "raw_subject": ticket.subject,
            "description": ticket.description,
            "priority": ticket.priority,
            "status": ticket.status,
            "recipient": None,
            "requester_id": ticket.requester_id,
            "submitter_id": ticket.submitter_id,
            "assignee_id": ticket.assignee_id,
            "organization_id": ticket.organization_id,
            "group_id": ticket.group_id,
            "collaborator_ids": [],
            "follower_ids": [],
            "email_cc_ids": [],
            "forum_topic_id": None,
            "problem_id": ticket.problem_id,
            "has_incidents": ticket.type == "problem" and self._has_incidents(ticket.id),
            "is_public": ticket.is_public,
            "due_at": ticket.due_at,
            "tags": ticket.tags,
            "custom_fields": values,
            "satisfaction_rating": ticket.satisfaction,
            "sharing_agreement_ids": [],
            "custom_status_id": ticket.custom_status_id,
            "fields": values,
            "followup_ids": ticket.followup_ids,
            "ticket_form_id": self._store.form_id,
            "brand_id": self._store.brand_id,
            "allow_channelback": False,
            "allow_attachments": True,
            "from_messaging_channel": False,
        }
        if bare:
            del shape["fields"]
        if generated:
            shape["generated_timestamp"] = ticket.generated
        return shape

    def _ticket_via(self, ticket: Ticket) -> Shape:
        if ticket.follows is None:
            return via(ticket.channel)
        origin = {"ticket_id": ticket.follows, "subject": ticket.subject}
        return via(ticket.channel, {"from": origin, "to": {}, "rel": "follow_up"})

    def _has_incidents(self, problem_id: Id) -> bool:
        return any(known.problem_id == problem_id for known in self._store.tickets.values())

    def comment(self, comment: Comment, audit: Audit) -> Shape:
        return {
            **self._comment_core(comment),
            "audit_id": audit.id,
            "via": via(audit.channel, audit.source),
            "created_at": stamp(comment.created_at),
            "metadata": {"system": {}, "custom": audit.custom},
        }

    def _comment_core(self, comment: Comment) -> Shape:
        return {
            "id": comment.id,
            "type": "Comment",
            "author_id": comment.author_id,
            "body": comment.body,
            "html_body": comment.html or as_html(comment.body),
            "plain_body": comment.body,
            "public": comment.public,
            "attachments": [self.attachment(known) for known in comment.attachments],
        }

    def attachment(self, attachment: Attachment) -> Shape:
        url = f"{self.site}/attachments/token/{attachment.token}/?name={attachment.name}"
        return {
            "url": f"{self.base}/attachments/{attachment.id}.json",
            "id": attachment.id,
            "file_name": attachment.name,
            "content_url": url,
            "mapped_content_url": url,
            "content_type": attachment.content_type,
            "size": len(attachment.content),
            "width": None,
            "height": None,
            "inline": False,
            "deleted": False,
            "malware_access_override": False,
            "malware_scan_result": "not_scanned",
            "thumbnails": [],
        }

    def audit(self, audit: Audit) -> Shape:
        return {
            "id": audit.id,
            "ticket_id": audit.ticket_id,
            "created_at": stamp(audit.created_at),
            "author_id": audit.author_id,
            "metadata": {"system": {}, "custom": audit.custom},
            "events": [self._event(audit, event) for event in audit.events],
            "via": via(audit.channel, audit.source),
        }

    def _event(self, audit: Audit, event: Event) -> Shape:
        if event.comment is not None:
            return {**self._comment_core(event.comment), "audit_id": audit.id}
        if event.kind == "Notification":
            return {
                "id": event.id,
                "type": "Notification",
                "via": via("rule", {"from": {}, "to": {}, "rel": "trigger"}),
                "subject": event.value["subject"],
                "body": "{{ticket.comments_formatted}}",
                "recipients": event.value["recipients"],
            }
        shape = {
            "id": event.id,
            "type": event.kind,
            "value": event.value,
            "field_name": event.name,
        }
        return shape if event.kind == "Create" else {**shape, "previous_value": event.previous}

    def ticket_event(self, audit: Audit, *, comments: bool) -> Shape:
        """A row of the ticket event export. `comments`: `include=comment_events` was asked."""
        told = [self._child(audit, event, full=comments) for event in audit.events]
        return {
            "child_events": [child for child in told if child is not None],
            "id": audit.id,
            "ticket_id": audit.ticket_id,
            "timestamp": int(audit.created_at.timestamp()),
            "created_at": stamp(audit.created_at),
            "updater_id": audit.author_id,
            "via": _SPOKEN_CHANNEL.get(audit.channel, "Web form"),
            "system": {},
            "metadata": audit.custom,
            "event_type": "Audit",
        }

    def _child(self, audit: Audit, event: Event, *, full: bool) -> Shape | None:
        spoken = _SPOKEN_CHANNEL.get(audit.channel, "Web form")
        core = {"id": event.id, "via": spoken, "via_reference_id": None}
        if event.kind == "Notification":
            return None
        if event.comment is None:
            return {**core, **_changed(event), "event_type": event.kind}
        if not full:
            told = {"comment_present": True, "comment_public": event.comment.public}
            return {**core, **told, "event_type": "Comment"}
        return {
            **core,
            "via": via(audit.channel, audit.source),
            **self._comment_core(event.comment),
            "audit_id": audit.id,
            "created_at": stamp(audit.created_at),
            "event_type": "Comment",
        }

    def user(self, user: User) -> Shape:
        return {
            "id": user.id,
            "url": f"{self.base}/users/{user.id}.json",
            "name": user.name,
            "email": user.email,
            "created_at": stamp(user.created_at),
            "updated_at": stamp(user.updated_at),
            "time_zone": "UTC",
            "iana_time_zone": "Etc/UTC",
            "phone": None,
            "shared_phone_number": None,
            "photo": None,
            "locale_id": 1,
            "locale": "en-US",
            "organization_id": user.organization_id,
            "role": user.role,
            "verified": user.verified,
            "external_id": None,
            "tags": [],
            "alias": "",
            "active": True,
            "shared": False,
            "shared_agent": False,
            "last_login_at": None,
            "two_factor_auth_enabled": None,
            "signature": None,
            "details": "",
            "notes": "",
            "role_type": 4 if user.role == "admin" else None,
            "custom_role_id": None,
            "moderator": user.staff,
            "ticket_restriction": None if user.staff else "requested",
            "only_private_comments": False,
            "restricted_agent": not user.staff,
            "suspended": False,
            "default_group_id": None,
            "report_csv": False,
            "user_fields": {},
        }

    def organization(self, organization: Organization) -> Shape:
        return {
            "url": f"{self.base}/organizations/{organization.id}.json",
            "id": organization.id,
            "name": organization.name,
            "shared_tickets": False,
            "shared_comments": False,
            "external_id": None,
            "created_at": stamp(organization.created_at),
            "updated_at": stamp(organization.updated_at),
            "domain_names": organization.domains,
            "details": "",
            "notes": "",
            "group_id": None,
            "tags": organization.tags,
            "organization_fields": organization.fields,
            "deleted_at": None,
        }

    def group(self, group: Group) -> Shape:
        return {
            "url": f"{self.base}/groups/{group.id}.json",
            "id": group.id,
            "is_public": True,
            "name": group.name,
            "description": "",
            "default": False,
            "deleted": False,
            "created_at": stamp(group.created_at),
            "updated_at": stamp(group.created_at),
        }

    def metrics(self, ticket: Ticket) -> Shape:
        """`metric_set` of a ticket. The account has no schedule: business equals calendar."""
        counts, now = ticket.stations, self._store.now()
        first = _since(ticket.created_at, counts.first_reply_at)
        replied = {"calendar": int(first.total_seconds())} if first else {"calendar": None}
        return {
            "url": f"{self.base}/ticket_metrics/{counts.id}.json",
            "id": counts.id,
            "ticket_id": ticket.id,
            "created_at": stamp(ticket.created_at),
            "updated_at": stamp(ticket.updated_at),
            "group_stations": counts.groups,
            "assignee_stations": counts.assignees,
            "reopens": counts.reopens,
            "replies": counts.replies,
            "assignee_updated_at": stamp(counts.assignee_updated_at),
            "requester_updated_at": stamp(counts.requester_updated_at),
            "status_updated_at": stamp(counts.status_since),
            "initially_assigned_at": stamp(counts.initially_assigned_at),
            "assigned_at": stamp(counts.assigned_at),
            "solved_at": stamp(counts.solved_at),
            "latest_comment_added_at": stamp(counts.latest_comment_at),
            "reply_time_in_minutes": _minutes(first),
            "first_resolution_time_in_minutes": _minutes(
                _since(ticket.created_at, counts.first_solved_at)
            ),
            "full_resolution_time_in_minutes": _minutes(
                _since(ticket.created_at, counts.solved_at)
            ),
            "agent_wait_time_in_minutes": _minutes(_spent(ticket, ("pending",), now)),
            "requester_wait_time_in_minutes": _minutes(
                _spent(ticket, ("new", "open", "hold"), now)
            ),
            "on_hold_time_in_minutes": _minutes(_spent(ticket, ("hold",), now)),
            "custom_status_updated_at": stamp(counts.status_since),
            "reply_time_in_seconds": replied,
        }

    def slas(self, ticket: Ticket) -> Shape:
        return sla.sideload(ticket, self._store.now())


def as_html(text: str) -> str:
    """A comment's text as Zendesk renders it."""
    paragraphs = html.escape(text, quote=False).split("\n\n")
    inner = "".join(
        f'<p dir="auto">{part.replace(chr(10), "<br>" + chr(10))}</p>' for part in paragraphs
    )
    return f'<div class="zd-comment" dir="auto">{inner}</div>'


_SPOKEN_CHANNEL = {"api": "Web service", "email": "Mail", "web": "Web form"}
_WELL_KNOWN = frozenset({"subject", "status", "priority", "type", "tags", "group_id", "assignee_id",
                         "requester_id", "organization_id", "brand_id", "ticket_form_id",
                         "custom_status_id", "problem_id", "external_id", "due_at"})  # fmt: skip


def _changed(event: Event) -> Shape:
    named = event.name if event.name in _WELL_KNOWN else "custom_ticket_fields"
    value = event.value if event.name in _WELL_KNOWN else {event.name: event.value}
    if event.kind == "Create":
        return {named: value}
    return {named: value, "previous_value": event.previous}


def _since(begin: datetime, end: datetime | None) -> timedelta | None:
    return None if end is None else end - begin


def _spent(ticket: Ticket, statuses: tuple[str, ...], now: datetime) -> timedelta:
    counts = ticket.stations
    total = sum((counts.spent.get(status, timedelta(0)) for status in statuses), timedelta(0))
    if ticket.status in statuses and ticket.status in UNSOLVED:
        total += max(now - counts.status_since, timedelta(0))
    return total


def _minutes(span: timedelta | None) -> Shape:
    """Whole minutes, calendar and business; null where it has not happened yet."""
    whole = None if span is None else int(span / timedelta(minutes=1))
    return {"calendar": whole, "business": whole}
