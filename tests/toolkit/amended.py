# SPDX-License-Identifier: Apache-2.0
"""Small books written out in tests: their files before, a command, their files after. All content is made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from sourcebook.cli import main


def book(root: Path, collections: dict[str, dict[str, Any]], files: dict[str, str | bytes]) -> Path:
    """A book in ``root``: what the descriptor says of its ``collections``, and ``files`` by path.

    A schema given as data is written to a file; a collection's ``records`` are by default ``data/NAME/*.yaml``.
    """
    resources = []
    for name, said in collections.items():
        settings = {"records": f"data/{name}/*.yaml", **said}
        if isinstance(settings.get("schema"), dict):
            write(root, f"schemas/{name}.schema.json", json.dumps(settings["schema"]))
            settings["schema"] = f"schemas/{name}.schema.json"
        paths = {"path": f"build/csv/{name}.csv", "schema": f"build/tableschema/{name}.json"}
        resources.append({"name": name, **paths, "sourcebook": settings})
    licence = {"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}
    descriptor = {"name": "made-up", "title": "Made up", "licenses": [licence], "resources": resources}
    write(root, "datapackage.yaml", json.dumps(descriptor))
    for path, text in files.items():
        write(root, path, text)
    return root


def write(root: Path, path: str, text: str | bytes) -> None:
    """A file of a book."""
    there = root / path
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_bytes(text if isinstance(text, bytes) else text.encode())


def read(root: Path, path: str) -> str:
    """The text of a file, line ends and all."""
    return (root / path).read_bytes().decode()


def run(root: Path, *arguments: str, **more: Any) -> Result:
    """A command of the book in ``root``."""
    return CliRunner().invoke(main, [*arguments, "--book", str(root)], **more)


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    """The lines of two texts of as many lines that differ."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    assert len(old) == len(new)
    return [(one, other) for one, other in zip(old, new, strict=True) if one != other]
