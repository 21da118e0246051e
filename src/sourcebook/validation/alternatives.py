# SPDX-License-Identifier: Apache-2.0
"""Of the alternatives that a schema allows (``anyOf``, ``oneOf``), the one that an instance came closest to.

A property whose value a branch fixes (``kind: hotel``) decides; else the branch with the fewest mistakes at the top,
where what is missing or unknown speaks against it, then the fewest at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LibraryError = Any  # jsonschema.exceptions.ValidationError, whose own types allow for half-made errors


@dataclass(frozen=True, slots=True)
class Branch:
    """One alternative: its number, what is wrong with the instance by it, and its name, where it has one."""

    number: int
    errors: tuple[LibraryError, ...]
    name: str

    @property
    def fits_type(self) -> bool:
        """Whether the instance is at least of the type that the branch is about."""
        return not any(not e.path and e.validator in ("type", "const", "enum", None) for e in self.errors)

    @property
    def fixed(self) -> frozenset[str | int]:
        """The properties whose values speak against the branch, since it fixes others."""
        return frozenset(e.path[0] for e in self.errors if len(e.path) == 1 and e.validator in ("const", "enum"))

    @property
    def missing(self) -> frozenset[str]:
        """The properties at the top that the branch needs and the instance has not."""
        return frozenset(
            name
            for e in self.errors
            if not e.path and e.validator == "required"
            for name in e.validator_value
            if name not in e.instance
        )

    @property
    def distance(self) -> tuple[bool, int, int, int]:
        """How far the instance is from fitting."""
        top = sum(_count(e) for e in self.errors if not e.path)
        depth = max((len(e.path) for e in self.errors), default=0)
        return not self.fits_type, top, len(self.errors), -depth


def branches(error: LibraryError) -> list[Branch]:
    """The alternatives that an instance does not fit, in order."""
    errors: dict[int, list[LibraryError]] = {}
    for child in error.context or ():
        path = list(child.schema_path)
        # There is no path of an alternative that is false.
        errors.setdefault(path[0] if path and isinstance(path[0], int) else -1 - len(errors), []).append(child)
    return [Branch(number, tuple(found), _name(error, number)) for number, found in errors.items()]


def candidates(found: list[Branch]) -> list[Branch]:
    """The branches that may have been meant: of the right type, and not those that a property's value rules out."""
    right = [branch for branch in found if branch.fits_type] or found
    deciding = frozenset[str | int]().union(*(branch.fixed for branch in right))
    for name in sorted(deciding, key=str):
        meant = [branch for branch in right if name not in branch.fixed]
        if meant and all(_has(branch, name) for branch in meant):
            right = meant
    return right


def _has(branch: Branch, name: str | int) -> bool:
    """Whether the instance has the property by which branches are told apart, as far as this branch sees."""
    return name not in branch.missing


def _count(error: LibraryError) -> int:
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        return sum(key not in known for key in error.instance)
    return 1


def _name(error: LibraryError, number: int) -> str:
    """The title of an alternative, or the name that its ``$ref`` ends in."""
    listed = error.validator_value
    schema = listed[number] if isinstance(listed, list) and 0 <= number < len(listed) else None
    if not isinstance(schema, dict):
        return ""
    reference = schema.get("$ref", "")
    tail = reference.rstrip("/").rpartition("/")[2] if isinstance(reference, str) else ""
    title = schema.get("title")
    return title if isinstance(title, str) and title else tail
