# SPDX-License-Identifier: Apache-2.0
"""Following that goes on beside a server: at an interval, and later each time where it fails."""

from __future__ import annotations

import hashlib
import os
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sourcebook.apart import Allowed, Over, mapped
from sourcebook.book import DESCRIPTOR, Folder
from sourcebook.book.model import BUILD
from sourcebook.channel.following import Followed, follow, was_judged
from sourcebook.channel.remembered import recall
from sourcebook.channel.standing import Standing
from sourcebook.errors import EnvironmentFailure, SourcebookError, UsageError
from sourcebook.publish import pointer
from sourcebook.storage import check

INTERVAL = 60.0
"""Seconds from one look to the next, unless told otherwise."""
SHORTEST = 0.05
_JITTER = 0.1  # of the interval: so that many who were started together do not ask together
_LONGEST = 15 * 60.0  # seconds until it is tried again, however often it failed
_LONG = 7 * 24 * 3600.0  # seconds of work that the first copy may take

Tell = Callable[[str], None]


def _slept(seconds: float) -> bool:
    time.sleep(seconds)
    return False


@dataclass(frozen=True)
class Channel:
    """What is followed, and how: the address, where an S3 answers, who may have signed, and how often it is looked."""

    url: str
    endpoint: str = ""
    signers: Path | None = None
    interval: float = INTERVAL

    def place(self, folder: Folder | None) -> Path:
        """The build folder to follow into: in ``folder``, or else in the user's cache, one for each address.

        Raises UsageError where ``folder`` is a book, which builds by itself, or the address is none.
        """
        check(self.url, endpoint=self.endpoint)  # alone: this process is to fork, which what is opened does not bear
        if folder is None:
            return _cache() / hashlib.sha256(self.url.encode("utf-8", "replace")).hexdigest()[:16] / BUILD
        if (Path(folder) / DESCRIPTOR).is_file():
            raise UsageError(f"{folder} is a book, which has releases of its own: follow into another folder")
        return Path(folder).resolve() / BUILD

    def once(self, build: Path) -> Followed:
        """See `follow`."""
        return follow(self.url, build, endpoint=self.endpoint, signers=self.signers)

    def begin(self, build: Path, tell: Tell) -> None:
        """Have some release in ``build``: the one that was followed last, or else the first one.

        The one that was followed last is not shown where signers are named by whom it was not judged, until it is. It
        is copied by a process of its own, for this one may be to fork others. Raises as `follow` does.
        """
        if build.is_dir() and recall(build) is not None and pointer.read(build) and was_judged(build, self.signers):
            return

        def first(_number: int, _at: Any) -> dict[str, Any]:
            return asdict(self.once(build))

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
        until: Callable[[float], bool] = _slept,
        *,
        standing: Standing | None = None,
    ) -> None:
        """Follow until ``until``, which waits some seconds, says that it is enough; what changes is told.

        What each look came to is noted in ``standing``. A release that is refused, and a target or a machine that
        fails, are told once each, and tried again.
        """
        failures, last = 0, ""
        while True:
            try:
                found = self.once(build)
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
                if str(error) != last:
                    tell(f"what is shown stays: {error}")
                last = str(error)
            seconds = min(self.interval * 2 ** min(failures, 16), max(_LONGEST, self.interval))
            if until(seconds * random.uniform(1 - _JITTER, 1 + _JITTER)):  # noqa: S311 - no secret
                return


def _words(found: Followed) -> str:
    version = f" ({found.version})" if found.version else ""
    signed = f", signed by {found.key}" if found.key else ""
    return f"release {found.release}{version} of {found.name} is current: {found.copied:,} files copied{signed}"


def _cache() -> Path:
    """Where copies lie by default: https://specifications.freedesktop.org/basedir-spec/latest/."""
    home = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (home if home.is_absolute() else Path("~/.cache").expanduser()) / "sourcebook" / "following"
