"""status.toml: what Jira's status and resolution mean for an escalation and for its tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import product
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from connector.core.model import DeescalationReason, Frozen, State
from connector.core.names import UnknownNameError
from connector.core.wording import only

Category = Literal["new", "indeterminate", "done"]
"""Keys of Jira's status categories (shown as To Do, In Progress, Done)."""

UNRESOLVED = "Unresolved"
"""How a rule names an issue that has no resolution; Jira shows it by this word as well."""

STATE_TAG = "escalation_"
"""What every state tag begins with: only such tags are replaced when the state changes."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
StateTag = Annotated[str, StringConstraints(pattern=rf"^{STATE_TAG}[a-z0-9_]{{1,60}}$")]
Note = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4000),
    AfterValidator(only("issue", "status", "resolution", "state", "reason", "duplicate")),
]

_FROM_JIRA = (
    State.OPEN,
    State.ACKNOWLEDGED,
    State.IN_PROGRESS,
    State.RESOLVED,
    State.DE_ESCALATED,
)


def _known_to_jira(state: State) -> State:
    if state not in _FROM_JIRA:
        raise UnknownNameError("state that an issue in Jira can lead to", _FROM_JIRA)
    return state


class StatusRule(Frozen):
    """When all of `category`, `status` and `resolution` that are given hold, this is what it means.

    Names are compared without regard to case. `follow` "duplicate": the state is that of the
    issue that this one duplicates. `field` is written into fields.toml's ticket.state, and is the
    state's name when left out. `zendesk_status` is set only on tickets whose status is among
    `only_from`. `ask_missing`: the ticket's agent is asked for what the brief lacks.
    """

    category: tuple[Category, ...] = ()
    status: tuple[Name, ...] = ()
    resolution: tuple[Name, ...] = ()
    state: Annotated[State, AfterValidator(_known_to_jira)] | None = None
    follow: Literal["duplicate"] | None = None
    reason: DeescalationReason | None = None
    zendesk_status: Literal["open", "pending", "hold"] | None = None
    only_from: tuple[Literal["new", "open", "pending", "hold"], ...] = ("pending", "hold")
    tag: StateTag | None = None
    field: Name | None = None
    note: Note
    ask_missing: bool = False

    @model_validator(mode="after")
    def _complete(self) -> StatusRule:
        if not (self.category or self.status or self.resolution):
            raise ValueError("needs category, status or resolution")
        if (self.state is None) == (self.follow is None):
            raise ValueError("needs either state or follow")
        if (self.state is State.DE_ESCALATED) != (self.reason is not None):
            reasons = ", ".join(DeescalationReason)
            raise ValueError(
                f"reason goes with state 'de_escalated', and only with it; reasons: {reasons}"
            )
        return self

    @property
    def state_tag(self) -> str | None:
        """The tag that tickets get; None when the state is another issue's."""
        return self.tag or (f"{STATE_TAG}{self.state}" if self.state else None)

    @property
    def state_field(self) -> str | None:
        """The value for the ticket's state field; None when the state is another issue's."""
        return self.field or self.state

    @property
    def weight(self) -> tuple[bool, bool, bool]:
        """What decides between rules that hold: the greatest wins."""
        return (bool(self.resolution), bool(self.status), bool(self.category))

    def holds(self, category: str, status: str, resolution: str | None) -> bool:
        """Whether every condition of this rule is met."""
        said = (resolution or UNRESOLVED).strip().casefold()
        return (
            (not self.category or category in self.category)
            and (not self.status or status.strip().casefold() in _folded(self.status))
            and (not self.resolution or said in _folded(self.resolution))
        )


class SharedComments(Frozen):
    """How a person in Jira marks what is to reach the tickets, always as an internal note.

    A comment that begins with `prefix` (any case) is shared; so is every comment made while the
    issue has the label `label`. Without both nothing is shared. What follows `learned` is kept as
    what was learned from the escalation.
    """

    prefix: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)] | None = None
    label: Annotated[str, StringConstraints(pattern=r"^[^\s]{1,255}$")] | None = None
    learned: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)] | None = (
        "#learned"
    )
    note: Annotated[
        str, StringConstraints(min_length=1), AfterValidator(only("issue", "author", "text"))
    ] = "{author} in {issue}:\n{text}"

    def shared_text(self, text: str, *, labels: tuple[str, ...] = ()) -> str | None:
        """The comment's text without its mark, or None when it is not marked."""
        marked = _behind(self.prefix, text)
        if marked is not None or _behind(self.learned, text) is not None:
            return marked or None
        return text.strip() or None if self.label and self.label in labels else None

    def learned_text(self, text: str) -> str | None:
        """What the comment says was learned; None when it does not."""
        return _behind(self.learned, text) or None


def _behind(mark: str | None, text: str) -> str | None:
    """The words after the mark that a text begins with, in any case; None without it."""
    words = text.strip()
    if not mark or not words.casefold().startswith(mark.casefold()):
        return None
    return words[len(mark) :].lstrip(" :\n")


_TAGS = {f"deescalate_{reason}": reason for reason in DeescalationReason}
_LABELS = {f"deescalate-{reason.replace('_', '-')}": reason for reason in DeescalationReason}


class EarlyEnds(Frozen):
    """What ends an escalation besides Jira's resolution and the command.

    `tags` of a linked ticket, and `labels` of the issue, each with the reason it stands for;
    `field` is a field of the issue and `values` what its values stand for. A tag of `everywhere`
    has to be on every open ticket. `solved`: when agents have solved every ticket. `shrunk`: when
    too few customers are left of those for whose number it was escalated.
    """

    tags: Mapping[str, DeescalationReason] = Field(default_factory=lambda: dict(_TAGS))
    everywhere: Mapping[str, DeescalationReason] = Field(
        default_factory=lambda: {"workaround_available": DeescalationReason.WORKAROUND}
    )
    labels: Mapping[str, DeescalationReason] = Field(default_factory=lambda: dict(_LABELS))
    field: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,80}$")] | None = None
    values: Mapping[str, DeescalationReason] = Field(default_factory=dict)
    solved: bool = True
    shrunk: bool = True


class StatusMapping(Frozen):
    """Rules by precedence, not by place: see `decide`."""

    rules: Annotated[tuple[StatusRule, ...], Field(min_length=1)]
    comments: SharedComments = SharedComments()
    ends: EarlyEnds = EarlyEnds()

    @model_validator(mode="after")
    def _no_two_alike(self) -> StatusMapping:
        seen = Counter(
            (rule.weight, *conditions)
            for rule in self.rules
            for conditions in product(
                rule.category or ("",),
                _folded(rule.status) or ("",),
                _folded(rule.resolution) or ("",),
            )
        )
        twice = [" / ".join(filter(None, key[1:])) for key, count in seen.items() if count > 1]
        if twice:
            raise ValueError(f"two rules decide about {twice[0]!r}; keep one")
        return self

    def decide(self, category: str, status: str, resolution: str | None) -> StatusRule | None:
        """What an issue in this state means; None when nothing is mapped: report it, never guess.

        A rule that names a resolution goes before one that does not; among those, one that names
        a status; among those, one that names a category; then the first in the file.
        """
        held = [rule for rule in self.rules if rule.holds(category, status, resolution)]
        return max(held, key=lambda rule: rule.weight, default=None)

    @property
    def tags(self) -> frozenset[str]:
        """Every state tag that the rules can write."""
        return frozenset(rule.state_tag for rule in self.rules if rule.state_tag)


def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip().casefold() for name in names))
