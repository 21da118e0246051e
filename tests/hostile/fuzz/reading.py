# SPDX-License-Identifier: Apache-2.0
"""Targets that read one file: YAML in all ways, JSON, JSON Lines, front matter."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from sourcebook.book.descriptor import collection_of
from sourcebook.exact import same
from sourcebook.parse import Limits, Parsed, parse, parse_many
from sourcebook.parse.decode import decode
from sourcebook.records.front_matter import front_matter
from sourcebook.records.layout import parse_data
from tests.hostile.fuzz.oracle import holds, plain_value, right_findings, sampled, tellable
from tests.toolkit.yaml_events import assert_same, assert_same_source

LIMITS = Limits()
_CLOSELY = 16  # one input in so many is read in every way
_VALUES = 4  # and of one in so many all values are looked at


def _judged(parsed: Parsed, data: bytes) -> Parsed:
    right_findings(parsed.findings, lambda _: data)
    # What is broken is not published.
    for document in parsed.documents if sampled(data, _VALUES) and not parsed.broken else ():
        plain_value(document.value)
    if sampled(data, _CLOSELY):
        tellable(parsed.findings, data)
    return parsed


def _same_by_all_ways(data: bytes, path: str, parsed: Parsed) -> None:
    for ways in ({"positions": True}, {"depth": 0}, {"depth": 2}):
        other = parse(data, path, LIMITS, **ways)  # type: ignore[arg-type]
        holds(other.findings == parsed.findings, f"other findings with {ways}")
        holds(len(other.documents) == len(parsed.documents), f"other documents with {ways}")
        for one, document in zip(parsed.documents, other.documents, strict=True):
            holds(same(one.value, document.value), f"another value with {ways}")
            holds((one.line, one.lossy) == (document.line, document.lossy), f"another line with {ways}")
    together = parse_many([("a.yaml", b"a: 1\n"), (path, data), ("b.yaml", b"b: x\n")], LIMITS)[1]
    holds(repr(together) == repr(parsed), "read otherwise among others")


def yaml(data: bytes) -> Parsed:
    """A YAML file, by the fast way and by the reference."""
    parsed = parse(data, "f.yaml", LIMITS)
    if sampled(data, _CLOSELY):
        _same_by_all_ways(data, "f.yaml", parsed)
        assert_same(data)
        text, odd = decode(data, "f.yaml", LIMITS)
        if odd is None:
            assert_same_source(text)
    return _judged(parsed, data)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


def _not_json(text: str) -> None:
    raise ValueError(text)


def json_file(data: bytes) -> Parsed:
    """A JSON file, and whether the standard library takes it for the same."""
    parsed = parse(data, "f.json", LIMITS)
    if sampled(data, _CLOSELY):
        _same_by_all_ways(data, "f.json", parsed)
    if parsed.documents and not parsed.broken:
        text = data.decode("utf-8-sig")
        theirs = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_not_json, parse_float=float)
        holds(_shape(theirs) == _shape(parsed.documents[0].value), "another value than the standard library's")
    return _judged(parsed, data)


def _shape(value: Any) -> Any:
    """A value but for its decimals, which the standard library does not keep."""
    if isinstance(value, dict):
        return {key: _shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_shape(one) for one in value]
    return value if value is None or isinstance(value, str | bool | int) else "a decimal"


def json_lines(data: bytes) -> Parsed:
    """A file of JSON Lines."""
    return _judged(parse_data(data, "f.jsonl", LIMITS), data)


_PAGES = partial(collection_of, where=("resources", 0))(
    {"name": "pages", "sourcebook": {"records": "*", "layout": "front-matter"}}
)


def page(data: bytes) -> Parsed:
    """A Markdown page with front matter."""
    parsed = front_matter(_PAGES, data, "f.md", LIMITS, positions=False)
    if sampled(data, _CLOSELY):
        other = front_matter(_PAGES, data, "f.md", LIMITS, positions=True)
        holds(other.findings == parsed.findings, "other findings with places")
        holds(same([one.value for one in other.documents], [one.value for one in parsed.documents]), "another value")
    return _judged(parsed, data)
