# SPDX-License-Identifier: Apache-2.0
"""What a book keeps of keys besides its records, changed with them: moved keys, pairs told apart, the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sourcebook.book import BASELINE, DIFFERENT, MOVED, TAKEN_DOWN, WITHDRAWN, Known
from sourcebook.edit.edits import Edits
from sourcebook.edit.model import Refused
from sourcebook.edit.source import Source
from sourcebook.edit.text import Put, Remove, edited
from sourcebook.edit.written import Manner, in_flow
from sourcebook.exact import same
from sourcebook.parse import parse
from sourcebook.records.model import Record

_HEAD = """# Keys that records had and have no more: what the site leads old addresses on by.
# Written by `sourcebook rename`, `delete` and `merge`; docs/curating.md says more.
"""
_HEAD_OF_WITHDRAWN = """# What was published once and is not to be any more: the site says so at its address.
# Written by `sourcebook retract` and `takedown`; docs/curating.md says more.
"""
_MANNER = Manner(plain=frozenset({"date"}))

Changes = Sequence[Put | Remove]


def given_up(edits: Edits, left: Sequence[tuple[Record, str, str]], on: str = "") -> None:
    """Have the book keep what becomes of the keys of records: each with another, or the reason why it is gone."""
    day = on or datetime.now().astimezone().date().isoformat()
    entries = [_entry(*one, day) for one in left]
    back = {(record.collection, to) for record, to, _ in left if to}  # who has an old key back
    back |= {(record.collection, str(record.key)) for record, _, _ in left}  # what was said of a key that came again
    data = _data(edits.source, MOVED)
    removes = [
        Remove(0, (number,))
        for number, one in enumerate(_list(edits.source, MOVED))
        if isinstance(one, dict) and (one.get("collection"), str(one.get("key"))) in back
    ]
    if removes:
        data = _changed(edits.source, MOVED, removes)
    for entry in entries:
        data = _appended(data, entry)
    edits.write(MOVED, data)


def withdrawn(edits: Edits, entries: Sequence[dict[str, Any]]) -> None:
    """Have the book keep what was withdrawn of it; an entry of a record makes those of its properties one."""
    whole = {(one["collection"], str(one["key"])): one["how"] for one in entries if "property" not in one}
    data = _data(edits.source, WITHDRAWN)
    removes: list[Put | Remove] = []
    hashes: dict[tuple[Any, str], list[str]] = {}
    for number, one in enumerate(_list(edits.source, WITHDRAWN)):
        known = (one.get("collection"), str(one.get("key"))) if isinstance(one, dict) else ("", "")
        # What was taken down of a record that is retracted is known again all the same.
        if known in whole and ("property" not in one or whole[known] == TAKEN_DOWN):
            removes.append(Remove(0, (number,)))
            hashes.setdefault(known, []).extend(one.get("hashes") or ())
    if removes:
        data = _changed(edits.source, WITHDRAWN, removes)
    for entry in entries:
        more = hashes.get((entry["collection"], str(entry["key"])), []) if "property" not in entry else []
        if more:
            entry = {**entry, "hashes": list(dict.fromkeys([*more, *entry.get("hashes", ())]))}
        data = _appended(data, entry, WITHDRAWN, _HEAD_OF_WITHDRAWN)
    edits.write(WITHDRAWN, data)


def _entry(record: Record, to: str, gone: str, on: str) -> dict[str, Any]:
    what = {"to": int(to) if isinstance(record.key, int) and to.isdecimal() else to} if to else {"gone": gone}
    return {"collection": record.collection, "key": record.key, **what, "on": on}


def _appended(data: bytes | None, entry: dict[str, Any], path: str = MOVED, head: str = "") -> bytes:
    """The list at a path with one more entry at its end, on a line of its own."""
    line = f"- {in_flow(entry, _MANNER)}".replace(', "on": ', ", on: ")  # which only readers of YAML 1.1 take for yes
    if data is None:
        return f"{head or _HEAD}{line}\n".encode()
    there = _values(data, path)
    text = data.decode("utf-8")
    end = "\r\n" if "\r\n" in text else "\n"
    if there == [] and text.rstrip().endswith("[]"):  # written so when the last entry was taken out
        text = text.rstrip()[:-2]
    text = text if not text.strip() or text.endswith(("\n", "\r")) else text + end
    after = f"{text}{line}{end}".encode()
    if not same(_values(after, path), [*there, entry]):
        raise Refused(f"{path} is not written an entry a line, so none can be added at its end: write it as {line}")
    return after


def with_other_keys(edits: Edits, renamed: Sequence[tuple[Record, str, str]]) -> None:
    """Have what is kept of records kept under their new keys, and the new paths of their files."""
    pairs = [one for record, key, _ in renamed for one in _pairs(edits.source, record, key)]
    findings = [
        one
        for record, key, path in renamed
        for number, known in _known(edits.source, record)
        for one in _renamed(record, key, path, number, known)
    ]
    _write(edits, pairs, findings)


def without(edits: Edits, record: Record, to: str = "") -> None:
    """Have nothing kept of a record that goes; of one that another stands for, what is kept of pairs is that one's."""
    findings = [Remove(0, ("findings", number)) for number, _ in _known(edits.source, record)]
    _write(edits, list(_pairs(edits.source, record, to)), findings)


