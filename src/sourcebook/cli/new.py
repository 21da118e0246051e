# SPDX-License-Identifier: Apache-2.0
"""The command ``new``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.editing import Options, carry_out, the_edit


@click.command(epilog="Example: sourcebook new people rosa --set name='Rosa Diaz'")
@click.argument("collection", type=completing.collection())
@click.argument("key", required=False)
@the_book
@click.option(
    "--set", "values", multiple=True, metavar="PATH=VALUE", help="A value of the record; tags[]=x for one item more."
)
@click.option("--edit", is_flag=True, help="Open a draft in $VISUAL or $EDITOR, with what each property is to be.")
@the_edit
def new(
    collection: str, key: str | None, book: Path | None, values: tuple[str, ...], edit: bool, options: Options
) -> None:
    """Begin a record of COLLECTION, from its schema, where the collection's records lie.

    What can have but one value, and defaults, are filled in. A reference may be given by the name of the one record
    that is called so. What the schema requires and is not given is told; it can be given with --set or --edit. A record
    in which something is missing is a finding, so it is written with --force alone: with comments that say what is to
    be filled in.
    """
    from sourcebook.amend.new import assigned

    proposal = sourcebook.new(folder_of(book), collection, key, assigned(values), edit=_edited if edit else None)
    carry_out(proposal, options)


def _edited(text: str) -> str | None:
    return click.edit(text, extension=".yaml")
