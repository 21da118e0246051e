# SPDX-License-Identifier: Apache-2.0
"""A proposal judged, by a check of the book as it would be, and written: all files or none."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sourcebook import files
from sourcebook.book import BUILD, load_book
from sourcebook.check.check import check
from sourcebook.edit.journal import alone, carry_out
from sourcebook.edit.model import Proposal
from sourcebook.errors import EnvironmentFailure
from sourcebook.finding import Finding
from sourcebook.progress import Progress, silent


def write(proposal: Proposal) -> None:
    """Write the files of a proposal, all or none; what an earlier one left half-way, being killed, is put back first.

    Raises Changed where a file is not what it was when the proposal was made, EnvironmentFailure where another change
    is being written or links are in the way, OSError where the disk fails: then nothing was written.
    """
    changes = tuple(one for one in proposal.changes if one.before != one.after)
    if changes:
        with alone(proposal.root) as folder:
            carry_out(proposal.root, folder, changes)


def judged(proposal: Proposal, *, jobs: int = 0, progress: Progress = silent) -> tuple[Finding, ...]:
    """The findings that the book would have after a proposal, and has not now, wherever their lines have moved to.

    Findings of the baseline are not told: what was known and is mended leaves an entry there, which is no mistake of
    the change. Raises OSError where the disk fails.
    """
    if not any(one.before != one.after for one in proposal.changes):
        return ()
    with copied(proposal) as root:
        after = [one for one in check(root, jobs=jobs, progress=progress).findings if one.rule != "baseline"]
    if not after:
        return ()
    now = check(proposal.root, jobs=jobs, progress=progress)
    before = [*now.findings, *now.known]
    known = {one.fingerprint for one in before} | proposal.seen
    new = [one for one in after if one.fingerprint not in known]
    still = {one.fingerprint for one in after}
    moved = Counter(_kind(one) for one in before if one.fingerprint not in still)
    return tuple(one for one in new if not _taken(moved, _kind(one)))


def states(root: Path) -> dict[str, tuple[int, ...]]:
    """What tells of each file that a check of the book in ``root`` may read whether it was written since."""
    found: dict[str, tuple[int, ...]] = {}
    for entry, path in _entries(root):
        if not entry.is_dir(follow_symlinks=False):
            with suppress(FileNotFoundError):
                state = entry.stat(follow_symlinks=False)
                found[path] = (state.st_ino, state.st_size, state.st_mtime_ns)
    return found


def _kind(finding: Finding) -> tuple[str, str, str]:
    """What is left of a finding when its record gets another key or file."""
    return finding.rule, finding.level, finding.message


def _taken(counted: Counter[tuple[str, str, str]], kind: tuple[str, str, str]) -> bool:
    if not counted[kind]:
        return False
    counted[kind] -= 1
    return True


@contextmanager
def copied(proposal: Proposal) -> Iterator[Path]:
    """A copy of the book as it would be: files by a second name where the disk allows it, those that change anew."""
    root = proposal.root
    changed = {one.path: one.after for one in proposal.changes}
    near = root / BUILD if files.kind(root / BUILD) == "folder" and os.access(root / BUILD, os.W_OK) else None
    if near:
        _sweep(near)
    with tempfile.TemporaryDirectory(prefix=_JUDGED if near else "sourcebook-judged-", dir=near) as aside:
        copy = Path(aside, root.name or "book")
        copy.mkdir()
        _link_all(root, copy, changed.keys())
        for path, data in changed.items():
            if data is not None:
                there = copy / path
                there.parent.mkdir(parents=True, exist_ok=True)
                if there.parent.resolve() != copy.resolve() / Path(path).parent:
                    raise EnvironmentFailure(f"{path}: it is reached by a link; links are not followed")
                there.write_bytes(data)
        yield copy


_JUDGED = ".judged-"
_OLD = 86_400  # seconds after which nobody judges any longer


def _sweep(build: Path) -> None:
    """Remove the copies of those who were killed."""
    for path in build.glob(f"{_JUDGED}*"):
        with suppress(OSError):
            if files.kind(path) == "folder" and time.time() - path.lstat().st_mtime > _OLD:
                files.remove(path)


_LEFT_OUT = (BUILD, ".git", "node_modules")


def _passed(root: Path) -> Callable[[str], bool]:
    """Whether a folder in the book's own holds nothing that a check reads: hidden ones in which no pattern looks."""
    bases = {files.base(pattern) for one in load_book(root).collections for pattern in one.records}
    tops = {base.partition("/")[0] for base in bases}
    return lambda name: name in _LEFT_OUT or (name.startswith(".") and "" not in tops and name not in tops)


def _entries(root: Path) -> Iterator[tuple[os.DirEntry[str], str]]:
    """All files and folders of a book that a check may read, with their paths; a folder before what is in it."""
    passed = _passed(root)
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(root / folder if folder else root) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    if not folder and passed(entry.name):
                        continue
                    waiting.append(path)
                yield entry, path


def _link_all(root: Path, copy: Path, but: Container[str]) -> None:
    """Have all files of a book in another folder, but for some; links as links, for a check says what they are."""
    linking = True
    for entry, path in _entries(root):
        if entry.is_dir(follow_symlinks=False):
            (copy / path).mkdir()
        elif path in but:
            continue
        elif entry.is_symlink():
            (copy / path).symlink_to(os.readlink(entry.path))
        elif entry.is_file(follow_symlinks=False):
            linking = linking and _linked(entry.path, copy / path)
            if not linking:
                shutil.copyfile(entry.path, copy / path)


def _linked(path: str, there: Path) -> bool:
    try:
        os.link(path, there, follow_symlinks=False)
    except OSError:
        return False
    return True
