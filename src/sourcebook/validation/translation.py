# SPDX-License-Identifier: Apache-2.0
"""What a JSON Schema violation means to a curator: where it is, in which words, and of alternatives the one meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sourcebook.exact import dumps
from sourcebook.validation.alternatives import Branch, LibraryError, branches, candidates
from sourcebook.validation.likeness import nearest
from sourcebook.validation.verdict import matches
from sourcebook.validation.violation import Violation
from sourcebook.validation.wording import meant, shown, words


def violations(error: LibraryError) -> Iterator[Violation]:
    """The mistakes behind one error of the ``jsonschema`` library."""
    path = tuple(error.absolute_path)
    keyword = str(error.validator)
    if _is_of_a_name(error):
        message, hint = words(keyword, error.instance, error.validator_value)
        yield Violation((*path, error.instance), keyword, f"a name of a property: {message}", hint, at_key=True)
        return
    special = _SPECIAL.get(keyword)
    if special:
        yield from special(error, path)
        return
    message, hint = words(_excluding(error), error.instance, error.validator_value)
    if getattr(error, "needed", False):  # as `reasons` notes of what is null where it may not be left out
        hint = "give a value: the schema requires the property"
    if not hint and isinstance(error.schema, dict):  # what the schema says of the property, in the curators' own words
        hint = str(error.schema.get("description", "")).partition("\n")[0]
    yield Violation(path, keyword, message, hint)


def _excluding(error: LibraryError) -> str:
    """The keyword of an error, where draft 4 says beside a bound that it is excluded itself."""
    keyword = str(error.validator)
    exclusive = f"exclusive{keyword.capitalize()}"
    excluded = keyword in ("minimum", "maximum") and isinstance(error.schema, dict) and error.schema.get(exclusive)
    return exclusive if excluded is True else keyword


def _is_of_a_name(error: LibraryError) -> bool:
    """Whether an error is about the name of a property, which the library gives no path of its own."""
    parts = list(error.absolute_schema_path)
    named = (i for i, part in enumerate(parts) if part == "propertyNames")
    return isinstance(error.instance, str) and any(
        not i or parts[i - 1] not in ("properties", "patternProperties", "$defs", "definitions") for i in named
    )


def _required(error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    # The library reports each missing name by itself; its message begins with the name's repr.
    known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    unknown = [key for key in error.instance if key not in known]
    for name in error.validator_value:
        if str(error.message).startswith(repr(name)) and name not in error.instance:
            near = nearest(name, unknown)
            if near:
                hint = f"did you mean it by {near!r}?"
                yield Violation((*path, near), "required", f"the property {name!r} is missing", hint, True, name)
                continue
            hint = f"add `{name}: {_only(known.get(name))}`"
            yield Violation(path, "required", f"the property {name!r} is missing", hint, name=name)


def _only(schema: Any) -> str:
    """The one value that a property may have, as it is written; three dots where it may have others."""
    choices = schema.get("enum", [schema["const"]] if "const" in schema else []) if isinstance(schema, dict) else []
    return shown(choices[0]) if isinstance(choices, list) and len(choices) == 1 else "…"


def _additional(error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    schema = error.schema if isinstance(error.schema, dict) else {}
    known = list(schema.get("properties", {}))
    patterns = schema.get("patternProperties", {})
    for key in error.instance:
        if key in known or any(matches(pattern, key) for pattern in patterns):
            continue
        yield _unknown_property(path, key, known, error.instance, "additionalProperties")


def _unknown_property(
    path: tuple[str | int, ...], key: str, known: list[str], instance: Any, keyword: str
) -> Violation:
    unused = [name for name in known if name not in instance]
    near = nearest(key, unused)
    hint = meant(key, near) if near else f"known here: {', '.join(known[:12])}" if known else ""
    return Violation((*path, key), keyword, f"the property {key!r} is unknown here", hint, at_key=True, name=near)


def _unevaluated(error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    named = [key for key in error.instance if repr(key) in error.message] if isinstance(error.instance, dict) else []
    known, whole = _declared(error.schema)
    for key in named:
        # The library takes for unknown whatever a part of the schema knows that the instance does not fit: beside what
        # is wrong with that, such a one is not told (``mistakes.merged``).
        certain = whole and key not in known
        keyword = "additionalProperties" if certain else "unevaluatedProperties"
        yield _unknown_property(path, key, sorted(known), error.instance, keyword)
    if not named:
        yield Violation(path, str(error.validator), "holds something that no part of the schema allows")


def _declared(schema: Any) -> tuple[set[str], bool]:
    """The properties that a schema and its parts declare, and whether these are all: no reference leads elsewhere."""
    names: set[str] = set()
    whole = True
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, dict):
            continue
        names.update(one.get("properties", {}))
        whole = whole and not any(part in one for part in ("$ref", "$dynamicRef", "$recursiveRef"))
        for part in ("allOf", "anyOf", "oneOf"):
            waiting += one.get(part, ())
        waiting += [one[part] for part in ("if", "then", "else") if part in one]
        waiting += one.get("dependentSchemas", {}).values()
    return names, whole


def _unique(error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    seen: dict[str, int] = {}
    for index, item in enumerate(error.instance):
        first = seen.setdefault(dumps(_alike(item)), index)
        if first != index:
            message = f"{shown(item)} stands in the list twice (items {first + 1} and {index + 1})"
            yield Violation((*path, index), "uniqueItems", message, "keep one of the two")


def _alike(value: Any) -> Any:
    """A value that is written as all that are equal by JSON Schema: 1 as 1.0, mappings in any order."""
    if isinstance(value, dict):
        return {key: _alike(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_alike(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _false(_error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    if path and isinstance(path[-1], str):
        yield Violation(path, "false", f"the property {path[-1]!r} may not be given here", "remove it", at_key=True)
    else:
        yield Violation(path, "false", "nothing may stand here", "remove it")


def _dependent(error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    for property, needed in error.validator_value.items():
        names = [needed] if isinstance(needed, str) else needed
        for name in names if property in error.instance and isinstance(names, list) else ():
            if name not in error.instance:
                message, hint = f"with {property!r} the property {name!r} is needed too", f"add `{name}: …`"
                yield Violation(path, "required", message, hint, name=name)


def _branches(error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    """Of several alternatives, only what is wrong with the one that came closest."""
    found = branches(error)
    keyword = str(error.validator)
    if not found:
        message = "it fits more than one of the alternatives; it must fit exactly one"
        yield Violation(path, keyword, message, "leave out what belongs to the others")
        return
    joined = _joined(found, path)
    if joined:
        yield joined
        return
    meant = candidates(found)
    if len(meant) > 1 and all(_only_required(branch) for branch in meant):
        needed = [" and ".join(map(repr, sorted(branch.missing))) for branch in meant]
        yield Violation(path, keyword, f"one of these is needed: {', or '.join(dict.fromkeys(needed))}")
        return
    everywhere = frozenset.intersection(*(branch.missing for branch in meant)) if len(meant) > 1 else frozenset()
    if everywhere:  # whichever was meant
        for name in sorted(everywhere):
            hint = f"the alternatives are {_listed(meant)}" if any(branch.name for branch in meant) else ""
            yield Violation(path, "required", f"the property {name!r} is missing", hint, name=name)
        return
    closest = min(meant, key=lambda branch: branch.distance)
    several = sum(branch.fits_type for branch in found) > 1
    for child in closest.errors:
        for one in violations(child):
            yield _named(one, closest) if several else one


def _named(violation: Violation, branch: Branch) -> Violation:
    """A violation with the name of its alternative: of nested ones the innermost that has a name."""
    message, said, _ = violation.message.partition(" (as alternative ")
    if (said and not branch.name) or " (as '" in message:
        return violation
    return replace(violation, message=f"{message} (as {_called(branch)})")


def _called(branch: Branch) -> str:
    return repr(branch.name) if branch.name else f"alternative {branch.number + 1}"


def _listed(found: list[Branch]) -> str:
    return ", ".join(map(_called, found))


def _joined(found: list[Branch], path: tuple[str | int, ...]) -> Violation | None:
    """One violation for alternatives that are all about one thing: the type, the value, or one property's value."""
    errors = [error for branch in found for error in branch.errors]
    if len(errors) != len(found):
        return _of_property(found, path)
    if all(not e.path and e.validator == "type" for e in errors):
        wanted = [
            one
            for e in errors
            for one in ([e.validator_value] if isinstance(e.validator_value, str) else e.validator_value)
        ]
        return Violation(path, "type", *words("type", errors[0].instance, list(dict.fromkeys(wanted))))
    if all(not e.path and e.validator in ("const", "enum") for e in errors):
        return Violation(path, "enum", *words("enum", errors[0].instance, _choices(errors)))
    return _of_property(found, path)


