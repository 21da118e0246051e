# SPDX-License-Identifier: Apache-2.0
"""The commands export and import: what they print, what they end with, and that nothing is written unasked."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from sourcebook.cli import main
from tests.toolkit.sheets_books import edit, quay


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    return result.exit_code, result.output


def test_out_and_back(tmp_path: Path) -> None:
    book = quay(tmp_path)
    file = tmp_path / "boats.csv"
    code, told = run("export", "boats", "--to", file, "--book", book)
    assert code == 0, told
    assert "from release 1.2.0: boats (3 rows), boats_tags (4 rows), boats_crew (3 rows), boats_names (2 rows)" in told
    assert run("export", "boats", "--to", file, "--book", book)[0] == 1
    assert run("export", "boats", "--to", file, "--book", book, "--force")[0] == 0
    code, told = run("import", file, "--book", book)
    assert code == 0, told
    assert told.endswith("nothing to be changed\n")

    edit(file, "teal", "built", "1889")
    before = (book / "data/boats/teal.yaml").read_bytes()
    assert run("import", file, "--book", book)[0] == 2
    code, told = run("import", file, "--book", book, "--dry-run")
    assert code == 0, told
    assert "-built: 1888\n+built: 1889\n" in told
    assert (book / "data/boats/teal.yaml").read_bytes() == before
    code, told = run("import", file, "--book", book, "--yes")
    assert code == 0, told
    assert (book / "data/boats/teal.yaml").read_bytes() == before.replace(b"1888", b"1889")


def test_what_would_bring_findings_is_not_written(tmp_path: Path) -> None:
    book = quay(tmp_path)
    file = tmp_path / "boats.csv"
    run("export", "boats", "--to", file, "--book", book)
    edit(file, "teal", "owner", "nobody")
    code, told = run("import", file, "--book", book, "--yes")
    assert code == 1
    assert '"nobody" is not in people' in told


def test_refusals_end_with_the_code_of_findings_and_of_usage(tmp_path: Path) -> None:
    book = quay(tmp_path)
    (tmp_path / "list.csv").write_text("id,name\nswan,The Swan\n", "utf-8")
    code, told = run("import", tmp_path / "list.csv", "--book", book)
    assert code == 1
    assert "--into COLLECTION" in told
    assert run("import", tmp_path / "list.csv", "--book", book, "--update")[0] == 2
    code, told = run("import", tmp_path / "list.csv", "--into", "boats", "--book", book, "--yes")
    assert code == 0, told
    assert (book / "data/boats/swan.yaml").read_text("utf-8") == "id: swan\nname: The Swan\n"
    assert (book / "curation/imports/list.yaml").is_file()
