# SPDX-License-Identifier: Apache-2.0
"""On how many origins statements rest: a book counted by hand, and any book held against what is tried out."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sourcebook
from sourcebook.tables.independence import Book, Said, components
from tests.conftest import BOOKS
from tests.toolkit.test_verify import rehash, sql

Copy = Callable[[str], Path]


def _rows(database: Path) -> Mapping[tuple[str, str], tuple[Any, ...]]:
    connection = sqlite3.connect(database)
    found = connection.execute("SELECT collection, key, statements, at_least, at_most, origins FROM _independence")
    rows = {(name, key): (count, least, most, json.loads(who)) for name, key, count, least, most, who in found}
    connection.close()
    return rows


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(BOOKS / "origins", tmp_path_factory.mktemp("built") / "origins"))
    sourcebook.build(folder)
    return folder


def test_a_book_is_counted_as_by_hand(built: Path) -> None:
    rows = _rows(built / "build/origins.db")
    every_dry = (3, 2, 3, ["dipper", "pail", "drop-itself"])
    assert rows == {
        ("remarks", "dry"): every_dry,  # the paper's own voice may be any of the two; what is drawn from it adds none
        ("remarks", "dry-echo"): every_dry,
        ("remarks", "dry-pail"): (1, 1, 1, ["pail"]),
        ("remarks", "dry-drawn"): (1, 1, 1, ["hooded"]),
        ("remarks", "dry-drop"): (1, 1, 1, ["drop-itself"]),
        ("remarks", "wet"): (2, 2, 3, ["hooded", "veiled", "dipper"]),  # the hood and the veil may be one
        ("remarks", "wet-veiled"): (1, 1, 1, ["veiled"]),
        ("remarks", "wet-third"): (1, 1, 1, ["dipper"]),  # said by one, on the knowledge of another
        ("remarks", "both"): (5, 3, 5, ["dipper", "hooded", "pail", "drop-itself", "veiled"]),
        ("remarks", "wire-one"): (1, 1, 2, ["dipper", "pail"]),  # both may have it from the wire
        ("remarks", "wire-two"): (1, 1, 1, ["pail"]),
        ("wells", "north"): (5, 3, 3, ["dipper", "pail", "hooded"]),
        ("wells", "south"): (4, 2, 4, ["hooded", "veiled", "dipper", "pail"]),
    }
    assert sourcebook.verify(built).differences == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE _independence SET at_most = 4 WHERE key = 'dry'",
        "UPDATE _independence SET at_least = 1 WHERE key = 'wet'",
        "UPDATE _independence SET origins = '[\"pail\"]' WHERE key = 'dry-drop'",
        "UPDATE _independence SET why = 'Everybody says so.' WHERE key = 'dry'",
        "DELETE FROM _independence WHERE key = 'north'",
        "DROP TABLE _independence",
    ],
)
def test_a_wrong_count_is_found(built: Path, tmp_path: Path, damage: str) -> None:
    folder = Path(shutil.copytree(built, tmp_path / "origins", symlinks=True))
    release = (folder / "build/origins.db").resolve().parent
    sql(damage)(release / "origins.db")
    rehash(release)
    assert any("_independence" in one.message for one in sourcebook.verify(folder).differences)


def test_a_patched_database_counts_as_a_new_one(book: Copy) -> None:
    folder = book("origins")
    sourcebook.build(folder)
    path = folder / "data/remarks.yaml"
    path.write_text(path.read_text("utf-8").replace("repeats: [dry], wells", "supports: [dry], wells"), "utf-8")
    sourcebook.build(folder)
    patched = _rows(folder / "build/origins.db")
    sourcebook.build(folder, clean=True)
    assert patched == _rows(folder / "build/origins.db")
    assert patched["remarks", "dry-echo"] != (3, 2, 3, ["dipper", "pail", "drop-itself"])


def test_a_book_that_tells_of_none_has_no_table(book: Copy) -> None:
    folder = book("ferry-case")
    sourcebook.build(folder)
    with closing(sqlite3.connect(folder / "build/ferry-case.db")) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert ("_independence",) not in tables


# --- any book ---------------------------------------------------------------------------------------------------------

_FEW = 6
_links = st.dictionaries(st.integers(0, _FEW - 1), st.lists(st.integers(0, _FEW - 1), max_size=2), max_size=_FEW)
_books = st.builds(
    lambda said, repeats, supports, derived, may_be, unknown: Book(
        said={
            n: Said(tuple(f"o{o}" for o in who), tuple(f"d{d}" for d in where)) for n, (who, where) in enumerate(said)
        },
        repeats={n: [to for to in some if to < len(said)] for n, some in repeats.items() if n < len(said)},
        supports={n: [to for to in some if to < len(said)] for n, some in supports.items() if n < len(said)},
        derived_from={f"d{n}": [f"d{to}" for to in some] for n, some in derived.items()},
        may_be={f"o{n}": [f"o{to}" for to in some] for n, some in may_be.items()},
        unknown={f"o{n}" for n in unknown},
    ),
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 5), min_size=1, max_size=2, unique=True),
            st.lists(st.integers(0, 3), min_size=1, max_size=2, unique=True),
        ),
        min_size=1,
        max_size=_FEW,
    ),
    _links,
    _links,
    _links,
    _links,
    st.sets(st.integers(0, 5), max_size=2),
)


def _reach(start: Any, links: Mapping[Any, Any]) -> set[Any]:
    found: set[Any] = set()
    for _ in range(20):
        found |= {to for one in (start, *found) for to in links.get(one, ())}
    return found


def _oracle(told: Book, statement: int) -> tuple[int, int]:
    """The least and the most, by trying out: the most who are told apart, of all sets of origins."""
    firsts = _firsts(told, statement)
    bearers = set(firsts)
    for one, some in told.supports.items():
        if any(_firsts(told, to) & firsts for to in some):
            bearers |= _firsts(told, one)

    def drawn(one: Any, other: Any) -> bool:
        there = set(told.said[other].documents)
        return all((_reach(d, told.derived_from) - {d}) & there for d in told.said[one].documents)

    kept = [
        one
        for one in sorted(bearers)
        if not any(
            drawn(one, other) and (not drawn(other, one) or _before(other, one, firsts))
            for other in bearers
            if other != one
        )
    ]
    origins = {origin for one in kept for origin in told.said[one].origins}
    bases = {
        origin: set.intersection(
            *(
                _reach(d, told.derived_from) - {d}
                for one in kept
                if origin in told.said[one].origins
                for d in told.said[one].documents
            )
        )
        for origin in origins
    }

    def may_be_one(one: Any, other: Any) -> bool:
        said = other in told.may_be.get(one, ()) or one in told.may_be.get(other, ())
        return said or bool(bases[one] & bases[other])

    known = sorted(origins - set(told.unknown))
    best = max(
        len(some)
        for size in range(len(known) + 1)
        for some in combinations(known, size)
        if not any(may_be_one(*pair) for pair in combinations(some, 2))
    )
    return max(best, 1), max(len(origins), 1)


def _before(one: Any, other: Any, firsts: set[Any]) -> bool:
    return (one not in firsts, one) < (other not in firsts, other)


def _firsts(told: Book, statement: Any) -> set[Any]:
    every = {statement, *_reach(statement, told.repeats)}
    ends = {x for x in every if all(x in _reach(y, told.repeats) for y in _reach(x, told.repeats))}
    return {min({x, *_reach(x, told.repeats)}) for x in ends}


@given(_books)
@settings(max_examples=150, deadline=None)
def test_any_book_is_counted_as_by_trying_out(told: Book) -> None:
    for statement in told.said:
        standing = told.standing(statement)
        assert (standing.at_least, standing.at_most) == _oracle(told, statement)
        assert 1 <= standing.at_least <= standing.at_most


@given(_books)
@settings(max_examples=50, deadline=None)
def test_what_repeats_never_adds_an_origin(told: Book) -> None:
    more = Book(
        {**told.said, "again": Said(("somebody else",), ("d9",))},
        {**told.repeats, "again": [0]},
        told.supports,
        told.derived_from,
        told.may_be,
        told.unknown,
    )
    for one in told.said:
        before, after = told.standing(one), more.standing(one)
        assert (before.at_least, before.at_most, before.origins) == (after.at_least, after.at_most, after.origins)


def test_more_that_may_be_the_same_than_can_be_tried_count_as_one() -> None:
    said = {n: Said((f"o{n}",)) for n in range(40)}
    chain = {f"o{n}": [f"o{n + 1}"] for n in range(39)}
    standing = Book(said, supports={n: [0] for n in range(1, 40)}, may_be=chain).standing(0)
    assert (standing.at_least, standing.at_most) == (1, 40)


def test_a_long_chain_of_repeats_is_no_matter() -> None:
    many = 50_000
    told = Book({n: Said(("o",)) for n in range(many)}, {n: [n - 1] for n in range(1, many)})
    assert told.standing(many - 1).at_most == 1
    assert told.firsts[many - 1] == {0}


@given(_links)
def test_circles_come_together_and_what_links_lead_to_comes_first(links: dict[int, list[int]]) -> None:
    found = list(components(range(_FEW), links))
    assert sorted(one for some in found for one in some) == list(range(_FEW))
    place = {one: number for number, some in enumerate(found) for one in some}
    for one, other in product(range(_FEW), repeat=2):
        reached, back = other in _reach(one, links), one in _reach(other, links)
        assert (place[one] == place[other]) == (one == other or (reached and back))
        if reached:
            assert place[other] <= place[one]
