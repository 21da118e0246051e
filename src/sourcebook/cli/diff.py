# SPDX-License-Identifier: Apache-2.0
"""The command ``diff``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import sourcebook
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.group import CLEAN, FINDINGS
from sourcebook.errors import UsageError
from sourcebook.report import json_text

_FORMS = ["text", "markdown", "json", "changeset"]


@click.command(epilog="Example: sourcebook diff v1.0 HEAD --format markdown")
@click.argument("old", required=False)
@click.argument("new", required=False)
@the_book
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json", "changeset"]), default="text", show_default=True
)
@click.option("--public", is_flag=True, help="Tell only what the book publishes today; of what is gone, its keys.")
@click.option("--exit-code", "as_code", is_flag=True, help="Exit with code 1 where anything differs.")
def diff(old: str | None, new: str | None, book: Path | None, form: str, public: bool, as_code: bool) -> None:
    """Show what makes NEW of OLD: records added, changed field by field, removed, renamed. No build is needed.

    OLD and NEW are revisions of git (v1.0, main, HEAD~3), releases (release:VERSION, release:ID, release:current), or
    the folder or the ZIP file of a release or of a book. OLD may be a..b or a...b. Without NEW it is the working tree,
    without OLD the last tag, or HEAD where there is none.

    With --format changeset both are releases or packages, NEW is release:current where none is named, and what is
    printed is what `sourcebook apply` makes the files of NEW of those of OLD with.
    """
    if form == "changeset":
        if old is None:
            raise UsageError("a change set is between two packages: name the older one, as in release:VERSION")
        change_set = sourcebook.change_set(folder_of(book), old, *([new] if new else []))
        click.echo(change_set.text(), nl=False)
        sys.exit(FINDINGS if as_code and change_set.differs else CLEAN)
    compared = sourcebook.diff(folder_of(book), old, new, public=public)
    if form == "json":
        click.echo(json_text(compared.as_dict()))
    elif form == "markdown":
        click.echo(compared.markdown(), nl=False)
    else:
        for line in compared.lines():
            click.echo(line)
    sys.exit(FINDINGS if as_code and compared.differs else CLEAN)
