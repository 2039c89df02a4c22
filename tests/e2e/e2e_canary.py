"""Secrets planted in tickets, and where they may never be seen again, in whatever encoding."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

CANARIES = (
    "ghp_cAnArY1234567890abcdefghijklmnopqr",
    "AKIACANARY0123456789",
    "xoxb-canary-0123456789-abcdef",
    "sk_live_canary0123456789abcdef",
    "c4n4ry-Passw0rd",
    "4111111111111111",
)
_SENTENCES = (
    f"We call your API with the token {CANARIES[0]} if that helps.",
    f"aws_access_key_id = {CANARIES[1]}",
    f"Our bot is {CANARIES[2]}",
    f"stripe: {CANARIES[3]}",
    f"The database is postgres://app:{CANARIES[4]}@db.northwind.example/app",
    f"We paid with card {CANARIES[5]}.",
)


def with_canary(ticket: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The ticket with one of the secrets in its text."""
    told = f"{ticket['body']}\n{_SENTENCES[number % len(_SENTENCES)]}"
    return {**ticket, "body": told}


def encodings(secret: str) -> tuple[str, ...]:
    """Six ways in which a program tends to pass a secret on, lower case."""
    raw = secret.encode()
    return tuple(
        form.lower()
        for form in (
            secret,
            base64.b64encode(raw).decode().rstrip("="),
            raw.hex(),
            quote(secret, safe=""),
            json.dumps(secret)[1:-1],
            "".join(f"&#{letter};" for letter in raw),
        )
    )


def spotted(texts: Mapping[str, str], secrets: Iterable[str] = CANARIES) -> list[str]:
    """Where which secret was seen; the secret's beginning only."""
    found = []
    for place, text in texts.items():
        low = text.lower()
        found += [
            f"{secret[:6]}... in {place}"
            for secret in secrets
            if any(form in low for form in encodings(secret))
        ]
    return found
