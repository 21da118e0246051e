# SPDX-License-Identifier: Apache-2.0
"""A package and a change set to the next package, byte for byte; or a reason why not, and then nothing is written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sourcebook import files
from sourcebook.changeset.form import read
from sourcebook.changeset.model import ChangeSet, Documents, FilePart, Refused, Run
from sourcebook.changeset.package import Package, as_text, digest
from sourcebook.changeset.texts import Extract, extract, extract_text, line_of, lines_of
from sourcebook.errors import UsageError
from sourcebook.exact import STRICT, loads
from sourcebook.extract import PACKAGE


@dataclass(frozen=True)
class Applied:
    """What came of a set: the ``folder`` of the new package, and the paths of the files that were ``made``.

    ``missing`` are files of the new package that are not there: the set does not hold them, or they are made of files
    that the old package did not have.
    """

    folder: Path
    made: tuple[str, ...]
    missing: tuple[str, ...]


def applied(package: Path | str, change_set: ChangeSet | Path | str, to: Path | str) -> Applied:
    """Write the package that ``change_set`` makes of ``package`` into a new folder ``to``.

    Raises Refused where the set is damaged, or not one of this package; UsageError where ``package`` is none, or there
    is something at ``to``; OSError where the disk fails. Whichever it is, nothing is left at ``to``.
    """
    target = Path(to)
    if files.kind(target):
        raise UsageError(f"{target} is there already: name a folder that is not")
    said = change_set if isinstance(change_set, ChangeSet) else read(change_set)
    beside = next(one for one in target.absolute().parents if one.is_dir())
    with (
        closing(Package(Path(package))) as old,
        tempfile.TemporaryDirectory(prefix=".sourcebook-apply-", dir=beside) as aside,
    ):
        work = Path(aside) / "package"
        work.mkdir()
        made, missing = _Applying(old, said, work).write()
        target.parent.mkdir(parents=True, exist_ok=True)
        work.rename(target)
        files.flush(target.parent)
    return Applied(target, tuple(sorted(made)), tuple(sorted(missing)))


def apply(package: Path | str, *sets: ChangeSet | Path | str, to: Path | str) -> Applied:
    """Write the package that ``sets`` make of ``package``, one after the other, into a new folder ``to``.

    Raises what `applied` raises; whichever it is, nothing is left at ``to``.
    """
    *first, last = sets
    with tempfile.TemporaryDirectory(prefix="sourcebook-apply-") as aside:
        for number, one in enumerate(first):
            package = applied(package, one, Path(aside) / str(number)).folder
        return applied(package, last, to)


class _Applying:
    def __init__(self, old: Package, said: ChangeSet, folder: Path) -> None:
        self.old, self.said, self.folder = old, said, folder
        self.made: dict[str, str] = {}  # SHA-256 by path
        self.missing: list[str] = []

    def write(self) -> tuple[Sequence[str], Sequence[str]]:
        """The paths of what is made, and of what is missing."""
        there = digest(self.old.read(PACKAGE))
        if there != self.said.old.sha256:
            raise Refused(
                f"the set is for the package {self.said.old}, and {self.old.path} is another: the SHA-256 of its "
                f"{PACKAGE} is {there}"
            )
        for one in self.said.documents.values():
            self._put(one.path, self._documents(one), one.bytes, one.sha256)
        for path, part in self.said.files.items():
            if part.old_path is not None and part.old_path not in self.old.names:
                self.missing.append(path)
            else:
                self._put(path, self._file(path, part), part.bytes, part.sha256)
        for path, elsewhere in self.said.elsewhere.items():
            data = self.old.read(path) if path in self.old.names else None
            if data is not None and digest(data) == elsewhere.sha256:
                self._put(path, data, elsewhere.bytes, elsewhere.sha256)
            else:
                self.missing.append(path)
        self._check()
        return [*self.made], self.missing

    def _put(self, path: str, data: bytes, size: int, sha256: str) -> None:
        if len(data) != size or digest(data) != sha256:
            raise Refused(
                f"what is made of {path} is not what the set says: it is damaged, or made for another package"
            )
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with files.Written(file) as written:
            written.add(data)
        self.made[path] = sha256

    def _before(self, path: str, was: str | None) -> str:
        """The text of a file of the old package, which is as the set says."""
        if path not in self.old.names:
            raise Refused(f"{self.old.path} has no {path}, of which the set makes another")
        data = self.old.read(path)
        text = as_text(data)
        if text is None or digest(data) != was:
            raise Refused(f"{path} of {self.old.path} is not as the set says: its SHA-256 is {digest(data)}")
        return text

    # --- the two kinds of files ---------------------------------------------------------------------------------------

    def _documents(self, one: Documents) -> bytes:
        if one.old_path is None:
            before = Extract(one.keyed, [])
        else:
            text = self._before(one.old_path, one.was)
            if one.was == one.sha256:
                return text.encode()
            try:
                before = extract(text)
            except ValueError as error:
                raise Refused(f"{one.old_path} of {self.old.path} is no JSON extract: {error}") from error
        lines: list[str | None] = list(before.lines)
        for places in ([*(of.at for of in one.changed), *(of.at for of in one.removed)], [of.at for of in one.added]):
            if len({*places}) < len(places):
                raise Refused(f"the set has two records of {one.path} at one place")
        for removed in one.removed:
            self._is_as_said(before, one, removed.at, removed.was, removed.key)
        for changed in one.changed:
            self._is_as_said(before, one, changed.at, changed.was, changed.old_key)
            lines[changed.at] = line_of(changed.key, changed.document, keyed=one.keyed)
        gone = {of.at for of in one.removed}
        kept = [place for place in range(len(lines)) if place not in gone]
        if one.order is not None:
            kept = self._ordered(one, one.order, kept)
        fresh = {added.at: line_of(added.key, added.document, keyed=one.keyed) for added in one.added}
        rest = iter(kept)
        total = len(kept) + len(fresh)
        if any(at >= total for at in fresh):
            raise Refused(f"the set has a record of {one.path} at a place that the file does not have")
        made = [fresh[at] if at in fresh else lines[next(rest)] for at in range(total)]
        return extract_text(Extract(one.keyed, [line for line in made if line is not None])).encode()

    def _is_as_said(self, before: Extract, one: Documents, at: int, was: str, key: str) -> None:
        if at >= len(before.lines):
            raise Refused(f"{one.old_path} of {self.old.path} has no record at place {at + 1:,}, which the set changes")
        line = before.lines[at]
        document = line
        if before.keyed:
            _, end = STRICT.raw_decode(line)
            document = line[end + 1 :]
        if digest(document.encode()) != was:
            raise Refused(f"the record {key} at place {at + 1:,} of {one.old_path} is not as the set says")

    def _ordered(self, one: Documents, order: Sequence[Run], kept: Sequence[int]) -> list[int]:
        if sum(count for _, count in order) != len(kept):
            raise Refused(f"the order of {one.path} in the set is not one of the records that are kept")
        found = [place for start, count in order for place in range(start, start + count)]
        if sorted(found) != kept:
            raise Refused(f"the order of {one.path} in the set is not one of the records that are kept")
        return found

    def _file(self, path: str, part: FilePart) -> bytes:
        text = self._before(part.old_path, part.was) if part.old_path is not None else ""
        if part.parts is None:
            return text.encode()
        return "".join(_joined(path, lines_of(text), part.parts)).encode()

    # --- the whole ----------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        """Whether what was made is a package, whose descriptor names its documents and files as they are."""
        if self.made.get(PACKAGE) != self.said.new.sha256:
            raise Refused(f"the set makes another {PACKAGE} than it says")
        try:
            descriptor = loads((self.folder / PACKAGE).read_bytes())
            listed = [*descriptor["sourcebook"]["documents"], *descriptor["resources"]]
            named = {one["collection"]: one["path"] for one in descriptor["sourcebook"]["documents"]}
            hashes = {one["path"]: one["hash"].removeprefix("sha256:") for one in listed}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused(f"the set makes a {PACKAGE} that is not that of a book") from error
        if named != {name: one.path for name, one in self.said.documents.items()}:
            raise Refused(f"the set's collections are not those that its {PACKAGE} names")
        for path, sha256 in hashes.items():
            if path in self.made and self.made[path] != sha256:
                raise Refused(f"the set makes another {path} than its {PACKAGE} says")


def _joined(path: str, lines: Sequence[str], parts: Sequence[Run | str]) -> Iterator[str]:
    used = bytearray(len(lines))
    for part in parts:
        if isinstance(part, str):
            yield part
            continue
        start, count = part
        if start + count > len(lines) or any(used[start : start + count]):
            raise Refused(f"the set takes lines for {path} that the file does not have, or has taken already")
        used[start : start + count] = b"\1" * count
        yield from lines[start : start + count]
