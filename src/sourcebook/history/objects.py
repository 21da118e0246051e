# SPDX-License-Identifier: Apache-2.0
"""Git's objects, read as they are: what replaces or grafts them in one clone is not looked at.

Two processes answer for all that is asked: one says how large objects are, the other gives them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

from sourcebook.errors import EnvironmentFailure
from sourcebook.git import NO_GIT, Process, begun

AS_THEY_ARE = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": os.devnull}
"""What has git tell of commits as they were made, in every clone alike."""
TOO_LARGE = 2
"""What stands for the bytes of an object that is larger than was allowed."""
_AT_ONCE = 400  # names that are written before answers are read: fewer than a pipe holds


class Objects:
    """The objects of the repository that a folder lies in. A resource: use it in a ``with`` statement.

    ``read`` and ``bytes`` count what was given; ``missing`` are those that are not here, as in a partial clone, after
    the first of which nothing more is asked.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: dict[str, Process] = {}
        self.read = self.bytes = 0
        self.missing = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self._processes.values():
            process.kill()
            with suppress(BrokenPipeError):
                process.communicate()
        self._processes.clear()

    def sizes(self, names: Iterable[str]) -> Iterator[tuple[str, str, int]]:
        """The kind and the size of each object, in order; the empty text and 0 of one that is not here."""
        for name, head, _ in self._answers("--batch-check", list(names)):
            kind, size = (head[1].decode(), int(head[2])) if len(head) == _PARTS else ("", 0)
            yield name, kind, size

    def called(self, names: Iterable[str]) -> dict[str, str]:
        """What objects are called that are named otherwise, as by ``COMMIT:PATH``; those that there are."""
        return {
            name: head[0].decode()
            for name, head, _ in self._answers("--batch-check", list(names))
            if len(head) == _PARTS
        }

    def contents(self, names: Iterable[str], limit: int) -> Iterator[tuple[str, bytes | int | None]]:
        """The bytes of each blob, in order: `TOO_LARGE` where it has more than ``limit``, None where it is not here."""
        wanted = list(dict.fromkeys(names))
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            told = list(self.sizes(some))
            good = [name for name, kind, size in told if kind == "blob" and size <= limit]
            given = {name: data for name, _, data in self._answers("--batch", good)}
            for name, kind, size in told:
                data = given.get(name)
                if kind == "blob" and size > limit:
                    yield name, TOO_LARGE
                    continue
                self.missing |= data is None
                self.read += data is not None
                self.bytes += len(data or b"")
                yield name, data

    def _answers(self, way: str, names: list[str]) -> Iterator[tuple[str, list[bytes], bytes | None]]:
        """The head of each answer, and what comes after it where ``way`` gives that."""
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            output = self._asked(way, some)
            for name in some:
                head = output.readline().split() if output else []
                data = None
                if way == "--batch" and output and len(head) == _PARTS:
                    data = output.read(int(head[2]))
                    output.read(1)  # the line break after each
                yield name, head, data

    def _asked(self, way: str, names: list[str]) -> IO[bytes] | None:
        """Where the answers come; None once git has ended, which it does at what it would have to fetch."""
        if way not in self._processes:
            process = begun(self._folder, AS_THEY_ARE, "cat-file", way, asked=True)
            if process is None:
                raise EnvironmentFailure(NO_GIT)
            self._processes[way] = process
        process = self._processes[way]
        try:
            assert process.stdin is not None
            process.stdin.write("".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape"))
            process.stdin.flush()
        except BrokenPipeError:
            return None
        return process.stdout


_PARTS = len(("name", "kind", "size"))
