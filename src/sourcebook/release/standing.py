# SPDX-License-Identifier: Apache-2.0
"""Where a book stands: which version its descriptor says, whether that was released, and which was released last."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from sourcebook.book import DESCRIPTOR, Book
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.git import Repository
from sourcebook.parse import parse
from sourcebook.publish.versions import Version, kept
from sourcebook.release.numbering import numbers, scheme

_NUMBER = re.compile(r"v?\d.*")


@dataclass(frozen=True, slots=True)
class Last:
    """The version that was released last, and the ``side`` by which `diff` reads it: a tag, or where it is kept."""

    version: str
    side: str


class Standing:
    """What is known of the releases of a book: by the tags of its repository, and by what is kept in its build/."""

    def __init__(self, book: Book) -> None:
        """Raises EnvironmentFailure where something lies among the versions that is none."""
        self.book = book
        self.version = str(book.descriptor.get("version") or "")
        self.versions = kept(book.build)
        self.git = _repository(book.root)
        self.head = self.git.commit("HEAD") if self.git else ""

    @property
    def kept(self) -> Version | None:
        """The version of the descriptor as it is kept."""
        return self.kept_as(self.version)

    def kept_as(self, version: str) -> Version | None:
        """A version as it is kept."""
        return next((one for one in self.versions if one.version == version), None)

    def tag(self, version: str) -> tuple[str, str]:
        """The tag of a version and the commit that it is at; two empty texts where there is none."""
        if not version or self.git is None:
            return "", ""
        short = version.removesuffix(".0") if scheme(version) == "semantic" and version.count(".") > 1 else version
        for name in dict.fromkeys((f"v{version}", version, f"v{short}", short)):  # v1.0 is 1.0.0
            if commit := self.git.commit(f"refs/tags/{name}"):
                return name, commit
        return "", ""

    def tag_of(self, one: Version) -> str:
        """The tag of a kept version, if it is at the commit that the version was made of; else the empty text."""
        name, commit = self.tag(one.version)
        return name if commit == one.commit or not one.commit else ""

    def version_at(self, commit: str) -> str:
        """The version that the descriptor of a commit says; the empty text where it says none that can be read."""
        oid = self.git.there(commit, f"{self.git.prefix}{DESCRIPTOR}") if self.git else ""
        if not (self.git and oid):
            return ""
        data = dict(self.git.contents([oid], self.book.limits.bytes))[oid] or b""
        documents = parse(data, DESCRIPTOR).documents
        said = documents[0].value if documents else None
        return str(said.get("version") or "") if isinstance(said, dict) else ""

    def new_tag(self, version: str) -> str:
        """How the next tag is called: as the last one was, with a ``v`` before the number or without."""
        before = self.git.last_tag() if self.git and self.head else ""
        bare = bool(before) and before[0].isdecimal()
        return version if bare or version.startswith("v") else f"v{version}"

    @property
    def released(self) -> bool:
        """Whether the version of the descriptor was released, and the book has gone on since.

        One that is tagged at this very commit and is not kept yet is still to be made.
        """
        if self.kept:
            return True
        _, commit = self.tag(self.version)
        return bool(commit) and commit != self.head

    @property
    def last(self) -> Last | None:
        """The version that was released last, the descriptor's own if it was; None where none was."""
        name, _ = self.tag(self.version)
        if name:
            return Last(self.version, name)
        if one := self.kept:
            return Last(self.version, _path(one))
        if tag := self._last_tag():
            said = tag.removeprefix("v")
            short = scheme(said) == "semantic" and said.count(".") < self.version.count(".")
            return Last(f"{said}.0" if short else said, tag)
        whole = [one for one in self.versions if not one.withdrawn]
        return Last(whole[0].version, _path(whole[0])) if whole else None

    def _last_tag(self) -> str:
        """The tag of the largest version that is counted as the descriptor's is, of those that HEAD comes from.

        A repository may hold more than a book, and tags of something else.
        """
        if not (self.git and self.head):
            return ""
        said = self.git.said("for-each-ref", "--merged", self.head, "--format=%(refname:strip=2)", "refs/tags")
        how = scheme(self.version)
        names = [one for one in said.decode("utf-8", "replace").split("\n") if _NUMBER.fullmatch(one)]
        names = [one for one in names if scheme(one.removeprefix("v")) == how or not self.version]
        return max(names, key=numbers, default="")


def tagging(one: Version, tag: str, commit: str) -> tuple[str, ...]:
    """What git is told to tag a version: an annotated tag, which has a day and says who made it."""
    return ("tag", "--annotate", "--message", f"{one.name} {one.version}".strip(), "--", tag, commit)


def elsewhere(one: Version, tag: str, head: str) -> str:
    """In words, that HEAD is not what a kept version was made of, with the line that tags that commit."""
    line = shlex.join(("git", *tagging(one, tag, one.commit)))
    at = f"{one.version} was made of commit {one.commit[:10]}, and HEAD is at {head[:10]}"
    return f"{at}; to tag that commit, run\n  {line}"


def _path(one: Version) -> str:
    return str(one.folder.absolute())


def _repository(root: Path) -> Repository | None:
    try:
        return Repository(root)
    except (UsageError, EnvironmentFailure):
        return None
