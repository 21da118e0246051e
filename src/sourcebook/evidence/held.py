# SPDX-License-Identifier: Apache-2.0
"""Texts that are held here, in a folder that is no part of what is published: ``sources/KEY.txt``, ``.html``, ``.pdf``.

Links are not followed. What is no plain text is read apart, by processes that may be ended: files that were fetched
from somewhere are hostile. A text that is there and cannot be read is told, and never passed over.
"""

from __future__ import annotations

import os
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from time import monotonic

from sourcebook import files
from sourcebook.apart import Allowed, At, Over, mapped
from sourcebook.evidence.normalise import normalised, paragraphs
from sourcebook.evidence.refused import Refused
from sourcebook.evidence.tokens import Tokens

FOLDER = "sources"
"""Where texts are held in a book's own folder."""
VARIABLE = "SOURCEBOOK_SOURCES"
"""The variable of the environment that names another folder."""
ENDINGS = (".txt", ".html", ".htm", ".pdf")
"""Endings of texts: where a text is held in several forms, the first of them is read."""
LARGEST = 64 * 1024 * 1024
LONGEST = 16_000_000
"""Characters of a text that is read."""
_LINES = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_SECONDS = 60.0
_MEMORY = 2 * 1024 * 1024 * 1024
_SLOW = 5.0
"""Seconds that a text may take before it counts as slow."""
_SLOW_IN_ALL = 180.0
"""Seconds beyond these that all slow texts of a folder may take together: no book has a build wait for hours."""


