# SPDX-License-Identifier: Apache-2.0
"""Files that look like a script of the book and lie where none is run, so that they would silently do nothing."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from sourcebook import files
from sourcebook.book.model import SCRIPTS
from sourcebook.finding import Finding
from sourcebook.validation.likeness import nearest

_OF_A_BOOK = ("checks", "views", "queries")
KINDS = (*_OF_A_BOOK, "panels")
_ENDING = ".sql"
_SQL = "(my|p)?sql+|sq|s[l]q|q[s]l"  # what is meant by endings such as these


def unrun(root: Path, ignore: Iterable[str], findings: list[Finding]) -> tuple[str, ...]:
    """The files in ``scripts/`` that are no scripts of the book, but chores of its curators: by path.

    SQL that is never run is added to ``findings``: with nearly the path of a script, elsewhere in ``scripts/``, or in a
    folder called as those in it. What a pattern of ``ignore`` matches is passed over.
    """
    ignored = files.matcher(ignore)
    chores = []
    for path, odd in _candidates(root):
        if ignored.fullmatch(path) or (odd and odd.rule == "file-name"):
            continue
        wanted = _wanted(path)
        if path == wanted:
            continue
        inside = path.startswith(f"{SCRIPTS}/")
        if not _is_sql(root, path):
            chores += [path] if inside else []
        elif inside and wanted:
            message = "this script is never run: its path is nearly that of one, and is not"
            findings.append(Finding(path, 0, 0, "script", message, hint=f"rename it to {wanted}"))
        elif inside or wanted:
            message = "this SQL is never run: it lies in no folder of scripts"
            homes = [wanted] if wanted else [f"{SCRIPTS}/{kind}/{_stem(path)}{_ENDING}" for kind in _OF_A_BOOK]
            hint = f"move it to {' or '.join(homes)}; or name it under ignore"
            findings.append(Finding(path, 0, 0, "script-unrun", message, "warning", hint))
    return tuple(chores)


def _candidates(root: Path) -> Iterator[tuple[str, Finding | None]]:
    """All files of ``scripts/``, and of the folders in the book that have nearly the name of it or of its folders."""
    with os.scandir(root) as entries:
        folders = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    for name in folders:
        if name == SCRIPTS or _near(name, (SCRIPTS, *KINDS)):
            yield from files.walk(root, name)


def _wanted(path: str) -> str:
    """Where a file would be run that has nearly that path; the empty string where none is near."""
    top, *inside = path.split("/")
    if top != SCRIPTS and not _near(top, (SCRIPTS,)):
        inside = [top, *inside]
    if len(inside) < 2:
        return ""
    kind = inside[0] if inside[0] in KINDS else _near(inside[0], KINDS)
    between = "".join(f"{part}/" for part in inside[1:-1])
    name = inside[-1] if inside[-1].endswith(_ENDING) else _stem(path) + _ENDING
    return f"{SCRIPTS}/{kind}/{between}{name}" if kind else ""


def _near(name: str, known: Collection[str]) -> str:
    """The name of ``known`` that ``name`` is nearly: in another case, in the singular, with a typing error."""
    plain = name.casefold().strip()
    # Other names are left alone: what compares names is slow to import, and most books have none of these.
    alike = [word for word in known if word[0] == plain[:1] and _shared(word, plain) >= _NEAR]
    if plain in alike:
        return plain
    singular = {"query": "queries"}.get(plain, "")
    return singular if singular in known else nearest(plain, alike, _NEAR) if alike else ""


def _shared(one: str, other: str) -> float:
    """The share of letters that two names have in common, in whatever order: they are not more alike than that."""
    return 2 * (Counter(one) & Counter(other)).total() / (len(one) + len(other))


_NEAR = 0.75


def _stem(path: str) -> str:
    """A file's name without what was meant for an ending."""
    name = path.rpartition("/")[2].strip()
    return re.sub(rf"(\.(txt|{_SQL}))+$", "", name, flags=re.IGNORECASE) or name


_LEFT = re.compile(r"[.#~].*|.*(~|#|\.(bak|orig|rej|swp|swo|tmp|old))", re.IGNORECASE)  # by editors and tools
_NAMED_SQL = re.compile(rf".*\.({_SQL})(\.txt)?\s*", re.IGNORECASE)
_NAMED_ANYHOW = re.compile(r"[^.]*(\.txt)?\s*", re.IGNORECASE)
_HEAD = re.compile(r"(\s*(--[^\n]*(\n|$)|/\*.*?\*/))*\s*", re.DOTALL)
_STATEMENT = re.compile(r"select\b.+\bfrom\b|with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\b.*\(", re.DOTALL | re.I)


def _is_sql(root: Path, path: str) -> bool:
    """Whether a file is SQL: its name says so, or has no ending that says what it is, and the text is a statement."""
    name = path.rpartition("/")[2]
    if _LEFT.fullmatch(name):
        return False
    if _NAMED_SQL.fullmatch(name):
        return True
    if not _NAMED_ANYHOW.fullmatch(name):
        return False
    data, odd = files.read_bytes(root, path, _MOST)
    text = data.decode("utf-8", "replace")
    begin = _HEAD.match(text)
    return not odd and bool(_STATEMENT.match(text, begin.end() if begin else 0))


_MOST = 64 * 1024  # bytes looked at
