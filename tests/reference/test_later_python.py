# SPDX-License-Identifier: Apache-2.0
"""The reference book under a later Python than the one that the tests run on."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

LATER = ROOT / ".venv-3.13/bin/python"


@pytest.mark.slow
@pytest.mark.skipif(not LATER.exists(), reason="no .venv-3.13: scripts/test makes it where there is a python3.13")
def test_python_3_13_builds_the_same_release(reference_book: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(reference_book, tmp_path / "book", ignore=shutil.ignore_patterns("build")))
    version = run("-c", "import sys; print(*sys.version_info[:2])")
    assert version.split() == ["3", "13"]
    run("-m", "sourcebook.cli", "build", "--book", str(folder))
    run("-m", "sourcebook.cli", "verify", "--book", str(folder))
    assert extracts(folder) == extracts(reference_book)
    assert logical(folder) == logical(reference_book)  # its bytes are those of the SQLite library, which may be another


def run(*arguments: str) -> str:
    result = subprocess.run([LATER, *arguments], check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def extracts(folder: Path) -> dict[str, bytes]:
    release = (folder / "build/current").resolve()
    paths = [path for kind in ("csv", "json", "tableschema") for path in sorted((release / kind).iterdir())]
    assert len(paths) > 20
    return {path.relative_to(release).as_posix(): path.read_bytes() for path in paths}


def logical(folder: Path) -> Any:
    return json.loads((folder / "build/datapackage.json").read_text("utf-8"))["sourcebook"]["database"]["logicalHash"]