def without_all(edits: Edits, records: Sequence[Record]) -> None:
    """Have nothing kept of records that go."""
    findings = [Remove(0, ("findings", number)) for one in records for number, _ in _known(edits.source, one)]
    pairs = [change for one in records for change in _pairs(edits.source, one, "")]
    _write(edits, list(dict.fromkeys(pairs)), list(dict.fromkeys(findings)))


def _write(edits: Edits, pairs: Changes, findings: Changes) -> None:
    for path, changes in ((DIFFERENT, pairs), (BASELINE, findings)):
        if changes:
            edits.write(path, _changed(edits.source, path, changes))


def judged_different(source: Source, collection: str, one: str, other: str) -> str:
    """Why two records were judged to be different; the empty text where they were not."""
    for entry in _list(source, DIFFERENT):
        if _is_pair(entry, collection) and {str(key) for key in entry["keys"]} == {one, other}:
            return f"on {entry.get('on', 'a day that is not given')}: {entry.get('why', 'no reason is given')}"
    return ""


def _pairs(source: Source, record: Record, key: str) -> Iterator[Put | Remove]:
    """Changes of pairs judged different: to have the new ``key``, or not to be there any more."""
    entries = _list(source, DIFFERENT)
    kept = {frozenset(map(str, one["keys"])) for one in entries if _is_pair(one, record.collection)}
    for number, entry in enumerate(entries):
        if not _is_pair(entry, record.collection) or str(record.key) not in map(str, entry["keys"]):
            continue
        keys = [key if str(one) == str(record.key) else str(one) for one in entry["keys"]]
        if not key or len(set(keys)) < len(keys) or frozenset(keys) in kept:
            yield Remove(0, (number,))
        else:
            at = [str(one) for one in entry["keys"]].index(str(record.key))
            is_number = isinstance(entry["keys"][at], int) and key.isdecimal()
            yield Put(0, (number, "keys", at), int(key) if is_number else key)


def _is_pair(entry: Any, collection: str) -> bool:
    return isinstance(entry, dict) and entry.get("collection") == collection and isinstance(entry.get("keys"), list)


def _known(source: Source, record: Record) -> Iterator[tuple[int, Known]]:
    """The entries of the baseline that are about a record, each with its number in the file."""
    begin = f"{record.collection}/{record.key}#"
    for known in source.book.baseline.known:
        if known.place.startswith(begin):
            yield int(known.pointer.rpartition("/")[2]), known


def _renamed(record: Record, key: str, path: str, number: int, known: Known) -> Iterator[Put | Remove]:
    where = ("findings", number)
    inside = known.place.removeprefix(f"{record.collection}/{record.key}#")
    yield Put(0, (*where, "place"), f"{record.collection}/{key}#{inside}")
    if path != record.path and known.path == record.path:
        yield Put(0, (*where, "path"), path)


def _changed(source: Source, path: str, changes: Changes) -> bytes:
    """A file that is no collection's, after changes."""
    as_list = replace(source.book.collections[0], layout="list", at=(), select=None, leave=None, body="")
    return edited(as_list, path, source.data(path), changes, source.book.limits)


def _data(source: Source, path: str) -> bytes | None:
    there = source.book.root / path
    return source.data(path) if there.is_file() or there.is_symlink() else None


def _list(source: Source, path: str) -> list[Any]:
    data = _data(source, path)
    return [] if data is None else _values(data, path)


def _values(data: bytes, path: str) -> list[Any]:
    """The entries of a list. Raises Refused where the file holds none."""
    parsed = parse(data, path)
    value = parsed.documents[0].value if len(parsed.documents) == 1 and not parsed.broken else None
    if parsed.broken or len(parsed.documents) > 1 or not isinstance(value, list | None):
        raise Refused(f"{path} is no list, so nothing can be kept in it: `sourcebook check` tells more")
    return value or []
