# SPDX-License-Identifier: Apache-2.0
"""The verb ``dev``: a book's pages while its files are edited, an edit on the page as soon as it is saved.

In comes a book; out goes a site on this machine, of a private database in a temporary folder. It knows nothing of
releases, which are neither read nor written. One process serves (`preview`, `pages`), one keeps the book in memory
(`keeper`, `state`), one looks at all files now and then (`looking`), and one checks the whole book when it is quiet
(`checking`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sourcebook.book import Folder
from sourcebook.errors import UsageError
from sourcebook.machine import system
from sourcebook.machine.scratch import scratch

__all__ = ["dev"]

_NAME = "sourcebook-dev"


def dev(
    folder: Folder,
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    editor: str | None = None,
    ready: Callable[[str], None] = print,
    tell: Callable[[str], None] = print,
) -> None:
    """Serve the book in ``folder`` as its files are, on this machine alone, until stopped.

    ``editor`` is what links to lines open: a name of `sourcebook.dev.editors.EDITORS`, or a form of addresses; by
    default that of VISUAL, or Visual Studio Code. ``ready`` is told the address, ``tell`` what becomes of each edit.
    Raises UsageError where there is no book, or ``host`` is not of this machine alone; EnvironmentFailure where the
    address is taken, or this system forks no processes.
    """
    from sourcebook.dev.editors import form_of
    from sourcebook.site.accepting import ended_in_order, listen
    from sourcebook.site.hosts import HostNames, is_local

    if not is_local(host):
        raise UsageError(
            f"{host} is not of this machine alone: a preview shows what is not published yet, and to nobody else"
        )
    system.must_fork("`sourcebook check` says what is wrong anywhere")
    root = Path(folder).resolve()
    if not (root / "datapackage.yaml").is_file():
        raise UsageError(f"there is no datapackage.yaml in {folder}")
    form = form_of(editor)
    from sourcebook.dev.pages import Pages
    from sourcebook.dev.preview import Preview

    names = HostNames(["localhost"], host)
    with ended_in_order() as ends, scratch(_NAME) as top:
        made: list[Preview] = []

        async def app(scope: object, receive: object, send: object) -> None:
            await pages[0](scope, receive, send)

        pages: list[Pages] = []

        async def start() -> None:
            made.append(Preview(root, top, form, tell))
            pages.append(Pages(made[0]))
            await made[0].start()

        async def stop() -> None:
            if made:
                await made[0].stop()

        listen(app, names, start, ends, host=host, port=port, ready=ready, ending=stop, grace=2)
