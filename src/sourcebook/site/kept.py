# SPDX-License-Identifier: Apache-2.0
"""The versions of a book that are kept beside its current release: listed, and opened when one of them is asked for.

They may be replaced or emptied while the site is served: what is taken down goes from every version. Where they lie is
looked at with each request; what was opened before anything changed there is not used any more.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sourcebook.errors import EnvironmentFailure
from sourcebook.exact import dumps
from sourcebook.publish.ground import INDEX, RELEASES, VERSIONS
from sourcebook.publish.kept import Version, check_own, kept, wrong_in
from sourcebook.publish.key import key_of
from sourcebook.publish.listing import index
from sourcebook.publish.release import REPORT, SUMS
from sourcebook.publish.seal import is_sealed

_MOST = 4  # versions that are open at the same time

log = logging.getLogger("sourcebook.site")


class Closing(Protocol):
    """Something that is open, and to be closed."""

    def close(self) -> None:
        """Let go of it. May be called again."""


class KeptVersions:
    """The versions kept in the build folder of a release. A resource: close it with the release."""

    def __init__(self, release: Path) -> None:
        """``release`` is the folder of the current one, which lies among others in the build folder."""
        self._release = release
        self._build = release.parent.parent if release.parent.name == RELEASES else None
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] | None = None
        self._digest = ""
        self._all: Mapping[str, Version] = {}
        self._list = b""
        self._opened: OrderedDict[tuple[str, str], tuple[Closing, str]] = OrderedDict()
        self._used: dict[int, int] = {}  # by what is open, how many use it
        self._leaving: dict[int, Closing] = {}  # what is closed when nobody uses it any more
        self._reading = threading.Lock()
        self._whole: dict[tuple[str, str], bool] = {}  # by version and digest, whether its files were found whole

    @property
    def state(self) -> str:
        """What tells one state of the versions from another; empty where there are none."""
        self._look()
        return self._digest

    @property
    def is_known(self) -> bool:
        """Whether nothing has changed since they were looked at: to ask for anything then takes no time."""
        return self._stamp() == self._seen

    @property
    def all(self) -> Mapping[str, Version]:
        """The versions by name, newest first."""
        self._look()
        return self._all

    @property
    def list(self) -> bytes:
        """The list of them, as JSON for mirrors."""
        self._look()
        return self._list

    def is_whole(self, version: Version) -> bool:
        """Whether the files of a version are what its checksums say: all are read, once for each state of the versions.

        Its seal is of the checksums alone, and files may be changed under them.
        """
        name = (version.version, self.state)
        with self._reading:
            if name not in self._whole:
                try:
                    wrong = wrong_in(version)
                except OSError as error:
                    log.error("version %s cannot be read: %s", version.version, error)
                    return False
                for path in wrong[:1]:
                    log.error(
                        "%s is not as it was kept; version %s is not shown", version.folder / path, version.version
                    )
                self._whole = {one: whole for one, whole in self._whole.items() if one[1] == name[1]}
                self._whole[name] = not wrong
            return self._whole[name]

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
        """Read which versions there are where that has changed, and close what was opened before."""
        seen = self._stamp()
        if seen == self._seen:
            return
        with self._lock:
            if seen == self._seen:
                return
            self._all = {one.version: one for one in self._versions()} if seen else {}
            self._list = self._listed() if self._all else b""
            self._digest = hashlib.sha256(self._list).hexdigest()[:12] if self._list else ""
            self._seen = seen
            for name in list(self._opened):
                self._let_go(name)

    def _stamp(self) -> tuple[int, ...]:
        """What changes when a version is added, replaced or emptied: its folder is renamed, and the list written."""
        if self._build is None:
            return ()
        found = []
        for path in (self._build / VERSIONS, self._build / VERSIONS / INDEX):
            try:
                stat = os.lstat(path)
            except OSError:
                continue
            found += [stat.st_mtime_ns, stat.st_size, stat.st_ino]
        return tuple(found)

    def _versions(self) -> Iterator[Version]:
        """The versions that lie there; where the current release bears a seal, those that do as well."""
        assert self._build is not None
        try:
            sealed = is_sealed(self._release, REPORT, SUMS, key_of(self._build.parent))
            versions = kept(self._build)
        except (EnvironmentFailure, OSError) as error:
            log.error("the versions that are kept cannot be shown: %s", error)
            return
        for one in versions:
            try:
                if sealed:
                    check_own(self._build, one)
                yield one
            except EnvironmentFailure as error:
                log.error("%s", error)

    def _listed(self) -> bytes:
        """The list of versions: made of what lies there, less what is not shown."""
        assert self._build is not None
        try:
            found: dict[str, Any] = index(self._build)
        except (EnvironmentFailure, OSError) as error:
            log.error("the versions that are kept cannot be listed: %s", error)
            return b""
        found["releases"] = [one for one in found["releases"] if one["version"] in self._all]
        return dumps(found, indent=2).encode("utf-8", "replace") + b"\n"
