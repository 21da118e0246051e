# SPDX-License-Identifier: Apache-2.0
"""The commit that a book is built from, asked of git while other work is done."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from sourcebook.book.model import BUILD

_SECONDS = 20  # in which git must answer: it is asked for what readers are told, and not for what is built

# What lies in a book may look like a repository of its own, or be one, whose settings name programs that git runs.
_HARMLESS = tuple(
    part
    for setting in ("safe.bareRepository=explicit", "core.fsmonitor=false", "log.showSignature=false")
    for part in ("-c", setting)
)
# Nor is anything fetched that is missing: by which program, such a repository says.
_ALONE = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
_OF_REPOSITORY = ("local", "worktree")  # settings that come with a folder; the others are of who builds
_FILTERS = re.compile(r"(filter\..*)\.(clean|smudge|process)\n(.*)", re.DOTALL)
_KNOWN = ("git-lfs clean -- %f", "git-lfs smudge -- %f", "git-lfs filter-process")  # by `git lfs install`
_NONE = {"clean": "", "process": "", "required": "false"}


class Commit:
    """Asks git about a folder, in processes of their own. A resource: use it in a ``with`` statement."""

    def __init__(self, folder: Path) -> None:
        """Begin to ask about ``folder``: which commit it is at, and whether anything in it is not as it was then."""
        self._log = _begun(folder, {}, "log", "-1", "--format=%H %cI")
        # A submodule's own settings would hold where git looks into it, so git looks at its commit alone.
        status = ("status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=dirty")
        self._status = _begun(folder, _without_filters(folder), *status, "--", ".", f":(exclude){BUILD}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for process in filter(None, (self._log, self._status)):
            process.kill()
            process.communicate()

    def answer(self) -> dict[str, str | bool]:
        """``commit``, ``committed`` (ISO 8601) and ``changed``; empty where there is no git, or no commit."""
        log, status = _said(self._log), _said(self._status)
        commit, _, committed = (log or "").strip().partition(" ")
        return {"commit": commit, "committed": committed, "changed": status != ""} if committed else {}


def _without_filters(folder: Path) -> dict[str, str]:
    """An environment in which git runs none of the programs that a repository's settings have its files go through."""
    said = _said(_begun(folder, {}, "config", "--list", "--show-scope", "--includes", "-z")) or ""
    parts = said.split("\0")
    settings = zip(parts[::2], parts[1::2], strict=False)
    found = [_FILTERS.fullmatch(setting) for scope, setting in settings if scope in _OF_REPOSITORY]
    named = sorted({one[1] for one in found if one and one[3] not in _KNOWN})
    number = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    environment: dict[str, str] = {}
    for name in named:  # not by -c, which ends a name at its first "="
        for part, value in _NONE.items():
            environment |= {f"GIT_CONFIG_KEY_{number}": f"{name}.{part}", f"GIT_CONFIG_VALUE_{number}": value}
            number += 1
    return {**environment, "GIT_CONFIG_COUNT": str(number)}


def _begun(folder: Path, environment: Mapping[str, str], *arguments: str) -> subprocess.Popen[str] | None:
    try:
        return subprocess.Popen(
            ["git", *_HARMLESS, "-C", str(folder), "--no-optional-locks", *arguments],  # noqa: S607  (the git of whoever builds)
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ALONE, **environment},
            text=True,
            errors="replace",
        )
    except OSError:
        return None


def _said(process: subprocess.Popen[str] | None) -> str | None:
    if process is None:
        return None
    try:
        said, _ = process.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None
    return said if process.returncode == 0 else None
