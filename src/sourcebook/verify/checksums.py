# SPDX-License-Identifier: Apache-2.0
"""The files of a release against its own checksums, and against what a release of the book has."""

from __future__ import annotations

from sourcebook.book.formats import ALWAYS
from sourcebook.evidence.coverage import FILE as COVERAGE
from sourcebook.extract import DATASETTE, METADATA, PACKAGE, SITE_INDEX
from sourcebook.extract.site import SITE
from sourcebook.files import all_files
from sourcebook.formats.archive import archive_of
from sourcebook.formats.describe import DESCRIPTIONS
from sourcebook.formats.index_json import NAME as INDEX
from sourcebook.formats.layout import places
from sourcebook.formats.paths import CODINGS, is_text
from sourcebook.history.model import KEYS
from sourcebook.publish import release
from sourcebook.verify.case import Case


def checksums(case: Case) -> None:
    """Every file is the one that SHA256SUMS lists."""
    listed = (case.folder / release.SUMS).read_text("utf-8", "replace").splitlines() if case.has(release.SUMS) else []
    case.ledger.performed("checksums", len(listed))
    case.ledger.on_nothing("checksums", f"there is no list of them in {release.SUMS}")
    for name in set(all_files(case.folder)) ^ _expected(case):
        case.differs(name, "is missing" if not case.has(name) else "is no part of the release")
    for name in release.damaged(case.folder):
        why = "is no list of checksums" if name == release.SUMS else "is not the file that SHA256SUMS lists"
        case.differs(name, why if case.has(name) else "is missing")


def _expected(case: Case) -> set[str]:
    """The files that a release of this book has."""
    own = {case.database, METADATA, DATASETTE, SITE, SITE_INDEX, release.SUMS, release.REPORT}
    if any(collection.anchors for collection in case.book.collections):
        own.add(COVERAGE)
    if not case.extracts:
        return own
    schemas = {f"tableschema/{stem}.json" for stem in case.names.values()}
    files = {one.path for one in places(case.book, case.plans, (*ALWAYS, *case.formats))}
    archive = {path for path in (archive_of(case.book.name),) if case.has(path)}
    keys = {KEYS} if case.has(KEYS) else set()
    described = {name for name in DESCRIPTIONS if case.has(name)}
    listed = files | archive | described | {PACKAGE, INDEX}
    copies = {path + ending for path in listed for ending in CODINGS.values() if is_text(path)}
    return own | schemas | listed | keys | {path for path in copies if case.has(path)}
