# SPDX-License-Identifier: Apache-2.0
"""What the commands share: the book's folder, progress for people who wait, a checked book as what is told of it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from sourcebook.book import find_book
from sourcebook.check import Checked
from sourcebook.report import Result


class Progress:
    """Stages on stderr, for people who wait: nothing in the first second, nothing where nobody looks."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def __call__(self, stage: str) -> None:
        waited = time.monotonic() - self._begun
        if stage.startswith("another build") or (sys.stderr.isatty() and waited > 1):
            click.echo(f"{stage} …", err=True)


def folder_of(book: Path | None) -> Path:
    """The folder of the book that was named, or else the nearest upward. Raises UsageError where there is none."""
    return book if book else find_book(Path.cwd())


def result_of(checked: Checked) -> Result:
    """What there is to tell of a checked book."""
    return Result(checked.book.root, checked.findings, checked.ledger, checked.known)


the_book = click.option(
    "--book",
    type=click.Path(file_okay=False, path_type=Path),
    help="The book's folder. Default: the nearest folder upward with a datapackage.yaml.",
)
