# SPDX-License-Identifier: Apache-2.0
"""Signatures: made anew with another key, and what ssh-keygen does not judge is not called wrong."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sourcebook.channel.following import follow
from sourcebook.channel.pushing import push
from sourcebook.errors import EnvironmentFailure
from sourcebook.publish import signing
from tests.channel.books import Book


def _key(folder: Path, name: str) -> tuple[Path, Path]:
    """A key, and a list that has it alone."""
    key = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)], check=True)
    listed = folder / f"{name}.list"
    listed.write_text(f"curator {key.with_suffix('.pub').read_text()}")
    return key, listed


def test_another_key_signs_anew_what_was_pushed_already(tmp_path: Path) -> None:
    book, target = Book(tmp_path / "book"), str(tmp_path / "target")
    book.build(1)
    old, _ = _key(tmp_path, "old")
    new, listed = _key(tmp_path, "new")
    assert not push(book.folder, target, sign=old).unchanged
    assert push(book.folder, target, sign=old).unchanged
    anew = push(book.folder, target, sign=new)
    assert (anew.unchanged, anew.signed, anew.sent) == (False, True, 0)
    follow(target, tmp_path / "build", signers=listed)
    assert push(book.folder, target, sign=new.with_suffix(".pub")).unchanged
    assert push(book.folder, target).signed  # what is there stays as it is


def test_what_ssh_keygen_says_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    data.write_bytes(b"one")
    key, listed = _key(tmp_path, "ours")
    _, others = _key(tmp_path, "theirs")
    signing.sign(data, key)
    signature = data.with_name("data.sig").read_bytes()
    judged = lambda *what: signing.judged(*what, "2026-11-30")  # noqa: E731
    assert judged(b"one", signature, listed.read_bytes()).state == "good"
    assert judged(b"one", signature, others.read_bytes()).state == "unknown"
    assert judged(b"one", signature, b"curator no key\n").state == "unknown"
    assert judged(b"two", signature, listed.read_bytes()).state == "bad"
    for odd in (b"", b"garbage", signature[:150]):
        assert judged(b"one", odd, listed.read_bytes()).state == "bad"
    assert signing.is_by(b"one", signature, key)
    assert not signing.is_by(b"two", signature, key)
    assert not signing.is_by(b"one", signature, tmp_path / "theirs")
    assert not signing.is_by(b"one", signature, tmp_path / "nothing")
    place = tmp_path / "bin"
    place.mkdir()
    # As it ends where the user has no name, which tests cannot be.
    (place / "ssh-keygen").write_text("#!/bin/sh\necho 'No user exists for uid 10001' >&2\nexit 255\n")
    (place / "ssh-keygen").chmod(0o755)
    monkeypatch.setenv("PATH", str(place), prepend=":")
    said = judged(b"one", signature, listed.read_bytes())
    assert (said.state, said.why) == ("unverifiable", "No user exists for uid 10001")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "not installed" in judged(b"one", signature, listed.read_bytes()).why


def test_a_follower_tells_why_it_cannot_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book, target = Book(tmp_path / "book"), str(tmp_path / "target")
    book.build(1)
    key, listed = _key(tmp_path, "ours")
    push(book.folder, target, sign=key)
    monkeypatch.setattr(signing, "_run", lambda *_: (_ for _ in ()).throw(signing._Untold("No user exists")))
    with pytest.raises(EnvironmentFailure, match="cannot be told: No user exists"):
        follow(target, tmp_path / "build", signers=listed)
