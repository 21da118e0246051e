# SPDX-License-Identifier: Apache-2.0
"""Schemas that name their dialect by nearly the address of a draft, as libraries can read them."""

from __future__ import annotations

from typing import Any

from sourcebook.validation.addresses import subschemas
from sourcebook.validation.keywords import dialect


def of_drafts(contents: Any, *, named: bool = False) -> Any:
    """A schema whose dialects are named by the addresses of drafts, as libraries know them; itself, where they are."""
    changed = {}
    for key, value, names in subschemas(contents, named=named):
        new = of_drafts(value, named=names)
        if not named and key == "$schema" and isinstance(value, str):
            new = dialect(value) or value
        if new is not value:
            changed[key] = new
    if not changed:
        return contents
    if isinstance(contents, dict):
        return {**contents, **changed}
    return [changed.get(index, item) for index, item in enumerate(contents)]
