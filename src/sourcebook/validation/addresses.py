# SPDX-License-Identifier: Apache-2.0
"""Addresses of schemas: where each file of a book stands, and what its references mean, by RFC 3986.

A ``$ref`` is a URI reference, not a path: what a URI cannot hold is percent-encoded in it, and ``#`` and ``?`` end the
path. A file has the address of its path below `BASE`, and the one that its ``$id`` gives it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

Path = tuple[str | int, ...]

# Files stand below this address, so that relative references between them resolve. It is never contacted: .invalid is
# reserved for that (RFC 2606).
BASE = "https://book.invalid/"

_UNRESERVED = "-._~"
_IN_A_SEGMENT = _UNRESERVED + "!$&'()*+,;=@"  # and ":", which may not stand in the first one of a relative reference
_IN_A_REFERENCE = _IN_A_SEGMENT + ":/?#"


def address(path: str) -> str:
    """The address of the file at ``path`` in the book."""
    return BASE + quote(path, safe=_IN_A_SEGMENT + "/:")


def path_of(uri: str) -> str | None:
    """The path in the book that an address means; None where it means no file there."""
    if not uri.startswith(BASE) or "?" in uri:
        return None
    segments = [unquote(segment) for segment in uri.removeprefix(BASE).split("/")]
    return None if any(not one or "/" in one for one in segments) else "/".join(segments)


def relative(path: str, home: str) -> str:
    """The reference that leads to the file ``path`` from the file ``home``, both in the book."""
    return quote(posixpath.relpath(path, posixpath.dirname(home) or "."), safe=_IN_A_SEGMENT + "/")


def joined(base: str, reference: str) -> tuple[str, str]:
    """The address that ``reference`` means where ``base`` is its base, and its fragment. Raises ValueError."""
    if reference[:1] in ("#", ""):
        return base, reference[1:]
    uri, fragment = urldefrag(urljoin(base, reference))
    return uri, fragment


def encoded(reference: str) -> str:
    """A text as a URI reference: what may not stand in one, or be a part of one, percent-encoded."""
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", reference)
    before, sign, fragment = text.partition("#")
    return quote(before, safe=_IN_A_REFERENCE + "%") + sign + quote(fragment, safe=_IN_A_SEGMENT + ":/?%")


def normal(uri: str) -> str:
    """An address as all that are equivalent to it are written (RFC 3986, 6.2.2)."""
    uri = re.sub("%[0-9A-Fa-f]{2}", _normal_character, uri.removesuffix("#"))
    parts = urlsplit(uri)
    return parts._replace(netloc=parts.netloc.lower()).geturl() if parts.netloc else uri


def _normal_character(found: re.Match[str]) -> str:
    character = chr(int(found[0][1:], 16))
    return character if character.isascii() and (character.isalnum() or character in _UNRESERVED) else found[0].upper()


def own(path: str, contents: Any) -> str:
    """The address of the schema in the file ``path``: by its ``$id``, or else by its path."""
    identifier = contents.get("$id", contents.get("id")) if isinstance(contents, dict) else None
    if not isinstance(identifier, str) or not ("$id" in contents or ":" in identifier):
        return address(path)
    try:
        return joined(address(path), identifier)[0]
    except ValueError:  # it is no URI, which the metaschema says
        return address(path)


def beside(uri: str, published: Mapping[str, str]) -> Iterator[str]:
    """The paths in the book that an address may mean by what is ``published``: the paths of files by their addresses.

    What lies beside a file where that is published lies beside it here.
    """
    here = path_of(uri)
    if here is not None:
        yield here
        return
    if uri in published:
        yield published[uri]
    parts = urlsplit(uri)
    for identifier, path in published.items() if parts.netloc and not parts.query else ():
        home = urlsplit(identifier)
        if (home.scheme, home.netloc) == parts[:2]:
            way = posixpath.relpath(unquote(parts.path) or "/", posixpath.dirname(unquote(home.path)) or "/")
            other = posixpath.normpath(posixpath.join(posixpath.dirname(path), way))
            if not other.startswith("../"):
                yield other


# Where what stands is no schema, and where each key is a name and not a keyword.
_VALUES = frozenset({"const", "enum", "default", "example", "examples"})
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"})


def subschemas(contents: Any, *, named: bool = False) -> Iterator[tuple[str | int, Any, bool]]:
    """What stands in a part of a schema and may be a schema, or hold some: its key or index, itself, whether ``named``.

    ``named`` says that the keys of this part are names of schemas.
    """
    if isinstance(contents, list):
        yield from ((index, item, False) for index, item in enumerate(contents))
    elif isinstance(contents, dict):
        for key, value in contents.items():
            if named or key not in _VALUES:
                yield key, value, not named and key in _NAMED


def schemas_in(contents: Any, base: str) -> Iterator[tuple[Path, dict[str, Any], str]]:
    """The schema and all in it that may be schemas: the path to each, itself, and the base of its references."""
    waiting: list[tuple[Path, Any, str, bool]] = [((), contents, base, False)]
    while waiting:
        path, one, base, named = waiting.pop()
        if isinstance(one, dict) and not named:
            identifier = one.get("$id") if path else None  # the base is by that of the whole already
            if isinstance(identifier, str):
                with suppress(ValueError):  # as above
                    base = joined(base, identifier)[0]
            yield path, one, base
        parts = [((*path, key), inner, base, names) for key, inner, names in subschemas(one, named=named)]
        waiting += reversed(parts)  # so that they come in the order of the file


def value_at(contents: Any, path: Path) -> Any:
    """What stands at a path in a schema."""
    for step in path:
        contents = contents[step]
    return contents


def references_in(path: str, contents: Any) -> Iterator[str]:
    """The addresses of all that the references of the schema in the file ``path`` mean, without fragments."""
    for _, one, base in schemas_in(contents, own(path, contents)):
        for keyword in ("$ref", "$dynamicRef"):
            if isinstance(one.get(keyword), str):
                try:
                    yield normal(joined(base, one[keyword])[0])
                except ValueError:  # it is no URI, which is told as a lost reference
                    continue


def identifiers_in(path: str, contents: Any) -> Iterator[tuple[Path, str]]:
    """The addresses and anchors that the schema in the file ``path`` gives itself and its parts; where each stands."""
    for where, one, base in schemas_in(contents, own(path, contents)):
        if isinstance(one.get("$id"), str) and not one["$id"].startswith("#"):
            yield (*where, "$id"), normal(base)
        elif not where and base != address(path):  # as drafts 3 and 4 write it
            yield ("id",), normal(base)
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(one.get(keyword), str):
                yield (*where, keyword), f"{normal(base)}#{one[keyword]}"
