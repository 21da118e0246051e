# SPDX-License-Identifier: Apache-2.0
"""What a JSON Schema violation means to a curator: one violation a mistake, in plain words, with a hint."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sourcebook.exact import dumps
from sourcebook.verdict import matches

LibraryError = Any  # jsonschema.exceptions.ValidationError, whose own types allow for half-made errors


@dataclass(frozen=True, slots=True)
class Violation:
    """One departure from a schema.

    ``path`` leads from the instance's root to the value it is about; with ``at_key`` the key there is meant, not the
    value; ``keyword`` is the schema keyword that said so.
    """

    path: tuple[str | int, ...]
    keyword: str
    message: str
    hint: str = ""
    at_key: bool = False


def did_you_mean(word: object, candidates: Iterable[object]) -> str:
    """``did you mean 'x'?`` for the candidate nearest to ``word``, or the empty string where none is near."""
    names = {str(candidate): candidate for candidate in candidates}
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(str(word).casefold(), folded, n=1, cutoff=0.7)
    return f"did you mean {folded[near[0]]!r}?" if near else ""


def shown(value: Any, most: int = 60) -> str:
    """A value as JSON, cut to ``most`` characters."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = dumps(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def violations(error: LibraryError) -> Iterator[Violation]:
    """The mistakes behind one error of the ``jsonschema`` library."""
    path = tuple(error.absolute_path)
    keyword = str(error.validator)
    special = _SPECIAL.get(keyword)
    if special:
        yield from special(error, path)
        return
    message, hint = _PLAIN.get(keyword, _unknown)(error.instance, error.validator_value)
    if keyword == "pattern" and isinstance(
        error.schema, dict
    ):  # a regular expression says little; its schema may say more
        hint = str(error.schema.get("description", ""))
    yield Violation(path, keyword, message, hint)


def _unknown(_instance: Any, value: Any) -> tuple[str, str]:
    return f"it breaks the schema's rule {shown(value)}", ""


_TYPES = {
    "null": "empty (null)",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "number": "a number",
    "integer": "an integer",
    "string": "text",
}


def _kind(value: Any) -> str:
    if value is None:
        return "empty (null)"
    if isinstance(value, bool):
        return f"the boolean {dumps(value)}"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    return shown(value) if isinstance(value, dict | list) else f"the number {shown(value)}"


def _type(instance: Any, expected: Any) -> tuple[str, str]:
    wanted = [expected] if isinstance(expected, str) else list(expected)
    hint = ""
    if "string" in wanted and not isinstance(instance, dict | list | None):
        hint = "put it in quotes to keep it as text"
    elif isinstance(instance, str):
        if {"integer", "number"} & set(wanted) and re.fullmatch(r"[-+]?[0-9]+([.][0-9]+)?", instance):
            hint = "take the quotes away: in quotes a number is text"
        elif "boolean" in wanted:
            hint = "write true or false, without quotes; yes, no, on and off are text in YAML 1.2"
        elif "array" in wanted:
            hint = f"write a list: [{instance}]" if len(instance) < 40 else "write a list, each item after `- `"
    elif instance is None:
        hint = "give a value, or leave the property out"
    return f"{' or '.join(_TYPES.get(w, w) for w in wanted)} is expected, but this is {_kind(instance)}", hint


_FORMS = {
    "date": "write it as 2014-05-31, a day that exists",
    "date-time": "write it as 2014-05-31T18:30:00Z",
    "time": "write it as 18:30:00Z",
    "uri": "write a whole address with ASCII characters only, such as https://example.org/page",
    "iri": "write a whole address, such as https://example.org/page",
    "email": "write it as name@example.org",
    "uuid": "write it as 123e4567-e89b-12d3-a456-426614174000",
}


def _format(instance: Any, form: Any) -> tuple[str, str]:
    return f"{shown(instance)} is not a valid {form}", _FORMS.get(form, "")


def _choice(instance: Any, choices: Any) -> tuple[str, str]:
    listed = ", ".join(shown(c) for c in choices[:12]) + (f" and {len(choices) - 12} more" if len(choices) > 12 else "")
    return f"{shown(instance)} is not one of {listed}", did_you_mean(instance, choices)


