# SPDX-License-Identifier: Apache-2.0
"""The command ``dups``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.editing import Options, carry_out, the_edit
from sourcebook.finding import harmless
from sourcebook.report import json_text

_FIRST = 20  # pairs that are told in words without --all


@click.command(epilog="Example: sourcebook dups people --threshold 0.9")
@click.argument("collection", type=completing.collection())
@the_book
@click.option(
    "--threshold",
    default=0.85,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True),
    help="How much records have to look alike to be shown, up to 1.",
)
@click.option("--by", multiple=True, metavar="PATH", help="Property that has names. Default: label and aliases.")
@click.option("--all", "everything", is_flag=True, help="Show all pairs, not only the first 20.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--different", nargs=2, metavar="KEY KEY", help="Keep in the book that these two records are different.")
@click.option("--why", help="The reason for that, for those who come later.")
@the_edit
def dups(
    collection: str,
    book: Path | None,
    threshold: float,
    by: tuple[str, ...],
    everything: bool,
    form: str,
    different: tuple[str, str] | None,
    why: str | None,
    options: Options,
) -> None:
    """Show records of a collection that look alike, and why: likely duplicates, the most alike first.

    Names are compared without case, accents and the order of words; dates and identifiers that differ speak against a
    pair. Nothing is merged: each pair is shown with the command that would do it, and with the one (--different) that
    keeps in curation/different.yaml that it is not to be shown again.
    """
    if different:
        if not why:
            raise click.UsageError("--different needs --why: say what tells them apart")
        carry_out(sourcebook.mark_different(folder_of(book), collection, *different, why), options)
        return
    if why or options != Options():
        raise click.UsageError("--why, --dry-run, --yes and --force go with --different")
    found = sourcebook.dups(folder_of(book), collection, threshold=threshold, by=by)
    if form == "json":
        click.echo(json_text(found.as_dict()))
        return
    for line in found.lines(0 if everything else _FIRST):
        click.echo(harmless(line))
