# SPDX-License-Identifier: Apache-2.0
"""The commands ``schema show`` and ``schema infer``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.group import FINDINGS, complain
from sourcebook.cli.telling import Telling
from sourcebook.finding import harmless
from sourcebook.report import Result, json_text


@click.group()
def schema() -> None:
    """Show what a collection's schema and tables are, or infer a schema from its records."""


@schema.command("show", epilog="Example: sourcebook schema show claims")
@click.argument("collection", required=False, type=completing.collection())
@the_book
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def schema_show(collection: str | None, book: Path | None, form: str) -> None:
    """Show the tables that COLLECTION (or each one) becomes: columns, keys, links, and what stays JSON."""
    folder = folder_of(book)
    shown = sourcebook.schema.show(folder, collection)
    if not shown.collections:
        Telling().show(Result(folder, shown.findings))
        sys.exit(FINDINGS)
    if form == "json":
        click.echo(json_text([one.as_dict() for one in shown.collections]))
        return
    click.echo("\n\n".join("\n".join(map(harmless, one.lines())) for one in shown.collections))


@schema.command("infer", epilog="Example: sourcebook schema infer books > schemas/book.schema.json")
@click.argument("collection", type=completing.collection())
@the_book
def schema_infer(collection: str, book: Path | None) -> None:
    """Print a JSON Schema that every record of COLLECTION fits."""
    folder = folder_of(book)
    inferred, findings = sourcebook.schema.infer(folder, collection)
    if not inferred.schema:
        Telling().show(Result(folder, findings))
        sys.exit(FINDINGS)
    click.echo(json_text(inferred.schema))
    for note in inferred.notes:
        complain(note)
