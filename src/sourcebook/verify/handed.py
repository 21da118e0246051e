# SPDX-License-Identifier: Apache-2.0
"""What of a descriptor is handed to frictionless, which follows every address and path that it finds in one.

An allow-list: what describes tables, and paths to regular files of the folder. Frictionless would fetch a profile, a
dialect, a schema or a table from any host, and open files elsewhere, packed or not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sourcebook.exact import loads
from sourcebook.files import open_below
from sourcebook.parse import parse

_PACKAGE = ("name", "title", "description", "version", "homepage", "licenses", "sources", "contributors", "keywords")
_RESOURCE = ("name", "type", "title", "description", "format", "mediatype", "encoding")
_FORMAT, _ENCODINGS = "csv", ("utf-8", "utf8", "UTF-8")
_MOST = 100_000_000  # bytes of a descriptor or a schema

Told = list[tuple[str, str]]


def handed(descriptor: Path, folder: Path, below: str = "") -> tuple[dict[str, Any] | None, Told]:
    """What frictionless is handed of the ``descriptor``, and what is wrong with the rest: file and words each.

    Its paths begin with ``below``, and lead from there into ``folder``. None where nothing can be handed.
    """
    told = Told()
    try:
        said = _read(descriptor.parent, descriptor.name)
    except (OSError, ValueError) as error:
        return None, [("", f"the descriptor cannot be read: {error}")]
    if not isinstance(said, dict) or not isinstance(said.get("resources"), list):
        return None, [("", "the descriptor has no list of resources")]
    package = {name: said[name] for name in _PACKAGE if name in said}
    package["resources"] = [one for each in said["resources"] for one in _resource(folder, below, each, told)]
    return package, told


def _resource(folder: Path, below: str, said: Any, told: Told) -> Iterator[dict[str, Any]]:
    if not isinstance(said, dict):
        told.append(("", "a resource is no object"))
        return
    path, schema = said.get("path"), said.get("schema")
    shown = path if isinstance(path, str) else str(said.get("name"))
    resource = {name: said[name] for name in _RESOURCE if name in said}
    if not _is_file(folder, below, path):
        told.append((shown, "its path is not that of a file of the release"))
        return
    if str(resource.get("format", _FORMAT)) != _FORMAT or resource.get("encoding", "utf-8") not in _ENCODINGS:
        told.append((shown, "it is said to be another than a CSV in UTF-8"))
        return
    if isinstance(schema, str):
        if not _is_file(folder, below, schema):
            told.append((shown, "its schema is not a file of the release"))
            return
        try:
            schema = _read(folder, schema.removeprefix(below))
        except (OSError, ValueError) as error:
            told.append((shown, f"its schema cannot be read: {error}"))
            return
    if not isinstance(schema, Mapping):
        told.append((shown, "it has no schema"))
        return
    yield {**resource, "path": path, "scheme": "file", "format": _FORMAT, "schema": dict(schema)}


def _is_file(folder: Path, below: str, path: Any) -> bool:
    """Whether a path, as a descriptor has it, is one to a regular file below ``folder``, through no link."""
    if not isinstance(path, str) or not path.startswith(below) or "\\" in path or ":" in path or "\0" in path:
        return False
    path = path.removeprefix(below)
    if any(part in ("", ".", "..") for part in path.split("/")):
        return False
    try:
        os.close(open_below(folder, path))
    except OSError:
        return False
    return True


def _read(folder: Path, path: str) -> Any:
    """The value of a file below ``folder``, in JSON or YAML. Raises OSError, ValueError where it has none."""
    with open(open_below(folder, path), "rb") as file:
        if os.fstat(file.fileno()).st_size > _MOST:
            raise ValueError("it is too large")
        data = file.read()
    if path.endswith(".json"):
        return loads(data)
    parsed = parse(data, path)
    if parsed.broken or len(parsed.documents) != 1:
        raise ValueError("it is no YAML of one document")
    return parsed.documents[0].value
