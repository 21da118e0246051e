# SPDX-License-Identifier: Apache-2.0
"""A preview while it runs: edits are told to who keeps the book, and its states are taken up as they come."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sourcebook.dev import watching
from sourcebook.dev.pinned import Version
from sourcebook.dev.processes import Process, Wire, started
from sourcebook.dev.told import Told
from sourcebook.finding import Finding, harmless
from sourcebook.site.theirs import Theirs

_QUIET = 0.4  # seconds without an edit, after which the whole book is checked
_GRACE = 1.0  # seconds in which a watcher is to have told what was found by looking
_SLOW = 20.0  # seconds that an edit may take, after which it is said that it takes long

Tell = Callable[[str], None]


class Preview:
    """The preview of the book in ``root``; ``top`` is a folder for all that it writes."""

    def __init__(self, root: Path, top: Path, editor: str, tell: Tell) -> None:
        self.root, self._top, self._tell = root, top, tell
        self.told = Told(root, editor, reading="The book is read")
        self.version: Version | None = None
        self.open = asyncio.Event()  # whether requests may begin
        self.ended = asyncio.Event()
        self.changed = asyncio.Condition()
        self._theirs: Theirs | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._check: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._wire: Wire | None = None
        self._base = 0
        self._untold: set[str] = set()  # what was edited while nobody kept the book
        self._seen: dict[str, float] = {}
        self._own: list[Finding] = []  # what the last edit, or reading anew, has found by itself

    async def start(self) -> None:
        """Have the book be read, and its first state or what is wrong with it be there to be shown."""
        self._wire = await Wire.begun(self.root, self._top)
        self._tasks += [asyncio.create_task(one) for one in (self._follow(), self._watch(), self._look())]
        await self._ready.wait()

    async def stop(self) -> None:
        """End all processes, and let go of what is open."""
        self.ended.set()
        await self.told_anew()
        for task in (*self._tasks, *filter(None, [self._check])):
            task.cancel()
        await asyncio.gather(*self._tasks, *filter(None, [self._check]), return_exceptions=True)
        if self._wire:
            await self._wire.end()
        if self.version:
            await self.version.stop()

    async def told_anew(self) -> None:
        """Have all who wait know that there is something else to tell."""
        async with self.changed:
            self.changed.notify_all()

    # --- what the keeper says ----------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        while not self.ended.is_set():
            assert self._wire is not None
            async for said in self._wire.heard():
                await self._heard(said)
            if self.ended.is_set():
                return
            before, self._wire = self._wire, None
            await before.end()
            self._tell("what keeps the book in memory has ended, and is started again")
            self.told.reading = "The book is read again"
            self._base = self.told.version  # so that each state of this preview has a number of its own
            self._wire = await Wire.begun(self.root, self._top_of_another())
            untold, self._untold = self._untold, set()
            await self.edited(untold)
            await self.told_anew()

    def _top_of_another(self) -> Path:
        top = self._top / f"again-{time.monotonic_ns()}"
        top.mkdir()
        self._top = top
        return top

    async def _heard(self, said: dict[str, Any]) -> None:
        assert self._wire is not None
        if said["kind"] == "hold":
            self.open.clear()
            await self._wire.say(go=True)
            return
        if said["kind"] == "reading":
            self.told.reading = said["why"]
            self._tell(f"{said['why']}: reading everything anew")
            await self.told_anew()
            return
        findings = [Finding(*one) for one in said["findings"]]
        if said["folder"]:
            await self._take_up(self._top / said["folder"], self._base + said["version"])
        told = self.told
        told.behind, told.findings, self._own, told.reading = said["behind"], findings, findings, ""
        told.checked = False
        self.open.set()
        self._ready.set()
        what = " ".join(said["paths"][:3]) or "the book"
        if told.behind:
            self._tell(f"{what}: not shown ({said['seconds'] * 1000:.0f} ms)")
            self._list(findings)
        else:
            self._tell(f"{what}: shown ({said['seconds'] * 1000:.0f} ms)")
        self._check_later()
        await self.told_anew()

    async def _take_up(self, folder: Path, number: int) -> None:
        before = self.version
        if before is not None and (before.folder, before.number) == (folder, number):
            return
        known = self._theirs if before is not None and before.folder == folder else None
        version = Version(folder, number, known)
        self._theirs, self.version, self.told.version = version.theirs, version, number
        if before is not None:
            self._tasks.append(asyncio.create_task(self._retire(before, gone=before.folder != folder)))
        self._tasks = [task for task in self._tasks if not task.done()]

    async def _retire(self, before: Version, *, gone: bool) -> None:
        while before.requests and not self.ended.is_set():
            await asyncio.sleep(0.05)
        await before.stop()
        if gone and self._wire is not None:
            await self._wire.say(done=str(before.folder))  # which may be of a keeper that has ended

    # --- what is told of files ---------------------------------------------------------------------------------------

    async def edited(self, paths: Iterable[str]) -> None:
        """Have the keeper look at some paths."""
        some = sorted(paths)
        if not some:
            return
        if self._check:
            self._check.cancel()
        self.told.checked = False
        if self._wire is None:
            self._untold.update(some)
        else:
            await self._wire.say(changed=some)

    async def _watch(self) -> None:
        try:
            async for paths in watching.changes(self.root, self.ended):
                now = time.monotonic()
                self._seen = {path: when for path, when in self._seen.items() if now - when < 60} | dict.fromkeys(
                    paths, now
                )
                await self.edited(paths)
        except OSError as error:
            await self._by_looking(f"this system does not watch so many folders ({error})")

    async def _look(self) -> None:
        self._looking = looking = await started("looking", str(self.root), top=self._top, stdin=asyncio.subprocess.PIPE)
        try:
            assert looking.process.stdout is not None
            while line := await looking.process.stdout.readline():
                found = set(json.loads(line))
                await asyncio.sleep(_GRACE if not self._by_itself else 0)
                missed = found - self._seen.keys()
                if not self._by_itself and not all(map(self._is_told_of, missed)):
                    await self._by_looking("the file system does not tell of changes")
                await self.edited(missed)
        finally:
            await looking.end()

    def _is_told_of(self, path: str) -> bool:
        """Whether a watcher has told of a folder that came or went with all that is in it, such as this file."""
        return any(folder.as_posix() in self._seen for folder in Path(path).parents)

    _by_itself = False
    _looking: Process | None = None

    async def _by_looking(self, why: str) -> None:
        """From now on edits are found by looking at all files, and that is told."""
        self._by_itself = True
        self.told.remarks.append(f"{why}: edits are found by looking at all files, which takes longer")
        self._tell(self.told.remarks[-1])
        if self._looking is not None and self._looking.process.stdin is not None:
            self._looking.process.stdin.write(b"\n")
            with suppress(ConnectionError):
                await self._looking.process.stdin.drain()
        await self.told_anew()

    # --- the whole check ---------------------------------------------------------------------------------------------

    def _check_later(self) -> None:
        if self._check:
            self._check.cancel()
        self._check = asyncio.create_task(self._checked())

    async def _checked(self) -> None:
        await asyncio.sleep(_QUIET)
        process = await started("checking", str(self.root), str(self._top), top=self._top)
        try:
            assert process.process.stdout is not None
            line = await process.process.stdout.readline()
        finally:
            await asyncio.shield(process.end())
        if not line.endswith(b"\n"):  # the whole of what it says, or a part
            self._tell("the check of the whole book has ended by itself")
            return
        findings = [Finding(*one) for one in json.loads(line)]
        errors = sum(one.level == "error" for one in findings)
        self.told.findings, self.told.checked = findings, True
        self._tell(f"checked: {errors} errors, {len(findings) - errors} warnings")
        if errors and set(findings) != set(self._own):
            self._list(findings)
        await self.told_anew()

    def _list(self, findings: list[Finding]) -> None:
        for one in findings:
            if one.level == "error":
                self._tell(f"  {harmless(str(one))}")
