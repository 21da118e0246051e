# SPDX-License-Identifier: Apache-2.0
"""What a book says became of its keys, in ``curation/moved.yaml``: read leniently, since `check` tells its mistakes."""

from __future__ import annotations

from sourcebook.diff.records import Moved
from sourcebook.diff.sides import MOVED, Files
from sourcebook.parse import parse


def moved_of(*sides: Files) -> Moved:
    """The entries of some sides, of which the later ones go first."""
    to: dict[tuple[str, str], str] = {}
    gone: dict[tuple[str, str], str] = {}
    for side in sides:
        data = side.text(MOVED)
        parsed = parse(data, MOVED) if data else None
        entries = parsed.documents[0].value if parsed and parsed.documents else None
        for entry in entries if isinstance(entries, list) else ():
            if not isinstance(entry, dict) or not isinstance(entry.get("collection"), str) or "key" not in entry:
                continue
            name = entry["collection"], str(entry["key"])
            if isinstance(entry.get("to"), str | int):
                to[name] = str(entry["to"])
                gone.pop(name, None)
            elif isinstance(entry.get("gone"), str):
                gone[name] = entry["gone"]
                to.pop(name, None)
    return Moved(to, gone)
