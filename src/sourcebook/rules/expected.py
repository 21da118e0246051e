# SPDX-License-Identifier: Apache-2.0
"""Where a record that is missing would stand: what the patterns and the layout of its collection expect."""

from __future__ import annotations

import re
from typing import Any

from sourcebook.book import Collection, Target
from sourcebook.exact import dumps

_NAME = re.compile(r"[\w][\w.-]*")  # what may be a file's name without a second thought


def place_of(collection: Collection, target: Target, value: Any) -> str:
    """How a record that ``value`` refers to would be added, in words such as ``add data/people/ada.yaml``."""
    field = target.field or collection.key or ""
    pattern = collection.records[0]
    with_field = f"{field}: {dumps(value)}" if field else ""
    if collection.layout in ("file", "front-matter"):
        named = _file(pattern, value) if not field or field == collection.key else ""
        return f"add {named or f'a file {pattern}'}" + (f" with {with_field}" if with_field else "")
    wanted = f"a record with {with_field}" if with_field else f"a record {dumps(value)}"
    where = pattern if "*" not in pattern else f"one of {pattern}"
    return f"add {wanted} to {where}"


def _file(pattern: str, value: Any) -> str:
    """The file of a pattern that would be named for ``value``; the empty string where that cannot be told."""
    text = str(value)
    folder, _, name = pattern.rpartition("/")
    folder = re.sub(r"(/|^)\*\*$", "", folder)
    if isinstance(value, bool) or any(c in folder for c in "*?[") or name.count("*") != 1 or re.search(r"[?\[]", name):
        return ""
    if not _NAME.fullmatch(text):
        return ""
    return f"{folder}/{name.replace('*', text)}" if folder else name.replace("*", text)
