"""Zendesk's side of the sandbox as one ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sandbox.frame import Call, Front, JsonAnswer, route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from connector.sandbox.seed import Seed
    from connector.sandbox.world import World


def zendesk_front(world: World, seed: Seed, controls: Sequence[BaseRoute]) -> Front:
    def count(_: Call) -> Response:
        return JsonAnswer({"count": {"value": len(seed.tickets), "refreshed_at": None}})

    routes = [route("GET", "/api/v2/tickets/count", count, world=world)]
    return Front(world, "zendesk", [*routes, *controls], suffix=".json")
