# SPDX-License-Identifier: Apache-2.0
"""A release pushed and followed: the same bytes elsewhere, and only what is missing is sent and copied."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from sourcebook.channel import pushing
from sourcebook.channel.following import follow
from sourcebook.channel.goods import Goods
from sourcebook.channel.pushing import Overtaken, push
from sourcebook.errors import UsageError
from sourcebook.progress import Progress
from sourcebook.publish import release
from sourcebook.storage import Storage, opened
from tests.channel.books import Book, contents, current


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book that is built."""
    found = Book(tmp_path / "book")
    found.build(1)
    return found


@pytest.fixture(params=["folder", "file", "memory", "s3"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty target of each kind."""
    kinds = {
        "folder": str(tmp_path / "target"),
        "file": (tmp_path / "target").as_uri(),
        "memory": f"memory://{uuid.uuid4().hex}/shelf",
    }
    return kinds.get(request.param) or f"{request.getfixturevalue('bucket')}/shelf"


def test_what_is_followed_is_what_was_pushed(book: Book, target: str, tmp_path: Path) -> None:
    pushed = push(book.folder, target)
    followed = follow(target, tmp_path / "there" / "build")
    assert followed.changed
    assert followed.serial == pushed.serial
    there = current(tmp_path / "there" / "build")
    assert there.name == current(book.build_folder).name == followed.release
    assert contents(there) == contents(current(book.build_folder))
    release.check_own(tmp_path / "there" / "build", there)  # it bears our own seal
    again = push(book.folder, target)
    assert again.unchanged
    assert (again.sent, again.removed, again.serial) == (0, 0, pushed.serial)
    assert not follow(target, tmp_path / "there" / "build").changed


def test_only_what_changed_goes_along(book: Book, target: str, tmp_path: Path) -> None:
    there = tmp_path / "there" / "build"
    first = push(book.folder, target)
    before = follow(target, there)
    name = book.build(2)
    second = push(book.folder, target)
    after = follow(target, there)
    assert (before.copied, after.release) == (first.sent, name)
    assert 0 < after.copied == second.sent < first.sent
    assert second.serial > first.serial
    assert contents(current(there)) == contents(current(book.build_folder))
    kept = {path.rpartition("/")[2].removesuffix(".json") for path in opened(target).names()}
    pointer = json.loads(opened(target).read("current.json"))
    manifest = json.loads(opened(target).read(f"releases/{pointer['manifest']['sha256']}.json"))
    assert kept == {"current", pointer["manifest"]["sha256"], *(one["sha256"] for one in manifest["files"])}


def test_a_web_server_is_followed(book: Book, web: tuple[str, Path], tmp_path: Path) -> None:
    address, folder = web
    push(book.folder, str(folder))
    follow(address, tmp_path / "build")
    assert contents(current(tmp_path / "build")) == contents(current(book.build_folder))
    with pytest.raises(UsageError, match="can be followed, and not pushed to"):
        push(book.folder, address)


def test_an_endpoint_is_told(
    book: Book, bucket: str, objects: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    push(book.folder, bucket, endpoint=objects)
    follow(bucket, tmp_path / "build", endpoint=objects)
    assert contents(current(tmp_path / "build")) == contents(current(book.build_folder))


def test_of_two_who_push_at_once_one_is_refused(
    book: Book, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(book.folder, target)
    other = Book(tmp_path / "other")
    theirs = other.build(3)
    ours = book.build(2)
    send, met = pushing._send, []

    def meanwhile(storage: Storage, sent: list[Goods], progress: Progress) -> tuple[int, int]:
        done = send(storage, sent, progress)
        if not met:
            met.append("another")
            push(other.folder, target)
        return done

    with monkeypatch.context() as patch:
        patch.setattr(pushing, "_send", meanwhile)
        with pytest.raises(Overtaken):
            push(book.folder, target)
    build = tmp_path / "there" / "build"
    assert follow(target, build).release == theirs
    push(book.folder, target)
    assert follow(target, build).release == ours
    assert contents(current(build)) == contents(current(book.build_folder))


def test_who_is_overtaken_while_another_cleans_up_sends_again(
    book: Book, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is pushed needs what the one before is about to remove: in the end it is there."""
    push(book.folder, target)
    replaced = type(opened(target)).replace

    def cleaned_up(storage: Storage, path: str, data: bytes, stamp: str) -> bool:
        done = replaced(storage, path, data, stamp)
        storage.remove([name for name in storage.names("objects") if name.endswith(("0", "1", "2", "3"))])
        return done

    book.build(2)
    monkeypatch.setattr(type(opened(target)), "replace", cleaned_up)
    push(book.folder, target)
    follow(target, tmp_path / "build")
    assert contents(current(tmp_path / "build")) == contents(current(book.build_folder))


@pytest.mark.parametrize("after", [0, 3, 10])
def test_a_push_that_was_interrupted_is_gone_on_with(
    book: Book, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    before = push(book.folder, target)
    follow(target, tmp_path / "build")
    name = book.build(2)
    send, sent = pushing._sent, []

    def stopping(storage: Storage, one: Goods) -> None:
        if len(sent) >= after:
            raise KeyboardInterrupt
        send(storage, one)
        sent.append(one)

    with monkeypatch.context() as patch:
        patch.setattr(pushing, "_sent", stopping)
        patch.setattr(pushing, "_AT_ONCE", 1)
        with pytest.raises(KeyboardInterrupt):
            push(book.folder, target)
    still = follow(target, tmp_path / "build")
    assert (still.changed, still.release) == (False, before.release)
    anew = []
    with monkeypatch.context() as patch:
        patch.setattr(pushing, "_sent", lambda storage, one: (anew.append(one.sha256), send(storage, one)))
        push(book.folder, target)
    assert {one.sha256 for one in sent}.isdisjoint(anew)
    assert follow(target, tmp_path / "build").release == name
    assert contents(current(tmp_path / "build")) == contents(current(book.build_folder))
