"""Jira on loopback: Cloud (v3, v2) or Data Center (v2), as the world's options say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.jira.api import Site
from connector.sandbox.jira.browse import browse_routes
from connector.sandbox.jira.control import control_routes
from connector.sandbox.jira.discussion import discussion_routes
from connector.sandbox.jira.issues import issue_routes
from connector.sandbox.jira.meta import meta_routes
from connector.sandbox.jira.remotelinks import remote_link_routes
from connector.sandbox.jira.search import search_routes
from connector.sandbox.jira.site import EMAIL, TOKEN
from connector.sandbox.jira.workflow import workflow_routes

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from connector.sandbox.world import World

__all__ = ["EMAIL", "TOKEN", "jira_routes"]


def jira_routes(world: World) -> list[BaseRoute]:
    """A fresh site's routes: the REST API, the pages for people, and the control actions.

    Log in with EMAIL and TOKEN on Cloud, with TOKEN as bearer on Data Center.
    """
    home = Site(world)

    def summary() -> dict[str, Any]:
        issues = home.state.issues.values()
        return {
            "issues": len(issues),
            "comments": sum(len(issue.comments) for issue in issues),
            "remote_links": sum(len(issue.remote_links) for issue in issues),
        }

    world.summaries["jira"] = summary
    return [
        *control_routes(home),
        *browse_routes(home),
        *meta_routes(home),
        *search_routes(home),
        *issue_routes(home),
        *remote_link_routes(home),
        *discussion_routes(home),
        *workflow_routes(home),
    ]
