# SPDX-License-Identifier: Apache-2.0
"""The Data Package as one ZIP file: what ``datapackage.json`` has as resources, and what describes them.

Unpacked it is a Data Package and an RO-Crate as it is. The database and other formats are not in it: who wants them
takes them by themselves. Statements alone are in it twice, lest one goes without who says it and what answers it. It
cannot be named in ``datapackage.json``, which it holds; ``index.json`` names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sourcebook.content.about_book import released_of
from sourcebook.exact import dumps, loads
from sourcebook.extract import PACKAGE
from sourcebook.extract.site import Site
from sourcebook.files import Written
from sourcebook.formats.citation_cff import CITATION
from sourcebook.formats.model import File
from sourcebook.formats.packed import Packed, pack
from sourcebook.formats.paths import CODINGS
from sourcebook.formats.readme import README, readme
from sourcebook.formats.ro_crate import CRATE, belongs, ro_crate
from sourcebook.formats.zip_file import ZipFile

_FIRST = (PACKAGE, CITATION)
_FOLDERS = ("csv", "tableschema", "json")


def archive_of(book: str) -> str:
    """The path of the archive in a release of the ``book``."""
    return f"{book}.zip"


def members(folder: Path, site: Site, files: Iterable[File]) -> list[str]:
    """Those of the ``files`` of the release in ``folder`` that its archive holds as they are, in order.

    Statements are in it as flat tables too, if the release has these: who says one does not stand in its table's row.
    """
    flat = (one.path for one in files if one.format == "flat" and belongs(site, one))
    return [*_members(folder), *flat]


def _members(folder: Path) -> Iterator[str]:
    yield from (name for name in _FIRST if (folder / name).is_file())
    for part in _FOLDERS:
        found = (path for path in (folder / part).glob("*") if not path.name.endswith(tuple(CODINGS.values())))
        yield from sorted(path.relative_to(folder).as_posix() for path in found)


def texts(folder: Path, site: Site, files: Sequence[File]) -> dict[str, str]:
    """The files of the archive that are its own, by name: what it is, and the RO-Crate of what it holds.

    ``files`` are those of the release in ``folder``, of which ``site`` tells. Raises OSError where that has no package.
    """
    about = loads((folder / PACKAGE).read_bytes())
    names = {*members(folder, site, files)}
    inside = [one for one in files if one.path in names]
    crate = ro_crate(site, inside, site.address, released_of(site))
    return {README: readme(about, site, inside), CRATE: dumps(crate, indent=2) + "\n"}


def write_archive(
    folder: Path, path: str, own: Mapping[str, str], names: Sequence[str], packed: Packed | None = None
) -> File:
    """Write the archive to ``path`` in the release in ``folder``; its ``own`` are `texts`, and ``names`` its `members`.

    Those that are ``packed`` by gzip go in as they are; the others are packed for it, by the same levels, so that it
    has the same bytes either way. Raises OSError where the disk fails.
    """
    copies = {name: of["gzip"] for name, of in (packed or {}).items() if "gzip" in of}
    lacking = [_described(folder, name) for name in names if name not in copies]
    made = {name: of["gzip"] for name, of in pack(folder, lacking, ("gzip",)).items()}
    try:
        with Written(folder / path) as written:
            archive = ZipFile(written)
            for name, text in own.items():
                archive.add_text(name, text)
            for name in names:
                copy = copies.get(name) or made.get(name)
                archive.add(name, folder / name, folder / copy.path if copy else None)
            archive.end()
    finally:
        for one in made.values():
            (folder / one.path).unlink()
    return File(path, "zip", "", written.bytes, written.sha256)


def _described(folder: Path, name: str) -> File:
    return File(name, "", "", (folder / name).stat().st_size, "")
