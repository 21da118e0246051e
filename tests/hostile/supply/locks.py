# SPDX-License-Identifier: Apache-2.0
"""Lock files as they are installed: each package at one version, with the hashes of its files, from no named place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
_PINNED = re.compile(r"([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Locked:
    """A package of a lock file; ``marker`` says where it is wanted, empty for everywhere."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def locked(lock: Path) -> list[Locked]:
    """The packages of a lock file. Raises ValueError where one is without a version or a hash, or a place is named."""
    return [_one(lock.name, line) for line in _lines(lock.read_text("utf-8"))]


def _lines(text: str) -> Iterator[str]:
    whole = re.sub(r"\\\n", " ", text)
    return (line for one in whole.splitlines() if (line := one.partition(" #")[0].strip()) and not line.startswith("#"))


def _one(file: str, line: str) -> Locked:
    if "://" in line or line.startswith("-"):
        raise ValueError(f"{file} names a place or an option: {line[:100]}")
    head, _, _ = line.partition(" --hash")
    found = _PINNED.fullmatch(head.strip())
    hashes = tuple(_HASH.findall(line))
    if not found or not hashes or line.count("--hash") != len(hashes):
        raise ValueError(f"{file}: not one version with its hashes: {line[:100]}")
    return Locked(found[1], found[2], (found[3] or "").strip(), hashes)