@dataclass(frozen=True)
class Text:
    """A text that is held: the key of its source, the name of its file, and by what it was read (``pypdf 7.1.1``).

    ``raw`` is as it was read, ``text`` normalised.
    """

    key: str
    name: str
    by: str
    raw: str = field(repr=False)

    @cached_property
    def text(self) -> str:
        """Normalised: what anchors count in."""
        return normalised(self.raw)

    @cached_property
    def tokens(self) -> Tokens:
        """The tokens of that."""
        return Tokens(self.text)

    @cached_property
    def paragraphs(self) -> list[tuple[int, int]]:
        """Where each paragraph begins and ends, in the normalised text; of a PDF each page is one."""
        spans, at = [], 0
        for one in paragraphs(self.raw):
            spans.append((at, at + len(one)))
            at += len(one) + 1
        return spans

    @cached_property
    def lines(self) -> list[int]:
        """Where each line of the file begins in the normalised text; none of a file that has pages or elements."""
        if not self.name.endswith(".txt"):
            return []
        starts, at, joined = [], 0, True
        for line in _LINES.split(self.raw):
            one = normalised(line)
            starts.append(at if joined or not at else at + 1)
            if one:
                at = starts[-1] + len(one)
                joined = line.rstrip().endswith("\xad")
        return starts

    def line(self, at: int) -> int:
        """The number of the line of a place, from 1; 0 where there are none."""
        return bisect_right(self.lines, at)

    def paragraph(self, at: int) -> int:
        """The number of the paragraph of a place, from 1."""
        return next((number for number, (_, end) in enumerate(self.paragraphs, start=1) if at < end), 0)


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that is held and cannot be read: the name of its file, why, and what to do."""

    name: str
    why: str
    hint: str = ""


@dataclass(frozen=True)
class Held:
    """The texts in a folder: of the book at ``root`` its own, or any ``folder`` that a person has named."""

    root: Path
    folder: Path | None = None
    _read: dict[str, Text | Unread | None] = field(default_factory=dict, compare=False, repr=False)
    _slow: list[float] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def of(cls, root: Path, said: str | os.PathLike[str] | None = None) -> Held:
        """Those of the book at ``root``: in the folder that is ``said``, or that the environment names, or its own."""
        chosen = said or os.environ.get(VARIABLE)
        return cls(root, Path(chosen) if chosen else None)

    @property
    def where(self) -> Path:
        """The folder."""
        return self.folder or self.root / FOLDER

    @cached_property
    def names(self) -> Mapping[str, list[str]]:
        """By the key of its source, the names of the files that hold a text, in the order of `ENDINGS`."""
        found: dict[str, list[str]] = {}
        if self.folder is None and files.kind(self.where) != "folder":
            return found
        try:
            with os.scandir(self.where) as entries:
                names = sorted(entry.name for entry in entries)
        except (FileNotFoundError, NotADirectoryError):
            return found
        for ending in ENDINGS:
            for name in names:
                if name.endswith(ending) and not name.startswith("."):
                    found.setdefault(_key(name.removesuffix(ending)), []).append(name)
        return found

    def text(self, key: object) -> Text | Unread | None:
        """The text of a source by its key; None where none is held. Raises OSError where the disk fails."""
        wanted = _key(file_of(key))
        if wanted not in self._read:
            names = self.names.get(wanted)
            self._read[wanted] = self._held(str(key), names[0]) if names else None
        return self._read[wanted]

    def others(self, key: object) -> list[str]:
        """Files that hold the text of a source too, and are not read."""
        return self.names.get(_key(file_of(key)), [])[1:]

    def stamps(self) -> Iterator[tuple[str, int, int, int, int]]:
        """What changes when a text does: of each file its name, size, times and number."""
        for names in self.names.values():
            for name in names:
                status = (self.where / name).lstat()
                yield name, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino

    def _held(self, key: str, name: str) -> Text | Unread:
        within = (self.root, f"{FOLDER}/{name}") if self.folder is None else (self.folder, name)
        data, finding = files.read_bytes(*within, LARGEST)
        if finding:
            return Unread(name, finding.message, finding.hint)
        if len(data) > LARGEST:
            return Unread(name, f"it has more than {LARGEST // 1024 // 1024} MB", "keep its text alone")
        if name.endswith(".txt"):
            return read(key, name, data)
        digest = sha256(data).digest()  # a preview checks again and again, and a library takes its time
        kept = _KEPT.get((name, digest))
        if kept is None or kept.key != key:
            if sum(self._slow) > _SLOW_IN_ALL:
                return Unread(name, "others took too long to read before it", "keep its text beside it, as .txt")
            begun = monotonic()
            found = read(key, name, data)
            self._slow.append(max(0.0, monotonic() - begun - _SLOW))
            if isinstance(found, Unread) or len(found.raw) > _KEPT_MOST:
                return found
            while len(_KEPT) >= _KEPT_TEXTS:
                _KEPT.pop(next(iter(_KEPT)))
            kept = _KEPT[name, digest] = found
        return kept


_KEPT: dict[tuple[str, bytes], Text] = {}
_KEPT_TEXTS = 8
_KEPT_MOST = 4_000_000  # characters


def file_of(key: object) -> str:
    """The name of the file of a text, without its ending: the key, in which no slash can stand."""
    return str(key).replace("%", "%25").replace("/", "%2F") if "/" in str(key) else str(key)


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name)  # of systems that keep names decomposed


def read(key: str, name: str, data: bytes) -> Text | Unread:
    """The text that a file's bytes hold, by its name's ending."""
    if name.endswith(".txt"):
        try:
            found: str | Unread = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            return Unread(name, f"its bytes are no UTF-8 text, from byte {error.start:,} on", "save it as UTF-8")
        by = "UTF-8"
    else:
        is_pdf = name.endswith(".pdf")
        door = _pdf if is_pdf else _html
        try:
            by, task = door(data)
        except ImportError as error:
            return Unread(name, f"{error.name} is not installed", "pip install 'sourcebook[text]'")
        found = _apart(name, task)
    if isinstance(found, Unread):
        return found
    if len(found) > LONGEST:
        return Unread(name, f"its text has more than {LONGEST:,} characters", "keep the part of it that is cited")
    if not found.strip():
        return Unread(name, "it holds no text", "a scan has pictures of words: keep a text of it beside it, as .txt")
    return Text(key, name, by, found)


def _pdf(data: bytes) -> tuple[str, Callable[[], str]]:
    from sourcebook.evidence.pdf import VERSION, text_of

    return VERSION, lambda: text_of(data, LONGEST)


def _html(data: bytes) -> tuple[str, Callable[[], str]]:
    from sourcebook.evidence.html import VERSION, text_of

    return VERSION, lambda: text_of(data, LONGEST)


def _apart(name: str, task: Callable[[], str]) -> str | Unread:
    """What a library makes of a file, in a process that may be ended."""

    def done(_number: int, _at: At) -> tuple[bool, str]:
        try:
            return True, task()
        except MemoryError:
            raise
        except Refused as error:
            return False, str(error)
        except Exception as error:  # what a library says of a file may hold some of it
            return False, f"what reads it says {type(error).__name__}"

    allowed = Allowed(_SECONDS, memory=_MEMORY, result=5 * LONGEST)
    came = next(iter(mapped(done, 1, allowed)))
    if isinstance(came, Over):
        return Unread(name, _OVER[came.what], "keep its text beside it, as .txt")
    is_read, found = came
    return found if is_read else Unread(name, found, "keep its text beside it, as .txt")


_OVER = {
    "time": f"it takes more than {_SECONDS:.0f} s to read",
    "memory": "it takes more memory to read than it may",
    "result": f"its text has more than {LONGEST:,} characters",
    "end": "what reads it breaks down on it",
}
