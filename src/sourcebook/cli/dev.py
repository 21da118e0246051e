# SPDX-License-Identifier: Apache-2.0
"""The command ``dev``."""

from __future__ import annotations

import time
from pathlib import Path

import click

import sourcebook
from sourcebook.cli.common import folder_of, opened_at, the_book
from sourcebook.finding import harmless


@click.command(epilog="Example: sourcebook dev --open")
@the_book
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes any free one."
)
@click.option(
    "--editor",
    metavar="NAME",
    help="What links to lines open: vscode, vscodium, cursor, windsurf, zed, sublime, textmate, idea, pycharm, none, "
    "or an address with {path} and {line} in it. Default: the editor of VISUAL, or vscode.",
)
@click.option("--open", "opens", is_flag=True, help="Open the site in the browser.")
def dev(book: Path | None, port: int, editor: str | None, opens: bool) -> None:
    """Show the book's pages as its files are, while you edit: an edit is on the page as soon as it is saved.

    What is wrong stands on top of every page, and here; an edit that could not be published leaves the last good state
    where it is. Releases are left alone, and the site is to be read on this machine only.
    """

    def tell(said: str) -> None:
        click.echo(f"{time.strftime('%H:%M:%S')} {harmless(said)}", err=True)

    sourcebook.dev(folder_of(book), port=port, editor=editor, ready=opened_at(opens), tell=tell)
