# SPDX-License-Identifier: Apache-2.0
"""What is read, by name, with the seeds that mutants are made of."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.hostile.fuzz import books, forged, reading, seeds, serving

CORPUS = Path(__file__).parent / "corpus"

Run = Callable[[bytes], object]
"""Reads an input and judges what comes of it. It gives what tells that, by repr: the same for the same input."""


@dataclass(frozen=True)
class Target:
    """Something that reads. ``prepare`` is called in the process that will run it, with a folder of its own."""

    name: str
    prepare: Callable[[Path], Run]
    seeds: Sequence[bytes]
    words: Sequence[bytes] = ()
    headed: bool = False
    shaped: bool = False
    seconds: float = 1.0  # of one input
    bytes: int = 200_000_000  # that one input may take more than all before it

    @property
    def corpus(self) -> list[Path]:
        """The kept inputs."""
        return sorted(path for path in (CORPUS / self.name).glob("*") if path.is_file())

    @property
    def everything(self) -> list[bytes]:
        """The seeds, and the kept inputs."""
        return [*self.seeds, *(path.read_bytes() for path in self.corpus)]


class Targets:
    """All targets. What is built for them is built when it is first asked for, below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.makers: dict[str, Callable[[], Target]] = {
            "yaml": lambda: Target("yaml", lambda _: reading.yaml, seeds.records(), shaped=True),
            "json": lambda: Target("json", lambda _: reading.json_file, seeds.json_files(), shaped=True),
            "json-lines": lambda: Target("json-lines", lambda _: reading.json_lines, seeds.lines()),
            "front-matter": lambda: Target("front-matter", lambda _: reading.page, seeds.pages()),
            "descriptor": lambda: Target("descriptor", books.descriptor, seeds.descriptors(), shaped=True),
            "schema": lambda: Target("schema", books.schema, seeds.schemas(), seeds.KEYWORDS, shaped=True),
            "baseline": lambda: Target("baseline", books.baseline, seeds.baselines(), shaped=True),
            "sql": lambda: Target("sql", books.sql, seeds.scripts(), headed=True),
            "record": lambda: Target("record", books.record(seeds.BOOKS), seeds.of_books(), headed=True, shaped=True),
            "book": lambda: Target(
                "book", books.book, seeds.of_small_book(), seeds.KEYWORDS, headed=True, shaped=True, seconds=3
            ),
            "adopt": lambda: Target("adopt", books.adopt, seeds.found(), headed=True, shaped=True, seconds=5),
            "verify": lambda: Target("verify", forged.verify, self._forged, headed=True, shaped=True, seconds=3),
            "page": lambda: Target("page", serving.page(self._harbour), self._addresses, seeds.PARAMETERS, seconds=2),
            "search": lambda: Target(
                "search", serving.found(self._harbour), serving.TYPED, (b'"', b"OR", b"NEAR", b"*")
            ),
            "headers": lambda: Target("headers", lambda _: serving.headers, serving.HEADERS, seeds.OF_HEADERS),
        }

    def __call__(self, name: str) -> Target:
        """The target of a name."""
        return self.makers[name]()

    @cached_property
    def _harbour(self) -> Path:
        return serving.harbour(self._folder)

    @cached_property
    def _addresses(self) -> list[bytes]:
        return serving.addresses(self._harbour)

    @cached_property
    def _forged(self) -> list[bytes]:
        return forged.seeds(self._folder / "jetties")


def memory() -> str | None:
    """A folder in memory, where there is one: what is written there for each input need not go to a disk."""
    return next((folder for folder in ("/dev/shm",) if os.access(folder, os.W_OK)), None)  # noqa: S108


@contextmanager
def targets() -> Iterator[Targets]:
    """All targets, while their folder is there."""
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=memory()) as folder:
        yield Targets(Path(folder))
