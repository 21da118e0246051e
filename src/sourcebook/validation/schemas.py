# SPDX-License-Identifier: Apache-2.0
"""JSON Schema: schemas looked up in the book alone, and what records depart from in them.

The verdict is that of ``jsonschema-rs`` (``verdict``); where an instance is not valid, ``jsonschema`` says where and
why (``reasons``). A ``$ref`` is resolved against the files given, never from the network or the disk (``pointers``,
``registry``). Longer than most modules, since to look up, to judge and to find fault take the same files and registry.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from sourcebook.validation import addresses, lost_references
from sourcebook.validation.costly import too_costly
from sourcebook.validation.dialects import of_drafts
from sourcebook.validation.formats import unknown as unknown_format
from sourcebook.validation.keywords import DIALECTS, NEWEST, dialect, near_keywords
from sourcebook.validation.pointers import Pointers, Resolver, by_address
from sourcebook.validation.subschemas import Parts
from sourcebook.validation.verdict import KNOWN_METASCHEMAS, Verdict
from sourcebook.validation.violation import Violation, merged
from sourcebook.validation.wording import did_you_mean

if TYPE_CHECKING:
    from referencing import Registry

    from sourcebook.validation.reasons import Explainer

_URIS = ("$ref", "$id", "id", "$dynamicRef")


class SchemaProblem(NamedTuple):
    """What is wrong with a schema file itself: ``path`` is the place in the file's document."""

    file: str
    path: tuple[str | int, ...]
    kind: str  # "invalid", "twice", "reference", "unclear", "misspelt", "near-miss"; "dialect": of a value
    message: str
    hint: str = ""


class Schema(NamedTuple):
    """A schema at its place among the book's files: its contents, and what its references resolve against."""

    contents: Any
    resolver: Resolver
    uri: str = ""

    def lookup(self, reference: str) -> Schema:
        """The schema that a ``$ref`` here means. Raises LookupError where it is not in the book."""
        contents, resolver = self.resolver.lookup(reference)
        return Schema(contents, resolver, f"{resolver.base}|{reference}")

    def inside(self, contents: Any) -> Schema:
        """A subschema, with the base that an ``$id`` of its own gives it."""
        if isinstance(contents, dict) and isinstance(contents.get("$id", contents.get("id")), str):
            return Schema(contents, self.resolver.inside(contents))
        return Schema(contents, self.resolver)


