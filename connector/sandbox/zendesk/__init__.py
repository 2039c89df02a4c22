"""Zendesk Support on loopback."""

from connector.sandbox.zendesk.front import zendesk_front

__all__ = ["zendesk_front"]
