# SPDX-License-Identifier: Apache-2.0
"""The keywords of JSON Schema and Sourcebook's own, and properties of schemas that are nearly one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from sourcebook.validation.likeness import nearest

Path = tuple[str | int, ...]

DIALECTS = frozenset(
    {
        "http://json-schema.org/draft-03/schema",
        "http://json-schema.org/draft-04/schema",
        "http://json-schema.org/draft-06/schema",
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
    }
)
NEWEST = "https://json-schema.org/draft/2020-12/schema"


def dialect(written: str) -> str:
    """The address of the draft that a ``$schema`` means; the empty string where it is that of none.

    Nearly that of one is meant for it: with ``https`` for ``http`` or the reverse, or with a ``/`` at the end. The
    address without a draft was said to mean the newest one. Libraries take an address with a ``#`` at the end, as it is
    published up to draft 7, and without.
    """
    bare = written.rstrip("/#")
    for scheme in ("http:", "https:"):
        other = scheme + bare.partition(":")[2]
        if other in DIALECTS:
            ended = other + "#"
            return written if written in (other, ended) else ended if "/draft-" in other else other
    return NEWEST if re.fullmatch("https?://json-schema.org/schema", bare) else ""


_KEYWORDS = (
    "$anchor $comment $defs $dynamicAnchor $dynamicRef $id $recursiveAnchor $recursiveRef $ref $schema $vocabulary "
    "additionalItems additionalProperties allOf anyOf const contains contentEncoding contentMediaType contentSchema "
    "default definitions dependencies dependentRequired dependentSchemas deprecated description disallow divisibleBy "
    "else enum examples exclusiveMaximum exclusiveMinimum extends format id if items maxContains maxItems maxLength "
    "maxProperties maximum minContains minItems minLength minProperties minimum multipleOf not oneOf pattern "
    "patternProperties prefixItems properties propertyNames readOnly required then title type unevaluatedItems "
    "unevaluatedProperties uniqueItems writeOnly"
)
KEYWORDS = frozenset(_KEYWORDS.split())  # of all dialects

_OF_PAGES = "x-sourcebook"
_VISIBILITY = "x-visibility"
ANNOTATIONS = frozenset({"x-anchor", "x-references", _OF_PAGES, _VISIBILITY})
"""What Sourcebook reads in schemas besides: any other name that begins with ``x-`` is for others to read."""

# Where schemas stand in a schema: as the value, in a list (of ``items`` either), or in a mapping by name.
_ONE = (
    *("additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not"),
    *("propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"),
)
_LISTED = ("allOf", "anyOf", "items", "oneOf", "prefixItems")
_NAMED = ("$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties")

# What other tools read in schemas, though it is nearly a keyword.
_OF_OTHERS = frozenset({"comment", "comments", "example", "enumNames", "label", "defaultSnippets"})
_NEAR = 0.8
# Keywords that say something of a schema, and ask nothing of an instance.
_SAY = frozenset(
    {
        *("$comment", "contentEncoding", "contentMediaType", "contentSchema", "default", "deprecated", "description"),
        *("examples", "readOnly", "title", "writeOnly"),
    }
)


def near_keywords(schema: Any) -> Iterator[tuple[Path, str, str, str]]:
    """The path of each property of a schema, and of those in it, that is nearly a keyword or an annotation of ours.

    With each whether it is ``misspelt``, so that something is not checked, or a mere ``near-miss``; what it is not, and
    a hint. What a ``$ref`` points at is a schema too, wherever it stands.
    """
    for path, one in schemas_of(schema):
        yield from _near(one, path)


def schemas_of(schema: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A schema and those in it, or that a ``$ref`` in it points at, wherever in it that stands; each with its path."""
    seen: set[int] = set()
    waiting: list[tuple[Path, Any]] = [((), schema)]
    while waiting:
        path, one = waiting.pop()
        if not isinstance(one, dict) or id(one) in seen:
            continue
        seen.add(id(one))
        yield path, one
        waiting += [((*path, *where), inner) for where, inner in inside(one)]
        if isinstance(one.get("$ref"), str) and one["$ref"].startswith("#/"):
            waiting += _pointed_at(schema, one["$ref"])