class Schemas:
    """The schema files of a book, by path, ready to validate with and to look references up in."""

    def __init__(
        self, files: Mapping[str, Any], *, formats: bool = True, elsewhere: Mapping[str, Any] | None = None
    ) -> None:
        """``files`` maps a path in the book, with ``/``, to the parsed schema; ``elsewhere`` an address to one.

        With ``formats``, the standard's formats are asserted, and not only noted.
        """
        self._written = files
        self._files = {path: of_drafts(contents) for path, contents in files.items()}
        self._formats = formats
        self._elsewhere = elsewhere or {}
        self._validators: dict[str, InstanceValidator] = {}
        self._explainers: dict[str, Explainer] = {}
        self._published = {addresses.normal(addresses.own(path, one)): path for path, one in self._files.items()}

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs: the files, and which are valid; what is made ready of them is made there."""
        kept = ("_written", "_files", "_formats", "_elsewhere", "_published")
        state = {name: self.__dict__[name] for name in kept}
        return {**state, "_invalid": dict(self._invalid), "_validators": {}, "_explainers": {}}

    def without(self, paths: Container[str]) -> Schemas:
        """The same without some files."""
        files = {path: contents for path, contents in self._written.items() if path not in paths}
        return Schemas(files, formats=self._formats, elsewhere=self._elsewhere)

    def referring_to(self, paths: Iterable[str]) -> set[str]:
        """The files that refer to one of ``paths``, which need not be there, or to such a file in turn."""
        led = {
            path: {other for uri in addresses.references_in(path, one) for other in self._meant(uri)}
            for path, one in self._files.items()
        }
        found: set[str] = set()
        new = {*paths}
        while new:
            new = {path for path, others in led.items() if others & new} - found
            found |= new
        return found

    def _meant(self, uri: str) -> Iterator[str]:
        """The paths that an address may mean."""
        yield from addresses.beside(uri, self._published)
        for path, one in self._files.items():
            if any(name == uri for _, name in addresses.identifiers_in(path, one)):
                yield path

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the schema files."""
        return tuple(self._files)

    @property
    def valid(self) -> tuple[str, ...]:
        """The paths of those that are schemas."""
        return tuple(path for path, found in self._invalid.items() if not found)

    def contents(self, path: str) -> Any:
        """What the schema file ``path`` holds."""
        return self._written[path]

    @cached_property
    def _resources(self) -> list[tuple[str, Any]]:
        valid = (path for path in self._files if not self._invalid[path])
        files = [(addresses.address(path), self._files[path]) for path in valid]
        return [*files, *self._elsewhere.items()]

    @cached_property
    def _registry(self) -> Registry[Any]:
        from sourcebook.validation import registry  # slow to import, and needed for few books

        return registry.registry_of(self._resources, self._beside)

    @cached_property
    def _explaining(self) -> Registry[Any]:
        from sourcebook.validation import registry  # as above

        return registry.without_dialects(self._registry, self._resources)

    def _resolver(self, uri: str) -> Resolver:
        """What resolves references that are relative to ``uri``."""
        from sourcebook.validation import registry  # as above

        return registry.LibraryResolver(self._registry.resolver(uri))

    @cached_property
    def _documents(self) -> Mapping[str, Any] | None:
        """The schemas by address, where pointers into them are all that references need."""
        return by_address(self._resources)

    def _beside(self, uri: str) -> Any:
        """What is at an address that is not written as that of a file or its ``$id`` is, and yet may mean it."""
        for path in addresses.beside(addresses.normal(uri), self._published):
            if path in self._files:
                return self._files[path]
        raise LookupError(uri)

    def schema(self, path: str) -> Schema:
        """The schema in the file ``path``. Raises KeyError where there is no such file."""
        contents = self._files[path]
        uri = addresses.own(path, contents)
        if self._documents is None:
            return Schema(contents, self._resolver(uri), uri)
        return Schema(contents, Pointers(uri, self._documents, self._beside, self._resolver), uri)

    def problems(self) -> list[SchemaProblem]:
        """What is wrong with the schemas: by their metaschemas, lost references, and what cannot be compiled."""
        problems = [problem for found in self._invalid.values() for problem in found]
        valid = [path for path, found in self._invalid.items() if not found]
        problems += [p for path in valid for p in self._lost_references(path, (), self.schema(path))]
        for path in self._files if not problems else ():
            try:
                self.validator(path)
            except ValueError as error:
                message = f"it cannot be compiled: {str(error).splitlines()[0]}"
                problems.append(SchemaProblem(path, (), "invalid", message))
        return problems

    @cached_property
    def _invalid(self) -> Mapping[str, list[SchemaProblem]]:
        """What is wrong with each file by itself: what is not valid is not looked into any further."""
        costly = too_costly(self._files)
        fair = {path: contents for path, contents in self._files.items() if path not in costly}
        invalid = {path: [SchemaProblem(path, (), "invalid", _COSTLY, _LESS)] for path in costly}
        invalid |= {path: list(self._by_metaschema(path, contents)) for path, contents in fair.items()}
        valid = {path: contents for path, contents in self._files.items() if not invalid[path]}
        for path, where, message, hint in lost_references.taken_twice(valid):
            invalid[path].append(SchemaProblem(path, where, "twice", message, hint))
        return invalid

    def _by_metaschema(self, path: str, contents: Any) -> Iterator[SchemaProblem]:
        if not isinstance(contents, dict | bool):
            yield SchemaProblem(
                path, (), "invalid", "a schema is a mapping, or true or false", "begin with type: object"
            )
            return
        draft = contents.get("$schema", NEWEST) if isinstance(contents, dict) else NEWEST
        if not isinstance(draft, str) or not dialect(draft):
            hint = did_you_mean(draft, DIALECTS) or f"leave it out for draft 2020-12, or write {NEWEST}"
            yield SchemaProblem(path, ("$schema",), "invalid", f"the dialect {draft!r} is unknown", hint)
            return
        if _metaschema(draft).is_valid(contents):
            return
        from sourcebook.validation.reasons import schema_violations  # slow to import, and seldom needed

        for violation in schema_violations(contents):
            hint = violation.hint
            if violation.keyword == "format" and violation.path[-1] in _URIS:
                hint = lost_references.hint(
                    addresses.value_at(contents, violation.path), path, addresses.BASE, self._files
                )
            if violation.path[-1:] == ("required",) and isinstance(addresses.value_at(contents, violation.path), bool):
                hint = "name the property in the list `required` of the schema that has it, beside its `properties`"
            yield SchemaProblem(path, violation.path, "invalid", violation.message, hint)

    def _lost_references(
        self, file: str, path: tuple[str | int, ...], here: Schema, *, named: bool = False
    ) -> Iterator[SchemaProblem]:
        contents = here.contents if isinstance(here.contents, dict) else {}
        reference = contents.get("$ref")
        if isinstance(reference, str) and not named:
            try:
                if addresses.encoded(reference) != reference:
                    raise LookupError(reference)
                here.lookup(reference)
            except LookupError:
                if not self._leads_to_invalid(here.resolver.base, reference):  # of which that is told
                    message = f"$ref {reference!r} leads to nothing in this book; nothing is fetched from outside"
                    hint = lost_references.hint(reference, file, here.resolver.base, self._files)
                    yield SchemaProblem(file, (*path, "$ref"), "reference", message, hint)
        for key, value, names in addresses.subschemas(here.contents, named=named):
            yield from self._lost_references(file, (*path, key), here.inside(value), named=names)

    def _leads_to_invalid(self, base: str, reference: str) -> bool:
        """Whether a reference leads into a file of which it is told that it is no valid schema."""
        try:
            uri = addresses.normal(addresses.joined(base, reference)[0])
        except ValueError:
            return False
        return any(self._invalid.get(path) for path in self._meant(uri))

    def near_misses(self) -> list[SchemaProblem]:
        """The properties of valid schemas that are nearly keywords: a dialect passes over what it does not know."""
        valid = {path: contents for path, contents in self._written.items() if not self._invalid[path]}
        found = [
            SchemaProblem(path, where, kind, f"the property {where[-1]!r} is {what}", hint)
            for path, contents in valid.items()
            for where, kind, what, hint in near_keywords(contents)
        ]
        for path, contents in valid.items():
            for where, one, _ in addresses.schemas_in(contents, addresses.BASE):
                draft = one.get("$schema")
                if isinstance(draft, str) and dialect(draft) not in ("", draft):
                    message = f"$schema {draft!r} is the address of no draft; it is read as {dialect(draft)}"
                    hint = f"write {dialect(draft)}"
                    found.append(SchemaProblem(path, (*where, "$schema"), "dialect", message, hint))
                hint = unknown_format(one.get("format")) if self._formats else ""
                if hint:
                    message = f"no format is called {one['format']!r}, so that nothing is checked by it"
                    found.append(SchemaProblem(path, (*where, "format"), "dialect", message, hint))
        return found

    def validator(self, path: str) -> InstanceValidator:
        """What validates records against the schema in ``path``; the schema must have no problems."""
        if path not in self._validators:
            self._validators[path] = self._compiled(path)
        return self._validators[path]

    @cached_property
    def parts(self) -> Parts:
        """The schemas that stand in these, each by itself."""
        return Parts(self._resources, self._part)

    def _part(self, contents: Any) -> Verdict:
        return self._verdict(contents, f"{addresses.BASE}?part")

    def _compiled(self, path: str) -> InstanceValidator:
        contents = self._files[path]
        own = addresses.own(path, contents)  # a relative $id is resolved by the library, once
        uri = addresses.address(path) if own.startswith(addresses.BASE) else own
        return InstanceValidator(self._verdict(contents, uri), partial(self._explained, path, own))

    def _verdict(self, contents: Any, uri: str) -> Verdict:
        try:
            return Verdict(contents, uri, self._resources, self._beside, formats=self._formats)
        except ValueError:  # a reference may lead to a metaschema: few do
            resources = [*_metaschemas().items(), *self._resources]
            return Verdict(contents, uri, resources, self._beside, formats=self._formats)

    def _explained(self, path: str, uri: str, instance: Any) -> list[Violation]:
        from sourcebook.validation.reasons import (
            Explainer,  # slow to import, and not needed where all records are valid
        )

        if path not in self._explainers:
            self._explainers[path] = Explainer(self._files[path], uri, self._explaining, formats=self._formats)
        return self._explainers[path].violations(instance)


