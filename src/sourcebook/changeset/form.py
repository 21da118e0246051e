# SPDX-License-Identifier: Apache-2.0
"""The JSON form of a change set: written a line for each record and file, and read with distrust."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sourcebook.changeset.model import (
    FORMAT,
    Added,
    Changed,
    ChangeSet,
    Documents,
    Elsewhere,
    FilePart,
    Refused,
    Removed,
    Run,
    State,
)
from sourcebook.changeset.package import is_path
from sourcebook.errors import UsageError
from sourcebook.exact import dumps, loads
from sourcebook.finding import printable

MOST = 1024 * 1024 * 1024
"""Bytes of a set that is read."""


def change_set_schema() -> Any:
    """The JSON Schema of the form."""
    return loads((Path(__file__).parent / "changeset.schema.json").read_bytes())


def as_dict(one: ChangeSet) -> dict[str, Any]:
    """The set as plain data, by ``changeset.schema.json``."""
    return {
        "format": FORMAT,
        "name": one.name,
        "from": _state(one.old),
        "to": _state(one.new),
        "breaking": one.breaking,
        "counts": one.counts,
        "tables": [dict(change) for change in one.tables],
        "collections": {name: _documents(documents) for name, documents in one.documents.items()},
        "removed_collections": {name: list(keys) for name, keys in one.removed.items()},
        "files": {path: _file(part) for path, part in one.files.items()},
        "elsewhere": {path: {"bytes": of.bytes, "sha256": of.sha256} for path, of in one.elsewhere.items()},
    }


def _state(one: State) -> dict[str, str]:
    return {"version": one.version, "released": one.released, "sha256": one.sha256}


def _documents(one: Documents) -> dict[str, Any]:
    return {
        "path": one.path,
        "old_path": one.old_path,
        "keyed": one.keyed,
        "bytes": one.bytes,
        "sha256": one.sha256,
        "was": one.was,
        "added": [{"key": of.key, "at": of.at, "document": of.document} for of in one.added],
        "changed": [_changed(of) for of in one.changed],
        "removed": [{"key": of.key, "at": of.at, "was": of.was} for of in one.removed],
        "order": None if one.order is None else [list(run) for run in one.order],
    }


def _changed(one: Changed) -> dict[str, Any]:
    told = {"key": one.key, "at": one.at, "was": one.was, "document": one.document}
    return told | ({"old_key": one.old_key, "why": one.why} if one.renamed else {})


def _file(one: FilePart) -> dict[str, Any]:
    parts = None if one.parts is None else [part if isinstance(part, str) else list(part) for part in one.parts]
    return {"bytes": one.bytes, "sha256": one.sha256, "old_path": one.old_path, "was": one.was, "parts": parts}


def text(one: ChangeSet) -> str:
    """The set as JSON text, in which each record and each file has a line."""
    return "".join(_lines(as_dict(one), 0)) + "\n"


_DEPTH = 4  # to which there are lines


def _lines(value: Any, depth: int) -> Iterator[str]:
    if not value or not isinstance(value, dict | list) or depth == _DEPTH or _is_leaf(value):
        yield dumps(value)
        return
    begin, end = ("{", "}") if isinstance(value, dict) else ("[", "]")
    yield begin
    items = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    for number, (name, item) in enumerate(items):
        yield ("," if number else "") + "\n" + " " * (depth + 1) + (f"{dumps(name)}: " if name is not None else "")
        yield from _lines(item, depth + 1)
    yield "\n" + " " * depth + end


def _is_leaf(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(item, dict) for item in value)


# --- the other way round ----------------------------------------------------------------------------------------------


def read(path: Path | str) -> ChangeSet:
    """The set in a file. Raises Refused where it is damaged, or says what no set says; UsageError where it is none."""
    file = Path(path)
    with file.open("rb") as opened:
        data = opened.read(min(file.stat().st_size, MOST) + 1)
    if len(data) > MOST:
        raise Refused(f"{path} has more than {MOST:,} bytes")
    return read_bytes(data)


def read_bytes(data: bytes) -> ChangeSet:
    """The same of bytes."""
    try:
        value = _DECODER.decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused(f"it is no JSON text that a change set may be: {printable(str(error))}") from error
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise UsageError(f"it is no change set: one says that it is of the format {FORMAT!r}")
    try:
        return _change_set(_Reader(value, ""))
    except RecursionError as error:
        raise Refused("the set is nested more deeply than one is") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands in an object twice")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_each_once)
_HASH = re.compile(r"[0-9a-f]{64}")


class _Reader:
    """An object of the form, of which every member is asked for by its type."""

    def __init__(self, value: Any, where: str) -> None:
        self.where = where
        if not isinstance(value, dict):
            raise self.wrong("is no object")
        self.value = value

    def wrong(self, why: str, name: str = "") -> Refused:
        """What is raised of a member."""
        return Refused(f"the set is damaged: {printable(f'{self.where}/{name}' if name else self.where or '/')} {why}")

    def only(self, *names: str, also: tuple[str, ...] = ()) -> None:
        """Hold it to have these members and no others."""
        for name in names:
            if name not in self.value:
                raise self.wrong("is missing", name)
        for name in self.value:
            if name not in names and name not in also:
                raise self.wrong("is no part of one", name)

    def text(self, name: str, *, line: bool = False) -> str:
        """A text; with ``line`` one that takes one line."""
        value = self.value[name]
        if not isinstance(value, str) or _SURROGATE.search(value) or (line and "\n" in value):
            raise self.wrong("is no text" if not line else "is no text of one line", name)
        return value

    def document(self) -> str:
        """The text of a document, which is JSON."""
        text = self.text("document", line=True)
        try:
            loads(text)
        except ValueError as error:
            raise self.wrong("is no JSON", "document") from error
        return text

    def hash(self, name: str) -> str:
        """A SHA-256."""
        value = self.value[name]
        if not isinstance(value, str) or not _HASH.fullmatch(value):
            raise self.wrong("is no SHA-256", name)
        return value

    def path(self, name: str) -> str:
        """The path of a file of a package."""
        value = self.value[name]
        if not isinstance(value, str) or not is_path(value):
            raise self.wrong("is no path of a file of a package", name)
        return value

    def number(self, name: str) -> int:
        """A whole number from 0 on."""
        value = self.value[name]
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LARGE:
            raise self.wrong("is no number that it may be", name)
        return value

    def truth(self, name: str) -> bool:
        """True or false."""
        value = self.value[name]
        if not isinstance(value, bool):
            raise self.wrong("is neither true nor false", name)
        return value

    def none_or(self, name: str, of: Callable[[str], Any]) -> Any:
        """None, or what is asked for."""
        return None if self.value[name] is None else of(name)

    def each(self, name: str) -> list[_Reader]:
        """The objects of a list."""
        value = self.value[name]
        if not isinstance(value, list):
            raise self.wrong("is no list", name)
        return [_Reader(item, f"{self.where}/{name}/{number}") for number, item in enumerate(value)]

    def items(self, name: str) -> Iterator[tuple[str, Any]]:
        """The members of an object, by name."""
        yield from _Reader(self.value[name], f"{self.where}/{name}").value.items()

    def runs(self, name: str) -> tuple[Run, ...]:
        """Runs of places."""
        if not isinstance(self.value[name], list):
            raise self.wrong("is no list", name)
        return tuple(self.run(name, item) for item in self.value[name])

    def run(self, name: str, item: Any) -> Run:
        """One run."""
        if not isinstance(item, list) or len(item) != len(("start", "count")):
            raise self.wrong("holds what is neither a run of lines nor a text", name)
        start, count = item
        for one in item:
            if not isinstance(one, int) or isinstance(one, bool) or not 0 <= one < _LARGE:
                raise self.wrong("holds a run of lines that is none", name)
        return start, count

    def parts(self, name: str) -> tuple[Run | str, ...]:
        """Runs and texts."""
        if not isinstance(self.value[name], list):
            raise self.wrong("is no list", name)
        return tuple(self._part(name, one) for one in self.value[name])

    def _part(self, name: str, one: Any) -> Run | str:
        if isinstance(one, str) and _SURROGATE.search(one):
            raise self.wrong("holds what is no text", name)
        return one if isinstance(one, str) else self.run(name, one)


_LARGE = 2**40
_SURROGATE = re.compile("[\ud800-\udfff]")


def _change_set(one: _Reader) -> ChangeSet:
    one.only(
        "format", "name", "from", "to", "breaking", "counts", "tables", "collections", "removed_collections", "files",
        "elsewhere",
    )  # fmt: skip
    found = ChangeSet(
        one.text("name", line=True),
        _read_state(_Reader(one.value["from"], "/from")),
        _read_state(_Reader(one.value["to"], "/to")),
        {name: _read_documents(_Reader(of, f"/collections/{name}")) for name, of in one.items("collections")},
        {name: _keys(name, keys) for name, keys in one.items("removed_collections")},
        {name: _read_file(_Reader(of, f"/files/{name}")) for name, of in one.items("files")},
        {name: _read_elsewhere(_Reader(of, f"/elsewhere/{name}")) for name, of in one.items("elsewhere")},
        [of.value for of in one.each("tables")],
    )
    _check_paths(found)
    return found


def _check_paths(found: ChangeSet) -> None:
    paths = [*(one.path for one in found.documents.values()), *found.files, *found.elsewhere]
    for path in paths:
        if not is_path(path):
            raise Refused(f"the set is damaged: {printable(path)} is no path of a file of a package")
    folded = {path.casefold() for path in paths}
    folders = {"/".join(path.split("/")[:n]) for path in folded for n in range(1, path.count("/") + 1)}
    if len(folded) != len(paths) or folders & folded:
        raise Refused("the set is damaged: it has two files at one place")


def _keys(name: str, keys: Any) -> tuple[str, ...]:
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise Refused(f"the set is damaged: /removed_collections/{printable(name)} is no list of keys")
    return tuple(keys)


def _read_state(one: _Reader) -> State:
    one.only("version", "released", "sha256")
    return State(one.text("version", line=True), one.text("released", line=True), one.hash("sha256"))


def _read_documents(one: _Reader) -> Documents:
    one.only("path", "old_path", "keyed", "bytes", "sha256", "was", "added", "changed", "removed", "order")
    return Documents(
        one.path("path"),
        one.none_or("old_path", one.path),
        one.truth("keyed"),
        one.number("bytes"),
        one.hash("sha256"),
        one.none_or("was", one.hash),
        tuple(map(_read_added, one.each("added"))),
        tuple(map(_read_changed, one.each("changed"))),
        tuple(map(_read_removed, one.each("removed"))),
        one.none_or("order", one.runs),
    )


def _read_added(one: _Reader) -> Added:
    one.only("key", "at", "document")
    return Added(one.text("key"), one.number("at"), one.document())


def _read_changed(one: _Reader) -> Changed:
    one.only("key", "at", "was", "document", also=("old_key", "why"))
    old_key = one.text("old_key") if "old_key" in one.value else one.text("key")
    why = one.text("why") if "why" in one.value else ""
    return Changed(one.text("key"), one.number("at"), one.hash("was"), one.document(), old_key, why)


def _read_removed(one: _Reader) -> Removed:
    one.only("key", "at", "was")
    return Removed(one.text("key"), one.number("at"), one.hash("was"))


def _read_file(one: _Reader) -> FilePart:
    one.only("bytes", "sha256", "old_path", "was", "parts")
    return FilePart(
        one.number("bytes"),
        one.hash("sha256"),
        one.none_or("old_path", one.path),
        one.none_or("was", one.hash),
        one.none_or("parts", one.parts),
    )


def _read_elsewhere(one: _Reader) -> Elsewhere:
    one.only("bytes", "sha256")
    return Elsewhere(one.number("bytes"), one.hash("sha256"))
