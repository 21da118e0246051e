# SPDX-License-Identifier: Apache-2.0
"""The scripts by which pages without a server search and run SQL, and SQLite as WebAssembly: files of a static twin.

They lie in a folder whose name tells their content, since they load each other by their own names. Served pages have
none of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "static" / "twin"
_KINDS = (".js", ".wasm")


@cache
def twin_files() -> Mapping[str, bytes]:
    """All of them, by their names in addresses below that of the site's own files."""
    return {f"{scripts()}/{name}": content for name, content in _contents().items()}


@cache
def scripts() -> str:
    """What their folder is called."""
    digest = hashlib.sha256()
    for name, content in _contents().items():
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return f"twin-{digest.hexdigest()[:10]}"


def weight() -> int:
    """How many bytes a reader's browser loads of them before it can look anything up."""
    return sum(map(len, _contents().values()))


@cache
def _contents() -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir()) if path.suffix in _KINDS}
