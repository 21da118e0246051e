# SPDX-License-Identifier: Apache-2.0
"""Which data file belongs to which collection."""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook import files
from sourcebook.book import BASELINE, DATA, DESCRIPTOR, OWN_FOLDERS, Book
from sourcebook.finding import Finding, Ledger
from sourcebook.records.layout import shareable

# Files that live beside data by custom, and are not records.
_BESIDE = files.matcher(["**/README*", "**/LICENSE*", "**/LICENCE*", "**/.gitkeep", "**/.gitignore"])


def claims(book: Book, ledger: Ledger) -> tuple[dict[str, list[str]], list[Finding], set[str]]:
    """The files of each collection, sorted; findings about files; the collections that miss a file because of them."""
    matchers = [(collection.name, files.matcher(collection.records)) for collection in book.collections]
    ignored = files.matcher(book.ignore)
    claimed: dict[str, list[str]] = {name: [] for name, _ in matchers}
    findings: list[Finding] = []
    missing: set[str] = set()
    count = 0
    for path, odd in data_files(book):
        if ignored.fullmatch(path):
            ledger.skipped("file-unclaimed", f"{DESCRIPTOR} says to ignore them")
            continue
        owners = [name for name, expression in matchers if expression.fullmatch(path)]
        if not owners and _BESIDE.fullmatch(path):
            continue
        count += 1
        if odd:
            findings.append(odd)
            missing.update(owners)
        elif not owners:
            message = "no collection's pattern claims this file, so its records would not be published"
            hint = f"move it, widen a pattern in {DESCRIPTOR}, or name it under sourcebook: ignore"
            findings.append(Finding(path, 0, 0, "file-unclaimed", message, hint=hint))
        elif not shareable([book.by_name[owner] for owner in owners]):
            message = f"the collections {' and '.join(owners)} both claim this file"
            hint = f"narrow a pattern in {DESCRIPTOR}"
            findings.append(Finding(path, 0, 0, "file-claimed-twice", message, hint=hint))
            missing.update(owners)
        else:
            for owner in owners:
                claimed[owner].append(path)
    for rule in ("file-kind", "file-name", "file-unclaimed", "file-claimed-twice"):
        ledger.performed(rule, count)
    return claimed, findings, missing


def data_files(book: Book) -> Iterator[tuple[str, Finding | None]]:
    """Every file that lies where a book keeps its data, and what is wrong with those that are not to be read."""
    patterns = [pattern for collection in book.collections for pattern in collection.records]
    bases = {files.base(pattern) for pattern in patterns} | {DATA}
    inner = [b for b in bases if b and not any(b.startswith(other + "/") for other in bases if other and other != b)]
    for folder in sorted(inner):
        yield from files.walk(book.root, folder)
    at_root = files.matcher(pattern for pattern in patterns if not files.base(pattern))
    if "" in bases:  # a pattern that begins at the book's root claims what it matches there, and nothing is unclaimed
        covered = tuple(folder + "/" for folder in (*inner, *OWN_FOLDERS))
        for path, odd in files.walk(book.root, ""):
            if at_root.fullmatch(path) and path not in (DESCRIPTOR, BASELINE) and not path.startswith(covered):
                yield path, odd
