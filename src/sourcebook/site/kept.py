# SPDX-License-Identifier: Apache-2.0
"""The versions of a book that are kept beside its current release: listed, and opened when one of them is asked for.

They may be replaced or emptied while the site is served: what is taken down goes from every version. The list of them
tells, and is looked at with each request; what was opened before it changed is not used any more.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sourcebook.exact import loads
from sourcebook.files import open_below

VERSIONS, INDEX, RELEASES = "versions", "releases.json", "releases"
SIGNATURE, CHANGES = "SHA256SUMS.sig", "changes.json"
"""Files that stand beside the checksums of a version, and need not be among them."""
_MOST = 4  # versions that are open at the same time
_MOST_OF_LIST = 16 * 1024 * 1024  # bytes
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+~-]{0,99}")


class Closing(Protocol):
    """Something that is open, and to be closed."""

    def close(self) -> None:
        """Let go of it. May be called again."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version that is kept: as the list of versions has it, and the ``folder`` where its files lie.

    ``withdrawn`` says when and why, where its files were taken away.
    """

    version: str
    folder: Path
    told: Mapping[str, Any]

    @property
    def withdrawn(self) -> Mapping[str, str] | None:
        """When it was withdrawn, and why; None where it was not."""
        found = self.told.get("withdrawn")
        return found if isinstance(found, dict) else None


class KeptVersions:
    """The versions kept in the build folder of a release. A resource: close it with the release."""

    def __init__(self, release: Path) -> None:
        """``release`` is the folder of the current one, which lies among others in the build folder."""
        above = release.parent
        self._folder = above.parent / VERSIONS if above.name == RELEASES else None
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] = ()
        self._digest = ""
        self._all: Mapping[str, Version] = {}
        self._list = b""
        self._opened: OrderedDict[tuple[str, str], tuple[Closing, str]] = OrderedDict()
        self._used: dict[int, int] = {}  # by what is open, how many use it
        self._leaving: dict[int, Closing] = {}  # what is closed when nobody uses it any more

    @property
    def state(self) -> str:
        """What tells one state of the versions from another; empty where there are none."""
        self._look()
        return self._digest

    @property
    def all(self) -> Mapping[str, Version]:
        """The versions by name, newest first."""
        self._look()
        return self._all

    @property
    def list(self) -> bytes:
        """The list of them, as the file has it."""
        self._look()
        return self._list

    @contextmanager
    def using(self, version: Version, kind: str, opener: Callable[[Path], Any]) -> Iterator[Any]:
        """What ``opener`` makes of the folder of a ``version``, of one ``kind``, as long as it is used.

        Raises what ``opener`` does.
        """
        name = (kind, version.version)
        with self._lock:
            held, state = self._opened.get(name, (None, ""))
            if held is None or state != self._digest:
                if held is not None:
                    self._let_go(name)
                held = opener(version.folder)
                self._opened[name] = held, self._digest
            self._opened.move_to_end(name)
            self._used[id(held)] = self._used.get(id(held), 0) + 1
            while len(self._opened) > _MOST:
                self._let_go(next(iter(self._opened)))
        try:
            yield held
        finally:
            with self._lock:
                self._used[id(held)] -= 1
                if not self._used[id(held)]:
                    del self._used[id(held)]
                    if leaving := self._leaving.pop(id(held), None):
                        leaving.close()

    def close(self) -> None:
        """Close all that is open and not used. May be called again."""
        with self._lock:
            for name in list(self._opened):
                self._let_go(name)

    def _let_go(self, name: tuple[str, str]) -> None:
        held, _ = self._opened.pop(name)
        if id(held) in self._used:
            self._leaving[id(held)] = held
        else:
            held.close()

    def _look(self) -> None:
        """Read the list of versions where it has changed, and close what was opened before that."""
        seen = self._stamp()
        if seen == self._seen:
            return
        with self._lock:
            text = self._read() if seen else b""
            self._digest = hashlib.sha256(text).hexdigest()[:12] if text else ""
            self._all = {one.version: one for one in self._versions(text)}
            self._list = text if self._all else b""
            self._seen = seen
            for name in list(self._opened):
                self._let_go(name)

    def _stamp(self) -> tuple[int, ...]:
        if self._folder is None:
            return ()
        try:
            found = os.lstat(self._folder / INDEX)
        except OSError:
            return ()
        return (found.st_mtime_ns, found.st_size, found.st_ino) if stat.S_ISREG(found.st_mode) else ()

    def _read(self) -> bytes:
        assert self._folder is not None
        with suppress(OSError):
            with open(open_below(self._folder, INDEX), "rb") as file:
                return file.read(_MOST_OF_LIST)
        return b""

    def _versions(self, text: bytes) -> Iterator[Version]:
        """Those that are listed, and lie there as folders."""
        assert self._folder is not None or not text
        with suppress(ValueError, TypeError, KeyError, AttributeError, OSError):
            for one in loads(text)["releases"] if text else ():
                name = one["version"]
                folder = Path(self._folder or "", name)
                if _NAME.fullmatch(name) and stat.S_ISDIR(os.lstat(folder).st_mode):
                    yield Version(name, folder, one)
