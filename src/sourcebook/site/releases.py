# SPDX-License-Identifier: Apache-2.0
"""The releases of a book as they come: each request is answered whole by the one that is current when it comes in.

Longer than most modules, so that all that a release waits for, before it is shown and before it goes, is in one place.
"""

from __future__ import annotations

import asyncio
import errno
import itertools
import logging
import os
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from sourcebook.errors import EnvironmentFailure, SourcebookError, UsageError
from sourcebook.publish import pointer, release
from sourcebook.publish.arrived import Arriving
from sourcebook.site import health
from sourcebook.site.lanes.forks import Forks
from sourcebook.site.one_release import OneRelease

_SECONDS = 5  # before a release that could not be shown is tried again
_PATIENCE = 10  # seconds for which a request waits for a new release
_MOST_WAITING = 2  # requests that do
_OFTEN = 0.2  # seconds between two looks which release is current
_SELDOM = 5  # times as long between two looks whether the one that is shown was taken away
_TOGETHER = 10.0  # seconds for which a release that is ready waits for others to have it ready too

log = logging.getLogger("sourcebook.site")


class Others(Protocol):
    """Other processes that show the same releases, and are to show each at the same moment."""

    async def agreed(self, release: str) -> None:
        """Wait until all have a release ready."""

    def shows(self, release: str) -> None:
        """Say which release is shown."""

    def cannot(self, release: str) -> None:
        """Say that a release cannot be shown here, so that nobody waits for it."""


