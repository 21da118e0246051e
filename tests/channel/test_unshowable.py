# SPDX-License-Identifier: Apache-2.0
"""A release that is whole and cannot be shown is refused before it becomes current: the last good one stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sourcebook.channel.beside import Channel
from sourcebook.channel.form import UNSHOWN, Refused, digest
from sourcebook.channel.pushing import push
from sourcebook.site.one_release import try_opening
from tests.channel.books import Book, current

Files = dict[str, bytes]


def _forged(target: Path, change: Callable[[Files], None]) -> None:
    """Have a release there whose checksums are right, and whose files were changed."""
    told = json.loads((target / "current.json").read_text())
    manifest: dict[str, Any] = json.loads((target / f"releases/{told['manifest']['sha256']}.json").read_text())
    place = lambda name: target / "objects" / name[:2] / name  # noqa: E731
    files = {one["path"]: place(one["sha256"]).read_bytes() for one in manifest["files"]}
    change(files)
    sums, report = "release/SHA256SUMS", "release/report.json"
    names = sorted(name for name in files if name not in (sums, report))
    files[sums] = "".join(f"{digest(files[name])}  {name.removeprefix('release/')}\n" for name in names).encode()
    for data in files.values():
        place(digest(data)).parent.mkdir(exist_ok=True)
        place(digest(data)).write_bytes(data)
    manifest["files"] = [
        {"path": name, "sha256": digest(data), "bytes": len(data)} for name, data in sorted(files.items())
    ]
    manifest["release"] = digest(files[sums])[:16]
    manifest["serial"] = told["serial"] = told["serial"] + 1
    data = json.dumps(manifest).encode()
    told["manifest"] = {"sha256": digest(data), "bytes": len(data)}
    (target / f"releases/{digest(data)}.json").write_bytes(data)
    (target / "current.json").write_text(json.dumps(told))


def _no_site(files: Files) -> None:
    files["release/site.json"] = b"{}"


def _no_database(files: Files) -> None:
    files.pop("release/orchard.db")


def _broken_database(files: Files) -> None:
    files["release/orchard.db"] = b"no database" * 1000


@pytest.mark.slow
@pytest.mark.parametrize("change", [_no_site, _no_database, _broken_database])
def test_the_last_good_one_stays(tmp_path: Path, change: Callable[[Files], None]) -> None:
    book, target, build = Book(tmp_path / "book"), tmp_path / "target", tmp_path / "there" / "build"
    book.build(1)
    push(book.folder, str(target))
    channel = Channel(str(target))
    first = channel.once(build, tried=try_opening)
    assert first.changed
    _forged(target, change)
    for _ in range(2):
        with pytest.raises(Refused, match="cannot be shown here") as raised:
            channel.once(build, tried=try_opening)
        assert raised.value.why == UNSHOWN
    assert current(build).name == first.release
    assert channel.may_show(build)
    assert not (build / ".coming" / ".tried").exists()
    name = book.build(2)
    push(book.folder, str(target))
    assert channel.once(build, tried=try_opening).release == name


@pytest.mark.slow
def test_what_the_machine_does_not_let_be_tried_is_no_refusal(tmp_path: Path) -> None:
    book, target, build = Book(tmp_path / "book"), tmp_path / "target", tmp_path / "there" / "build"
    book.build(1)
    push(book.folder, str(target))

    def full(_folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        Channel(str(target)).once(build, tried=full)
    assert Channel(str(target)).once(build, tried=try_opening).copied == 0  # what was copied stays
