# SPDX-License-Identifier: Apache-2.0
"""Where the files that `init` writes are to install Sourcebook from: what exists, or nothing that only looks so."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import Any

from sourcebook.errors import UsageError
from sourcebook.exact import loads

_NAME = "sourcebook"
_WEB = re.compile(r"((git|hg|svn|bzr)\+)?(https?|ssh|git)://", re.IGNORECASE)
_CREDENTIALS = re.compile(r"(?<=://)[^/@]*@")


def requirement(given: str | None, repository: Path) -> str:
    """What pip is to install: what is ``given``, or where this Sourcebook was installed from; empty where nobody knows.

    A path is one within the ``repository``, which is all that others see. Raises UsageError where it is none.
    """
    if given is None:
        return _own()
    if not given.strip():
        raise UsageError(
            "--install-from names nothing: say an address, a path in the repository, or sourcebook==VERSION"
        )
    if _WEB.match(given):
        return f"{_NAME} @ {given}"
    if re.match(rf"{_NAME}\s*(\[|[=<>~!@;]|$)", given):
        return given
    path = Path(given).resolve()
    if not path.exists():
        raise UsageError(f"--install-from {given}: there is no such file or folder, and it is no address (https://…)")
    if not path.is_relative_to(repository):
        raise UsageError(f"--install-from {given} lies outside of {repository}, which is all that others have of it")
    return f"./{path.relative_to(repository).as_posix()}"


def _own() -> str:
    """Where this Sourcebook was installed from, if others can get it there."""
    distribution = metadata.distribution(_NAME)
    text = distribution.read_text("direct_url.json")  # https://packaging.python.org/specifications/direct-url/
    if text is None:
        return f"{_NAME}=={distribution.version}" if distribution.read_text("INSTALLER") else ""
    try:
        said = loads(text)
        return _of(said)
    except (ValueError, KeyError, TypeError):
        return ""


def _of(said: Any) -> str:
    url = _CREDENTIALS.sub("", str(said["url"]))
    if not re.match(r"(https?|ssh|git)://", url):
        return ""  # a folder or file of this machine
    below = f"#subdirectory={said['subdirectory']}" if said.get("subdirectory") else ""
    if "vcs_info" in said:
        return f"{_NAME} @ {said['vcs_info']['vcs']}+{url}@{said['vcs_info']['commit_id']}{below}"
    return f"{_NAME} @ {url}{below}" if "archive_info" in said else ""
