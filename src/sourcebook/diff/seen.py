# SPDX-License-Identifier: Apache-2.0
"""What is shown of the records of a side, and of what its descriptor says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Shown = Callable[[str, Any], Any]
"""What is shown of a record of a collection; HIDDEN where nothing is."""

SAID = ("name", "title", "description", "version", "homepage", "licenses", "sources", "contributors", "keywords")
"""What a descriptor says to readers."""


def as_it_is(_: str, record: Any) -> Any:
    """All of a record."""
    return record
