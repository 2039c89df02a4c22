"""A document as Jira Cloud's ADF, Jira Data Center's wiki markup, or plain text.

Limits are measured on the rendered text, since escaping makes it longer than what was written.
"""

from connector.core.render.adf import adf
from connector.core.render.in_place import replace_block
from connector.core.render.plain import plain
from connector.core.render.wiki import wiki

ADF_LIMIT = 32_000
"""Characters of the serialized document (Jira's own limit is 32,767 characters of text)."""

WIKI_LIMIT = 32_000
"""Jira Data Center's default limit is 32,767; an administrator may have changed it."""

__all__ = ["ADF_LIMIT", "WIKI_LIMIT", "adf", "plain", "replace_block", "wiki"]
