# SPDX-License-Identifier: Apache-2.0
"""Why an instance departs from a schema: the one door to ``jsonschema``.

It is slow to import and slow to validate, so it is asked only about what the verdict found invalid. Patterns and
formats are judged by the verdict's engine, so that both mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from referencing import Registry
from referencing.exceptions import Unresolvable

from sourcebook.validation.translation import violations
from sourcebook.validation.verdict import all_differ, has_format, matches
from sourcebook.validation.violation import Violation, merged


class Explainer:
    """Explains departures from one schema."""

    def __init__(self, contents: Any, uri: str, registry: Registry[Any], *, formats: bool) -> None:
        """``contents`` is the schema, which ``registry`` has at the address ``uri``."""
        checker = _FORMAT_CHECKER if formats else None
        cls = _with_our_patterns(_class_for(contents))
        self._validator = cls({"$ref": uri}, registry=registry, format_checker=checker)

    def violations(self, instance: Any) -> list[Violation]:
        """The violations in ``instance``, each by itself; none where the library cannot tell."""
        try:
            errors = list(self._validator.iter_errors(instance))
        except (RecursionError, Unresolvable, re.error):
            return []
        return [violation for error in errors for violation in violations(error)]


def schema_violations(contents: Any) -> Iterator[Violation]:
    """What is wrong with a schema by the metaschema of its dialect."""
    cls = _class_for(contents)
    checker = _with_our_patterns(cls)(cls.META_SCHEMA, format_checker=_FORMAT_CHECKER)
    for error in checker.iter_errors(contents):
        yield from merged(violations(error))


_FORMATS = (
    *("date", "date-time", "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6", "iri"),
    *("iri-reference", "json-pointer", "regex", "relative-json-pointer", "time", "uri", "uri-reference"),
    *("uri-template", "uuid"),
)
_FORMAT_CHECKER = FormatChecker(formats=())
for _name in _FORMATS:
    _FORMAT_CHECKER.checks(_name)(partial(has_format, _name))


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not matches(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _properties(validator: Any, properties: Mapping[str, Any], instance: Any, schema: Any) -> Iterator[ValidationError]:
    for key, subschema in properties.items() if isinstance(instance, dict) else ():
        if key in instance:
            for error in _descend(validator, instance[key], subschema, key, key):
                if instance[key] is None and isinstance(schema.get("required"), list) and key in schema["required"]:
                    error.needed = True  # type: ignore[attr-defined]
                yield error


def _descend(validator: Any, value: Any, subschema: Any, key: str, step: str) -> Iterator[ValidationError]:
    """The errors of a property's value; the library does not say of which property the schema is ``false``."""
    if subschema is False:
        yield ValidationError("nothing may stand here", validator=None, path=[key], instance=value, schema=False)  # type: ignore[arg-type]
    else:
        yield from validator.descend(value, subschema, path=key, schema_path=step)


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: Any, _schema: Any
) -> Iterator[ValidationError]:
    for pattern, subschema in patterns.items() if isinstance(instance, dict) else ():
        for key, value in instance.items():
            if matches(pattern, key):
                yield from _descend(validator, value, subschema, key, pattern)


def _additional_properties(
    validator: Any, allowed: Any, instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    keys = instance if isinstance(instance, dict) else ()
    extras = [key for key in keys if key not in known and not any(matches(pattern, key) for pattern in patterns)]
    if isinstance(allowed, dict):
        for key in extras:
            yield from validator.descend(instance[key], allowed, path=key)
    elif not allowed and extras:
        yield ValidationError(f"{extras!r} are unknown")


def _unique_items(_validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    # The library compares each item with each other one.
    if wanted is True and not all_differ(instance):
        yield ValidationError("has equal items")


_extend: Any = validators.extend


_OURS = {
    "properties": _properties,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "uniqueItems": _unique_items,
}


@cache
def _with_our_patterns(cls: Any) -> Any:
    """A validator class of jsonschema whose expressions and lists are judged as the verdict judges them."""
    return _extend(cls, _OURS)


def _class_for(contents: Any) -> Any:
    return validators.validator_for(contents, default=Draft202012Validator)
