# SPDX-License-Identifier: Apache-2.0
"""Values and texts that have broken programs before, for the kinds to put where a value is expected."""

from __future__ import annotations

from random import Random
from typing import Any

STEERING = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b2J",
    "a\u202egnp.exe",
    "\u2066hidden\u2069",
    "line\u2028break",
    "zero\u200bwidth",
    "\ufeffmark",
    "a\rb",
    "a\nb",
    "a\tb",
    "\x7f",
    "\u0085",
    "::error file=x::made up",
    "##[error]made up",
    "::stop-commands::x",
    "]]>",
    "<script>alert(1)</script>",
    "]]><x/>",
    "%0A::error::x",
)
"""Texts that steer a terminal, a CI system's log, or what reads XML."""

TEXTS = (
    *STEERING,
    "",
    " ",
    "-",
    "--help",
    ".",
    "..",
    "../beside/secret.yaml",
    "/etc/passwd",
    "~",
    "null",
    "true",
    "1e5",
    "0x1F",
    "é",
    "e\u0301",
    "\ufb01",
    "\U0001f9a9",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\ud800",
    "\udfff\ud800",
    "\0",
    "a\0b",
    "'",
    '"',
    "`",
    "]",
    "[",
    '"; DROP TABLE lights; --',
    "%s%n",
    "{stem}",
    "{0.__class__}",
    "${HOME}",
    "{{7*7}}",
    "file:///etc/passwd",
    "http://127.0.0.1:1/",
    "https://book.invalid/x",
    "javascript:alert(1)",
    "a" * 300,
    "ä" * 5000,
    "*" * 40,
    "a/" * 200,
    "rowid",
    "sqlite_master",
    "_id",
    "constructor",
    "__proto__",
    "#/",
    "#/%",
    "~2",
    "a:b:c",
    "con",
    "nul.yaml",
)

NUMBERS = (
    0,
    -1,
    1,
    500,
    501,
    2**31,
    2**53 + 1,
    2**63,
    2**64,
    -(2**63) - 1,
    10**400,
    1e9,
    1e308,
    5e-324,
    0.1,
    -0.0,
)

VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    [[]],
    [None],
    {"": ""},
    {"a": None},
    [{}],
    {"$ref": "#"},
    {"$ref": "#/nowhere"},
    {"$ref": "http://127.0.0.1:1/x.json"},
    {"$ref": "../../beside/secret.json"},
    list(range(300)),
    {str(n): n for n in range(300)},
)


def text(random: Random) -> str:
    """A hostile text, or several in one."""
    return "".join(random.choice(TEXTS) for _ in range(random.choice((1, 1, 1, 2, 3))))


def steering(random: Random) -> str:
    """A text that steers what shows it, with something around it."""
    return random.choice(("", "a", "::", " ")) + random.choice(STEERING) + random.choice(("", "z", "\u202e"))


def value(random: Random) -> Any:
    """A hostile value of any type."""
    return random.choice((lambda: text(random), lambda: random.choice(NUMBERS), lambda: random.choice(VALUES)))()


def changed(random: Random, whole: Any, times: int = 1) -> Any:
    """Plain data with hostile values in the place of some of its own, hostile keys, or parts left out or doubled."""
    for _ in range(times):
        whole = _changed(random, whole)
    return whole


def _changed(random: Random, whole: Any) -> Any:
    ways = list(_ways(whole))
    way = random.choice(ways)
    return _with(random, whole, way)


def _ways(whole: Any, way: tuple[Any, ...] = ()) -> Any:
    yield way
    if isinstance(whole, dict):
        for key, inner in whole.items():
            yield from _ways(inner, (*way, key))
    elif isinstance(whole, list):
        for number, inner in enumerate(whole[:20]):
            yield from _ways(inner, (*way, number))


def _with(random: Random, whole: Any, way: tuple[Any, ...]) -> Any:
    if not way:
        return whole if isinstance(whole, dict) and random.random() < 0.8 else value(random)
    first, *rest = way
    if isinstance(whole, list):
        copy = list(whole)
        if not rest and random.random() < 0.2:
            return [*copy, copy[first]]
        copy[first] = _with(random, copy[first], tuple(rest)) if rest else value(random)
        return copy
    made = dict(whole)
    if rest:
        made[first] = _with(random, made[first], tuple(rest))
        return made
    what = random.random()
    if what < 0.1:
        del made[first]
    elif what < 0.25:
        made[text(random)] = made.pop(first)
    elif what < 0.35:
        made[text(random)] = value(random)
    else:
        made[first] = value(random)
    return made
