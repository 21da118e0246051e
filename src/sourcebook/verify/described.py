# SPDX-License-Identifier: Apache-2.0
"""What describes a release to other programs, against what the book and the files make it."""

from __future__ import annotations

from sourcebook.content.about_book import released_of
from sourcebook.formats.describe import DESCRIPTIONS, describe
from sourcebook.verify.case import Case


def described(case: Case) -> None:
    """Each is the text that the book, as it was read just now, makes with the files as they are; no other is there."""
    site = case.site
    wanted = describe(site, case.listed, site.address, released_of(site))
    for name in DESCRIPTIONS:
        case.ledger.performed("descriptions for programs")
        if name in wanted and not case.has(name):
            case.differs(name, "is missing")
        elif name not in wanted and case.has(name):
            case.differs(name, "is no part of the release: nobody is named who made the book")
        elif name in wanted and (case.folder / name).read_bytes() != wanted[name].encode("utf-8"):
            case.differs(name, "does not describe the book and the files beside it")
