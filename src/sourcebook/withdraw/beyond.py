# SPDX-License-Identifier: Apache-2.0
"""What cannot be recalled of what was taken down: git's history, and copies; with the commands that rewrite history.

No command shows the words: where they have to be named, they are written into a file that the user alone may read.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

from sourcebook import files
from sourcebook.book import Book, Collection, Folder, Withdrawn, load_book
from sourcebook.edit.past import blobs, names_of, repository_of
from sourcebook.errors import UsageError
from sourcebook.git import Repository
from sourcebook.machine import system
from sourcebook.records.in_file import held
from sourcebook.records.model import Source
from sourcebook.withdraw.known import entries_of, known

_MARK = "(taken down)"


def beyond(folder: Folder, expressions: str = "") -> Iterator[str]:
    """What cannot be recalled of what was taken down of a book, a line each; ``expressions`` is a file of its words."""
    book = load_book(folder)
    entries = entries_of(book)
    if not entries:
        return
    yield "What cannot be recalled from here:"
    repository = repository_of(book.root)
    if repository is not None:
        yield from _history(book, repository, entries, expressions)
    yield "- copies that others have: clones and forks, mirrors of releases, downloads, search engines, web archives;"
    yield "  ask for their removal by the address of each record, which answers 410 now"
    yield "- releases that were sent elsewhere: to a host, an archive such as Zenodo, a package index"
    yield "- folders that `sourcebook freeze` wrote: freeze to each again, and have its host remove what is gone;"
    yield "  targets of `sourcebook push`: push to each again"
    yield "- backups of this machine, and what its disk has not written over"


def write_expressions(folder: Folder, path: Path) -> int:
    """Write a file that `git filter-repo --replace-text` takes, of all words taken down; how many texts that are.

    The user alone may read it. Raises UsageError where there is a file already, OSError where the disk fails.
    """
    book = load_book(folder)
    texts = known(book).texts
    lines = [f"regex:{expression(one)}==>{_MARK}\n" for one in texts]
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | system.AS_IT_IS, 0o600)
    except FileExistsError:
        raise UsageError(f"{path} is there already") from None
    with open(handle, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)
    return len(lines)


def expression(text: str) -> str:
    """What finds a text however its lines are folded and its quotes are escaped in a data file."""
    quotes = {'"': r'\\?"', "'": "''?", "\\": r"\\{1,2}"}
    words = ("".join(quotes.get(c) or re.escape(c) for c in word) for word in text.split())
    return r"(?:\s|\\n|\\)+".join(words)


def _history(book: Book, repository: Repository, entries: Iterable[Withdrawn], expressions: str) -> Iterator[str]:
    alone, shared = _paths(book, repository, entries)
    prefix = repository.prefix
    if not (alone or shared):
        yield "- git has no commit with it on any branch or tag"
        return
    branches = _lines(repository, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags")
    remotes = _lines(repository, "remote")
    named = sorted({*alone, *shared})
    more = f" and {len(named) - _MOST:,} more files" if len(named) > _MOST else ""
    where = f"remotes that may have it too: {', '.join(remotes)}" if remotes else "no remote is known here"
    yield f"- git's history, in {', '.join(named[:_MOST])}{more}; branches and tags: {len(branches)}; {where}"
    yield "  To rewrite it, in a fresh clone, when all who work on it know (https://github.com/newren/git-filter-repo):"
    if alone:
        paths = " ".join(f"--path {shlex.quote(prefix + path)}" for path in sorted(alone))
        yield f"    git filter-repo --invert-paths {paths}"
        quoted = " ".join(shlex.quote(prefix + path) for path in sorted(alone))
        inner = f"git rm -r --cached --ignore-unmatch --quiet -- {quoted}"
        yield "  or, with git alone:"
        yield f"    git filter-branch --index-filter {shlex.quote(inner)} -- --all"
    if shared:
        file = expressions or "FILE"
        if not expressions:
            yield "    sourcebook takedown --expressions FILE   # the words, for you alone to read"
        yield f"    git filter-repo --replace-text {shlex.quote(file)}"
        yield f"  and remove {file} then. Look afterwards: `sourcebook takedown --check`, and git log -S'some words'."
    yield "    git push --force --all && git push --force --tags"
    yield "  Others' clones and pull requests keep the old commits, and a host such as GitHub shows them by their names"
    yield "  until its support removes them. Commits get other names: kept versions name commits that are gone then."


_MOST = 6


def _paths(book: Book, repository: Repository, entries: Iterable[Withdrawn]) -> tuple[set[str], set[str]]:
    """The files that ever had what was taken down: those that held nothing else, and those that hold more."""
    alone: set[str] = set()
    shared: set[str] = set()
    for entry in entries:
        collection = book.by_name[entry.collection]
        keys = names_of(book, entry.collection, entry.key)
        for path, whole in _holding(book, collection, repository, keys):
            (alone if whole and not entry.property else shared).add(path)
    return alone - shared, shared


def _holding(
    book: Book, collection: Collection, repository: Repository, keys: Iterable[str]
) -> Iterator[tuple[str, bool]]:
    matcher = files.matcher(collection.records)
    wanted = {*keys}
    paths: dict[str, set[str]] = {}
    for path, oid in blobs(repository, [files.base(pattern) or "." for pattern in collection.records]):
        if matcher.fullmatch(path):
            paths.setdefault(oid, set()).add(path)
    for oid, data in repository.contents(paths, book.limits.bytes):
        for path in paths[oid]:
            if data and any(key in path or key.encode("utf-8", "surrogatepass") in data for key in wanted):
                found = held(Source(collection, path, ()), data, book.limits).records
                if any(str(one.key) in wanted for one in found):
                    yield path, len(found) == 1


def _lines(repository: Repository, *arguments: str) -> list[str]:
    return repository.said(*arguments).decode("utf-8", "replace").split()
