# SPDX-License-Identifier: Apache-2.0
"""A release that was forged: a file of it is the input, and the checksums were made anew. Verify tells it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import sourcebook
from sourcebook.check.check import check
from sourcebook.exact import loads, same
from sourcebook.publish.release import REPORT, SUMS, current
from sourcebook.verify import _JUDGES, _OF_FILES
from sourcebook.verify.case import Case
from tests.hostile.fuzz.books import written
from tests.hostile.fuzz.oracle import holds

FILES = (
    *("datapackage.json", "site.json", "datasette.yaml", "metadata.json", "index.json", "SHA256SUMS", "jetties.sqlite"),
    *("csv/jetties.csv", "json/jetties.json", "dcat.ttl", "CITATION.cff", "tableschema/jetties.json"),
)
"""Files of which mutants are made, where a release has them."""


def built(folder: Path) -> tuple[Path, Path]:
    """A book of jetties, and its release."""
    root = written(folder)
    made = sourcebook.build(root)
    holds(made.release is not None, "the book of jetties is not built")
    return root, current(root / "build").resolve()


def seeds(folder: Path) -> list[bytes]:
    """The files of a release, each under its name."""
    _, release = built(folder)
    there = sorted(path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file())
    return [
        name.encode() + b"\n" + (release / name).read_bytes()
        for name in there
        if (release / name).stat().st_size < 60_000
    ]


def verify(folder: Path) -> Callable[[bytes], str]:
    """A forged release; the first line says which file is the input."""
    root, release = built(folder / "book")
    aside = folder / "aside"
    aside.mkdir()
    checked = check(root, aside=aside)
    original = {
        path.relative_to(release).as_posix(): path.read_bytes() for path in release.rglob("*") if path.is_file()
    }

    def run(data: bytes) -> str:
        head, _, body = data.partition(b"\n")
        name = head.decode("utf-8", "replace")
        name = name if name in original else "site.json"
        digest = hashlib.sha256(original[name]).hexdigest().encode()
        (release / name).chmod(0o600)
        (release / name).write_bytes(body)
        if name != SUMS:
            (release / SUMS).chmod(0o600)
            (release / SUMS).write_bytes(original[SUMS].replace(digest, hashlib.sha256(body).hexdigest().encode()))
        again = folder / "again"  # judges write beside the database compiled anew
        shutil.rmtree(again, ignore_errors=True)
        shutil.copytree(aside, again)
        try:
            case = Case(checked, release, again / checked.book.database)
            for judge in _JUDGES:
                if judge in _OF_FILES:
                    _JUDGES[judge](case)
                else:
                    with case.guarded(case.database):
                        _JUDGES[judge](case)
        finally:
            (release / name).write_bytes(original[name])
            (release / SUMS).write_bytes(original[SUMS])
        for one in case.differences:
            holds(str(one).isprintable(), f"a difference that steers terminals: {one!r}")
        if not _says_the_same(body, original[name]) and name != REPORT:
            holds(case.differences, f"{name} was changed, and nothing is told")
        return repr(case.differences)

    return run


def _says_the_same(one: bytes, other: bytes) -> bool:
    """Whether two files are the same, or JSON of the same value."""
    try:
        return one == other or bool(same(loads(one), loads(other)))
    except ValueError:
        return False