@dataclass(frozen=True, slots=True)
class InstanceValidator:
    """Validates instances against one schema; properties ``outside`` of it are not looked at."""

    _verdict: Verdict
    _explain: Callable[[Any], list[Violation]]
    _outside: frozenset[str] = frozenset()

    @staticmethod
    def prepare() -> None:
        """Import what explains violations, which is slow, before it is needed."""
        import sourcebook.validation.reasons  # noqa: F401

    def is_valid(self, instance: Any) -> bool:
        """Whether ``instance`` (plain data) fits the schema."""
        return self._verdict.is_valid(self._inside(instance) if self._outside else instance)

    def without(self, names: frozenset[str]) -> InstanceValidator:
        """The same, with the properties ``names`` of an instance outside of the schema."""
        return replace(self, _outside=names)

    def _inside(self, instance: Any) -> Any:
        """What the schema is about."""
        if not self._outside or not isinstance(instance, dict):
            return instance
        return {name: value for name, value in instance.items() if name not in self._outside}

    def violations(self, instance: Any) -> list[Violation]:
        """Everything in which ``instance`` (plain data) departs from the schema, one violation a mistake."""
        instance = self._inside(instance)
        if self._verdict.is_valid(instance):
            return []
        # Where only the verdict sees it, its own words must do.
        return merged(self._explain(instance) or self.in_short(instance))

    def in_short(self, instance: Any) -> list[Violation]:
        """The first departures of ``instance`` from the schema, in the words of the verdict, which are soon said."""
        errors = self._verdict.errors(self._inside(instance), _IN_SHORT)
        return [Violation(path, keyword, _cut(message)) for path, keyword, message in errors]


