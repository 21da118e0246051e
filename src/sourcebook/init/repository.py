# SPDX-License-Identifier: Apache-2.0
"""The git repository around a book, and what is written into it: a workflow, a hook, a configuration of pre-commit.

Each text of ours ends in a line with a checksum of the rest: so that what a person changed in it is known, and kept.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from sourcebook.errors import UsageError
from sourcebook.exact import dumps, loads
from sourcebook.git import begun

WORKFLOW = ".github/workflows/sourcebook.yml"
PRE_COMMIT = ".pre-commit-config.yaml"
SEAL = "# sourcebook init: "
"""Begins the last line of a text of ours."""


@dataclass(frozen=True, slots=True)
class Around:
    """The folder at which a repository begins (without one, the book's own), and the way from it to the book."""

    root: Path
    book: str
    is_git: bool


def around(book: Path) -> Around:
    """The repository that the folder of a book lies in. One that is somebody's whole home is none of a book."""
    for folder in (book, *book.parents):
        if (folder / ".git").exists():
            if folder == Path.home().resolve() and folder != book:
                break
            return Around(folder, book.relative_to(folder).as_posix(), is_git=True)
    return Around(book, ".", is_git=False)


# --- what a person changed --------------------------------------------------------------------------------------------


def sealed(text: str) -> str:
    """A text with the line at its end that tells whether it was changed."""
    return f"{text}{SEAL}{_digest(text)}\n"


def is_unchanged(data: bytes) -> bool:
    """Whether a file is as `sealed` made it."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    rest, found, digest = text.rpartition(SEAL)
    return bool(found) and digest.strip() == _digest(rest)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# --- texts ------------------------------------------------------------------------------------------------------------


def workflow(template: str, place: Around, wanted: str, option: str = "--workflow") -> str:
    """A workflow for a book, with Sourcebook installed from what is ``wanted``; the ``option`` writes it anew."""
    text = template.replace(_INSTALL, f"      - name: install Sourcebook\n{_steps(wanted, option)}")
    if place.book == ".":
        return text
    text = text.replace("name: sourcebook\n", f"name: {dumps(f'sourcebook {place.book}')}\n", 1)
    where = f"    env:\n      SOURCEBOOK_BOOK: {dumps(place.book)}\n"
    return text.replace("    steps:\n", f"{where}    steps:\n", 1)


_INSTALL = "      - run: python -m pip install sourcebook==VERSION\n"


def not_known(option: str = "--workflow") -> str:
    """What a step says that cannot install Sourcebook, in a file that `init` writes with the ``option``."""
    return (
        "Where Sourcebook is to be installed from is not filled in. Say so in this step: "
        f"python -m pip install URL-OR-PATH; or run: sourcebook init {option} --install-from URL-OR-PATH"
    )


def _steps(wanted: str, option: str) -> str:
    if wanted:
        return f"        run: |\n          python -m pip install {shlex.quote(wanted)}\n"
    told = shlex.quote(f"::error::{not_known(option)}")
    return (
        "        # To be filled in: Sourcebook was installed from a folder of one machine, which no other has.\n"
        f"        run: |\n          echo {told}\n          exit 1\n"
    )


def pre_commit(template: str, place: Around, wanted: str) -> str:
    """The configuration of pre-commit, which installs what is ``wanted`` itself, or takes what is installed here."""
    command = "sourcebook check" if place.book == "." else f"sourcebook check --book {shlex.quote(place.book)}"
    text = template.replace("entry: sourcebook check\n", f"entry: {command if place.book == '.' else dumps(command)}\n")
    if wanted and not wanted.startswith("./"):
        return text.replace("[sourcebook==VERSION]", f"[{dumps(wanted)}]")
    return text.replace(
        "        language: python\n        additional_dependencies: [sourcebook==VERSION]\n",
        "        language: system # the sourcebook that is installed here\n",
    )


def installed_by(data: bytes) -> str:
    """What a workflow of ours installs; empty where it is not ours as it stands, or does not know."""
    found = re.search(r"^ {6,10}python -m pip install (.*)$", data.decode("utf-8", "replace"), re.MULTILINE)
    words = shlex.split(found[1]) if found and is_unchanged(data) else []
    return words[0] if len(words) == 1 else ""


def names_another(data: bytes, place: Around) -> bool:
    """Whether a workflow is that of another book of the repository: it names one, or this one nowhere."""
    text = data.decode("utf-8", "replace")
    found = re.search(r"^      SOURCEBOOK_BOOK: (.*)$", text, re.MULTILINE)
    if found is None:
        return place.book not in text
    try:
        return bool(loads(found[1]) != place.book)
    except ValueError:
        return False


# --- the hook ---------------------------------------------------------------------------------------------------------


def hook_path(place: Around) -> Path:
    """Where git looks for the hook. Raises UsageError where there is no repository, or others share its hooks."""
    if not place.is_git:
        raise UsageError(f"{place.root} lies in no git repository, so there is nothing to hook a check to: git init")
    shared = _git(place.root, "config", "--get", "core.hooksPath")
    path = Path(_git(place.root, "rev-parse", "--git-path", "hooks") or ".git/hooks")
    whole = (place.root / path.expanduser()).resolve()
    if shared and not whole.is_relative_to(place.root):
        raise UsageError(f"git's core.hooksPath is {shared}, with hooks of other repositories too: add yours by hand")
    return whole / "pre-commit"


def _git(folder: Path, *arguments: str) -> str:
    process = begun(folder, {}, *arguments)
    if process is None:
        raise UsageError("there is no git on the PATH, so there is nothing to hook a check to")
    with process:
        said, _ = process.communicate()
    return os.fsdecode(said).strip()


def books_of(data: bytes) -> list[str]:
    """The books that a hook of ours checks."""
    found = re.search(r"^# books: (.*)$", data.decode("utf-8", "replace"), re.MULTILINE)
    try:
        said = loads(found[1]) if found else []
    except ValueError:
        return []
    return [one for one in said if isinstance(one, str)] if isinstance(said, list) else []


def hook(books: list[str]) -> str:
    """The hook that checks each of some books as it is staged."""
    program = shlex.quote(str(Path(sys.executable).parent / "sourcebook"))
    return _HOOK.format(listed=dumps(books), books=" ".join(map(shlex.quote, books)), program=program)


_HOOK = """\
#!/bin/sh
# Checks what is about to be committed, as it is staged, with Sourcebook. `git commit --no-verify` commits without it.
# Written by `sourcebook init --hook`, which may be said again; to be rid of it, remove this file.
# books: {listed}
if [ -x {program} ]; then
  set -- {program}
elif command -v sourcebook >/dev/null 2>&1; then
  set -- sourcebook
else
  echo "sourcebook is not installed, so that nothing was checked: install it, or remove $0" >&2
  exit 1
fi
staged=$(mktemp -d) || exit 1
trap 'rm -rf "$staged"' EXIT
failed=0
for book in {books}; do
  git diff --cached --quiet -- "$book" && continue # nothing of it is staged
  git ls-files -z -- "$book" | git checkout-index -z --stdin --prefix="$staged/" || exit 1
  [ -f "$staged/$book/datapackage.yaml" ] || continue # it is to be removed
  "$@" check --quiet --book "$staged/$book" || failed=1
done
[ "$failed" -eq 0 ] || echo "nothing is committed: mend the above and stage it" >&2
exit "$failed"
"""
