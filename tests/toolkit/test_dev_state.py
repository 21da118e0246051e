# SPDX-License-Identifier: Apache-2.0
"""A private database follows the files of its book: after any edits it is what a clean build makes of them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sourcebook
from sourcebook.dev.anew import read_anew
from sourcebook.dev.state import State
from tests.toolkit.harbours import DATA, harbours
from tests.toolkit.held_against import contents

Copy = Callable[[str], Path]


class Followed:
    """A book in ``root`` and its private database, followed as a preview follows it."""

    def __init__(self, root: Path, top: Path) -> None:
        self.root, self._top, self._number = root, top, 0
        (top / "kept").mkdir(parents=True)
        self.state: State | None = None
        self.pending: set[str] = set()
        self.anew()

    def anew(self) -> None:
        self._number += 1
        folder = self._top / str(self._number)
        folder.mkdir()
        state, self.findings, _ = read_anew(self.root, folder, self._top / "kept", jobs=1)
        if state is not None:
            self.close()
            self.state = state
            self.pending.clear()

    def close(self) -> None:
        if self.state:
            self.state.close()

    def edited(self, *paths: str) -> str:
        """Tell it of edits; what became of them."""
        self.pending.update(paths)
        assert self.state
        outcome = self.state.attempt(self.pending)
        if outcome.what == "anew":
            self.anew()
        elif outcome.what != "held":
            self.pending.clear()
        self.findings = list(outcome.findings)
        return outcome.what

    def write(self, path: str, text: str | bytes | None) -> str:
        """Write a file, or remove it; what became of that."""
        file = self.root / path
        if text is None:
            file.unlink(missing_ok=True)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode() if isinstance(text, str) else text)
        return self.edited(path)

    def is_as_built(self) -> None:
        """Fail unless the database is what a clean build makes of the files."""
        shutil.rmtree(self.root / "build", ignore_errors=True)
        built = sourcebook.build(self.root, formats=(), jobs=1)
        assert built.release, "\n".join(map(str, built.checked.findings))
        assert self.state
        ours, theirs = contents(self.state.folder), contents(built.release)
        assert ours.keys() == theirs.keys()
        for name, rows in theirs.items():
            assert ours[name] == rows, name

    def one(self, sql: str) -> object:
        """The first value of what a query of the database gives."""
        assert self.state
        with closing(sqlite3.connect(self.state.folder / self.state.book.database)) as connection:
            return connection.execute(sql).fetchone()[0]


@contextmanager
def followed(root: Path, top: Path) -> Iterator[Followed]:
    one = Followed(root, top)
    try:
        yield one
    finally:
        one.close()


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Followed]:
    with followed(harbours(tmp_path / "book"), tmp_path / "preview") as one:
        yield one


EDITS = [
    ("data/files/long-quay.yaml", "The Long Quay", "The Longest Quay"),
    ("data/files/long-quay.yaml", "kind: quay", "kind: pier"),
    ("data/files/old/pier.yaml", "stays:\n", "stays:\n  - {ship: Gull}\n  - {on: July}\n"),
    ("data/listed.yaml", "- id: b\n", "- id: ba\n  name: Between\n- id: b\n"),
    ("data/listed.yaml", "  near: [long-quay]\n", ""),
    ("data/mapped.yaml", "y:\n", "w: {name: Double}\ny:\n"),
    ("data/mapped.yaml", "z: {name: Zed}\n", ""),
    ("data/several.yaml", "---\n", "---\nid: pq\nname: New\n---\n"),
    ("data/several.yaml", "id: p\n", "id: r\n"),
    ("data/pages/inlet.md", "A long text", "A short text"),
    ("data/pages/inlet.md", "name: Inlet", "name: İnlet"),
    ("data/data.json", '"near": ["pier"]', '"near": ["zinc-buoy", "pier"], "north": 3'),
    ("data/lines.jsonl", '{"id": "l2"', '{"id": "l3", "name": "Third"}\n{"id": "l2"'),
    ("data/claims/reply.yaml", "denies: first", "denies: third"),
    ("data/claims/first.yaml", "says: The quay sinks", "says: The quay leans"),
    ("data/files/zinc-buoy.yaml", "name: Zinc Buoy", "name: Tin Buoy"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "old", "new"), EDITS, ids=[f"{p.rpartition('/')[2]}-{n}" for n, (p, *_) in enumerate(EDITS)]
)
def test_the_edit_of_a_file(harbour: Followed, path: str, old: str, new: str) -> None:
    assert old in DATA[path]
    assert harbour.write(path, DATA[path].replace(old, new, 1)) == "shown"
    harbour.is_as_built()
    assert harbour.write(path, DATA[path]) == "shown"
    harbour.is_as_built()


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in DATA if not path.endswith((".json", ".jsonl"))])
def test_other_ends_of_lines_a_mark_and_no_last_end_change_places_alone(harbour: Followed, path: str) -> None:
    text = DATA[path]
    harbour.write(path, b"\xef\xbb\xbf# a comment\n" + text.encode() if path.endswith(".yaml") else text + "\n")
    harbour.is_as_built()
    assert harbour.write(path, text.replace("\n", "\r\n")) in ("shown", "same")
    harbour.is_as_built()
    assert harbour.write(path, text.rstrip("\n")) in ("shown", "same")
    harbour.is_as_built()


def test_files_come_and_go_between_others(harbour: Followed) -> None:
    for name in ("m", "a", "zz", "old/x", "mm", "ma"):
        assert (
            harbour.write(f"data/files/{name}.yaml", f"name: {name}\nnear: [pier]\nstays: [{{ship: S}}]\n") == "shown"
        )
    harbour.is_as_built()
    for name in ("mm", "a"):
        assert harbour.write(f"data/files/{name}.yaml", None) == "shown"
    harbour.is_as_built()


def test_a_key_is_renamed_with_all_that_refers_to_it_at_once(harbour: Followed) -> None:
    changed = []
    for path, text in DATA.items():
        if "zinc-buoy" in text or "zinc-buoy" in path:
            (harbour.root / path).unlink()
            path_now = path.replace("zinc-buoy", "tin-buoy")
            (harbour.root / path_now).write_text(text.replace("zinc-buoy", "tin-buoy"))
            changed += [path, path_now]
    assert harbour.edited(*changed) == "shown"
    harbour.is_as_built()


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("data/files/zinc-buoy.yaml", "name: [", "yaml-syntax"),
        ("data/files/zinc-buoy.yaml", "name: Z\nnear: [nowhere]\n", "reference"),
        ("data/files/zinc-buoy.yaml", "name: Z\nkind: boat\n", "schema"),
        ("data/files/zinc-buoy.yaml", None, "reference"),
        ("data/listed.yaml", "- {id: a, name: A}\n- {id: a, name: B}\n", "key-duplicate"),
        ("data/listed.yaml", "- {name: A}\n", "key-missing"),
        ("data/mapped.yaml", "{}\n", "collection-empty"),
        ("data/mapped.yaml", "", "layout"),
        ("data/claims/first.yaml", "says: X\nwho: ''\nin: Y\n", "attribution-missing"),
    ],
)
def test_what_could_not_be_published_is_held_back_and_told(
    harbour: Followed, path: str, text: str | None, rule: str
) -> None:
    before = contents(harbour.state.folder) if harbour.state else {}
    assert harbour.write(path, text) == "held"
    assert rule in {finding.rule for finding in harbour.findings if finding.level == "error"}
    assert harbour.write("data/pages/sound.md", "---\nname: Sounder\n---\nMore.\n") == "held"  # with what is wrong
    assert harbour.state
    assert contents(harbour.state.folder) == before
    assert harbour.write(path, DATA[path]) == "shown"
    assert (
        harbour.one("SELECT name FROM pages WHERE pages.key = 'sound'" if _has(harbour, "key") else _SOUND) == "Sounder"
    )
    harbour.is_as_built()


_SOUND = "SELECT name FROM pages WHERE text LIKE 'More.%'"


def _has(harbour: Followed, column: str) -> bool:
    return bool(harbour.one(f"SELECT count(*) FROM pragma_table_info('pages') WHERE name = '{column}'"))


def test_an_accusation_is_never_without_its_answer(harbour: Followed) -> None:
    """Each state that others may see has beside an accusation what answers it in the files."""
    answers = "SELECT answers FROM claims WHERE says LIKE 'The quay%'"
    assert "It does not" in str(harbour.one(answers))
    harbour.write("data/claims/reply.yaml", "says: It never did\nwho: pier\nin: The Tide\ndenies: first\n")
    assert "It never did" in str(harbour.one(answers))
    harbour.write("data/claims/another.yaml", "says: It stands\nwho: long-quay\nin: The Ebb\ndenies: first\n")
    assert "It stands" in str(harbour.one(answers))
    harbour.write("data/files/pier.yaml", DATA["data/files/old/pier.yaml"].replace("Old Pier", "New Pier"))
    harbour.write("data/files/old/pier.yaml", None)
    assert "New Pier" in str(harbour.one(answers))
    harbour.is_as_built()


def test_a_schema_makes_the_book_be_read_anew(harbour: Followed) -> None:
    schema = (harbour.root / "schemas/record.json").read_text()
    assert harbour.write("schemas/record.json", schema.replace('"quay"', '"quay", "weir"')) == "anew"
    assert harbour.write("data/listed.yaml", "- {id: a, name: A, kind: weir}\n") == "shown"
    harbour.is_as_built()


def test_a_folder_that_is_moved_is_read(harbour: Followed) -> None:
    (harbour.root / "data/files/old").rename(harbour.root / "data/files/new")
    assert harbour.edited("data/files/old", "data/files/new") == "shown"
    assert harbour.one("SELECT count(*) FROM _records WHERE path = 'data/files/new/pier.yaml'") == 1
    harbour.is_as_built()


def test_a_failure_on_the_way_leaves_all_as_it_was(harbour: Followed) -> None:
    assert harbour.state
    before = contents(harbour.state.folder)

    def fail() -> None:
        raise OSError("the one who shows it is gone")

    (harbour.root / "data/mapped.yaml").write_text("x: {name: Other}\n")
    with pytest.raises(OSError, match="is gone"):
        harbour.state.attempt(["data/mapped.yaml"], fail)
    assert contents(harbour.state.folder) == before
    assert harbour.edited("data/mapped.yaml") == "shown"
    harbour.is_as_built()


_NAMES = st.sampled_from(["a", "b", "m", "old/q", "zz"])
_WORDS = st.sampled_from(["One", "Öne two", "İnlet", "x y z", "Quay"])
_KEYS = st.sampled_from(["long-quay", "pier", "zinc-buoy", "a", "m", "nowhere"])
_FILES = st.builds(
    lambda name, near, ships: (
        f"name: {name}\n"
        + (f"near: [{', '.join(near)}]\n" if near else "")
        + "".join(["stays:\n", *(f"- {{ship: {one}}}\n" for one in ships)] if ships else [])
    ),
    _WORDS,
    st.lists(_KEYS, max_size=2, unique=True),
    st.lists(_WORDS, max_size=3),
)
_LISTS = st.lists(st.tuples(st.sampled_from("abcdef"), _WORDS), min_size=1, max_size=5).map(
    lambda pairs: "".join(f"- id: {key}\n  name: {word}\n" for key, word in pairs)
)
_STEPS = st.one_of(
    st.tuples(_NAMES.map(lambda name: f"data/files/{name}.yaml"), st.one_of(_FILES, _FILES, st.none())),
    st.tuples(st.just("data/listed.yaml"), _LISTS),
    st.sampled_from([(path, DATA[path].replace(old, new)) for path, old, new in EDITS]),
    st.sampled_from([(path, text + ": [\n") for path, text in DATA.items()]),
    st.sampled_from([*DATA.items()]),
    st.sampled_from([*DATA.items()]),
    st.sampled_from([(path, None) for path in DATA]),
)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[*HealthCheck], derandomize=True)
@given(st.lists(_STEPS, min_size=3, max_size=10))
def test_any_series_of_edits_comes_to_what_a_build_makes(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str | None]]
) -> None:
    top = tmp_path_factory.mktemp("series")
    with followed(harbours(top / "book"), top / "preview") as one:
        for path, text in steps:
            one.write(path, text)
            if not one.pending:
                one.is_as_built()
            else:
                assert not sourcebook.check(one.root, jobs=1).ok
        for path in {path for path, _ in steps} - DATA.keys():
            one.write(path, None)
        for path, text in DATA.items():
            one.write(path, text)
        assert not one.pending
        one.is_as_built()
