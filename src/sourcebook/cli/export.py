# SPDX-License-Identifier: Apache-2.0
"""The command ``export``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book, the_quiet
from sourcebook.cli.group import FINDINGS, complain
from sourcebook.finding import harmless


@click.command(epilog="Example: sourcebook export people --to people.xlsx")
@click.argument("collection", type=completing.collection())
@click.option(
    "--to",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write: .xlsx, .ods or .csv.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY",
    type=completing.key(),
    help="Only the record of this key; may be given again.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@the_quiet
@the_book
def export(collection: str, to: Path, keys: tuple[str, ...], force: bool, quiet: bool, book: Path | None) -> None:
    """Write COLLECTION as a spreadsheet, to be edited elsewhere and brought back by `sourcebook import`.

    Each table is a sheet, with the entries of lists as rows of their own; of CSV it is a file beside FILE. Labels stand
    beside references, and beside statements who says them and what answers them, in columns that are only shown. No
    build is needed.
    """
    from sourcebook.edit.model import Refused  # not at once, for the sake of --help

    try:
        written = sourcebook.export(folder_of(book), collection, to, keys=keys, force=force)
    except Refused as refusal:
        complain(str(refusal))
        sys.exit(FINDINGS)
    for line in written.told if quiet else written.lines():
        click.echo(harmless(line))
