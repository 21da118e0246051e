# SPDX-License-Identifier: Apache-2.0
"""Plain data to YAML text, in the manner of the text around it: what `parse` reads as the same data.

Where quotes are all that it costs, readers of YAML 1.1 read the same too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sourcebook.parse import core, scalars

Where = Literal["block", "flow", "key"]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a text is written: by how much collections are indented, which quotes it has, and the like.

    ``dash`` is by how much the items of a list are indented below its key, ``gap`` how many columns an item's value
    is to the right of its dash. ``plain`` are the kinds of texts (`kind_of_old`) that stand without quotes in it.
    """

    step: int = 2
    dash: int = 2
    gap: int = 2
    quote: str = '"'
    quotes_all: bool = False
    plain: frozenset[str] = frozenset()
    flow_lists: bool = False
    pad: str = ""  # inside of braces
    null: str = "null"


# --- single values --------------------------------------------------------------------------------------------------

# What YAML 1.1 takes for something else than text, and 1.2 does not.
_OLD = {
    "word": re.compile(r"(?i:yes|no|on|off|y|n)|=|<<"),
    "date": re.compile(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
        r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
        r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?"
    ),
    "number": re.compile(
        r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
        r"|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?)|[-+]?\.(?i:inf)|\.(?i:nan)"
    ),
}
_BREAKS = "\n\x85\u2028\u2029"
# What may stand only as an escape: controls, breaks of YAML 1.1 and what no plain scalar may hold.
_ESCAPED_ONLY = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def kind_of_old(text: str) -> str:
    """What readers of YAML 1.1 take a plain text for: a word (such as NO), a date, a number; the empty text: a text."""
    return next((kind for kind, form in _OLD.items() if form.fullmatch(text)), "")


def is_other(text: str) -> bool:
    """Whether a plain text is no text for us: a number, null, true or false."""
    try:
        return text in core.CONSTANTS or (text[:1] in core.NUMBER_START and core.number(text, 1_000) is not None)
    except core.NotHeld:
        return True


def may_be_plain(text: str, where: Where) -> bool:
    """Whether a text may stand without quotes, and is read as that text."""
    if is_other(text) or _ESCAPED_ONLY.search(text) or text.startswith(("---", "...")) or "\t" in text:
        return False
    form = scalars.PLAIN_OUT if where != "flow" else scalars.PLAIN_IN
    found = form.match(text + "\0")
    if found is None or found.end() != len(text):
        return False
    return where != "key" or (text != "<<" and len(text) < 1_000 and scalars.PLAIN_IN.match(text + "\0") is not None)


def single(value: Any, manner: Manner, where: Where = "block", style: str | None = None) -> str:
    """A single value on one line. ``style`` is that of what stood there before (plain is the empty text).

    Raises ValueError for what no YAML says: infinities, other than plain data.
    """
    if value is None:
        return manner.null
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        text = repr(value) if isinstance(value, float) else str(value)
        if not is_other(text) or "n" in text.lower():
            raise ValueError(f"{text} is no number of YAML")
        return text
    if not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} is no plain data")
    if style in ('"', "'"):
        return quoted(value, style)
    kind = kind_of_old(value)
    bare = may_be_plain(value, where) and (not kind or kind in manner.plain)
    if bare and (style == "" or where == "key" or not manner.quotes_all):
        return value
    return quoted(value, manner.quote, freely=True)


def quoted(text: str, quote: str, *, freely: bool = False) -> str:
    """A text in quotes of a kind, if that can hold it; ``freely``: in the other one where that needs no escapes."""
    one_line = not _ESCAPED_ONLY.search(text) and "\t" not in text
    if freely and one_line and quote == '"' and ('"' in text or "\\" in text) and "'" not in text:
        quote = "'"
    elif freely and quote == "'" and "'" in text and '"' not in text and "\\" not in text:
        quote = '"'
    if quote == "'" and one_line:
        return "'" + text.replace("'", "''") + "'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _ESCAPED_ONLY.sub(_escape, escaped).replace("\t", "\\t") + '"'


_SHORT = {"\n": "\\n", "\0": "\\0", "\r": "\\r", "\x1b": "\\e", "\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P"}


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}")


# --- texts of several lines -----------------------------------------------------------------------------------------


