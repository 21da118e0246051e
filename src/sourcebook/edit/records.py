# SPDX-License-Identifier: Apache-2.0
"""Whole records that come, go and get another key, however they lie in files."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from typing import Any

from sourcebook import files
from sourcebook.book import Collection, look_up, steps, template_parts
from sourcebook.edit.edits import Edits
from sourcebook.edit.key_parts import part_for, said_of, with_part
from sourcebook.edit.model import FileChange, Refused
from sourcebook.edit.source import Source
from sourcebook.edit.text import Add
from sourcebook.edit.text.new_file import new_file
from sourcebook.records.keys import file_key, key_of
from sourcebook.records.layout import Item
from sourcebook.records.model import Record

Key = str | int


# --- records that come ----------------------------------------------------------------------------------------------


def added(source: Source, collection: str, key: Key | None, value: Any) -> tuple[FileChange, ...]:
    """The files that differ once a record is added. Raises Refused where its key is taken, or it has no place."""
    edits = Edits(source)
    add(edits, collection, key, value)
    return edits.changes()


def add(edits: Edits, collection: str, key: Key | None, value: Any, path: str | None = None) -> str:
    """Have a record added, in a file of its own or among others as the collection's layout has it; where that is.

    ``key`` is what names it: it is written where the collection's key is. A ``path`` says in which file.
    """
    source = edits.source
    one = source.collection(collection)
    value = _with_key(one, key, value, source.by_collection[collection])
    if key is None and one.key is not None:
        key = look_up(value, steps(one.key))
    if key is not None and (collection, str(key)) in source.by_key:
        raise Refused(f"{collection} has a record {str(key)!r} already, in {source.by_key[collection, str(key)].path}")
    name = None if key is None else str(key)
    if one.layout in ("file", "front-matter") and not one.at:
        path = path or _free_path(source, one, name)
        edits.write(path, new_file(one, path, value, None, source.like(collection)))
        return path
    path = path or _file_of_many(source, one, name)
    if path in source.by_path or (source.book.root / path).is_file():
        edits.add(path, collection, Add(value, _map_key(one, path, name)))
    else:
        edits.write(path, new_file(one, path, value, _map_key(one, path, name), source.like(collection)))
    return path


def _with_key(collection: Collection, key: Key | None, value: Any, others: list[Record]) -> Any:
    """A record with its key at the property that is it; one that has none there gets it where the ``others`` do."""
    if collection.key is None or key is None or not isinstance(value, dict):
        return value
    names = steps(collection.key)
    try:
        there = look_up(value, names)
    except KeyError:
        return _put(value, names, key, others[-1].value if others else None)
    if there != key:
        raise Refused(f"the record says {there!r} where its key {key!r} is to be")
    return value


def _put(value: dict[str, Any], names: tuple[str, ...], key: Key, like: Any) -> dict[str, Any]:
    """A mapping with a property more, behind those that stand before it in one ``like`` it; else as the first."""
    name, rest = names[0], names[1:]
    there = list(like) if isinstance(like, dict) and name in like else []
    new: Any = key
    if rest:
        inner = value.get(name)
        new = _put(inner if isinstance(inner, dict) else {}, rest, key, like[name] if there else None)
    if name in value:
        return {**value, name: new}
    before = {one for one in there[: there.index(name)] if one in value} if there else set()
    items = list(value.items())
    at = max((number for number, (one, _) in enumerate(items, 1) if one in before), default=0)
    return dict([*items[:at], (name, new), *items[at:]])


def _map_key(collection: Collection, path: str, key: str | None) -> str | None:
    """By which name a record stands in its map, so that its key is ``key``."""
    if collection.layout != "map" or key is None:
        return key
    if collection.key is not None:
        return key
    return part_for(collection, path, "key", key, {}) or key


def _free_path(source: Source, collection: Collection, key: str | None) -> str:
    """Where the file of a new record goes: where its key says, or else beside the others, by its name."""
    if key is None:
        raise Refused(f"a record of {collection.name} needs a key, after which its file is named")
    for path in _candidates(source, collection, key):
        if not _claimed(collection, path) or (collection.key_by_path and file_key(collection, path) != key):
            continue
        if (source.book.root / path).exists():
            raise Refused(f"{path} is there already, where the record would go")
        return path
    raise Refused(f"no file that {collection.name} claims gives a record the key {key!r}: name the file")


def _candidates(source: Source, collection: Collection, key: str) -> list[str]:
    """The paths at which a record may lie that has this key, the likeliest first."""
    there = source.by_collection[collection.name]
    endings = Counter(posixpath.splitext(record.path)[1] for record in there)
    names = Counter(posixpath.basename(record.path) for record in there)
    folders = Counter(posixpath.dirname(record.path) for record in there)
    stem = key if collection.key_by_path else _file_name(key)
    found: list[str] = []
    for pattern in collection.records:
        base, ending = files.base(pattern), posixpath.splitext(pattern)[1]
        ends = dict.fromkeys(
            [*([ending] if "*" not in ending and ending else []), *(e for e, _ in endings.most_common())]
        )
        within = [folder for folder, _ in folders.most_common(3)] if "**" in pattern else []
        places = [base, *within] if "/" in key else [*within, base]
        for end in ends or {".yaml": None}:
            found += [posixpath.join(folder, f"{stem}{end}") for folder in dict.fromkeys(places)]
            found += [posixpath.join(base, stem, name) for name, _ in names.most_common(3)]  # {parent} is the key
            found.append(posixpath.join(base, stem, f"{stem}{end}"))
    return list(dict.fromkeys(found))


def _file_name(key: str) -> str:
    """A key as the name of a file: what no file name may hold becomes a hyphen."""
    return re.sub(r"[/\\:*?\"<>|\x00-\x1f]+", "-", key).strip(". ") or "record"


def _claimed(collection: Collection, path: str) -> bool:
    name = posixpath.basename(path)
    return len(name.encode()) < 250 and files.matcher(collection.records).fullmatch(path) is not None


def _file_of_many(source: Source, collection: Collection, key: str | None) -> str:
    """The file that a record goes into which lies among others: the one that the last record is in."""
    there = [path for name, path in source.reading.files if name == collection.name]
    parts = {*template_parts(collection.key_template)} if collection.key is None else set()
    if key is not None and parts & {"stem", "parent", "path"}:
        fit = [path for path in there if part_for(collection, path, "key", key, {}) is not None]
        if fit:
            return fit[-1]
        raise Refused(f"no file of {collection.name} gives a record the key {key!r}: name the file")
    records = source.by_collection[collection.name]
    if records:
        return records[-1].path
    if there:
        return there[-1]
    for pattern in collection.records:
        if not any(c in pattern for c in "*?["):
            return pattern
    pattern = collection.records[0]
    ending = posixpath.splitext(pattern)[1]
    return posixpath.join(files.base(pattern), collection.name + (ending if "*" not in ending else ".yaml"))


# --- records that go ------------------------------------------------------------------------------------------------


def removed(source: Source, record: Record) -> tuple[FileChange, ...]:
    """The files that differ once a record is gone: its file, or the one that it lies in among others."""
    edits = Edits(source)
    edits.drop(record)
    return edits.changes()


# --- records that get another key -----------------------------------------------------------------------------------


def rekeyed(source: Source, record: Record, new_key: Key) -> tuple[FileChange, ...]:
    """The files that differ once a record has another key, wherever that is written; who refers to it is left as is."""
    edits = Edits(source)
    rekey(edits, record, new_key)
    return edits.changes()


def rekey(edits: Edits, record: Record, new_key: Key) -> None:
    """Have a record get another key: the property that is it, the name of its file, its name in a map.

    A file that is named after the key gets the name of the new one, whatever makes the key. Raises Refused where the
    key is taken, or nothing that is the record's own alone makes it.
    """
    source = edits.source
    collection = source.collection(record.collection)
    taken = source.by_key.get((record.collection, str(new_key)))
    if taken is not None and taken is not record:
        raise Refused(f"{record.collection} has a record {str(new_key)!r} already, in {taken.path}")
    if str(new_key) == "":
        raise Refused("a key is not empty")
    if collection.key is not None:
        value = _typed(record.key, new_key)
        edits.put(record, steps(collection.key), value)
        if collection.layout == "map" and record.at[-1:] == (str(record.key),):
            edits.rename(record, (), str(value))
        _follow(edits, collection, record, str(value))
        return
    _by_template(edits, collection, record, str(new_key))


def _typed(old: Key, new: Key) -> Key:
    """A key of the type that the old one has, if it can be: an integer stays one."""
    if isinstance(old, int) and isinstance(new, str) and re.fullmatch(r"-?(?:0|[1-9][0-9]*)", new):
        return int(new)
    return str(new) if isinstance(old, str) else new


def _follow(edits: Edits, collection: Collection, record: Record, key: str) -> None:
    """Rename the file of a record that is named after its key though that stands in it, if it can be."""
    folder, name = posixpath.split(record.path)
    stem, ending = posixpath.splitext(name)
    alone = collection.layout in ("file", "front-matter") and len(edits.source.by_path[record.path]) == 1
    if alone and stem in (str(record.key), _file_name(str(record.key))):
        path = posixpath.join(folder, _file_name(key) + ending)
        if _claimed(collection, path) and not (edits.source.book.root / path).exists():
            edits.move(record.path, path)


def _by_template(edits: Edits, collection: Collection, record: Record, key: str) -> None:
    """Change the one part of a key made by a template that makes it the new one."""
    source = edits.source
    said = {one: said_of(collection, record, one) for one in template_parts(collection.key_template)}
    known = {one: text for one, text in said.items() if text}
    for part in sorted(known, key=_preference):
        new = part_for(collection, record.path, part, key, known)
        if new is None:
            continue
        if part == "key":
            edits.rename(record, (), new)
        elif part in ("stem", "parent", "path"):
            path = with_part(collection, record.path, part, new)
            if path is None or not _alone(source, record, part):
                continue
            if not _claimed(collection, path):
                raise Refused(f"{path}, by which the record would have the key {key!r}, is claimed by no pattern")
            edits.move(record.path, path)
        elif part.isdecimal():
            continue
        else:
            old = look_up(record.value, steps(part))
            edits.put(record, steps(part), _typed(old, new))
        return
    raise Refused(
        f"the key {record.key!r} is made by {collection.key_template!r}, no part of which alone can be changed so "
        f"that it is {key!r}"
    )


def _preference(part: str) -> int:
    return ["key", "stem", "path", "parent"].index(part) if part in ("key", "stem", "path", "parent") else 4


def _alone(source: Source, record: Record, part: str) -> bool:
    """Whether a part of the path of its file is a record's own, so that no other one gets another key with it."""
    if len(source.by_path[record.path]) > 1:
        return False
    if part != "parent":
        return True
    folder = posixpath.dirname(record.path)
    return sum(posixpath.dirname(path) == folder for path in source.by_path) == 1


def key_as(collection: Collection, path: str, value: Any, key: str | None = None) -> Key | None:
    """The key that a record would have which is written so; None where it would have none."""
    found, problem = key_of(collection, path, Item(value, 0, (), 1, key))
    return None if problem else found
