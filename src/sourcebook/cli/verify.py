# SPDX-License-Identifier: Apache-2.0
"""The command ``verify``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import sourcebook
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.group import CLEAN, FINDINGS, complain
from sourcebook.cli.telling import Telling, form
from sourcebook.cli.waiting import profiled, waiting
from sourcebook.report import Result


@click.command(epilog="Example: sourcebook verify --book path/to/book")
@the_book
@form
@profiled
@click.option("--only", type=click.Choice(["parquet"]), help="Verify build/partitions, beside the current release.")
def verify(book: Path | None, telling: Telling, profile: bool, only: str | None) -> None:
    """Hold the current release against the records, and its files against each other.

    Where there are partitions of Parquet alone it is these, through DuckDB.

    Exit code 0 where nothing differs, 1 where something does; each difference names its file.
    """
    with waiting(profile=profile, quiet=telling.quiet) as progress:
        verified = sourcebook.verify(folder_of(book), only=only or "", progress=progress)
    telling.show(Result(verified.release, tuple(one.finding for one in verified.differences), verified.ledger))
    if verified.ok and not telling.quiet:
        click.echo(f"release {verified.release.name} is what its records make it", err=telling.to_machine)
    if verified.behind:
        complain(
            f"release {verified.release.name} is as it was built: the book was edited since, or is read otherwise now; "
            "`sourcebook build` makes the next one"
        )
    sys.exit(CLEAN if verified.ok else FINDINGS)
