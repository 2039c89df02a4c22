"""Escalates what cannot wait from Zendesk to Jira, and brings the answer back."""

__version__ = "0.1.0"
