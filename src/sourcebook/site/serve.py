# SPDX-License-Identifier: Apache-2.0
"""The verb ``serve``: the current release of a book in Datasette, read-only; a new release is picked up as it comes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sourcebook.book import Folder, build_folder
from sourcebook.channel.beside import Channel
from sourcebook.errors import UsageError
from sourcebook.machine import system
from sourcebook.publish import release
from sourcebook.site.accepting import Shared, accept, address, ended_in_order, listen, opened
from sourcebook.site.fleet.keeper import Fleet, Post, check_forks
from sourcebook.site.fleet.member import Member
from sourcebook.site.hosts import HostNames
from sourcebook.site.releases import Releases

_MOST = 64  # workers: more than any machine has use for that this is likely to run on


def serve(
    folder: Folder | None,
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    host_names: Iterable[str] = (),
    unsealed: bool = False,
    workers: int = 1,
    follow: Channel | None = None,
    ready: Callable[[str], None] = print,
    tell: Callable[[str], None] = print,
) -> None:
    """Serve the book in ``folder`` until stopped; ``ready`` is told the address once it answers.

    Port 0 takes any free one. By other names than ``host_names`` the site is not asked, unless it listens for this
    machine alone and none are given. A release that another user or machine built is served if ``unsealed`` ones may
    be. So many ``workers`` answer, each a process. Where there is a channel to ``follow``, its releases are served:
    copied into ``folder``, or one of the user's cache where that is None, by a process of its own, which has ``tell``
    told what it does; it may be ended at any moment. Raises UsageError where nothing is built, for what is no name of a
    host, and where several processes cannot be had; EnvironmentFailure where the address is taken, another built it,
    there is nothing to follow, this system forks no processes, or the workers do not stay.
    """
    system.must_fork("`sourcebook freeze` writes the site as files anywhere")
    names = HostNames(host_names, host)
    if follow is not None:
        build = follow.place(folder)
    elif folder is not None:
        build = build_folder(folder)
    else:
        raise UsageError("there is no book to serve, and nothing to follow")
    if not 1 <= workers <= _MOST:
        raise UsageError(f"{workers} workers: from 1 to {_MOST} may answer, best as many as there are cores")
    if workers > 1 or follow is not None:
        runs, standing = None, None
        if follow is not None:
            check_forks()
            follow.begin(build, tell)
            standing = follow.standing(build)
            runs = partial(follow.go_on, build, tell, standing=standing)
        told = standing.told if standing is not None else None
        how = {"anyones": unsealed, "workers": workers, "following": told}
        _together(build, names, host, port, how, follow=runs, ready=ready)
        return
    with ended_in_order() as ends, closing(Releases(build, anyones=unsealed)) as app:
        listen(app, names, app.start, ends, host=host, port=port, ready=ready)


def _together(
    build: Path,
    names: HostNames,
    host: str,
    port: int,
    how: dict[str, Any],
    *,
    follow: Callable[[], None] | None,
    ready: Callable[[str], None],
) -> None:
    """Serve by several processes, which this one keeps; `Releases` are made as ``how`` says."""
    check_forks()
    release.current(build)  # raises where there is none
    import uvicorn  # noqa: F401 # loaded once for all

    from sourcebook.site.listening import Connections  # noqa: F401

    # What one worker has signed is read by another.
    how = {**how, "secret": secrets.token_hex(32)}
    listening = opened(host, port)
    at = address(listening, host)
    listening = Shared(fileno=listening.detach())

    def answers(member: Member) -> None:
        with (
            ended_in_order() as ends,
            closing(Releases(build, **how, others=member)) as app,
        ):

            async def start() -> None:
                await member.begin(lambda: setattr(ends.server, "should_exit", True))
                await app.start()

            accept(app, names, start, ends, listening, ready=member.started)

    def follows(member: Member) -> None:
        member.end_with_keeper()
        assert follow is not None
        follow()

    posts = [Post(f"worker {number}", answers) for number in range(1, how["workers"] + 1)]
    if follow is not None:
        posts.append(Post("what follows releases", follows, answers=False))
    # Temporary files of all lie in one folder, so that those of a worker that was killed are not left.
    with ended_in_order() as ends, TemporaryDirectory(prefix="sourcebook-", ignore_cleanup_errors=True) as folder:
        how["temporary"] = Path(folder)
        ends.server = Fleet(posts, listening)
        ends.server.run(lambda: ready(at))
