# SPDX-License-Identifier: Apache-2.0
"""What a value that departs from its schema may be meant to be: a near choice, a number, a date, a text in quotes.

All are guesses: whoever asks tries each by the schema. A guess is certain where no other reading of what is written is
left; where two are, none is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sourcebook.amend.declared import Declared
from sourcebook.amend.mending import Mending
from sourcebook.amend.retyped import CannotBe, retyped
from sourcebook.parse import Path
from sourcebook.validation.formats import days, mended
from sourcebook.validation.likeness import all_near, nearest

_CHOICE = ("enum", "const")
_FORM = ("format", "pattern", *_CHOICE)


def guesses(path: Path, value: Any, written: str, said: Declared, keyword: str) -> Iterator[Mending]:
    """What the ``value`` at ``path``, ``written`` so in its file, may be meant to be, where it breaks a ``keyword``."""
    if value is None or isinstance(value, dict):
        return
    if isinstance(value, list):
        if keyword == "type" and len(value) == 1 and not isinstance(value[0], dict | list):
            yield Mending(path, value[0], certain=False, why="the one item of the list")
        return
    if keyword in _CHOICE:
        yield from _choices(path, value, said.choices)
    if keyword in ("type", *_FORM):
        yield from _types(path, value, written, said)
    if isinstance(value, str):
        yield from _texts(path, value, said, keyword)
    elif keyword in ("type", *_FORM) and "string" in said.types:
        yield from _texts(path, written, said, keyword, quoted=True)


# --- one of several ---


def names_near(name: str, others: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The names that ``name`` may be meant to be, of ``others``, each with whether it is certain."""
    near = all_near(name, others)
    if len(near) == 1:
        yield near[0], not opposite(name, near[0])
    elif near and (best := nearest(name, near)):
        yield best, False


def _choices(path: Path, value: Any, choices: Sequence[Any]) -> Iterator[Mending]:
    texts = {choice: choice for choice in choices if isinstance(choice, str)}
    if isinstance(value, str):
        for near, certain in names_near(value, list(texts)):
            yield Mending(path, near, certain=certain, why="the only one that is near" if certain else "the nearest")
    for choice in choices:
        if not isinstance(choice, dict | list) and type(choice) is not type(value) and str(choice) == str(value):
            yield Mending(path, choice, why="the same, of the type that the schema has")


_NOT = ("un", "in", "im", "il", "ir", "dis", "non", "not", "no", "anti", "de", "mis", "ex", "pre", "post", "a")


def opposite(one: str, other: str) -> bool:
    """Whether one of two words may deny the other, or say when: ``disputed`` is not a misspelt ``undisputed``."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    first, second = re.split(r"[\W_]+", short), re.split(r"[\W_]+", long)
    if len(first) != len(second):
        return bool(set(first) & set(second))  # a word more
    return any(a != b and b.removesuffix(a) in _NOT for a, b in zip(first, second, strict=True) if b.endswith(a))


# --- another type ---


def _types(path: Path, value: Any, written: str, said: Declared) -> Iterator[Mending]:
    types = said.types
    if isinstance(value, str):
        for kind in ("boolean", "integer", "number"):
            if kind in types:
                yield from _of_text(path, value, kind)
        if "array" in types:
            yield Mending(path, [value], certain=False, why="a list of this one item")
        return
    if "string" in types:
        yield Mending(path, written, why="quotes keep it as it is written")
    if "integer" in types and isinstance(value, float) and value.is_integer():
        yield Mending(path, int(value), why="the same number")
    if "array" in types:
        yield Mending(path, [value], certain=False, why="a list of this one item")


_MINUS = re.compile("[\u2212\u2010\u2011](?=[0-9])")


def _of_text(path: Path, text: str, kind: str) -> Iterator[Mending]:
    bare = text.strip()
    for attempt, certain, why in (
        (bare, True, "without quotes it is one"),
        (_MINUS.sub("-", bare), True, "with a hyphen as the minus"),
        (re.sub(r"(?<=[0-9])[ _'\u00a0\u202f\u2019](?=[0-9]{3}(?![0-9]))", "", bare), False, "without spaces"),
        (bare.lstrip("0") if re.fullmatch(r"0+[1-9][0-9]*", bare) else "", False, "without zeros before it"),
        (bare.replace(",", "") if re.fullmatch(r"[-+]?[0-9]{1,3}(,[0-9]{3})+", bare) else "", False, "without commas"),
        (bare.replace(",", ".") if re.fullmatch(r"[-+]?[0-9]+,[0-9]{1,2}", bare) else "", False, "with a point"),
        (bare.removeprefix("+"), True, "without the sign"),
    ):
        try:
            yield Mending(path, retyped(attempt, kind), certain=certain, why=why)
            return
        except CannotBe:
            continue
    if kind == "boolean" and bare.casefold() in ("y", "n", "t", "f", "ja", "nein"):
        yield Mending(path, bare.casefold() in ("y", "t", "ja"), certain=False, why="short for it")


# --- another form ---


def _texts(path: Path, text: str, said: Declared, keyword: str, *, quoted: bool = False) -> Iterator[Mending]:
    """Other forms of a text; one that was ``quoted`` for it is a change by itself."""
    found = list(dict.fromkeys(days(text.strip())))
    if len(found) == 1 and keyword in ("type", "format", "pattern"):
        yield Mending(path, found[0], why="no other day is meant by it")
    if keyword == "format":
        yield from _formats(path, text, {str(one["format"]) for one in said.said if "format" in one})
    for plain, certain, why in (
        (text.strip(), True, "without the spaces around it"),
        (_blank(text), True, "with spaces that are spaces"),
        (_unquoted(text), True, "without the quotes of print"),
        (text.casefold(), False, "in small letters"),
        (text.upper(), False, "in capitals"),
        (re.sub(r"[\s_]+", "-", text.strip().casefold()), False, "as a key is written"),
    ):
        if plain and (plain != text or quoted) and keyword in _FORM:
            yield Mending(path, plain, certain=certain, why=why)


def _blank(text: str) -> str:
    return re.sub("[\u200b\u2060\ufeff\u00ad]", "", re.sub("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]", " ", text))


def _unquoted(text: str) -> str:
    printed = "“”„‟‘’‚‛«»‹›"
    return text[1:-1] if len(text) > 2 and text[0] in printed and text[-1] in printed else text


def _formats(path: Path, text: str, forms: set[str]) -> Iterator[Mending]:
    for form in forms - {"time"}:  # of which the offset from UTC would be guessed
        hint = mended(form, text)
        for begin, certain in (
            ("write it as ", True),
            ("leave the time out: ", False),
            ("write it with its scheme: ", False),
            ("write the address alone: ", True),
        ):
            said = hint.removeprefix(begin)
            if said != hint and not re.search(r"[ ,]", said) and _of(text, said):
                yield Mending(path, said, certain=certain, why="as the schema's format has it")
        if hint == "write it without mailto:":
            yield Mending(path, text.removeprefix("mailto:"), why="the address alone")
        if hint == "write each space in it as %20":
            yield Mending(path, re.sub(r"\s", "%20", text), certain=False, why="as addresses write spaces")


def _of(text: str, said: str) -> bool:
    """Whether what is said has all digits of a text, and so is no mere example of a form."""
    own = re.sub("[^0-9]", "", text)
    return re.sub("[^0-9]", "", said).startswith(own[:8]) and (bool(own) or text.strip(" <>") in said or said in text)
