# SPDX-License-Identifier: Apache-2.0
"""The command ``check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import sourcebook
from sourcebook.cli.common import folder_of, result_of, the_book, the_jobs, the_seconds
from sourcebook.cli.group import CLEAN, FINDINGS, complain
from sourcebook.cli.telling import Telling, telling
from sourcebook.cli.waiting import profiled, waiting
from sourcebook.validation.wording import many


@click.command(epilog="Example: sourcebook check --book path/to/book")
@the_book
@telling
@profiled
@the_jobs
@the_seconds
@click.option("--write-baseline", is_flag=True, help="Make what is wrong now known; later, take out what is mended.")
def check(
    book: Path | None,
    telling: Telling,
    profile: bool,
    jobs: int,
    check_seconds: float | None,
    write_baseline: bool,
) -> None:
    """Find everything that is wrong with a book.

    Exit code 0 where there is no error, 1 where there are; warnings, and findings of the book's baseline, do not fail.
    What is told can be chosen; that changes no exit code.
    """
    folder = folder_of(book)
    wanted = telling.filter(folder)
    with waiting(profile=profile) as progress:
        checked = sourcebook.check(folder, jobs=jobs, check_seconds=check_seconds, progress=progress)
    if write_baseline:
        written = sourcebook.write_baseline(checked)
        were = "was" if written.removed == 1 else "were"
        complain(f"the baseline knows {many(written.kept, 'finding')}; {written.removed:,} {were} taken out")
        checked = sourcebook.check(folder, check_seconds=check_seconds)
    telling.show(result_of(checked), wanted)
    sys.exit(CLEAN if checked.ok else FINDINGS)
