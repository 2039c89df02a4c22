"""The grammar of the JQL subset: text in, a `Query` out. What names mean is `query.py`'s matter."""

from __future__ import annotations

import re
from dataclasses import dataclass


class JqlError(Exception):
    """The query is refused; `message` is what Jira says of it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Value:
    """One operand. `kind` "empty" is EMPTY or NULL, "call" a function without arguments."""

    text: str
    kind: str = "word"


@dataclass(frozen=True)
class Clause:
    """`operator` in lower case: "=", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not"."""

    field: str
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class All:
    parts: tuple[Where, ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple[Where, ...]


@dataclass(frozen=True)
class Not:
    part: Where


Where = Clause | All | AnyOf | Not


@dataclass(frozen=True)
class Query:
    """`where` None: no restriction. `order`: (field, descending)."""

    where: Where | None
    order: tuple[tuple[str, bool], ...] = ()


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<operator><=|>=|!=|!~|&&|\|\||[=<>~!])
      | (?P<mark>[(),])
      | (?P<word>[^\s()=!<>~,"'&|]+)
    )""",
    re.VERBOSE | re.DOTALL,
)
_RESERVED = frozenset("+.;?*/%^$#@[]{}\\`")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", " ": " ", '"': '"', "'": "'", "\\": "\\"}
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_EMPTY = frozenset({"empty", "null"})
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "order", "by"})


@dataclass(frozen=True)
class _Token:
    """`kind`: text, operator, mark, word, end."""

    kind: str
    text: str
    at: int

    @property
    def keyword(self) -> str:
        """The lower-case word; "" for anything quoted."""
        return self.text.lower() if self.kind in {"word", "operator"} else ""


def _tokens(jql: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while jql[at:].strip():
        match = _TOKEN.match(jql, at)
        if match is None:
            raise _unreadable(jql, at)
        kind = match.lastgroup or ""
        text = match.group(kind)
        place = match.start(kind)
        if kind == "word":
            _refuse_reserved(text, place)
        found.append(_Token(kind, _unquoted(text) if kind == "text" else text, place))
        at = match.end()
    found.append(_Token("end", "", len(jql)))
    return found


def _unreadable(jql: str, at: int) -> JqlError:
    if jql[at:].lstrip()[0] in "\"'":
        return JqlError(
            "Error in the JQL Query: The quoted string has not been completed. "
            f"(line 1, character {at + 1})"
        )
    return _unexpected(_Token("word", jql[at:].lstrip()[0], at))


def _refuse_reserved(text: str, at: int) -> None:
    for offset, character in enumerate(text):
        if character in _RESERVED:
            raise JqlError(
                f"Error in the JQL Query: The character '{character}' is a reserved JQL "
                f"character. You must enclose it in a string or use the escape "
                f"'\\u{ord(character):04x}' instead. (line 1, character {at + offset + 1})"
            )


def _unquoted(text: str) -> str:
    def replace(match: re.Match[str]) -> str:
        code, character = match.groups()
        if code is not None:
            return chr(int(code, 16))
        if character not in _ESCAPED:
            raise JqlError(
                f"Error in the JQL Query: '\\{character}' is an illegal JQL escape sequence. "
                "The valid escape sequences are \\', \\\", \\t, \\n, \\r, \\\\, '\\ ' and \\uXXXX."
            )
        return _ESCAPED[character]

    return _ESCAPE.sub(replace, text[1:-1])


def _unexpected(token: _Token, wanted: str = "a field name, a value or an operator") -> JqlError:
    if token.kind == "end":
        return JqlError(f"Error in the JQL Query: Expecting {wanted} before the end of the query.")
    return JqlError(
        f"Error in the JQL Query: Expecting {wanted} but got '{token.text}'. "
        f"(line 1, character {token.at + 1})"
    )


def parse(jql: str) -> Query:
    """Raises JqlError."""
    return _Parser(_tokens(jql)).query()


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _skip(self, *keywords: str) -> bool:
        if self._next.keyword in keywords:
            self._take()
            return True
        return False

    def _expect(self, mark: str) -> None:
        token = self._take()
        if token.kind != "mark" or token.text != mark:
            raise _unexpected(token, f"'{mark}'")

    def query(self) -> Query:
        where = None
        if self._next.kind != "end" and self._next.keyword != "order":
            where = self._any()
        order: tuple[tuple[str, bool], ...] = ()
        if self._skip("order"):
            if not self._skip("by"):
                raise _unexpected(self._next, "'by'")
            order = self._order()
        if self._next.kind != "end":
            raise _unexpected(self._next, "either 'OR' or 'AND'")
        return Query(where, order)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        fields: list[tuple[str, bool]] = []
        while True:
            name = self._take()
            if name.kind not in {"word", "text"}:
                raise _unexpected(name, "a field name")
            descending = self._next.keyword == "desc"
            self._skip("asc", "desc")
            fields.append((name.text, descending))
            if self._next.text != "," or self._next.kind != "mark":
                return tuple(fields)
            self._take()

    def _any(self) -> Where:
        parts = [self._all()]
        while self._skip("or", "||"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self) -> Where:
        parts = [self._one()]
        while self._skip("and", "&&"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self) -> Where:
        self._depth += 1
        if self._depth > 100:  # noqa: PLR2004 - deeper nesting is no query but an attack
            raise JqlError("The JQL query is nested too deep.")
        try:
            return self._nested()
        finally:
            self._depth -= 1

    def _nested(self) -> Where:
        if self._skip("not", "!"):
            return Not(self._one())
        if self._next.kind == "mark" and self._next.text == "(":
            self._take()
            inside = self._any()
            self._expect(")")
            return inside
        return self._clause()

    def _clause(self) -> Clause:
        name = self._take()
        if name.kind not in {"word", "text"} or name.keyword in _KEYWORDS:
            raise _unexpected(name, "a field name")
        operator = self._operator()
        if operator not in {"in", "not in"}:
            return Clause(name.text, operator, (self._value(),))
        self._expect("(")
        values = [self._value()]
        while self._next.kind == "mark" and self._next.text == ",":
            self._take()
            values.append(self._value())
        self._expect(")")
        return Clause(name.text, operator, tuple(values))

    def _operator(self) -> str:
        token = self._take()
        word = token.keyword
        if word in _COMPARISONS or word == "in":
            return word
        if word == "is":
            return "is not" if self._skip("not") else "is"
        if word == "not" and self._skip("in"):
            return "not in"
        if word in {"~", "!~"}:
            raise JqlError(f"The operator '{word}' is not supported here.")
        raise _unexpected(token, "operator")

    def _value(self) -> Value:
        token = self._take()
        if token.kind == "text":
            return Value(token.text)
        if token.kind != "word" or token.keyword in _KEYWORDS:
            raise _unexpected(token, "a value, list or function")
        if self._next.kind == "mark" and self._next.text == "(":
            self._take()
            self._expect(")")
            return Value(token.text, "call")
        return Value(token.text, "empty" if token.keyword in _EMPTY else "word")
