# SPDX-License-Identifier: Apache-2.0
"""The files of a release that is being made, in the formats that are wanted, and what describes and packs them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sourcebook.book import Book
from sourcebook.content.about_book import released_of
from sourcebook.content.opened import Opened
from sourcebook.extract import PACKAGE, file_names
from sourcebook.extract.site import Site
from sourcebook.files import take_over
from sourcebook.formats import index_json
from sourcebook.formats.archive import archive_of, members, texts, write_archive
from sourcebook.formats.corrected import logs
from sourcebook.formats.describe import IN_ARCHIVE, NOT_IN_ARCHIVE, describe
from sourcebook.formats.flat_files import FLAT_FORMATS, write_flat
from sourcebook.formats.ftm import write_ftm
from sourcebook.formats.layout import Place, places, table_schemas, whole
from sourcebook.formats.model import File
from sourcebook.formats.ndjson import write_ndjson
from sourcebook.formats.packed import Before, pack
from sourcebook.formats.parquet import write_parquet
from sourcebook.formats.paths import CODINGS
from sourcebook.formats.prov import write_prov
from sourcebook.formats.reach import reach
from sourcebook.machine.processes import mapped
from sourcebook.sqlite import disk_failures
from sourcebook.tables import Table
from sourcebook.tables.whole_book import Plans

Changed = Collection[tuple[str, str]]
"""What is not as in the last release: tables, documents and places of records, each by its kind and its name."""


@dataclass(frozen=True, slots=True)
class Made:
    """A release that is being made in ``folder``: its database, ``site.json`` and ``site.sqlite`` are there.

    With a ``last`` release, all that is not among what has ``changed`` since is as there.
    """

    book: Book
    plans: Plans
    folder: Path
    last: Path | None = None
    changed: Changed = ()

    @property
    def database(self) -> Path:
        """The database."""
        return self.folder / self.book.database

    def table(self, name: str) -> Table:
        """The table called ``name``."""
        return next(table for plan in self.plans.values() for table in plan.tables if table.name == name)


def write_files(made: Made, formats: Collection[str], jobs: int = 0) -> list[File]:
    """Write what a release has in ``formats`` besides CSV and JSON, by ``jobs`` processes, 0 for as many as gain.

    What describes and packs other files comes after: `complete`. Raises OSError where the disk fails.
    """
    wanted = [one for one in places(made.book, made.plans, formats) if one.format in _WRITERS]
    for kind in {one.path.partition("/")[0] for one in wanted}:
        (made.folder / kind).mkdir()
    same = dict(_taken_over(made, wanted))
    tasks: dict[tuple[Callable[..., list[File]], str], dict[str, None]] = {}
    for one in wanted:
        if one.path not in same:
            tasks.setdefault((_WRITERS[one.format], one.of), {})[one.format] = None
    first = list(dict.fromkeys(_WRITERS.values()))
    order = sorted(tasks, key=lambda task: (first.index(task[0]), -_size(made, task[1])))
    run = [partial(_written, made, write, of, tuple(tasks[write, of])) for write, of in order]
    written = {one.path: one for files in mapped(lambda number: run[number](), len(run), jobs) for one in files}
    return [(same | written)[one.path] for one in wanted]


def _written(made: Made, write: Callable[..., list[File]], of: str, formats: Collection[str]) -> list[File]:
    with disk_failures(made.database):
        return write(made, of, formats)


def _size(made: Made, of: str) -> int:
    """Roughly how much there is of a table or a collection: the size of its CSV."""
    return next(path.stat().st_size for path in _csv(made, of))


def _csv(made: Made, of: str) -> Iterator[Path]:
    names = (one.path for one in places(made.book, made.plans, ("csv",)) if one.of == of)
    yield from (made.folder / name for name in names)
    yield made.database


def complete(
    made: Made, files: Collection[File], digest: str, formats: Collection[str] = (), jobs: int = 0
) -> Mapping[str, str]:
    """Write what describes a release's ``files``, and holds them packed. Returns the SHA-256 of files, by path.

    ``digest`` is that of the database; the Data Package is to be there. ``jobs`` threads pack, 0 for one a core.
    Raises OSError where the disk fails.
    """
    codings = [coding for coding in CODINGS if coding in formats]
    database = whole(made.folder, made.book.database, "sqlite", digest)
    listed = [database, whole(made.folder, PACKAGE, "description"), *files]
    site = _site(made)
    listed += _describe(made, site, listed, IN_ARCHIVE)
    before = _packed_before(made)
    packed = pack(made.folder, listed, codings, jobs, before)
    if "zip" in formats:
        own, inside = texts(made.folder, site, listed), members(made.folder, site, listed)
        listed.append(write_archive(made.folder, archive_of(made.book.name), own, inside, packed))
    described = _describe(made, site, listed, NOT_IN_ARCHIVE)
    packed |= pack(made.folder, described, codings, jobs, before)
    listed += [*described, *table_schemas(made.book, made.plans, made.folder)]
    (made.folder / index_json.NAME).write_text(
        index_json.text(made.book, listed, packed), encoding="utf-8", newline="\n"
    )
    listed.append(whole(made.folder, index_json.NAME, "description"))
    packed |= pack(made.folder, listed[-1:], codings, jobs)
    return {one.path: one.sha256 for one in (*listed, *(copy for of in packed.values() for copy in of.values()))}


def _describe(made: Made, site: Site, files: Sequence[File], names: Collection[str]) -> list[File]:
    """Write those descriptions of ``files`` that are called by ``names``."""
    every = describe(site, files, site.address, released_of(site))
    said = {name: text for name, text in every.items() if name in names}
    for name, text in said.items():
        (made.folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [whole(made.folder, name, "description") for name in said]


# --- one file, or several that are made of the same rows --------------------------------------------------------------


def _flat(made: Made, collection: str, formats: Collection[str]) -> list[File]:
    return write_flat(made.folder, collection, file_names(made.book, made.plans)[collection], formats)


def _parquet(made: Made, table: str, formats: Collection[str]) -> list[File]:
    return [
        file
        for format_ in formats
        for one in _places(made, format_, table)
        for file in write_parquet(made.database, made.table(table), made.folder, one.path)
    ]


def _ndjson(made: Made, collection: str, formats: Collection[str]) -> list[File]:
    keyed, plan = made.book.by_name[collection].key is None, made.plans[collection]
    return [
        file
        for format_ in formats
        for one in _places(made, format_, collection)
        for file in write_ndjson(made.database, plan, made.folder, one.path, keyed=keyed)
    ]


def _prov(made: Made, collection: str, _formats: Collection[str]) -> list[File]:
    (one,) = _places(made, "prov", collection)
    return [write_prov(made.folder, collection, one.path)]


def _ftm(made: Made, collection: str, _formats: Collection[str]) -> list[File]:
    (one,) = _places(made, "ftm", collection)
    return [write_ftm(made.folder, collection, one.path)]


def _places(made: Made, format_: str, of: str) -> list[Place]:
    return [one for one in places(made.book, made.plans, (format_,)) if one.of == of]


_WRITERS: Mapping[str, Callable[[Made, str, Collection[str]], list[File]]] = {
    **dict.fromkeys(FLAT_FORMATS, _flat),
    "parquet": _parquet,
    "ndjson": _ndjson,
    "ftm": _ftm,
    "prov": _prov,
}
"""By format, what writes the files of a table or a collection, in one or more formats; what takes longest first."""


# --- what the last release has ----------------------------------------------------------------------------------------


def _taken_over(made: Made, wanted: Collection[Place]) -> Iterator[tuple[str, File]]:
    """The files that are as in the last release, which are then in this one too."""
    if made.last is None or not (made.last / index_json.NAME).is_file():
        return
    there = index_json.files(made.last)
    site = _site(made)
    for one in wanted:
        if one.path in there and not _has_changed(made, site, one):
            take_over(made.last / one.path, made.folder / one.path)
            yield one.path, there[one.path]


def _packed_before(made: Made) -> Before | None:
    if made.last is None or not (made.last / index_json.NAME).is_file():
        return None
    return Before(made.last, index_json.files(made.last), index_json.packed(made.last))


def _site(made: Made) -> Site:
    with closing(Opened(made.folder)) as opened:
        return opened.site


def _has_changed(made: Made, site: Site, one: Place) -> bool:
    if one.format == "parquet":
        return ("table", one.of) in made.changed
    if one.format == "ndjson":
        return ("documents", one.of) in made.changed
    if one.format == "prov":  # which tells of corrections, and these of records that are not there any more
        of_logs = {log.name for log in logs(site)}
        return (
            bool(made.changed)
            if one.of in of_logs
            else any(("places", name) in made.changed for name in {one.of, *of_logs})
        )
    return any(("places", name) in made.changed for name in reach(site, one.of))
