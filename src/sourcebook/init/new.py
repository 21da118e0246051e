# SPDX-License-Identifier: Apache-2.0
"""A new book, with an example to be replaced."""

from __future__ import annotations

from pathlib import Path

from sourcebook.book import DESCRIPTOR
from sourcebook.book.formats import writable
from sourcebook.check.check import check
from sourcebook.init.names import slug
from sourcebook.init.result import Initialised
from sourcebook.init.write_files import Writer, template
from sourcebook.progress import Progress

_FILES = (
    ".gitignore",
    "build/README.md",
    "data/lighthouses/gull-rock.yaml",
    "data/lighthouses/long-sand.yaml",
    "schemas/lighthouse.schema.json",
    "scripts/checks/next-is-another.sql",
)

_EXAMPLE = "lighthouses"  # the collection of the example


def create(root: Path, progress: Progress, install_from: str | None = None) -> Initialised:
    """Write a new book into ``root``, which is made where it is not there. Raises OSError where the disk fails.

    ``install_from`` is as in `init`.
    """
    root.mkdir(parents=True, exist_ok=True)
    writer = Writer(root)
    for path in _FILES:
        writer.new(path, template(path))
    name = slug(root.name) or "book"
    title = name.replace("_", " ").capitalize()
    name = f"{name}-book" if name == _EXAMPLE else name  # the pages of the collection lie at that address
    formats, told = writable()
    text = template(DESCRIPTOR).replace("NAME", name).replace("TITLE", title)
    if isinstance(formats, list):
        text = text.replace("downloads: all\n", f"downloads: [{', '.join(formats)}]\n")
        writer.notes.append(told)
    writer.new(DESCRIPTOR, text)
    progress("checking the new book")
    checked = check(root)
    writer.tools(checked.book, install_from)
    return Initialised(root, tuple(writer.written), (), tuple(writer.notes), checked, fill_in=writer.fill_in)
