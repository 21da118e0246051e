# SPDX-License-Identifier: Apache-2.0
"""The command ``delete``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.editing import Options, carry_out, the_edit
from sourcebook.cli.withdrawn import key_in


@click.command(epilog='Example: sourcebook delete people r-diaz --reason "Was entered twice."')
@click.argument("collection", type=completing.collection())
@click.argument("key", required=False, type=completing.key())
@the_book
@click.option(
    "--cascade-null",
    is_flag=True,
    help="Take out the references to it too, where the schema can do without them.",
)
@click.option("--reason", default="", metavar="TEXT", help="Why it is gone: its address will say so.")
@the_edit
def delete(
    collection: str, key: str | None, book: Path | None, cascade_null: bool, reason: str, options: Options
) -> None:
    """Take a record out of the book. Refused while others refer to it, or while it answers a statement that stays.

    With --reason the key is kept in curation/moved.yaml, and the site says at its address when and why it went.
    """
    proposal = sourcebook.delete(folder_of(book), *key_in(collection, key), cascade_null=cascade_null, reason=reason)
    carry_out(proposal, options)
