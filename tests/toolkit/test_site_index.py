# SPDX-License-Identifier: Apache-2.0
"""The index of the site: what each record is found by, what is counted, that it is made of nothing but the database."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sourcebook
from sourcebook.compile import chunk as chunks
from sourcebook.extract.gone_keys import KEYS, add_gone_keys, gone_keys
from sourcebook.extract.site_index import SITE_INDEX, write_site_index
from sourcebook.files import sha256
from sourcebook.publish import cache
from sourcebook.site import hits as hits_of_site
from sourcebook.site.hits import Hits, hits, records_of
from sourcebook.sqlite import quote
from sourcebook.tables.search import APART, TOKENIZER, expression, fold, folded
from tests import harbour

BOOKS = Path(__file__).parent.parent / "books"
Copy = Callable[[str], Path]

# What stands in the index of each record of the book "moorings": collection, key, column, and the texts there.
INDEXED = [
    ("boats", "12", "name", "12 | grey gull | mavi isik | der kleine sturmvogel | 東 京 丸"),
    ("boats", "12", "text", "a boat of the kizilirmak | sample hill | ejemplo"),
    ("boats", "12", "linked", "ada musterfrau | adacik | bo prove | bo prove"),
    ("boats", "3", "name", "3 | petrel"),
    ("boats", "3", "linked", "grey gull | mavi isik | der kleine sturmvogel | 東 京 丸"),
    ("boats", "7", "name", "7 | tern"),
    ("boats", "7", "text", "testhausen | slow | only upwind"),
    ("sailors", "ada-muster", "name", "ada muster | ada musterfrau | adacik"),
    ("sailors", "bo", "name", "bo | bo prove"),
    ("sailors", "cy", "name", "cy | cy vzor"),
    ("sailors", "cy", "linked", "bo prove"),
    ("berths", "12", "name", "12 | port"),
    ("berths", "12", "linked", "grey gull | mavi isik | der kleine sturmvogel | 東 京 丸"),
    ("berths", "7", "name", "7 | port"),
    ("berths", "7", "linked", "tern"),
    ("shanties", "haul", "name", "haul"),
    ("shanties", "haul", "text", "haul away the anchor | heave"),
]
FACETS = [
    ("boats", "kind", [("sloop", 2), ("ketch", 1)], 2),
    ("boats", "flags[]", [("blue", 2), (None, 1), ("white", 1)], 3),
    ("boats", "weight", [(None, 1), ("7", 1), ("7.5", 1)], 3),
]


@pytest.fixture(scope="module")
def moorings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the book, built."""
    folder = tmp_path_factory.mktemp("moorings") / "book"
    shutil.copytree(BOOKS / "moorings", folder)
    assert sourcebook.build(folder).release
    return folder


@pytest.fixture
def release(moorings: Path) -> Iterator[sqlite3.Connection]:
    """The database of the book, with its index attached as the site has it."""
    with closing(attached(moorings / "build/moorings-book.db")) as connection:
        yield connection


def attached(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database)
    connection.execute("ATTACH ? AS site", (str(database.with_name(SITE_INDEX)),))
    return connection


def indexed(connection: sqlite3.Connection) -> list[tuple[str, str, str, str]]:
    """What stands in an index, by the numbers of records in the main database and of collections in the index."""
    connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(site, search, instance)")
    found: dict[tuple[str, str, str], list[str]] = {}
    rows = connection.execute(
        """SELECT counts.collection, record.key, col, term FROM temp.words
        JOIN _records AS record ON record.rowid = doc & 0xffffffff
        JOIN site.counts ON counts.rowid = doc >> 32 AND counts.collection = record.collection
        ORDER BY doc, CASE col WHEN 'name' THEN 1 WHEN 'text' THEN 2 ELSE 3 END, offset"""
    )
    for collection, key, column, term in rows:
        found.setdefault((collection, key, column), []).append(term)
    return [(*of, " ".join(terms).replace(APART.strip(), "|").strip("| ")) for of, terms in found.items()]


