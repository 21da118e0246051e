# SPDX-License-Identifier: Apache-2.0
"""The command ``where``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.finding import harmless
from sourcebook.report import json_text


@click.command(epilog="Example: sourcebook where claims some-claim source")
@click.argument("table", type=completing.table())
@click.argument("key", type=completing.row())
@click.argument("column", required=False, type=completing.column())
@the_book
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def where(table: str, key: str, column: str | None, book: Path | None, form: str) -> None:
    """Show the file, line and column that a published value comes from. No build is needed.

    KEY is the row's primary key; where that is two columns, both joined by a slash, as in some-claim/0. Without COLUMN
    the row's own place is shown; of a reference, the place where it is written.
    """
    located = sourcebook.where(folder_of(book), table, key, column)
    if form == "json":
        click.echo(json_text(located.as_dict()))
        return
    click.echo(harmless(str(located)))
    click.echo(harmless(located.source if located.written else f"{located.source}  (the value is not written: NULL)"))
    if located.made_from:
        click.echo("The build made this value; it is not in the records. It is made from these statements:")
    for one in located.made_from:
        click.echo(harmless(f"{one}\n{one.source}"))
