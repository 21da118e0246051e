# SPDX-License-Identifier: Apache-2.0
"""The command ``coverage``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli.common import folder_of, the_book, the_sources
from sourcebook.finding import harmless
from sourcebook.report import json_text


@click.command(epilog="Example: sourcebook coverage harbour-report --sentences")
@click.argument("source")
@the_book
@the_sources
@click.option("--sentences", is_flag=True, help="Each sentence by itself, too.")
@click.option("--text", is_flag=True, help="Show the text that is held here. It is not to be published.")
@click.option("--signals", is_flag=True, help="Instead, numbers, names, hedges and negations that differ.")
@click.option("--not-reviewed", "reviews", is_flag=True, help="Instead, what rests on it and is not yet reviewed.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def coverage(
    source: str,
    book: Path | None,
    sources: Path | None,
    sentences: bool,
    text: bool,
    signals: bool,
    reviews: bool,
    form: str,
) -> None:
    """Show which passages of the text of SOURCE carry records, which none, and which many.

    The text is held here, at sources/SOURCE.txt, .html or .pdf, which git does not see; where it is not, what rests on
    it is unverifiable. With --signals it lists what differs between a statement and its passage: a reason to look, and
    no mistake. No check shows that a passage supports a claim.
    """
    covered = sourcebook.coverage(folder_of(book), source, sources=sources)
    if form == "json":
        click.echo(json_text(covered.as_dict(differing=signals)))
        return
    lines = [] if signals or reviews else [*covered.lines(sentences=sentences, text=text)]
    lines += covered.lines_of_signals() if signals else ()
    lines += covered.lines_of_reviews() if reviews else ()
    for line in lines:
        click.echo(harmless(line))
