# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of a proposed collection: one that lies in the folder, or one inferred from the records."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.infer import infer_schema
from sourcebook.init.draft import Draft
from sourcebook.tables import Object, shape_of
from sourcebook.validation import addresses
from sourcebook.validation.declared_names import declares
from sourcebook.validation.schemas import Schemas

_SAMPLE = 1_000
_FITTING = 0.5  # share of the records that a schema fits, and of their properties that it declares, to be theirs


@dataclass(frozen=True)
class Choice:
    """A schema for a draft: its path and contents; ``inferred`` where it is to be written; what is to be told."""

    path: str
    contents: Any
    inferred: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Usable:
    """The schemas that lie in a folder and can be used: by path, each among those that a book would read with it.

    Those that a book would read and that cannot be used are ``broken``.
    """

    schemas: Mapping[str, Schemas]
    notes: tuple[str, ...]
    broken: tuple[str, ...] = ()


def usable(found: Mapping[str, Any]) -> Usable:
    """Which of the schemas ``found``, by path, a collection could use, and what is wrong with the others."""
    inside = {path: contents for path, contents in found.items() if path.startswith("schemas/")}
    wrong: dict[str, str] = {}
    while more := {one.file: one.message for one in Schemas(inside).problems()}:  # one may refer to another
        wrong |= more
        inside = {path: contents for path, contents in inside.items() if path not in wrong}
    notes = [f"{path} is left out under ignore until it is mended: {why}" for path, why in wrong.items()]
    schemas = {}
    for path, contents in found.items():
        if path in wrong:
            continue
        # Of the schemas outside schemas/ a book reads only those that it names, and what these refer to.
        read = {**inside, **_with_referred(path, contents, {p: c for p, c in found.items() if p not in wrong})}
        together = Schemas(read)
        problems = together.problems()
        if not problems:
            schemas[path] = together
        else:
            notes.append(f"{path} is not used: {problems[0].message}")
    return Usable(schemas, tuple(notes), tuple(wrong))


def _with_referred(path: str, contents: Any, found: Mapping[str, Any]) -> dict[str, Any]:
    """A schema and those of ``found`` that its references lead to, by path."""
    published = {addresses.normal(addresses.own(path, contents)): path for path, contents in found.items()}
    together = {path: contents}
    waiting = [path]
    while waiting:
        here = waiting.pop()
        asked = addresses.references_in(here, together[here])
        for other in (path for uri in asked for path in addresses.beside(uri, published)):
            if other in found and other not in together:
                together[other] = found[other]
                waiting.append(other)
    return together


def choose_schema(name: str, draft: Draft, found: Usable, taken: Container[str]) -> Choice:
    """The found schema that most records fit and that declares what they have; else one inferred.

    An inferred one gets a path that is not ``taken``.
    """
    values = [entry.value for entry in draft.entries]
    sample = values[:: max(1, len(values) // _SAMPLE)]
    text = draft.body if draft.layout == "front-matter" else None
    notes = []
    for fit in sorted((_fit(path, schemas, sample, text) for path, schemas in found.schemas.items()), reverse=True):
        if min(fit.valid, fit.declared) >= _FITTING:
            return Choice(fit.path, found.schemas[fit.path].schema(fit.path).contents, inferred=False)
        if fit.declared >= _FITTING:
            notes.append(
                f"{name}: {fit.path} declares what the records have, but {fit.valid:.0%} of them fit; not used"
            )
        elif _fits_files(found.schemas[fit.path], fit.path, draft):
            notes.append(f"{name}: {fit.path} describes a whole file; a schema of one record is needed here")
    made = infer_schema(values, draft.written)
    notes += [f"{name}: {note}" for note in made.notes]
    return Choice(_free(name, taken), made.schema, inferred=True, notes=tuple(notes))


@dataclass(frozen=True, order=True)
class _Fit:
    """How well a schema fits: the share of records that are valid, and of their properties that it declares."""

    valid: float
    declared: float
    path: str


def _fit(path: str, schemas: Schemas, sample: Sequence[Any], text: str | None) -> _Fit:
    """How well a schema fits; the ``text`` of a page is no matter of one that does not name it."""
    if text is not None and not declares(schemas.schema(path), text):
        sample = [{key: item for key, item in value.items() if key != text} for value in sample]
    shape = shape_of(schemas.schema(path))
    names = set(shape.properties) if isinstance(shape, Object) else set()
    held = [key for value in sample if isinstance(value, dict) for key in value]
    declared = sum(key in names for key in held) / len(held) if held else 0.0
    if declared < _FITTING:  # not worth the time
        return _Fit(0.0, declared, path)
    validator = schemas.validator(path)
    return _Fit(sum(map(validator.is_valid, sample)) / len(sample), declared, path)


def _fits_files(schemas: Schemas, path: str, draft: Draft) -> bool:
    """Whether a schema that says something of lists or keys describes the files of a draft as wholes."""
    contents = schemas.schema(path).contents
    if draft.layout not in ("list", "map") or not {"items", "additionalProperties", "properties"} & set(contents):
        return False
    return all(schemas.validator(path).is_valid(one.value) for one in draft.files)


def _free(name: str, taken: Container[str]) -> str:
    """Where the schema of the collection ``name`` is written: with a number where a file lies there already."""
    path, number = f"schemas/{name}.schema.json", 2
    while path in taken:
        path = f"schemas/{name}-{number}.schema.json"
        number += 1
    return path
