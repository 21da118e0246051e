# SPDX-License-Identifier: Apache-2.0
"""The bytes of a twin depend on the release, the toolkit and the options: on nothing of the machine, the person, the
time, or what was frozen there before.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sourcebook
from tests.harbour import BOOK, replaced

pytestmark = pytest.mark.slow

MACHINES = (
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "jobs": "1", "umask": "077"},
    {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "jobs": "2", "umask": "002"},
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bytes") / "book"
    shutil.copytree(BOOK, folder)
    assert sourcebook.build(folder).release
    return folder


def contents(folder: Path, *, but: frozenset[str] = frozenset()) -> dict[str, str]:
    """Each file of a twin by its path, as a hash."""
    return {
        path: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and (path := file.relative_to(folder).as_posix()) not in but
    }


def test_it_is_the_same_on_every_machine(book: Path, tmp_path: Path) -> None:
    found = []
    for number, machine in enumerate(MACHINES):
        to = tmp_path / f"machine {number}"
        settings = {name: value for name, value in machine.items() if name.isupper()}
        command = [sys.executable, "-m", "sourcebook.cli", "freeze", "--book", str(book), "--to", str(to), "--quiet"]
        command = ["sh", "-c", f'umask {machine["umask"]}; exec "$@"', "sh", *command, "--jobs", machine["jobs"]]
        subprocess.run(command, check=True, env={**os.environ, **settings}, cwd=tmp_path, timeout=120)
        found.append(contents(to))
    assert found[0] == found[1]
    assert len(found[0]) > 150


def test_what_was_frozen_before_leaves_nothing_behind(book: Path, tmp_path: Path) -> None:
    """A twin that is brought up to date is the one that is made anew."""
    folder = tmp_path / "book"
    shutil.copytree(book, folder, symlinks=True)
    followed = tmp_path / "followed"
    sourcebook.freeze(folder, followed)
    replaced("data/ties.yaml", "worked in the same office", "shared an office")(folder)
    (folder / "data/people/somebody.yaml").write_text("id: somebody\nname: Somebody New\n", "utf-8")
    assert sourcebook.build(folder).release
    then = sourcebook.freeze(folder, followed)
    assert then.unchanged > 0
    sourcebook.freeze(folder, tmp_path / "anew")
    assert contents(followed) == contents(tmp_path / "anew")
    assert (followed / "people/somebody/index.html").is_file()
