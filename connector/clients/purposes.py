"""What each call is for, in words: `-v` tells a person why, not only what."""

from __future__ import annotations

import re
from functools import lru_cache

_TICKET, _ISSUE = r"tickets/\{id\}", r"issue/(\{id\}|\{key\})"
_PURPOSES = tuple(
    (re.compile(rf"(?:{method}) \S*/(?:{path})(?:\.json)?$"), words)
    for method, path, words in (
        # Zendesk
        ("POST", "oauth/tokens", "gets an access token"),
        ("GET", "users/me", "sees who we are in Zendesk"),
        ("GET", "incremental/tickets/cursor", "reads the tickets that changed"),
        ("GET", "incremental/ticket_events", "reads what was written in tickets"),
        ("GET", "search/export|search", "looks for open tickets of the window"),
        ("GET", "users/show_many", "reads who wrote"),
        ("GET", "organizations/show_many", "reads which customers they belong to"),
        ("GET", "tickets/show_many", "reads tickets as they are now"),
        ("GET", rf"{_TICKET}/(?:audits|comments)", "reads a ticket's thread"),
        ("GET", _TICKET, "reads a ticket as it is now"),
        ("GET", rf"{_TICKET}/(?:slas/policy_metrics|metric_events)", "reads a ticket's SLA clocks"),
        ("PUT", _TICKET, "writes an internal note or fields into a ticket"),
        ("PUT", rf"{_TICKET}/comments/\{{id\}}/make_private", "makes a note internal again"),
        ("PUT", rf"{_TICKET}/tags", "adds tags to a ticket"),
        ("DELETE", rf"{_TICKET}/tags", "takes our tags off a ticket"),
        ("GET", "jira/links", "looks whether Zendesk shows the issue beside the ticket"),
        ("POST", "jira/links", "shows the issue beside the ticket"),
        ("GET", "groups", "reads the groups"),
        (
            "GET",
            "ticket_fields|organization_fields|custom_statuses",
            "reads which fields there are",
        ),
        # Jira
        ("GET", "myself", "sees who we are in Jira"),
        ("GET|POST", "search(?:/jql)?", "looks for our issues"),
        ("POST", "issue/bulkfetch", "reads issues as they are now"),
        ("POST", "issue", "creates the issue of an escalation"),
        ("GET", _ISSUE, "reads an issue as it is now"),
        ("PUT", _ISSUE, "updates an issue"),
        ("GET|POST", rf"{_ISSUE}/remotelink", "links a ticket to its issue"),
        ("POST", rf"{_ISSUE}/comment", "comments on an issue"),
        ("GET", rf"{_ISSUE}/comment", "reads an issue's comments"),
        ("POST", "comment/list", "reads comments"),
        ("GET", rf"{_ISSUE}/changelog", "reads what changed in an issue"),
        ("POST", "changelog/bulkfetch", "reads what changed in issues"),
        ("GET|POST", rf"{_ISSUE}/transitions", "looks where an issue can go"),
        ("GET", "serverInfo", "reads which Jira it is"),
        ("GET", "status|priority|resolution|field", "reads which names the site has"),
        ("GET", r"project(?:/.*)?", "looks at a project"),
        ("GET", "issue/createmeta/.*", "looks at a create screen"),
        ("GET", "mypermissions", "sees what we may do in a project"),
        ("GET", "user", "looks for a person"),
    )
)


@lru_cache(maxsize=256)
def purpose_of(method: str, endpoint: str) -> str:
    """In a few words; "makes a request" for a call that nobody has described."""
    call = f"{method} {endpoint}"
    return next((words for form, words in _PURPOSES if form.search(call)), UNKNOWN)


UNKNOWN = "makes a request"
