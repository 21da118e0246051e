# SPDX-License-Identifier: Apache-2.0
"""Small books that are pushed, and what is asked of who followed them."""

from __future__ import annotations

import shutil
from pathlib import Path

import sourcebook
from sourcebook.files import all_files
from sourcebook.publish import pointer
from tests.served import BOOKS


class Book:
    """A copy of the orchard's book, whose record ``turn`` is another with every build."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(BOOKS / "orchard", folder)
        self.folder = folder
        self.build_folder = folder / "build"

    def build(self, number: int, **options: bool) -> str:
        """Build it anew; the name of the release."""
        text = f"name: Walnut turn{number}\nplace: At turn{number}\n"
        (self.folder / "data/growers/turn.yaml").write_text(text, encoding="utf-8")
        built = sourcebook.build(self.folder, **options)
        assert built.release, "\n".join(map(str, built.checked.findings))
        return built.release.name


def current(build: Path) -> Path:
    """The folder of the release that is current."""
    return build / "releases" / pointer.read(build)


def contents(folder: Path) -> dict[str, bytes]:
    """What each file of a folder holds, but for the reports, which are sealed by whoever has them."""
    return {name: (folder / name).read_bytes() for name in all_files(folder) if not name.endswith("report.json")}
