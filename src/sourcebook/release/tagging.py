# SPDX-License-Identifier: Apache-2.0
"""A version tagged that was made and kept before: nothing is built, for what it was made of is known."""

from __future__ import annotations

from sourcebook.edit.model import Refused
from sourcebook.git import Repository
from sourcebook.publish.versions import Version, write_index
from sourcebook.release.making import Made
from sourcebook.release.standing import Standing, elsewhere, tagging


def untagged(standing: Standing, version: str) -> Version | None:
    """A version as it is kept, where it says of which commit it was made and no tag is called by it."""
    one = standing.kept_as(version)
    return one if one and one.commit and standing.git and not standing.tag(version)[0] else None


class Tagging:
    """A kept version that is to be tagged; nothing is, until `make` is called."""

    def __init__(self, standing: Standing, version: Version) -> None:
        """Raises Refused where HEAD is not what the version was made of, with the line that tags it all the same."""
        if standing.git is None:
            raise Refused("a tag is one of a commit, and the book lies in no repository of git")
        self.version = version
        self.commit = version.commit
        self.new_tag = standing.new_tag(version.version)
        self._git: Repository = standing.git
        self._standing = standing
        self._judge()

    def _judge(self) -> None:
        one, at = self.version, f"{self.version.version} was made of commit {self.commit[:10]}"
        if one.withdrawn:
            raise Refused(f"{one.version} was withdrawn on {one.withdrawn['day']}, and gets no tag any more")
        if not self._git.commit(self.commit):
            raise Refused(f"{at}, which is not in this repository: nothing is tagged")
        said = self._standing.version_at(self.commit)
        if said != one.version:
            raise Refused(f"{at}, whose descriptor says {said or 'no version'}: nothing is tagged")
        if self.commit != self._standing.head:
            raise Refused(elsewhere(one, self.new_tag, self._standing.head))

    @property
    def what(self) -> str:
        """What will be done, in one line."""
        return f"tag {self.version.version}, which was made of commit {self.commit[:10]}"

    def make(self) -> Made:
        """Tag the commit, and have the index of kept versions name the tag. Nothing is pushed.

        Raises EnvironmentFailure where git fails, OSError where the disk does.
        """
        self._git.said(*tagging(self.version, self.new_tag, self.commit))
        write_index(self._standing.book.build, tag_of=self._standing.tag_of)
        return Made(self.version, again=True, tag=self.new_tag)
