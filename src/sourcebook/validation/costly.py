# SPDX-License-Identifier: Apache-2.0
"""What in a schema may take long to judge by: patterns that are matched by trying, since they look around."""

from __future__ import annotations

import re
from typing import Any

from sourcebook.finding import pointer
from sourcebook.validation import addresses

_TRIED = re.compile(r"\(\?(?:[=!>]|<[=!])|\\[1-9]|\\k<")


def tried(schema: Any) -> list[str]:
    """Where in ``schema`` patterns stand that are not matched in one pass: as JSON pointers, with the keyword."""
    found = []
    for path, one, _ in addresses.schemas_in(schema, addresses.BASE):
        pattern = one.get("pattern")
        if isinstance(pattern, str) and _TRIED.search(pattern):
            found.append(pointer((*path, "pattern")))
        names = one.get("patternProperties")
        found += [
            pointer((*path, "patternProperties", name))
            for name in (names if isinstance(names, dict) else ())
            if _TRIED.search(name)
        ]
    return found
