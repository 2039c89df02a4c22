"""What a JQL query means on this site: a parsed `Query` in, the matching issues out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connector.sandbox.jira import jql, site
from connector.sandbox.jira.jql import All, AnyOf, Clause, JqlError, Not, Query, Value, Where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from zoneinfo import ZoneInfo

    from connector.sandbox.jira.state import JiraState
    from connector.sandbox.jira.values import Facts, Issue

    Test = Callable[[Facts], bool]

MOST_ORDER_FIELDS = 7
_DATES = {
    "created": "created",
    "createddate": "created",
    "updated": "updated",
    "updateddate": "updated",
    "resolved": "resolutiondate",
    "resolutiondate": "resolutiondate",
    "statuscategorychangeddate": "statuscategorychangedate",
}
_KEYS = frozenset({"key", "issuekey", "issue", "id"})
_PERIOD = re.compile(r"([+-]?)(\d{1,6})([wdhm])")
_PERIODS = re.compile(r"[+-]?\d{1,6}[wdhm](?: *[+-]?\d{1,6}[wdhm]){0,5}")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
_FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")


class Search:
    """One query compiled for our account.

    `strict` False drops unknown values and notes them in `warnings`, as Data Center does with
    `validateQuery=false`. `me` None: nobody is logged in. Raises JqlError.
    """

    def __init__(
        self, state: JiraState, text: str, *, me: site.User | None, strict: bool = True
    ) -> None:
        self.query: Query = jql.parse(text)
        self.warnings: list[str] = []
        self._state = state
        self._strict = strict
        self._me = me
        self._now = state.now()
        self._test = (
            (lambda _: True) if self.query.where is None else self._compile(self.query.where)
        )
        self._orders = [(_sort_key(state, name), down) for name, down in self.query.order]

    def run(self, issues: Iterable[tuple[Issue, Facts]]) -> list[tuple[Issue, Facts]]:
        """Those that match, in the query's order, else newest first."""
        found = [pair for pair in issues if self._test(pair[1])]
        found.sort(key=lambda pair: int(pair[1].id), reverse=True)
        for key, down in reversed(self._orders):
            found.sort(key=lambda pair: key(pair[1]), reverse=down)
        return found

    def _compile(self, where: Where) -> Test:
        if isinstance(where, Clause):
            return self._clause(where)
        if isinstance(where, Not):
            inner = self._compile(where.part)
            return lambda facts: not inner(facts)
        tests = [self._compile(part) for part in where.parts]
        if isinstance(where, All):
            return lambda facts: all(test(facts) for test in tests)
        assert isinstance(where, AnyOf)
        return lambda facts: any(test(facts) for test in tests)

    def _clause(self, clause: Clause) -> Test:
        name = clause.field.lower()
        if name in _DATES:
            return self._date_clause(clause, _DATES[name])
        held = _HELD.get(name)
        if held is None:
            raise JqlError(
                f"Field '{clause.field}' does not exist or you do not have permission to view it."
            )
        if clause.operator in {"<", "<=", ">", ">="}:
            raise _unsupported(clause)
        empty = any(value.kind == "empty" for value in clause.values)
        if clause.operator in {"is", "is not"} and not empty:
            raise _unsupported(clause)
        wanted = frozenset(
            one
            for value in clause.values
            if value.kind != "empty"
            for one in self._known(clause.field, value)
        )
        return _membership(held, clause.operator, wanted, empty=empty)

    def _known(self, field: str, value: Value) -> frozenset[str]:
        """The canonical ids that a value names; unknown: refused, or empty when not strict."""
        found = self._resolve(field.lower(), value)
        if found:
            return found
        if field.lower() in _KEYS:
            problem = f"An issue with key '{value.text}' does not exist for field '{field}'."
        else:
            problem = f"The value '{value.text}' does not exist for the field '{field}'."
        if self._strict:
            raise JqlError(problem)
        self.warnings.append(problem)
        return frozenset()

    def _resolve(self, field: str, value: Value) -> frozenset[str]:
        text = value.text
        if value.kind == "call":
            return self._called(field, text)
        if field == "labels":
            return frozenset({text})
        if field in _KEYS:
            issue = self._state.find(text)
            seen = issue is not None and self._me is not None and self._state.readable(issue)
            return frozenset({issue.id}) if issue is not None and seen else frozenset()
        if field in {"assignee", "reporter", "creator"}:
            user = site.person(text)
            return frozenset({user.account_id} if user else ())
        return frozenset(
            canonical
            for canonical, names in self._vocabulary(field)
            if text.casefold() in {name.casefold() for name in names}
        )

    def _called(self, field: str, function: str) -> frozenset[str]:
        if function.lower() == "currentuser" and field in {"assignee", "reporter", "creator"}:
            return frozenset({self._me.account_id} if self._me else {"nobody"})
        raise JqlError(f"Unable to find JQL function '{function}()'.")

    def _vocabulary(self, field: str) -> list[tuple[str, tuple[str, ...]]]:
        if field == "project":
            if self._me is None:
                return []
            return [(one.key, (one.id, one.key, one.name)) for one in self._state.projects()]
        if field == "statuscategory":
            return [
                (key, (key, name, str(number)))
                for key, (number, name, _) in site.CATEGORIES.items()
            ]
        named: dict[str, tuple[site.Named, ...]] = {
            "status": site.STATUSES,
            "resolution": site.RESOLUTIONS,
            "priority": self._state.priorities(),
            "issuetype": site.ISSUE_TYPES,
            "type": site.ISSUE_TYPES,
        }
        return [(one.id, (one.id, one.name)) for one in named[field]]

    def _date_clause(self, clause: Clause, field: str) -> Test:
        operator = clause.operator
        if operator in {"is", "is not"}:
            if clause.values[0].kind != "empty":
                raise _unsupported(clause)
            return lambda facts: (facts.fields.get(field) is None) is (operator == "is")
        if operator in {"in", "not in"}:
            raise _unsupported(clause)
        moment = _moment(clause, self._now, self._state.zone)
        compare = _COMPARE[operator]

        def test(facts: Facts) -> bool:
            value = facts.fields.get(field)
            return value is not None and compare(value, moment)

        return test