def test_each_record_is_found_by_its_names_its_text_and_the_names_of_what_it_refers_to(
    release: sqlite3.Connection,
) -> None:
    """Whatever keys are (numbers, references), and however deep a text or a reference lies; nothing else is there."""
    assert indexed(release) == INDEXED


def test_records_are_counted_and_so_are_the_values_of_facets(release: sqlite3.Connection) -> None:
    counts = [("boats", 3), ("sailors", 3), ("berths", 2), ("shanties", 1), ("wrecks", 0)]
    assert release.execute("SELECT * FROM site.counts ORDER BY rowid").fetchall() == counts
    found = []
    for collection, facet, different in release.execute("SELECT * FROM site.facet_sizes ORDER BY rowid").fetchall():
        of = "SELECT value, rows FROM site.facets WHERE collection = ? AND facet = ? ORDER BY position"
        found.append((collection, facet, release.execute(of, (collection, facet)).fetchall(), different))
    assert found == FACETS


def test_facets_are_chosen_where_a_book_names_none(book: Copy) -> None:
    """Few values that recur, of true and false, of choices and of references; no more than four."""
    folder = book("moorings")
    sailors = folder / "data/sailors.yaml"
    more = (f"- {{id: s{n}, name: Sailor {n}, keeps: {str(n % 2 == 0).lower()}, ashore: 1}}\n" for n in range(6))
    sailors.write_text(sailors.read_text("utf-8") + "".join(more), encoding="utf-8")
    built = sourcebook.build(folder)
    assert built.release
    with closing(attached(built.release / "moorings-book.db")) as connection:
        chosen = "SELECT facet, value, rows FROM site.facets WHERE collection = 'sailors' ORDER BY facet, position"
        assert connection.execute(chosen).fetchall() == [
            ("ashore", "1", 6),
            ("ashore", None, 2),
            ("ashore", "2", 1),
            ("keeps", "0", 4),
            ("keeps", "1", 4),
            ("keeps", None, 1),
            ("master", None, 8),
            ("master", "bo", 1),
        ]
        berths = (
            "SELECT count(*) FROM site.facet_sizes WHERE collection = 'berths'"  # each has another, or all the same
        )
        assert connection.execute(berths).fetchone() == (0,)


def test_it_is_made_of_the_tables_alone(moorings: Path, tmp_path: Path) -> None:
    """The same bytes by a database that lacks all indexes, search and views, as one that is not complete yet does."""
    checked = sourcebook.check(moorings)
    bare = Path(shutil.copyfile(moorings / "build/moorings-book.db", tmp_path / "bare.db"))
    with closing(sqlite3.connect(bare)) as connection:
        listing = "SELECT type, name FROM sqlite_master WHERE sql LIKE 'CREATE INDEX%' OR sql LIKE 'CREATE VIRTUAL%'"
        for kind, name in connection.execute(listing).fetchall():
            connection.execute(f"DROP {kind} {quote(name)}")
        connection.execute("DELETE FROM sqlite_stat1")
        connection.commit()
    write_site_index(checked.book, checked.plans, bare, tmp_path / SITE_INDEX)
    add_gone_keys(tmp_path / SITE_INDEX, gone_keys(checked.book, bare, moorings / "build" / KEYS))
    assert (tmp_path / SITE_INDEX).read_bytes() == (moorings / "build" / SITE_INDEX).read_bytes()


