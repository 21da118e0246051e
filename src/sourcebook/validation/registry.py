# SPDX-License-Identifier: Apache-2.0
"""References of all kinds, through ``referencing``, and the published metaschemas: the door to both.

It is slow to import: most books need neither (``pointers``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import referencing.exceptions
from jsonschema_specifications import REGISTRY as SPECIFICATIONS
from referencing import Registry, Resource, Specification
from referencing.jsonschema import DRAFT202012, specification_with

METASCHEMAS = {uri.rstrip("#"): SPECIFICATIONS.contents(uri) for uri in SPECIFICATIONS}
"""What the standard publishes, by address."""


def registry_of(resources: Iterable[tuple[str, Any]], retrieve: Callable[[str], Any]) -> Registry[Any]:
    """The schemas at their addresses, beside those of the standard; ``retrieve`` gives others or raises LookupError."""

    def retrieved(uri: str) -> Resource[Any]:
        try:
            return _resource(retrieve(uri))
        except LookupError as error:
            raise referencing.exceptions.NoSuchResource(uri) from error

    registry: Registry[Any] = SPECIFICATIONS.combine(Registry(retrieve=retrieved))
    named = ((uri, _resource(contents)) for uri, contents in resources)
    return registry.with_resources(named).crawl()


def without_dialects(registry: Registry[Any], resources: Iterable[tuple[str, Any]]) -> Registry[Any]:
    """The same for jsonschema, which takes a class of its own for every schema that names its dialect."""
    return registry.with_resources((uri, _resource(one, without_dialect=True)) for uri, one in resources).crawl()


@dataclass(frozen=True, slots=True)
class LibraryResolver:
    """A resolver (`pointers.Resolver`) by the library."""

    _resolver: Any

    @property
    def base(self) -> str:
        """As of a `Resolver`."""
        return str(self._resolver._base_uri)

    def lookup(self, reference: str) -> tuple[Any, LibraryResolver]:
        """As of a `Resolver`."""
        try:
            resolved = self._resolver.lookup(reference)
        except (referencing.exceptions.Unresolvable, ValueError, AttributeError, TypeError) as error:
            # The last two where it leads to what is no schema at all, such as null, which the library asks for its $id.
            raise LookupError(reference) from error
        return resolved.contents, LibraryResolver(resolved.resolver)

    def inside(self, contents: Any) -> LibraryResolver:
        """As of a `Resolver`."""
        return LibraryResolver(self._resolver.in_subresource(_resource(contents)))


def _resource(contents: Any, *, without_dialect: bool = False) -> Resource[Any]:
    dialect = contents.get("$schema", "") if isinstance(contents, dict) else ""
    specification: Specification[Any] = specification_with(dialect, default=DRAFT202012)
    if without_dialect and isinstance(contents, dict):
        contents = {key: value for key, value in contents.items() if key != "$schema"}
    return Resource(contents, specification)
