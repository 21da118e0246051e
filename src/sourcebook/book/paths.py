# SPDX-License-Identifier: Apache-2.0
"""Property paths, as keys and references are written: ``roles[].person.id``; a backslash escapes a dot.

``[]`` is each item of a list, ``{}`` each value of a map, and ``{key}`` each key of a map.
"""

from __future__ import annotations

import re
from typing import Any

SPECIAL = ("[]", "{}", "{key}")


def steps(path: str) -> tuple[str, ...]:
    """A property path taken apart: ``roles[].person\\.id`` gives ``("roles", "[]", "person.id")``."""
    parts = re.findall(r"\[\]|\{\}|\{key\}|(?:[^\\.\[\]{}]|\\.)+", path)
    return tuple(part if part in SPECIAL else re.sub(r"\\(.)", r"\1", part) for part in parts)


def is_several(path: str) -> bool:
    """Whether a path leads to several values: through lists or maps."""
    return any(step in SPECIAL for step in steps(path))


def join(path: str, part: str) -> str:
    """A property path with one more property."""
    escaped = re.sub(r"([\\.\[\]{}])", r"\\\1", part)
    return f"{path}.{escaped}" if path else escaped


PART = re.compile(r"\{((?:[^{}\\]|\\.)*)\}")
"""A part of a template: what stands in braces."""


def template_parts(template: str) -> list[str]:
    """What stands in braces in the template of a key."""
    return PART.findall(template)


def look_up(value: Any, path: tuple[str, ...]) -> Any:
    """The value at a path of properties. Raises KeyError where there is none."""
    for part in path:
        if not isinstance(value, dict):
            raise KeyError(part)
        value = value[part]
    return value
