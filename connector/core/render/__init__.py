"""A document as Jira Cloud's ADF, Jira Data Center's wiki markup, or plain text.

Limits are measured on the rendered text, since escaping makes it longer than what was written.
"""

from connector.core.render.adf import adf
from connector.core.render.in_place import in_place
from connector.core.render.plain import plain
from connector.core.render.wiki import wiki

__all__ = ["adf", "in_place", "plain", "wiki"]
