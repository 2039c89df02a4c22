"""Users, organizations, groups, fields, statuses, policies: what changes seldom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.frame import JsonAnswer
from connector.sandbox.zendesk.desk import ids_of, not_found
from connector.sandbox.zendesk.paging import page
from connector.sandbox.zendesk.sla import stamp

if TYPE_CHECKING:
    from starlette.responses import Response

    from connector.sandbox.zendesk.desk import Visit
    from connector.sandbox.zendesk.entities import Policy, TicketField

ORGANIZATION_FIELDS: tuple[tuple[str, str, str], ...] = (
    ("arr", "ARR", "decimal"),
    ("tier", "Tier", "dropdown"),
    ("renewal_date", "Renewal date", "date"),
    ("reference_customer", "Reference customer", "checkbox"),
)
_TIERS = ("enterprise", "business", "standard")
_LABELS = {"hold": "On-hold"}
_PRIORITIES = ("low", "normal", "high", "urgent")
_ANONYMOUS: dict[str, Any] = {
    "id": None,
    "url": None,
    "name": "Anonymous user",
    "email": "invalid@example.com",
    "role": "end-user",
    "organization_id": None,
    "locale": "en-US",
    "locale_id": 1,
    "time_zone": "UTC",
    "verified": False,
    "active": False,
    "tags": [],
    "user_fields": {},
}


def anonymous() -> Response:
    """GET /users/me without credentials: 200, and nobody."""
    return JsonAnswer({"user": _ANONYMOUS})


def me(visit: Visit) -> Response:
    """GET /users/me"""
    return JsonAnswer({"user": visit.shapes.user(visit.user)})


def user(visit: Visit) -> Response:
    """GET /users/{id}"""
    known = visit.store.users.get(visit.call.path["id"])
    if known is None:
        raise not_found()
    return JsonAnswer({"user": visit.shapes.user(known)})


def users_many(visit: Visit) -> Response:
    """GET /users/show_many"""
    known = [visit.store.users.get(id_) for id_ in ids_of(visit.query)]
    found = [visit.shapes.user(one) for one in known if one is not None]
    return JsonAnswer({"users": found, "next_page": None, "previous_page": None,
                       "count": len(found)})  # fmt: skip


def users(visit: Visit) -> Response:
    """GET /users"""
    roles = set(visit.query.getlist("role[]") + visit.query.getlist("role"))
    every = [one for one in visit.store.users.values() if not roles or one.role in roles]
    part, beside = page(visit, every)
    return JsonAnswer({"users": [visit.shapes.user(one) for one in part], **beside})


def organization(visit: Visit) -> Response:
    """GET /organizations/{id}"""
    known = visit.store.organizations.get(visit.call.path["id"])
    if known is None:
        raise not_found()
    return JsonAnswer({"organization": visit.shapes.organization(known)})


def organizations(visit: Visit) -> Response:
    """GET /organizations"""
    part, beside = page(visit, list(visit.store.organizations.values()))
    told = [visit.shapes.organization(one) for one in part]
    return JsonAnswer({"organizations": told, **beside})


def organizations_many(visit: Visit) -> Response:
    """GET /organizations/show_many"""
    known = [visit.store.organizations.get(id_) for id_ in ids_of(visit.query)]
    found = [visit.shapes.organization(one) for one in known if one is not None]
    return JsonAnswer({"organizations": found, "next_page": None, "previous_page": None,
                       "count": len(found)})  # fmt: skip


def groups(visit: Visit) -> Response:
    """GET /groups"""
    part, beside = page(visit, list(visit.store.groups.values()))
    return JsonAnswer({"groups": [visit.shapes.group(one) for one in part], **beside})


def ticket_fields(visit: Visit) -> Response:
    """GET /ticket_fields"""
    part, beside = page(visit, list(visit.store.fields.values()))
    return JsonAnswer({"ticket_fields": [_ticket_field(visit, one) for one in part], **beside})


def _ticket_field(visit: Visit, known: TicketField) -> dict[str, Any]:
    shape = {
        "url": f"{visit.shapes.base}/ticket_fields/{known.id}.json",
        "id": known.id,
        "type": known.type,
        "title": known.title,
        "raw_title": known.title,
        "description": known.title,
        "raw_description": known.title,
        "position": 9999 if known.custom else 0,
        "active": True,
        "required": False,
        "collapsed_for_agents": False,
        "regexp_for_validation": None,
        "title_in_portal": known.title,
        "raw_title_in_portal": known.title,
        "visible_in_portal": False,
        "editable_in_portal": False,
        "required_in_portal": False,
        "agent_can_edit": True,
        "tag": None,
        "created_at": stamp(known.created_at),
        "updated_at": stamp(known.created_at),
        "removable": known.custom,
        "key": None,
        "agent_description": None,
    }
    if known.options:
        shape["custom_field_options"] = [
            {"id": known.id + place, "name": tag, "raw_name": tag, "value": tag, "default": False}
            for place, tag in enumerate(known.options, 1)
        ]
    return shape


def organization_fields(visit: Visit) -> Response:
    """GET /organization_fields"""
    began = stamp(visit.store.service.created_at)
    told = [
        {
            "url": f"{visit.shapes.base}/organization_fields/{place}.json",
            "id": place,
            "type": kind,
            "key": key,
            "title": title,
            "raw_title": title,
            "description": "",
            "raw_description": "",
            "position": place,
            "active": True,
            "system": False,
            "regexp_for_validation": None,
            "created_at": began,
            "updated_at": began,
            **_organization_options(key, place),
        }
        for place, (key, title, kind) in enumerate(ORGANIZATION_FIELDS, 1)
    ]
    return JsonAnswer({"organization_fields": told, "count": len(told), "next_page": None,
                       "previous_page": None})  # fmt: skip


def _organization_options(key: str, place: int) -> dict[str, Any]:
    if key != "tier":
        return {}
    options = [
        {"id": place * 10 + number, "name": tier.title(), "raw_name": tier.title(), "value": tier}
        for number, tier in enumerate(_TIERS)
    ]
    return {"custom_field_options": options}


def custom_statuses(visit: Visit) -> Response:
    """GET /custom_statuses: the five that every account has."""
    began = stamp(visit.store.service.created_at)
    told = []
    for category, id_ in visit.store.statuses.items():
        label = _LABELS.get(category, category.title())
        told.append(
            {
                "url": f"{visit.shapes.base}/custom_statuses/{id_}.json",
                "id": id_,
                "status_category": category,
                "agent_label": label,
                "raw_agent_label": label,
                "end_user_label": label,
                "raw_end_user_label": label,
                "description": "",
                "raw_description": "",
                "end_user_description": "",
                "raw_end_user_description": "",
                "active": True,
                "default": True,
                "created_at": began,
                "updated_at": began,
            }
        )
    return JsonAnswer({"custom_statuses": told})


def policies(visit: Visit) -> Response:
    """GET /slas/policies"""
    every = list(visit.store.policies.values())
    told = [_policy(visit, policy, place) for place, policy in enumerate(every, 1)]
    return JsonAnswer({"sla_policies": told, "next_page": None, "previous_page": None,
                       "count": len(told)})  # fmt: skip


def _policy(visit: Visit, policy: Policy, place: int) -> dict[str, Any]:
    return {
        "url": f"{visit.shapes.base}/slas/policies/{policy.id}.json",
        "id": policy.id,
        "title": policy.title,
        "description": "",
        "position": place,
        "filter": {"all": [{"field": "type", "operator": "is_not", "value": "task"}], "any": []},
        "policy_metrics": [
            {"priority": priority, "metric": metric, "target": target, "business_hours": False,
             "target_in_seconds": target * 60}
            for metric, target in policy.targets.items()
            for priority in _PRIORITIES
        ],
        "created_at": stamp(policy.created_at),
        "updated_at": stamp(policy.created_at),
    }  # fmt: skip
