# SPDX-License-Identifier: Apache-2.0
"""What Windows has not is not missed: modules are imported, commands of files work, and others say why they do not.

Run as `as_on_windows` has it, which shows what we ask of a system; nobody has seen it on Windows itself.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import sourcebook
from sourcebook.files import all_files
from sourcebook.publish import release
from tests.conftest import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/fdinfo").is_dir(), reason="how a file is open is asked of /proc"),
]
Copy = Callable[[str], Path]
AS_ON_WINDOWS = ROOT / "tests/toolkit/as_on_windows.py"
IMPORTED = """
import importlib, pkgutil, sourcebook
names = [one.name for one in pkgutil.walk_packages(sourcebook.__path__, "sourcebook.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names))
"""


def ran(*command: str, code: int = 0) -> str:
    made = [sys.executable, str(AS_ON_WINDOWS), *command]
    result = subprocess.run(made, cwd=ROOT, check=False, capture_output=True, text=True)
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout + result.stderr


def sb(folder: Path, *command: str, code: int = 0) -> str:
    return ran("sourcebook.cli", *command, "--book", str(folder), code=code)


def test_all_modules_are_imported(tmp_path: Path) -> None:
    script = tmp_path / "imported.py"
    script.write_text(IMPORTED)
    assert int(ran(str(script))) > 500


def test_help_is_given() -> None:
    told = ran("sourcebook.cli", "--help")
    verbs = re.findall(r"^  ([a-z]+)  ", told, re.MULTILINE)
    assert {"build", "check", "serve"} <= set(verbs)
    assert re.fullmatch(r"sourcebook, version \S+\n", ran("sourcebook.cli", "--version"))


def test_a_book_is_checked_built_edited_and_verified(book: Copy) -> None:
    folder = book("orchard")
    before = sourcebook.build(shutil.copytree(folder, folder.parent / "here"))
    assert before.release
    sb(folder, "check")
    told = sb(folder, "build")
    assert "is a file that names the release" in told
    assert (folder / "build/current").read_text() == f"releases/{before.release.name}\n", "the bytes are the same"
    assert release.damaged(release.current(folder / "build")) == []
    assert "nothing has changed" in sb(folder, "build")
    assert "is what its records make it" in sb(folder, "verify")
    assert "1 file written" in sb(folder, "set", "growers[alder-farm].name", "Alder the Second", "--yes")
    assert "Alder the Second" in sb(folder, "diff", "release:current")
    assert "files written" in sb(folder, "rename", "growers", "alder-farm", "alder-two", "--yes")
    assert "published release" in sb(folder, "build")
    assert "is what its records make it" in sb(folder, "verify")
    sb(folder, "freeze", "--to", str(folder.parent / "there"))
    sourcebook.freeze(folder, folder.parent / "frozen")
    there, here = (set(all_files(folder.parent / name)) for name in ("there", "frozen"))
    assert there == here
    differ = [name for name in here if _bytes(folder, "there", name) != _bytes(folder, "frozen", name)]
    assert differ == [], "the site as files is the same"
    assert len(list((folder / "build/releases").iterdir())) == 2
    assert not [path.name for path in (folder / "build").iterdir() if path.name.startswith((".work-", ".link-"))]


def _bytes(folder: Path, where: str, name: str) -> bytes:
    return (folder.parent / where / name).read_bytes()


def test_the_reference_book_is_the_same(tmp_path: Path, reference_book: Path) -> None:
    folder = shutil.copytree(reference_book, tmp_path / "book", ignore=shutil.ignore_patterns("build"))
    sb(folder, "build", "--quiet")
    assert release.current(folder / "build").name == release.current(reference_book / "build").name


@pytest.mark.parametrize("what", ["a file", "a folder"])
def test_a_link_in_a_book_is_not_followed(book: Copy, tmp_path: Path, what: str) -> None:
    folder = book("orchard")
    growers = folder / "data/growers"
    elsewhere = tmp_path / "elsewhere"
    if what == "a folder":
        growers.rename(elsewhere)
        growers.symlink_to(elsewhere)
    else:
        (growers / "alder-farm.yaml").rename(elsewhere)
        (growers / "alder-farm.yaml").symlink_to(elsewhere)
    assert "Alder Farm" not in sb(folder, "check", code=1)


def test_a_build_waits_for_another(book: Copy) -> None:
    from sourcebook.machine import system

    folder = book("orchard")
    sb(folder, "build")
    with (folder / "build/.lock").open("r+b") as file:
        system.lock(file.fileno())
        assert "another build of this book" in sb(folder, "build", "--wait", "0.2", code=4)
    sb(folder, "build")


@pytest.mark.parametrize("verb", ["serve", "dev"])
def test_what_forks_says_that_it_cannot(book: Copy, verb: str) -> None:
    folder = book("orchard")
    sb(folder, "build")
    told = sb(folder, verb, "--port", "0", code=4)
    assert "this forks processes, which this system cannot" in told
    assert "Traceback" not in told
