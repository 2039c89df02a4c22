"""A proposal written into the shipped files, whose comments stay."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.start.proposal import Ending, Proposal

_NOTES = {
    "resolved": "{issue} is resolved. Please check with the customer that it works for them, and "
    "tell them what changed.",
    "de_escalated": "{issue} was closed as {KEY}. Please read its last comments for the "
    "reason, and tell the customer what they can do instead.",
    "duplicate": "{issue} is the same as {duplicate}, which goes on. This ticket follows "
    "{duplicate} now.",
}


class NoSuchLineError(LookupError):
    """A shipped file no longer has the line that is to be changed: a bug of ours."""


def edited(texts: Mapping[str, str], proposal: Proposal) -> dict[str, str]:
    """The files' texts, by path, with the proposal in them."""
    changes = {
        "mappings/routing.toml": _routing,
        "mappings/severity.toml": _severity,
        "mappings/fields.toml": _fields,
        "mappings/triggers.toml": _triggers,
        "mappings/status.toml": _status,
    }
    return {
        path: changes[path](text, proposal) if path in changes else text
        for path, text in texts.items()
    }


def set_key(text: str, table: str, key: str, value: str, note: str = "") -> str:
    """Sets `key` in `[table]`, whether it stands there or only in a comment; notes are kept."""
    head = f"\n[{table}]\n"
    begin = text.find(head)
    if begin < 0:
        raise NoSuchLineError(f"no [{table}]")
    begin += len(head)
    end = text.find("\n[", begin)
    body = text[begin:] if end < 0 else text[begin:end]
    line = re.compile(rf"^(?:# )?{key} = [^#\n]*(#.*)?$", re.MULTILINE)
    match = line.search(body)
    if match is None:
        raise NoSuchLineError(f"no {key} in [{table}]")
    comment = f"# {note}" if note else (match[1] or "")
    fresh = f"{key} = {value}"
    body = f"{body[: match.start()]}{f'{fresh:<42} {comment}'.rstrip()}{body[match.end() :]}"
    return text[:begin] + body + ("" if end < 0 else text[end:])


def unset_key(text: str, table: str, key: str) -> str:
    """Turns the key's line into a comment."""
    line = re.compile(rf"(\n\[{re.escape(table)}\]\n(?:(?!\[).*\n)*?)({key} = )")
    changed, count = line.subn(r"\1# \2", text, count=1)
    if not count:
        raise NoSuchLineError(f"no {key} in [{table}]")
    return changed


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's form, in which nothing of a name can end it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _routing(text: str, proposal: Proposal) -> str:
    for target, project in proposal.projects.items():
        route = re.compile(
            rf'(\n\[\[routes\]\]\ntarget = "{target.value}"\n)project = .*\nissue_type = (.*)\n'
        )
        kind = proposal.issue_types.get(target)

        def routed(match: re.Match[str], project: str = project, kind: str | None = kind) -> str:
            issue_type = _quoted(kind) if kind else match[2]
            return f"{match[1]}project = {_quoted(project)}\nissue_type = {issue_type}\n"

        text = _once(route, routed, text)
    if proposal.security_level is not None:
        level = f"security_level = {_quoted(proposal.security_level)}\n"
        text = _once(re.compile(r"# security_level = .*\n(?=\n)"), lambda _: level, text)
    if proposal.group is not None:
        group = f"zendesk_group = {_quoted(proposal.group)}\n"
        text = _once(re.compile(r"(?<=\n)zendesk_group = .*\n"), lambda _: group, text)
    return text


def _once(pattern: re.Pattern[str], change: Callable[[re.Match[str]], str], text: str) -> str:
    changed, count = pattern.subn(change, text)
    if count != 1:
        raise NoSuchLineError(f"{count} places for {pattern.pattern!r}")
    return changed


def _severity(text: str, proposal: Proposal) -> str:
    for severity, name in proposal.priorities.items():
        text = set_key(text, "jira_priority", severity.value, _quoted(name))
    return text


def _fields(text: str, proposal: Proposal) -> str:
    for name, key in proposal.organization.items():
        if key is None:
            text = unset_key(text, "organization", name)
        else:
            text = set_key(text, "organization", name, _quoted(key))
    for name, field in proposal.ticket_fields.items():
        text = set_key(text, "ticket", name, str(field.id), note=" ".join(field.title.split()))
    return text


def _triggers(text: str, proposal: Proposal) -> str:
    if not proposal.tiers:
        return text
    tiers = ", ".join(_quoted(tier) for tier in proposal.tiers)
    return set_key(text, "value", "tiers", f"[{tiers}]")


def _status(text: str, proposal: Proposal) -> str:
    found = [_rule(one, "resolution") for one in proposal.resolutions]
    found += [_rule(one, "status") for one in proposal.statuses]
    lines = [text.rstrip("\n")]
    if found:
        lines.append(
            "\n# --- found in your Jira by `escalation init`: see whether it is meant so ---\n"
        )
        lines.append("\n".join(found).rstrip("\n"))
    if proposal.unknown:
        names = ", ".join(" ".join(name.split()) for name in proposal.unknown)
        lines.append(f"\n# Not known what these resolutions mean; give each a rule: {names}")
    for category, labels in proposal.custom_statuses.items():
        names = ", ".join(" ".join(label.split()) for label in labels)
        lines.append(f"\n# Zendesk statuses of the category {category}: {names}")
    return "\n".join(lines) + "\n"


def _rule(one: Ending, key: str) -> str:
    lines = ["[[rules]]", 'category = ["done"]', f"{key} = [{_quoted(one.name)}]"]
    if key == "status":
        lines.append('resolution = ["Unresolved"]')
    if one.state is None:
        return "\n".join([*lines, 'follow = "duplicate"', f'note = "{_NOTES["duplicate"]}"', ""])
    lines.append(f'state = "{one.state}"')
    if one.reason is not None:
        lines.append(f'reason = "{one.reason}"')
    note = _NOTES[one.state].replace("{KEY}", f"{{{key}}}")
    return "\n".join([*lines, 'zendesk_status = "open"', f'note = "{note}"', ""])


def config_text(text: str, values: Mapping[tuple[str, str], str]) -> str:
    """config.toml with these keys set."""
    for (section, key), value in values.items():
        text = set_key(text, section, key, _quoted(value))
    return text
