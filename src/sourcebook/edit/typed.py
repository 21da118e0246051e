# SPDX-License-Identifier: Apache-2.0
"""Values as they are typed on a command line: what YAML reads, or what the schema wants there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sourcebook.edit.model import Refused
from sourcebook.parse import core, parse


@dataclass(frozen=True, slots=True)
class Written:
    """A value as it was written on a command line: what it is may depend on what the schema wants there."""

    text: str


def scalar(text: str) -> Any:
    """The value that ``text`` is, as YAML reads a single one; between quotes, brackets or braces what YAML reads.

    Whatever else stands in it, ``Note: this`` or ``# 5``, is text. Raises Refused where what the first character
    begins is not closed, or a number cannot be held.
    """
    if text[:1] in ('"', "'", "[", "{"):
        parsed = parse(text.encode("utf-8", "surrogatepass"), "value.yaml")
        if parsed.broken or len(parsed.documents) != 1:
            why = f": {parsed.findings[0].message}" if parsed.findings else ""
            raise Refused(f"the value {text!r} cannot be read{why}; put a text in quotes")
        return parsed.documents[0].value
    if text in core.CONSTANTS:
        return core.CONSTANTS[text]
    if text[0] in core.NUMBER_START:
        try:
            number = core.number(text, 1_000)
        except core.NotHeld as error:
            raise Refused(f"the value {text!r}: {error}; {error.hint}") from None
        return text if number is None else number
    return text


_TYPES: dict[type, tuple[str, ...]] = {
    bool: ("boolean",),
    int: ("integer", "number"),
    str: ("string",),
    type(None): ("null",),
    list: ("array",),
    dict: ("object",),
}


def as_wanted(text: str, types: Iterable[str]) -> Any:
    """The value that ``text`` is where a schema wants one of ``types`` (none: anything).

    Where it wants text and YAML would read something else, such as a number, it is text.
    """
    wanted = frozenset(types)
    value = scalar(text)
    if isinstance(value, str) or not wanted or text[:1] in ('"', "'"):
        return value
    fits = _TYPES.get(type(value), ("number",))
    return text if "string" in wanted and not wanted.intersection(fits) else value
