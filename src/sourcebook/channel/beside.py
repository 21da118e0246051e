# SPDX-License-Identifier: Apache-2.0
"""Following that goes on beside a server: at an interval, and later each time where it fails."""

from __future__ import annotations

import hashlib
import os
import random
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sourcebook.apart import Allowed, Over, mapped
from sourcebook.book import DESCRIPTOR, Folder
from sourcebook.book.model import BUILD
from sourcebook.channel.fetching import WAITING
from sourcebook.channel.following import Followed, follow, was_judged
from sourcebook.channel.form import some
from sourcebook.channel.remembered import recall
from sourcebook.channel.standing import Standing
from sourcebook.errors import EnvironmentFailure, SourcebookError, UsageError
from sourcebook.machine.waits import backed_off
from sourcebook.progress import Progress, silent
from sourcebook.publish import pointer
from sourcebook.storage import check

INTERVAL = 60.0
"""Seconds from one look to the next, unless told otherwise."""
SHORTEST = 0.05
_JITTER = 0.1  # of the interval: so that many who were started together do not ask together
_LONGEST = 15 * 60.0  # seconds until it is tried again, however often it failed
_BEAT = 10.0  # seconds between two signs of life while nothing is done
_LONG = 7 * 24 * 3600.0  # seconds of work that the first copy may take

_FOR_ONCE = re.compile(r"[.-](?:new|part|link|work)-\w+|\d[\d,.]* (?=bytes)|(?<=has )[\d,]+")

Tell = Callable[[str], None]
Tried = Callable[[Path], None]
"""Opens a release as it will be shown, before it becomes current; raises ValueError where it cannot be."""


def _nothing() -> None:
    pass


def _slept(alive: Callable[[], None], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        alive()
        time.sleep(min(left, _BEAT))
    return False


@dataclass(frozen=True)
class Channel:
    """What is followed, and how: the address, where an S3 answers, who may have signed, and how often it is looked."""

    url: str
    endpoint: str = ""
    signers: Path | None = None
    interval: float = INTERVAL

    def place(self, folder: Folder | None) -> Path:
        """The build folder to follow into: in ``folder``, or else in the user's cache.

        There each address has one for each list of signers, and one for none: what was taken without a list, or by
        another, never lies where this one looks. It is known by its path, for keys are added to a list.

        Raises UsageError where ``folder`` is a book, which builds by itself, or the address is none.
        """
        check(self.url, endpoint=self.endpoint)  # alone: this process is to fork, which what is opened does not bear
        if folder is None:
            listed = str(Path(self.signers).absolute()) if self.signers is not None else ""
            what = "\0".join((self.url, self.endpoint, listed))
            return _cache() / hashlib.sha256(what.encode("utf-8", "surrogatepass")).hexdigest()[:16] / BUILD
        if (Path(folder) / DESCRIPTOR).is_file():
            raise UsageError(f"{folder} is a book, which has releases of its own: follow into another folder")
        return Path(folder).resolve() / BUILD

    def once(self, build: Path, progress: Progress = silent, tried: Tried | None = None) -> Followed:
        """See `follow`."""
        return follow(self.url, build, endpoint=self.endpoint, signers=self.signers, tried=tried, progress=progress)

    def may_show(self, build: Path) -> bool:
        """Whether what is current in ``build`` was taken as this channel takes things: by its list of signers.

        Another server may follow into the same folder by another list. Raises OSError or EnvironmentFailure where that
        cannot be told.
        """
        return was_judged(build, self.signers)

    def begin(self, build: Path, tell: Tell, tried: Tried | None = None) -> None:
        """Have some release in ``build``: the one that was followed last, or else the first one.

        The one that was followed last is not shown where signers are named by whom it was not judged, until it is. It
        is copied by a process of its own, for this one may be to fork others. Raises as `follow` does.
        """
        if build.is_dir() and recall(build) is not None and pointer.read(build) and was_judged(build, self.signers):
            return

        def first(_number: int, _at: Any) -> dict[str, Any]:
            return asdict(self.once(build, _heard(tell, _nothing), tried))

        tell(f"copying from {self.url} …")
        (found,) = mapped(first, 1, Allowed(_LONG))
        if isinstance(found, Over):
            raise EnvironmentFailure(f"the process that was to copy from {self.url} was ended")
        tell(_words(Followed(**found)))

    def standing(self, build: Path) -> Standing:
        """How following into ``build`` stands, for processes that are forked later to note and to tell."""
        return Standing(build, self.interval)

    def go_on(
        self,
        build: Path,
        tell: Tell,
        until: Callable[[float], bool] | None = None,
        *,
        standing: Standing | None = None,
        alive: Callable[[], None] = _nothing,
        tried: Tried | None = None,
    ) -> None:
        """Follow until ``until``, which waits some seconds, says that it is enough; what changes is told.

        What each look came to is noted in ``standing``. Threads call ``alive`` with each thing that is done, and while
        nothing is to be done: who hears nothing of it for minutes may end the process, and start another. A release
        that is refused, and a target or a machine that fails, are told once each, and tried again.
        """
        failures, last = 0, ""
        until = until or partial(_slept, alive)
        while True:
            try:
                found = self.once(build, _heard(tell, alive), tried)
                if standing is not None:
                    standing.note(found)
                if found.changed:
                    tell(_words(found))
                elif last:
                    tell(f"{self.url} answers again; release {found.release} is current")
                failures, last = 0, ""
            except (SourcebookError, OSError) as error:
                failures += 1
                if standing is not None:
                    standing.note(error)
                if (kind := _kind(error)) != last:
                    tell(f"what is shown stays: {error}")
                last = kind
            seconds = backed_off(self.interval, failures, max(_LONGEST, self.interval))
            if until(seconds * random.uniform(1 - _JITTER, 1 + _JITTER)):  # noqa: S311 - no secret
                return


def _heard(tell: Tell, alive: Callable[[], None]) -> Progress:
    """What is told of one look: each stage is a sign of life, and that another has the turn is said once."""
    said: list[str] = []

    def hear(stage: str, _done: int = 0, _total: int = 0, /) -> None:
        alive()
        if stage == WAITING and not said:
            said.append(stage)
            tell(f"{stage} …")

    return hear


def _kind(error: Exception) -> str:
    """What is the same of an error each time that it comes again: no names made for once, no bytes counted."""
    if isinstance(error, OSError) and error.errno is not None:
        return f"{type(error).__name__} {error.errno}"
    return _FOR_ONCE.sub("", f"{type(error).__name__} {error}")


def _words(found: Followed) -> str:
    version = f" ({found.version})" if found.version else ""
    signed = f", signed by {found.key}" if found.key else ""
    gone = f"; versions that are there no more, and so not here: {some(found.dropped)}" if found.dropped else ""
    return f"release {found.release}{version} of {found.name} is current: {found.copied:,} files copied{signed}{gone}"


def _cache() -> Path:
    """Where copies lie by default: https://specifications.freedesktop.org/basedir-spec/latest/."""
    home = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (home if home.is_absolute() else Path("~/.cache").expanduser()) / "sourcebook" / "following"
