# SPDX-License-Identifier: Apache-2.0
"""Files that hold others, against these: packed copies, and the archive."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterable, Iterator

from sourcebook.book.formats import FORMATS
from sourcebook.files import sha256
from sourcebook.formats.archive import archive_of, members, texts
from sourcebook.formats.index_json import NAME as INDEX
from sourcebook.formats.layout import whole
from sourcebook.formats.packed import copies, unpacked
from sourcebook.verify.case import Case

_PIECE = 1024 * 1024


def packed_copies(case: Case) -> None:
    """Every copy unpacks to the file that it is of."""
    listed = [*case.listed, *([whole(case.folder, INDEX, "description")] if case.has(INDEX) else ())]
    for path, of in copies(case.folder, listed).items():
        digest = sha256(case.folder / path)
        for coding, copy in of.items():
            if not FORMATS[coding].is_there:
                case.ledger.unverifiable("packed copies", f"{FORMATS[coding].module} is not installed")
                continue
            case.ledger.performed("packed copies")
            try:
                most = (case.folder / path).stat().st_size
                same = _digest(_up_to(most, unpacked(case.folder / copy.path, coding))) == digest
            except ValueError as error:
                case.differs(copy.path, str(error))
            else:
                if not same:
                    case.differs(copy.path, f"is no copy of {path}")


def archive(case: Case) -> None:
    """The archive holds the files of the Data Package, and nothing else."""
    path = archive_of(case.book.name)
    if not case.has(path):
        return
    try:
        with zipfile.ZipFile(case.folder / path) as there:
            _members(case, path, there)
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, NotImplementedError, zlib.error) as error:
        case.differs(path, f"is no archive: {error}")


def _members(case: Case, path: str, there: zipfile.ZipFile) -> None:
    site = case.site
    listed = case.listed
    own = texts(case.folder, site, listed)
    wanted = [*own, *members(case.folder, site, listed)]
    if min((one.header_offset for one in there.infolist()), default=0):
        case.differs(path, "has other bytes before its first file")
    if sorted(there.namelist()) != sorted(wanted):
        odd = sorted({*there.namelist()} ^ {*wanted}) or ["the same file twice"]
        case.differs(path, f"does not hold the files of the Data Package: {', '.join(odd[:5])}")
        return
    for name in wanted:
        case.ledger.performed("files of the archive")
        size = len(own[name].encode()) if name in own else (case.folder / name).stat().st_size
        with there.open(name) as member:
            digest = _digest(_up_to(size, iter(lambda: member.read(_PIECE), b"")))
        if digest != (hashlib.sha256(own[name].encode()).hexdigest() if name in own else sha256(case.folder / name)):
            case.differs(path, f"holds another {name}")


def _up_to(most: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces, and no more of them once they are longer than ``most``: what is longer is another text already."""
    for piece in pieces:
        yield piece
        most -= len(piece)
        if most < 0:
            return


def _digest(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