def may_be_literal(text: str) -> bool:
    """Whether a text can be written below a ``|``: with at most one line break at its end, and nothing invisible."""
    body = text.removesuffix("\n")
    if not body.strip(" \n\t") or body.endswith("\n"):
        return False
    return not _ESCAPED_ONLY.search(body.replace("\n", "")) and not body.startswith("\t")


def literal(text: str, column: int, indent: int) -> list[str]:
    """The lines of a text below ``|``: the header, and its lines at the column ``indent``.

    ``column`` is that of the collection that holds it.
    """
    body = text.removesuffix("\n")
    digit = str(indent - max(column, 0)) if body.lstrip("\n").startswith(" ") else ""
    header = "|" + digit + ("" if text.endswith("\n") else "-")
    return [header, *(" " * indent + line if line else "" for line in body.split("\n"))]


# --- collections ----------------------------------------------------------------------------------------------------

_LONG = 100  # characters of a list between brackets


def in_flow(value: Any, manner: Manner, where: Where = "flow", style: str | None = None) -> str:
    """A value between brackets, on one line."""
    if isinstance(value, dict):
        if not value:
            return "{}"
        inner = ", ".join(f"{key_text(key, manner, flow=True)}: {in_flow(one, manner)}" for key, one in value.items())
        return f"{{{manner.pad}{inner}{manner.pad}}}"
    if isinstance(value, list):
        return f"[{', '.join(in_flow(one, manner) for one in value)}]"
    return single(value, manner, where, style)


def key_text(key: str, manner: Manner, *, style: str | None = None, flow: bool = False) -> str:
    """The key of a mapping. Raises ValueError where it is no text."""
    if not isinstance(key, str):
        raise ValueError(f"the key {key!r} is no text")
    if style in ('"', "'"):
        return quoted(key, style)
    kind = kind_of_old(key) or ("number" if is_other(key) and key else "")
    bare = _key_form(key, flow=flow)
    if bare and (not kind or f"key {kind}" in manner.plain):
        return key
    return quoted(key, manner.quote, freely=True)


def _key_form(key: str, *, flow: bool) -> bool:
    if not key or key == "<<" or _ESCAPED_ONLY.search(key) or "\t" in key or key.startswith(("---", "...")):
        return False
    found = (scalars.PLAIN_IN if flow else scalars.PLAIN_OUT).match(key + "\0")
    return found is not None and found.end() == len(key) and len(key) < 1_000


def after(value: Any, column: int, manner: Manner, *, item: bool, style: str | None = None) -> list[str]:
    """The lines of what follows the ``key:`` or the ``-`` (of an ``item``) of a collection at a ``column``.

    The first goes on that line, and begins with a space, or is empty; the others are whole lines.
    """
    if style == "{}" and isinstance(value, dict | list):
        return [" " + in_flow(value, manner)]
    if isinstance(value, str) and "\n" in value and style not in ('"', "'") and may_be_literal(value):
        header, *lines = literal(value, column, max(column, 0) + (manner.gap if item else manner.step))
        return [" " + header, *lines]
    if not isinstance(value, dict | list) or not value:
        return [" " + (in_flow(value, manner, "block", style))]
    if isinstance(value, list) and manner.flow_lists and _short(value):
        line = in_flow(value, manner)
        if len(line) <= _LONG:
            return [" " + line]
    if item:
        lines = block(value, column + manner.gap, manner)
        first = lines[0][column + manner.gap :]
        return [" " * (manner.gap - 1) + first, *lines[1:]]
    below = column + (manner.dash if isinstance(value, list) else manner.step)
    return ["", *block(value, below, manner)]


def _short(value: list[Any]) -> bool:
    return not any(isinstance(one, dict | list) or (isinstance(one, str) and "\n" in one) for one in value)


def block(value: dict[str, Any] | list[Any], column: int, manner: Manner) -> list[str]:
    """The lines of a collection that has something in it, at a column."""
    lines = []
    space = " " * column
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        head = "-" if isinstance(key, int) else f"{key_text(key, manner)}:"
        first, *rest = after(one, column, manner, item=isinstance(value, list))
        lines += [space + head + first, *rest]
    return lines


def document(value: Any, manner: Manner = Manner()) -> str:
    """A whole document of YAML, with its last line break."""
    if isinstance(value, dict | list) and value:
        return "\n".join(block(value, 0, manner)) + "\n"
    return (
        after(value, 0, manner, item=False)[0].strip() + "\n"
        if not isinstance(value, str)
        else single(value, manner) + "\n"
    )