class Releases:
    """ASGI application: whatever release of a book is current, each with processes of its own.

    Each answer names its release. One that was replaced is closed when its last request is done; one whose files were
    taken away, at once. Close it when it is not needed any more.
    """

    def __init__(
        self,
        build: Path,
        *,
        anyones: bool = False,
        secret: str = "",
        temporary: Path | None = None,
        workers: int = 1,
        others: Others | None = None,
        following: Callable[[str], dict[str, Any]] | None = None,
        may_show: Callable[[], bool] | None = None,
    ) -> None:
        """``build`` is the book's build folder; its releases may be ``anyones``, or of this user alone.

        Datasette signs with ``secret``, or with one of its own. Temporary files lie in a folder that is made in
        ``temporary``, or where the system has them. This is one of so many ``workers``, which share what
        SQL of readers may take, and know each other by ``others``. How ``following`` stands, by the release that is
        shown, is told to who watches. What is current is shown if ``may_show`` says so, which is asked while it is
        another than the one that is shown.
        Raises UsageError where it has none, EnvironmentFailure where what lies there is not as a build makes it. Whose
        a release is, and whether it is damaged, is only looked at when it is started: every file of it is read for it.
        """
        release.current(build)  # raises where there is none
        self._build = build
        self._anyones = anyones
        self._seen = ("", 0)
        self._shown: OneRelease | None = None
        self._workers = workers
        self._others = others
        self._following = following
        self._may_show = may_show
        self._waits_since = 0.0  # when others were waited for first, for the next release
        self._failed = ("", 0)  # a release that could not be shown, and when it is tried again
        self._again = 0.0
        self._told_of = ("", "")  # the last release that could not be shown, and why
        self._gone = False  # whether nothing says which release is current
        self._turning: asyncio.Task[None] | None = None
        self._another = asyncio.Event()  # set when another release is shown
        self._waiting = 0  # requests that wait for a new release
        self._ending: dict[OneRelease, asyncio.Task[None]] = {}
        self._leaving: set[OneRelease] = set()  # replaced, with requests under way
        self._watching: asyncio.Task[None] | None = None
        self._aside = ThreadPoolExecutor(2, thread_name_prefix="releases")  # where they are opened and closed
        self._forks = Forks()
        self._temporary = TemporaryDirectory(
            prefix="sourcebook-", dir=temporary
        )  # for what Datasette 1.0 knows of a database
        self._told = {"secret": secret or secrets.token_hex(32), "temporary": self._temporary.name}

    async def start(self) -> None:
        """Have the current release ready to answer.

        Raises EnvironmentFailure where it cannot be shown, is damaged or not all there, or was built by another, whose
        it may not be.
        """
        try:
            await self._newest()
        except (OSError, ValueError, RuntimeError) as error:
            raise EnvironmentFailure(f"the release in {self._build} cannot be shown: {error}") from error
        self._watching = asyncio.create_task(self._watch())

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if health.is_asked(scope):
            shows = self._seen[0] if self._shown is not None and not self._shown.is_gone else ""
            await health.answer(scope, send, shows, self._following(shows) if self._following else None)
            return
        shown = await self._newest()
        shown.requests += 1
        try:
            await shown(scope, receive, send)
        finally:
            shown.requests -= 1
            if shown in self._leaving and not shown.requests:
                self._end(shown)

    def close(self) -> None:
        """Close what is open, when no request is under way any more."""
        self._aside.shutdown(wait=True)
        self._forks.close()
        self._temporary.cleanup()
        for shown in (self._shown, *self._leaving, *self._ending):
            if shown is not None:
                shown.close()

    async def _newest(self) -> OneRelease:
        """The release to answer out of: a new one is started beside, and the one before it answers meanwhile.

        A few requests wait for the new one all the same, so that who has built it and looks sees it.
        """
        turning = self._begin_turn()
        if turning is not None and (self._shown is None or self._waiting < _MOST_WAITING):
            await self._wait(turning)
        assert self._shown is not None
        return self._shown

    def _begin_turn(self) -> asyncio.Task[None] | None:
        """Have a new release started, if there is one."""
        now = self._current()
        tried = self._shown is not None and now == self._failed and time.monotonic() <= self._again
        if now == self._seen or tried:
            return None
        if self._turning is None or self._turning.done():
            self._turning = asyncio.create_task(self._turn())
        return self._turning

    async def _wait(self, turning: asyncio.Task[None]) -> None:
        """Wait until another release is shown; raises why there is none at all."""
        another = asyncio.create_task(self._another.wait())
        patience = _PATIENCE if self._shown else None
        self._waiting += 1
        try:
            await asyncio.wait([turning, another], timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting -= 1
            another.cancel()
        if self._shown is None:
            await asyncio.shield(turning)

    async def _turn(self) -> None:
        while (now := self._current()) != self._seen:
            try:
                new = await self._started()
            except Exception as error:
                if self._current() != now:
                    continue  # builds came so fast that this release is gone already
                if self._shown is None:
                    raise
                self._cannot(now, error)
                return
            if not await self._agreed(now):
                await new.stop()
                continue
            before, self._shown, self._seen = self._shown, new, now
            self._told_of = ("", "")
            if self._others is not None:
                self._others.shows(_called(now))
            self._another.set()
            self._another = asyncio.Event()
            if before is not None:
                self._leaving.add(before)
                if not before.requests:
                    self._end(before)

    def _cannot(self, now: tuple[str, int], error: Exception) -> None:
        """Say once why a release cannot be shown, and try it again later: it may be copied here just now."""
        arriving = isinstance(error, (Arriving, UsageError))  # a part of it is not there yet, or nothing is
        reason = (now[0], "" if arriving else str(error))
        if reason != self._told_of:
            self._told_of = reason
            known = isinstance(error, SourcebookError)
            log.error("release %.100s cannot be shown; the one before it stays: %s", now[0], error, exc_info=not known)
        if self._others is not None and not arriving:  # else it is ready in a moment, and the others are to wait for it
            self._others.cannot(_called(now))
        self._failed, self._again = now, time.monotonic() + _SECONDS

    async def _agreed(self, now: tuple[str, int]) -> bool:
        """Wait until others have a release ready too, though not for ever; False where another is current meanwhile."""
        if self._others is None or self._shown is None:
            return True
        self._waits_since = self._waits_since or time.monotonic()
        agreeing = asyncio.create_task(self._others.agreed(_called(now)))
        try:
            while not (await asyncio.wait([agreeing], timeout=_OFTEN))[0]:
                if self._shown.is_gone or time.monotonic() - self._waits_since > _TOGETHER:
                    break
                if self._current() != now:
                    return False
        finally:
            agreeing.cancel()
        self._waits_since = 0.0
        return True

    async def _watch(self) -> None:
        """Follow the releases where nobody asks.

        Let go of one whose files were taken away, be it that nobody asks, or that somebody still reads.
        """
        for number in itertools.count(1):
            await asyncio.sleep(_OFTEN)
            self._begin_turn()
            if number % _SELDOM:
                continue
            for one in [one for one in self._leaving if one.is_gone]:
                self._end(one)
            if self._shown is None:
                continue
            try:
                self._shown.look()
                if self._shown.is_gone:
                    await self._newest()
            except Exception:
                log.exception("what was taken away cannot be let go of yet")

    def _current(self) -> tuple[str, int]:
        """The name of the current release, and when its report was written: a build of the same may be of a commit.

        Where nothing says which is current any more, the one that is shown stays it: its files may be open still.
        """
        try:
            name = pointer.read(self._build)
            if not name:
                raise FileNotFoundError(errno.ENOENT, "it leads to no release", str(self._build / release.CURRENT))
            if name != self._seen[0] and not self._may():
                return self._seen
        except OSError as error:
            if self._shown is None:
                raise
            if not self._gone:
                log.error("%s cannot be read (%s): release %.100s stays", error.filename, error.strerror, self._seen[0])
            self._gone = True
            return self._seen
        self._gone = False
        try:
            return name, (self._build / release.RELEASES / name / release.REPORT).stat().st_mtime_ns
        except OSError:
            return name, 0

    def _may(self) -> bool:
        """Whether what is current now may be shown; raises where it may not, and nothing else is shown."""
        if self._may_show is None:
            return True
        try:
            may, why = self._may_show(), "it was not taken as this server takes releases"
        except SourcebookError as error:
            may, why = False, str(error)
        if not may and self._shown is None:
            raise EnvironmentFailure(f"what is current in {self._build} is not shown: {why}")
        return may

    def _end(self, shown: OneRelease) -> None:
        self._leaving.discard(shown)
        self._ending[shown] = task = asyncio.create_task(shown.stop())
        task.add_done_callback(lambda _: self._ending.pop(shown, None))

    async def _started(self) -> OneRelease:
        folder, held = await asyncio.get_running_loop().run_in_executor(self._aside, self._own)
        new = OneRelease(folder, held, self._forks, self._aside, self._told, self._workers)
        try:
            await new.start()
        except BaseException:
            await new.stop()
            raise
        return new

    def _own(self) -> tuple[Path, int]:
        """The current release, and what keeps it where it is.

        Each file of it is read, unless it may be anyone's: of that it is looked at alone whether it is all there.
        """
        folder = release.current(self._build)
        held = release.showing(folder)
        try:
            if self._anyones:
                release.check_arrived(folder)
            else:
                release.check_own(self._build, folder)
        except BaseException:
            os.close(held)
            raise
        return folder, held


def _called(seen: tuple[str, int]) -> str:
    """A release as processes name it to each other."""
    return f"{seen[0]}:{seen[1]}"
