# SPDX-License-Identifier: Apache-2.0
"""Of two publishers one does not know what the other took down: what it has is not shown again for that."""

from __future__ import annotations

from pathlib import Path

import pytest

import sourcebook
from sourcebook.channel.pushing import push
from sourcebook.errors import UsageError
from tests.channel.books import Book

pytestmark = pytest.mark.slow


def logged(book: Book, *numbers: int) -> None:
    """Build the book with so much in its log of what was taken down."""
    log = book.folder / "curation/withdrawn.yaml"
    log.parent.mkdir(exist_ok=True)
    entry = "- {{collection: growers, key: gone-{}, how: taken-down, on: 2026-05-0{}, reason: Asked for.}}\n"
    log.write_text("".join(entry.format(number, number) for number in numbers), encoding="utf-8")
    built = sourcebook.build(book.folder)
    assert built.release, "\n".join(map(str, built.checked.findings))


def test_who_does_not_know_what_was_taken_down_does_not_bring_it_back(tmp_path: Path) -> None:
    target = str(tmp_path / "target")
    book, stale = Book(tmp_path / "book"), Book(tmp_path / "stale")
    stale.build(1)
    push(stale.folder, target)
    logged(book, 1, 2)
    push(book.folder, target)
    pointer = (tmp_path / "target/current.json").read_bytes()
    without: list[tuple[int, ...]] = [(), (1,), (2,), (1, 3)]
    merged: list[tuple[int, ...]] = [(1, 3, 2), (1, 3, 2, 4, 5)]  # and more since
    for known in without:
        logged(stale, *known)
        with pytest.raises(UsageError, match="other things were taken down"):
            push(stale.folder, target)
        assert (tmp_path / "target/current.json").read_bytes() == pointer
    for known in merged:
        logged(stale, *known)
        assert not push(stale.folder, target).unchanged
    logged(stale)
    (tmp_path / "target/current.json").unlink()  # it is meant
    push(stale.folder, target)
