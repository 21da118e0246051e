# SPDX-License-Identifier: Apache-2.0
"""The command ``refs``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.withdrawn import key_in
from sourcebook.finding import harmless
from sourcebook.report import json_text


@click.command(epilog="Example: sourcebook refs people rosa-diaz")
@click.argument("collection", type=completing.collection())
@click.argument("key", required=False, type=completing.key())
@the_book
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def refs(collection: str, key: str | None, book: Path | None, form: str) -> None:
    """Show every place that refers to a record: file, line and property, and what it says.

    These references would mean no record if the record were not there. Below them stand places that name it and are no
    references: a log of corrections, the book's own SQL.
    """
    referred = sourcebook.refs(folder_of(book), *key_in(collection, key))
    if form == "json":
        click.echo(json_text(referred.as_dict()))
        return
    for line in referred.lines():
        click.echo(harmless(line))
