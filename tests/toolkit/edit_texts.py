# SPDX-License-Identifier: Apache-2.0
"""Documents written in random manners, and random changes of them: what the tests of editing draw from."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from sourcebook.book import Collection
from sourcebook.edit.text import Change, Insert, Put, Remove, Rename

WORDS = (
    "ash",
    "birch",
    "no",
    "2014-05-01",
    "12:30",
    "a b",
    "é x",
    "x: y",
    "a #b",
    "",
    " lead",
    "it's",
    'say "so"',
    "-",
    "~",
)
LINES = ("one\ntwo\n", "one\n\n two", "first\nsecond", "a\n")
NAMES = ("id", "name", "born", "no", "a b", "tags", "k1", "2014", "x-y", "è")


def collection(layout: str = "file", **others: Any) -> Collection:
    """A collection as the descriptor would give it."""
    said: dict[str, Any] = {
        "name": "trees",
        "title": "",
        "description": "",
        "records": ("data/*.yaml",),
        "schema": None,
        "key": "id",
        "key_column": "id",
        "key_template": "{stem}",
        "key_replace": {},
        "layout": layout,
        "at": (),
        "select": None,
        "leave": None,
        "body": "body",
        "references": {},
        "conditions": {},
        "label": None,
        "facets": (),
        "undeclared": None,
        "may_be_empty": True,
        "rename": {},
        "where": (),
    }
    return Collection(**{**said, **others})


singles = st.one_of(
    st.sampled_from(WORDS),
    st.text("abc xyz:#-'\"é,[]{}&*!|>%@`?0123", max_size=8),
    st.integers(-99, 99),
    st.sampled_from([None, True, False, 1.5, 0.25]),
)
texts = st.one_of(singles, st.sampled_from(LINES), st.text("ab \n", max_size=8))
values = st.recursive(
    texts,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)),
    max_leaves=6,
)
records = st.dictionaries(st.sampled_from(NAMES), values, min_size=1, max_size=5)


class Writer:
    """Writes a document of YAML in a manner that is drawn line by line: indentation, quotes, comments, blank lines."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.step = draw(st.integers(1, 4))
        self.dash = draw(st.sampled_from([0, 0, 2, 1, 4]))
        self.gap = draw(st.sampled_from([2, 2, 2, 4]))
        self.noise = draw(st.booleans())
        self.flow = draw(st.integers(0, 3)) == 0
        self.blank = draw(st.booleans())

    def document(self, value: dict[str, Any]) -> str:
        """The text of a record."""
        head = self.draw(
            st.sampled_from(["", "", "---\n", "# head\n", "# head\n\n---\n", "--- # doc\n", "%YAML 1.2\n---\n"])
        )
        tail = self.draw(st.sampled_from(["", "", "# end\n", "\n# end\n\n", "...\n", "\n\n"]))
        return head + self.block(value, 0) + tail

    def block(self, value: Any, column: int) -> str:
        lines = []
        for number, (key, one) in enumerate(value.items() if isinstance(value, dict) else enumerate(value)):
            if self.noise and number and self.draw(st.integers(0, 4)) == 0:
                lines.append(
                    self.draw(st.sampled_from(["\n", f"{' ' * column}# about\n", f"\n{' ' * column}# about\n\n"]))
                )
            elif self.blank and number:
                lines.append("\n")
            is_item = not isinstance(value, dict)
            head = "-" if is_item else self.key(key) + self.draw(st.sampled_from([":", ":", ":", " :"]))
            if not is_item and self.draw(st.integers(0, 15)) == 0:
                lines.append(f"{' ' * column}? {self.key(key)}\n")
                head = ":"
            lines.append(" " * column + head + self.after(one, column, item=is_item or head == ":"))
        return "".join(lines)

    def after(self, value: Any, column: int, *, item: bool) -> str:
        if isinstance(value, str) and "\n" in value and (text := self.literal(value, column)):
            return text
        inline = not isinstance(value, dict | list) or not value or self.flow or self.draw(st.integers(0, 5)) == 0
        if inline:
            text = self.in_flow(value, column)
            comment = self.draw(st.sampled_from(["", "", "", " # why", "   # a: b"])) if self.noise else ""
            return (f"{self.draw(st.sampled_from([' ', ' ', '  ']))}{text}" if text else "") + comment + "\n"
        if item and self.draw(st.integers(0, 3)):
            body = self.block(value, column + self.gap)
            if not body.lstrip(" ").startswith(("#", "\n", "?")):
                return " " * (self.gap - 1) + body[column + self.gap :]
        comment = self.draw(st.sampled_from(["", "", " # why"])) if self.noise else ""
        between = self.draw(st.sampled_from(["", "", f"{' ' * (column + 1)}# about\n"])) if self.noise else ""
        dash = max(self.dash, 1) if item else self.dash
        return comment + "\n" + between + self.block(value, column + (dash if isinstance(value, list) else self.step))

    def literal(self, value: str, column: int) -> str:
        body = value.removesuffix("\n")
        if (
            not body.strip()
            or body.endswith("\n")
            or body[0] in " \n"
            or any(x != x.rstrip() for x in body.split("\n"))
        ):
            return ""
        style = self.draw(st.sampled_from(["|", "|", ">", '"']))
        chomp = "" if value.endswith("\n") else "-"
        space = " " * (column + self.step)
        if style == "|":
            header = f" |{chomp}{' # text' if self.noise and self.draw(st.booleans()) else ''}\n"
            return header + "".join((space + line if line else "") + "\n" for line in body.split("\n"))
        if style == ">" and not any(line.startswith(" ") or not line for line in body.split("\n")):
            return f" >{chomp}\n" + "\n".join(f"{space}{line}\n" for line in body.split("\n"))
        return ""

    def key(self, key: str) -> str:
        style = self.draw(st.sampled_from(["", "", "", "'", '"']))
        return f"{style}{key}{style}"

    def in_flow(self, value: Any, column: int, *, inside: bool = False) -> str:
        if isinstance(value, dict | list):
            pad = self.draw(st.sampled_from(["", " "]))
            comma = ", "
            if not inside and self.draw(st.integers(0, 3)) == 0 and value:
                comma = ",\n" + " " * (column + self.step)
                pad = "\n" + " " * (column + self.step)
            if isinstance(value, dict):
                parts = [f"{self.key(key)}: {self.in_flow(one, column, inside=True)}" for key, one in value.items()]
                return "{" + pad + comma.join(parts) + pad + "}" if parts else "{}"
            return (
                "[" + pad + comma.join(self.in_flow(one, column, inside=True) for one in value) + pad + "]"
                if value
                else "[]"
            )
        return self.single(value, inside=inside)

    def single(self, value: Any, *, inside: bool) -> str:
        from sourcebook.edit.written import may_be_plain

        if value is None:
            return self.draw(st.sampled_from(["null", "~", "null" if inside else ""]))
        if isinstance(value, bool):
            return str(value).lower()
        if not isinstance(value, str):
            return repr(value)
        style = self.draw(st.sampled_from(["", "", "'", '"']))
        if "\n" in value:
            style = '"'
        if style == "" and may_be_plain(value, "flow" if inside else "block"):
            return value
        if style == "'":
            return "'" + value.replace("'", "''") + "'"
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of everything in a value."""
    found = []
    for key, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += [(*path, key), *paths(one, (*path, key))]
    return found


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    """What is at a path."""
    for step in path:
        value = value[step]
    return value


@st.composite
def changes_of(draw: st.DrawFn, value: Any, most: int = 4) -> list[Change]:
    """Changes of a document that do not overlap."""
    found: list[Change] = []
    touched: list[tuple[str | int, ...]] = []
    inserted: list[tuple[str | int, ...]] = []
    for _ in range(draw(st.integers(1, most))):
        there = paths(value)
        kind = draw(st.sampled_from(["put", "put", "remove", "rename", "insert", "new"]))
        if not there:
            kind = "new"
        path = draw(st.sampled_from(there)) if there else ()
        if kind == "insert" and isinstance(at(value, path), list):
            if any(path[: len(one)] == one or one == path for one in touched):
                continue
            found.append(Insert(0, path, draw(st.integers(0, len(at(value, path)))), draw(values)))
            inserted.append(path)
            continue
        if kind == "new":
            holders = [(), *[one for one in there if isinstance(at(value, one), dict)]]
            holder = draw(st.sampled_from(holders))
            name = draw(st.sampled_from(["new", "more"]))
            path = (*holder, name)
            if name in at(value, holder) or any(path[: len(one)] == one or one[: len(path)] == path for one in touched):
                continue
            found.append(Put(0, path, draw(values)))
            inserted.append(path)
            touched.append(path)
            continue
        clash = [*touched, *inserted]
        if any(path[: len(one)] == one or one[: len(path)] == path for one in clash):
            continue
        if kind == "rename" and isinstance(path[-1], str):
            found.append(Rename(0, path, f"{path[-1]}_2"))
        elif kind == "remove":
            found.append(Remove(0, path))
        else:
            found.append(Put(0, path, draw(values)))
        touched.append(path)
    return found


def carried_out(value: Any, changes: list[Change]) -> Any:
    """What a document becomes by changes, worked out without a look at how they are made."""
    value = deepcopy(value)
    marks: dict[int, Any] = {}
    lists: dict[int, dict[int, list[Any]]] = {}
    for one in changes:
        if isinstance(one, Insert):
            lists.setdefault(id(at(value, one.at)), {}).setdefault(one.index, []).append(one.value)
    gone, names = object(), {}
    for one in changes:
        if isinstance(one, Put):
            at(value, one.at[:-1])[one.at[-1]] = deepcopy(one.value)
        elif isinstance(one, Remove):
            at(value, one.at[:-1])[one.at[-1]] = gone
        elif isinstance(one, Rename):
            names[id(at(value, one.at[:-1])), one.at[-1]] = one.name
    del marks

    def tidied(one: Any) -> Any:
        if isinstance(one, dict):
            return {names.get((id(one), key), key): tidied(x) for key, x in one.items() if x is not gone}
        if isinstance(one, list):
            more = lists.get(id(one), {})
            found = []
            for number in range(len(one) + 1):
                found += more.get(number, [])
                if number < len(one) and one[number] is not gone:
                    found.append(tidied(one[number]))
            return found
        return one

    return tidied(value)
