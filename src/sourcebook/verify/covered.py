# SPDX-License-Identifier: Apache-2.0
"""What a release says of the texts that it rests on, against the texts that are held here, if they are the same."""

from __future__ import annotations

from sourcebook.check.covering import published
from sourcebook.evidence.coverage import FILE
from sourcebook.exact import loads
from sourcebook.verify.case import Case


def covered(case: Case) -> None:
    """The counts of each document are those of its text; of one that is another, or not held, nothing is known."""
    if not case.has(FILE):
        return  # which the checksums have told
    with case.guarded(FILE):
        found = loads((case.folder / FILE).read_text("utf-8"))
        wanted = published(case.book, case.plans, case.anew) or {"documents": []}
        there = {(one["collection"], one["source"]): one for one in found["documents"]}
        anew = {(one["collection"], one["source"]): one for one in wanted["documents"]}
        if there.keys() != anew.keys():
            case.differs(FILE, "it is not about the documents that records have passages of")
        for name in there.keys() & anew.keys():
            _compare(case, name, there[name], anew[name])


def _compare(case: Case, name: tuple[str, str], told: dict[str, object], anew: dict[str, object]) -> None:
    if any(told.get(part) != anew.get(part) for part in ("anchors", "resting")):
        case.differs(FILE, f"{name[0]} {name[1]!r}: not as many passages as records have")
    if told.get("sha256") != anew.get("sha256") or "sha256" not in anew:
        case.ledger.unverifiable("coverage of sources", "their texts are not held here, or were not where it was built")
        return
    case.ledger.performed("coverage of sources")
    if told != anew:
        case.differs(FILE, f"{name[0]} {name[1]!r}: its counts are not those of the text that is held")
