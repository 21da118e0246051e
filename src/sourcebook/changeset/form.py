# SPDX-License-Identifier: Apache-2.0
"""The JSON form of a change set: written a line for each record and file, and read with distrust."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
    State,
)
from sourcebook.changeset.package import is_path
from sourcebook.changeset.trusted import Part
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
    if not file.is_file():
        raise UsageError(f"there is no file {path}")
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
        return _change_set(Part(value, ""))
    except RecursionError as error:
        raise Refused("the set is nested more deeply than one is") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands in an object twice")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_each_once)


def _change_set(one: Part) -> ChangeSet:
    one.only(
        "format", "name", "from", "to", "breaking", "counts", "tables", "collections", "removed_collections", "files",
        "elsewhere",
    )  # fmt: skip
    found = ChangeSet(
        one.text("name", line=True),
        _read_state(Part(one.value["from"], "/from")),
        _read_state(Part(one.value["to"], "/to")),
        {name: _read_documents(Part(of, f"/collections/{name}")) for name, of in one.items("collections")},
        {name: _keys(name, keys) for name, keys in one.items("removed_collections")},
        {name: _read_file(Part(of, f"/files/{name}")) for name, of in one.items("files")},
        {name: _read_elsewhere(Part(of, f"/elsewhere/{name}")) for name, of in one.items("elsewhere")},
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


def _read_state(one: Part) -> State:
    one.only("version", "released", "sha256")
    return State(one.text("version", line=True), one.text("released", line=True), one.hash("sha256"))


def _read_documents(one: Part) -> Documents:
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


def _read_added(one: Part) -> Added:
    one.only("key", "at", "document")
    return Added(one.text("key"), one.number("at"), one.document())


def _read_changed(one: Part) -> Changed:
    one.only("key", "at", "was", "document", also=("old_key", "why"))
    old_key = one.text("old_key") if "old_key" in one.value else one.text("key")
    why = one.text("why") if "why" in one.value else ""
    return Changed(one.text("key"), one.number("at"), one.hash("was"), one.document(), old_key, why)


def _read_removed(one: Part) -> Removed:
    one.only("key", "at", "was")
    return Removed(one.text("key"), one.number("at"), one.hash("was"))


def _read_file(one: Part) -> FilePart:
    one.only("bytes", "sha256", "old_path", "was", "parts")
    return FilePart(
        one.number("bytes"),
        one.hash("sha256"),
        one.none_or("old_path", one.path),
        one.none_or("was", one.hash),
        one.none_or("parts", one.parts),
    )


def _read_elsewhere(one: Part) -> Elsewhere:
    one.only("bytes", "sha256")
    return Elsewhere(one.number("bytes"), one.hash("sha256"))
