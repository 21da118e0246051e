# SPDX-License-Identifier: Apache-2.0
"""All that is wrong with a descriptor, schemas, scripts and records is told in one run, and nothing that only follows.

The book of many mistakes has one in nearly every line of its descriptor; here stands what each line should be.
Whichever of them are mended, the others are told, each at its line, and nothing besides.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sourcebook
from sourcebook.report.public import public_findings
from sourcebook.rules import RULES
from tests.toolkit.test_books import ALONE

BOOK = Path(__file__).parent.parent / "books" / "many-mistakes"


class Mistake(NamedTuple):
    """What is ``wrong`` in a line of a file, and nowhere else in it; what should stand there; the rules it breaks."""

    path: str
    wrong: str
    right: str
    rules: tuple[str, ...]


def _of(path: str, rule: str, *lines: tuple[str, str]) -> list[Mistake]:
    return [Mistake(path, wrong, right, (rule,)) for wrong, right in lines]


STRAY = "data/strays/stray.yaml"  # which is mended by taking it away
MISTAKES = (
    *_of(
        "datapackage.yaml",
        "descriptor",
        ("name: Ferry Company", "name: ferry-company"),
        ("title: [Ferries]", "title: Ferries"),
        ("homepage: ferries.example.org", "homepage: https://ferries.example.org"),
        ("path: creative-commons", "path: https://creativecommons.org/publicdomain/zero/1.0/"),
        ("abuot: Ferries", "about: Ferries"),
        ("released: yesterday", "released: 2025-01-01"),
        ("{recrod}", "{key}"),
        ("colection-empty: warning", "collection-empty: warning"),
        ("schema: warn", "schema: error"),
        ("key-duplicate: warning", "key-duplicate: error"),
        ("path: build/csv/harbor.csv", "path: build/csv/harbours.csv"),
        ("labl: name", "label: name"),
        ("facets: [contry]", "facets: [country]"),
        ("aliases: [other_nmaes]", "aliases: ['other_names[]']"),
        ("page: {address: search}", "page: {address: ports}"),
        ("point: {latitude: north}", "point: {latitude: north, longitude: east}"),
        ('dialect: {delimiter: ";"}', "title: Boats"),
        ("home: harbors.id", "home: harbours.id"),
        ("berths: harbours.id", "berth: harbours.id"),
        ("built_at: harbours.nmae", "built_at: harbours.name"),
        ("lenght: length_in_metres", "length: length_in_metres"),
        ("may_be_empty: sometimes", "may_be_empty: true"),
        ("latest: utnil", "latest: until"),
        ("layout: lists", "layout: list"),
        ("schema: schemas/tied.schema.json", "schema: schemas/tide.schema.json"),
        ('key: "{stm}"', 'key: "{stem}"'),
        ("visibility: {owner: privat}", "visibility: {owner: private}"),
        ("name: Remarks", "name: remarks"),
    ),
    Mistake("datapackage.yaml", "contributor: []", "contributors: []", ("descriptor-near-miss",)),
    *_of("schemas/harbour.schema.json", "schema-misspelt", ('"minLenght"', '"minLength"')),
    *_of("schemas/line.schema.json", "schema-near-miss", ('"format": "day"', '"format": "date"')),
    *_of("schemas/remark.schema.json", "schema-reference", ("#/$defs/txt", "#/$defs/text")),
    *_of("schemas/sign.schema.json", "schema-invalid", ('"strnig"', '"string"')),
    *_of("scripts/checks/somewhere.sql", "script", ("WHERE contry", "WHERE country")),
    *_of("scripts/checks/one-name.sql", "script", ("levle", "level")),
    *_of("scripts/queries/boats-backward.sql", "script", ("FORM", "FROM")),
    *_of("curation/moved.yaml", "moved", ("{collection: boat,", "{collection: boats,"), ("on: soon", "on: 2025-01-02")),
    Mistake("curation/different.yaml", "way: one", "why: one", ("different", "different")),
    *_of("data/harbours/north-quay.yaml", "schema", ("name: 12", "name: North Quay")),
    *_of("data/harbours/south-quay.yaml", "schema", ("cuontry:", "country:")),
    *_of("data/boats/dove.yaml", "schema", ("length: long", "length: 12.5")),
    *_of("data/lines.yaml", "reference", ("from: nroth-quay", "from: north-quay")),
    *_of("data/lines.yaml", "schema", ("since: 2001-02-30", "since: 2001-02-28")),
    *_of("data/remarks/quiet.yaml", "yaml-duplicate-key", ("text: Loud in summer", "more: Loud in summer")),
    *_of(STRAY, "file-unclaimed", ("a: 1", "")),
)


def mended(book: Path, mistakes: Iterable[Mistake]) -> Path:
    """The book, a copy of that of many mistakes, with some of them mended."""
    for path, wrong, right, _ in mistakes:
        text = (BOOK / path if not (book / path).is_file() else book / path).read_text("utf-8")
        assert text.count(wrong) == 1, wrong
        if path == STRAY:
            (book / path).unlink()
        else:
            (book / path).write_text(text.replace(wrong, right), "utf-8")
    return book


def expected(mistakes: Iterable[Mistake]) -> list[tuple[str, int, str]]:
    """Where each mistake is to be told, and by which rule."""
    found = []
    for path, wrong, _, rules in mistakes:
        before = (BOOK / path).read_text("utf-8").partition(wrong)[0]
        line = 0 if path == STRAY else before.count("\n") + 1  # which is wrong as a whole
        found += [(path, line, rule) for rule in rules]
    return sorted(found)


def told(book: Path) -> list[tuple[str, int, str]]:
    return [(one.path, one.line, one.rule) for one in sourcebook.check(book).findings]


@pytest.fixture(autouse=True)
def _in_no_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(*ALONE)


def test_every_mistake_is_told_in_one_run_and_nothing_besides() -> None:
    """In order of file and line, and each once."""
    assert told(BOOK) == expected(MISTAKES)


def test_the_book_is_sound_where_all_are_mended(tmp_path: Path) -> None:
    book = mended(Path(shutil.copytree(BOOK, tmp_path / "book")), MISTAKES)
    assert told(book) == []
    assert sourcebook.build(book).checked.ok


def test_nothing_of_records_is_said_in_public_where_the_descriptor_is_wrong() -> None:
    """Which may be wrong about what is private."""
    checked = sourcebook.check(BOOK)
    public = [one for one in public_findings(checked.book, checked.findings) if one.path != "datapackage.yaml"]
    assert len(public) > 10
    assert {one.message for one in public} <= {rule.summary for rule in RULES.values()} | {
        one.message for one in public if one.rule == "file-unclaimed"
    }
    assert not any(one.hint for one in public if one.rule != "file-unclaimed")


def test_a_reference_into_a_schema_that_is_wrong_is_no_mistake_of_its_own(tmp_path: Path) -> None:
    book = Path(shutil.copytree(BOOK.parent / "schema-addresses", tmp_path / "book"))
    path = book / "schemas" / "my defs.json"
    contents = json.loads(path.read_text("utf-8"))
    contents["$defs"]["whole number"] = None
    path.write_text(json.dumps(contents), "utf-8")
    assert {(one.path, one.rule) for one in sourcebook.check(book).findings if one.rule.startswith("schema-")} == {
        ("schemas/my defs.json", "schema-invalid")
    }


def test_a_broken_book_has_no_tables_and_keeps_its_last_build(tmp_path: Path) -> None:
    book = mended(Path(shutil.copytree(BOOK, tmp_path / "book")), MISTAKES)
    release = sourcebook.build(book).release
    shutil.copy(BOOK / "datapackage.yaml", book)
    checked = sourcebook.check(book)
    assert (checked.ok, checked.whole, checked.plans, checked.records) == (False, False, {}, ())
    assert sourcebook.build(book).release is None
    assert release is not None
    assert release.is_dir()


@pytest.mark.slow
@given(left=st.sets(st.sampled_from(MISTAKES)))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_of_any_mistakes_each_is_told_at_its_line(tmp_path_factory: pytest.TempPathFactory, left: set[Mistake]) -> None:
    book = Path(shutil.copytree(BOOK, tmp_path_factory.mktemp("some") / "book"))
    mended(book, [one for one in MISTAKES if one not in left])
    assert told(book) == expected(left)
