# SPDX-License-Identifier: Apache-2.0
"""Two packages to the change set between them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from sourcebook.book import Folder as FolderPath
from sourcebook.book import build_folder, look_up, steps
from sourcebook.changeset.model import Added, Changed, ChangeSet, Documents, Elsewhere, FilePart, Removed, Run, State
from sourcebook.changeset.package import Listed, Package, as_text, digest
from sourcebook.changeset.texts import Extract, extract, parts_of, runs_of
from sourcebook.diff.asked import RELEASE, Asked
from sourcebook.diff.model import Stand
from sourcebook.diff.moved import moved_of
from sourcebook.diff.other_names import other_names_in_site
from sourcebook.diff.records import By, Held, became
from sourcebook.diff.releases import tables_in
from sourcebook.diff.shapes import changes_of_tables
from sourcebook.errors import UsageError
from sourcebook.exact import loads
from sourcebook.extract import PACKAGE
from sourcebook.extract.site import SITE


def between(old: Path | str, new: Path | str) -> ChangeSet:
    """What makes the package ``new`` of the package ``old``, each a folder with ``datapackage.json`` or a ZIP file.

    Raises UsageError where one is none, or was written by a toolkit that does not say enough of it.
    """
    with closing(Package(Path(old))) as before, closing(Package(Path(new))) as after:
        return _Between(before, after).change_set()


def change_set(folder: FolderPath, old: str, new: str = f"{RELEASE}current") -> ChangeSet:
    """What makes the package ``new`` of the package ``old``; of the book in ``folder`` they may be releases.

    A package is named as ``release:VERSION``, ``release:ID`` or ``release:current``, or by its path. Raises UsageError
    where there is no book or no such package; a revision of git is none.
    """
    with Asked(build_folder(Path(folder)).parent) as asked:
        return between(asked.package(old), asked.package(new))


class _Line(NamedTuple):
    """A document that is not the same in the other package: its key, its place in its file, and its text."""

    key: str
    at: int
    document: str
    value: Any


class _Between:
    def __init__(self, old: Package, new: Package) -> None:
        self.old, self.new = old, new
        self.tables = changes_of_tables(_tables(old), _tables(new))
        self.of_now = {one.old: one.new for one in self.tables if one.kind == "table-renamed"}
        sites = [one.json(SITE) if SITE in one.names else {} for one in (old, new)]
        self.moved = moved_of((), sites)
        self.site = sites[1]

    def change_set(self) -> ChangeSet:
        """The set."""
        documents = {name: self._documents(name) for name in self.new.documents}
        kept = {one.old_path for one in documents.values()}
        gone = {name: listed for name, listed in self.old.documents.items() if listed.path not in kept}
        made = {one.path for one in documents.values()}
        files: dict[str, FilePart] = {}
        elsewhere: dict[str, Elsewhere] = {}
        for path in sorted(self.new.names - made):
            data = self.new.read(path)
            text = as_text(data)
            if text is None:
                elsewhere[path] = Elsewhere(len(data), digest(data))
            else:
                files[path] = self._file(path, data, text)
        return ChangeSet(
            str(self.new.descriptor.get("name") or ""),
            _state(self.old),
            _state(self.new),
            documents,
            {name: tuple(key for key, *_ in _lines(self.old, listed)) for name, listed in gone.items()},
            files,
            elsewhere,
            [{name: _plain(getattr(one, name)) for name in one.__slots__} for one in self.tables],
        )

    def _documents(self, name: str) -> Documents:
        """What becomes of the documents of a collection."""
        listed = self.new.documents[name]
        before = {now: was for was, now in self.of_now.items()}.get(name, name)
        old = self.old.documents.get(before)
        data = self.new.read(listed.path)
        there = _extract(self.new, listed.path, data)
        told = (listed.path, there.keyed, len(data), digest(data))
        if old is None:
            added = [Added(one.key, one.at, one.document) for one in _differing(self.new, listed, there, set())]
            return Documents(told[0], None, *told[1:], was=None, added=tuple(added))
        was = self.old.read(old.path)
        if was == data:
            return Documents(told[0], old.path, *told[1:], was=digest(was))
        here = _extract(self.old, old.path, was)
        if here.keyed != there.keyed:  # another layout: as lines nothing is the same, but the documents may be
            here_lines, there_lines = set[str](), set[str]()
        else:
            here_lines, there_lines = set(here.lines), set(there.lines)
        lost = {one.key: one for one in _differing(self.old, old, here, there_lines)}
        fresh = {one.key: one for one in _differing(self.new, listed, there, here_lines)}
        pairs = self._pairs(name, lost, fresh, (_keyless(here, old), _keyless(there, listed)))
        changed = [_changed(one, other, why) for one, other, why in pairs]
        fates = {one.at: other.at for one, other, _ in pairs}
        rest_old = [one for one in lost.values() if one.at not in fates]
        taken = {*fates.values()}
        rest_new = [one for one in fresh.values() if one.at not in taken]
        return Documents(
            told[0],
            old.path,
            *told[1:],
            was=digest(was),
            added=tuple(Added(one.key, one.at, one.document) for one in rest_new),
            changed=tuple(changed),
            removed=tuple(Removed(one.key, one.at, _hash(one)) for one in rest_old),
            order=_order(here, there, fates, {one.at for one in rest_new}),
        )

    def _pairs(
        self, name: str, lost: Mapping[str, _Line], fresh: Mapping[str, _Line], keyless: tuple[By, By]
    ) -> list[tuple[_Line, _Line, str]]:
        """Which document is which, of those that are not the same: by key, by what the book says, by content."""
        pairs = [(lost[key], fresh[key], "") for key in lost if key in fresh]
        rest_old = [_held(one) for key, one in lost.items() if key not in fresh]
        rest_new = [_held(one) for key, one in fresh.items() if key not in lost]
        if rest_old and rest_new:
            found = became(name, rest_old, rest_new, self.moved, keyless, other_names_in_site(self.site, name))
            pairs += [(lost[one.old_key], fresh[one.key], one.why) for one in found if one.kind == "renamed"]
        return pairs

    def _file(self, path: str, data: bytes, text: str) -> FilePart:
        old_path = path if path in self.old.names else self._path_before(path)
        was = self.old.read(old_path) if old_path else None
        before = as_text(was) if was is not None else None
        if was is None or before is None or old_path is None:
            return FilePart(len(data), digest(data), None, None, (text,) if text else ())
        parts = None if was == data else parts_of(before, text)
        return FilePart(len(data), digest(data), old_path, digest(was), parts)

    def _path_before(self, path: str) -> str | None:
        """What a file of a table was called that is called otherwise now."""
        for was, now in self.of_now.items():
            folder, _, name = path.rpartition("/")
            stem, dot, ending = name.partition(".")
            if folder and stem == now and (found := f"{folder}/{was}{dot}{ending}") in self.old.names:
                return found
        return None


def _state(package: Package) -> State:
    said = package.descriptor
    about = package.json(SITE).get("about_book") if SITE in package.names else None
    released = about.get("released") if isinstance(about, dict) else None
    return State(str(said.get("version") or ""), str(released or ""), digest(package.read(PACKAGE)))


def _tables(package: Package) -> dict[str, dict[str, dict[str, Any]]]:
    try:
        return tables_in(package.descriptor, package.read)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"the {PACKAGE} of {package.path} is not that of a book: it lacks {error}") from error


def _extract(package: Package, path: str, data: bytes) -> Extract:
    text = as_text(data)
    try:
        if text is not None:
            return extract(text)
    except ValueError as error:
        raise UsageError(f"{path} of {package.path} cannot be read: {error}") from error
    raise UsageError(f"{path} of {package.path} cannot be read: it is no text in UTF-8")


_JSON = json.JSONDecoder()


def _lines(package: Package, listed: Listed) -> Iterator[_Line]:
    there = _extract(package, listed.path, package.read(listed.path))
    return _differing(package, listed, there, set())


def _differing(package: Package, listed: Listed, there: Extract, same: set[str]) -> Iterator[_Line]:
    """The documents of an extract whose lines are not among the ``same``."""
    for at, line in enumerate(there.lines):
        if line in same:
            continue
        try:
            if there.keyed:
                key, end = _JSON.raw_decode(line)
                document = line[end + 1 :]
                yield _Line(key, at, document, loads(document))
            else:
                value = loads(line)
                yield _Line(str(look_up(value, steps(listed.key or ""))), at, line, value)
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"the record at place {at + 1:,} of {listed.path} of {package.path} has no key that can be told: build "
                "that package again"
            ) from error


def _held(one: _Line) -> Held:
    return Held(one.key, Stand(None, 0), one.value)


def _keyless(there: Extract, listed: Listed) -> By:
    """What takes its key from a document, so that two that have another one may be held against each other."""
    way = () if there.keyed else steps(listed.key or "")

    def without(value: Any, way: Sequence[str] = way) -> Any:
        if not way or not isinstance(value, dict) or way[0] not in value:
            return value
        inside = {} if len(way) == 1 else {way[0]: without(value[way[0]], way[1:])}
        return {name: item for name, item in value.items() if name != way[0]} | inside

    return without


def _changed(one: _Line, other: _Line, why: str) -> Changed:
    return Changed(other.key, one.at, _hash(one), other.document, one.key, why)


def _hash(one: _Line) -> str:
    return digest(one.document.encode())


def _order(here: Extract, there: Extract, fates: Mapping[int, int], fresh: set[int]) -> tuple[Run, ...] | None:
    """The places of those documents that are kept, in their order of now; None where that is the order of before."""
    at = {line: place for place, line in enumerate(here.lines)}
    back = {now: was for was, now in fates.items()}
    places = [
        back[place] if place in back else at[line] for place, line in enumerate(there.lines) if place not in fresh
    ]
    return None if all(a < b for a, b in pairwise(places)) else runs_of(places)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
