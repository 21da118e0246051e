# SPDX-License-Identifier: Apache-2.0
"""How following stands, as a server tells it to who watches over it: in words for anybody, the same by each worker.

It lies in memory that all processes of a server share, for what follows may be ended at any moment, and a disk that is
full is one of the reasons that are to be told.
"""

from __future__ import annotations

import json
import mmap
import struct
import time
import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sourcebook.channel.following import Followed
from sourcebook.channel.form import Refused, Short
from sourcebook.channel.remembered import last_look, recall
from sourcebook.errors import UsageError
from sourcebook.storage import StorageFailure

_LATE = 15 * 60.0  # seconds that a look may take beside two intervals: what is large is copied for long
_SOON = 60.0  # seconds in which a release is shown that was taken
_HALF = 2048  # bytes of what is shared: one half is whole while the other is written
_HEAD = struct.Struct(">IIQ")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is shared: the release that was taken last, and when; when a look last succeeded, and since when none did.

    Times are seconds since 1970, or 0.
    """

    release: str = ""
    serial: int = 0
    taken: float = 0.0
    looked: float = 0.0
    failing: float = 0.0
    state: str = "current"
    error: str = ""


class Standing:
    """How following into a folder stands. Make it before processes are forked: one notes, and all tell."""

    def __init__(self, build: Path, interval: float) -> None:
        """Of what was followed into ``build`` so far; it is looked every so many seconds.

        Raises EnvironmentFailure where that cannot be told, and OSError.
        """
        self._late = 2 * interval + _LATE
        self._memory = mmap.mmap(-1, 2 * _HALF)
        known = recall(build)
        if known is not None and known.done:
            self._share(_Known(known.release, known.serial, time.time(), last_look(build)))
        else:
            self._share(_Known())

    def note(self, came: Followed | Exception) -> None:
        """Have it known what a look came to: what was followed, or what was raised."""
        now, (_, known) = time.time(), self._shared()
        if isinstance(came, Followed):
            taken = known.taken if known.release == came.release else now
            self._share(_Known(came.release, came.serial, taken, now))
        else:
            state, error = _words(came)
            self._share(replace(known, failing=known.failing or now, state=state, error=error))

    def told(self, shown: str) -> dict[str, Any]:
        """How it stands where the release ``shown`` is shown, as a value of JSON; ``ok`` says whether all is well."""
        now, (_, known) = time.time(), self._shared()
        state, error = known.state, known.error
        if not known.failing and now - known.looked > self._late:
            state, error = "late", "no look at what is followed has come to an end since then"
        elif not known.failing and known.release != shown and now - known.taken > _SOON:
            state, error = "unshown", "the release that was taken is not shown"
        return {
            "ok": state == "current",
            "state": state,
            "error": error or None,
            "failing_since": _at(known.failing),
            "looked": _at(known.looked),
            "age": max(0, int(now - known.looked)) if known.looked else None,
            "release": known.release or None,
            "serial": known.serial or None,
        }

    def _share(self, known: _Known) -> None:
        data = json.dumps(asdict(known)).encode()
        number = self._shared()[0] + 1
        start = number % 2 * _HALF
        checked = zlib.crc32(struct.pack(">Q", number) + data)
        self._memory[start : start + _HEAD.size + len(data)] = _HEAD.pack(checked, len(data), number) + data

    def _shared(self) -> tuple[int, _Known]:
        """What was shared last, and the how many-th it was; a half that is just written is none."""
        found = (0, _Known())
        for start in (0, _HALF):
            half = self._memory[start : start + _HALF]
            checked, size, number = _HEAD.unpack_from(half)
            data = half[_HEAD.size : _HEAD.size + size]
            if number > found[0] and zlib.crc32(struct.pack(">Q", number) + data) == checked:
                found = (number, _Known(**json.loads(data)))
        return found


def _words(error: Exception) -> tuple[str, str]:
    """What failed, in a word, and why. What an error says itself may name folders and machines, so that is not told."""
    if isinstance(error, Refused):
        return "refused", f"what is followed has a release that is not taken: {error.why}"
    if isinstance(error, StorageFailure):
        return "unreachable", "what is followed does not answer, or has not what belongs there"
    if isinstance(error, UsageError):
        return "failed", "it cannot be followed as this server was told to"
    why = ""
    if isinstance(error, Short):
        why = f": {error.why}"
    elif isinstance(error, OSError) and error.strerror:
        why = f": {error.strerror}"
    return "failed", f"this machine does not let it be copied{why}"


def _at(seconds: float) -> str | None:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)) if seconds else None
