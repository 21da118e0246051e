# SPDX-License-Identifier: Apache-2.0
"""The command ``blame``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.finding import harmless
from sourcebook.report import json_text


@click.command(epilog="Example: sourcebook blame claims some-claim text")
@click.argument("table", type=completing.table())
@click.argument("key", type=completing.row())
@click.argument("column", required=False, type=completing.column())
@the_book
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def blame(table: str, key: str, column: str | None, book: Path | None, form: str) -> None:
    """Show which commit last changed a value, and what it was before. No build is needed.

    KEY is the row's primary key; where that is two columns, both joined by a slash, as in some-claim/0. COLUMN is a
    column, or the path of a property, as in roles[0].from; without it, every property of the record is shown, with the
    commit that last changed it.
    """
    blamed = sourcebook.blame(folder_of(book), table, key, column)
    if form == "json":
        click.echo(json_text(blamed.as_dict()))
        return
    for line in blamed.lines():
        click.echo(harmless(line))