def test_a_book_of_which_a_record_changed_has_the_index_of_one_that_is_built_anew(
    book: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "_MOST_FILES", 1)
    monkeypatch.setattr(cache, "_LARGE", 0)
    monkeypatch.setattr(cache, "_FEW", 1.0)
    folder = book("moorings")
    first = sourcebook.build(folder).release
    shanty = folder / "data/shanties/haul.yaml"
    shanty.write_text("- Haul away the rope\n- Heave\n", encoding="utf-8")
    patched = sourcebook.build(folder).release
    assert first
    assert patched
    of_patched = sha256(patched / SITE_INDEX)
    assert of_patched != sha256(first / SITE_INDEX)
    anew = sourcebook.build(folder, clean=True).release
    assert anew
    assert of_patched == sha256(anew / SITE_INDEX)
    assert sourcebook.verify(folder).ok


def test_it_is_taken_over_where_nothing_that_it_is_made_of_has_changed(
    book: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line more above a record moves it, and nothing else."""
    monkeypatch.setattr(cache, "_LARGE", 0)
    monkeypatch.setattr(cache, "_FEW", 1.0)
    folder = book("moorings")
    first = sourcebook.build(folder).release
    sailors = folder / "data/sailors.yaml"
    sailors.write_text("# All made up.\n" + sailors.read_text("utf-8"), encoding="utf-8")
    second = sourcebook.build(folder).release
    assert first
    assert second
    assert first != second
    assert (second / SITE_INDEX).samefile(first / SITE_INDEX)
    assert sourcebook.verify(folder).ok


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE counts SET rows = 4 WHERE collection = 'boats'",
        "DELETE FROM facets WHERE value IS NULL",
        "UPDATE facet_sizes SET distinct_values = 9",
        "INSERT INTO search (rowid, name) VALUES (77, 'ghost')",
        "CREATE TABLE extra (x)",
        "PRAGMA user_version = 7",
    ],
)
def test_damage_is_found(moorings: Path, tmp_path: Path, damage: str) -> None:
    folder = Path(shutil.copytree(moorings, tmp_path / "book", symlinks=True))
    index = (folder / "build" / SITE_INDEX).resolve()
    with closing(sqlite3.connect(index)) as connection:
        connection.execute(damage)
        connection.commit()
    sums = index.with_name("SHA256SUMS")
    lines = [line for line in sums.read_text("utf-8").splitlines(keepends=True) if SITE_INDEX not in line]
    sums.write_text("".join([*lines, f"{sha256(index)}  {SITE_INDEX}\n"]), encoding="utf-8")
    assert {one.file for one in sourcebook.verify(folder).differences} == {SITE_INDEX}


@pytest.mark.parametrize("content", [None, b"", b"no database" * 1000])
def test_what_cannot_be_read_is_a_difference(moorings: Path, tmp_path: Path, content: bytes | None) -> None:
    folder = Path(shutil.copytree(moorings, tmp_path / "book", symlinks=True))
    index = (folder / "build" / SITE_INDEX).resolve()
    index.unlink()
    if content is not None:
        index.write_bytes(content)
    assert SITE_INDEX in {one.file for one in sourcebook.verify(folder).differences}


def test_a_release_without_it_is_served_all_the_same(tmp_path: Path) -> None:
    with harbour.opened(tmp_path) as opened:
        (opened.folder / SITE_INDEX).unlink()
        first = opened.site.collections[0].address
        for address in ("/", "/search", f"/{first}"):
            assert harbour.get(opened, address).status == 200
        assert harbour.get(opened, "/search?q=harbour").status in (200, 404)


# --- searching it ----------------------------------------------------------------------------------------------------


def named(connection: sqlite3.Connection, found: list[Hits]) -> dict[str, list[str]]:
    """The keys of what was found, by collection."""
    names = dict(connection.execute("SELECT rowid, collection FROM site.counts"))
    key = "SELECT key FROM _records WHERE rowid = ?"
    return {
        names[one.collection]: [connection.execute(key, (record,)).fetchone()[0] for record in one.records]
        for one in found
    }


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("gull", {"boats": ["12", "3"], "berths": ["12"]}),  # what is called so, before what refers to it
        ("ISIK", {"boats": ["12", "3"], "berths": ["12"]}),
        ("mavi is", {"boats": ["12", "3"], "berths": ["12"]}),
        ('"mavi is"', {}),  # a phrase that is closed does not go on
        ("adacik", {"boats": ["12"], "sailors": ["ada-muster"]}),
        ("prove hill", {"boats": ["12"]}),  # one word in a linked name, the other in a text
        ("京丸", {"boats": ["12", "3"], "berths": ["12"]}),
        ("丸東", {}),
        ("upwind", {"boats": ["7"]}),
        ("gull mavi", {"boats": ["12", "3"], "berths": ["12"]}),
        ('"gull mavi"', {}),  # no phrase runs from one name to the next
        ('"ada-muster"', {"sailors": ["ada-muster"]}),
        ("slow.", {"boats": ["7"]}),
        ("slow (", {"boats": ["7"]}),
        ("nothing of the kind", {}),
        ("", {}),
    ],
)
@pytest.mark.parametrize("few", [5_000, 0])
def test_names_are_found_before_texts_and_these_before_what_is_linked(
    release: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, typed: str, wanted: dict[str, list[str]], few: int
) -> None:
    """Few hits or many: they are looked at in two ways."""
    monkeypatch.setattr(hits_of_site, "_FEW", few)
    found = hits(release, typed, 10)
    assert named(release, found) == wanted
    for one in found:
        assert (one.count, one.more) == (len(one.records), False)
        assert sorted(one.records) == [*records_of(release, typed, one.collection)]


@pytest.mark.parametrize("few", [5_000, 0])
def test_only_the_first_are_told_and_no_more_counted_than_is_bounded(
    release: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(hits_of_site, "_FEW", few)
    monkeypatch.setattr(hits_of_site, "_MOST_COUNTED", 1)
    boats, berths = hits(release, "gull", 1)
    assert (len(boats.records), boats.count, boats.more) == ((1, 1, True) if few == 0 else (1, 2, False))
    assert (berths.count, berths.more) == (1, False)


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["davut", "Ahmet Davut", "davutoglu"])
def test_a_name_finds_the_person_and_what_links_there(reference_book: Path, typed: str) -> None:
    with closing(attached(reference_book / "build/suleyman-sah.db")) as connection:
        found = named(connection, hits(connection, typed, 1_000))
        assert "ahmet-davutoglu" in found["people"]
        linking = "SELECT DISTINCT _parent FROM claims_people WHERE _value = 'ahmet-davutoglu'"
        assert {key for (key,) in connection.execute(linking)} <= {*found["claims"]}
        taking_part = "SELECT _parent FROM events_participants WHERE participant_people = 'ahmet-davutoglu'"
        events = {key for (key,) in connection.execute(taking_part)}
        assert events
        assert events <= {*found["events"]}


ODD = st.text(st.one_of(st.sampled_from("\"'*^:(){}-+,.\0 aİı東ل\u064b\u200c😀"), st.characters(codec="utf-8")))


@pytest.fixture(scope="module")
def table() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f'CREATE VIRTUAL TABLE search USING fts5(name, text, tokenize="{TOKENIZER}")')
        yield connection


@given(
    ODD | st.sampled_from(["AND (", "NEAR(a b", "name : x", "a OR", "NOT", "x" * 100_000, '"a ' * 5_000, "東" * 9_000])
)
def test_whatever_is_typed_is_an_expression(table: sqlite3.Connection, typed: str) -> None:
    asked = expression(typed, prefix=True)
    for one in (asked, f"{{name}} : ({asked})"):
        assert table.execute("SELECT rowid FROM search WHERE search MATCH ?", (one,)).fetchall() == []
    assert len(asked.split()) <= 80


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_words_may_be_folded_one_by_one(one: str, other: str) -> None:
    """It comes to the same as to fold the whole, but for the case of ASCII, which the tokenizer folds."""
    text = f"{one} {other}"
    if "\u200c" not in text:
        assert (folded(text) or "").casefold() == fold(text).casefold()
