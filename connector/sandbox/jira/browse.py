"""Pages for people: an issue as one would look at it in a browser, and the list of all issues."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse

from connector.sandbox.frame import Call, route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from connector.sandbox.jira.api import Site
    from connector.sandbox.jira.values import Issue

from connector.sandbox.jira import adf

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;"
    "color:#172b4d}h1{font-size:1.4rem}h2{font-size:1rem;margin-top:2rem}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,monospace;"
    "background:#f4f5f7;padding:1rem;border-radius:4px}td{padding:.2rem 1rem .2rem 0;"
    "vertical-align:top}a{color:#0052cc}.dim{color:#5e6c84}"
)
_POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def browse_routes(home: Site) -> list[BaseRoute]:
    def every(_: Call) -> Response:
        rows = [
            (_link(issue), _status(home, issue), issue.facts.fields.get("summary"))
            for issue in home.state.issues.values()
        ]
        return _page("Sandbox Jira", _table(rows) if rows else "<p>No issues yet.</p>")

    def one(call: Call) -> Response:
        issue = home.state.find(call.path["issue"])
        if issue is None:
            return _page("No such issue", "<p>It may have been deleted.</p>", status=404)
        return _page(f"{issue.facts.key} {issue.facts.fields.get('summary')}", _body(home, issue))

    return [
        route("GET", "/", every, world=home.world),
        route("GET", "/browse/{issue}", one, world=home.world),
    ]


class _Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def _link(issue: Issue) -> _Markup:
    key = escape(issue.facts.key)
    return _Markup(f'<a href="/browse/{key}">{key}</a>')


def _status(home: Site, issue: Issue) -> str:
    fields, text = issue.facts.fields, home.state.text
    resolution = text("resolution", fields.get("resolution"))
    status = text("status", fields["status"])
    return f"{status} ({resolution})" if resolution else status


def _body(home: Site, issue: Issue) -> str:
    fields, text = issue.facts.fields, home.state.text
    facts = [
        ("Status", _status(home, issue)),
        *(
            (name.capitalize(), text(name, fields.get(name)))
            for name in ("priority", "assignee", "labels", "components", "security")
        ),
        ("Updated", f"{fields['updated'].astimezone(home.state.zone):%Y-%m-%d %H:%M %Z}"),
    ]
    parts = [
        _table((name, value) for name, value in facts if value),
        f"<pre>{escape(adf.plain(fields.get('description')))}</pre>",
        "<h2>Web links</h2>",
        _table((_away(one.object), one.object.get("summary", "")) for one in issue.remote_links),
        "<h2>Comments</h2>",
        *(
            f'<p class="dim">{escape(one.author.display_name)}, '
            f"{one.created.astimezone(home.state.zone):%Y-%m-%d %H:%M}</p>"
            f"<pre>{escape(adf.plain(one.body))}</pre>"
            for one in issue.comments
        ),
    ]
    return "".join(parts)


def _away(target: Any) -> _Markup:
    """A link to http and https only: the addresses come from outside."""
    url, title = str(target["url"]), escape(str(target["title"]))
    if not url.startswith(("http://", "https://")):
        return _Markup(title)
    return _Markup(f'<a href="{escape(url)}" rel="noreferrer">{title}</a>')


def _table(rows: Iterable[tuple[Any, ...]]) -> str:
    cells = (
        "".join(
            f"<td>{cell if isinstance(cell, _Markup) else escape(str(cell))}</td>" for cell in row
        )
        for row in rows
    )
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def _page(title: str, body: str, *, status: int = 200) -> Response:
    html = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    )
    return HTMLResponse(html, status_code=status, headers=_POLICY)
