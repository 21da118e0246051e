# SPDX-License-Identifier: Apache-2.0
"""Whole records that come and go, by how they lie in a file: where that is, and as which text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from sourcebook.book import Collection, Each, Way
from sourcebook.edit.text.changes import Add, Insert, Put
from sourcebook.edit.text.json_values import JsonManner, json_manner
from sourcebook.edit.text.line_ends import Edit
from sourcebook.edit.text.manners import manner_of
from sourcebook.edit.text.nodes import Tree
from sourcebook.edit.written import document
from sourcebook.parse import is_json, is_lines
from sourcebook.records.ways_to_records import Lead, leads


class Unwritable(ValueError):
    """A record has no place in the file."""


class Part(Protocol):
    """A piece of a text with its documents."""

    text: str
    trees: list[Tree]


def placed(collection: Collection, path: str, values: Sequence[Any], add: Add) -> Insert | Put | None:
    """A record that is added as a change of the document it comes into; None where it is one by itself."""
    if collection.layout not in ("list", "map") and not collection.at:
        if collection.layout in ("file", "front-matter"):
            raise Unwritable(f"{path} holds one record: write another one into a file of its own")
        return None
    if not values:
        raise Unwritable(f"{path} holds nothing yet, and so no place for a record")
    way = collection.at
    if collection.layout not in ("list", "map"):
        last = way[-1]
        if not isinstance(last, Each):
            raise Unwritable(f"{path} holds one record: write another one into a file of its own")
        way = way[:-1]
    lead, value = _lead(collection, path, values[0], way, add)
    if isinstance(lead.value, list) or (collection.layout == "list" and lead.value is None):
        return Insert(0, lead.at, len(lead.value or ()), value)
    key = add.key
    if collection.layout not in ("list", "map") and isinstance(collection.at[-1], Each) and collection.at[-1].name:
        key = str(add.value[collection.at[-1].name])
        value = {name: one for name, one in value.items() if name != collection.at[-1].name}
    if key is None:
        raise Unwritable(f"a record of {path} needs a key, by which it stands in the mapping there")
    if isinstance(lead.value, dict) and key in lead.value:
        raise Unwritable(f"{path} has an entry {key!r} already")
    return Put(0, (*lead.at, key), value)


def _lead(collection: Collection, path: str, document: Any, way: Way, add: Add) -> tuple[Lead, Any]:
    """The place that the way to records leads to; where it leads to several, the one whose keys the record has."""
    found = [one for one in leads(document, way) if isinstance(one, Lead)]
    given = set(collection.above)
    if isinstance(add.value, dict) and given:
        said = {name: str(one) for name, one in add.value.items() if name in given}
        found = [one for one in found if all(said.get(name, key) == key for name, key in one.given)]
        last = way[-1] if way else None
        if not found and isinstance(last, Each) and last.name in said:  # the first one below this key
            above, value = _lead(collection, path, document, way[:-1], add)
            if isinstance(above.value, dict):
                value = {name: one for name, one in value.items() if name != last.name}
                return Lead((*above.at, said[last.name]), None), value
    if not found:
        raise Unwritable(f"{path} has no place for the record: there is nothing yet where `at` leads")
    if len(found) > 1:
        raise Unwritable(f"{path} has {len(found)} places for the record, and it cannot be told which")
    names = {name for name, _ in found[0].given}
    value = add.value
    if isinstance(value, dict) and names:
        value = {name: one for name, one in value.items() if name not in names}
    return found[0], value


# --- documents and lines --------------------------------------------------------------------------------------------


def appended(path: str, text: str, last: tuple[Part, Tree] | None, values: Sequence[Any]) -> list[Edit]:
    """The edits that put documents, or lines, behind all others."""
    if is_lines(path):
        manner = json_manner(last[0].text, last[1].root) if last else JsonManner()
        return [_behind(text, "\n".join(manner.text(value, None) for value in values))]
    if is_json(path):
        raise Unwritable("a JSON file holds one value, and no second record")
    manner_there = manner_of([tree.root for tree in last[0].trees], text) if last else manner_of([], text)
    parts = [document(value, manner_there) for value in values]
    if last:
        return [_behind(text, "".join(f"---\n{part}" for part in parts).removesuffix("\n"))]
    return [_behind(text, "---\n".join(parts).removesuffix("\n"))]


def _behind(text: str, new: str) -> Edit:
    """Lines behind those of a text, which end as the last one does."""
    if not text or text.endswith("\n"):
        body = text.rstrip("\n") if new[:1] in "{[" else text
        at = len(body) + (1 if len(body) < len(text) else 0)
        return at, at, new + "\n"
    return len(text), len(text), "\n" + new


def without_line(text: str, start: int) -> Edit:
    """The edit that takes out the line that begins at ``start``."""
    end = text.find("\n", start)
    if end < 0:
        return max(start - 1, 0), len(text), ""
    return start, end + 1, ""


def without_documents(text: str, trees: Sequence[Tree], dropped: set[int]) -> Iterator[Edit]:
    """The edits that take out documents, each with the marker that begins it."""
    for number in sorted(dropped):
        tree = trees[number]
        start = text.rfind("\n", 0, tree.start) + 1
        if number + 1 < len(trees):
            end = trees[number + 1].start
            end = text.rfind("\n", 0, end) + 1
        else:
            end = len(text)
            if not text.endswith("\n") and start > 0:
                start -= 1
        yield start, end, ""
