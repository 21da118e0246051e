# SPDX-License-Identifier: Apache-2.0
"""What the check of some files could not see, said in its ledger: never as if it had been looked at."""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterable

from sourcebook import files
from sourcebook.book import BASELINE, CURATION, DESCRIPTOR, SCRIPTS, Book
from sourcebook.check.asked import needs_path
from sourcebook.check.beside import Beside
from sourcebook.compile.gather import Gathered
from sourcebook.finding import NOT_ASKED, Ledger
from sourcebook.rules import RULES
from sourcebook.tables.links import targets_of
from sourcebook.validation.wording import many

_UNSEEN = "only some files were to be checked"
_SQL = "the book's SQL looks at all records, and only some files were to be checked"


def count(book: Book, gathered: Gathered, beside: Beside, asked: Several[str]) -> None:
    """Say in the ledger what the check of some files could not see."""
    ledger = gathered.ledger
    for name in beside.stands:
        why = f"records of {name} in files that were not read may have such a key"
        ledger.withdraw("key-lookalike", why, len(gathered.entries[name]))
        if name in beside.unknown | beside.broken:
            ledger.withdraw("key-duplicate", why, len(gathered.entries[name]))
    if referring := _referring(gathered, beside):
        names = " and ".join(referring)
        ledger.skipped("reference", f"records of {names} in other files may refer to what these files have no more")
    for rule in ("undeclared", "collection-empty"):
        ledger.withdraw(rule, _UNSEEN)
    kept = dict.fromkeys(("different", "different-stale"), len(book.different))
    kept |= dict.fromkeys(("moved", "moved-target", "moved-taken"), len(book.moved))
    kept |= dict.fromkeys(("withdrawn", "withdrawn-taken"), len(book.withdrawn))
    for rule, entries in kept.items():
        if entries:
            ledger.skipped(rule, _UNSEEN, entries)
    schemas = [path for path in book.schemas.paths if path in asked]
    for rule in _OF_SCHEMAS:
        ledger.performed(rule, len(schemas))
    if schemas and (beside.stands or beside.unknown):
        ledger.skipped("schema", f"records of files that were not to be read are not held against {schemas[0]}")
    if DESCRIPTOR in asked:
        for rule in ("address-taken", "descriptor", "descriptor-near-miss", "licence-missing"):
            ledger.performed(rule)
    if BASELINE in asked:
        ledger.performed("baseline", len(book.baseline.known))
    scripts = [*book.checks, *book.views, *book.queries, *(one for some in book.panels.values() for one in some)]
    for script in book.checks:
        ledger.skipped(f"checks/{script.name}", _SQL)
    if scripts:
        ledger.skipped("script", _SQL, len(scripts))
    known_files = {path for one in gathered.entries.values() for path in (entry.path for entry in one.values())}
    known_files.update(finding.path for finding in gathered.findings)
    _count_unclaimed(book, ledger, [path for path in asked if path not in known_files])
    for rule in RULES:
        ledger.on_nothing(rule, NOT_ASKED)


def _referring(gathered: Gathered, beside: Beside) -> list[str]:
    """The collections with files beside whose records may refer to records of the files checked."""
    checked = {name for name, entries in gathered.entries.items() if entries}
    others = (name for name in gathered.plans if name in beside.stands or name in beside.unknown)
    return [name for name in others if checked & {one.collection for one in targets_of(gathered.plans[name])}]


_OF_SCHEMAS = (
    *("reference-unclear", "schema-id-twice", "schema-invalid", "schema-misspelt", "schema-near-miss"),
    "schema-reference",
)


def _count_unclaimed(book: Book, ledger: Ledger, paths: Iterable[str]) -> None:
    """Say of which files nothing was checked: no pattern claims them, and they are none of the book's own."""
    matcher = files.matcher(pattern for one in book.collections for pattern in one.records)
    own, folders = {DESCRIPTOR, BASELINE, *book.schemas.paths}, (f"{SCRIPTS}/", f"{CURATION}/")
    left = sorted(p for p in paths if p not in own and not p.startswith(folders) and not matcher.fullmatch(p))
    if left:
        more = f" and {many(len(left) - 3, 'other')}" if len(left) > 3 else ""
        ledger.skipped("file-unclaimed", f"no pattern claims {', '.join(left[:3])}{more}", len(left))


def count_text(book: Book, reader: Book, ledger: Ledger) -> None:
    """Say what a text that has no path could not tell."""
    for old, new in zip(book.collections, reader.collections, strict=True):
        if old is not new and needs_path(old):
            for rule in ("key-missing", "key-duplicate", "key-lookalike"):
                ledger.withdraw(rule, "the text stands nowhere yet, and its key is made of where it stands")
