# SPDX-License-Identifier: Apache-2.0
"""Some files checked, or a text that is no file yet: what is told, and what is said to be unseen."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sourcebook
from sourcebook.check import beside
from sourcebook.cli import main
from sourcebook.errors import UsageError
from sourcebook.finding import Finding

BOOKS = Path(__file__).parent.parent / "books"
Copy = Callable[[str], Path]


def run(*arguments: str, text: str | bytes = "") -> Result:
    return CliRunner().invoke(main, list(arguments), input=text)


def told(findings: tuple[Finding, ...]) -> set[tuple[object, ...]]:
    return {(one.path, one.rule, one.line, one.column, one.message, one.level) for one in findings}


# Of two records with one key, or with keys that look the same, either may be told of.
EITHER = ("key-duplicate", "key-lookalike")
COSTLY = ("record-cost", "schema-costly", "sql-size", "sql-time")  # books that are about time
EVERY = sorted(path.parent for path in BOOKS.glob("*/datapackage.yaml") if path.parent.name not in COSTLY)
FEW = ("checks", "json-lines", "key-missing", "layouts", "layouts-bad", "lists-within", "nulls", "reference", "rules")


@pytest.mark.parametrize("folder", [BOOKS / name for name in FEW], ids=lambda folder: str(folder.name))
def test_a_file_alone_tells_what_the_whole_book_tells_of_it(folder: Path) -> None:
    held_against_the_whole_book(folder)


@pytest.mark.slow
@pytest.mark.parametrize("folder", EVERY, ids=lambda folder: str(folder.name))
def test_every_file_alone_tells_what_the_whole_book_tells_of_it(folder: Path) -> None:
    held_against_the_whole_book(folder)


def held_against_the_whole_book(folder: Path) -> None:
    whole = sourcebook.check(folder)
    paths = {one.path for one in whole.records} | {one.path for one in whole.findings if (folder / one.path).exists()}
    assert paths
    for path in sorted(paths):
        alone = sourcebook.check_files(folder, [folder / path])
        counts = alone.ledger.as_dict()
        unseen = {rule for rule, tally in counts.items() if tally["skipped"] or not tally["performed"]}
        more = told(alone.findings) - told(whole.findings)
        less = {one for one in told(whole.findings) - told(alone.findings) if one[0] == path}
        assert {one for one in more if one[1] not in EITHER} == set()
        assert {one for one in less if one[1] not in unseen} == set()  # what is not told is not counted as passed


def test_large_collections_are_not_read_and_that_is_said(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book("reference-duplicate")
    (folder / "data/people.yaml").write_text("- {id: ann, name: Ann}\n- {id: bob, name: Bob}\n")
    (folder / "data/teams.yaml").write_text("- {id: north, lead: ann}\n- {id: south, lead: nobody}\n")
    near = sourcebook.check_files(folder, [folder / "data/teams.yaml"])
    assert [one.rule for one in near.findings] == ["reference"]
    monkeypatch.setattr(beside, "_MOST_BYTES", 1)
    far = sourcebook.check_files(folder, [folder / "data/teams.yaml"])
    assert far.findings == ()
    counts = far.ledger.as_dict()["reference"]
    assert (counts["performed"], counts["skipped"]) == (0, 2)
    assert counts["reasons"] == ["files of people were not to be read"]


def coast(folder: Path, key: str) -> Path:
    """A book of keepers and of lights that name theirs, a file each."""
    folder.mkdir()
    (folder / "datapackage.yaml").write_text(
        "name: coast\ntitle: Lights\nlicenses: [{name: CC0-1.0}]\nresources:\n"
        + "".join(
            f"  - name: {name}\n    path: build/csv/{name}.csv\n    schema: build/tableschema/{name}.json\n"
            f"    sourcebook: {{records: data/{name}/*.yaml, schema: schemas/any.json{key}{more}}}\n"
            for name, more in (("keepers", ""), ("lights", ", references: {keeper: keepers}"))
        )
    )
    properties = ", ".join(f'"{name}": {{"type": "string"}}' for name in ("id", "keeper"))
    for path, text in {
        "schemas/any.json": f'{{"type": "object", "properties": {{{properties}}}}}',
        "data/keepers/ada.yaml": "id: ada\n",
        "data/keepers/other.yaml": "id: ben\n",
        "data/lights/gull.yaml": "id: gull\nkeeper: ada\n",
        "data/lights/sand.yaml": "id: sand\nkeeper: ben\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def test_keys_that_paths_make_are_known_without_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_MOST_BYTES", 1)
    folder = coast(tmp_path / "book", "")
    (folder / "data/keepers/ada.yaml").chmod(0)  # nobody looks into it
    found = sourcebook.check_files(folder, [folder / "data/lights"])
    assert [(one.path, one.rule) for one in found.findings] == [("data/lights/sand.yaml", "reference")]
    counts = found.ledger.as_dict()
    assert (counts["reference"]["performed"], counts["reference"]["skipped"]) == (2, 0)


def test_files_named_for_the_key_are_looked_up_in_large_collections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "_MOST_BYTES", 1)
    folder = coast(tmp_path / "book", ", key: id")
    (folder / "data/lights/twin.yaml").write_text("id: gull\n")
    assert [one.rule for one in sourcebook.check(folder).findings] == ["key-duplicate"]
    found = sourcebook.check_files(folder, [folder / "data/lights/gull.yaml", folder / "data/lights/sand.yaml"])
    counts = found.ledger.as_dict()
    assert (counts["reference"]["performed"], counts["reference"]["skipped"]) == (1, 1)
    assert found.findings == ()
    assert counts["key-duplicate"]["performed"] == 0
    twin = sourcebook.check_files(folder, [folder / "data/lights/twin.yaml"])
    assert [one.rule for one in twin.findings] == ["key-duplicate"]


def test_paths_lead_from_the_current_folder(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book("schema")
    (folder / "README.md").write_text("About these stations.\n")
    (folder / "data/stations/notes.txt").write_text("Not a record.\n")
    monkeypatch.chdir(folder / "data")
    assert run("check", "stations/ash.yaml").stdout.startswith("data/stations/ash.yaml:1:1: error schema: ")
    assert {
        line.partition(":")[0] for line in run("check", "stations/[a-o]*.yaml").stdout.splitlines() if line[0] != " "
    } == {
        "data/stations/ash.yaml",
        "data/stations/oak.yaml",
    }
    whole = run("check", "-q").stdout
    assert run("check", "-q", "stations").stdout == whole
    assert run("check", "-q", "..").stdout == whole
    assert "notes.txt" in run("check", "stations/notes.txt").stdout  # as the whole book tells it
    beside_data = run("check", "../README.md")
    assert (beside_data.exit_code, beside_data.stdout) == (0, "")
    assert "no pattern claims README.md" in beside_data.stderr
    monkeypatch.chdir(folder.parent)
    assert run("check", "schema/data/stations/ash.yaml").exit_code == 1  # the book is found from the file
    assert run("check", "schema/data/stations/none.yaml").exit_code == 2
    outside = folder.parent / "outside.yaml"
    outside.write_text("a: 1\n")
    lies = run("check", "--book", str(folder), str(outside))
    assert (lies.exit_code, "outside of the book" in lies.stderr) == (2, True)


def test_links_are_told_and_not_followed(book: Copy) -> None:
    folder = book("schema")
    (folder / "data/stations/link.yaml").symlink_to(folder / "data/stations/ash.yaml")
    found = sourcebook.check_files(folder, [folder / "data/stations/link.yaml"])
    assert [one.rule for one in found.findings] == ["file-kind"]
    away = folder / "away"
    away.symlink_to(folder / "data/stations")  # a folder that is named is meant, by whatever way
    assert {one.path for one in sourcebook.check_files(folder, [away]).findings} >= {"data/stations/ash.yaml"}
    (folder / "out").symlink_to("/")
    with pytest.raises(UsageError, match="outside of the book"):
        sourcebook.check_files(folder, [folder / "out"])


def test_the_files_of_the_book_itself_are_checked_where_they_are_asked_for(book: Copy) -> None:
    folder = book("script-headers")
    paths = {one.path for one in sourcebook.check(folder).findings}
    for path in sorted(paths):
        found = sourcebook.check_files(folder, [folder / path])
        assert {one.path for one in found.findings} <= {path}
    data = next(path for path in (folder / "data").rglob("*") if path.is_file())
    assert sourcebook.check_files(folder, [data]).findings == ()
    broken = book("schema-broken")
    record = next(path for path in (broken / "data").rglob("*.yaml"))
    stopped = sourcebook.check_files(broken, [record])
    assert not stopped.ok  # what keeps the file from being checked is told, wherever it is
    assert all(not counts["performed"] for counts in stopped.ledger.as_dict().values())


def test_sql_is_skipped_and_never_passed(book: Copy) -> None:
    folder = book("checks")
    found = sourcebook.check_files(folder, [folder / "data/stations/ash.yaml"])
    counts = found.ledger.as_dict()
    names = [path.stem for path in (folder / "scripts/checks").glob("*.sql")]
    assert names
    for name in names:
        assert (counts[f"checks/{name}"]["performed"], counts[f"checks/{name}"]["skipped"]) == (0, 1)
    assert counts["script"]["performed"] == 0


def test_options_that_do_not_go_together(book: Copy) -> None:
    folder = str(book("schema"))
    for arguments in (
        ("--write-baseline", f"{folder}/data"),
        ("-", f"{folder}/data"),
        ("--collection", "stations"),
        ("-", "--collection", "statoins"),
        ("-",),
        ("-", "--path", "elsewhere.yaml"),
        ("",),
    ):
        assert run("check", "--book", folder, *arguments).exit_code == 2
    assert "did you mean 'stations'?" in run("check", "--book", folder, "-", "--collection", "statoins").stderr


# --- a text ---------------------------------------------------------------------------------------------------------


def test_a_text_is_one_record(book: Copy) -> None:
    folder = str(book("schema"))
    bad = run("check", "--book", folder, "-", "--collection", "stations", text="id: fir\nname: Fir\nkind: junktion\n")
    assert bad.exit_code == 1
    assert bad.stdout.splitlines()[0].startswith('stdin:3:7: error schema: "junktion" is not one of')
    named = run("check", "--book", folder, "-", "--collection", "stations", "--path", "new.yaml", text="name: [\n")
    assert named.stdout.startswith("new.yaml:")
    assert (
        run("check", "-q", "--book", folder, "-", "--collection", "stations", text="id: fir\nname: Fir\n").output == ""
    )
    taken = run("check", "--book", folder, "-", "--collection", "stations", text="id: ash\nname: Ash\n")
    assert "key-duplicate: the key 'ash' is taken by the record at data/stations/ash.yaml:1" in taken.stdout


def test_a_text_is_the_file_that_a_pattern_claims(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book("schema")
    monkeypatch.chdir(folder / "data")
    path = folder / "data/stations/oak.yaml"
    before = path.read_bytes()
    found = run("check", "-", "--path", "stations/oak.yaml", text="id: oak\nname: Oak\nkind: junktion\n")
    assert found.stdout.splitlines()[0].startswith("data/stations/oak.yaml:3:7: error schema: ")
    assert len(found.stdout.splitlines()) == 2
    assert run("check", "-q", "-", "--path", "stations/oak.yaml", text="id: oak\nname: Oak\n").exit_code == 0
    assert run("check", "-q", "-", "--path", "stations/new.yaml", text="id: new\nname: New\n").exit_code == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["json-lines", "layouts", "layouts-bad", "lists-within", "reference", "yaml-syntax"])
def test_the_text_of_a_file_is_told_what_the_file_is_told(name: str) -> None:
    folder = BOOKS / name
    whole = sourcebook.check(folder)
    for path in sorted({one.path for one in whole.records} | {one.path for one in whole.findings}):
        if path.startswith("data/") and (folder / path).is_file():
            data = (folder / path).read_bytes()
            try:
                text = sourcebook.check_text(folder, data, path=str(folder / path))
            except UsageError:
                continue  # which no pattern claims
            assert told(text.findings) == told(sourcebook.check_files(folder, [folder / path]).findings)


def test_texts_of_every_kind(book: Copy) -> None:
    folder = book("layouts")
    page = (folder / "data/pages/south/walk.md").read_bytes()
    for text in (page, page.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + page, page.rstrip(b"\n")):
        assert sourcebook.check_text(folder, text, collection="pages").ok
    found = sourcebook.check_text(folder, b"kind: [town\n", collection="towns")
    assert [(one.path, one.rule) for one in found.findings] == [("stdin", "yaml-syntax")]
    assert [one.rule for one in sourcebook.check_text(folder, b"", collection="towns").findings] == ["layout"]
    assert [one.rule for one in sourcebook.check_text(folder, b"\xff\xfe\x00", collection="towns").findings] == [
        "yaml-encoding"
    ]


def test_what_a_text_without_a_place_cannot_tell(book: Copy) -> None:
    folder = book("layouts")
    counts = sourcebook.check_text(folder, b"meaning: a thing\n", collection="words").ledger.as_dict()
    assert counts["key-missing"]["performed"] == 0
    assert counts["key-missing"]["skipped"] == 1


def test_what_others_may_refer_to_is_said(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOKS.parent.parent / "examples/library", tmp_path / "library"))
    publishers = folder / "data/publishers.yaml"
    publishers.write_text(publishers.read_text().replace("lantern:", "lantarn:"))
    checked = sourcebook.check_files(folder, [publishers])
    assert not checked.findings
    of_references = checked.ledger.as_dict()["reference"]
    assert of_references["skipped"] == 1
    assert "records of books in other files may refer to" in str(of_references)
    loans = sourcebook.check_files(folder, [folder / "data/loans/2026-01.yaml"])  # which nothing refers to
    assert not loans.ledger.as_dict()["reference"]["skipped"]
