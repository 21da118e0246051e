# SPDX-License-Identifier: Apache-2.0
"""What a schema file may be meant to lead to: two files of one address, and references that lead to nothing."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from sourcebook.finding import pointer
from sourcebook.validation import addresses
from sourcebook.validation.likeness import nearest
from sourcebook.validation.wording import did_you_mean

Path = tuple[str | int, ...]

_PUT_INSIDE = "put that schema into a file of schemas/, and name it by its path from this file"


def taken_twice(files: Mapping[str, Any]) -> Iterator[tuple[str, Path, str, str]]:
    """The identifiers by which two schemas of ``files`` would be one: file, path, message and hint."""
    held: dict[str, tuple[str, Path]] = {addresses.normal(addresses.address(path)): (path, ()) for path in files}
    for path, contents in files.items():
        for where, identifier in addresses.identifiers_in(path, contents):
            other, there = held.setdefault(identifier, (path, where))
            if other == path and there in (where, ()):
                continue
            keyword, value = where[-1], addresses.value_at(contents, where)
            if other == path:
                message = f"the {keyword} {value!r} stands in this file a second time"
            elif there:
                message = f"the {keyword} {value!r} is that of {other} as well, so that nobody can tell which is meant"
            else:
                message = f"the {keyword} {value!r} is the address of the file {other}"
            yield path, where, message, f"give one of the two another {keyword}, or remove one"


def hint(reference: str, file: str, base: str, files: Mapping[str, Any]) -> str:
    """What a reference in ``file`` that leads to nothing may be meant to be; it is relative to ``base``."""
    beside = {posixpath.relpath(path, posixpath.dirname(file) or "."): path for path in files if path != file}
    if reference in beside:  # a path, with what means something else in a URI
        return _meant(beside[reference], "", file, base, files)
    written, sign, fragment = reference.rpartition("#")  # a raw path may have a # itself, and backslashes
    path = beside.get(written, beside.get(written.replace("\\", "/"), "")) if sign else ""
    path = path or beside.get(reference.replace("\\", "/"), "")
    if path and addresses.relative(path, file) != (written if sign else reference):
        return _meant(path, addresses.encoded(sign + fragment) if sign else "", file, base, files)
    if addresses.encoded(reference) != reference:
        return f"it is read as a URI: write {addresses.encoded(reference)!r}"
    before, sign, fragment = reference.partition("#")
    target = _file_of(before, file, base, files)
    if target is not None and sign:
        named = sorted({"#" + one for one in _fragments(files[target])})
        meant = nearest("#" + fragment, named)
        return f"did you mean {before + meant!r}?" if meant else _nothing_there(target, file, named)
    meant = nearest(unquote(before), beside) if ":" not in before else ""
    if meant:
        return _meant(beside[meant], sign + fragment, file, base, files)
    known = {identifier: identifier for path in files for _, identifier in addresses.identifiers_in(path, files[path])}
    return did_you_mean(reference, known) or _PUT_INSIDE


def _meant(path: str, fragment: str, file: str, base: str, files: Mapping[str, Any]) -> str:
    """The hint that ``path`` may be meant: as it is relative to the base, or else by the ``$id`` of that file."""
    if base.startswith(("http:", "https:")):
        return f"did you mean {addresses.relative(path, file) + fragment!r}?"
    own = addresses.own(path, files[path])
    if own != addresses.address(path):
        return f"did you mean {own + fragment!r}?"
    return f"no path is relative to the $id {base!r} of this schema: give {path} an $id, and refer to that"


def _file_of(before: str, file: str, base: str, files: Mapping[str, Any]) -> str | None:
    """The file that the address of a reference leads to, if any."""
    if not before:
        return file if base == addresses.own(file, files[file]) else None
    try:
        uri = addresses.normal(addresses.joined(base, before)[0])
    except ValueError:
        return None
    published = {addresses.normal(addresses.own(path, contents)): path for path, contents in files.items()}
    return next((path for path in addresses.beside(uri, published) if path in files), None)


def _fragments(contents: Any) -> Iterator[str]:
    """The fragments that name a part of a schema which is there to be referred to."""
    for where, one, _ in addresses.schemas_in(contents, addresses.BASE):
        for keyword in ("$defs", "definitions"):
            for name in one[keyword] if isinstance(one.get(keyword), dict) else ():
                yield addresses.encoded(f"#{pointer((*where, keyword, name))}")[1:]
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(one.get(keyword), str):
                yield one[keyword]


def _nothing_there(target: str, file: str, named: list[str]) -> str:
    where = "this file" if target == file else target
    if not named:
        return f"{where} has nothing to refer to: put the schema under its $defs"
    return f"in {where} there are {', '.join(named[:12])}"
