"""A week of an invented software company's support: what the sandbox holds unless told otherwise.

Turnmill sells bookings, invoices and payments to businesses that sell time. Every name, address
and number is made up.
"""

from connector.sandbox.demo.later import LaterEvent, later_events
from connector.sandbox.demo.week import NOW, demo_seed

__all__ = ["NOW", "LaterEvent", "demo_seed", "later_events"]
