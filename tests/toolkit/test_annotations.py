# SPDX-License-Identifier: Apache-2.0
"""What a book says for its pages: what comes of it in a `Book`, and where it may not stand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import sourcebook
from sourcebook.book import FORMS, ROUTES, Page, free_address, load_book
from sourcebook.book.taken import LISTED
from sourcebook.content import addresses
from sourcebook.site import routes
from tests.conftest import BOOKS


@pytest.fixture
def annotated(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BOOKS / "annotated", tmp_path / "annotated"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_descriptor_goes_before_the_schema_key_by_key(annotated: Path) -> None:
    remarks = load_book(annotated).by_name["remarks"]
    assert remarks.label == "id"  # the schema says `said`
    assert remarks.facets == ("kind", "words[]")
    assert remarks.page == Page("said", ("said", "by"), ("said",), ("secret",))
    assert remarks.roles["interval"] == {"earliest": "day", "latest": "day"}
    assert remarks.roles["statement"]["by"] == "by[]"


def test_what_nobody_says_is_as_it_was(annotated: Path) -> None:
    book = load_book(annotated)
    assert book.by_name["ties"].page == Page("ties")
    assert book.by_name["speakers"].roles == {}
    assert book.by_name["speakers"].aliases == ("also[]", "names{}")
    assert book.by_name["ties"].roles["edge"] == {"from": "from", "to": "to", "kind": "how"}
    assert book.panels == {}


def test_the_form_of_addresses_at_a_known_forge(annotated: Path) -> None:
    found = load_book(annotated).repository
    assert found == {
        "url": "https://github.com/example/valley",
        "source": "https://github.com/example/valley/blob/{commit}/{path}?plain=1#L{line}",
        "blame": "https://github.com/example/valley/blame/{commit}/{path}#L{line}",
        "edit": "https://github.com/example/valley/edit/main/{path}",
        "commit": "https://github.com/example/valley/commit/{commit}",
    }


@pytest.mark.parametrize(
    ("said", "source", "edit_at"),
    [
        (
            "https://gitlab.com/example/valley.git",
            "https://gitlab.com/example/valley/-/blob/{commit}/{path}?plain=1#L{line}",
            None,
        ),
        (
            '{url: "https://codeberg.org/example/valley/", branch: trunk}',
            "https://codeberg.org/example/valley/src/commit/{commit}/{path}?display=source#L{line}",
            "https://codeberg.org/example/valley/_edit/trunk/{path}",
        ),
        ("https://code.example/valley", None, None),
        ('{url: "https://code.example/v", source: "https://code.example/{path}"}', "https://code.example/{path}", None),
        (
            '{url: "https://github.com/e/v", source: "https://github.com/e/v/{path}"}',
            "https://github.com/e/v/{path}",
            None,
        ),
    ],
)
def test_repositories(annotated: Path, said: str, source: str | None, edit_at: str | None) -> None:
    edit(annotated / "datapackage.yaml", '{url: "https://github.com/example/valley", branch: main}', said)
    book = load_book(annotated)
    assert book.findings == ()
    assert (book.repository.get("source"), book.repository.get("edit")) == (source, edit_at)


@pytest.mark.parametrize(
    "said",
    [
        "https://token@code.example/valley",
        "ftp://code.example/valley",
        "https://{path}.example/",
        '{url: "https://code.example/v", source: "https://{path}/"}',
        "code.example/valley",
    ],
)
def test_addresses_that_no_page_could_link_to(annotated: Path, said: str) -> None:
    edit(annotated / "datapackage.yaml", '{url: "https://github.com/example/valley", branch: main}', said)
    assert [finding.rule for finding in load_book(annotated).findings] == ["descriptor"]


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("editors@valley.example", "report_to: mailto:editors@valley.example"),
        (
            '"mailto:a@valley.example?subject=Row {key}"',
            "write %20 for a space: mailto:a@valley.example?subject=Row%20{key}",
        ),
        ("mailto:{key}@valley.example", "begin it with https: and a host, or with mailto: and a mail address"),
        ("data:text/html,x", "begin it with https: and a host, or with mailto: and a mail address"),
    ],
)
def test_where_no_report_could_go(annotated: Path, said: str, hint: str) -> None:
    path = annotated / "datapackage.yaml"
    line = next(line for line in path.read_text("utf-8").splitlines() if "report_to" in line)
    edit(path, line, f"  report_to: {said}")
    (finding,) = load_book(annotated).findings
    assert finding.hint.startswith(hint)


def test_mail_may_be_where_reports_go(annotated: Path) -> None:
    path = annotated / "datapackage.yaml"
    line = next(line for line in path.read_text("utf-8").splitlines() if "report_to" in line)
    edit(path, line, "  report_to: mailto:editors@valley.example?subject={label}&body={url}")
    assert load_book(annotated).findings == ()


@pytest.mark.parametrize("route", sorted(ROUTES - {"-", ".well-known"}))
def test_no_collection_has_the_address_of_a_page_of_every_site(annotated: Path, route: str) -> None:
    edit(annotated / "datapackage.yaml", "{address: said}", f"{{address: {route}}}")
    (finding,) = load_book(annotated).findings
    assert finding.rule == "descriptor"
    assert finding.message == f"the pages of remarks would lie at /{route}, where a page of every site is"


def test_the_pages_and_forms_of_the_site_are_kept_free() -> None:
    fixed = {name.casefold() for name in routes._FIXED if name}
    assert {name for name in fixed - ROUTES if name.rpartition(".")[2] not in FORMS} == set()
    assert {name.partition(".")[0] for name in fixed if name.partition(".")[0] in routes._FIXED} <= ROUTES
    assert "sitemap-1.xml".rpartition(".")[2] in FORMS
    assert {*addresses.FORMS, *LISTED} <= FORMS


@pytest.mark.parametrize("address", ["-", ".well-known", "_memory", "a/b", "A", "a b", "", "."])
def test_what_is_no_first_part_of_an_address(annotated: Path, address: str) -> None:
    edit(annotated / "datapackage.yaml", "{address: said}", f'{{address: "{address}"}}')
    assert any(finding.rule == "descriptor" for finding in load_book(annotated).findings)


def test_a_free_address_is_free() -> None:
    assert free_address("notes", "book", ["papers"]) == "notes"
    assert free_address("search", "book", []) == "search-records"
    assert free_address("book", "book", ["book-records"]) == "book-2"
    assert free_address("notes.csv", "book", ["notes"]) == "notes-records"
    assert {"json", "csv"} <= FORMS


def test_datasette_is_told_of_facets_that_are_columns(annotated: Path) -> None:
    built = sourcebook.build(annotated)
    assert built.release is not None
    metadata = json.loads((built.release / "metadata.json").read_text("utf-8"))
    assert metadata["databases"]["annotated"]["tables"]["remarks"]["facets"] == ["kind"]


def test_attribution_cannot_be_lowered_by_a_level(annotated: Path) -> None:
    edit(annotated / "data/remarks.yaml", "by: [odo], ", "")
    edit(
        annotated / "datapackage.yaml",
        "sourcebook:\n  released",
        "sourcebook:\n  rules: {attribution-missing: warning}\n  released",
    )
    told = sourcebook.check(annotated).findings
    assert {(one.rule, one.level) for one in told} == {("descriptor", "error"), ("attribution-missing", "error")}
    edit(annotated / "datapackage.yaml", "  rules: {attribution-missing: warning}\n", "")
    assert sourcebook.build(annotated).release is None


def test_a_build_that_changed_little_tells_of_a_role_that_is_new(annotated: Path) -> None:
    """What files compiled to is kept; a record that was as it should be is looked at again under another role."""
    edit(annotated / "data/remarks.yaml", "by: [odo], ", "")
    path = annotated / "schemas/remarks.json"
    schema = path.read_text("utf-8")
    edit(path, '"by": "by[]"', '"by": "said"')
    assert sourcebook.build(annotated).release is not None
    path.write_text(schema, "utf-8")
    assert [one.rule for one in sourcebook.build(annotated).checked.findings] == ["attribution-missing"]


def test_a_panel_that_is_new_makes_a_new_release(annotated: Path) -> None:
    first = sourcebook.build(annotated).release
    folder = annotated / "scripts/panels/speakers"
    folder.mkdir(parents=True)
    (folder / "remarks.sql").write_text("-- title: Said\nSELECT _parent FROM remarks_by WHERE _value = :key\n", "utf-8")
    second = sourcebook.build(annotated)
    assert second.checked.findings == ()
    assert second.release not in (None, first)
    assert [panel.name for panel in second.checked.book.panels["speakers"]] == ["remarks"]
    (folder / "remarks.sql").write_text("SELECT lost FROM remarks_by WHERE _value = :key\n", "utf-8")
    assert [one.rule for one in sourcebook.build(annotated).checked.findings] == ["script"]


def test_a_query_is_run_to_its_first_row_alone(annotated: Path) -> None:
    """A mistake in the second row is not met: a query that gives millions of rows is not run to its end."""
    folder = annotated / "scripts/queries"
    folder.mkdir(parents=True)
    sql = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT n FROM n\n"
    (folder / "endless-rows.sql").write_text(sql, "utf-8")
    assert sourcebook.check(annotated).findings == ()


def test_a_collection_gets_a_free_address_when_it_is_adopted(tmp_path: Path) -> None:
    folder = tmp_path / "valley"
    folder.mkdir()
    for name in ("search", "valley", "notes"):
        text = "".join(f"- {{id: {name}-{key}, {name}_of: {key}}}\n" for key in "abc")
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    sourcebook.init(folder, adopt=True)
    book = load_book(folder)
    assert {one.rule for one in book.findings} == {"licence-missing"}
    assert {one.name: one.page.address for one in book.collections} == {
        "notes": "notes",
        "search": "search-records",
        "valley": "valley-records",
    }


def test_a_new_book_may_be_called_as_the_collection_of_its_example(tmp_path: Path) -> None:
    made = sourcebook.init(tmp_path / "lighthouses")
    assert made.checked.findings == ()
    assert load_book(tmp_path / "lighthouses").name == "lighthouses-book"
