# SPDX-License-Identifier: Apache-2.0
"""Records that look alike: how much, why, and which are worth comparing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import sourcebook
from bench import duplicates
from sourcebook.book import join
from sourcebook.cli import main
from sourcebook.dups.blocks import candidates
from sourcebook.dups.evidence import compared
from sourcebook.dups.model import Pair
from sourcebook.dups.names import Likeness, name_of
from sourcebook.errors import NotThere, UsageError
from sourcebook.exact import dumps
from tests.conftest import ROOT

Copy = Callable[[str], Path]
LIKENESS = Likeness()

COLLECTION = """name: b
resources:
- name: people
  path: build/csv/people.csv
  schema: build/tableschema/people.json
  sourcebook:
    records: data/people.yaml
    layout: list
    key: id
"""


def book_of(folder: Path, people: Iterable[dict[str, Any]], more: str = "    label: name\n") -> Path:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "datapackage.yaml").write_text(COLLECTION + more, encoding="utf-8")
    lines = (f"- {dumps({'id': f'p{number}', **person})}\n" for number, person in enumerate(people))
    (folder / "data/people.yaml").write_text("".join(lines), encoding="utf-8")
    return folder


def pairs(folder: Path, **options: Any) -> dict[tuple[str, ...], Pair]:
    found = sourcebook.dups(folder, "people", **options)
    return {tuple(sorted(str(one.key) for one in pair.records)): pair for pair in found.pairs}


def alike(one: str, other: str) -> float:
    return LIKENESS(name_of(one), name_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rosa Díaz", "rosa diaz"),
        ("Rosa Díaz", "DIAZ, Rosa"),
        ("Łukasz Øster", "Lukasz Oster"),
        ("Хрущёв Никита", "Nikita Khrushchev"),
        ("Νίκος Παππάς", "Nikos Pappas"),
        ("O'Malley, Ann", "Ann O’Malley"),
        ("Straße am Hang", "STRASSE AM HANG"),
        ("Rosa\u00a0Díaz", "Rosa Di\u0301az"),
        ("ＲＯＳＡ", "rosa"),
        ("山田 太郎", "太郎 山田"),
    ],
)
def test_the_same_names(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cora Sample", "Cora Samble"),
        ("J. Specimen", "Jana Specimen"),
        ("Jean-Luc Muster", "Jeanluc Muster"),
        ("Maria Lopez", "Maria Elena Lopez"),
        ("Katherine Meier", "Catherine Mayer"),
        ("Philip Probe", "Filip Probe"),
        ("Muster", "Mustre"),
    ],
)
def test_names_that_are_nearly_the_same(one: str, other: str) -> None:
    assert 0.85 <= alike(one, other) < 1
    assert alike(one, other) == alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rosa Diaz", "Rosa Lopez"),
        ("Ann Muster", "Tim Muster"),
        ("Muster", "Ann Muster"),
        ("Report 2019/1", "Report 2019/2"),
        ("Chapter 12", "Chapter 13"),
        ("C", "C++"),
        ("C#", "C++"),
        ("p10 background", "p13 background"),
        ("A. B.", "A. C."),
        ("", "Ann"),
    ],
)
def test_names_that_are_others(one: str, other: str) -> None:
    assert alike(one, other) < 0.85


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_names(one: str, other: str) -> None:
    score = alike(one, other)
    assert 0 <= score <= 1
    assert score == pytest.approx(alike(other, one), abs=0.2)
    assert alike(one, one) == 1


@pytest.mark.parametrize(
    ("one", "other", "result"),
    [
        ("1931", "1931-05-02", ("agrees", 1)),
        ("1931-05", "1931-05-02", ("agrees", 2)),
        ("1931-05-02", "1931-05-02", ("agrees", 3)),
        ("1931-05-02", "1931-02-05", ("slip", 3)),
        ("1931-05-02", "1931-05-03", ("slip", 3)),
        ("1931-05-12", "1931-05-21", ("slip", 3)),
        ("1931", "1913", ("slip", 1)),
        ("1931-05-02", "1931-06-03", ("other", 3)),
        ("1931", "1948", ("other", 1)),
        ("1931", "1948-01-01", ("other", 1)),
    ],
)
def test_dates(one: str, other: str, result: tuple[str, int]) -> None:
    assert compared(one, other) == result


def test_dates_and_identifiers_speak_for_and_against(tmp_path: Path) -> None:
    people = [
        {"name": "Ann Muster", "born": "1931-05-02", "wikidata": "Q1"},
        {"name": "Ann Mustar", "born": "1931-05-02"},
        {"name": "Ann Muster", "born": "1948-01-09"},
        {"name": "Ann Muster", "wikidata": "Q2"},
        {"name": "Someone Else", "wikidata": "Q1", "born": "1931-05"},
    ]
    found = pairs(book_of(tmp_path, people), threshold=0.5)
    scores = {keys: pair.score for keys, pair in found.items()}
    assert scores["p0", "p1"] > 0.95
    assert scores["p0", "p2"] == 0.8
    assert scores["p0", "p3"] == 0.8
    assert scores["p0", "p4"] >= 0.6
    told = {str(reason) for reason in found["p0", "p2"].reasons}
    assert told == {"+ both are called 'Ann Muster'", "- born is another: 1931-05-02 and 1948-01-09"}
    assert "- wikidata is another: q1 and q2" in map(str, found["p0", "p3"].reasons)
    assert "+ wikidata is the same: q1" in map(str, found["p0", "p4"].reasons)
    assert "- 'Ann Muster' and 'Someone Else' are other names" in map(str, found["p0", "p4"].reasons)
    assert set(pairs(tmp_path)) == {("p0", "p1"), ("p1", "p3"), ("p2", "p3")}


def test_days_of_curation_say_nothing(tmp_path: Path) -> None:
    people = [
        {"name": "Ann Muster", "entered": {"on": "2026-01-01"}, "as_of": "2020-01-01"},
        {"name": "Ann Muster", "entered": {"on": "2025-02-02"}, "as_of": "2019-01-01"},
    ]
    found = sourcebook.dups(book_of(tmp_path, people), "people")
    assert found.by.dates == ()
    assert [pair.score for pair in found.pairs] == [1]


def test_names_that_the_book_speaks_of(tmp_path: Path) -> None:
    people = [
        {"called": {"full": "Ann Muster"}, "also": [{"name": "Red Ann"}]},
        {"called": {"full": "RED, Ann"}},
        {"name": "Ann Muster", "called": {"full": "Nobody At All"}},
    ]
    folder = book_of(tmp_path, people, "    label: called.full\n    aliases: ['also[].name']\n")
    (pair,) = pairs(folder).values()
    assert [one.key for one in pair.records] == ["p0", "p1"]
    told = "+ 'Red Ann' (also[].name) and 'RED, Ann' are the same but for case, accents, script or the order of words"
    assert [str(reason) for reason in pair.reasons] == [told]
    assert set(pairs(folder, by=["called.full", "name"])) == {("p0", "p2")}
    with pytest.raises(UsageError, match=r"did you mean 'called\.full'"):
        sourcebook.dups(folder, "people", by=["caled.full"])


def test_a_label_is_named_by_its_column(tmp_path: Path) -> None:
    people = [{"name": {"full": "Ann Muster"}}, {"name": {"full": "ann muster"}}]
    found = sourcebook.dups(book_of(tmp_path, people, "    label: name_full\n"), "people")
    assert found.by.names == ("name.full",)
    assert len(found.pairs) == 1


def test_identifiers_are_what_is_called_so_or_looks_so(tmp_path: Path) -> None:
    people = [
        {"name": f"Ann {number}", "ids": {"a": f"x{number}"}, "code": f"A-{number:04}", "page": number, "kind": "a1-b"}
        for number in range(30)
    ]
    found = sourcebook.dups(book_of(tmp_path, people), "people")
    assert found.by.identifiers == ("ids.a", "code")
    assert found.pairs == ()


def test_names_that_are_seen(tmp_path: Path) -> None:
    people = [{"name": "Ann Muster", "other_names": ["Red Ann"]}, {"name": "Ann Red", "n": 1}]
    found = sourcebook.dups(book_of(tmp_path, people, ""), "people")
    assert found.by.names == ("name", "other_names[]")
    assert len(found.pairs) == 1
    folder = book_of(tmp_path, [{"n": 1, "x": "a"}], "")
    with pytest.raises(UsageError, match="name a property with --by"):
        sourcebook.dups(folder, "people")


def test_the_one_that_says_more_is_kept(tmp_path: Path) -> None:
    people = [{"name": "Ann Muster"}, {"name": "Ann Muster", "born": "1931", "tags": ["a", "b"]}]
    (pair,) = pairs(book_of(tmp_path, people)).values()
    assert pair.merge == "sourcebook merge people p1 p0"
    assert pair.different == "sourcebook dups people --different p1 p0 --why '…'"


def test_a_crowd_is_told(tmp_path: Path) -> None:
    people = [{"name": "Untitled", "born": f"19{number:02}-01-01"} for number in range(70)]
    people += [{"name": "Untitled", "born": "1931-05-02"}, {"name": "untitled", "born": "1931-05-02"}]
    found = sourcebook.dups(book_of(tmp_path, people), "people")
    assert found.told == ("72 records are called 'Untitled': not compared by it, but by dates and identifiers",)
    assert [{one.key for one in pair.records} for pair in found.pairs] == [{"p70", "p71"}]


def test_statements_are_not_told() -> None:
    found = sourcebook.dups(ROOT, "claims", threshold=0.5)
    assert found.pairs
    assert found.by.names == ("statement",)
    book = sourcebook.open(ROOT)
    told = "\n".join(found.lines()) + json.dumps(found.as_dict())
    for pair in found.pairs:
        for one in pair.records:
            assert str(book["claims"][one.key]["statement"])[:20] not in told


def test_every_layout(book: Copy) -> None:
    folder = book("layouts")
    opened = sourcebook.open(folder)
    for name in opened:
        by = by_of(next(iter(opened[name].values())).value)
        if not by:  # these have numbers alone
            with pytest.raises(UsageError, match="there are no texts"):
                sourcebook.dups(folder, name)
            continue
        found = sourcebook.dups(folder, name, by=[by], threshold=0.01)
        assert found.count == len(opened[name])
        for pair in found.pairs:
            for one in pair.records:
                record = opened[name][one.key]
                assert (one.path, one.line) == (record.path, record.line)


def by_of(value: Any, path: str = "") -> str:
    """A path in a value that leads to a text."""
    if isinstance(value, str):
        return path
    inner = [(f"{path}[]", one) for one in value] if isinstance(value, list) else []
    inner += [(join(path, name), one) for name, one in value.items()] if isinstance(value, dict) else []
    return next(filter(None, (by_of(one, where) for where, one in inner)), "")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    folder = book_of(tmp_path, [{"name": "Ann"}, {"name": "ann"}])
    text = (folder / "datapackage.yaml").read_text()
    (folder / "datapackage.yaml").write_text(text.replace("data/people.yaml", "data/*.yaml"))
    (folder / "data/broken.yaml").write_text("- {\n")
    found = sourcebook.dups(folder, "people")
    assert len(found.pairs) == 1
    assert found.told[0].startswith("not all records could be read: data/broken.yaml:")


def test_what_is_asked_wrongly(tmp_path: Path) -> None:
    folder = book_of(tmp_path, [{"name": "Ann"}])
    with pytest.raises(NotThere, match="did you mean 'people'"):
        sourcebook.dups(folder, "peple")
    for threshold in (0, 1.1, -1):
        with pytest.raises(UsageError, match="threshold"):
            sourcebook.dups(folder, "people", threshold=threshold)
    assert sourcebook.dups(book_of(tmp_path, []), "people").pairs == ()


def test_the_command() -> None:
    library = ROOT / "examples/library"
    shown = CliRunner().invoke(main, ["dups", "authors", "--book", str(library)])
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert lines[0] == "authors: 1 pair of 6 records look alike, by names: name, also_known_as[]; dates: born"
    assert lines[-2] == "      one record:  sourcebook merge authors cora-sample cora-sampel"
    assert "are the same" not in shown.stdout
    data = json.loads(CliRunner().invoke(main, ["dups", "authors", "--book", str(library), "--format", "json"]).stdout)
    assert [[one["key"] for one in pair["records"]] for pair in data["pairs"]] == [["cora-sample", "cora-sampel"]]
    assert data["pairs"][0]["records"][0]["path"] == "data/authors/cora-sample.yaml"


def test_controls_are_neutralised(tmp_path: Path) -> None:
    folder = book_of(tmp_path, [{"name": "Ann \u202e\x1b[31m"}, {"name": "Ann \u202e\x1b[31m"}])
    shown = CliRunner().invoke(main, ["dups", "people", "--book", str(folder)])
    assert not {"\x1b", "\u202e"} & set(shown.stdout)


def test_the_first_pairs(tmp_path: Path) -> None:
    folder = book_of(tmp_path, [{"name": f"Ann {letter * 4}"} for letter in "abcdefghijklm" for _ in range(3)])
    shown = CliRunner().invoke(main, ["dups", "people", "--book", str(folder)]).stdout
    assert shown.splitlines()[-1] == "19 more: --all"
    assert shown.count("one record:") == 20
    everything = CliRunner().invoke(main, ["dups", "people", "--book", str(folder), "--all"]).stdout
    assert everything.count("one record:") == 39


def test_marks_pass_nearly_no_pair_over(tmp_path: Path) -> None:
    """What all pairs would give, held against what those give that share a mark."""
    duplicates.made(tmp_path, 2_500)
    lines = (tmp_path / "data/people.jsonl").read_text("utf-8").splitlines()
    names = list(dict.fromkeys(name_of(json.loads(line)["name"]) for line in lines))
    marked = {tuple(sorted(pair)) for pair in candidates(names)}
    every = [pair for pair in combinations(range(len(names)), 2) if LIKENESS(names[pair[0]], names[pair[1]]) >= 0.85]
    assert len(every) > 30
    assert len([pair for pair in every if pair in marked]) >= 0.93 * len(every)
    assert len(marked) < len(names) * 20


@pytest.mark.slow
def test_planted_duplicates_are_found(tmp_path: Path) -> None:
    planted = duplicates.made(tmp_path, 10_000)
    found = sourcebook.dups(tmp_path, "people")
    keys = {frozenset(str(one.key) for one in pair.records) for pair in found.pairs}
    assert len(planted) == 200
    assert len(keys & planted.keys()) >= 185
    for way in ("words turned round", "accents", "an initial", "an alias", "a second name"):
        assert all(pair in keys for pair, how in planted.items() if how == way), way
