"""`escalation init`: a configuration and mappings to edit, or ones that fit what is there."""
