# SPDX-License-Identifier: Apache-2.0
"""Which data file belongs to which collection."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterable, Iterator
from typing import TYPE_CHECKING

from sourcebook import files
from sourcebook.book import BASELINE, CURATION, DATA, DESCRIPTOR, OWN_FOLDERS, Book
from sourcebook.finding import Finding, Ledger
from sourcebook.records.layout import shareable
from sourcebook.records.not_data import is_beside, may_be_data
from sourcebook.validation.wording import many

if TYPE_CHECKING:
    from sourcebook.records.nearly_claimed import Astray


def _astray(book: Book) -> Astray:
    from sourcebook.records.nearly_claimed import Astray  # not needed where all is well

    return Astray(book)


def keeps_back(book: Book, rule: str) -> bool:
    """Whether what ``rule`` finds keeps the book from being published, so that what follows from it need not be told.

    Not where the rule is lowered, nor where a baseline may know its findings: then dangling references would be let by.
    """
    return book.level(rule) == "error" and not book.baseline.known


def claims(
    book: Book, ledger: Ledger, only: Container[str] | None = None
) -> tuple[dict[str, list[str]], list[Finding], set[str]]:
    """The files of each collection, sorted; findings about files; the collections that miss a file because of them.

    Of files that are not among ``only`` nothing is told or counted.
    """
    matchers = [(collection.name, files.matcher(collection.records)) for collection in book.collections]
    ignored = files.matcher(book.ignore)
    named = files.matcher(one for one in book.ignore if not set(one) & set("*["))  # just that file, by its name
    astray: Astray | None = None
    claimed: dict[str, list[str]] = {name: [] for name, _ in matchers}
    findings: list[Finding] = []
    missing: set[str] = set()
    unfit: list[str] = []
    count = 0
    looked_at: set[str] = set()
    for path, odd in data_files(book):
        looked_at.add(path)
        if only is not None and path not in only:
            for name, expression in () if odd or ignored.fullmatch(path) else matchers:
                if expression.fullmatch(path):
                    claimed[name].append(path)
            continue
        if ignored.fullmatch(path):
            ledger.skipped("file-unclaimed", f"{DESCRIPTOR} says to ignore them")
            alone = [] if odd or not named.fullmatch(path) else matchers
            if kept_out := [name for name, expression in alone if expression.fullmatch(path)]:
                from sourcebook.records.left_out import fitting  # which few books need

                found = list(fitting(book, path, kept_out))
                findings += found
                ledger.performed("file-left-out")
                unfit += [] if found else [path]
            continue
        owners = [name for name, expression in matchers if expression.fullmatch(path)]
        if not owners and is_beside(path):
            continue
        if not owners and not _is_told(book, path):
            ledger.skipped("file-unclaimed", f"{DESCRIPTOR} says unclaimed: {book.settings['unclaimed']}")
            continue
        count += 1
        if odd:
            findings.append(odd)
            missing.update(owners)
        elif not owners:
            message = "no collection's pattern claims this file, so its records would not be published"
            hint = f"move it, widen a pattern in {DESCRIPTOR}, or name it under sourcebook: ignore"
            astray = astray or _astray(book)
            renamed = astray.meant(path)
            if renamed:
                hint = f"{renamed.words}; or name it under sourcebook: ignore"
                missing.update(
                    [renamed.collection] if renamed.collection and keeps_back(book, "file-unclaimed") else []
                )
            findings.append(Finding(path, 0, 0, "file-unclaimed", message, hint=hint))
        elif not shareable([book.by_name[owner] for owner in owners]):
            message = f"the collections {' and '.join(owners)} both claim this file"
            hint = f"narrow a pattern in {DESCRIPTOR}"
            findings.append(Finding(path, 0, 0, "file-claimed-twice", message, hint=hint))
            missing.update(owners)
        else:
            for owner in owners:
                claimed[owner].append(path)
    if unfit:
        more = f" and {many(len(unfit) - 3, 'other')}" if len(unfit) > 3 else ""
        why = f"{', '.join(unfit[:3])}{more} among them, which a pattern claims and whose records do not fit"
        ledger.skipped("file-unclaimed", why, 0)
    if only is None and book.settings.get("unclaimed") == "data":
        from sourcebook.records.left_out import out_of_reach  # which books need that are kept beside other things

        ledger.performed("file-left-out")
        findings += out_of_reach(book, looked_at)
    for rule in ("file-kind", "file-name", "file-unclaimed", "file-claimed-twice"):
        ledger.performed(rule, count)
    return claimed, findings, missing


def _is_told(book: Book, path: str) -> bool:
    """Whether the book wants to be told of a file that no collection claims: all, those that may be data, or none."""
    wanted = book.settings.get("unclaimed", "all")
    pages = any(collection.layout == "front-matter" for collection in book.collections)
    return wanted == "all" or (wanted == "data" and may_be_data(path, pages=pages))


_KEPT = re.compile(rf"{CURATION}/((moved|different)\.yaml|imports/.*)")


def data_files(book: Book) -> Iterator[tuple[str, Finding | None]]:
    """Every file that lies where a book keeps its data, and what is wrong with those that are not to be read.

    What curating itself keeps in files of its own is none of them, wherever patterns look. The others are all below
    ``data/`` and the folders that patterns name. Of the folders around these, and of those in which a pattern finds
    files that begins at the book's root, it is what may be data and ends like what is claimed there.
    """
    return (found for found in _data_files(book) if not _KEPT.fullmatch(found[0]))


def _data_files(book: Book) -> Iterator[tuple[str, Finding | None]]:
    patterns = [pattern for collection in book.collections for pattern in collection.records]
    bases = {files.base(pattern) for pattern in patterns} | {DATA}
    inner = [b for b in bases if b and not any(b.startswith(other + "/") for other in bases if other and other != b)]
    for folder in sorted(inner):
        yield from files.walk(book.root, folder)
    around = _around(book, inner)
    for folder, endings in sorted(around.items()):
        yield from (
            (path, odd)
            for path, odd in files.walk(book.root, folder)
            if _ends(path, endings) and not path.startswith(tuple(f"{one}/" for one in inner))
        )
    if "" in bases:
        yield from _from_the_root(book, patterns, (*inner, *around))


def _around(book: Book, inner: Iterable[str]) -> dict[str, set[str]]:
    """The folders that hold several folders of data, where more may come, with the endings of the files there."""
    found: dict[str, set[str]] = {}
    below: dict[str, set[str]] = {}
    for collection in book.collections:
        folders = sorted({files.base(pattern) for pattern in collection.records})
        if len(folders) > 1 and all(folders):
            below.setdefault(posixpath.commonpath(folders), set()).update(folders)
        for folder in folders:
            below.setdefault(posixpath.dirname(folder), set()).add(folder)
    for shared, inside in below.items():
        within = any(shared == one or shared.startswith(one + "/") for one in inner)
        if shared and len(inside) > 1 and not within and shared.split("/")[0] not in OWN_FOLDERS:
            patterns = (pattern for collection in book.collections for pattern in collection.records)
            found[shared] = {_ending(pattern) for pattern in patterns if files.base(pattern) in inside}
    return {
        folder: set().union(*(ends for one, ends in found.items() if f"{one}/".startswith(f"{folder}/")))
        for folder in found
        if not any(folder.startswith(other + "/") for other in found)
    }


def _from_the_root(book: Book, patterns: list[str], covered: Iterable[str]) -> Iterator[tuple[str, Finding | None]]:
    """What patterns claim that begin at the book's root, and what may be data beside that, in the same folders.

    Beside files that are named one by one only where the descriptor says which ``unclaimed`` files are told.
    """
    at_root = files.matcher(pattern for pattern in patterns if not files.base(pattern))
    passed = tuple(f"{folder}/" for folder in (*covered, *OWN_FOLDERS))
    known = {DESCRIPTOR, BASELINE, *book.schemas.paths}
    here = [
        (path, odd)
        for path, odd in files.walk(book.root, "")
        if path not in known and not path.startswith(passed) and not path.startswith("node_modules/")
    ]
    claimed = [path for path, _ in here if at_root.fullmatch(path)]
    alone = set() if "unclaimed" in book.settings else set(patterns)
    endings: dict[str, set[str]] = {}
    for path in claimed:
        if path not in alone:
            endings.setdefault(posixpath.dirname(path), set()).add(_ending(path))
    taken = set(claimed)
    for path, odd in here:
        if path in taken or _ends(path, endings.get(posixpath.dirname(path), ())):
            yield path, odd


def _ending(path: str) -> str:
    return posixpath.splitext(path)[1].lower()


def _ends(path: str, endings: Container[str]) -> bool:
    """Whether a file may be data like that with these ``endings``; ``.yml`` and ``.yaml`` are one."""
    ending = _ending(path)
    other = {".yml": ".yaml", ".yaml": ".yml"}.get(ending, ending)
    return (ending in endings or other in endings) and may_be_data(path, pages=True)
