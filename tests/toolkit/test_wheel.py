# SPDX-License-Identifier: Apache-2.0
"""The wheel, installed elsewhere, builds a small book."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sourcebook.rules import RULES
from tests.conftest import ROOT


@pytest.mark.slow
def test_the_wheel_installed_elsewhere_builds_a_book(book: Callable[[str], Path], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "dist")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("sourcebook-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "installed")  # a wheel of pure Python is installed by unpacking it
    assert {"sourcebook/book/descriptor.schema.json", "sourcebook/site/templates/sourcebook_table.html"} <= set(names)
    assert {f"sourcebook/rules/pages/{rule}.md" for rule in RULES} <= set(names)
    assert [name for name in names if name.endswith(".dist-info/sboms/sbom.cdx.json")]
    assert not [name for name in names if name.startswith(("data/", "build/", "tests/", "schemas/"))]
    # What PYTHONPATH names comes before the project's own source, which is installed here for development.
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    where = [sys.executable, "-c", "import sourcebook; print(sourcebook.__file__)"]
    shown = subprocess.run(where, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    assert Path(shown.stdout.strip()).is_relative_to(tmp_path / "installed")
    folder = book("orchard")
    for verb in ("build", "verify"):
        run = [sys.executable, "-m", "sourcebook.cli", verb, "--book", str(folder)]
        result = subprocess.run(run, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
