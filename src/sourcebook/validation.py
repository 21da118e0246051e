# SPDX-License-Identifier: Apache-2.0
"""JSON Schema: the one door to ``jsonschema`` and ``referencing``.

Schemas are looked up in the book alone: a ``$ref`` is resolved against the files it was given, never from the network
or the disk. Formats are asserted.
"""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from urllib.parse import quote

import referencing.exceptions
from jsonschema import Draft202012Validator, FormatChecker, validators
from jsonschema.protocols import Validator
from referencing import Registry, Resource, Specification
from referencing.jsonschema import DRAFT202012, specification_with
from rfc3986_validator import validate_rfc3986

from sourcebook import wording
from sourcebook.errors import EnvironmentFailure
from sourcebook.wording import Violation

# Schemas without an $id get one below this address, so that relative references between files resolve. It is never
# contacted: .invalid is reserved for that (RFC 2606).
_BASE = "https://book.invalid/"

_FORMATS = (
    *("date", "date-time", "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6", "iri"),
    *("iri-reference", "json-pointer", "regex", "relative-json-pointer", "time", "uri", "uri-reference"),
    *("uri-template", "uuid"),
)


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """What is wrong with a schema file itself: ``path`` is the place in the file's document."""

    file: str
    path: tuple[str | int, ...]
    kind: str  # "invalid" or "reference"
    message: str


@dataclass(frozen=True)
class Schema:
    """A schema at its place among the book's files: its contents, and what its references resolve against."""

    contents: Any
    resolver: Any
    uri: str = ""

    def lookup(self, reference: str) -> Schema:
        """The schema that a ``$ref`` here means. Raises LookupError where it is not in the book."""
        try:
            resolved = self.resolver.lookup(reference)
        except (referencing.exceptions.Unresolvable, ValueError) as error:
            raise LookupError(reference) from error
        return Schema(resolved.contents, resolved.resolver, f"{resolved.resolver._base_uri}|{reference}")

    def inside(self, contents: Any) -> Schema:
        """A subschema, with the base that an ``$id`` of its own gives it."""
        if isinstance(contents, dict) and isinstance(contents.get("$id", contents.get("id")), str):
            specification = specification_with(contents.get("$schema", ""), default=DRAFT202012)
            return Schema(contents, self.resolver.in_subresource(Resource(contents, specification)))
        return Schema(contents, self.resolver)


