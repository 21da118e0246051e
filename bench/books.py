# SPDX-License-Identifier: Apache-2.0
"""The books that are measured: the reference book, real collections where they are at hand, synthetic ones."""

from __future__ import annotations

import math
import re
import shutil
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.generate import generate

ROOT = Path(__file__).resolve().parent.parent
CORPORA = ROOT.parent / "shared/corpora"


@dataclass(frozen=True, slots=True)
class Input:
    """A book in a folder of the benchmark's own.

    ``edited`` is the pattern of the files that incremental builds change, and the line of them that is replaced, by
    ``edit`` with a number in it. ``checked`` is for peers that only validate: a schema, and the folders and suffix of
    the files it is for.
    """

    name: str
    title: str
    folder: Path
    records: int
    edited: tuple[str, str]
    edit: str
    checked: tuple[str, Sequence[str], str] | None = None
    synthetic: bool = False

    def change(self, count: int, number: int) -> None:
        """Change ``count`` of the files, others for every ``number``, and each so that its value is another."""
        pattern, line = self.edited
        files = sorted(self.folder.glob(pattern))
        step = max(1, len(files) // count)
        for index in range(count):
            path = files[(index * step + number) % len(files)]
            text, found = re.subn(line, self.edit.format(number), path.read_text("utf-8"), count=1, flags=re.MULTILINE)
            if not found:
                raise ValueError(f"{self.name}: there is nothing to change in {path.name}")
            path.write_text(text, encoding="utf-8", newline="\n")

    @property
    def percent(self) -> int:
        """One in a hundred of the records."""
        return math.ceil(self.records / 100)


def synthetic(records: int, folder: Path) -> Input:
    """A generated book of that many records, in ``folder``."""
    book = folder / f"synthetic-{records}"
    generate(book, records)
    return Input(
        book.name,
        f"Synthetic book, {records:,} records",
        book,
        records,
        ("data/objects/**/*.yaml", "^title: .*$"),
        "title: A changed title, {}",
        ("schemas/object.schema.json", ["data/objects"], ".yaml"),
        synthetic=True,
    )


def reference(folder: Path) -> Input:
    """A copy of the reference book."""
    book = folder / "reference"
    for part in ("data", "schemas", "scripts"):
        shutil.copytree(ROOT / part, book / part)
    shutil.copy(ROOT / "datapackage.yaml", book)
    files = len([*(book / "data").rglob("*.yaml")])
    return Input(
        "reference",
        f"The reference book, {files} files",
        book,
        files,
        ("data/sources/*.yaml", "^title: .*$"),
        "title: A changed title, {}",
    )


def pypa(folder: Path) -> Input:
    """The PyPA advisories."""
    book = _unpacked("pypa-advisories", folder)
    return Input(
        "pypa",
        "PyPA advisories, 2,661 records",
        book,
        2661,
        ("vulns/**/*.yaml", "^modified: .*$"),
        'modified: "2026-01-01T00:00:00.{:03}Z"',
        ("osv.schema.json", ["vulns"], ".yaml"),
    )


def sigma(folder: Path) -> Input:
    """The Sigma rules."""
    book = _unpacked("sigma-rules", folder)
    folders = sorted(path.name for path in book.glob("rules*") if path.is_dir())
    return Input(
        "sigma",
        "Sigma rules, 3,780 records",
        book,
        3780,
        ("rules*/**/*.yml", "^title: .*$"),
        "title: A changed title, {}",
        ("sigma-detection-rule-schema.json", folders, ".yml"),
    )


def _unpacked(name: str, folder: Path) -> Path:
    with tarfile.open(CORPORA / f"{name}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    shutil.copy(ROOT / "examples" / name / "datapackage.yaml", folder / name)
    return folder / name
