# SPDX-License-Identifier: Apache-2.0
"""Values of JSON, written as the text around them is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sourcebook.edit.text.nodes import Node
from sourcebook.exact import dumps


@dataclass(frozen=True, slots=True)
class JsonManner:
    """How a JSON text is written: its indentation (None: on one line), what parts entries and keys, its escapes."""

    step: str | None = None
    comma: str = ", "
    colon: str = ": "
    ascii: bool = False

    def text(self, value: Any, space: str | None) -> str:
        """A value; on one line where it is not given what its line begins with.

        Raises ValueError for what JSON does not have.
        """
        if isinstance(value, dict | list) and value:
            inner = space + self.step if space is not None and self.step is not None else None
            parts = [self.entry(key, one, inner) for key, one in _entries(value)]
            begin, end = "{}" if isinstance(value, dict) else "[]"
            if inner is None:
                return begin + self.comma.join(parts) + end
            return f"{begin}\n{inner}" + f",\n{inner}".join(parts) + f"\n{space}{end}"
        text = dumps(value)
        return re.sub(r"[^\x00-\x7f]", _escape, text) if self.ascii else text

    def entry(self, key: str | None, value: Any, space: str | None) -> str:
        """An entry with its key, or an item."""
        return (self.text(key, None) + self.colon if key is not None else "") + self.text(value, space)


def _entries(value: dict[str, Any] | list[Any]) -> list[tuple[str | None, Any]]:
    return list(value.items()) if isinstance(value, dict) else [(None, one) for one in value]


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def json_manner(text: str, root: Node) -> JsonManner:
    """The manner of a JSON text with this root."""
    piece = text[root.at : root.at + 20_000]
    line = re.search(r"[{\[]\n([ \t]+)", piece)
    base = text[text.rfind("\n", 0, root.at) + 1 : root.at]
    step = line[1].removeprefix(base) or "  " if line and line.start() == 0 else "  " if line else None
    colon = re.search(r'"([ \t]*:[ \t]*)(?=["\[{\w-])', piece)
    comma = re.search(r'["\]}\w](,[ \t]*)(?=["\[{\w-])', piece)
    own = comma[1] if comma else (", " if step is not None or not colon or " " in colon[1] else ",")
    return JsonManner(
        step=step,
        comma=own,
        colon=colon[1] if colon else ": ",
        ascii=text.isascii() and re.search(r"\\u(?!00[01])[0-9a-fA-F]{4}", text) is not None,
    )
