# SPDX-License-Identifier: Apache-2.0
"""The command ``set``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.editing import Options, carry_out, the_edit
from sourcebook.cli.group import AnyText


@click.command(epilog="Example: sourcebook set 'people[status=activ].status' active")
@click.argument("where", metavar="COLLECTION[FILTER].PATH", type=completing.collection())
@click.argument("value", required=False, type=AnyText())
@the_book
@click.option(
    "--as",
    "as_type",
    type=click.Choice(["integer", "number", "string", "boolean", "date"]),
    help="Make each present value of this type, where nothing is lost by it; tell which cannot be.",
)
@click.option("--add", is_flag=True, help="Put VALUE only where there is none.")
@click.option("--remove", is_flag=True, help="Take the property away.")
@click.option("--rename", metavar="NAME", help="Give the property another name, at its place.")
@the_edit
def set(  # the verb's name
    where: str,
    value: str | None,
    book: Path | None,
    as_type: str | None,
    add: bool,
    remove: bool,
    rename: str | None,
    options: Options,
) -> None:
    """Set a value in all records that are selected, make it another type, rename it or take it away.

    FILTER is the key of a record, or what records are chosen by, with commas between: status=active, status!=active,
    born (there is one) and !born (there is none). PATH leads to a property, tags[] to each item of a list. VALUE is
    read as YAML reads a single one; where the schema wants text, it is text. Of each value one line is changed.
    """
    from sourcebook.edit.typed import Written

    given = {} if value is None else {"value": Written(value)}
    more: dict[str, Any] = {**given, "as_type": as_type, "add": add, "remove": remove, "rename": rename}
    proposal = sourcebook.set(folder_of(book), where, **more)
    carry_out(proposal, options)
