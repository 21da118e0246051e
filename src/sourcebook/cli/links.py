# SPDX-License-Identifier: Apache-2.0
"""The command ``links``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import sourcebook
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.group import FINDINGS
from sourcebook.finding import harmless


@click.command(epilog="Example: sourcebook links --seen seen.jsonl --strict")
@the_book
@click.option(
    "--seen",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What a job saw at addresses, as JSON Lines; by default curation/links.jsonl, if it is there.",
)
@click.option("--list", "only_list", is_flag=True, help="Print the addresses, one a line: what such a job looks at.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
@click.option("--strict", is_flag=True, help="Exit with 1 where something looks dead, gone or changed.")
def links(book: Path | None, seen: Path | None, only_list: bool, form: str, strict: bool) -> None:
    """Tell which documents look dead, moved or changed, which nobody looked at, and which have no archived copy.

    The network is not opened: a job of yours looks at addresses, and writes what it sees into a file. Signs, not
    verdicts: look before you change anything.
    """
    folder = folder_of(book)
    if only_list:
        for address in sourcebook.addresses(folder):
            click.echo(harmless(address))
        return
    found = sourcebook.links(folder, seen)
    if form == "json":
        import json

        click.echo(json.dumps(found.as_dict(), indent=2))  # in ASCII: what was seen is from anywhere
    else:
        from sourcebook.archives.judging import shown

        for line in shown(found):
            click.echo(harmless(line))
    if strict and found.grave:
        sys.exit(FINDINGS)
