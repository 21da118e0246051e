# SPDX-License-Identifier: Apache-2.0
"""At its start ``serve`` reads each file of a release once; what is not as it was built is not shown."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.publish import release
from sourcebook.site import releases
from sourcebook.site.releases import Releases


class Silent:
    """In the place of a release that is served: it starts at once, and answers nothing."""

    def __init__(self, _folder: Path, held: int, *_others: object) -> None:
        self.requests = 0
        self._held = held

    async def start(self) -> None:
        """Nothing is to be done."""

    def close(self) -> None:
        os.close(self._held)


@pytest.fixture
def built(book: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The build folder of a book that has a release."""
    monkeypatch.setattr(releases, "OneRelease", Silent)
    folder = book("orchard")
    assert sourcebook.build(folder).release
    return folder / "build"


def start(build: Path, **how: Any) -> None:
    async def starting(app: Releases) -> None:
        await app.start()

    with closing(Releases(build, **how)) as app:
        asyncio.run(starting(app))


def test_a_release_is_read_once(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    theirs = release.damaged

    def damaged(folder: Path) -> list[str]:
        read.append(folder)
        return theirs(folder)

    monkeypatch.setattr(release, "damaged", damaged)
    start(built)
    assert read == [release.current(built)]
    start(built, anyones=True)
    assert len(read) == 1


def test_what_is_damaged_is_not_shown(built: Path) -> None:
    with (release.current(built) / "metadata.json").open("a") as file:
        file.write(" ")
    with pytest.raises(EnvironmentFailure, match="not as it was built"):
        start(built)
    start(built, anyones=True)


def test_where_nothing_is_built_nothing_is_begun(built: Path) -> None:
    (built / "current").unlink()
    with pytest.raises(UsageError, match="nothing is built"):
        Releases(built)
