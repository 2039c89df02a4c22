"""`escalation check`: is everything there that a sweep will rely on? Reads only."""
