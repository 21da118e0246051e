# SPDX-License-Identifier: Apache-2.0
"""Damage of every kind is found and its file named, also where every hash was made anew after it."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from tests.conftest import BOOKS

Copy = Callable[[str], Path]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The orchard, built once."""
    folder = Path(shutil.copytree(BOOKS / "orchard", tmp_path_factory.mktemp("built") / "orchard"))
    sourcebook.build(folder, formats=["all"])
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy of the orchard that was built, to be damaged."""
    return Path(shutil.copytree(built, tmp_path / "orchard", symlinks=True))


def rehash(folder: Path) -> None:
    """Make every hash anew, as somebody would who wants damage to pass: descriptor first, then the checksums."""
    path = folder / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    own = package["sourcebook"]
    for one in [*package["resources"], *own["documents"], *own.get("files", ()), own["database"]]:
        data = (folder / one["path"]).read_bytes()
        one["hash"], one["bytes"] = f"sha256:{hashlib.sha256(data).hexdigest()}", len(data)
    path.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    sums = folder / "SHA256SUMS"
    names = [line.partition("  ")[2] for line in sums.read_text("utf-8").splitlines()]
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    sums.write_text("".join(lines), encoding="utf-8")


def sql(statement: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.executescript(statement)
        connection.close()

    return change


def text(old: str, new: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        before = path.read_bytes()
        assert old.encode() in before
        path.write_bytes(before.replace(old.encode(), new.encode(), 1))

    return change


DAMAGE: list[tuple[str, Callable[[Path], None]]] = [
    ("csv/growers.csv", text("Nowhere", "Somewhere")),
    ("csv/harvests.csv", text("80", "80.0")),
    ("csv/varieties_trials_scores.csv", text("7.5\r\n", "")),
    ("csv/varieties_names.csv", text("Rote", '"Rote')),
    ("json/growers.json", text("Nowhere", "Somewhere")),
    ("json/harvests.json", text("80.0", "80")),
    ("json/varieties.json", text('"late","keeps":true', '"late","keeps":false')),
    ("json/varieties.json", text('"deep":null', '"deep":0')),
    ("tableschema/harvests.json", text("integer", "string")),
    ("datapackage.json", text("CC0", "CC1")),
    ("metadata.json", text("Apple varieties", "Pear varieties")),
    ("datasette.json", text("1000", "9000")),
    ("orchard.db", sql("UPDATE varieties SET sugar = 14 WHERE id = 'early-star'")),
    ("orchard.db", sql("UPDATE varieties SET sugar = 11.5 WHERE id = 'early-star'")),
    ("orchard.db", sql("UPDATE varieties_trials_scores SET _value = 9 WHERE _value = 8.0")),
    ("orchard.db", sql("UPDATE harvests SET variety = 'early-star'")),
    ("orchard.db", sql("UPDATE harvests SET variety = 'no-such'")),
    ("orchard.db", sql("UPDATE harvests SET by_growers = '.brook' WHERE number = 1")),
    ("orchard.db", sql("DELETE FROM varieties_names WHERE _name = 'de'")),
    ("orchard.db", sql("INSERT INTO growers (_key, name) VALUES ('ghost', 'Ghost')")),
    ("orchard.db", sql("UPDATE _records SET document = replace(document, 'Nowhere', 'Elsewhere')")),
    ("orchard.db", sql("UPDATE _records SET line = 3 WHERE key = '2'")),
    ("orchard.db", sql("DELETE FROM _records WHERE key = '2'")),
    ("orchard.db", sql("UPDATE growers_fts_docsize SET sz = x'00'")),
    ("orchard.db", sql("DROP VIEW harvest_list; CREATE VIEW harvest_list AS SELECT 1 AS number")),
    ("orchard.db", sql("CREATE TABLE extra (x); INSERT INTO extra VALUES (1)")),
    ("orchard.db", sql("DROP INDEX harvests_variety_index")),
    ("orchard.db", lambda path: path.write_bytes(b"no database" * 1000)),
    ("orchard.db", lambda path: path.write_bytes(path.read_bytes()[:-5000])),
]


@pytest.mark.slow
@pytest.mark.parametrize(("file", "damage"), DAMAGE, ids=[f"{n}-{file}" for n, (file, _) in enumerate(DAMAGE)])
@pytest.mark.parametrize("rehashed", [True, False], ids=["rehashed", "not-rehashed"])
def test_damage_is_found_and_its_file_named(
    folder: Path, file: str, damage: Callable[[Path], None], rehashed: bool
) -> None:
    current = (folder / "build/current").resolve()
    damage(current / file)
    if rehashed:
        rehash(current)
    verified = sourcebook.verify(folder)
    assert not verified.ok
    assert file in {difference.file for difference in verified.differences}


@pytest.mark.slow
@pytest.mark.slow
def test_one_character_changed_in_any_file_is_found(folder: Path) -> None:
    """Every file of a release in turn: a letter or digit in its middle is another, and all hashes are made anew."""
    current = (folder / "build/current").resolve()
    sums = (current / "SHA256SUMS").read_bytes()
    names = [line.partition("  ")[2] for line in sums.decode().splitlines()]
    assert len(names) > 20
    package = (current / "datapackage.json").read_bytes()
    for name in names:
        whole = (current / name).read_bytes()
        middle = next(i for i in range(len(whole) // 2, len(whole)) if chr(whole[i]).isalnum() and whole[i] < 128)
        other = b"7" if whole[middle : middle + 1] != b"7" else b"8"
        (current / name).write_bytes(whole[:middle] + other + whole[middle + 1 :])
        if name != "datapackage.json":
            rehash(current)
        assert name in {difference.file for difference in sourcebook.verify(folder).differences}, name
        (current / "datapackage.json").write_bytes(package)
        (current / name).write_bytes(whole)
        (current / "SHA256SUMS").write_bytes(sums)
    assert sourcebook.verify(folder).ok


def test_a_whole_release_passes_and_says_what_was_compared(folder: Path) -> None:
    verified = sourcebook.verify(folder)
    assert verified.differences == ()
    counts = {name: tally["performed"] for name, tally in verified.ledger.as_dict().items()}
    assert (
        counts["tables against records"] == counts["documents against records"] == counts["JSON against records"] == 6
    )
    assert counts["CSV against database"] == 8
    assert counts["frictionless"] == 2


def test_a_file_too_many_or_too_few_is_named(folder: Path) -> None:
    current = (folder / "build/current").resolve()
    (current / "csv/extra.csv").write_text("x\r\n")
    (current / "json/growers.json").unlink()
    assert {"csv/extra.csv", "json/growers.json"} <= {d.file for d in sourcebook.verify(folder).differences}


@pytest.mark.parametrize("file", ["orchard.db", "csv/harvests.csv", "json/growers.json", "datapackage.json"])
def test_a_file_that_is_missing_is_named(folder: Path, file: str) -> None:
    (folder / "build/current" / file).unlink()
    assert f"{file}: is missing" in map(str, sourcebook.verify(folder).differences)


@pytest.mark.parametrize("listed", ["", "orchard.db\n", "no list at all\n" * 3])
def test_a_list_of_checksums_that_is_none_is_named(folder: Path, listed: str) -> None:
    (folder / "build/current/SHA256SUMS").write_text(listed)
    verified = sourcebook.verify(folder)
    assert [str(one) for one in verified.differences] == ["SHA256SUMS: is no list of checksums"]
    tally = verified.ledger.as_dict()["checksums"]
    assert tally["performed"] or tally["reasons"]


def test_records_changed_since_the_build_are_a_difference(folder: Path) -> None:
    (folder / "data/growers/.brook.yaml").write_text("name: Brook\n")
    found = sourcebook.verify(folder)
    assert {"orchard.db", "json/growers.json"} <= {d.file for d in found.differences}
    assert found.behind
    done = CliRunner().invoke(main, ["verify", "--book", str(folder)])
    assert done.exit_code == 1
    assert "is as it was built: the book was edited since" in done.stderr
    # Not where somebody changed the release, though every hash was made anew.
    current = (folder / "build/current").resolve()
    sql("UPDATE growers SET name = 'Somebody'")(current / "orchard.db")
    assert not sourcebook.verify(folder).behind
    rehash(current)
    assert not sourcebook.verify(folder).behind


def test_a_lone_carriage_return_and_other_hard_texts_survive(book: Copy) -> None:
    folder = book("orchard")
    hard = ['"a\\rb"', '" lead"', '"trail "', "'=1+1'", '"two\\nlines"', '"\\"quoted\\", comma"', '"\\u200e"', '""']
    path = folder / "data/varieties/red-lantern.yaml"
    path.write_text(path.read_text().replace("[Laterne, ", f"[{', '.join(hard)}, "))
    sourcebook.build(folder)
    assert sourcebook.verify(folder).differences == ()


def test_a_foreign_key_that_leads_nowhere_is_found_by_frictionless_cells_read_once(book: Copy) -> None:
    """Of a CSV alone, which no database shows; every table is read once for both descriptors."""
    folder = book("orchard")
    sourcebook.build(folder)
    verified = sourcebook.verify(folder)
    assert verified.ledger.as_dict()["tables read by frictionless"]["performed"] == 8
    current = (folder / "build/current").resolve()
    csv = current / "csv/harvests.csv"
    whole = csv.read_bytes()
    damaged = whole.replace(b"red-lantern", b"red-lanterm", 1)
    assert damaged != whole
    csv.write_bytes(damaged)
    rehash(current)
    told = [str(one) for one in sourcebook.verify(folder).differences]
    found = "the foreign key variety has 'red-lanterm', which is no id of 'varieties'"
    assert f"csv/harvests.csv: frictionless: {found}" in told
