# SPDX-License-Identifier: Apache-2.0
"""The difference between files before and after, as git writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff

_AROUND = 3  # lines that are shown beside what differs
_ALIKE = 0.5  # share of equal lines from which a file that goes and one that comes are one with another name
_NO_END = "\n\\ No newline at end of file\n"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file before and after: ``path`` is below the book's root, with ``/``.

    ``before`` is None where there is no such file yet, ``after`` where there is to be none.
    """

    path: str
    before: bytes | None
    after: bytes | None


def diff(changes: Sequence[FileChange]) -> str:
    """The differences of files as git tells them; the empty text where there are none."""
    names = _renamed(changes)
    olds = {old.path for old, _ in names.values()}
    parts: list[str] = []
    for change in sorted(changes, key=lambda one: one.path):
        if change.path in names:
            parts += _with_new_name(*names[change.path])
        elif change.path not in olds and change.before != change.after:
            parts += _of(change)
    return "".join(parts)


def _renamed(changes: Sequence[FileChange]) -> dict[str, tuple[FileChange, FileChange]]:
    """The files that get another name, by it: what goes, and what comes in its place."""
    going = [one for one in changes if one.after is None and one.before is not None]
    coming = [one for one in changes if one.before is None and one.after is not None]
    found = {}
    for new in coming if len(going) * len(coming) < 400 else ():
        best = max(going, key=lambda old: _share(old.before or b"", new.after or b""), default=None)
        if best is not None and _share(best.before or b"", new.after or b"") > _ALIKE:
            found[new.path] = (best, new)
            going.remove(best)
    return found


def _share(one: bytes, other: bytes) -> float:
    """The share of lines that two texts have in common, wherever they are."""
    if one == other:
        return 1.0
    return SequenceMatcher(None, one.split(b"\n"), other.split(b"\n"), autojunk=False).quick_ratio()


def _with_new_name(old: FileChange, new: FileChange) -> Iterator[str]:
    assert old.before is not None and new.after is not None  # noqa: PT018
    share = int(_share(old.before, new.after) * 100)
    yield f"diff --git a/{old.path} b/{new.path}\nsimilarity index {share}%\n"
    yield f"rename from {old.path}\nrename to {new.path}\n"
    if old.before != new.after:
        yield from _body(f"a/{old.path}", f"b/{new.path}", old.before, new.after)


def _of(change: FileChange) -> Iterator[str]:
    here, there = f"a/{change.path}", f"b/{change.path}"
    yield f"diff --git {here} {there}\n"
    if change.before is None:
        yield "new file mode 100644\n"
    elif change.after is None:
        yield "deleted file mode 100644\n"
    old = "/dev/null" if change.before is None else here
    new = "/dev/null" if change.after is None else there
    yield from _body(old, new, change.before or b"", change.after or b"")


def _body(old: str, new: str, before: bytes, after: bytes) -> Iterator[str]:
    texts = [_text(before), _text(after)]
    if texts[0] is None or texts[1] is None:
        yield f"Binary files {old} and {new} differ\n"
        return
    if texts[0] == texts[1]:
        return
    yield f"--- {old}\n+++ {new}\n"
    yield from _hunks(_lines(texts[0]), _lines(texts[1]))


def _text(data: bytes) -> str | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _lines(text: str) -> list[str]:
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop().removesuffix("\n")
    return [*lines, last] if last else lines


def _hunks(before: list[str], after: list[str]) -> Iterator[str]:
    """The hunks, with the lines that both texts begin and end with looked at once: most of a long file is equal."""
    start = 0
    least = min(len(before), len(after))
    while start < least and before[start] == after[start]:
        start += 1
    stop = 0
    while stop < least - start and before[-1 - stop] == after[-1 - stop]:
        stop += 1
    start, stop = max(start - _AROUND, 0), max(stop - _AROUND, 0)
    ours, theirs = before[start : len(before) - stop], after[start : len(after) - stop]
    for line in list(unified_diff(ours, theirs, n=_AROUND))[2:]:
        shown = _moved(line, start) if line.startswith("@@") else line
        yield shown if shown.endswith("\n") else shown + _NO_END


def _moved(header: str, lines: int) -> str:
    """The header of a hunk of texts that have so many lines before."""
    parts = header.split(" ")
    return " ".join([parts[0], *(_moved_range(one, lines) for one in parts[1:3]), *parts[3:]])


def _moved_range(said: str, lines: int) -> str:
    first, *count = said[1:].split(",")
    return said[0] + ",".join([str(int(first) + lines), *count])
