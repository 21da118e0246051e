# SPDX-License-Identifier: Apache-2.0
"""The command ``check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, result_of, the_book, the_jobs, the_seconds, the_sources
from sourcebook.cli.group import CLEAN, FINDINGS, complain
from sourcebook.cli.telling import Telling, telling
from sourcebook.cli.waiting import profiled, waiting
from sourcebook.validation.wording import many


@click.command(epilog="Example: sourcebook check data/people/ada.yaml")
@click.argument("paths", nargs=-1, type=click.Path(allow_dash=True))
@the_book
@telling
@profiled
@the_jobs
@the_seconds
@the_sources
@click.option("--write-baseline", is_flag=True, help="Make what is wrong now known; later, take out what is mended.")
@click.option(
    "--collection",
    type=completing.collection(),
    metavar="NAME",
    help="With -, the collection of which standard input is one record.",
)
@click.option(
    "--path",
    metavar="NAME",
    help="With -, the file that standard input would be, if the book claims it; else a name for findings.",
)
def check(
    paths: tuple[str, ...],
    book: Path | None,
    telling: Telling,
    profile: bool,
    jobs: int,
    check_seconds: float | None,
    sources: Path | None,
    write_baseline: bool,
    collection: str | None,
    path: str | None,
) -> None:
    """Find everything that is wrong with a book, or with the files at PATHS: at once, reading no others.

    PATHS are files, folders or patterns, from the current folder. What cannot be seen without the other files is told
    as skipped. With - in their place, standard input is checked: one record, or a file as an editor has it.

    Exit code 0 where there is no error, 1 where there are; warnings, and findings of the book's baseline, do not fail.
    What is told can be chosen; that changes no exit code.
    """
    from_input = paths == ("-",)
    _fitting(paths, from_input=from_input, about_input=bool(collection or path), write_baseline=write_baseline)
    folder = folder_of(book, *(Path(one) for one in (paths if not from_input else (path,)) if one))
    wanted = telling.filter(folder)
    with waiting(profile=profile, quiet=telling.quiet) as progress:
        if from_input:
            text = sys.stdin.buffer.read() if sys.stdin else b""  # which may be closed
            checked = sourcebook.check_text(
                folder, text, collection=collection, path=path, sources=sources, progress=progress
            )
        elif paths:
            checked = sourcebook.check_files(folder, paths, jobs=jobs, sources=sources, progress=progress)
        else:
            checked = sourcebook.check(
                folder, jobs=jobs, check_seconds=check_seconds, sources=sources, progress=progress
            )
    if write_baseline:
        written = sourcebook.write_baseline(checked)
        were = "was" if written.removed == 1 else "were"
        complain(f"the baseline knows {many(written.kept, 'finding')}; {written.removed:,} {were} taken out")
        checked = sourcebook.check(folder, check_seconds=check_seconds, sources=sources)
    telling.show(result_of(checked, public=telling.public), wanted)
    telling.tell_kept_back(checked.kept_back)
    sys.exit(CLEAN if checked.ok else FINDINGS)


def _fitting(paths: tuple[str, ...], *, from_input: bool, about_input: bool, write_baseline: bool) -> None:
    """Raise UsageError where options do not go together."""
    if "" in paths:
        raise click.UsageError("one of the paths is empty")
    if "-" in paths and not from_input:
        raise click.UsageError("- is standard input, and goes with no other path")
    if about_input and not from_input:
        raise click.UsageError("--collection and --path say what standard input is: sourcebook check - …")
    if write_baseline and paths:
        raise click.UsageError("--write-baseline knows what is wrong with the whole book, so it goes with no path")
