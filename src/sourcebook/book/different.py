# SPDX-License-Identifier: Apache-2.0
"""The pairs of records that were looked at and judged to be different, read from ``curation/different.yaml``.

The file is a list, an entry a line: ``{collection, keys, on, why}``, of two keys. What looks for duplicates does not
tell of these again.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from sourcebook.book.entries import Entries, Form
from sourcebook.book.model import DIFFERENT, Different
from sourcebook.finding import Finding
from sourcebook.parse import Limits

_FORM = Form(
    path=DIFFERENT,
    rule="different",
    what="pairs that are different",
    example="- {collection: people, keys: [rosa, rosa-diaz], on: 2026-11-30, why: born in other years}",
    fields=("collection", "keys", "on", "why"),
    needed=("collection", "keys", "on", "why"),
    names="collection, keys, on and why",
    depth=3,  # of an item of the keys of an entry
)
_PAIR = 2


def read_different(
    root: Path, collections: Collection[str], limits: Limits, findings: list[Finding]
) -> tuple[Different, ...]:
    """The pairs judged different in the book in ``root``, which has a list; what is wrong is added to ``findings``."""
    entries = Entries(_FORM, collections, {"keys": _keys})
    pairs = tuple(
        Different(one["collection"], (str(one["keys"][0]), str(one["keys"][1])), one["on"], one["why"], **place)
        for number, one in entries.read(root, limits)
        for place in [entries.place(number)]
    )
    findings += entries.findings
    return pairs


def _keys(entries: Entries, number: int, keys: Any) -> None:
    if not isinstance(keys, list) or len(keys) != _PAIR:
        entries.tell((number, "keys"), "the keys of two records are expected here")
        return
    for at, key in enumerate(keys):
        where = (number, "keys", at)
        odd = isinstance(key, bool) or not isinstance(key, str | int) or key == ""
        if not entries.lossy(where, "the key", key) and odd:
            entries.tell(where, "a key is a text or an integer", "put it in quotes if it is text")
    if len({str(key) for key in keys}) == 1:
        entries.tell((number, "keys"), "a record is not different from itself", "name two records")


__all__ = ["read_different"]
