# SPDX-License-Identifier: Apache-2.0
"""A book as a commit has it, in a folder aside: its files from git's objects, and a repository that knows their past.

Nothing that was not committed is in it, and nothing of the repository's settings: no hook, no filter. What it knows of
history it borrows from the repository's own objects.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from sourcebook import files
from sourcebook.book import BUILD, Book
from sourcebook.edit.model import Refused
from sourcebook.git import LINK, MODULE, Blob, Repository

_MOST = 2 * 1024 * 1024 * 1024  # bytes of one file
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n", re.ASCII)


def put_aside(book: Book, git: Repository, commit: str, folder: Path, tag: str) -> Path:
    """Have the book as ``commit`` has it below ``folder``, which is empty; returns where it lies there.

    It is as if the commit had the ``tag`` already, for that is what is made of it. Raises Refused where the commit does
    not have all of the book, EnvironmentFailure where git fails, OSError where the disk does.
    """
    root = folder / git.prefix.removesuffix("/") if git.prefix else folder
    root.mkdir(parents=True, exist_ok=True)
    tree = git.tree(commit, git.prefix)
    _files(book, git, root, git.listing(tree) if tree else {})
    _repository(git, commit, folder, tag)
    return root


def _files(book: Book, git: Repository, root: Path, listing: Mapping[str, Blob]) -> None:
    wanted = {path: blob for path, blob in listing.items() if not path.startswith(f"{BUILD}/")}
    links = {path: blob for path, blob in wanted.items() if blob.mode == LINK}
    for path in (path for path, blob in wanted.items() if blob.mode == MODULE):
        if _may_hold_records(book, path):
            raise Refused(
                f"{path} is a submodule: its files are in no commit of this repository, and cannot be released"
            )
    plain = {path: blob for path, blob in wanted.items() if blob.mode not in (LINK, MODULE)}
    for path, data in _contents(git, plain):
        there = _place(root, path)
        with there.open("xb") as file:
            file.write(_fetched(book, path, data))
    for path, data in _contents(git, links):  # last, so that nothing is written by way of one
        _place(root, path).symlink_to(os.fsdecode(data))


def _may_hold_records(book: Book, module: str) -> bool:
    bases = [files.base(pattern) for one in book.collections for pattern in one.records]
    return any(f"{base}/".startswith(f"{module}/") or f"{module}/".startswith(f"{base}/") or not base for base in bases)


def _contents(git: Repository, listing: Mapping[str, Blob]) -> Iterator[tuple[str, bytes]]:
    by_oid: dict[str, list[str]] = {}
    for path, blob in listing.items():
        by_oid.setdefault(blob.oid, []).append(path)
    for oid, data in git.contents(by_oid, _MOST):
        for path in by_oid[oid]:
            if data is None or len(data) > _MOST:
                why = "is too large" if data else "is not in this clone, which is a partial one"
                raise Refused(f"{path} {why}: the commit cannot be released from here")
            yield path, data


def _place(root: Path, path: str) -> Path:
    parts = path.split("/")
    if {"", ".", "..", ".git"} & {part.casefold() for part in parts}:
        raise Refused(f"{path!r} is no path that a commit may have")
    there = root.joinpath(*parts)
    there.parent.mkdir(parents=True, exist_ok=True)
    return there


def _fetched(book: Book, path: str, data: bytes) -> bytes:
    """The content that a pointer of Git LFS stands for, if that lies in the book's folder: its hash is what counts."""
    found = _POINTER.match(data) if len(data) < _OF_POINTER else None
    if not found:
        return data
    fetched, odd = files.read_bytes(book.root, path, _MOST)
    is_it = odd is None and hashlib.sha256(fetched).hexdigest().encode() == found[1]
    return fetched if is_it else data


_OF_POINTER = 1024  # bytes


def _repository(git: Repository, commit: str, folder: Path, tag: str) -> None:
    """A repository in ``folder`` that is at the commit, borrows all objects, and has the tags that there are."""
    kind = git.said("rev-parse", "--show-object-format").decode().strip()
    objects = git.said("rev-parse", "--path-format=absolute", "--git-path", "objects").removesuffix(b"\n")
    tags = git.said("for-each-ref", "--format=%(objectname) %(refname)", "refs/tags").decode("utf-8", "surrogateescape")
    git.said("init", "--quiet", "--template=", f"--object-format={kind}", "--", str(folder.absolute()))
    own = folder / ".git"
    (own / "objects/info").mkdir(parents=True, exist_ok=True)
    (own / "objects/info/alternates").write_bytes(objects + b"\n")
    named = {name: oid for oid, _, name in (line.partition(" ") for line in tags.splitlines())}
    named[f"refs/tags/{tag}"] = commit
    packed = "# pack-refs with: sorted \n" + "".join(f"{named[name]} {name}\n" for name in sorted(named))
    (own / "packed-refs").write_bytes(packed.encode("utf-8", "surrogateescape"))
    if git.shallow:
        shallow = git.said("rev-parse", "--path-format=absolute", "--git-path", "shallow").removesuffix(b"\n")
        (own / "shallow").write_bytes(Path(os.fsdecode(shallow)).read_bytes())
    (own / "HEAD").write_text(f"{commit}\n", encoding="ascii")
    Repository(folder).said("read-tree", commit)