class Schemas:
    """The schema files of a book, by path, ready to validate with and to look references up in."""

    def __init__(self, files: Mapping[str, Any]) -> None:
        """``files`` maps a path in the book, with ``/``, to the parsed schema."""
        missing = set(_FORMATS) - set(_formats().checkers)
        if missing:
            raise EnvironmentFailure(f"format checkers are missing: {', '.join(sorted(missing))}")
        self._files = files
        self._ids = {_own_id(contents): path for path, contents in files.items() if _own_id(contents)}

    @cached_property
    def _registry(self) -> Registry[Any]:
        schemas = ((path, contents) for path, contents in self._files.items() if isinstance(contents, dict | bool))
        resources = [(_BASE + path, _resource(contents)) for path, contents in schemas]
        registry: Registry[Any] = Registry(retrieve=self._retrieve)
        return registry.with_resources(resources).crawl()

    def _retrieve(self, uri: str) -> Resource[Any]:
        """A file beside one whose ``$id`` says where it is published: same place there, same place here."""
        for identifier, path in self._ids.items():
            folder, here = posixpath.dirname(identifier), posixpath.dirname(path)
            if uri.startswith(folder + "/"):
                beside = posixpath.normpath(posixpath.join(here, uri[len(folder) + 1 :]))
                if beside in self._files:
                    return _resource(self._files[beside])
        raise referencing.exceptions.NoSuchResource(uri)

    def schema(self, path: str) -> Schema:
        """The schema in the file ``path``. Raises KeyError where there is no such file."""
        contents = self._files[path]
        uri = _own_id(contents) or _BASE + path
        return Schema(contents, self._registry.resolver(uri), uri)

    def problems(self, path: str) -> list[SchemaProblem]:
        """What is wrong with the schema in ``path``: against its metaschema, and references that lead nowhere."""
        contents = self._files[path]
        if not isinstance(contents, dict | bool):
            return [SchemaProblem(path, (), "invalid", "a schema is a mapping, or true or false")]
        dialect = contents.get("$schema") if isinstance(contents, dict) else None
        if dialect is not None and _unknown_dialect(dialect):
            return [SchemaProblem(path, ("$schema",), "invalid", f"the dialect {dialect!r} is unknown")]
        meta = _class_for(contents)
        checker = meta(meta.META_SCHEMA, format_checker=meta.FORMAT_CHECKER)
        problems = [
            SchemaProblem(path, violation.path, "invalid", violation.message)
            for error in checker.iter_errors(contents)
            for violation in wording.violations(error)
        ]
        if not problems:
            problems += self._lost_references(path, (), self.schema(path))
        return problems

    def _lost_references(self, file: str, path: tuple[str | int, ...], here: Schema) -> Iterator[SchemaProblem]:
        contents = here.contents
        if isinstance(contents, list):
            for index, item in enumerate(contents):
                yield from self._lost_references(file, (*path, index), here.inside(item))
        if not isinstance(contents, dict):
            return
        links = contents.get("x-references", ())
        if not isinstance(links, str | list | tuple) or not all(isinstance(link, str) for link in links):
            message = "x-references names a field, such as people.id, or a list of such"
            yield SchemaProblem(file, (*path, "x-references"), "invalid", message)
        reference = contents.get("$ref")
        if isinstance(reference, str):
            try:
                here.lookup(reference)
            except LookupError:
                message = f"$ref {reference!r} leads to nothing in this book; nothing is fetched from outside"
                yield SchemaProblem(file, (*path, "$ref"), "reference", message)
        for key, value in contents.items():
            if key not in ("const", "enum", "default", "example", "examples"):
                yield from self._lost_references(file, (*path, key), here.inside(value))

    def validator(self, path: str) -> InstanceValidator:
        """What validates records against the schema in ``path``; the schema must have no problems."""
        contents = self._files[path]
        cls = _class_for(contents)
        uri = _own_id(contents) or _BASE + path
        return InstanceValidator(cls({"$ref": uri}, registry=self._registry, format_checker=_formats()))


@dataclass(frozen=True, slots=True)
class InstanceValidator:
    """Validates instances against one schema."""

    _validator: Validator

    def violations(self, instance: Any) -> list[Violation]:
        """Everything in which ``instance`` (plain data) departs from the schema, one violation a mistake."""
        found = [v for error in self._validator.iter_errors(instance) for v in wording.violations(error)]
        return list(dict.fromkeys(found))  # two branches of an allOf may say the same


def check(instance: Any, schema: Any) -> list[Violation]:
    """Violations of a schema that stands by itself."""
    return Schemas({"schema": schema}).validator("schema").violations(instance)


@cache
def _formats() -> FormatChecker:
    """The checkers of the 2020-12 formats, with those for IRIs, which are checked by the URIs they map to."""
    checker = FormatChecker(formats=())
    checker.checkers = dict(Draft202012Validator.FORMAT_CHECKER.checkers)
    for name, rule in (("iri", "URI"), ("iri-reference", "URI_reference")):
        checker.checks(name)(lambda text, rule=rule: not isinstance(text, str) or _is_iri(text, rule))
    return checker


def _is_iri(text: str, rule: str) -> bool:
    """Whether ``text`` is an IRI: RFC 3987 says which characters it may have (2.2) and maps it to a URI (3.1)."""
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp", "Zs") for c in text if not c.isascii()):
        return False
    return bool(validate_rfc3986("".join(c if c.isascii() else quote(c) for c in text), rule=rule))


def _class_for(contents: Any) -> Any:
    return validators.validator_for(contents, default=Draft202012Validator)


def _unknown_dialect(dialect: Any) -> bool:
    unknown: Any = None
    return validators.validator_for({"$schema": dialect}, default=unknown) is None


def _own_id(contents: Any) -> str:
    if not isinstance(contents, dict):
        return ""
    identifier = contents.get("$id", contents.get("id", ""))
    return identifier.rstrip("#") if isinstance(identifier, str) and ":" in identifier else ""


def _resource(contents: Any) -> Resource[Any]:
    dialect = contents.get("$schema", "") if isinstance(contents, dict) else ""
    specification: Specification[Any] = specification_with(dialect, default=DRAFT202012)
    return Resource(contents, specification)


__all__ = ["InstanceValidator", "Schema", "SchemaProblem", "Schemas", "Violation", "check"]
