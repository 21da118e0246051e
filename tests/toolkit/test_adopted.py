# SPDX-License-Identifier: Apache-2.0
"""Books made of found data, as they go on: what is added to them later."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.book import load_book
from sourcebook.cli import main
from sourcebook.finding import Ledger
from sourcebook.records.claims import claims
from tests.toolkit.test_init import ADOPT, FOLDERS


def unpublished(folder: Path, path: str) -> bool:
    """Whether nobody would be told of a file that is in no collection."""
    claimed, findings, _ = claims(load_book(folder), Ledger())
    owners = [path for paths in claimed.values() for path in paths]
    return path not in owners and path not in [finding.path for finding in findings]


@pytest.mark.parametrize("found", FOLDERS, ids=lambda folder: folder.name)
def test_a_file_beside_the_files_of_a_collection_is_claimed_or_told(found: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(found, tmp_path / found.name))
    sourcebook.init(folder, adopt=True)
    claimed, findings, _ = claims(load_book(folder), Ledger())
    assert [finding for finding in findings if finding.rule == "file-unclaimed"] == []
    tried = 0
    for path in sorted({path for paths in claimed.values() for path in paths}):
        here = folder / path
        beside = [here.with_name("zz-another" + here.suffix)]
        if len(here.parent.relative_to(folder).parts) > 1:  # in a folder beside its own
            beside.append(here.parent.parent / "zz-another" / here.name)
        for new in beside:
            new.parent.mkdir(exist_ok=True)
            shutil.copy(here, new)
            assert not unpublished(folder, new.relative_to(folder).as_posix()), new.relative_to(folder)
            new.unlink()
            tried += 1
    assert tried


def write(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def test_a_list_with_one_doubled_id_and_no_other_key_stays_one_collection_and_is_told_first(tmp_path: Path) -> None:
    rows = "".join(f"- {{id: r{n}, weight: {n % 4}}}\n" for n in range(40))
    folder = write(tmp_path, {"data/stones.yaml": rows, "data/stones-old.yaml": "- {id: r3, weight: 9}\n"})
    made = sourcebook.init(folder, adopt=True)
    assert [(one.name, one.key, one.records) for one in made.collections] == [("stones", "id", 41)]
    assert "id is the key, but 'r3' stands there twice" in made.undecided[0]
    assert [finding.rule for finding in made.checked.findings if finding.level == "error"] == ["key-duplicate"]


def test_a_dry_run_writes_nothing_and_shows_the_descriptor(tmp_path: Path) -> None:
    folder = write(tmp_path, {"data/trees/elm.yaml": "name: Elm\n", "data/trees/oak.yaml": "name: Oak\n"})
    before = sorted(folder.rglob("*"))
    result = CliRunner().invoke(main, ["init", str(folder), "--adopt", "--dry-run"])
    assert result.exit_code == 0
    assert 'records: "data/trees/*.yaml"' in result.stdout
    assert sorted(folder.rglob("*")) == before
    assert CliRunner().invoke(main, ["init", str(folder), "--dry-run"]).exit_code == 2


def test_off_a_terminal_many_findings_are_summed_up(tmp_path: Path) -> None:
    trees = {f"data/trees/t{n}.yaml": f"version: {n}.10\n" for n in range(100)} | {"data/trees/x.yaml": "version: a\n"}
    result = CliRunner().invoke(main, ["init", str(write(tmp_path, trees)), "--adopt"])
    assert "100 findings of unquoted-number (warning), the first at data/trees/t0.yaml:1" in result.stdout
    assert result.stdout.count("unquoted-number") == 1
    assert "sourcebook check tells them all" in result.stdout


def test_a_licence_that_a_file_names_is_proposed(tmp_path: Path) -> None:
    text = "Creative Commons Legal Code\n\nCC0 1.0 Universal\n"
    folder = write(tmp_path, {"LICENSE": text, "data/a.yaml": "x: 1\n", "data/b.yaml": "x: 2\n"})
    made = sourcebook.init(folder, adopt=True)
    assert "LICENSE looks like CC0-1.0" in made.undecided[-1]


def test_a_licence_is_missed_once(tmp_path: Path) -> None:
    (tmp_path / "mills.yaml").write_text("- {id: elm, name: Elm}\n- {id: oak, name: Oak}\n")
    made = sourcebook.init(tmp_path, adopt=True)
    assert [one.rule for one in made.checked.findings] == ["licence-missing"]
    assert not any("licence" in note for note in made.undecided)


def test_what_code_keeps_beside_folders_of_records_at_the_top_breaks_no_book(tmp_path: Path) -> None:
    found = Path(shutil.copytree(ADOPT / "tops", tmp_path / "tops"))
    sourcebook.init(found, adopt=True)
    for path in ("docker-compose.yml", "tests/case.yml", ".github/workflows/ci.yml", "mkdocs.yml"):
        (found / path).parent.mkdir(parents=True, exist_ok=True)
        (found / path).write_text("site: x\n")
    assert {one.rule for one in sourcebook.check(found).findings} == {"licence-missing"}
    (found / "rules-new").mkdir()
    (found / "rules-new" / "probe.yml").write_text("title: Probe\n")
    assert "key-missing" in {one.rule for one in sourcebook.check(found).findings}


def test_a_list_that_holds_itself_by_a_reference_to_the_list_is_one_table_and_is_rebuilt(tmp_path: Path) -> None:
    node = {"type": "object", "properties": {"name": {"type": "string"}, "inner": {"$ref": "#/$defs/nodes"}}}
    schema = {
        "type": "object",
        "properties": {"id": {"type": "string"}, "parts": {"$ref": "#/$defs/nodes"}},
        "$defs": {"nodes": {"type": "array", "items": node}},
    }
    tree = "id: a\nparts:\n  - name: x\n    inner:\n      - {name: y, inner: [{name: z}]}\n  - {name: w}\n"
    block = "{records: data/*.yaml, schema: schemas/tree.schema.json, key: id}"
    one = f"{{name: trees, path: build/csv/trees.csv, schema: build/tableschema/trees.json, sourcebook: {block}}}"
    folder = write(
        tmp_path,
        {
            "data/a.yaml": tree,
            "schemas/tree.schema.json": json.dumps(schema),
            "datapackage.yaml": f"name: wood\nresources:\n  - {one}\n",
        },
    )
    built = sourcebook.build(folder)
    assert [table.name for table in built.checked.plans["trees"].tables] == ["trees", "trees_parts"]
    assert built.checked.plans["trees"].json_columns == ()
    assert sourcebook.verify(folder).differences == ()


def test_keys_that_nearly_every_mapping_has_are_names(tmp_path: Path) -> None:
    """Thirty lists of trips, each with a property of its own: trips are a table."""
    boats = [
        {"id": f"b{n}", "trips": [{"day": f"2020-01-0{d}", "port": "elm", f"extra_{chr(97 + n % 26)}{n // 26}": "yes"}]}
        for n in range(30)
        for d in (1 + n % 9,)
    ]
    folder = write(tmp_path, {"boats.json": json.dumps(boats)})
    made = sourcebook.init(folder, adopt=True)
    (plan,) = made.checked.plans.values()
    assert [table.name for table in plan.tables] == ["boats", "boats_trips"]
    assert len(plan.tables[1].columns) > 30
    assert plan.json_columns == ()
