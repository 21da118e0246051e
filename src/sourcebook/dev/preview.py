# SPDX-License-Identifier: Apache-2.0
"""A preview while it runs: edits are told to who keeps the book, and its states are taken up as they come."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sourcebook.dev import watching
from sourcebook.dev.pinned import Version
from sourcebook.dev.processes import Process, Wire, started
from sourcebook.dev.told import Told
from sourcebook.errors import EnvironmentFailure
from sourcebook.finding import Finding, harmless
from sourcebook.machine.waits import backed_off
from sourcebook.site.theirs import Theirs

_QUIET = 0.4  # seconds without an edit, after which the whole book is checked
_GRACE = 1.0  # seconds in which a watcher is to have told what was found by looking
_MOST_ENDS = 5  # times in a row that what keeps the book ends and has told nothing: then it is not begun again
_LONGEST_PAUSE = 60.0  # seconds before what has failed is tried again

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
        self._tasks: set[asyncio.Task[None]] = set()
        self._check: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._wire: Wire | None = None
        self._base = 0
        self._at = top  # below it, the folder of who keeps the book now
        self._ends = 0  # times in a row that it has ended and told nothing
        self._untold: set[str] = set()  # what was edited while nobody kept the book
        self._seen: dict[str, float] = {}  # what a watcher told of, and when, until looking finds it too
        self._unchecked = 0  # times in a row that the check of the whole book has failed
        self._own: list[Finding] = []  # what the last edit, or reading anew, has found by itself

    async def start(self) -> None:
        """Have the book be read, and its first state or what is wrong with it be there to be shown.

        Raises EnvironmentFailure where the machine does not let it be read.
        """
        for one in (self._follow(), self._watch(), self._look()):
            self._begin(one)
        await self._ready.wait()
        if self._ends == _MOST_ENDS:
            raise EnvironmentFailure(
                "what keeps the book in memory has ended each time; above stands why, if it said so"
            )

    async def stop(self) -> None:
        """End all processes, and let go of what is open."""
        self.ended.set()
        await self.told_anew()
        tasks = [*self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._wire:
            await self._wire.end()
        if self.version:
            await self.version.stop()

    def _begin(self, what: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Have something go on beside all else; that it failed is told."""
        task = asyncio.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._has_ended)
        return task

    def _has_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._remark(f"a part of this preview has failed, and edits may not be shown: start it anew ({error!r})")

    def _remark(self, what: str) -> None:
        """Tell something here, and on every page from now on."""
        if what not in self.told.remarks:
            self.told.remarks.append(what)
        self._tell(what)

    async def told_anew(self) -> None:
        """Have all who wait know that there is something else to tell."""
        async with self.changed:
            self.changed.notify_all()

    # --- what the keeper says ----------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        while not self.ended.is_set():
            try:
                self._at = self._top / f"kept-{time.monotonic_ns()}"
                self._at.mkdir()
                self._wire = await Wire.begun(self.root, self._at)
                untold, self._untold = self._untold, set()
                await self.edited(untold)
                async for said in self._wire.heard():
                    await self._heard(said)
                why = ""
            except OSError as error:  # no process, no handle, no room: what was told cannot be taken up
                why = f" ({error})"
            if self.ended.is_set():
                return
            before, self._wire = self._wire, None
            if before is not None:
                await before.end()
            if self.version is None or self.version.folder.parent != self._at:
                await _removed(self._at)
            self._ends += 1
            if self._ends == _MOST_ENDS:
                break
            self._tell(f"what keeps the book in memory has ended{why}, and is started again")
            self.told.reading = "The book is read again"
            self._base = self.told.version  # so that each state of this preview has a number of its own
            await self.told_anew()
            await asyncio.sleep(self._ends - 1)
        self.told.reading = ""
        self._remark(f"edits are not shown any more: what keeps the book has ended {_MOST_ENDS} times{why}")
        self._ready.set()
        self.open.set()
        await self.told_anew()

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
            await self._take_up(self._at / said["folder"], self._base + said["version"])
        told = self.told
        told.behind, told.findings, self._own, told.reading = said["behind"], findings, findings, ""
        told.checked, self._ends = False, 0
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
            self._begin(self._retire(before, gone=before.folder != folder))

    async def _retire(self, before: Version, *, gone: bool) -> None:
        while before.requests and not self.ended.is_set():
            await asyncio.sleep(0.05)
        await before.stop()
        if gone:
            kept = before.folder.parent
            await _removed(before.folder if kept == self._at else kept)

    # --- what is told of files ---------------------------------------------------------------------------------------

    async def edited(self, paths: Iterable[str]) -> None:
        """Have the keeper look at some paths."""
        some = sorted(paths)
        if not some:
            return
        if self._wire is None:
            self._untold.update(some)
            return
        if self._check:
            self._check.cancel()
        self.told.checked = False
        await self._wire.say(changed=some)

    async def _watch(self) -> None:
        try:
            async for paths in watching.changes(self.root, self.ended):
                self._seen |= dict.fromkeys(paths, time.monotonic())
                await self.edited(paths)
        except OSError as error:
            await self._by_looking(f"this system does not watch so many folders ({error})")

    async def _look(self) -> None:
        ends = 0
        while not self.ended.is_set():
            looked = await self._looked()
            ends = 1 if looked else ends + 1
            self._tell("what looks at all files has ended, and is started again")
            await asyncio.sleep(backed_off(1.0, ends, _LONGEST_PAUSE))

    async def _looked(self) -> bool:
        """Take up what looking finds, until it ends; whether it has told anything."""
        told, before = False, time.monotonic()
        try:
            self._looking = await started("looking", str(self.root), top=self._top, stdin=asyncio.subprocess.PIPE)
        except OSError:
            return False
        try:
            await self._often()
            assert self._looking.process.stdout is not None
            while (line := await self._looking.process.stdout.readline()).endswith(b"\n"):
                found, now = set(json.loads(line)), time.monotonic()
                if not told and self._by_itself:  # what was edited before the first look nobody has told of
                    found = watching.names(self.root)
                told = True
                await asyncio.sleep(_GRACE if found and not self._by_itself else 0)
                missed = found - self._seen.keys()
                if not self._by_itself and not all(map(self._is_told_of, missed)):
                    await self._by_looking("the file system does not tell of changes")
                # What was told of stands for one edit: what a watcher told of before the last look has been found.
                self._seen = {path: at for path, at in self._seen.items() if path not in found and at >= before}
                before = now
                await self.edited(missed)
        finally:
            looking, self._looking = self._looking, None
            await looking.end()
        return told

    def _is_told_of(self, path: str) -> bool:
        """Whether a watcher has told of a folder that came or went with all that is in it, such as this file."""
        return any(folder.as_posix() in self._seen for folder in Path(path).parents)

    _by_itself = False
    _looking: Process | None = None

    async def _by_looking(self, why: str) -> None:
        """From now on edits are found by looking at all files, and that is told."""
        self._by_itself = True
        self._remark(f"{why}: edits are found by looking at all files, which takes longer")
        await self._often()
        await self.told_anew()

    async def _often(self) -> None:
        """Have what looks look often, if edits are found by nothing else."""
        if self._by_itself and self._looking is not None and self._looking.process.stdin is not None:
            with suppress(ConnectionError):
                self._looking.process.stdin.write(b"\n")
                await self._looking.process.stdin.drain()

    # --- the whole check ---------------------------------------------------------------------------------------------

    def _check_later(self) -> None:
        if self._check:
            self._check.cancel()
        self._check = self._begin(self._checked())

    async def _checked(self) -> None:
        while (findings := await self._findings()) is None:
            self._unchecked += 1
            self._tell("the check of the whole book has ended by itself, and is begun again")
        self._unchecked = 0
        errors = sum(one.level == "error" for one in findings)
        self.told.findings, self.told.checked = findings, True
        self._tell(f"checked: {errors} errors, {len(findings) - errors} warnings")
        if errors and set(findings) != set(self._own):
            self._list(findings)
        await self.told_anew()

    async def _findings(self) -> list[Finding] | None:
        """What is wrong with the whole book, once it is quiet; None where the check has told nothing."""
        await asyncio.sleep(backed_off(_QUIET, self._unchecked, _LONGEST_PAUSE, by=4.0))
        try:
            process = await started("checking", str(self.root), str(self._top), top=self._top)
        except OSError:
            return None
        try:
            assert process.process.stdout is not None
            line = await process.process.stdout.readline()
        finally:
            await asyncio.shield(process.end())
        return [Finding(*one) for one in json.loads(line)] if line.endswith(b"\n") else None  # whole, or in part

    def _list(self, findings: list[Finding]) -> None:
        for one in findings:
            if one.level == "error":
                self._tell(f"  {harmless(str(one))}")


async def _removed(folder: Path) -> None:
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
