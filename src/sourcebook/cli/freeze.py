# SPDX-License-Identifier: Apache-2.0
"""The command ``freeze``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

import sourcebook
from sourcebook.cli.common import folder_of, the_book, the_quiet
from sourcebook.finding import harmless

if TYPE_CHECKING:
    from sourcebook.freeze import Told


@click.command(epilog="Example: sourcebook freeze --to public --base-url /repo/")
@click.option(
    "--to",
    required=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write: empty, or one that was frozen before.",
)
@click.option(
    "--base-url",
    default="",
    metavar="PATH",
    help="Path at which the site will lie, as /repo/; / by default; ./ for pages that are opened without a server.",
)
@click.option(
    "--site", default="", metavar="URL", help="Whole address at which it will lie, as https://books.example/."
)
@click.option(
    "--forms",
    default="",
    metavar="FORM,…",
    help="What records have beside their page, JSON and history: csv, yaml, bib, history.json, history.atom, coverage, "
    "coverage.json, as-of; or all.",
)
@click.option(
    "--release-apart",
    is_flag=True,
    help="Name the release on the home page and not on every page: what does not change is the same file in the next.",
)
@click.option("--jobs", default=0, type=click.IntRange(0), help="Processes that share the work; 0 for one a core.")
@click.option(
    "--unsealed", is_flag=True, help="Take a release that another user or machine built, as where it was copied here."
)
@click.option(
    "--drop-versions",
    is_flag=True,
    help="Have versions go that were frozen and are not in build/versions. Otherwise nothing is frozen then.",
)
@click.option("--dry-run", is_flag=True, help="Tell the size, and write nothing.")
@the_quiet
@the_book
def freeze(
    to: Path,
    base_url: str,
    site: str,
    forms: str,
    release_apart: bool,
    jobs: int,
    unsealed: bool,
    drop_versions: bool,
    dry_run: bool,
    quiet: bool,
    book: Path | None,
) -> None:
    """Write the site of the current release as files, for any server that hands out files.

    Every page has the address that it has on the served site; search and SQL run in the browser. Only what changed
    since the last freeze is written, and what is gone is removed. The same release has the same files, byte for byte.
    """

    def tell(told: Told) -> None:
        for line in () if quiet else told.lines():
            click.echo(harmless(line))

    found = sourcebook.freeze(
        folder_of(book),
        to,
        base_url=base_url,
        site=site,
        forms=[one.strip() for one in forms.split(",") if one.strip()],
        release_apart=release_apart,
        dry_run=dry_run,
        unsealed=unsealed,
        drop_versions=drop_versions,
        jobs=jobs,
        tell=tell,
    )
    if not quiet and not dry_run:
        for line in found.lines():
            click.echo(harmless(line))
