# SPDX-License-Identifier: Apache-2.0
"""Keys of one mapping that a reader cannot tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sourcebook.alike import seen


def lookalikes(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each key that looks like an earlier one, with that one."""
    first: dict[str, str] = {}
    for key in keys:
        earlier = first.setdefault(seen(key), key)
        if earlier != key:
            yield key, earlier
