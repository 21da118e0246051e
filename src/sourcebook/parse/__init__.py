# SPDX-License-Identifier: Apache-2.0
"""Text to plain data, strictly: the only reader of YAML, and of JSON.

In come the bytes of one file; out go plain values, their places and findings. It knows nothing of books, records and
schemas, and of the disk.

Values are read by the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema): ``NO``, ``22:22`` and
``2014-05-01`` are strings, ``012`` is the integer 12. Mapping keys are the text as written. Whatever is not plain
data (duplicate keys, unknown tags, bombs, bytes that are not text) is a finding at its line.

A file whose name ends as those of JSON do (`names`) is read by the grammar of JSON
(https://www.rfc-editor.org/rfc/rfc8259) and nothing else; what is no matter of grammar is as in YAML.

Bytes become text (`decode`). Of most texts the values are all that is wanted, and a fast parser gives them (`fast`). Of
any other the text becomes events by the grammar (`reference`, `json_grammar`), and events become data (`construct`):
`by_events`, `json_reader`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sourcebook.finding import Finding
from sourcebook.parse import fast, stream
from sourcebook.parse.decode import decode, too_long
from sourcebook.parse.model import Document, Limits, Lossy, Parsed, Path, Place, Positions
from sourcebook.parse.names import NOT_JSON, is_json, is_lines, not_read
from sourcebook.parse.side_by_side import Texts
from sourcebook.parse.stream import lowered

__all__ = [
    "NOT_JSON",
    "Document",
    "Limits",
    "Lossy",
    "Parsed",
    "Path",
    "Place",
    "Positions",
    "is_json",
    "is_lines",
    "lowered",
    "not_read",
    "parse",
    "parse_many",
    "too_long",
]

_TOGETHER = 256 * 1024  # bytes of files that are read together, so that memory and caches bear them


def parse(
    data: bytes, path: str, limits: Limits = Limits(), *, positions: bool = False, depth: int | None = None
) -> Parsed:
    """Read the bytes of one YAML or JSON file; of JSON Lines, those of one line.

    ``path`` names the file in findings, and its ending the language; with ``positions`` each document carries the place
    of every key and value, with ``depth`` the places of those at most so deep (a list's items are 1 deep), which costs
    little.
    Whatever is wrong is returned as findings with line and column; nothing is raised for any input.
    """
    text, finding = decode(data, path, limits)
    finding = finding or not_read(path)
    if finding:
        return Parsed(findings=(finding,))
    if not positions:
        (document,) = fast.documents(Texts([text]), limits, depth, (0,) if is_json(path) else ())
        if document is not None:
            return Parsed((document,))
        if not is_json(path) and (several := stream.documents(text, limits, depth)):
            return Parsed(several)
    return _by_events(text, path, limits, depth, positions=positions)


def parse_many(
    files: Sequence[tuple[str, bytes]], limits: Limits = Limits(), *, depth: int | None = None
) -> list[Parsed]:
    """What `parse` gives for the path and the bytes of each file. Small ones cost less together."""
    found: list[Parsed] = []
    for some in _portions(files):
        found += _together(some, limits, depth)
    return found


def _together(files: Sequence[tuple[str, bytes]], limits: Limits, depth: int | None) -> list[Parsed]:
    texts, findings = _texts(files, limits)
    paths = [path for (path, _), finding in zip(files, findings, strict=True) if finding is None]
    json = {number for number, path in enumerate(paths) if is_json(path)}
    read = iter(zip(texts.texts, fast.documents(texts, limits, depth, json), strict=True))
    found: list[Parsed] = []
    for (path, _), finding in zip(files, findings, strict=True):
        if finding:
            found.append(Parsed(findings=(finding,)))
        else:
            text, document = next(read)
            found.append(Parsed((document,)) if document else _by_events(text, path, limits, depth))
    return found


def _texts(files: Sequence[tuple[str, bytes]], limits: Limits) -> tuple[Texts, list[Finding | None]]:
    """The texts of the files that have one, and the findings about the others."""
    known = [not_read(path) for path, _ in files]
    if max(len(data) for _, data in files) <= limits.bytes and not any(known):
        texts = Texts.of([data for _, data in files])
        if texts is not None:
            return texts, [None] * len(files)
    decoded = [decode(data, path, limits) for path, data in files]
    findings = [wrong or other for (_, wrong), other in zip(decoded, known, strict=True)]
    return Texts([text for (text, _), finding in zip(decoded, findings, strict=True) if finding is None]), findings


def _portions(files: Sequence[tuple[str, bytes]]) -> Iterator[Sequence[tuple[str, bytes]]]:
    """The files in portions that are not too long to be looked at together."""
    start = size = 0
    for number, (_, data) in enumerate(files):
        if size + len(data) > _TOGETHER and number > start:
            yield files[start:number]
            start, size = number, 0
        size += len(data)
    if start < len(files):
        yield files[start:]


def _by_events(text: str, path: str, limits: Limits, depth: int | None, *, positions: bool = False) -> Parsed:
    if is_json(path):
        from sourcebook.parse import json_reader

        return json_reader.parsed(text, path, limits, positions=positions, depth=depth)
    from sourcebook.parse import by_events  # slow to import, with its grammar and PyYAML, and most books do without

    return by_events.parsed(text, path, limits, positions=positions, depth=depth)
