# SPDX-License-Identifier: Apache-2.0
"""The process that keeps a book in memory: it is told which files have changed, and tells what became of that.

It speaks over a socket, a line of JSON a message. It ends with the process that started it.
"""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import sys
import time
import traceback
from dataclasses import astuple
from pathlib import Path
from typing import Any

from sourcebook.dev.anew import read_anew
from sourcebook.dev.state import State
from sourcebook.errors import SourcebookError
from sourcebook.finding import Finding


class Keeper:
    """Keeps the book in ``root``; private databases lie in ``top``, and ``wire`` leads to who serves them."""

    def __init__(self, root: Path, top: Path, wire: socket.socket) -> None:
        self._root, self._top = root, top
        self._kept = top / "kept"
        self._kept.mkdir()
        self._lines = wire.makefile("rwb")
        self._state: State | None = None
        self._pending: set[str] = set()
        self._behind = 0
        self._version = self._number = 0
        self._waiting: list[dict[str, Any]] = []

    def run(self) -> None:
        """Read the book, and follow it, until nobody asks any more."""
        self._anew("the book is read")
        while (asked := self._heard()) is not None:
            if "changed" in asked:
                self._follow(asked["changed"])

    def _heard(self) -> dict[str, Any] | None:
        if self._waiting:
            return self._waiting.pop(0)
        line = self._lines.readline()
        return json.loads(line) if line else None

    def _say(self, **told: Any) -> None:
        self._lines.write(json.dumps(told).encode() + b"\n")
        self._lines.flush()

    def _hold(self) -> None:
        """Have nobody begin to read the database, until all of it is as it is told next."""
        self._say(kind="hold")
        while True:
            line = self._lines.readline()
            if not line:
                raise EOFError
            asked = json.loads(line)
            if "go" in asked:
                return
            self._waiting.append(asked)

    def _follow(self, paths: list[str]) -> None:
        begun = time.perf_counter()
        self._pending.update(paths)
        self._behind += 1
        if self._state is None:
            self._anew("the book is read")
            return
        try:
            outcome = self._state.attempt(self._pending, self._hold)
        except (sqlite3.Error, OverflowError, OSError) as error:
            self._anew(f"the edit could not be put in: {error}")
            return
        if outcome.what == "anew":
            self._anew(outcome.why)
            return
        if outcome.what == "held":
            self._tell(outcome.findings, begun, paths)
            return
        self._version += outcome.what == "shown"
        self._pending.clear()
        self._behind = 0
        self._tell(self._state.findings, begun, paths)

    def _anew(self, why: str) -> None:
        begun = time.perf_counter()
        self._say(kind="reading", why=why)
        self._number += 1
        folder = self._top / f"preview-{self._number}"
        folder.mkdir()
        try:
            state, findings, _ = read_anew(self._root, folder, self._kept)
        except (SourcebookError, OSError, sqlite3.Error, OverflowError) as error:
            state, findings = None, [Finding("", 0, 0, "book", str(error))]
        changed = sorted(self._pending)
        if state is None:
            shutil.rmtree(folder)
            self._number -= 1
            self._behind = max(self._behind, 1)
            self._tell(findings, begun, changed)
            return
        before, self._state = self._state, state
        self._pending.clear()
        self._behind, self._version = 0, self._version + 1
        self._tell(findings, begun, changed)
        if before is not None:
            before.close()

    def _tell(self, findings: Any, begun: float, paths: list[str]) -> None:
        self._say(
            kind="told",
            version=self._version,
            folder=f"preview-{self._number}" if self._state else "",
            behind=self._behind,
            findings=[astuple(one) for one in findings],
            seconds=time.perf_counter() - begun,
            paths=paths,
        )


def main() -> None:
    """``python -m sourcebook.dev.keeper ROOT FOLDER HANDLE``."""
    import signal

    for name in ("SIGINT", "SIGHUP"):  # which reach every process of a terminal: this one ends after the server
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    root, top, handle = sys.argv[1:]
    with socket.socket(fileno=int(handle)) as wire:
        try:
            Keeper(Path(root), Path(top), wire).run()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return
        except Exception:
            traceback.print_exc()
            sys.exit(1)


if __name__ == "__main__":
    main()