def _of_property(found: list[Branch], path: tuple[str | int, ...]) -> Violation | None:
    """That a property's value is none of those by which the alternatives are told apart."""
    right = [branch for branch in found if branch.fits_type]
    if len(right) < 2:
        return None
    for name in sorted(frozenset.intersection(*(branch.fixed for branch in right)), key=str):
        errors = [e for branch in right for e in branch.errors if list(e.path) == [name]]
        errors = [e for e in errors if e.validator in ("const", "enum")]
        return Violation((*path, name), "enum", *words("enum", errors[0].instance, _choices(errors)))
    return None


def _choices(errors: list[LibraryError]) -> list[Any]:
    listed = [one for e in errors for one in ([e.validator_value] if e.validator == "const" else e.validator_value)]
    return list({dumps(one): one for one in listed}.values())


def _only_required(branch: Branch) -> bool:
    return all(e.validator == "required" and not e.path for e in branch.errors)


_SPECIAL: dict[str, Any] = {
    "required": _required,
    "additionalProperties": _additional,
    "unevaluatedProperties": _unevaluated,
    "unevaluatedItems": _unevaluated,
    "uniqueItems": _unique,
    "dependentRequired": _dependent,
    "dependencies": _dependent,
    "anyOf": _branches,
    "oneOf": _branches,
    "None": _false,
}
