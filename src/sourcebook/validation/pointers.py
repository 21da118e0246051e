# SPDX-License-Identifier: Apache-2.0
"""References that say where a schema stands: the address of a file, and a JSON pointer into it.

Nearly all references of books are such. They are followed here, since the library for those of all kinds is slow to
import (``registry``); it has the word on any other, and on those that lead to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol, Self
from urllib.parse import unquote

from sourcebook.validation.addresses import joined


class Resolver(Protocol):
    """Follows references from an address, ``base``."""

    @property
    def base(self) -> str:
        """The address that references are relative to."""

    def lookup(self, reference: str) -> tuple[Any, Resolver]:
        """The schema that ``reference`` means, and what resolves references in it. Raises LookupError."""

    def inside(self, contents: Any) -> Resolver:
        """What resolves references in ``contents``, a subschema here with an identifier of its own."""


class Pointers(NamedTuple):
    """A resolver of pointers into ``documents``, by address; ``beside`` gives those that are elsewhere, or LookupError.

    ``of_all_kinds`` makes the resolver, of an address, that is asked about anything else.
    """

    base: str
    documents: Mapping[str, Any]
    beside: Callable[[str], Any]
    of_all_kinds: Callable[[str], Resolver]

    def lookup(self, reference: str) -> tuple[Any, Resolver]:
        """As of a `Resolver`."""
        try:
            address, pointer = joined(self.base, reference)
            document = self.documents[address] if address in self.documents else self.beside(address)
            return _pointed(document, pointer), self._replace(base=address)
        except (LookupError, ValueError):
            return self.of_all_kinds(self.base).lookup(reference)

    def inside(self, contents: Any) -> Self:  # noqa: ARG002 - a resolver's signature
        """As of a `Resolver`: what is looked up here has no identifiers inside that mean anything."""
        return self


def _pointed(contents: Any, pointer: str) -> Any:
    """What a JSON pointer leads to. Raises LookupError or ValueError where it leads nowhere, or is none."""
    if not pointer:
        return contents
    if not pointer.startswith("/"):  # the name of an anchor
        raise LookupError(pointer)
    for step in unquote(pointer[1:]).split("/"):
        if isinstance(contents, list):
            contents = contents[int(step)]
        elif isinstance(contents, dict):
            contents = contents[step.replace("~1", "/").replace("~0", "~")]
        else:
            raise LookupError(pointer)
    return contents


def by_address(files: Iterable[tuple[str, Any]]) -> Mapping[str, Any] | None:
    """The contents of files by their addresses: the one given, and the one that its ``$id`` says.

    None where pointers alone do not tell what a reference means: where parts of a file have addresses of their own,
    where two files have the same, or one that the standard has given away.
    """
    documents: dict[str, Any] = {}
    for address, contents in files:
        given = contents.get("$id") if isinstance(contents, dict) else None
        published, fragment = joined(address, given) if isinstance(given, str) else (address, "")
        if fragment or published.startswith(_OF_THE_STANDARD) or documents.keys() & {address, published}:
            return None
        if isinstance(contents, dict) and (isinstance(contents.get("id"), str) or (given and "$ref" in contents)):
            return None
        if _has_addresses(contents):
            return None
        documents[address] = documents[published] = contents
    return documents


_OF_THE_STANDARD = ("http://json-schema.org/", "https://json-schema.org/")
_OLD = ("draft-03/schema", "draft-04/schema")  # where an address is called ``id``, as so many other things are


def _has_addresses(contents: Any) -> bool:
    """Whether parts of a schema may have an address of their own."""
    waiting = [contents]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            dialect = value.get("$schema")
            if isinstance(dialect, str) and dialect.rstrip("#").endswith(_OLD):
                return True
            if isinstance(value.get("$id"), str) and value is not contents:
                return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False
