# SPDX-License-Identifier: Apache-2.0
"""What references may mean, as an index that lets records go again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sourcebook.book import Target, is_several
from sourcebook.tables.links import Index

Value = tuple[Target, Any]


class Living(Index):
    """An `Index` from which records may be taken. Where a value means several, their ``order`` says which is first."""

    def __init__(self, index: Index, order: Callable[[str, str | int], int]) -> None:
        """``index`` is taken over, and not to be used any more; ``order`` is the place of a record, by its key."""
        self._keys, self._more, self._targets = index._keys, index._more, index._targets  # of its kind
        self._withheld = index._withheld
        self._order = order

    def values(self, collection: str, key: str | int, fields: Sequence[Any]) -> Iterator[Value]:
        """What a record may be referred to by, given its value of each of the `fields`."""
        given = iter(fields)
        for target in self._targets.get(collection, ()):
            value = next(given) if target.field else key
            several = value if isinstance(value, list) and (target.as_text or is_several(target.field)) else [value]
            for one in several:
                if one is not None:
                    yield target, str(one) if target.as_text else one

    def put(self, value: Value, key: str | int) -> None:
        """Have a value mean a record, beside those that it means already."""
        self.set(value, [*self.keys_of(value), key])

    def take(self, value: Value, key: str | int) -> None:
        """Have it not mean the record any more."""
        self.set(value, [one for one in self.keys_of(value) if one != key])

    def keys_of(self, value: Value) -> list[str | int]:
        """The keys of the records that a value means, in order."""
        first = self._keys[value[0]].get(value[1])
        return [] if first is None else [first, *dict.fromkeys(self._more.get(value, ()))]

    def set(self, value: Value, keys: Sequence[str | int]) -> None:
        """Have a value mean the records of ``keys``, and no others."""
        target, one = value
        some = list(dict.fromkeys(keys))
        if len(some) > 1:
            some.sort(key=lambda key: self._order(target.collection, key))
        self._more.pop(value, None)
        if not some:
            self._keys[target].pop(one, None)
            return
        self._keys[target][one] = some[0]
        if some[1:]:
            self._more[value] = some[1:]
