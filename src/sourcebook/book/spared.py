# SPDX-License-Identifier: Apache-2.0
"""A descriptor without what is wrong in it, so that all else in the book can be looked at in the same run.

What is taken out leaves a gap: of what depends on it nothing may be told, for that would be told of one mistake twice.
So it is noted which keys were lost, of the whole book and of each of its collections.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from sourcebook.book.annotations import KEYWORD
from sourcebook.book.descriptor import descriptor_schema, plain_name
from sourcebook.book.model import DATA, DESCRIPTOR, SCHEMAS
from sourcebook.finding import Finding
from sourcebook.validation.likeness import nearest
from sourcebook.validation.schemas import Violation, check

ALL = "*"
"""In the place of a key: nobody knows which one was meant, so that it may be any."""
OF_BOOK = -1
"""In the place of a resource's number: the book as a whole."""


@dataclass(frozen=True)
class Spared:
    """A descriptor that has the form that one must have: ``value``, of which keys were ``lost``, by resource.

    Resources that are ``gone`` have no name that could be guessed: another stands in the place of each.
    """

    value: Mapping[str, Any]
    lost: Mapping[int, frozenset[str]]
    gone: frozenset[int]

    def by_name(self) -> dict[str, frozenset[str]]:
        """The keys that were lost, by the name of the collection; those of the book by the empty text."""
        names = {number: one["name"] for number, one in enumerate(self.value["resources"])}
        found = {names.get(number, ""): keys for number, keys in self.lost.items() if number not in self.gone}
        found |= {name: found.get(name, frozenset()) | {"name"} for name in self._other_names}
        return {**found, "": found.get("", frozenset()) | ({"resources"} if self.gone else frozenset())}

    def follows(self, finding: Finding, schemas: Collection[str]) -> bool:
        """Whether a finding of the loaded rest may follow from what was taken out.

        ``schemas`` are the schema files that collections name.
        """
        book = self.lost.get(OF_BOOK, frozenset())
        if finding.path == DESCRIPTOR:
            parts = finding.pointer.split("/")[1:]
            if parts[:1] != ["resources"]:
                return len(parts) > 1 and bool(book & {parts[1], ALL})
            lost = self.lost.get(int(parts[1]), frozenset())
            if finding.rule == "address-taken" or "address" in parts:
                return bool(lost & {"page", "name", ALL} or self.gone)
            return parts[-1:] != ["schema"] and bool(lost & {*_OF_READING, *parts[3:4]})
        if finding.rule in ("different", "moved", "withdrawn"):
            named = _NAMED.match(finding.message)
            return named is not None and (bool(self.gone) or plain_name(named[1]) in self._other_names)
        if finding.path.startswith("scripts/"):
            return (finding.rule == "script-unrun" and bool(book & {"ignore", ALL})) or (
                "panels" in finding.path and "collection" in finding.message and bool(self.gone)
            )
        if finding.rule.startswith("visibility") and (self.gone or self._lost("schema")):
            return True
        if finding.rule == "schema-near-miss" and finding.pointer.endswith(f"/{KEYWORD}"):
            return bool(self.gone) or self._lost("schema")
        # What is not to be read at all may be a schema, too.
        return finding.path.startswith(f"{SCHEMAS}/") and finding.path not in schemas and bool(book & {"ignore", ALL})

    @cached_property
    def _other_names(self) -> set[str]:
        """What collections may be meant to be called: a name that was mended, or that of what a resource publishes."""
        found = set()
        for number, one in enumerate(self.value["resources"]):
            if "name" in self.lost.get(number, ()):
                found.add(one["name"])
            elif number not in self.gone:
                found.update(PurePosixPath(one[place]).stem for place in ("path", "schema"))
                found.discard(one["name"])
        return found - {""}

    def _lost(self, key: str) -> bool:
        return any(keys & {key, ALL} for number, keys in self.lost.items() if number != OF_BOOK)


_NAMED = re.compile("there is no collection '(.*)'")
_OF_READING = ("layout", "at", "key", ALL)


