# SPDX-License-Identifier: Apache-2.0
"""Versions that a target has and this build has not: a fresh checkout takes none away, and signs none of others."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from sourcebook.channel.beside import Channel
from sourcebook.channel.following import follow
from sourcebook.channel.form import MOST_OF_MANIFEST, place_of, place_of_manifest, read_manifest, read_pointer
from sourcebook.channel.pushing import push
from sourcebook.cli import main
from sourcebook.errors import UsageError
from sourcebook.publish import versions
from sourcebook.storage import StorageFailure
from tests.channel.books import Book, contents, current
from tests.channel.test_brought_back import logged

pytestmark = pytest.mark.slow

DAY = "2026-05-0"
TAGGED = "v1.0.0"


@pytest.fixture
def first(tmp_path: Path) -> Book:
    """A book with two versions, as the machine has it that released them; both are pushed."""
    found = Book(tmp_path / "first")
    for number in (1, 2):
        found.build(number)
        _keep(found, f"{number}.0.0", DAY + str(number))
    versions.write_index(found.build_folder, tag_of=lambda one: f"v{one.version}")
    push(found.folder, _target(tmp_path))
    return found


@pytest.fixture
def fresh(tmp_path: Path) -> Book:
    """The same book as a job has it that has just cloned and built it."""
    found = Book(tmp_path / "fresh")
    found.build(3)
    return found


def _target(tmp_path: Path) -> str:
    return str(tmp_path / "target")


def _keep(book: Book, version: str, day: str) -> None:
    versions.keep(book.build_folder, current(book.build_folder), version, day=day, name="orchard")


def _kept(build: Path) -> list[str]:
    return [one.version for one in versions.kept(build)]


def _tags(build: Path) -> dict[str, str | None]:
    told = json.loads((build / "versions/releases.json").read_text())
    return {one["version"]: one["tag"] for one in told["releases"]}


def test_a_fresh_checkout_takes_no_version_away(first: Book, fresh: Book, tmp_path: Path) -> None:
    target, build = _target(tmp_path), tmp_path / "there/build"
    follow(target, build)
    pushed = push(fresh.folder, target)
    assert (pushed.stayed, pushed.dropped) == (("1.0.0", "2.0.0"), ())
    assert push(fresh.folder, target).unchanged
    followed = follow(target, build)
    assert (followed.release, followed.dropped) == (current(fresh.build_folder).name, ())
    anew = tmp_path / "anew/build"  # by whom all is copied
    follow(target, anew)
    for there in (build, anew):
        assert _kept(there) == ["2.0.0", "1.0.0"]
        assert _tags(there) == {"2.0.0": "v2.0.0", "1.0.0": TAGGED}
        for one, other in zip(versions.kept(first.build_folder), versions.kept(there), strict=True):
            assert contents(one.folder) == contents(other.folder)
    _keep(fresh, "3.0.0", DAY + "3")  # a version that is released there joins the others
    push(fresh.folder, target)
    follow(target, build)
    assert list(_tags(build).items()) == [("3.0.0", None), ("2.0.0", "v2.0.0"), ("1.0.0", TAGGED)]
    assert push(first.folder, target).stayed == ("3.0.0",)


def test_versions_go_where_that_is_said_and_who_follows_tells_it(first: Book, fresh: Book, tmp_path: Path) -> None:
    target, build = _target(tmp_path), tmp_path / "there/build"
    said: list[str] = []
    channel = Channel(target)
    channel.begin(build, said.append)
    result = CliRunner().invoke(main, ["push", target, "--book", str(fresh.folder), "--drop-versions"])
    assert result.exit_code == 0, result.output
    assert "no longer kept there: 1.0.0, 2.0.0" in result.output
    channel.go_on(build, said.append, lambda _: True)
    assert said[-1].endswith("; versions that are there no more, and so not here: 1.0.0, 2.0.0")
    assert _kept(build) == []
    assert push(first.folder, target).stayed == ()
    follow(target, build)
    assert _kept(build) == ["2.0.0", "1.0.0"]


def test_a_version_never_becomes_another(first: Book, fresh: Book, tmp_path: Path) -> None:
    target, build = _target(tmp_path), tmp_path / "there/build"
    before = (tmp_path / "target/current.json").read_bytes()
    _keep(fresh, "1.0.0", DAY + "1")
    with pytest.raises(UsageError, match=r"other files as version 1\.0\.0 .* never changes"):
        push(fresh.folder, target)
    assert (tmp_path / "target/current.json").read_bytes() == before
    shutil.rmtree(fresh.build_folder / "versions/1.0.0")  # as it says
    assert push(fresh.folder, target).stayed == ("1.0.0", "2.0.0")
    follow(target, build)
    assert _tags(build) == {"2.0.0": "v2.0.0", "1.0.0": TAGGED}
    versions.replace(first.build_folder, "1.0.0", current(first.build_folder), day=DAY + "4", reason="Asked for.")
    push(first.folder, target)  # which says of itself that it was replaced
    follow(target, build)
    assert [one.version for one in versions.kept(build) if one.replaced] == ["1.0.0"]


def test_what_was_taken_down_since_is_not_kept_so(first: Book, fresh: Book, tmp_path: Path) -> None:
    target = _target(tmp_path)
    before = (tmp_path / "target/current.json").read_bytes()
    logged(fresh, 1)
    with pytest.raises(UsageError, match=r"not kept here \(1\.0\.0, 2\.0\.0\), and something was taken down since"):
        push(fresh.folder, target)
    assert (tmp_path / "target/current.json").read_bytes() == before
    assert push(fresh.folder, target, drop_versions=True).dropped == ("1.0.0", "2.0.0")
    logged(first, 1)
    push(first.folder, target)  # it has them, and swept them
    assert push(fresh.folder, target).stayed == ("1.0.0", "2.0.0")


def test_a_key_signs_no_versions_that_nobody_vouches_for(first: Book, fresh: Book, tmp_path: Path) -> None:
    target = _target(tmp_path)
    keys = {name: tmp_path / name for name in ("curator", "job", "anybody")}
    for key in keys.values():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)], check=True)
    for by in (None, keys["anybody"]):  # whoever can write to the target may have put them there
        push(first.folder, target, sign=by)
        with pytest.raises(UsageError, match="nothing there is signed by this key"):
            push(fresh.folder, target, sign=keys["job"])
    push(first.folder, target, sign=keys["curator"])
    with pytest.raises(UsageError, match="nothing there is signed by this key"):
        push(fresh.folder, target, sign=keys["job"])
    signers = fresh.folder / "curation/allowed_signers"
    signers.parent.mkdir(exist_ok=True)
    signers.write_text(f"curator {keys['curator'].with_suffix('.pub').read_text()}")
    assert push(fresh.folder, target, sign=keys["job"]).stayed == ("1.0.0", "2.0.0")
    signers.unlink()
    assert push(fresh.folder, target, sign=keys["job"]).unchanged  # by its own


def test_what_the_target_lacks_of_them_is_told(first: Book, fresh: Book, tmp_path: Path) -> None:
    target = Path(_target(tmp_path))
    pointer = read_pointer((target / "current.json").read_bytes())
    manifest = read_manifest((target / place_of_manifest(pointer.manifest)).read_bytes()[:MOST_OF_MANIFEST])
    ours = {one.sha256 for one in manifest.files if not one.path.startswith("versions/")}
    for path in ("versions/releases.json", "versions/1.0.0/version.json"):
        digest = next(one.sha256 for one in manifest.files if one.path == path)
        assert digest not in ours
        place = target / place_of(digest)
        held = place.read_bytes()
        place.unlink()
        with pytest.raises(StorageFailure, match=r"drop-versions|lacks|no such file"):
            push(fresh.folder, str(target))
        place.write_bytes(held[:-1] + b" ")
        if path.endswith("releases.json"):
            with pytest.raises(StorageFailure, match=r"index of versions .* cannot be read"):
                push(fresh.folder, str(target))
        place.write_bytes(held)
    assert json.loads((target / "current.json").read_text())["serial"] == pointer.serial
    assert push(first.folder, str(target)).unchanged
    assert push(fresh.folder, str(target)).stayed == ("1.0.0", "2.0.0")