def _membership(
    held: Callable[[Facts], frozenset[str]], operator: str, wanted: frozenset[str], *, empty: bool
) -> Test:
    """Negations leave out issues that have no value at all: that is how JQL counts."""
    if operator in {"=", "in", "is"}:
        return lambda facts: not wanted.isdisjoint(values := held(facts)) or (empty and not values)
    return lambda facts: bool(values := held(facts)) and wanted.isdisjoint(values)


def _one(name: str) -> Callable[[Facts], frozenset[str]]:
    def held(facts: Facts) -> frozenset[str]:
        value = facts.fields.get(name)
        return frozenset() if value is None else frozenset({value})

    return held


_CATEGORY_OF = {one.id: one.category for one in site.STATUSES}
_HELD: dict[str, Callable[[Facts], frozenset[str]]] = {
    "project": lambda facts: frozenset({facts.project}),
    "labels": lambda facts: frozenset(facts.fields["labels"]),
    "statuscategory": lambda facts: frozenset({_CATEGORY_OF[facts.fields["status"]]}),
    "type": _one("issuetype"),
    **{name: lambda facts: frozenset({facts.id}) for name in _KEYS},
    **{
        name: _one(name)
        for name in (
            "issuetype", "status", "resolution", "priority", "assignee", "reporter", "creator",
        )
    },
}  # fmt: skip
_COMPARE: dict[str, Callable[[datetime, datetime], bool]] = {
    "=": lambda value, moment: value == moment,
    "!=": lambda value, moment: value != moment,
    "<": lambda value, moment: value < moment,
    "<=": lambda value, moment: value <= moment,
    ">": lambda value, moment: value > moment,
    ">=": lambda value, moment: value >= moment,
}


def _unsupported(clause: Clause) -> JqlError:
    return JqlError(
        f"The operator '{clause.operator}' is not supported by the '{clause.field}' field."
    )


def _moment(clause: Clause, now: datetime, zone: ZoneInfo) -> datetime:
    """A date operand: relative, in our account's zone, or epoch milliseconds."""
    value = clause.values[0]
    text = value.text.strip()
    if value.kind == "call" and text.lower() == "now":
        return now
    if value.kind == "word":
        if _PERIODS.fullmatch(text):
            return now + _period(text)
        if text.isdigit() and len(text) <= 14:  # noqa: PLR2004 - up to the year 5138
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        for form in _FORMATS:
            try:
                return datetime.strptime(text, form).replace(tzinfo=zone)
            except ValueError:
                continue
    raise JqlError(
        f"Date value '{value.text}' for field '{clause.field}' is invalid. Valid formats include: "
        "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format "
        "e.g. '-5d', '4w 2d'."
    )


def _period(text: str) -> timedelta:
    """The sign of the first part holds for those that have none."""
    total, sign = timedelta(), ""
    for given, amount, unit in _PERIOD.findall(text):
        sign = given or sign
        step = timedelta(**{_UNITS[unit]: int(amount)})
        total += -step if sign == "-" else step
    return total


def _sort_key(state: JiraState, name: str) -> Callable[[Facts], Any]:
    lowered = name.lower()
    if lowered in _DATES:
        field = _DATES[lowered]
        return lambda facts: facts.fields.get(field) or datetime.min.replace(tzinfo=UTC)
    if lowered in {"key", "issuekey", "project"}:
        return lambda facts: (facts.project, facts.number)
    if lowered in {"id", "issue"}:
        return lambda facts: int(facts.id)
    if lowered == "priority":
        worst_last = {one.id: -rank for rank, one in enumerate(state.priorities())}
        return lambda facts: worst_last.get(str(facts.fields.get("priority")), -99)
    if lowered in {"status", "resolution", "summary"}:
        return lambda facts: state.text(lowered, facts.fields.get(lowered))
    raise JqlError(f"Field '{name}' does not exist or you do not have permission to view it.")
