# SPDX-License-Identifier: Apache-2.0
"""Names of collections, and the patterns of their files."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from sourcebook import files
from sourcebook.init.draft import Draft
from sourcebook.init.group_files import holds_only
from sourcebook.init.words import HOLDERS
from sourcebook.sqlite import is_own

# Letters that no normal form takes apart, as they are written where there are none but those of ASCII.
_IN_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
    | {"ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "n", "Ŋ": "N", "ẞ": "SS"}
)


def slug(text: str) -> str:
    """A name as tables and books have: lower-case ASCII letters, digits and ``_``; empty where nothing is left."""
    written = text.translate(_IN_LETTERS)
    plain = unicodedata.normalize("NFKD", written).encode("ascii", "ignore").decode()
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", plain)  # DataSet
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")


def name_of(draft: Draft, taken: Iterable[str], otherwise: str) -> str:
    """A name for a draft's collection that is not ``taken``: of its folder or file, with the folder above if need be.

    ``otherwise`` is the name where the draft lies at the top or in a folder that is called no more than ``data``.
    """
    every = [part for part in map(slug, draft.home.split("/")) if part]
    parts = [part for part in every if part not in HOLDERS]
    name = parts[-1] if parts else otherwise if _is_word(otherwise) or not every else every[-1]
    taken = set(taken)
    others = [f"{parts[-2]}_{name}"] if len(parts) > 1 else []
    deepest = slug(posixpath.basename(posixpath.commonpath([one.folder or "." for one in draft.files])))
    if deepest and deepest not in HOLDERS and deepest not in parts:
        others.insert(0, f"{name}_{deepest}")
    name = next((one for one in (name, *others) if one not in taken), name)
    name = f"table_{name}" if is_own(name) else name
    number = 2
    unique = name
    while unique in taken:
        unique = f"{name}_{number}"
        number += 1
    return unique


def _is_word(name: str) -> bool:
    """Whether a name says something to readers, as ``a9`` does not."""
    return len(name) > 2 and not re.search(r"[0-9]", name)


def patterns(draft: Draft, everything: Mapping[str, bool]) -> tuple[str, ...]:
    """The fewest patterns that match the draft's files and none of another draft.

    ``everything`` has each path of the folder, and whether a pattern may match it too: what is in no draft may, where
    patterns are many otherwise, and is then named under ``ignore``; broken data always, since its place is here.
    """
    wanted = {one.path for one in draft.files}
    if len(wanted) == 1 and draft.home != draft.files[0].folder:
        return (literal(draft.files[0].path),)
    found: list[str] = []
    for ending in sorted({one.ending for one in draft.files}):
        left = {path for path in wanted if posixpath.splitext(path)[1] == ending}
        allowed = left | {path for path, may in everything.items() if may}
        several = {posixpath.dirname(path) for path in left}
        general = _general(left, ending, everything, allowed) if len(several) > 1 else None
        if general and (_one_name(left) or not _by_folders(draft.home, left, ending, everything, allowed)):
            found.append(general)
            continue
        found += _by_folder(draft.home, left, ending, everything, allowed)
        found += _one_by_one(left, ending, everything, allowed)
    return tuple(found)


def _one_name(paths: set[str]) -> bool:
    """Whether all files are called alike."""
    return len({posixpath.basename(path) for path in paths}) == 1


def _by_folders(home: str, left: set[str], ending: str, everything: Mapping[str, bool], allowed: set[str]) -> bool:
    """Whether one folder's pattern matches all."""
    rest = set(left)
    return len(list(_by_folder(home, rest, ending, everything, allowed))) == 1 and not rest


def _general(left: set[str], ending: str, everything: Mapping[str, bool], allowed: set[str]) -> str | None:
    """One pattern of files in several folders, whose names may differ: the narrowest that matches all of them.

    What more folders will come to hold is then matched too. None where it would match a file of another draft.
    """
    parts = [path.split("/")[:-1] for path in left]
    fixed = posixpath.commonprefix(parts)
    names = {posixpath.basename(path) for path in left}
    name = literal(names.pop()) if len(names) == 1 else f"*{literal(ending)}"
    depths = {len(one) for one in parts}
    length = depths.pop() if len(depths) == 1 else 0
    way = [same.pop() if len(same := {one[i] for one in parts}) == 1 else "*" for i in range(length)]
    top = [literal(part) for part in fixed]
    candidates = ["/".join([*map(_kept, way), name])] if length else []
    if not fixed and name.startswith("*") and all(parts):
        candidates += _below_tops(parts, name)
    candidates.append("/".join([*top, "**", name]))
    for pattern in candidates:
        matched = _matches(pattern, everything)
        if left <= matched <= allowed:
            return pattern
    return None


def _below_tops(parts: Iterable[list[str]], name: str) -> Iterator[str]:
    """Patterns of files in folders at the top, and not of settings there: of folders called alike, else of all."""
    start = posixpath.commonprefix([one[0] for one in parts])
    if len(start) >= _TELLING:
        yield f"{literal(start)}*/**/{name}"
    yield f"*/**/{name}"


_TELLING = 3  # letters that names of folders begin with


def _kept(part: str) -> str:
    return part if part == "*" else literal(part)


def _by_folder(
    home: str, left: set[str], ending: str, everything: Mapping[str, bool], allowed: set[str]
) -> Iterator[str]:
    """Patterns of the widest folders that hold no other files; what they match is taken from ``left``."""
    folders = sorted({folder for path in left for folder in _above(path)}, key=lambda f: (f.count("/"), f))
    for folder in folders:
        if holds_only(folder) and folder != home:
            continue  # files yet to come there may be of another collection
        here = {path for path in left if path.startswith(folder + "/")}
        deep = any("/" in path.removeprefix(folder + "/") for path in here)
        for name in (*(["**/*"] if deep else []), "*", "[!.]*") if here else ():
            pattern = f"{literal(folder)}/{name}{literal(ending)}"
            matched = _matches(pattern, everything)
            if matched & here and matched <= allowed:
                yield pattern
                left -= matched
                break


def _one_by_one(left: set[str], ending: str, everything: Mapping[str, bool], allowed: set[str]) -> list[str]:
    """The paths themselves; where they are many, what their names begin or end with, if nothing else does."""
    if len(left) > _MANY:
        folder = posixpath.commonprefix([posixpath.dirname(path) + "/" for path in left]).rpartition("/")[0]
        start = posixpath.commonprefix(sorted(left))
        end = posixpath.commonprefix([path[::-1] for path in left])[::-1].rpartition("/")[2]
        below = f"{literal(folder)}/" if folder else ""
        for pattern in (
            f"{literal(start)}*{literal(ending)}",
            f"{below}*{literal(end)}",
            f"{below}[!.]*{literal(ending)}",
        ):
            if left <= _matches(pattern, everything) <= allowed:
                return [pattern]
    return [literal(path) for path in sorted(left)]


_MANY = 5


def _matches(pattern: str, everything: Mapping[str, bool]) -> set[str]:
    expression = files.matcher([pattern]).fullmatch
    return {path for path in everything if expression(path)}


def _above(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: number + 1]) for number in range(len(parts))]


def literal(path: str) -> str:
    """A path as a pattern that matches it: what patterns and descriptors give a meaning to is ``?`` there."""
    return re.sub(r"[*?\[\]:\\]", "?", path)
