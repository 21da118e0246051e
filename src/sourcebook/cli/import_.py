# SPDX-License-Identifier: Apache-2.0
"""The command ``import``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.editing import Options, carry_out, the_edit


@click.command("import", epilog="Example: sourcebook import people.xlsx, or sourcebook import list.csv --into people")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--into",
    metavar="COLLECTION",
    type=completing.collection(),
    help="FILE is a table of your own: have its rows as records of this.",
)
@click.option("--mapping", metavar="NAME", help="With --into: curation/imports/NAME.yaml. Default: the file's name.")
@click.option("--map-only", is_flag=True, help="With --into: write where columns go, and take no record yet.")
@click.option("--update", is_flag=True, help="With --into: records that are there already take the file's values.")
@click.option("--remove", is_flag=True, help="Take out of the book what the sheet has no more.")
@click.option("--skip", is_flag=True, help="Leave what cannot be taken as it is in the book, and take the rest.")
@click.option("--encoding", help="Of CSV that is not in UTF-8: cp1252, for instance.")
@click.option("--separator", help="Between the cells of CSV, where that cannot be told: ; or tab, for instance.")
@the_book
@the_edit
def import_(
    file: Path,
    into: str | None,
    mapping: str | None,
    map_only: bool,
    update: bool,
    remove: bool,
    skip: bool,
    encoding: str | None,
    separator: str | None,
    book: Path | None,
    options: Options,
) -> None:
    """Take what was edited in FILE, a spreadsheet that `sourcebook export` wrote, into the book.

    Records are matched by their keys, entries of lists by their positions; each changed cell becomes one changed value.
    Nothing is taken where a record was changed in the book meanwhile and in the sheet too, nor what a spreadsheet
    program has damaged: dates made of texts, zeros and digits that are lost, formulas, merged cells. All of that is
    told at its cell.
    """
    if into is None and (mapping or map_only or update):
        raise click.UsageError("--mapping, --map-only and --update are for --into")
    if into is not None and remove:
        raise click.UsageError("--remove is not for --into: a table of your own takes nothing out")
    proposal = sourcebook.import_(
        folder_of(book),
        file,
        into=into,
        mapping=mapping,
        map_only=map_only,
        update=update,
        remove=remove,
        skip=skip,
        encoding=encoding,
        separator=separator,
    )
    carry_out(proposal, options)