_COSTLY = "its patterns take more than 3 seconds, or 256 MB, to be made ready"
_LESS = "repeat less in them: write [a-z]+ in place of [a-z]{1,5000}, and let maxLength say how long a text may be"
_IN_SHORT = 20
_MOST_CHARACTERS = 300  # of a message that quotes what it is about


def _cut(message: str) -> str:
    return message if len(message) <= _MOST_CHARACTERS else f"{message[:_MOST_CHARACTERS]}…"


def check(instance: Any, schema: Any) -> list[Violation]:
    """Violations of a schema that stands by itself."""
    return Schemas({"schema": schema}).validator("schema").violations(instance)


def _metaschemas() -> Mapping[str, Any]:
    """What the standard publishes, by address."""
    from sourcebook.validation.registry import METASCHEMAS  # slow to import, and seldom needed

    return METASCHEMAS


@cache
def _metaschema(draft: str) -> Verdict:
    """What judges schemas of a dialect."""
    uri = draft.rstrip("#")
    if uri in KNOWN_METASCHEMAS:
        return Verdict({"$schema": uri, "$ref": uri}, addresses.BASE, (), _nowhere)
    return Verdict(_metaschemas()[uri], uri, _metaschemas().items(), _nowhere)


def _nowhere(uri: str) -> Any:
    raise LookupError(uri)


__all__ = ["InstanceValidator", "Schema", "SchemaProblem", "Schemas", "Violation", "check"]
