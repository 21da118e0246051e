# SPDX-License-Identifier: Apache-2.0
"""Plain data to YAML as people write it. YAML is read elsewhere; this writes the little that a descriptor needs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

WIDTH = 120

# Texts that need no quotes whatever reads them: words and paths, with nothing that YAML 1.1 or 1.2 takes for another
# type.
_PLAIN = re.compile(r"[A-Za-z_./][\w./+-]*(?: [\w./+-]+)*", re.ASCII)
_TAKEN = re.compile(r"(?i:true|false|yes|no|on|off|y|n|null|[-+.]*[0-9_.eE+-]*|\.(?:inf|nan))")


def dump(value: dict[str, Any]) -> str:
    """YAML text of a mapping of plain data: order kept, short inner lists and mappings on one line."""
    return "".join(f"{line}\n" for line in _mapping(value, ""))


def _mapping(value: dict[str, Any], indent: str) -> Iterator[str]:
    for key, inner in value.items():
        start = f"{indent}{_scalar(key)}:"
        flow = _flow(inner)
        if flow is not None and (len(start) + len(flow) < WIDTH or not isinstance(inner, list)):
            yield f"{start} {flow}"
            continue
        yield start
        yield from _mapping(inner, indent + "  ") if isinstance(inner, dict) else _list(inner, indent + "  ")


def _list(value: list[Any], indent: str) -> Iterator[str]:
    for item in value:
        if not isinstance(item, dict) or not item:
            yield f"{indent}- {_flow(item)}"
            continue
        for number, line in enumerate(_mapping(item, indent + "  ")):
            yield f"{indent}- {line.removeprefix(indent + '  ')}" if number == 0 else line


def _flow(value: Any) -> str | None:
    """A value on one line; None where it holds others that need lines of their own."""
    if isinstance(value, dict):
        return "{}" if not value else None
    if isinstance(value, list):
        if any(isinstance(item, dict | list) for item in value):
            return None
        return f"[{', '.join(map(_scalar, value))}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if not isinstance(value, str):
        return str(value)
    if _PLAIN.fullmatch(value) and not _TAKEN.fullmatch(value):
        return value
    return '"' + "".join(map(_quoted, value)) + '"'


def _quoted(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if unicodedata.category(character)[0] not in "CZ" or character == " ":
        return character
    return f"\\U{ord(character):08x}"
