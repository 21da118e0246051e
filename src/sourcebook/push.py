# SPDX-License-Identifier: Apache-2.0
"""The verb ``push``: the current release of a book, and the versions that are kept, to where servers follow them."""

from __future__ import annotations

from pathlib import Path

from sourcebook.book import Folder
from sourcebook.channel import pushing
from sourcebook.channel.pushing import Overtaken, Pushed
from sourcebook.errors import UsageError
from sourcebook.progress import Progress, silent
from sourcebook.withdraw import unswept

__all__ = ["Overtaken", "Pushed", "push"]


def push(
    folder: Folder,
    target: str,
    *,
    endpoint: str = "",
    sign: Path | None = None,
    unsealed: bool = False,
    forget: bool = False,
    drop_versions: bool = False,
    progress: Progress = silent,
) -> Pushed:
    """Push the current release of the book in ``folder``, and the versions that are kept, to a ``target``.

    ``target`` is a folder, ``file://``, ``s3://`` or ``gs://``; ``endpoint`` where a store that speaks S3 answers, if
    the environment does not say so. The manifest is signed by the key of SSH ``sign``, private or held by an agent. A
    release that another user or machine built is pushed if it may be ``unsealed``. Followers leave readers on the
    release before until they are done, unless they are to ``forget`` it, or something was taken down since. Versions
    that are there and not kept here stay, unless the target is to ``drop_versions``. Raises UsageError where nothing is
    built, the target takes no files or is another book's, what is there may not stay, or something that was taken down
    is not swept out of ``build/`` yet; Overtaken where another publisher was first; EnvironmentFailure or OSError where
    the machine or the target does not let it.
    """
    if told := unswept(folder):
        raise UsageError(f"{told}, and push again")
    return pushing.push(
        folder,
        target,
        endpoint=endpoint,
        sign=sign,
        unsealed=unsealed,
        forget=forget,
        drop_versions=drop_versions,
        progress=progress,
    )
