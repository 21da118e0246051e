# SPDX-License-Identifier: Apache-2.0
"""Text to plain data, strictly: the only reader of YAML.

Values are read by the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema): ``NO``, ``22:22`` and
``2014-05-01`` are strings, ``012`` is the integer 12. Mapping keys are the text as written. Whatever is not plain
data (duplicate keys, unknown tags, bombs, bytes that are not text) is a finding at its line.

Bytes become text (`text`). Of most texts the values are all that is wanted, and a fast parser gives them (`fast`). Of
any other the text becomes events by the grammar (`reader`), and events become data (`construct`): `by_events`.
"""

from __future__ import annotations

from sourcebook.parse import fast
from sourcebook.parse.model import Document, Limits, Lossy, Parsed, Path, Place, Positions
from sourcebook.parse.text import decode, too_long

__all__ = ["Document", "Limits", "Lossy", "Parsed", "Path", "Place", "Positions", "parse", "parse_many", "too_long"]


def parse(
    data: bytes, path: str, limits: Limits = Limits(), *, positions: bool = False, depth: int | None = None
) -> Parsed:
    """Read the bytes of one YAML or JSON file.

    ``path`` names the file in findings; with ``positions`` each document carries the place of every key and value, with
    ``depth`` the places of those at most so deep (a list's items are 1 deep), which costs little.
    Whatever is wrong is returned as findings with line and column; nothing is raised for any input.
    """
    text, finding = decode(data, path, limits)
    if finding:
        return Parsed(findings=(finding,))
    if not positions:
        document = fast.document(text, limits, depth)
        if document is not None:
            return Parsed((document,))
    from sourcebook.parse import by_events  # slow to import, with its grammar and PyYAML, and most books do without

    return by_events.parsed(text, path, limits, positions=positions, depth=depth)


def parse_many(files, limits=Limits(), *, depth=None):
    return [parse(data, path, limits, depth=depth) for path, data in files]
