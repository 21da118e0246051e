# SPDX-License-Identifier: Apache-2.0
"""What the commands share: the book's folder, and a checked book as what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from sourcebook.book import find_book
from sourcebook.check.result import Checked
from sourcebook.report import Result


def folder_of(book: Path | None) -> Path:
    """The folder of the book that was named, or else the nearest upward. Raises UsageError where there is none."""
    return book if book else find_book(Path.cwd())


def result_of(checked: Checked) -> Result:
    """What there is to tell of a checked book."""
    return Result(checked.book.root, checked.findings, checked.ledger, checked.known)


def opened_at(opens: bool) -> Callable[[str], None]:
    """What is to be told of the address of a server: it is printed, and opened in the browser where that is wanted."""

    def ready(address: str) -> None:
        click.echo(f"serving {address}")
        if opens:
            import webbrowser  # which few ask for

            if not webbrowser.open(address):
                click.echo("no browser was found to open it in", err=True)

    return ready


the_book = click.option(
    "--book",
    type=click.Path(file_okay=False, path_type=Path),
    help="The book's folder. Default: the nearest folder upward with a datapackage.yaml.",
)
the_seconds = click.option(
    "--check-seconds",
    type=click.FloatRange(0, min_open=True),
    help="Seconds that each SQL statement of the book may take. Default: what the book says, 60 at most, or 10.",
)
the_jobs = click.option(
    "--jobs", default=0, type=click.IntRange(0), help="Processes to share the work. Default: as many as gain."
)
