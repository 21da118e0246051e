# SPDX-License-Identifier: Apache-2.0
"""The command ``rename``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.editing import Options, carry_out, the_edit


@click.command(epilog="Example: sourcebook rename people rosa rosa-diaz")
@click.argument("collection", type=completing.collection())
@click.argument("old", type=completing.key())
@click.argument("new")
@the_book
@click.option("--texts", is_flag=True, help="Change texts in records too that are exactly the old key.")
@the_edit
def rename(collection: str, old: str, new: str, book: Path | None, texts: bool, options: Options) -> None:
    """Give a record another key: its file, the key, and every reference, in one change.

    The old key is kept in curation/moved.yaml, so that the site leads its address on to the new one.
    """
    carry_out(sourcebook.rename(folder_of(book), collection, old, new, texts=texts), options)
