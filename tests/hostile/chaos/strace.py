# SPDX-License-Identifier: Apache-2.0
"""What ``strace`` says of a command: its system calls in order, of all its threads and processes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.chaos.calls import CALLS
from tests.hostile.chaos.warm import Ran

NAMES = tuple(CALLS)
_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+|\?)(?:<(.*)>)?(?: (E\w+) .*?)?( \(INJECTED\))?")
_HALF = re.compile(r"(\d+) +(\w+)\((.*?),? ?<unfinished \.\.\.>")
_REST = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)")


@dataclass(frozen=True, slots=True)
class Traced:
    """A call, which began and ended at lines of the trace.

    ``files`` are those of its descriptors, ``names`` its paths as they were written.
    """

    begun: int
    ended: int
    thread: int
    name: str
    files: tuple[str, ...]
    names: tuple[str, ...]
    flags: str
    error: str

    @property
    def paths(self) -> list[str]:
        """The paths that it is about, whole: names below the folder of a descriptor, or of the process."""
        found = []
        above = list(self.files)
        for name in self.names:
            folder = above.pop(0) if above and self.name.endswith(("at", "at2")) else ""
            found.append(name if name.startswith("/") else f"{folder}/{name}")
        return found or list(self.files)


def is_there() -> bool:
    """Whether there is ``strace`` here, and it may trace."""
    if not shutil.which("strace"):
        return False
    return subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


def traced(arguments: Sequence[str], aside: Path, home: Path, injected: str = "") -> tuple[Ran, list[Traced]]:
    """Run ``sourcebook`` in a Python of its own under strace, which may have a failure ``injected``."""
    log = aside / "strace"
    command = [shutil.which("strace") or "strace", "-f", "-y", "-qq", "-s", "0", "-o", str(log)]
    command += ["-e", f"trace={','.join(NAMES)}", *(["-e", f"inject={injected}"] if injected else [])]
    command += [sys.executable, "-B", "-m", "sourcebook.cli", *arguments]
    # Strings of names are always shown whole, those that are written not at all.
    said = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=aside,
        env=os.environ | {"PATH": "/nowhere", "HOME": str(home), "XDG_STATE_HOME": ""},
    )
    return Ran(said.returncode, said.stdout, said.stderr), parsed(log.read_text("utf-8", "replace").splitlines())


def parsed(lines: Sequence[str]) -> list[Traced]:
    """The calls of a trace, in the order in which they ended."""
    begun: dict[str, tuple[int, str]] = {}
    found = []
    for place, text in enumerate(lines):
        first, line = place, text
        if half := _HALF.match(line):
            begun[half[1]] = place, f"{half[1]} {half[2]}({half[3]}"
            continue
        if rest := _REST.match(line):
            if rest[1] not in begun:
                continue
            first, before = begun.pop(rest[1])
            line = before + rest[3]
        if match := _LINE.match(line):
            found.append(_call(first, place, match))
    return found


def _call(begun: int, ended: int, match: re.Match[str]) -> Traced:
    name, inner = match[2], match[3]
    files = tuple(re.findall(r"(?:\d+|AT_FDCWD)<([^>]*)>", inner))
    names = tuple(re.findall(r'"((?:[^"\\]|\\.)*)"(?!\.\.\.)', inner))
    flags = "|".join(re.findall(r"\b[OA][A-Z]*_[A-Z_]+(?:\|[A-Z_]+)*", inner))
    return Traced(begun, ended, int(match[1]), name, files, names, flags, match[6] or "")
