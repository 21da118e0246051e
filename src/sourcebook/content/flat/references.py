# SPDX-License-Identifier: Apache-2.0
"""What stands in a flat table beside the key of a record that is referred to: its label, or what a statement says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sourcebook.content.addresses import Addresses
from sourcebook.content.labels import Labels
from sourcebook.content.opened import Opened
from sourcebook.content.statements import attributed, fetch

_MOST = 50_000  # texts that are kept


class References:
    """The texts of records that many rows refer to, each made once.

    They are there after ``fetch``, and as long as no more are wanted. A statement has who says it and what answers it.
    """

    def __init__(self, opened: Opened, at: Addresses) -> None:
        self._opened = opened
        self._at = at
        self._made: dict[tuple[str, str], str] = {}
        self._wanted: set[tuple[str, str]] = set()
        self.labels = Labels(opened, at)

    def begin(self) -> None:
        """Begin with some more rows: forget what is kept where that is much."""
        if len(self._made) > _MOST:
            self._made.clear()
        self.labels = Labels(self._opened, self._at)

    def want(self, collections: Sequence[str | None], keys: Sequence[Any]) -> None:
        """Have the texts of records fetched: of each key in the collection that it leads to, if any."""
        wanted = {(name, str(key)) for name, key in set(zip(collections, keys, strict=True)) if name is not None}
        for name, key in wanted - self._made.keys():
            self.labels.reference(name, key)
            self._wanted.add((name, key))

    def fetch(self) -> None:
        """Fetch the labels of all that is wanted."""
        fetch(self.labels)
        for name, key in self._wanted:
            told = self.labels.told.get((name, key))
            self._made[name, key] = attributed(told) if told else self.labels.label(name, key)
        self._wanted = set()

    def texts(self, collections: Sequence[str | None], keys: Sequence[Any]) -> list[str | None]:
        """The text of each record, as they were wanted; None for what leads to no collection."""
        made = self._made
        return [None if name is None else made[name, str(key)] for name, key in zip(collections, keys, strict=True)]
