# SPDX-License-Identifier: Apache-2.0
"""Whole records that come, go and get another key, in every layout, with every kind of line end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.edit.carry_out import write
from sourcebook.edit.model import FileChange, Proposal, Refused
from sourcebook.edit.records import added, rekeyed, removed
from sourcebook.edit.source import Source, source_of
from tests.toolkit.edit_books import grove

COLLECTIONS = {
    "people": ("odd-ankerlokke", {"name": "Grid Holm", "number": 9, "email": "grid@example.org"}),
    "trees": ("ash", {"planter": "isil-fener", "tended": [{"by": "odd@example.org"}]}),
    "paths": ("short", {"walker": "isil-fener"}),
    "ponds": ("shallow", {"depths": {"isil-fener": 2}}),
    "signs": ("a", {"by": ["isil-fener"]}),
    "pages": ("walk", {"title": "A swim", "author": "isil-fener", "body": "It was\ncold.\n"}),
    "gates": ("south", {"keeper": "odd-ankerlokke", "wide": True}),
    "keys": (2, {"holder": "8"}),
    "visits": ("v2", {"by": "isil-fener"}),
    "birds": ("snipe", {"seen_by": "isil-fener", "kind": "owls"}),
}
WAYS = [{}, {"line_end": "\r\n"}, {"mark": True}]


@pytest.fixture(params=WAYS, ids=["plain", "crlf", "mark"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    return source_of(grove(tmp_path, **request.param))


def _made(source: Source, changes: tuple[FileChange, ...]) -> dict[tuple[str, str], Any]:
    """The records after changes, which were written."""
    assert changes
    _lines_are_kept(changes)
    write(Proposal(source.book.root, "", changes))
    after = source_of(source.book.root)
    assert not [one for one in after.reading.findings if one.level == "error"]
    return {(one.collection, str(one.key)): one.value for one in after.records}


def _lines_are_kept(changes: Iterable[FileChange]) -> None:
    """Line ends, byte order marks and the end of a file are as they were."""
    for one in changes:
        if one.before and one.after:
            assert (b"\r\n" in one.before) == (b"\r\n" in one.after) or one.after.count(b"\n") < 2
            assert b"\n" not in one.after.replace(b"\r\n", b"") or b"\r\n" not in one.before
            assert one.before[:3] == one.after[:3] or not one.before.startswith(b"\xef\xbb\xbf")
            assert one.before.endswith(b"\n") == one.after.endswith(b"\n")


def _values(source: Source) -> dict[tuple[str, str], Any]:
    return {(one.collection, str(one.key)): one.value for one in source.records}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_record_goes(source: Source, name: str) -> None:
    key, _ = COLLECTIONS[name]
    wanted = _values(source)
    del wanted[name, str(key)]
    assert _made(source, removed(source, source.record(name, key))) == wanted


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_record_comes(source: Source, name: str) -> None:
    new: Any = 31 if name == "keys" else "new-one"
    before = _values(source)
    after = _made(source, added(source, name, new, COLLECTIONS[name][1]))
    value = after.pop((name, str(new)))
    assert after == before
    assert {**COLLECTIONS[name][1]} == {one: value[one] for one in COLLECTIONS[name][1]}
    assert sourcebook.check(source.book.root).findings == ()


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_record_gets_another_key(source: Source, name: str) -> None:
    key, _ = COLLECTIONS[name]
    new: Any = 31 if name == "keys" else "new-one"
    wanted = _values(source)
    value = wanted.pop((name, str(key)))
    changes = rekeyed(source, source.record(name, key), new)
    after = _made(source, changes)
    got = after.pop((name, str(new)))
    own = source.book.by_name[name].key
    assert after == wanted
    assert {**got, own: 0} == {**value, own: 0} if own else got == value
    kept = [one for one in changes if one.after is not None]
    before = {one.path: one.before for one in changes}
    assert len(kept) == 1
    old = next(data for data in before.values() if data is not None)
    differing = sum(a != b for a, b in zip(old.split(b"\n"), (kept[0].after or b"").split(b"\n"), strict=True))
    assert differing <= 1


def test_all_records_of_a_file_go(source: Source) -> None:
    for name in ("paths", "ponds", "signs", "visits"):
        for record in source.by_collection[name]:
            here = source_of(source.book.root)
            write(Proposal(here.book.root, "", removed(here, here.record(name, record.key))))
    after = source_of(source.book.root)
    assert {name: len(some) for name, some in after.by_collection.items() if not some} == {
        "paths": 0, "ponds": 0, "signs": 0, "visits": 0,
    }  # fmt: skip
    root = source.book.root
    assert (root / "data/paths.yaml").read_bytes().removeprefix(b"\xef\xbb\xbf").split() == [b"#", b"muddy", b"[]"]
    assert not (root / "data/signs.yaml").exists()
    for name in ("paths", "ponds", "signs", "visits"):
        here = source_of(root)
        write(Proposal(root, "", added(here, name, "first", COLLECTIONS[name][1])))
    assert {len(some) for name, some in source_of(root).by_collection.items() if name in ("paths", "signs")} == {1}


def test_a_key_that_is_taken(source: Source) -> None:
    with pytest.raises(Refused, match=r"has a record 'isil-fener' already, in data/people/isil-fener.yaml"):
        rekeyed(source, source.record("people", "odd-ankerlokke"), "isil-fener")
    with pytest.raises(Refused, match="has a record 'ash' already"):
        added(source, "trees", "ash", {})
    with pytest.raises(Refused, match="it cannot be told which"):
        added(source, "birds", "wren", {"seen_by": "isil-fener"})
    (change,) = added(source, "birds", "teal", {"seen_by": "isil-fener", "kind": "ducks"})
    assert (change.after or b"").replace(b"\r", b"").endswith(b"\nducks:\n  teal:\n    seen_by: isil-fener\n")


def test_records_lie_as_their_neighbours_do(book: Callable[[str], Path]) -> None:
    source = source_of(book("layouts"))

    def told(name: str, key: str, value: Any) -> tuple[str, str]:
        (change,) = added(source, name, key, value)
        before, after = (change.before or b"").decode(), (change.after or b"").decode()
        return change.path, after.removeprefix(before)

    assert told("words", "oak", {"tree": True}) == ("data/words.yaml", "oak: {tree: true}\n")
    assert told("towns", "Oak", {"kind": "town"}) == ("data/mixed.yaml", "---\nkind: town\nname: Oak\n")
    river = {"kind": "river", "towns": ["Elm"]}
    wanted = "---\nkind: river\nid:\n  code: R2\ntowns: [Elm]\n"
    assert told("rivers", "R2", river) == ("data/mixed.yaml", wanted)
    page = {"title": "A climb", "text": "Up.\n"}
    climb = "---\ntitle: A climb\n---\nUp.\n".replace("\n", "\r\n")  # as the lines of the other pages end
    assert told("pages", "west/climb", page) == ("data/pages/west/climb.md", climb)
    (change,) = added(source, "groups", "two", ["elm"])
    assert (change.after or b"").decode().strip().endswith('"\\ud83c\\udf33": [], "two": ["elm"]}}}')


def test_a_key_that_a_template_makes(book: Callable[[str], Path]) -> None:
    source = source_of(book("layouts"))
    page = source.record("pages", "north/long-walk")
    old, new = rekeyed(source, page, "north/short-walk")
    assert (old.path, old.after) == ("data/pages/north/long_walk.md", None)
    assert (new.path, new.after) == ("data/pages/north/short-walk.md", old.before)
    assert [one.path for one in rekeyed(source, page, "west/long-walk") if one.after] == [
        "data/pages/west/long_walk.md"
    ]
    with pytest.raises(Refused, match=r"made by '{parent}/{stem}', no part of which alone can be changed"):
        rekeyed(source, page, "west/walk")