_PLAIN: dict[str, Any] = {
    "type": _type,
    "format": _format,
    "enum": _choice,
    "const": lambda i, v: (f"{shown(i)} stands where only {shown(v)} may", ""),
    "pattern": lambda i, v: (f"{shown(i)} does not have the form {v}", ""),
    "minLength": lambda i, v: (f"{shown(i)} has {len(i)} characters; {v} or more are needed", ""),
    "maxLength": lambda i, v: (f"a text of {len(i)} characters; {v} or fewer are allowed", ""),
    "minimum": lambda i, v: (f"{shown(i)} is less than the minimum {shown(v)}", ""),
    "maximum": lambda i, v: (f"{shown(i)} is more than the maximum {shown(v)}", ""),
    "exclusiveMinimum": lambda i, v: (f"{shown(i)} is not more than {shown(v)}", ""),
    "exclusiveMaximum": lambda i, v: (f"{shown(i)} is not less than {shown(v)}", ""),
    "multipleOf": lambda i, v: (f"{shown(i)} is not a multiple of {shown(v)}", ""),
    "minItems": lambda i, v: (f"a list of {len(i)}; {v} or more are needed", ""),
    "maxItems": lambda i, v: (f"a list of {len(i)}; {v} or fewer are allowed", ""),
    "minProperties": lambda i, v: (f"{len(i)} properties; {v} or more are needed", ""),
    "maxProperties": lambda i, v: (f"{len(i)} properties; {v} or fewer are allowed", ""),
    "contains": lambda _i, _v: ("no item of the list is what the schema asks at least one to be", ""),
    "not": lambda _i, _v: ("this combination is one that the schema forbids", ""),
}


def _required(error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    # The library reports each missing name by itself; its message begins with the name's repr.
    known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    unknown = [key for key in error.instance if key not in known]
    for name in error.validator_value:
        if str(error.message).startswith(repr(name)) and name not in error.instance:
            near = difflib.get_close_matches(name, unknown, n=1, cutoff=0.7)
            hint = f"did you mean it by {near[0]!r}?" if near else ""
            yield Violation(path, "required", f"the property {name!r} is missing", hint)


def _additional(error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    schema = error.schema if isinstance(error.schema, dict) else {}
    known = list(schema.get("properties", {}))
    patterns = schema.get("patternProperties", {})
    for key in error.instance:
        if key in known or any(matches(pattern, key) for pattern in patterns):
            continue
        unused = [name for name in known if name not in error.instance]
        hint = did_you_mean(key, unused) or (f"known here: {', '.join(known[:12])}" if known else "")
        yield Violation(
            (*path, key), "additionalProperties", f"the property {key!r} is unknown here", hint, at_key=True
        )


def _unevaluated(error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    named = [key for key in error.instance if repr(key) in error.message] if isinstance(error.instance, dict) else []
    for key in named:
        yield Violation((*path, key), "unevaluatedProperties", f"the property {key!r} is unknown here", at_key=True)
    if not named:
        yield Violation(path, str(error.validator), "holds something that no part of the schema allows")


def _unique(error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    seen: dict[str, int] = {}
    for index, item in enumerate(error.instance):
        first = seen.setdefault(dumps(item), index)
        if first != index:
            message = f"{shown(item)} stands in the list twice (items {first + 1} and {index + 1})"
            yield Violation((*path, index), "uniqueItems", message, "keep one of the two")


def _false(_error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    yield Violation(path, "false", "nothing may stand here")


def _dependent(error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    for property, needed in error.validator_value.items():
        for name in needed if property in error.instance and isinstance(needed, list) else ():
            if name not in error.instance:
                yield Violation(path, "dependentRequired", f"with {property!r} the property {name!r} is needed too")


def _branches(error: LibraryError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    """Of several alternatives, only what is wrong with the one that came closest."""
    context = error.context or []
    if not context:
        yield Violation(
            path, str(error.validator), "it fits more than one of the alternatives; it must fit exactly one"
        )
        return
    branches: dict[Any, list[LibraryError]] = {}
    for child in context:
        branch = child.schema_path[0] if child.schema_path else id(child)  # none of an alternative that is false
        branches.setdefault(branch, []).append(child)
    if len(branches) > 1 and all(_only_required(errors) for errors in branches.values()):
        needed = [" and ".join(map(repr, errors[0].validator_value)) for errors in branches.values()]
        yield Violation(path, str(error.validator), f"one of these is needed: {', or '.join(needed)}")
        return
    for child in min(branches.values(), key=_distance):
        yield from violations(child)


def _only_required(errors: list[LibraryError]) -> bool:
    return all(e.validator == "required" and not e.path for e in errors)


def _distance(errors: list[LibraryError]) -> tuple[bool, int, int]:
    """How far a branch is from fitting: of another type altogether, then how shallow and how many its errors are."""
    wrong_type = any(not e.path and e.validator in ("type", "const", "enum") for e in errors)
    discriminated = any(len(e.path) == 1 and e.validator in ("const", "enum") for e in errors)
    return wrong_type or discriminated, -max(len(e.path) for e in errors), len(errors)


_SPECIAL: dict[str, Any] = {
    "required": _required,
    "additionalProperties": _additional,
    "unevaluatedProperties": _unevaluated,
    "unevaluatedItems": _unevaluated,
    "uniqueItems": _unique,
    "dependentRequired": _dependent,
    "anyOf": _branches,
    "oneOf": _branches,
    "None": _false,
}
