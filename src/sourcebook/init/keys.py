# SPDX-License-Identifier: Apache-2.0
"""Which property is the key of a draft's records, or what of the file's path."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sourcebook.book import join, look_up, steps
from sourcebook.infer import looks_like_a_map
from sourcebook.init.draft import Draft, Entry
from sourcebook.init.words import CODES, IDENTIFIERS, NAMES, singular, words
from sourcebook.records.propose import proposed_key

_DEPTH = 3
_LONGEST = 100  # characters of a text that is a key by uniqueness alone


@dataclass(frozen=True)
class Key:
    """The key of a draft as the descriptor says it (None for the map's own), and what is to be told about it."""

    draft: Draft
    written: str | None
    notes: tuple[str, ...] = ()
    to_mend: tuple[str, ...] = ()  # what keeps the book from being built


def choose_key(draft: Draft) -> Key | None:
    """The key of a draft's records; None where there can be none.

    A list without a unique property becomes one record a file, which keeps everything: the draft of the answer says so.
    """
    notes = tuple(_doubled(draft))
    if draft.layout == "map":
        return Key(draft, None)
    by_name = draft.layout == "file" and all(looks_like_a_map(entry.value) for entry in draft.entries)
    found = None if by_name else property_key(draft)  # in a map a property ``id`` may be Indonesia
    if found and (draft.layout in ("list", "documents") or rank(found, draft) <= _NESTED):
        return Key(draft, found, notes if rank(found, draft) > _NESTED else ())
    if draft.layout in ("list", "documents") and (nearly := nearly_key(draft)):
        return Key(draft, nearly, to_mend=tuple(_to_be_mended(draft, nearly)))
    if draft.layout == "list":
        whole = replace(draft, layout="file")
        why = "no property is present and unique in every item of the list, so each file is one record with its items"
        together = proposed_key([entry.value for entry in draft.entries])
        if together and "{" in together:  # one that is unique, and was not taken, is an amount or a text
            why += f"; with layout: list and key: {together} each item would be one"
        return replace_notes(choose_key(whole), (*notes, why))
    for template in ("{stem}", "{parent}", "{path}"):
        if _unique([_of_path(template, entry.file.path) for entry in draft.entries]):
            return Key(draft, template, notes)
    return None


def replace_notes(key: Key | None, notes: tuple[str, ...]) -> Key | None:
    """The same key with other notes."""
    return replace(key, notes=notes) if key else None


_NESTED = 1  # the last rank at which a property is preferred to the file's name


def property_key(draft: Draft) -> str | None:
    """The property that is present, single and unique in every record, the most key-like; None where there is none."""
    entries = draft.entries
    if not entries or not all(isinstance(entry.value, dict) for entry in entries):
        return None
    ranked = sorted((_rank(path, draft), number, path) for number, path in enumerate(_paths(entries[0].value)))
    for _, _, path in ranked:
        values = [_look_up(entry.value, path) for entry in entries]
        if not _unique(values):
            continue
        if rank(path, draft) < _OTHER or all(_is_short(value) for value in values):
            return path
    return None


_CODE = re.compile(r"[A-Z0-9]{2,6}")
_CODES = 2  # the rank of what is called a code


def _rank(path: str, draft: Draft) -> int:
    """The same, where texts of a few capitals or digits, all of one length, are codes whatever they are called."""
    found = rank(path, draft)
    if found <= _CODES or len(steps(path)) > 1:
        return found
    values = [_look_up(entry.value, path) for entry in draft.entries]
    codes = all(isinstance(value, str) and _CODE.fullmatch(value) and not value.isdigit() for value in values)
    return _CODES if codes and len({len(value) for value in values}) == 1 else found


def is_named_key(path: str, draft: Draft) -> bool:
    """Whether a key is called like one, and not only unique."""
    return rank(path, draft) < _OTHER


_FEW_DOUBLED = 0.02


def nearly_key(draft: Draft) -> str | None:
    """The property that is called like a key and would be one, but for the odd value that stands twice."""
    entries = [entry.value for entry in draft.entries if isinstance(entry.value, dict)]
    if len(entries) < len(draft.entries) or not entries:
        return None
    ranked = {name: rank(join("", name), draft) for name in entries[0] if name}  # no path can name what has no name
    for name in sorted((name for name in ranked if ranked[name] < 3), key=ranked.__getitem__):
        values = [entry.get(name) for entry in entries]
        doubled = len(values) - len({str(value) for value in values})
        if all(map(_is_key, values)) and doubled <= max(1, _FEW_DOUBLED * len(values)) and 5 * doubled <= len(values):
            return join("", name)
    return None


def _to_be_mended(draft: Draft, key: str) -> Iterator[str]:
    """What keeps a draft with nearly a key from being published."""
    first: dict[str, Entry] = {}
    for entry in draft.entries:
        value = _look_up(entry.value, key)
        other = first.setdefault(str(value), entry)
        if other is not entry:
            where = " and ".join(dict.fromkeys((other.file.path, entry.file.path)))
            mend = "the book cannot be built until one is another"
            yield f"{key} is the key, but {value!r} stands there twice ({where}): {mend}"


_OTHER = 5


def rank(path: str, draft: Draft) -> int:
    """How much a property's name is that of a key; 0 is most."""
    *above, last = steps(path)
    if not above and last.lower() in IDENTIFIERS:
        return 0
    own = words(posixpath.basename(draft.home))
    if len(above) == 1 and above[0].lower() in IDENTIFIERS:
        return _NESTED
    if not above and [singular(word) for word in words(last)] == [*map(singular, own), "id"]:
        return _NESTED
    if {last.lower(), words(last)[-1] if words(last) else ""} & (IDENTIFIERS | CODES):
        return 2 + bool(above)
    return 3 + bool(above) if last.lower() in NAMES else _OTHER + len(above)


def _paths(value: Any, path: str = "", depth: int = _DEPTH) -> Iterator[str]:
    """The paths of single values in a record, through mappings."""
    for name, inner in value.items():
        here = join(path, name)
        if not name:
            continue  # no path can name it
        if isinstance(inner, dict) and depth > 1:
            yield from _paths(inner, here, depth - 1)
        elif _is_key(inner):
            yield here


def _look_up(value: Any, path: str) -> Any:
    try:
        return look_up(value, steps(path))
    except KeyError:
        return None


def _is_key(value: Any) -> bool:
    if isinstance(value, int):
        return not isinstance(value, bool) and -(2**63) <= value < 2**63
    return isinstance(value, str) and value != ""


def _is_short(value: Any) -> bool:
    """Whether a value that is unique, and no more, could name a record: an amount could not."""
    return isinstance(value, str) and len(value) <= _LONGEST and "\n" not in value


def _unique(values: list[Any]) -> bool:
    return all(map(_is_key, values)) and len({str(value) for value in values}) == len(values)


def _of_path(template: str, path: str) -> str:
    """The key that a file's path gives, as ``records.keys`` makes it."""
    if template == "{parent}":
        return posixpath.basename(posixpath.dirname(path))
    name = re.sub(r"(?<=.)\.[^.]*$", "", posixpath.basename(path))
    return name if template == "{stem}" else re.sub(r"(?<=.)\.[^./]*$", "", path)


def _doubled(draft: Draft) -> Iterator[str]:
    """What keeps a property with a key's name from being the key."""
    entries = [entry for entry in draft.entries if isinstance(entry.value, dict)]
    first: dict[tuple[str, str], Entry] = {}
    for name in sorted({key for entry in entries for key in entry.value if key.lower() in IDENTIFIERS}):
        values = [entry.value.get(name) for entry in entries]
        if _unique(values) or sum(map(_is_key, values)) < len(values) * 0.9:
            continue
        for entry, value in zip(entries, values, strict=True):
            if not _is_key(value):
                yield f"{name} is not the key: a record of {entry.file.path} has none"
                break
            other = first.setdefault((name, str(value)), entry)
            if other is not entry:
                where = " and ".join(dict.fromkeys((other.file.path, entry.file.path)))
                yield f"{name} is not the key: {value!r} stands there twice ({where})"
                break
