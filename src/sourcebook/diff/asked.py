# SPDX-License-Identifier: Apache-2.0
"""What a side is asked for by: a revision of git, a release, a package, a folder; and what is compared by default."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sourcebook import files
from sourcebook.book import BUILD, DESCRIPTOR, build_folder
from sourcebook.diff.model import Side
from sourcebook.diff.sides import Commit, Files, Folder
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.git import Head, Repository
from sourcebook.parse import parse

if TYPE_CHECKING:
    from sourcebook.diff.releases import Release

PACKAGE, SITE = "datapackage.json", "site.json"
_PATHS = ("./", "../", "/")  # what begins the name of nothing but a path
RELEASE = "release:"
"""What begins the name of a release: its version if it is kept, its folder in ``build/releases``, or ``current``."""

VERSIONS = "versions"
"""The folder in ``build/`` of releases that are kept, each in a folder that is called by its version."""


class Asked:
    """Finds what the sides of a comparison are, for the book in ``root``; ``notes`` are what is to be told of that.

    A resource: use it in a ``with`` statement, in which the sides are read too.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._kept = ExitStack()
        self.notes: list[str] = []
        self._repository: Repository | UsageError | EnvironmentFailure | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._kept.close()

    def both(self, old: str | None, new: str | None) -> tuple[Files | Release, Files | Release]:
        """The two sides. Raises UsageError where one is not there, or cannot be told."""
        if old and new is None and ".." in old and not self._stands_alone(old):
            old, new = self._ranged(old)
        if old is None:
            tag = self.repository().last_tag()
            old = tag or "HEAD"
            if not tag and not self.repository().commit("HEAD"):
                raise UsageError("nothing is committed yet, so that there is nothing to hold the book against")
            if not tag and self.repository().shallow:
                self.notes.append("the clone is shallow, so that older tags are not known; HEAD was taken")
        return self.side(old), self.side(new) if new is not None else self._working_tree()

    def side(self, name: str) -> Files | Release:
        """What a name means: a revision before a folder or a file of the same name."""
        if name.startswith(RELEASE):
            return self._release(name)
        path = Path(name)
        if (name in (".", "..") or name.startswith(_PATHS) or name.endswith(".zip")) and path.exists():
            return self._at(path, name)
        head = None
        try:
            head = self.repository().head(name)
        except UsageError:
            if not path.exists():
                raise
        if head:
            return self._revision(name, head)
        if path.exists():
            return self._at(path, name)
        raise self._unknown(name)

    def repository(self) -> Repository:
        """The repository that the book lies in. Raises UsageError where it lies in none."""
        if self._repository is None:
            try:
                self._repository = self._kept.enter_context(Repository(self.root))
            except (UsageError, EnvironmentFailure) as error:
                self._repository = error
        if isinstance(self._repository, Exception):
            raise self._repository
        return self._repository

    def _stands_alone(self, name: str) -> bool:
        return name in (".", "..") or name.startswith((*_PATHS, RELEASE)) or Path(name).exists()

    def _ranged(self, said: str) -> tuple[str, str]:
        """``a..b`` as git has it; of ``a...b``, what both come from, and b."""
        old, dots, new = said.partition("...") if "..." in said else said.partition("..")
        old, new = old or "HEAD", new or "HEAD"
        if dots == "..":
            return old, new
        repository = self.repository()
        for name in (old, new):
            if not repository.commit(name):
                raise self._unknown(name)
        common = repository.common(old, new)
        if not common:
            why = "; the clone is shallow: run `git fetch --unshallow`" if repository.shallow else ""
            raise UsageError(f"{old} and {new} come from no commit that both have{why}")
        return common, new

    def _unknown(self, name: str) -> UsageError:
        if self.repository().shallow:
            return UsageError(
                f"{name} is no revision that this clone has, which is shallow: run `git fetch --unshallow --tags` "
                "(in a workflow, `fetch-depth: 0` of actions/checkout)"
            )
        return UsageError(
            f"{name} is neither a revision of git (a commit, a branch, a tag) nor a folder or a file; a release is "
            f"named {RELEASE}VERSION or {RELEASE}ID, as in {RELEASE}current"
        )

    def _working_tree(self) -> Folder:
        try:
            repository = self.repository()
        except (UsageError, EnvironmentFailure):
            repository = None
        return Folder(Side("working-tree", "."), self.root, repository)

    def _at(self, path: Path, name: str) -> Files | Release:
        """What lies at a path: a package, a book, a release."""
        from sourcebook.diff.releases import package_in, release_in  # which two revisions do without

        if path.is_file():
            return package_in(path, Side("package", name))
        if (path / DESCRIPTOR).is_file():
            root = build_folder(path).parent
            return self._working_tree() if root == self.root else Folder(Side("working-tree", name), root, None)
        if (path / PACKAGE).is_file() or (path / SITE).is_file():
            return release_in(path, Side("release" if (path / SITE).is_file() else "package", name))
        raise UsageError(f"{name} is a folder, but no book, no release and no Data Package")

    def package(self, name: str) -> Path:
        """Where the package lies that a name means. Raises UsageError where it means none, but a state of git."""
        if name.startswith(RELEASE):
            return self._folder_of(name)
        path = Path(name)
        if path.is_file() or (path / PACKAGE).is_file():
            return path
        raise UsageError(
            f"{name} is no package: that is {RELEASE}VERSION, {RELEASE}ID or {RELEASE}current, a folder with "
            f"{PACKAGE}, or its ZIP file"
        )

    def _release(self, name: str) -> Release:
        from sourcebook.diff.releases import release_in

        real = self._folder_of(name).resolve()
        return release_in(real, Side("release", f"{RELEASE}{real.name}"))

    def _folder_of(self, name: str) -> Path:
        """The folder of a release: of one that is kept by its version, of one that was built by its name."""
        said = name.removeprefix(RELEASE)
        build = self.root / BUILD
        if not said or "/" in said or said.startswith("."):
            raise UsageError(
                f"{name} names no release: after {RELEASE} stands its version in build/versions, its folder in "
                "build/releases, or `current`"
            )
        if said == "current":
            folder, _, led = files.leads_to(build / "current").partition("/")
            places = [build / folder / led] if folder == "releases" and led[:1] != "." and "/" not in led else []
        else:
            places = [build / VERSIONS / said, build / VERSIONS / said.removeprefix("v"), build / "releases" / said]
        found = next((place for place in places if place.is_dir()), None)
        if found is None:
            there = [one.name for folder in (VERSIONS, "releases") for one in sorted((build / folder).glob("*/"))]
            known = f"; there are {', '.join(there)}" if there else "; run `sourcebook build`"
            raise UsageError(f"there is no release {said} in build/versions or build/releases{known}")
        return found

    def _revision(self, name: str, head: Head) -> Commit:
        repository = self.repository()
        prefix = self._folder_in(repository, head.commit)
        side = Side("revision", name, head.commit, head.day, (prefix or "").removesuffix("/"))
        if prefix is None:
            self.notes.append(
                f"{side} has no book: nothing was compared on that side, and all records are of the other"
            )
            return Commit(side, repository, "")
        if prefix != repository.prefix:
            self.notes.append(f"in {side} the book lay in {prefix or 'the top folder'}")
        tree = repository.there(head.commit, prefix.removesuffix("/")) if prefix else head.tree
        return Commit(side, repository, tree)

    def _folder_in(self, repository: Repository, commit: str) -> str | None:
        """Where the book lay in a commit: where it lies now, or where the book of its name did; None where nowhere."""
        if repository.there(commit, f"{repository.prefix}{DESCRIPTOR}"):
            return repository.prefix
        found = repository.listing(commit)
        others = {p: blob for p, blob in found.items() if p == DESCRIPTOR or p.endswith(f"/{DESCRIPTOR}")}
        name = _name((self.root / DESCRIPTOR).read_bytes())
        limit = 1024 * 1024
        said = dict(repository.contents((blob.oid for blob in others.values()), limit))
        alike = [path for path, blob in others.items() if name and _name(said[blob.oid] or b"") == name]
        if len(alike) > 1:
            folders = ", ".join(sorted(path.removesuffix(DESCRIPTOR) for path in alike))
            raise UsageError(f"which of the books called {name} it was at {commit[:10]} cannot be told: {folders}")
        return alike[0].removesuffix(DESCRIPTOR) if alike else None


def _name(descriptor: bytes) -> str:
    parsed = parse(descriptor, DESCRIPTOR)
    value = parsed.documents[0].value if parsed.documents else None
    return str(value.get("name") or "") if isinstance(value, dict) and "resources" in value else ""
