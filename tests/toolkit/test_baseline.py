# SPDX-License-Identifier: Apache-2.0
"""The baseline: old debt that neither fails a check nor stops a publication, and that only shrinks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import sourcebook
from sourcebook.cli import main
from sourcebook.errors import UsageError
from tests.toolkit.pages import orchard

Copy = Callable[[str], Path]


def run(verb: str, folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [verb, "--book", str(folder), *arguments])


def entries(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "baseline.json").read_text("utf-8"))["findings"]
    return found


def test_known_findings_do_not_fail_and_new_ones_do(book: Copy) -> None:
    folder = book("schema")
    assert run("check", folder).exit_code == 1
    written = run("check", folder, "--write-baseline")
    assert (written.exit_code, written.stdout) == (0, "")
    assert "9 findings of the baseline are not told" in written.stderr
    assert len(entries(folder)) == 9
    (folder / "data/stations/elm.yaml").write_text("id: elm\nname: Elm\nkind: halte\n")
    new = run("check", folder)
    assert new.exit_code == 1
    assert new.stdout.splitlines()[0].startswith('data/stations/elm.yaml:3:7: error schema: "halte" is not one of')


def test_known_findings_survive_what_moves_them(book: Copy, tmp_path: Path) -> None:
    folder = book("schema")
    (folder / "data/lines.yaml").write_text("- id: green\n  colour: 3\n")
    sourcebook.write_baseline(sourcebook.check(folder))
    path = folder / "data/stations/oak.yaml"
    path.write_text(f"# A comment.\n\n{path.read_text('utf-8')}")
    (folder / "data/lines.yaml").write_text("- id: red\n  colour: red\n- id: green\n  colour: 3\n")
    assert sourcebook.check(folder).findings == ()
    assert len(sourcebook.check(folder).known) == 10


def test_a_baseline_only_shrinks(book: Copy) -> None:
    folder = book("schema")
    run("check", folder, "--write-baseline")
    (folder / "data/stations/ash.yaml").write_text("id: ash\nname: Ash\nplatforms: 0\n")
    stale = run("check", folder)
    assert stale.exit_code == 1  # for the new finding
    assert "warning baseline-stale: this finding of data/stations/ash.yaml no longer occurs" in stale.stdout
    again = run("check", folder, "--write-baseline")
    assert "the baseline knows 8 findings; 1 was taken out" in again.stderr
    assert again.exit_code == 1
    assert all(entry["path"] != "data/stations/ash.yaml" for entry in entries(folder))
    assert len(entries(folder)) == 8


def test_what_cannot_be_lowered_is_never_known(book: Copy) -> None:
    folder = book("reference")
    result = run("check", folder, "--write-baseline")
    assert (result.exit_code, entries(folder)) == (1, [])
    assert result.stdout.count(" error reference: ") == 2
    found = [finding for finding in sourcebook.check(folder).findings if finding.rule == "reference"]
    known = [{"path": one.path, "rule": one.rule, "place": one.subject, "message": one.message} for one in found]
    (folder / "baseline.json").write_text(json.dumps({"findings": known}))
    checked = sourcebook.check(folder)
    assert [f.rule for f in checked.findings if f.path != "baseline.json"] == ["reference", "reference"]
    assert [f.rule for f in checked.findings if f.path == "baseline.json"] == ["baseline", "baseline"]


def test_no_baseline_of_what_was_not_looked_at(book: Copy) -> None:
    folder = book("schema")
    (folder / "data/stations/elm.yaml").write_text("id: [\n")
    result = run("check", folder, "--write-baseline")
    assert (result.exit_code, "while a part of the book cannot be read" in result.stderr) == (2, True)
    assert not (folder / "baseline.json").exists()
    with pytest.raises(UsageError):
        sourcebook.write_baseline(sourcebook.check(folder))


def test_a_book_with_known_findings_is_published_whole(book: Copy) -> None:
    folder = book("schema")
    sourcebook.write_baseline(sourcebook.check(folder))
    result = run("build", folder)
    assert result.exit_code == 0
    assert run("verify", folder).exit_code == 0  # the records are in it, and frictionless finds the package valid
    with closing(sqlite3.connect(folder / "build/schema.db")) as connection:
        names = dict(connection.execute("SELECT id, name FROM stations"))
        needed = dict(connection.execute("SELECT name, \"notnull\" FROM pragma_table_info('stations')"))
        (document,) = connection.execute("SELECT document FROM _records WHERE key = 'oak'").fetchone()
    assert names == {"ash": None, "elm": "Elm Halt", "oak": None, "yew": "Yew"}
    assert (needed["id"], needed["name"]) == (1, 0)
    assert json.loads(document)["name"] == 1948
    report = json.loads((folder / "build/report.json").read_text("utf-8"))
    assert (report["findings"], len(report["baseline"]), report["counts"]["baseline"]) == ([], 9, 9)


def test_other_collections_keep_what_their_schemas_require(tmp_path: Path) -> None:
    folder = orchard(tmp_path / "orchard")
    (folder / "data/growers/alder-farm.yaml").write_text("place: Nowhere\n")
    sourcebook.write_baseline(sourcebook.check(folder))
    assert sourcebook.build(folder).release
    with closing(sqlite3.connect(folder / "build/orchard.db")) as connection:
        for table, needed in (("growers", 0), ("varieties", 1)):
            query = f"SELECT \"notnull\" FROM pragma_table_info('{table}') WHERE name = 'name'"
            assert connection.execute(query).fetchone() == (needed,)
    assert sourcebook.verify(folder).ok


def test_a_known_finding_hides_no_error_that_cannot_be_published(tmp_path: Path) -> None:
    folder = orchard(tmp_path / "orchard")
    path = folder / "data/harvests.yaml"
    path.write_text("- number: 1\n  variety: Red Lantern\n  kilograms: 120\n  by: 3\n")
    wrong = [finding for finding in sourcebook.check(folder).findings if finding.rule == "schema"]
    assert [finding.pointer for finding in wrong] == ["/0/by"]
    known = [{"path": f.path, "rule": f.rule, "place": f.subject, "message": f.message} for f in wrong]
    (folder / "baseline.json").write_text(json.dumps({"findings": known}))
    (finding,) = sourcebook.check(folder).findings
    assert (finding.rule, finding.level, finding.pointer) == ("reference", "error", "/0/by")


def test_checks_of_the_book_may_be_known(book: Copy) -> None:
    folder = book("checks")
    sourcebook.write_baseline(sourcebook.check(folder))
    assert {entry["rule"] for entry in entries(folder)} == {"checks/line-twice", "checks/small-junction"}
    assert sourcebook.check(folder).findings == ()
    assert sourcebook.build(folder).release


@pytest.mark.parametrize("text", ["", "[]", "{", '{"findings": 3}', "\0", '{"findings": [3]}'])
def test_a_file_that_is_no_baseline_is_a_finding(book: Copy, text: str) -> None:
    folder = book("nulls")
    (folder / "baseline.json").write_text(text)
    assert {finding.rule for finding in sourcebook.check(folder).findings} == {"baseline"}


def test_a_baseline_is_no_record_of_a_pattern_at_the_root(book: Copy) -> None:
    folder = book("records-at-the-root")
    descriptor = folder / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text("utf-8").replace('"*.yaml"', '["*.yaml", "*.json"]'), encoding="utf-8")
    sourcebook.write_baseline(sourcebook.check(folder))
    assert sourcebook.check(folder).findings == ()


def test_verdicts_on_known_findings_follow_levels(book: Copy) -> None:
    folder = book("baseline-stale")
    assert sourcebook.check(folder).ok
    with (folder / "datapackage.yaml").open("a") as descriptor:
        descriptor.write("sourcebook:\n  rules: {baseline-stale: error}\n")
    assert not sourcebook.check(folder).ok
