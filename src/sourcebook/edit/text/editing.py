# SPDX-License-Identifier: Apache-2.0
"""Changes of one file: worked out document by document, made in its text, and held against what was wished for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn

from sourcebook.book import Collection
from sourcebook.edit.model import CannotEdit
from sourcebook.edit.text import whole_records
from sourcebook.edit.text.changes import Add, Change, Drop, Insert, Order, Put, Remove, Rename
from sourcebook.edit.text.json_values import JsonManner, json_manner
from sourcebook.edit.text.line_ends import Edit, Text
from sourcebook.edit.text.manners import manner_of
from sourcebook.edit.text.nodes import Tree, trees
from sourcebook.edit.text.origins import applied, by_origin
from sourcebook.edit.text.pages import body_edits, head_end
from sourcebook.edit.text.rendering import Rendering
from sourcebook.edit.text.wish import outcome
from sourcebook.edit.text.wishes import Wishing
from sourcebook.edit.written import Manner
from sourcebook.exact import same
from sourcebook.finding import pointer
from sourcebook.parse import Limits, Parsed, is_json, is_lines
from sourcebook.parse.events import NotYaml
from sourcebook.records.layout import items, parse_file

Small = Put | Remove | Rename | Insert


def edited(
    collection: Collection,
    path: str,
    data: bytes,
    changes: Sequence[Change],
    limits: Limits,
    *,
    order: Order | None = None,
) -> bytes:
    """The bytes of a file of ``collection`` after ``changes``, all of whose paths are those of ``data``.

    ``order`` says where properties go that are added. What comes out was read again and holds exactly what was asked
    for. Raises CannotEdit where something cannot be changed where it stands, ValueError where changes overlap or lead
    nowhere.
    """
    if not changes:
        return data
    file = _File(collection, path, data, limits, order)
    try:
        edits = file.edits(changes)
    except whole_records.Unwritable as error:
        raise CannotEdit(path, 1, str(error)) from None
    try:
        after = file.text.with_edits(edits)
    except ValueError:
        raise CannotEdit(path, 1, "these changes are too near to each other to be made at once") from None
    file.check(after)
    return after


@dataclass
class _Part:
    """A piece of the text that is read by itself: where it begins, and its documents."""

    start: int
    text: str
    trees: list[Tree]
    json: bool

    @cached_property
    def manner(self) -> Manner | JsonManner:
        """How it is written."""
        roots = [tree.root for tree in self.trees]
        return json_manner(self.text, roots[0]) if self.json else manner_of(roots, self.text)


class _File:
    def __init__(self, collection: Collection, path: str, data: bytes, limits: Limits, order: Order | None) -> None:
        self.collection = collection
        self.path = path
        self.data = data
        self.limits = limits
        self.order = order
        self.parsed = self._parsed(data)
        self.text = Text(data)
        self.values = [document.value for document in self.parsed.documents]
        self.wished: list[Any] = list(self.values)

    def _parsed(self, data: bytes) -> Parsed:
        parsed = parse_file(self.collection, data, self.path, self.limits)
        wrong = next((one for one in parsed.findings if one.level == "error"), None)
        if wrong is not None:
            raise CannotEdit(self.path, max(wrong.line, 1), f"the file has an error already: {wrong.message}")
        return parsed

    def _fail(self, offset: int, why: str) -> NoReturn:
        raise CannotEdit(self.path, self.text.line(offset), why)

    # --- edits ---

    def edits(self, changes: Sequence[Change]) -> list[Edit]:
        """The edits for all changes; what the documents are to hold then is ``wished``."""
        small: dict[int, list[Small]] = {}
        dropped: set[int] = set()
        added: list[Any] = []
        for change in changes:
            if isinstance(change, Drop) and self._is_whole(change):
                if change.document in dropped:
                    raise ValueError("a record is dropped twice")
                dropped.add(change.document)
                continue
            one: Small | None
            if isinstance(change, Add):
                one = whole_records.placed(self.collection, self.path, self.values, change)
                if one is None:
                    added.append(change.value)
                    continue
            else:
                one = Remove(change.document, change.at) if isinstance(change, Drop) else change
            if one.document >= len(self.values) or one.document < 0:
                raise ValueError(f"the file has no document {one.document}")
            small.setdefault(one.document, []).append(one)
        if dropped & small.keys():
            raise ValueError("a record that is dropped is changed too")
        return self._all_edits(small, dropped, added)

    def _all_edits(self, small: dict[int, list[Small]], dropped: set[int], added: list[Any]) -> list[Edit]:
        found: list[Edit] = []
        wanted = {*small, *dropped} | ({len(self.values) - 1} if added and self.values else set())
        parts = self._parts(wanted)
        for number, some in small.items():
            part, tree = parts[number]
            found += self._document(number, some, part, tree)
        if dropped:
            found += self._dropped(dropped, parts)
        if added:
            found += whole_records.appended(self.path, self.text.text, parts.get(len(self.values) - 1), added)
        self.wished = [value for number, value in enumerate(self.wished) if number not in dropped] + added
        return found

    def _is_whole(self, change: Drop) -> bool:
        """Whether what is dropped is a document, or a line."""
        if change.at:
            return False
        if len(self.values) == 1:
            raise CannotEdit(self.path, 1, "the file has this record alone: take the file away")
        return True

    def _document(self, number: int, changes: list[Small], part: _Part, tree: Tree) -> list[Edit]:
        value = self.values[number]
        found: list[Edit] = []
        if self.collection.layout == "front-matter":
            bodies = [one for one in changes if one.at[:1] == (self.collection.body,)]
            for one in bodies:
                found += self._body(one)
            changes = [one for one in changes if one not in bodies]
            value = {key: one for key, one in value.items() if key != self.collection.body}
        self._refuse_given(number, changes)
        changes, following = self._by_origin(number, changes)

        def fail(offset: int, why: str) -> NoReturn:
            self._fail(part.start + offset, why)

        wishing = Wishing(value, tree, part.text, self.order, fail)
        for change in changes:
            wishing.add(change)
        wish = wishing.settled()
        rendering = Rendering(part.text, tree, part.manner, fail, along=bool(following))
        try:
            rendering.render(wish, value)
        except ValueError as error:
            self._fail(part.start + tree.start, str(error))
        wished = outcome(wish, value)
        for one in following:
            wished = applied(wished, one)
        if self.collection.layout == "front-matter":
            body = self.wished[number][self.collection.body]
            wished = {**wished, self.collection.body: body}
        self.wished[number] = wished
        return found + [(part.start + start, part.start + end, new) for start, end, new in rendering.edits]

    def _by_origin(self, number: int, changes: list[Small]) -> tuple[list[Small], list[Put | Rename]]:
        """The changes to be made, and those that come about by them, through aliases and merges."""
        if is_json(self.path) or len(changes) == 1 or b"*" not in self.data:
            return changes, []
        parsed = parse_file(self.collection, self.data, self.path, self.limits, positions=True)
        positions = parsed.documents[number].positions
        return by_origin(changes, positions.redirects) if positions else (changes, [])

    def _body(self, change: Small) -> list[Edit]:
        """The edits for the text of a page."""
        name = self.collection.body
        if not isinstance(change, Put) or len(change.at) != 1 or not isinstance(change.value, str):
            why = (
                f"{name!r} is the text of the page, which is neither renamed nor taken out, and holds nothing but text"
            )
            raise CannotEdit(self.path, 1, why)
        self.wished[0] = {**self.wished[0], name: change.value}
        return body_edits(self.text.text, change.value)

    def _refuse_given(self, number: int, changes: list[Small]) -> None:
        """Refuse what would be written into a record and stands above it."""
        above = self.collection.above
        named = [one for one in changes if one.at and one.at[-1] in above] if above else []
        if not named:
            return
        found, _ = items(self.collection, self.parsed, self.path)
        records = {item.at: item for item in found if item.document == number}
        for one in named:
            item = records.get(one.at[:-1])
            if item is not None:
                why = f"{one.at[-1]!r} is given by a key above the record, {pointer(item.at)}: move the record instead"
                raise CannotEdit(self.path, item.line, why)

    def _dropped(self, dropped: set[int], parts: dict[int, tuple[_Part, Tree]]) -> Iterator[Edit]:
        if is_lines(self.path):
            for number in dropped:
                part, _ = parts[number]
                yield whole_records.without_line(self.text.text, part.start)
            return
        part, _ = next(iter(parts.values()))
        yield from whole_records.without_documents(part.text, part.trees, dropped)

    # --- parts ---

    def _parts(self, wanted: set[int]) -> dict[int, tuple[_Part, Tree]]:
        """The pieces of the text and the documents in them, by the number of the document."""
        text = self.text.text
        try:
            if is_lines(self.path):
                return self._lines(wanted)
            end = head_end(text) if self.collection.layout == "front-matter" else len(text)
            part = _Part(0, text[:end], trees(text[:end], json=is_json(self.path)), is_json(self.path))
        except NotYaml as error:
            self._fail(error.offset, f"the places in it cannot be told: {error.message}")
        if len(part.trees) != len(self.values):
            raise CannotEdit(self.path, 1, "the places in it cannot be told")
        return {number: (part, tree) for number, tree in enumerate(part.trees)}

    def _lines(self, wanted: set[int]) -> dict[int, tuple[_Part, Tree]]:
        found, at, number = {}, 0, 0
        for line in self.text.text.split("\n"):
            if line.strip():
                if number in wanted:
                    part = _Part(at, line, trees(line, json=True), json=True)
                    found[number] = (part, part.trees[0])
                number += 1
            at += len(line) + 1
        if number != len(self.values):
            raise CannotEdit(self.path, 1, "the lines in it cannot be told")
        return found

    # --- what came of it ---

    def check(self, after: bytes) -> None:
        """Raises CannotEdit where the bytes do not hold what was wished for, or are worse than they were."""
        parsed = parse_file(self.collection, after, self.path, self.limits)
        known = {(one.rule, one.message) for one in self.parsed.findings}
        for one in parsed.findings:
            if one.level == "error" and (one.rule, one.message) not in known:
                raise CannotEdit(self.path, max(one.line, 1), f"the text cannot be changed so: {one.message}")
        got = [document.value for document in parsed.documents]
        if len(got) != len(self.wished):
            raise CannotEdit(self.path, 1, "the text cannot be changed so that it holds what is asked for")
        for number, (one, wished) in enumerate(zip(got, self.wished, strict=True)):
            if not same(one, wished):
                before = self.parsed.documents[min(number, len(self.values) - 1)].line if self.values else 1
                why = "the text cannot be changed so that it holds what is asked for, and all else stays as it is"
                raise CannotEdit(self.path, before, why)
