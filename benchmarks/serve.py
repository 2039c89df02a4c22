"""The sandbox with a busy desk, as a process of its own: what the benchmarks read from.

Prints one line of JSON with both addresses once it answers, and serves until it is ended.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys

from load import NOON, busy_desk

from connector.sandbox.server import Sandbox, serve_foreground
from connector.sandbox.world import Clock, Options, World


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--tickets", type=int, required=True)
    wanted.add_argument("--limits", choices=["real", "trial", "off"], default="off")
    asked = wanted.parse_args()
    world = World(clock=Clock(NOON, frozen=True), options=Options(limits=asked.limits))
    gc.disable()  # millions of values are made that all stay
    seed = busy_desk(asked.tickets)
    events = sum(1 + len(ticket.comments) for ticket in seed.tickets)

    def tell(sandbox: Sandbox) -> None:
        gc.freeze()
        gc.enable()
        found = {"zendesk": sandbox.zendesk_url, "jira": sandbox.jira_url, "events": events}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()

    serve_foreground(world, seed, 0, tell)


if __name__ == "__main__":
    main()
