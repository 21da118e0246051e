# SPDX-License-Identifier: Apache-2.0
"""What has a forge publish a book as files: a workflow for GitHub Pages, a job for GitLab Pages.

A repository has one site of Pages, so there is one such file in it, and of one book.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass

from sourcebook.exact import dumps, loads
from sourcebook.init.repository import SEAL, Around, not_known, workflow

_GITLAB = ".gitlab-ci.yml"
_GITLAB_INCLUDED = ".gitlab/publish-sourcebook.yml"


@dataclass(frozen=True, slots=True)
class Host:
    """Where a book may be published: the file for it, its template, how its text is made, and what is to be done."""

    path: str
    template: str
    text: Callable[[str, Around, str], str]
    then: str


def host(name: str, there: bytes | None) -> Host:
    """The host of that name, in a repository whose ``.gitlab-ci.yml`` has these bytes, if it has one."""
    if name == "github":
        return _ON_GITHUB
    included = there is not None and SEAL not in there.decode("utf-8", "replace")
    if not included:
        return _ON_GITLAB
    named = _GITLAB_INCLUDED.encode() in (there or b"")
    then = "" if named else f"to have it run, add to {_GITLAB}: include: [{{local: {_GITLAB_INCLUDED}}}]"
    return Host(_GITLAB_INCLUDED, _GITLAB, _gitlab, then)


def _github(template: str, place: Around, wanted: str) -> str:
    text = workflow(template, place, wanted, "--pages github")
    if place.book == ".":
        return text
    return text.replace("name: publish sourcebook\n", f"name: {dumps(f'publish sourcebook {place.book}')}\n", 1)


def _gitlab(template: str, place: Around, wanted: str) -> str:
    install = f"    - |\n{_install(wanted)}"
    text = template.replace("    - python -m pip install sourcebook==VERSION\n", install)
    if place.book == ".":
        return text
    # A dollar would be taken for a variable of the job.
    book = dumps(place.book.replace("$", "$$"))
    return text.replace("  variables:\n", f"  variables:\n    SOURCEBOOK_BOOK: {book}\n", 1)


def _install(wanted: str) -> str:
    if wanted:
        return f"      python -m pip install {shlex.quote(wanted)}\n"
    return f"      echo {shlex.quote(not_known('--pages gitlab'))}\n      exit 1\n"


def publishes(data: bytes) -> str | None:
    """The book that a file of ours publishes; None where it is none of ours."""
    text = data.decode("utf-8", "replace")
    if SEAL not in text:
        return None
    found = re.search(r"^ +SOURCEBOOK_BOOK: (.*)$", text, re.MULTILINE)
    try:
        return str(loads(found[1])).replace("$$", "$") if found else "."
    except ValueError:
        return None


_ON_GITHUB = Host(
    ".github/workflows/publish-sourcebook.yml",
    ".github/workflows/publish-sourcebook.yml",
    _github,
    'in the settings of the repository on GitHub, under Pages, choose "GitHub Actions" as the source',
)
_ON_GITLAB = Host(_GITLAB, _GITLAB, _gitlab, "")
HOSTS = ("github", "gitlab")
"""Forges that publish files of a repository."""
