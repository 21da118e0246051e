# SPDX-License-Identifier: Apache-2.0
"""Whether an instance is valid: the one door to ``jsonschema-rs``, which is right on the official suite, and fast.

Patterns are matched by an engine that stops after a number of steps, so that none can run for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import islice
from typing import Any

import jsonschema_rs
from jsonschema_rs import FancyRegexOptions, Registry

_STEPS = 100_000  # of matching one pattern against one text
_PATTERNS = FancyRegexOptions(backtrack_limit=_STEPS)

# Those that the library has as they are published, and that need not be given to it. Its draft 4 lets `enum: []` be.
KNOWN_METASCHEMAS = frozenset(
    {
        "http://json-schema.org/draft-06/schema",
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
    }
)

Retrieve = Callable[[str], Any]


class Verdict:
    """Judges instances by one schema."""

    def __init__(
        self, schema: Any, uri: str, resources: Iterable[tuple[str, Any]], retrieve: Retrieve, *, formats: bool = True
    ) -> None:
        """``schema`` stands at the address ``uri``; ``resources`` are the contents at others.

        ``retrieve`` gives the contents at another address or raises LookupError; with ``formats`` they are asserted.
        Raises ValueError where the schema cannot be compiled.
        """
        dialect = schema.get("$schema", "") if isinstance(schema, dict) else ""
        registry = Registry([(where, _of_dialect(one, dialect)) for where, one in resources], retriever=retrieve)
        self._validator = jsonschema_rs.validator_for(
            schema,
            base_uri=uri,
            registry=registry,
            retriever=retrieve,
            validate_formats=formats,
            pattern_options=_PATTERNS,
        )

    def is_valid(self, instance: Any) -> bool:
        """Whether ``instance`` fits the schema; not, where a pattern takes too many steps to tell."""
        return bool(self._validator.is_valid(instance))

    def errors(self, instance: Any, most: int) -> list[tuple[tuple[str | int, ...], str, str]]:
        """Path, keyword and words of the first ``most`` departures from the schema, as the library has them."""
        return [
            (tuple(error.instance_path), error.kind.name, error.message)
            for error in islice(self._validator.iter_errors(instance), most)
        ]


def _of_dialect(schema: Any, dialect: str) -> Any:
    """A schema that names no dialect is read by that of the schema that leads to it."""
    named = not dialect or not isinstance(schema, dict) or "$schema" in schema
    return schema if named else {"$schema": dialect, **schema}


@cache
def _single(keyword: str, value: str | bool) -> Any:
    return jsonschema_rs.validator_for({keyword: value}, validate_formats=True, pattern_options=_PATTERNS)


def ready(pattern: str) -> Any:
    """What matches ``pattern``, made ready as a schema's; None where it is none."""
    try:
        return jsonschema_rs.validator_for({"pattern": pattern}, pattern_options=_PATTERNS)
    except ValueError:
        return None


def matches(pattern: str, text: str) -> bool:
    """Whether ``pattern``, an ECMA 262 expression, is found in ``text``; not, where that takes too many steps."""
    return bool(_single("pattern", pattern).is_valid(text))


def all_differ(items: Any) -> bool:
    """Whether the items of a list differ, as JSON Schema means it; true of what is no list."""
    return bool(_single("uniqueItems", True).is_valid(items))


def has_format(name: str, value: Any) -> bool:
    """Whether ``value`` has the format ``name``; true of values that are no text, and of formats that are unknown."""
    return bool(_single("format", name).is_valid(value))
