# SPDX-License-Identifier: Apache-2.0
"""The form of a channel: what it says is written as the reference says, and no mutant of it leads anywhere."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcebook.channel.form import (
    MOST_OF_MANIFEST,
    File,
    Manifest,
    digest,
    read_manifest,
    read_pointer,
    wrong_path,
)
from sourcebook.channel.pushing import push
from sourcebook.storage import plain
from tests.channel.books import Book, current
from tests.conftest import ROOT

REFERENCE = (ROOT / "docs/reference/channel.md").read_text("utf-8")
MANIFEST = Manifest(
    name="harbour",
    version="1.3.0",
    release="0eb378418aaa003a",
    serial=1796028742,
    at="2026-11-30T08:52:22Z",
    taken_down="",
    forget=1796028742,
    files=(File("release/SHA256SUMS", "a" * 64, 3), File("versions/1.2.0/SHA256SUMS", "b" * 64, 2**40)),
)


def test_a_manifest_comes_back() -> None:
    assert read_manifest(MANIFEST.data()) == MANIFEST
    assert MANIFEST.versions == ("1.2.0",)
    told = json.loads(MANIFEST.data())
    assert read_manifest(json.dumps({**told, "and": "what comes later"}).encode()) == MANIFEST


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", "sourcebook channel 2"),
        ("name", ""),
        ("name", "../harbour"),
        ("name", 7),
        ("release", "0eb378418aaa003"),
        ("release", "../../../../../x"),
        ("serial", -1),
        ("serial", 2**53),
        ("serial", 1.5),
        ("serial", True),
        ("at", "yesterday"),
        ("taken_down", "words"),
        ("version", 1),
        ("forget", True),
        ("files", {}),
        ("files", [None]),
        ("files", [{"path": "release/a", "sha256": "A" * 64, "bytes": 1}]),
        ("files", [{"path": "release/a", "sha256": "a" * 64, "bytes": -1}]),
        ("files", [{"path": "release/a", "sha256": "a" * 64, "bytes": 1}] * 2),
        ("files", [{"path": f"release/{n}", "sha256": "a" * 64, "bytes": n} for n in range(2)]),
        ("files", [{"path": "release/\ud800", "sha256": "a" * 64, "bytes": 1}]),
    ],
)
def test_what_is_of_another_form_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_manifest(json.dumps({**json.loads(MANIFEST.data()), name: value}).encode())


@given(st.text(max_size=60) | st.from_regex(r"(release|versions)(/[a-z0-9./\\ \x00-\x1f]{0,8}){0,6}"))
def test_a_path_that_is_taken_leads_below_its_folder(path: str) -> None:
    if not wrong_path(path):
        assert plain(path) == path
        place = Path("/build/x", path)
        assert ".." not in place.parts
        assert place.parts[3] in ("release", "versions")
        assert str(place) == f"/build/x/{path}"


@given(st.binary(max_size=400), st.integers(0, 400), st.integers(0, 400))
def test_no_mutant_raises_anything_else(part: bytes, start: int, end: int) -> None:
    whole = MANIFEST.data()
    for read in (read_manifest, read_pointer):
        try:
            read(whole[:start] + part + whole[end:])
        except ValueError:
            continue


@pytest.mark.skipif(not all(map(shutil.which, ("curl", "jq", "ssh-keygen"))), reason="curl or jq is not installed")
def test_the_follower_of_the_reference_follows(
    web: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    address, folder = web
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(tmp_path / "key")], check=True)
    book = Book(tmp_path / "book")
    book.build(1)
    push(book.folder, str(folder), sign=tmp_path / "key")
    there = tmp_path / "there"
    there.mkdir()
    (there / "allowed_signers").write_text(f"curator {(tmp_path / 'key.pub').read_text()}")
    script = re.search(r"```sh\n(set -eu\n.*?)```", REFERENCE, re.DOTALL)
    assert script
    said = script[1].replace("https://books.example/harbour", address)
    strangers = there / "allowed_signers"
    signers = strangers.read_text()
    strangers.write_text(signers.replace("curator", "somebody-else"))
    assert subprocess.run(["bash", "-c", said], cwd=there, check=False, capture_output=True, timeout=60).returncode
    assert not (there / "release").exists()
    strangers.write_text(signers)
    subprocess.run(["bash", "-c", said], cwd=there, check=True, capture_output=True, timeout=60)
    ours = current(book.build_folder)
    names = sorted(path.relative_to(ours).as_posix() for path in ours.rglob("*") if path.is_file())
    theirs = there / "release"
    assert sorted(path.relative_to(theirs).as_posix() for path in theirs.rglob("*") if path.is_file()) == names
    assert all(
        digest((theirs / name).read_bytes()) == digest((ours / name).read_bytes())
        for name in names
        if name != "report.json"
    )


def test_the_reference_shows_what_is_written(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    book.build(1)
    push(book.folder, str(tmp_path / "target"))
    shown = [re.findall(r'^  "(\w+)":', block, re.MULTILINE) for block in REFERENCE.split("```json\n")[1:]]
    pointer = json.loads((tmp_path / "target/current.json").read_bytes())
    manifest = json.loads((tmp_path / f"target/releases/{pointer['manifest']['sha256']}.json").read_bytes())
    assert shown == [list(pointer), list(manifest)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32-le"])
def test_it_is_read_in_no_other_encoding(encoding: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_manifest(MANIFEST.data().decode().encode(encoding))


def test_a_manifest_is_read_in_little_memory() -> None:
    """One of many files is; one of as many values that are no files is refused before it is read."""
    files = tuple(File(f"release/a/{number:06}", f"{number:064x}", number) for number in range(20_000))
    many = Manifest("shelf", "", "0" * 16, 1, "2026-11-30T00:00:00Z", "", 0, files)
    data = many.data()
    assert len(data) / len(files) * 200_000 < MOST_OF_MANIFEST
    assert read_manifest(data) == many
    head = b'{"format":"sourcebook channel 1","files":['
    for values in (b"[],", b'{"a":1},', b"1,", b'"ab",'):
        with pytest.raises(ValueError, match="more values"):
            read_manifest(head + values * 100_000 + b"1]}")
