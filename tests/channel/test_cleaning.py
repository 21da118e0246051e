# SPDX-License-Identifier: Apache-2.0
"""What one publisher removes is nothing that another has just made current, or is about to."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from sourcebook.channel import pruning, pushing
from sourcebook.channel.following import follow
from sourcebook.channel.pushing import push
from sourcebook.errors import EnvironmentFailure
from sourcebook.storage import StorageFailure, opened
from sourcebook.storage.local import Local
from tests.channel.books import Book, contents, current


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book that is built."""
    found = Book(tmp_path / "book")
    found.build(1)
    return found


def test_a_manifest_that_cannot_be_read_is_not_a_former_one(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "target"
    push(book.folder, str(target))
    storage = opened(str(target))
    _, pointer, manifest = pushing._current(storage)
    assert pointer is not None
    assert manifest is not None
    other = Book(tmp_path / "other")
    name = other.build(2)
    send, met = pushing._send, []

    def sends(*arguments: object) -> tuple[int, int]:
        done = send(*arguments)  # type: ignore[arg-type]
        if not met:
            with monkeypatch.context() as patch:
                _fails(patch)
                with pytest.raises(StorageFailure, match="a timeout"):
                    pruning.prune(storage, pointer, manifest)
            met.append("another cleans up")
        return done

    monkeypatch.setattr(pushing, "_send", sends)
    push(other.folder, str(target))
    assert follow(str(target), tmp_path / "build").release == name
    assert contents(current(tmp_path / "build")) == contents(current(other.build_folder))


def _fails(patch: pytest.MonkeyPatch) -> None:
    read = Local.read

    def flaky(self: Local, path: str, *arguments: int, **options: bool) -> bytes:
        if path.startswith("releases/"):
            raise StorageFailure("a timeout, once")
        return read(self, path, *arguments, **options)

    patch.setattr(Local, "read", flaky)


def test_what_is_none_or_too_large_is_removed(book: Book, tmp_path: Path) -> None:
    target = tmp_path / "target"
    push(book.folder, str(target))
    places = [target / "releases" / f"{digit * 64}.json" for digit in "ab"]
    places[0].write_text("[]")
    places[1].touch()
    os.truncate(places[1], pruning.MOST_OF_MANIFEST + 1)
    book.build(2)
    push(book.folder, str(target))
    assert not any(place.exists() for place in places)


def test_what_is_being_pushed_meanwhile_is_left(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another publisher says what it needs while the first batch is removed: the next leaves it."""
    target = tmp_path / "target"
    push(book.folder, str(target))
    other = Book(tmp_path / "other")
    shutil.copytree(book.build_folder, other.build_folder, symlinks=True)
    former = set(opened(str(target)).names("objects"))
    book.build(2)
    monkeypatch.setattr(pruning, "_SOME", 1)
    monkeypatch.setattr(pushing, "_SETTLED", 0.0)
    remove, removals = Local.remove, []

    def removing(self: Local, paths: Iterable[str]) -> None:
        remove(self, paths)
        removals.append(threading.current_thread())
        if len(removals) == 1:
            pushed = threading.Thread(target=push, args=(other.folder, str(target)))
            pushed.start()
            pushed.join()

    monkeypatch.setattr(Local, "remove", removing)
    push(book.folder, str(target))
    assert removals.count(threading.main_thread()) == 1
    assert former <= set(opened(str(target)).names("objects"))
    follow(str(target), tmp_path / "build")
    assert contents(current(tmp_path / "build")) == contents(current(other.build_folder))


def test_what_was_removed_in_the_very_moment_of_a_switch_is_told(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "target"
    push(book.folder, str(target))
    other = Book(tmp_path / "other")
    shutil.copytree(book.build_folder, other.build_folder, symlinks=True)
    book.build(2)
    monkeypatch.setattr(pushing, "_SETTLED", 0.0)
    remove = Local.remove

    def late(self: Local, paths: Iterable[str]) -> None:
        monkeypatch.setattr(Local, "remove", remove)
        push(other.folder, str(target))
        remove(self, paths)

    monkeypatch.setattr(Local, "remove", late)
    with pytest.raises(EnvironmentFailure, match="push it once more"):
        push(book.folder, str(target))
    assert push(other.folder, str(target)).sent > 0
    follow(str(target), tmp_path / "build")
    assert contents(current(tmp_path / "build")) == contents(current(other.build_folder))


def test_a_removal_that_was_under_way_is_awaited(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is pushed needs what nobody needed, and a removal of that ends just after the switch."""
    target = tmp_path / "target"
    push(book.folder, str(target))
    other = Book(tmp_path / "other")
    shutil.copytree(book.build_folder, other.build_folder, symlinks=True)
    book.build(2)
    monkeypatch.setattr(pushing, "prune", lambda *_: 0)  # it is still at it
    push(book.folder, str(target))
    _, pointer, manifest = pushing._current(opened(str(target)))
    assert pointer is not None
    assert manifest is not None
    gone = pruning._unneeded(opened(str(target)), pointer, manifest)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        opened(str(target)).remove(gone)

    monkeypatch.setattr(pushing.time, "sleep", sleep)
    push(other.folder, str(target))
    assert slept
    follow(str(target), tmp_path / "build")
    assert contents(current(tmp_path / "build")) == contents(current(other.build_folder))
