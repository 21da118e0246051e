# SPDX-License-Identifier: Apache-2.0
"""While a new release is started, the one before it answers; and what is shown stays on disk, whatever is built."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.errors import EnvironmentFailure
from sourcebook.publish import release
from sourcebook.site import releases
from sourcebook.site.releases import Releases

pytestmark = pytest.mark.slow
Copy = Callable[[str], Path]


class Slow:
    """In the place of a release that is served: it starts when it is told to."""

    begun: list[Slow]
    may_start: asyncio.Event

    def __init__(self, folder: Path, held: int, *_others: object) -> None:
        self.requests = 0
        self.folder = folder
        self.held = held
        Slow.begun.append(self)

    async def start(self) -> None:
        await Slow.may_start.wait()

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        await send(self.folder.name)

    async def stop(self) -> None:
        self.close()

    def close(self) -> None:
        os.close(self.held)


@pytest.fixture
def shown(book: Copy, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of one release, which is shown by what is slow."""
    monkeypatch.setattr(releases, "OneRelease", Slow)
    monkeypatch.setattr(Slow, "begun", [], raising=False)
    folder = book("orchard")
    changed(folder)
    return folder


def changed(folder: Path, name: str = "First") -> str:
    """The next release of a book; its name."""
    (folder / "data/growers/late.yaml").write_text(f"name: {name}\n", encoding="utf-8")
    built = sourcebook.build(folder)
    assert built.release
    return built.release.name


async def asked(app: Releases) -> str:
    told: list[str] = []

    async def send(name: str) -> None:
        told.append(name)

    await app({}, None, send)
    return told[0]


def test_readers_are_answered_by_the_release_before_while_a_new_one_starts(shown: Path) -> None:
    async def main(app: Releases) -> None:
        Slow.may_start = asyncio.Event()
        Slow.may_start.set()
        first = await asked(app)
        Slow.may_start = asyncio.Event()
        second = changed(shown, "Second")
        waiting = [asyncio.create_task(asked(app)) for _ in range(30)]
        done, patient = await asyncio.wait(waiting, timeout=1)
        assert {task.result() for task in done} == {first}
        assert len(patient) == 2  # who has built it, and looks
        Slow.may_start.set()
        assert {await task for task in patient} == {second}
        assert await asked(app) == second

    with closing(Releases(shown / "build")) as app:
        asyncio.run(main(app))


def test_builds_that_come_faster_than_releases_start_make_nobody_wait_for_ever(shown: Path) -> None:
    async def main(app: Releases) -> None:
        Slow.may_start = asyncio.Event()
        Slow.may_start.set()
        await asked(app)
        for number in range(3):  # each is begun, and there is another before it is shown
            Slow.may_start = asyncio.Event()
            changed(shown, f"Number {number}")
            one = asyncio.create_task(asked(app))
            begun = len(Slow.begun)
            while len(Slow.begun) == begun:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0)
            changed(shown, f"Number {number}, and another")
            Slow.may_start.set()
            await asyncio.wait_for(one, 3)

    with closing(Releases(shown / "build")) as app:
        asyncio.run(main(app))


def test_a_release_that_is_shown_stays_until_it_is_not(book: Copy) -> None:
    folder = book("orchard")
    first = changed(folder)
    handle = release.showing(folder / "build/releases" / first)
    names = [changed(folder, f"Number {number}") for number in range(4)]
    there = {path.name for path in (folder / "build/releases").iterdir()}
    assert there == {first, *names[-2:]}
    os.close(handle)
    last = changed(folder, "Last")
    assert {path.name for path in (folder / "build/releases").iterdir()} == {names[-1], last}


def test_a_build_that_forgets_removes_what_is_shown_too(book: Copy) -> None:
    folder = book("orchard")
    first = changed(folder)
    handle = release.showing(folder / "build/releases" / first)
    last = changed(folder, "Last")
    release.prune(folder / "build", last, "", forget=True)
    os.close(handle)
    assert [path.name for path in (folder / "build/releases").iterdir()] == [last]


def test_a_build_folder_that_is_gone_takes_nothing_from_readers(shown: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        Slow.may_start = asyncio.Event()
        Slow.may_start.set()
        with closing(Releases(shown / "build")) as app:
            await app.start()
            first = await asked(app)
            (shown / "build" / "current").rename(shown / "build" / "else")
            assert [await asked(app), await asked(app)] == [first, first]
            (shown / "build").rename(shown / "away")
            assert await asked(app) == first
            (shown / "away").rename(shown / "build")
            (shown / "build" / "else").rename(shown / "build" / "current")
            second = changed(shown, "Second")
            assert await asked(app) == second

    asyncio.run(run())
    assert caplog.text.count("cannot be read") == 1


# --- a release that somebody copies here ------------------------------------------------------------------------------


def test_a_release_that_is_copied_here_is_shown_when_it_is_all_there(
    shown: Path, book: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(releases, "_SECONDS", 0)
    elsewhere = shutil.copytree(shown, tmp_path / "elsewhere", symlinks=True)
    name = changed(elsewhere, "Second")
    theirs, ours = elsewhere / "build/releases" / name, shown / "build/releases" / name
    partner = Partner()

    async def main() -> None:
        Slow.may_start = asyncio.Event()
        Slow.may_start.set()
        with closing(Releases(shown / "build", anyones=True, others=partner)) as app:
            first = await asked(app)
            (shown / "build/link").symlink_to(f"releases/{name}")
            (shown / "build/link").replace(shown / "build/current")  # which comes before what it leads to
            assert await asked(app) == first
            for file in sorted(release.stamps(theirs)):
                data = (theirs / file).read_bytes()
                (ours / file).parent.mkdir(parents=True, exist_ok=True)
                if file != release.REPORT:  # which is outside the checksums, and may come last
                    assert await asked(app) == first, file
                (ours / file).write_bytes(data[: len(data) // 2])
                if file != release.REPORT:
                    assert await asked(app) == first, file
                (ours / file).write_bytes(data)
            assert await asked(app) == name

    asyncio.run(main())
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1, told
    assert f"release {name} cannot be shown; the one before it stays" in told[0]
    assert partner.refused == []  # in a moment it can be shown


def test_a_release_that_is_not_all_there_is_not_begun_with(shown: Path) -> None:
    current = release.current(shown / "build")
    for name in ("orchard.db", "site.sqlite", "SHA256SUMS", "csv/growers.csv"):
        data = (current / name).read_bytes()
        for left in (data[: len(data) * 2 // 3], None):
            if left is None:
                (current / name).unlink()
            else:
                (current / name).write_bytes(left)
            with pytest.raises(EnvironmentFailure, match=f"is not all there: {name} is missing, or a part of it"):
                release.own(shown / "build", anyones=True)
        (current / name).write_bytes(data)
    assert release.own(shown / "build", anyones=True) == current
    with (current / "SHA256SUMS").open("a") as file:
        file.write(f"{'0' * 64}  no\0file\n")
    with pytest.raises(EnvironmentFailure, match="is not all there"):
        release.own(shown / "build", anyones=True)


class Partner:
    """Another worker, which has every release ready."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    async def agreed(self, _release: str) -> None:
        """It waits for nobody."""

    def shows(self, release: str) -> None:
        """It need not know."""

    def cannot(self, release: str) -> None:
        self.refused.append(release)
