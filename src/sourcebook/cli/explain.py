# SPDX-License-Identifier: Apache-2.0
"""The command ``explain``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.errors import UsageError
from sourcebook.finding import harmless


@click.command(epilog="Example: sourcebook explain reference")
@click.argument("rule", required=False, type=completing.rule())
@the_book
def explain(rule: str | None, book: Path | None) -> None:
    """Explain RULE: what it finds, an example of the mistake, and the repair. Without RULE, list all rules.

    A check of a book's own is a rule too, checks/NAME.
    """
    try:
        folder = folder_of(book)
    except UsageError:  # outside of a book there are still rules
        folder = None
    for line in sourcebook.explain(rule, folder).splitlines():
        click.echo(harmless(line))