def spared(descriptor: Any) -> Spared | None:
    """What is left of a parsed descriptor without what is wrong in it; None where that names no resource."""
    left = _Left(copy.deepcopy(descriptor))
    for _ in range(_ROUNDS):  # for what is taken out may have been asked for
        if not isinstance(left.value, dict) or not left.value.get("resources"):
            return None
        violations = check(left.value, descriptor_schema())
        if not violations:
            return left.spared()
        if any(one.path == ("resources",) for one in violations):
            return None
        for violation in violations:
            left.without(violation)
    return None


_ROUNDS = 10
_NOWHERE = f"{DATA}/-/-.yaml"  # in the place of patterns: a path at which nobody keeps records
# Of what these say, each entry says something by itself.
_BY_ENTRY = ("anchors", "key_replace", "limits", "page", "references", "release", "rename", "role", "rules")


class _Left:
    """What is left of a descriptor, while things are taken out."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self._lost: dict[int, set[str]] = {}
        self._gone: set[int] = set()

    def spared(self) -> Spared:
        """It, when all is taken out."""
        first: dict[str, int] = {}
        for number, resource in enumerate(self.value["resources"]):
            other = first.setdefault(resource["name"].casefold(), number)
            if other != number:  # which of the two is meant where the name stands, nobody knows
                self._lose(other, ALL)
                self._gone.add(number)
        if self._lost.get(OF_BOOK, set()) & {"formats", ALL}:
            self.value.setdefault("sourcebook", {})["formats"] = False
        lost = {number: frozenset(keys) for number, keys in self._lost.items()}
        return Spared(self.value, lost, frozenset(self._gone))

    def _lose(self, number: int, *keys: str) -> None:
        self._lost.setdefault(number, set()).update(keys)

    def without(self, violation: Violation) -> None:
        """Take out what a violation is about, or put something in the place of what is missing."""
        path = violation.path
        if path[:1] == ("resources",):
            self._of_resource(int(path[1]), path[2:], violation)
        elif path[:1] == ("sourcebook",):
            self._of_block(OF_BOOK, self.value, path, violation)
        elif path in ((), ("name",)):
            self.value["name"] = _NAMELESS
        else:
            self.value.pop(path[0], None)

    def _of_resource(self, number: int, path: tuple[str | int, ...], violation: Violation) -> None:
        resource = self.value["resources"][number]
        if number in self._gone:
            return
        if not isinstance(resource, dict):
            self._leave(number)
            return
        missing = violation.name if not path and violation.keyword == "required" else ""
        if "name" in (missing, *path[:1]):
            plain = plain_name(resource["name"])[:_LONGEST] if isinstance(resource.get("name"), str) else ""
            others = [one.get("name") for one in self.value["resources"] if isinstance(one, dict)]
            if plain and plain not in others:
                resource["name"] = plain
                self._lose(number, "name")
            else:
                self._leave(number)
        elif path[:1] == ("sourcebook",) or missing == "sourcebook":
            self._of_block(number, resource, path, violation)
        elif missing:
            resource[missing] = ""
        elif path:
            resource.pop(path[0], None)

    def _leave(self, number: int) -> None:
        self._gone.add(number)
        stands = {"name": f"{_NAMELESS}-{number}", "path": "", "schema": "", "sourcebook": {"records": _NOWHERE}}
        self.value["resources"][number] = stands

    def _of_block(self, number: int, whole: dict[str, Any], path: tuple[str | int, ...], violation: Violation) -> None:
        """Take something out of a block ``sourcebook``, to which the first step of ``path`` leads."""
        needed = {} if number == OF_BOOK else {"records": _NOWHERE}
        block = whole.get("sourcebook")
        if not isinstance(block, dict):
            whole["sourcebook"] = needed
            self._lose(number, ALL)
            return
        if not path:
            return  # which is mended meanwhile
        if len(path) == 1:  # patterns are missing
            block.update(needed)
            self._lose(number, "records")
            return
        key = str(path[1])
        if violation.at_key and len(path) == 2:
            form = "settings" if number == OF_BOOK else "collection"
            self._lose(number, violation.name or nearest(key, descriptor_schema()["$defs"][form]["properties"]) or ALL)
        else:
            self._lose(number, key)
        inner = block.get(key)
        if key in _BY_ENTRY and len(path) > 2 and isinstance(inner, dict):
            inner.pop(path[2], None)
        elif key in needed:
            block[key] = needed[key]
        else:
            block.pop(path[1], None)


_NAMELESS = "unnamed-book"
_LONGEST = 120
