# SPDX-License-Identifier: Apache-2.0
"""The baseline of a book, read from its file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book.model import BASELINE, Baseline, Known
from sourcebook.finding import Finding, pointer
from sourcebook.parse import Limits, Place, Positions, parse


def read_baseline(root: Path, findings: list[Finding]) -> Baseline:
    """The baseline of the book in ``root``; what is wrong with its file is added to ``findings``."""
    if not (root / BASELINE).exists() and not (root / BASELINE).is_symlink():
        return Baseline()
    limit = Limits().bytes
    data, odd = files.read_bytes(root, BASELINE, limit)
    if odd:
        findings.append(odd)
        return Baseline(there=True)
    parsed = parse(data, BASELINE, depth=len(_ENTRY))
    document = parsed.documents[0] if len(parsed.documents) == 1 else None
    value = document.value if document else None
    entries = value.get("findings") if isinstance(value, dict) else None
    if parsed.findings or document is None or document.positions is None or not isinstance(entries, list):
        place, why = (1, 1), "a mapping with a list `findings` is expected"
        for one in parsed.findings[:1]:
            place, why = (one.line, one.column), one.message
        message = f"this is no baseline: {why}"
        findings.append(Finding(BASELINE, *place, "baseline", message, hint=_WRITE))
        return Baseline(there=True)
    known = list(_entries(entries, document.positions, findings))
    return Baseline(tuple(known), there=True)


_WRITE = "remove the file and run `sourcebook check --write-baseline`"
_ENTRY = ("findings", 0)  # where the first stands
_FIELDS = ("path", "rule", "place", "message")


def _entries(entries: list[Any], positions: Positions, findings: list[Finding]) -> Iterator[Known]:
    for number, entry in enumerate(entries):
        where = ("findings", number)
        place: Place = positions.value(where)
        texts = [entry.get(name) if isinstance(entry, dict) else None for name in _FIELDS]
        if all(isinstance(text, str) for text in texts):
            path, rule, there, message = map(str, texts)
            yield Known(path, rule, there, message, *place, pointer(where))
        else:
            message = "an entry of the baseline has the texts path, rule, place and message"
            findings.append(Finding(BASELINE, *place, "baseline", message, hint=_WRITE, pointer=pointer(where)))
