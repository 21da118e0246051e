# SPDX-License-Identifier: Apache-2.0
"""The command ``build``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import sourcebook
from sourcebook.book import TAKEN_DOWN
from sourcebook.book.formats import ALL, FORMATS, install
from sourcebook.cli.common import folder_of, result_of, the_book, the_jobs, the_seconds, the_sources
from sourcebook.cli.group import FINDINGS, complain
from sourcebook.cli.telling import Telling, telling
from sourcebook.cli.waiting import profiled, waiting
from sourcebook.finding import harmless
from sourcebook.validation.wording import many


@click.command(epilog="Example: sourcebook build --book path/to/book")
@the_book
@telling
@profiled
@the_jobs
@the_seconds
@the_sources
@click.option("--clean", is_flag=True, help="Compile everything anew, whatever was compiled before.")
@click.option("--forget", is_flag=True, help="Remove the release before this one, too: it has what was taken down.")
@click.option(
    "--wait",
    default=600.0,
    show_default="ten minutes",
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="How long to wait for another build of the book.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    default="",
    help="Have the workers of a Dask scheduler compile the files: HOST:PORT, tls://HOST:PORT, or local for workers "
    "of this machine. The release is the same.",
)
@click.option(
    "--data",
    metavar="URL",
    default="",
    help="Where the book's data/ lies, if not in the book: s3://BUCKET/FOLDER or the like. Workers read it from there.",
)
@click.option("--no-extracts", is_flag=True, help="Write the database alone, for a look while you edit.")
@click.option(
    "--formats",
    metavar="NAMES",
    help=f"What to publish beside CSV and JSON, with commas between: {', '.join(FORMATS)}, or {ALL}; "
    "by default what the descriptor says at downloads.",
)
@click.option(
    "--only",
    type=click.Choice(["parquet"]),
    help="Write Parquet in partitions and no database, for a book that none should hold: build/partitions.",
)
def build(
    book: Path | None,
    telling: Telling,
    profile: bool,
    jobs: int,
    check_seconds: float | None,
    sources: Path | None,
    clean: bool,
    forget: bool,
    wait: float,
    cluster: str,
    data: str,
    no_extracts: bool,
    formats: str | None,
    only: str | None,
) -> None:
    """Check a book and publish it under build/: database, CSV, JSON, Data Package, Datasette's configuration.

    Where the check finds errors, nothing is published and the last release stays as it is.
    """
    if no_extracts and formats is not None:
        raise click.UsageError("--no-extracts writes the database alone, so it goes with no --formats")
    if only and (no_extracts or formats is not None):
        raise click.UsageError(f"--only {only} says all that is written, so it goes with no --formats or --no-extracts")
    folder = folder_of(book)
    asked = () if no_extracts else None if formats is None else [one.strip() for one in formats.split(",")]
    wanted = telling.filter(folder)
    with waiting(profile=profile, quiet=telling.quiet) as progress:
        built = sourcebook.build(
            folder,
            clean=clean,
            formats=asked,
            jobs=jobs,
            check_seconds=check_seconds,
            sources=sources,
            forget=forget,
            wait=wait,
            only=only or "",
            cluster=cluster,
            data=data,
            progress=progress,
        )
    for told in built.told:
        complain(told)
    telling.show(result_of(built.checked, public=telling.public), wanted)
    telling.tell_kept_back(built.checked.kept_back)
    if built.release is None:
        complain("nothing was published; the last release, if there is one, stays as it is")
        sys.exit(FINDINGS)
    what = "nothing has changed since release" if built.unchanged else "published release"
    bare = ", without extracts" if no_extracts and not built.unchanged else ""
    if built.preview and not built.unchanged:
        what = "the current release stays; beside it there is a preview,"
    if built.parted:
        what = "the current release stays; beside it" if built.preview else "published"
        what += " partitions without a database, in build/partitions: release"
    said = f"{what} {built.release.name}: {many(built.records, 'record')}{bare}"
    if not telling.quiet:
        click.echo(said, err=telling.to_machine)
    if not built.preview and any(one.how == TAKEN_DOWN for one in built.checked.book.withdrawn):
        _sweep(folder, quiet=telling.quiet, to_machine=telling.to_machine)
    if built.lacking:
        complain(f"not written here: {', '.join(built.lacking)}; run `{install(built.lacking)}`")


def _sweep(folder: Path, *, quiet: bool, to_machine: bool) -> None:
    """Go on with what was taken down and is not swept out of build/ yet: here, or where it was pulled from."""
    if not sourcebook.pending(folder):
        return
    with waiting(quiet=quiet) as progress:
        swept = sourcebook.sweep(folder, progress=progress)
    begun = "what was taken down is swept out of build/:" if swept.ok else "what was taken down is not all swept out:"
    for line in (begun, *swept.told):
        click.echo(harmless(line), err=to_machine)
    if not swept.ok:
        for one in swept.left.found:
            complain(f"build/{one.path} has what was taken down: {one.what}")
        for path in swept.left.unread:
            complain(
                f"build/{path} could not be looked into for what was taken down: mend or remove it, and build again"
            )
        sys.exit(FINDINGS)
