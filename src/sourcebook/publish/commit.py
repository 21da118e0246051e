# SPDX-License-Identifier: Apache-2.0
"""The commit that a book is built from, asked of git while other work is done."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import Self

from sourcebook.book.model import BUILD
from sourcebook.git import SETTINGS, begun, without_filters

_SECONDS = 20  # in which git must answer: it is asked for what readers are told, and not for what is built


class Commit:
    """Asks git about a folder, in processes of their own. A resource: use it in a ``with`` statement."""

    def __init__(self, folder: Path) -> None:
        """Begin to ask about ``folder``: which commit it is at, and whether anything in it is not as it was then."""
        self._log = begun(folder, {}, "log", "-1", "--format=%H %cI")
        # A submodule's own settings would hold where git looks into it, so git looks at its commit alone.
        status = ("status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=dirty")
        self._refs = begun(folder, {}, *_REFS)
        self._shallow = begun(folder, {}, "rev-parse", "--is-shallow-repository")
        self._status = begun(folder, _without_filters(folder), *status, "--", ".", f":(exclude){BUILD}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for process in filter(None, (self._log, self._status, self._refs, self._shallow)):
            process.kill()
            process.communicate()

    def answer(self) -> dict[str, str | bool]:
        """``commit``, ``committed`` (ISO 8601) and ``changed``; empty where there is no git, or no commit."""
        log, status = _said(self._log), _said(self._status)
        commit, _, committed = (log or "").strip().partition(" ")
        return {"commit": commit, "committed": committed, "changed": status != ""} if committed else {}

    def history(self) -> str:
        """A hash of what is told of the past besides commits: tags, and whether older commits are here."""
        said = f"{_said(self._refs)}{_said(self._shallow)}"
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


_REFS = ("for-each-ref", "--format=%(refname) %(objectname)", "refs/tags")


def _without_filters(folder: Path) -> dict[str, str]:
    return without_filters(_said(begun(folder, {}, *SETTINGS)) or "")


def _said(process: subprocess.Popen[bytes] | None) -> str | None:
    if process is None:
        return None
    try:
        said, _ = process.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None
    return said.decode("utf-8", "replace") if process.returncode == 0 else None
