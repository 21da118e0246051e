# SPDX-License-Identifier: Apache-2.0
"""What was published and is not to be any more, read from ``curation/withdrawn.yaml``.

The file is a list, an entry a line: ``{collection, key, how, on, reason}``. ``how: retracted`` is a record of which its
curators say that it was wrong; ``how: taken-down`` one whose very words are to be nowhere, or the value of one
``property`` of a record that stays, with the fingerprints of these words (``hashes``), by which they are known again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from sourcebook.book.entries import Entries, Form
from sourcebook.book.model import RETRACTED, TAKEN_DOWN, WITHDRAWN, Withdrawn
from sourcebook.finding import Finding
from sourcebook.parse import Limits
from sourcebook.validation.wording import did_you_mean

_HOW = (RETRACTED, TAKEN_DOWN)
_HASH = re.compile("[0-9a-f]{64}", re.ASCII)
_FORM = Form(
    path=WITHDRAWN,
    rule="withdrawn",
    what="what was withdrawn",
    example="- {collection: claims, key: tin-boat, how: retracted, on: 2026-11-30, reason: The paper withdrew it.}",
    fields=("collection", "key", "property", "how", "on", "reason", "hashes"),
    needed=("collection", "key", "how", "on", "reason"),
    names="collection, key, how, on and reason",
    keys=("key",),
    depth=3,  # of an item of the hashes of an entry
)


def read_withdrawn(
    root: Path, collections: Collection[str], limits: Limits, findings: list[Finding]
) -> tuple[Withdrawn, ...]:
    """What the book in ``root``, which has the list, withdrew; what is wrong with it is added to ``findings``."""
    entries = Entries(_FORM, collections, {"how": _how, "hashes": _hashes}, _of_words)
    withdrawn = tuple(_entries(entries, root, limits))
    findings += entries.findings
    return withdrawn


def _entries(entries: Entries, root: Path, limits: Limits) -> Iterator[Withdrawn]:
    first: dict[tuple[str, str, str], int] = {}
    for number, entry in entries.read(root, limits):
        texts = {name: str(value) for name, value in entry.items() if name != "hashes"}
        one = Withdrawn(**texts | {"hashes": tuple(entry.get("hashes") or ())} | entries.place(number))
        earlier = first.setdefault((one.collection, one.key, one.property), one.line)
        if earlier != one.line:
            what = f"{one.collection} {one.key!r}" + (f", {one.property}," if one.property else "")
            hint = "keep one of both entries; of what was taken down, one with all hashes"
            entries.tell((number, "key"), f"{what} is in line {earlier} already", hint)
        else:
            yield one


def _how(entries: Entries, number: int, value: Any) -> None:
    if not isinstance(value, str) or value not in _HOW:
        message = f"a record is {' or '.join(_HOW)}, and this is neither"
        entries.tell((number, "how"), message, did_you_mean(str(value), _HOW))


def _hashes(entries: Entries, number: int, value: Any) -> None:
    if not isinstance(value, list):
        entries.tell(
            (number, "hashes"), "a list of the fingerprints that `sourcebook takedown` writes is expected here"
        )
        return
    for at, one in enumerate(value):
        where = (number, "hashes", at)
        if not entries.lossy(where, "the fingerprint", one) and not (isinstance(one, str) and _HASH.fullmatch(one)):
            entries.tell(
                where, "a fingerprint is 64 digits of 0 to 9 and a to f", "put it in quotes, as it was written"
            )


def _of_words(entries: Entries, number: int, entry: dict[str, Any]) -> None:
    for name in ("property", "hashes"):
        if entry.get("how") == RETRACTED and name in entry:
            message = f"{name!r} is of what was taken down, and this was retracted"
            entries.tell((number, name), message, f"how: {TAKEN_DOWN}", at_key=True)


__all__ = ["read_withdrawn"]
