# SPDX-License-Identifier: Apache-2.0
"""A folder of a stranger's in which links lie where files would be written: nothing is written through them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sourcebook
from sourcebook.errors import UsageError
from tests.served import BOOKS

_ADOPTED = (".github", ".vscode", "build", "schemas", ".vscode/settings.json", "datapackage.yaml", "build/README.md")


@pytest.mark.parametrize("path", [*_ADOPTED, ".gitignore", ".pre-commit-config.yaml"])
def test_adopting_writes_through_no_link(tmp_path: Path, path: str) -> None:
    book, away = tmp_path / "book", tmp_path / "away"
    book.mkdir()
    away.mkdir()
    for name in ("one", "two"):
        (book / f"{name}.yaml").write_text(f"name: {name}\nlamps: 2\n")
    link = book / path
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(away / "file" if "." in link.name[1:] or path == ".gitignore" else away)
    with pytest.raises(UsageError, match="is a link"):
        sourcebook.init(book, adopt=True)
    assert not list(away.iterdir())


@pytest.mark.parametrize("path", [".vscode", ".vscode/settings.json", ".vscode/datapackage.schema.json"])
def test_what_editors_need_is_written_through_no_link(tmp_path: Path, path: str) -> None:
    book, away = tmp_path / "orchard", tmp_path / "away"
    shutil.copytree(BOOKS / "orchard", book)
    shutil.rmtree(book / ".vscode", ignore_errors=True)
    away.mkdir()
    (away / "settings.json").write_text("{}")
    link = book / path
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(away if path == ".vscode" else away / "settings.json")
    with pytest.raises(UsageError, match="is a link"):
        sourcebook.init(book, editors=True)
    assert [(one.name, one.read_text()) for one in away.iterdir()] == [("settings.json", "{}")]


def test_a_baseline_is_written_through_no_link(tmp_path: Path) -> None:
    book, away = tmp_path / "orchard", tmp_path / "precious"
    shutil.copytree(BOOKS / "orchard", book)
    away.write_text("precious")
    (book / ".baseline.json.new").symlink_to(away)
    checked = sourcebook.check(book)
    sourcebook.write_baseline(checked)
    assert away.read_text() == "precious"
    assert (book / "baseline.json").is_file()
    assert not (book / "baseline.json").is_symlink()
