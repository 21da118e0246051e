# SPDX-License-Identifier: Apache-2.0
"""A release made: built clean from the commit alone, verified, made current, and kept as its version for good."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sourcebook.book import BUILD, Book
from sourcebook.book.formats import choose, install
from sourcebook.edit.model import Refused
from sourcebook.errors import EnvironmentFailure
from sourcebook.files import all_files, take_over
from sourcebook.finding import Finding
from sourcebook.git import Repository
from sourcebook.progress import Progress, silent
from sourcebook.publish import release, signing
from sourcebook.publish.build import build
from sourcebook.publish.versions import Version, check_own, differing, fits, keep, write_index, wrong_in
from sourcebook.release.aside import put_aside
from sourcebook.release.changes import Changes, changes_since
from sourcebook.release.numbering import Level, asked_by, level_between
from sourcebook.release.standing import Last, Standing, elsewhere, tagging
from sourcebook.verify import Difference, verify

Sign = Callable[[Path], None]


@dataclass(frozen=True)
class Made:
    """What making a release came to: the version as it is kept, or why there is none.

    ``again`` says that it was kept already, with the same data; ``tag`` is the tag that it has. ``findings`` and
    ``differences`` are what stopped it, ``told`` what there is to say besides.
    """

    version: Version | None
    again: bool = False
    tag: str = ""
    findings: tuple[Finding, ...] = ()
    differences: tuple[Difference, ...] = ()
    told: tuple[str, ...] = ()


class Making:
    """A release that is to be made; nothing is, until `make` is called."""

    def __init__(self, book: Book, standing: Standing, last: Last | None, *, force: bool = False) -> None:
        """Raises Refused where the book is in no state to be released.

        Raises EnvironmentFailure where it is to be published in what cannot be written here and ``force`` does not let
        that by.
        """
        self.book = book
        self.version = standing.version
        self.last = last
        self._standing = standing
        self._force = force
        self._git = self._repository()
        if not force and (lacking := choose(book.downloads).lacking):
            raise EnvironmentFailure(
                f"the book is published in formats that cannot be written here: {', '.join(lacking)}; run "
                f"`{install(lacking)}`, or say --force to release it without them"
            )
        self.commit = standing.head
        self.tag, at = standing.tag(self.version)
        if at and at != self.commit:
            raise Refused(f"{self.version} is tagged {self.tag} already, at {at[:10]}: check that out to make it again")
        self.new_tag = self.tag or standing.new_tag(self.version)

    def _repository(self) -> Repository:
        git = self._standing.git
        if git is None or not self._standing.head:
            raise Refused("a release is made of a commit, and the book lies in no repository of git that has one")
        if not fits(self.version):
            raise Refused(f"{self.version!r} can be no name of a release: letters, digits, dots and hyphens can")
        if changed := git.changed(BUILD):
            some = ", ".join(changed[:3]) + (f" and {len(changed) - 3:,} more" if len(changed) > 3 else "")
            raise Refused(f"a release is made of a commit, and not everything is committed: {some}")
        return git

    @property
    def what(self) -> str:
        """What will be made, in one line."""
        after = f", after {self.last.version}" if self.last else ""
        return f"release {self.version}{after}, of commit {self.commit[:10]}"

    def make(self, *, tag: bool = False, key: Path | None = None, jobs: int = 0, progress: Progress = silent) -> Made:
        """Make it: build the commit, verify it, have it current, keep it; with ``tag`` tag it, with ``key`` sign it.

        Where it has findings that are errors, or does not verify, nothing is published. What is kept is not made
        again: Refused is raised where it has other data. Raises OSError or EnvironmentFailure where the machine, git or
        ssh-keygen fails; what was current then still is, and nothing is kept in part.
        """
        there = self._standing.kept_as(self.version)
        if tag and not self.tag:
            if there and there.commit not in ("", self.commit):
                raise Refused(elsewhere(there, self.new_tag, self.commit))
            self._git.said("var", "GIT_COMMITTER_IDENT")  # or git will not tag, when all else is done
        if key and not key.is_file():
            raise EnvironmentFailure(f"there is no key at {key}")
        build_folder = self.book.build
        told: list[str] = []
        with release.work_folder(build_folder, progress) as work:
            progress("taking the files of the commit")
            folder = work / "commit"
            root = put_aside(self.book, self._git, self.commit, folder, self.new_tag)
            built = build(root, clean=True, jobs=jobs, progress=progress)
            if built.release is None:
                return Made(None, findings=built.checked.findings)
            progress("verifying")
            verified = verify(root, progress=progress)
            if not verified.ok:
                return Made(None, findings=built.checked.findings, differences=verified.differences)
            before = self._before(told)
            changes = changes_since(before, built.release, built.records)
            told += [changes.lacking] if changes.lacking else []
            self._weigh(changes)
            if there:
                told += self._same(there, built.release)
            else:
                ready = _linked(built.release, work / "release")
                current = release.publish(build_folder, ready)
        made = there or self._keep(current, changes, built.checked.book, key)
        if there and key:
            told.append(f"{self.version} was kept before, and is not signed now")
        name = self._tagged(made) if tag else self.tag
        write_index(build_folder, tag_of=self._standing.tag_of)
        return Made(made, bool(there), name, built.checked.findings, (), tuple(told))

    def _before(self, told: list[str]) -> Version | None:
        """The kept version that comes before this one, to tell what changed."""
        whole = [one for one in self._standing.versions if one.version != self.version and not one.withdrawn]
        named = next((one for one in whole if self.last and one.version == self.last.version), None)
        before = named or (whole[0] if whole else None)
        if before is None:
            if self.last:
                told.append(f"{self.last.version} is not kept here, so what changed since is not kept beside this one")
            return None
        if not self._force:
            try:
                check_own(self.book.build, before)
            except EnvironmentFailure as error:
                raise EnvironmentFailure(
                    f"{before.folder} was not kept by you on this machine; if you trust who did it, say "
                    "--force to tell what has changed since"
                ) from error
        if damage := wrong_in(before):
            raise EnvironmentFailure(f"{before.folder / damage[0]} is not as it was kept; put it back from a copy")
        return before

    def _weigh(self, changes: Changes) -> None:
        """Raise Refused where changes break readers, and the version does not say so."""
        if self._force or not changes.breaking:
            return
        due, given = asked_by(Level.MAJOR, changes.after), level_between(changes.after, self.version)
        if given is not None and given < due:
            why = "\n  ".join(changes.breaking)
            raise Refused(
                f"{self.version} is too small a step from {changes.after}: these changes break readers of the database:"
                f"\n  {why}\nrun `sourcebook release --{due}` to prepare another version, or say --force"
            )

    def _same(self, there: Version, folder: Path) -> Iterator[str]:
        if differing(there, folder):
            raise Refused(
                f"{self.version} is kept already, with other data; a version never changes: say the next one "
                "(`sourcebook release --patch`)"
            )
        yield f"{self.version} is kept already, with the same data"

    def _keep(self, current: Path, changes: Changes, book: Book, key: Path | None) -> Version:
        handle = release.showing(current)  # no build removes it meanwhile
        try:
            return keep(
                self.book.build,
                current,
                self.version,
                day=str(book.settings.get("released") or self._git.day(self.commit)),
                name=book.name,
                commit=self.commit,
                after=changes.after,
                breaking=bool(changes.breaking),
                changes=changes.counts,
                change_set=changes.data,
                sign=_signer(key) if key else None,
            )
        finally:
            os.close(handle)

    def _tagged(self, made: Version) -> str:
        if not self.tag:
            self._git.said(*tagging(made, self.new_tag, self.commit))
            self.tag = self.new_tag
        return self.tag


def _signer(key: Path) -> Sign:
    return lambda file: signing.sign(file, key)


def _linked(folder: Path, new: Path) -> Path:
    for path in all_files(folder):
        (new / path).parent.mkdir(parents=True, exist_ok=True)
        take_over(folder / path, new / path)
    return new
