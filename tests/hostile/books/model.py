# SPDX-License-Identifier: Apache-2.0
"""A case: the files of a hostile book, and what is to be done with it besides a check and a build."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

Command = tuple[str, ...]
"""The arguments of a command; ``BOOK`` stands for the book's folder."""

CANARY = "canary-7b1e-never-read"
"""What the files beside the book hold: where it is seen, the book had them read."""


@dataclass
class Case:
    """A book by its files, and ``links``: what no bytes make, each by a function that is given the book's folder.

    ``commands`` are run after a check and a build; with ``adopt``, the folder is adopted as well, as found data.
    """

    files: dict[str, bytes]
    links: tuple[Callable[[Path], None], ...] = ()
    commands: tuple[Command, ...] = ()
    adopt: bool = False

    def write(self, folder: Path) -> None:
        """Make the book. A name that this machine's disk cannot have is left out."""
        folder.mkdir()
        for path, data in self.files.items():
            try:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(data)
            except (OSError, ValueError):
                continue
        for make in self.links:
            make(folder)


Generator = Callable[[Random], Case]


@dataclass
class Kind:
    """A kind of cases: its generators, by name."""

    name: str
    generators: dict[str, Generator] = field(default_factory=dict)

    def __call__(self, generator: Generator) -> Generator:
        """Add a generator, as a decorator."""
        self.generators[generator.__name__] = generator
        return generator


SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "height": {"type": "number"},
        "lit": {"type": "string", "format": "date"},
        "keepers": {"type": "array", "items": {"type": "object", "properties": {"who": {"type": "string"}}}},
        "near": {"type": "string"},
    },
}
"""The schema of lighthouses that do not exist: what a case does not break fits it."""

RECORD = b"name: Low Light\nheight: 12.5\nlit: 1901-05-31\nkeepers:\n  - who: A. Keeper\n"


def resource(name: str = "lights", **settings: Any) -> dict[str, Any]:
    """A resource of the descriptor, with what ``settings`` say in its block."""
    block = {"records": f"data/{name}/*.yaml", "schema": f"schemas/{name}.schema.json", **settings}
    block = {key: value for key, value in block.items() if value is not None}
    table = {"path": f"build/csv/{name}.csv", "schema": f"build/tableschema/{name}.json"}
    return {"name": name, **table, "sourcebook": block}


def descriptor(*resources: Any, **said: Any) -> bytes:
    """A descriptor of these resources (one of lights, where none are given) that says ``said`` besides."""
    whole = {"name": "coast", "resources": list(resources) or [resource()], **said}
    return json.dumps(whole, indent=1).encode("utf-8", "surrogatepass")


def book(
    records: Mapping[str, bytes] | bytes = RECORD,
    schema: Any = SCHEMA,
    /,
    *,
    said: bytes | None = None,
    more: Mapping[str, bytes] | None = None,
    commands: tuple[Command, ...] = (),
    links: tuple[Callable[[Path], None], ...] = (),
    adopt: bool = False,
    **settings: Any,
) -> Case:
    """A book of lights, of which a case says what is hostile; all else is as it should be.

    ``records`` are files below ``data/lights/``, or one of them; ``schema`` is plain data or the text of the file.
    """
    files = records if isinstance(records, Mapping) else {"low.yaml": records}
    written = schema if isinstance(schema, bytes) else json.dumps(schema).encode("utf-8", "surrogatepass")
    whole = {
        "datapackage.yaml": descriptor(resource(**settings)) if said is None else said,
        "schemas/lights.schema.json": written,
        **{f"data/lights/{name}": data for name, data in files.items()},
        **(more or {}),
    }
    return Case(whole, links, commands, adopt)


def quoted(text: str) -> bytes:
    """A text as a scalar of YAML in double quotes, ASCII alone."""
    return json.dumps(text).encode()


def symlink(path: str, target: str) -> Callable[[Path], None]:
    """Makes a symbolic link at ``path`` in the book."""

    def make(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).symlink_to(target)

    return make


def pipe(path: str) -> Callable[[Path], None]:
    """Makes a named pipe at ``path`` in the book: who opens it to read waits for ever."""

    def make(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(folder / path)

    return make


def raw_file(path: bytes, data: bytes) -> Callable[[Path], None]:
    """Makes a file whose name need not be UTF-8, where the disk allows that."""

    def make(folder: Path) -> None:
        whole = folder / os.fsdecode(path)
        whole.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            whole.write_bytes(data)

    return make
