# SPDX-License-Identifier: Apache-2.0
"""What a freeze did, or would do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Told:
    """What is told before anything is written: about how many files and bytes, and the largest file.

    ``limits`` are those of hosts that the twin passes, in words; ``renamed`` counts records whose keys no file can be
    named by.
    """

    records: int
    files: int
    bytes: int
    largest: tuple[str, int]
    renamed: int = 0
    limits: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """In words."""
        yield f"{self.records:,} records: about {self.files:,} files, {size(self.bytes)}"
        path, most = self.largest
        yield f"the largest is {path}, {size(most)}"
        if self.renamed:
            yield f"{self.renamed:,} records lie below -/records/: no file can be named by their keys everywhere"
        yield from self.limits


@dataclass(frozen=True, slots=True)
class Frozen:
    """A static twin: how many ``files`` and ``bytes`` it has, and what of that was ``written`` or ``removed`` now.

    ``failed`` are pages that say that something could not be answered, by their paths.
    """

    release: str
    records: int
    files: int
    bytes: int
    written: int
    unchanged: int
    removed: int
    seconds: float
    told: Told
    failed: tuple[str, ...] = field(default=())

    def lines(self) -> Iterator[str]:
        """In words."""
        yield (
            f"{self.files:,} files, {size(self.bytes)}: {self.written:,} written, {self.unchanged:,} as they were, "
            f"{self.removed:,} removed, in {self.seconds:.1f} seconds"
        )
        for path in self.failed:
            yield f"{path} says that it has no answer"


def size(count: int) -> str:
    """A number of bytes in words."""
    for unit, one in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= one:
            return f"{count / one:,.1f} {unit}"
    return f"{count} bytes"
