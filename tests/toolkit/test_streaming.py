# SPDX-License-Identifier: Apache-2.0
"""Answers that are sent while they are made: whole, or packed, or given up; without an end where they fail."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sourcebook.site.streaming import stream


class Reader:
    """Somebody who reads an answer, and goes away after some messages, if so said."""

    def __init__(self, goes_after: int | None = None) -> None:
        self.got: list[dict[str, Any]] = []
        self._goes_after = goes_after
        self._gone = asyncio.Event()

    async def send(self, message: dict[str, Any]) -> None:
        self.got.append(message)
        if len(self.got) == self._goes_after:
            self._gone.set()
            await asyncio.sleep(0)

    async def receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    @property
    def body(self) -> bytes:
        return b"".join(one["body"] for one in self.got)

    @property
    def ended(self) -> bool:
        return bool(self.got) and not self.got[-1].get("more_body")


def sent(pieces: Iterator[bytes], reader: Reader, *, packs: bool = False) -> None:
    async def go() -> None:
        reader._gone = asyncio.Event()
        with ThreadPoolExecutor(1) as threads:
            await stream(pieces, reader.receive, reader.send, threads, packs=packs)

    asyncio.run(asyncio.wait_for(go(), 20))


LARGE = [bytes([number]) * 20_000 for number in range(10)]


@pytest.mark.parametrize("pieces", [[], [b""], [b"a", b"", b"b"], LARGE])
def test_an_answer_arrives_whole(pieces: list[bytes]) -> None:
    for packs in (False, True):
        reader = Reader()
        sent(iter(pieces), reader, packs=packs)
        assert reader.ended
        assert (gzip.decompress(reader.body) if packs else reader.body) == b"".join(pieces)


def test_a_large_one_is_not_held_at_once() -> None:
    reader = Reader()
    sent(iter(LARGE), reader)
    assert len(reader.got) > 3
    assert max(len(one["body"]) for one in reader.got) < 60_000


def test_nothing_more_is_made_for_who_went_away() -> None:
    made, closed = [], []

    def pieces() -> Iterator[bytes]:
        try:
            for number in range(1_000):
                made.append(number)
                yield b"x" * 40_000
        finally:
            closed.append(True)

    reader = Reader(goes_after=2)
    sent(pieces(), reader)
    assert len(made) < 10
    assert closed
    assert not reader.ended


def test_an_answer_that_fails_has_no_end() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x" * 40_000
        raise OSError("the disk is gone")

    reader = Reader()
    with pytest.raises(OSError, match="the disk is gone"):
        sent(pieces(), reader)
    assert reader.got
    assert not reader.ended