def _near(schema: dict[str, Any], path: Path) -> Iterator[tuple[Path, str, str, str]]:
    for name, value in schema.items():
        if name in KEYWORDS or name in _OF_OTHERS or name in ANNOTATIONS:
            continue
        ours = _annotation(name, value, [word for word in ANNOTATIONS if word not in schema])
        if ours:
            kind = "near-miss" if ours == _OF_PAGES else "misspelt"
            yield (*path, name), kind, "no annotation that Sourcebook reads", f"did you mean {ours!r}?"
        elif not name.casefold().startswith("x-"):
            near = nearest(name, sorted(KEYWORDS - schema.keys()), _NEAR)
            if near:
                kind = "near-miss" if near in _SAY else "misspelt"
                yield (*path, name), kind, "no keyword of JSON Schema", f"did you mean {near!r}?"


def _pointed_at(schema: Any, reference: str) -> list[tuple[Path, Any]]:
    """What a JSON pointer in the same file leads to, if anything, with its path."""
    path: list[str | int] = []
    for step in unquote(reference[2:]).split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        part = int(name) if isinstance(schema, list) and name.isdecimal() else name
        if not ((isinstance(schema, dict) and part in schema) or (isinstance(part, int) and part < len(schema))):
            return []
        schema = schema[part]
        path.append(part)
    return [(tuple(path), schema)]


def _annotation(name: str, value: Any, unused: Iterable[str]) -> str:
    """The annotation of ours that ``name`` is nearly, or the empty string.

    It is, where its letters are the same, in whatever case and however joined, or where it begins with the name of
    Sourcebook. A name that is only like ours may be anybody's (``x-preferences``, ``reference`` with an address): it is
    told where its value could be one of ours.
    """
    letters, unused = _letters(name), list(unused)
    words = {_letters(word): word for word in unused}
    if letters in words:
        return words[letters]
    if letters.removeprefix("x").startswith("sourcebook"):
        left = letters.replace("sourcebook", "", 1)
        of_pages = [word for word in unused if word == _OF_PAGES]
        return nearest(left, [word for word in unused if word != _OF_PAGES], _FAR) or next(iter(of_pages), "")
    if isinstance(value, dict) and value.keys() & _SAID_OF_PAGES and letters.startswith("x"):
        return nearest(name, [word for word in unused if word == _OF_PAGES], _NEAR)
    words.pop(_letters(_OF_PAGES), None)
    if value in ("public", "private") or (isinstance(value, dict) and value.keys() == {"embargoed"}):
        return nearest(letters, [word for word in words if words[word] == _VISIBILITY], _FAR) and _VISIBILITY
    words.pop(_letters(_VISIBILITY), None)
    if not _is_target(value):
        return ""
    if not letters.startswith("x"):
        words = {word.removeprefix("x"): ours for word, ours in words.items()}
    near = nearest(letters, words, _NEAR)
    if not near and letters.startswith("x"):
        short = letters.removesuffix("s")
        near = next((word for word in words if len(short) >= _SHORTEST and word.startswith(short)), "")
    return words[near] if near else ""


_FAR = 0.5  # of what begins with the name of Sourcebook, and so is meant for something of ours
_SAID_OF_PAGES = frozenset({"aliases", "facets", "label", "page", "role"})
_SHORTEST = 4  # letters of what may be short for an annotation, without the s of several: x-ref, x-refs


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _is_target(value: Any) -> bool:
    """Whether a value could be what a reference leads to: ``people``, ``people.id``, or a list of such."""
    values = value if isinstance(value, list) else [value]
    values = [one["to"] if isinstance(one, dict) and "to" in one else one for one in values]
    return bool(values) and all(isinstance(one, str) and _TARGET.fullmatch(one) for one in values)


_TARGET = re.compile(r"\w[-\w]*(\.[^\s:/]+)?")


def inside(schema: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The schemas that stand in a schema, each with the path to it."""
    for name, value in schema.items():
        if name in _ONE and isinstance(value, dict):
            yield (name,), value
        elif name in _LISTED and isinstance(value, list):
            yield from (((name, index), item) for index, item in enumerate(value))
        elif name in _NAMED and isinstance(value, dict):
            yield from (((name, key), item) for key, item in value.items())
