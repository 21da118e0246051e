# SPDX-License-Identifier: Apache-2.0
"""What the commands share: the book's folder, and a checked book as what is told of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click
from click.core import ParameterSource

from sourcebook.book import DESCRIPTOR, find_book
from sourcebook.check.result import Checked
from sourcebook.cli.group import BOOK_VARIABLE
from sourcebook.errors import UsageError
from sourcebook.report import Result


def folder_of(book: Path | None, *files: Path) -> Path:
    """The folder of the book that was named, or else the nearest upward.

    That is from here, and where there is none, from the first of ``files``. Raises UsageError where there is none.
    """
    if book:
        return book
    try:
        return find_book(Path.cwd())
    except UsageError:
        if not files:
            raise
    return find_book(files[0] if files[0].is_dir() else files[0].parent)


def result_of(checked: Checked, *, public: bool = False) -> Result:
    """What there is to tell of a checked book, with ``public`` to anybody."""
    result = Result(checked.book.root, checked.findings, checked.ledger, checked.known)
    return result.public(checked.book) if public else result


def opened_at(opens: bool) -> Callable[[str], None]:
    """What is to be told of the address of a server: it is printed, and opened in the browser where that is wanted."""

    def ready(address: str) -> None:
        click.echo(f"serving {address}")
        if opens:
            import webbrowser  # which few ask for

            if not webbrowser.open(address):
                click.echo("no browser was found to open it in", err=True)

    return ready


def in_colour() -> bool:
    """Whether what is written to standard output is coloured.

    By https://no-color.org, https://force-color.org and https://bixense.com/clicolors: NO_COLOR goes first, then
    FORCE_COLOR and CLICOLOR_FORCE, then the terminal, which CLICOLOR=0 switches off.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb" and os.environ.get("CLICOLOR") != "0"


def _meant(ctx: click.Context, param: click.Parameter, book: Path | None) -> Path | None:
    """The book that the command line names: after the verb, before it, or by the environment, in this order."""
    before: Path | None = ctx.find_root().params.get("book")
    source = ctx.get_parameter_source(str(param.name))
    if source is ParameterSource.COMMANDLINE:
        if before is not None and before != book:
            raise click.UsageError(f"two books are named, {before} and {book}: say --book once")
        return book
    if before is not None:
        return before
    if book is not None and not ctx.resilient_parsing and not (book / DESCRIPTOR).is_file():
        raise UsageError(f"the environment variable {BOOK_VARIABLE} names {book}, which has no {DESCRIPTOR}")
    return book


the_book = click.option(
    "--book",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=BOOK_VARIABLE,
    callback=_meant,
    help=f"The book's folder. Default: {BOOK_VARIABLE} of the environment, or the nearest folder upward with a "
    "datapackage.yaml.",
)
the_quiet = click.option(
    "--quiet", "-q", is_flag=True, help="Tell only what is wrong: nothing where all is well. The exit code tells."
)
the_seconds = click.option(
    "--check-seconds",
    type=click.FloatRange(0, min_open=True),
    help="Seconds that each SQL statement of the book may take. Default: what the book says, 60 at most, or 10.",
)
the_endpoint = click.option(
    "--endpoint",
    default="",
    metavar="URL",
    help="Where a store that speaks S3 answers. Default: AWS_ENDPOINT_URL, or Amazon's. Credentials come by the "
    "environment, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
)
the_jobs = click.option(
    "--jobs", default=0, type=click.IntRange(0), help="Processes to share the work. Default: as many as gain."
)
the_sources = click.option(
    "--sources",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of texts that are held. Default: SOURCEBOOK_SOURCES, or the book's own sources/.",
)
