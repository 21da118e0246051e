# SPDX-License-Identifier: Apache-2.0
"""The command ``cite``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Literal

import click

import sourcebook
from sourcebook.cli.common import folder_of, the_book, the_sources
from sourcebook.cli.group import CLEAN, FINDINGS, complain
from sourcebook.finding import harmless
from sourcebook.report import json_text


@click.command(epilog='Example: sourcebook cite harbour-report "the council … refused" --quote')
@click.argument("source")
@click.argument("words", nargs=-1)
@the_book
@the_sources
@click.option("--at", metavar="START:END", help="Instead of words, two places of the normalised text.")
@click.option("--sentence", "whole", flag_value="sentence", help="Anchor the whole sentence that the words are in.")
@click.option("--paragraph", "whole", flag_value="paragraph", help="Anchor the whole paragraph.")
@click.option("--number", type=click.IntRange(1), default=None, metavar="N", help="Of several places, the Nth.")
@click.option("--quote", is_flag=True, help="Keep the words in the anchor, as a short quotation.")
@click.option(
    "--neighbours",
    type=click.IntRange(0, 12),
    default=3,
    show_default=True,
    metavar="N",
    help="Blocks of four hashed words on each side that the passage is known again by.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def cite(
    source: str,
    words: tuple[str, ...],
    book: Path | None,
    sources: Path | None,
    at: str | None,
    whole: Literal["sentence", "paragraph"] | None,
    number: int | None,
    quote: bool,
    neighbours: int,
    form: str,
) -> None:
    """Find a passage in the text of SOURCE that is held here, and print the anchor for the record that cites it.

    SOURCE is the key of the document's record; its text lies at sources/SOURCE.txt, .html or .pdf, which git does not
    see. In WORDS, … or [...] stands for what is left out. Exit code 0 where the passage is one, 1 where the words
    stand nowhere or at several places.
    """
    cited = sourcebook.cite(
        folder_of(book),
        source,
        " ".join(words),
        at=_at(at, words),
        whole=whole,
        number=number or 0,
        quote=quote,
        neighbours=neighbours,
        sources=sources,
    )
    if form == "json":
        click.echo(json_text(cited.as_dict()))
    else:
        for line in cited.lines():
            click.echo(harmless(line))
        for one in cited.told:
            complain(one)
    sys.exit(CLEAN if cited.one else FINDINGS)


def _at(said: str | None, words: tuple[str, ...]) -> tuple[int, int] | None:
    if said is None:
        return None
    found = re.fullmatch(r"([0-9]{1,12}):([0-9]{1,12})", said)
    if words or not found:
        raise click.UsageError("--at names two places, as in --at 186:230, in the place of words")
    return int(found[1]), int(found[2])
