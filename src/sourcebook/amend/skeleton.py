# SPDX-License-Identifier: Apache-2.0
"""What a new record has to have: what is fixed is filled in, what is missing is left empty, each with what it is to be.

Which properties are needed is asked of the schema's own judge, for so long as it names some more: so conditions and
alternatives count as they do in a check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sourcebook.amend.declared import Declared, declared_in
from sourcebook.amend.mending import at
from sourcebook.edit.selecting import ABSENT
from sourcebook.exact import dumps
from sourcebook.parse import Path
from sourcebook.validation.schemas import Schema
from sourcebook.validation.violation import Violation
from sourcebook.validation.wording import shown

_MOST = 100  # times that a schema is asked what else is needed
_SHOWN = 8  # choices, and keys of records, that are named in a comment

Judge = Callable[[Any], list[Violation]]


@dataclass
class Skeleton:
    """A record as far as it is known: ``missing`` are the paths of what is needed and not given, which is null."""

    value: Any
    missing: list[Path] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def skeleton(value: Any, schema: Schema | None, judge: Judge) -> Skeleton:
    """The record that ``value`` begins: with defaults, with what can have but one value, and with what is needed."""
    made = Skeleton(value)
    for _ in range(_MOST):
        violations = judge(made.value)
        wanted = list(dict.fromkeys(path for one in violations for path in _needed(one, made.value)))
        if not wanted:
            made.told += [one.message for one in violations if one.keyword in ("anyOf", "oneOf") and not one.name]
            break
        for path in wanted:
            _give(made, path, declared_in(schema, path, made.value))
    for path in _empty(made.value):
        made.missing.append(path)
        _put(made.value, path, None)
    made.value = ordered(made.value, schema)
    made.missing = [path for path in _paths(made.value) if path in made.missing]
    return made


def _needed(violation: Violation, value: Any) -> Iterator[Path]:
    """The properties, or the items of lists, that a violation says are missing."""
    if violation.keyword == "required" and violation.name:
        holder = violation.path[:-1] if violation.at_key else violation.path
        inside = _at(value, holder)
        if isinstance(inside, dict) and violation.name not in inside:
            yield (*holder, violation.name)
    elif violation.keyword == "minItems":
        inside = _at(value, violation.path)
        if isinstance(inside, list):
            yield (*violation.path, len(inside))


def _give(made: Skeleton, path: Path, said: Declared) -> None:
    """Put at ``path`` what can be known of it."""
    default = said.first("default", ABSENT)
    if len(said.choices) == 1 and not isinstance(said.choices[0], dict | list):
        given = said.choices[0]
    elif default is not ABSENT:
        given = default
    elif said.types == ("object",) or (not said.types and said.names):
        given = {}
    elif said.types == ("array",) and isinstance(said.first("minItems"), int):
        given = []
    else:
        given = None
        made.missing.append(path)
    _put(made.value, path, given)


def _empty(value: Any, path: Path = ()) -> list[Path]:
    """The paths of mappings in which nothing was needed: what they are to hold is open."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[Path] = []
    for key, inner in entries:
        found += [(*path, key)] if inner == {} else _empty(inner, (*path, key))
    return found


def _put(value: Any, path: Path, given: Any) -> None:
    holder = at(value, path[:-1])
    if isinstance(holder, list):
        assert isinstance(path[-1], int)
        holder[path[-1] : path[-1] + 1] = [given]
    else:
        holder[path[-1]] = given


def _at(value: Any, path: Path) -> Any:
    try:
        return at(value, path)
    except (LookupError, TypeError):
        return None


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def ordered(value: Any, schema: Schema | None, path: Path = (), whole: Any = None) -> Any:
    """A value with its properties in the order in which the schema declares them, the others after them."""
    whole = value if whole is None else whole
    if isinstance(value, list):
        return [ordered(item, schema, (*path, number), whole) for number, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    names = declared_in(schema, path, whole).names
    order = [name for name in names if name in value] + [name for name in value if name not in names]
    return {name: ordered(value[name], schema, (*path, name), whole) for name in order}


# --- in words -------------------------------------------------------------------------------------------------------

_TYPES = {
    "string": "text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing (null)",
}


def about(said: Declared, keys: list[Any], to: str) -> str:
    """What the value of a property is to be, on one line, for whoever is to give it.

    If it is a reference, ``to`` says where it leads, and ``keys`` are what may be written.
    """
    parts: list[str] = []
    choices = said.choices
    if keys or to:
        parts.append(f"{to}: {_some(keys)}" if keys else f"{to}, of which there is none")
    elif choices:
        parts.append(f"one of {_some(choices)}" if len(choices) > 1 else f"only {dumps(choices[0])}")
    else:
        kind = " or ".join(_TYPES.get(one, one) for one in said.types)
        form = said.first("format", "")
        parts.append(f"{kind or 'anything'}{f' of the form {form}' if form else ''}")
    description = " ".join(str(said.first("description", "") or said.first("title", "")).split())
    parts += [description.rstrip(".")] if description else []
    examples = said.first("examples", [])
    if isinstance(examples, list) and examples and not choices:
        parts.append(f"for example {', '.join(shown(one) for one in examples[:2])}")
    pattern = said.first("pattern", "")
    parts += [f"pattern {pattern}"] if pattern and not (choices or to) else []
    return ". ".join(one[:1].upper() + one[1:] if number else one for number, one in enumerate(parts))


def _some(values: list[Any]) -> str:
    some = ", ".join(shown(one) for one in values[:_SHOWN])
    return some + (f" and {len(values) - _SHOWN:,} more" if len(values) > _SHOWN else "")
