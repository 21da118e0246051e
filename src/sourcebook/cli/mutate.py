# SPDX-License-Identifier: Apache-2.0
"""The command ``mutate``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, result_of, the_book
from sourcebook.cli.group import FINDINGS
from sourcebook.cli.telling import Telling
from sourcebook.cli.waiting import waiting
from sourcebook.finding import harmless
from sourcebook.report import json_text


@click.command(epilog="Example: sourcebook mutate --each 5 --kind dropped-digit --kind wrong-source")
@the_book
@click.option("--each", default=20, show_default=True, type=click.IntRange(1), help="Mutants of every class.")
@click.option("--seed", default=0, show_default=True, help="The same seed makes the same mutants.")
@click.option(
    "--kind", "kinds", multiple=True, type=completing.kind(), help="Only mutants of this class; may be given again."
)
@click.option("--jobs", default=0, type=click.IntRange(0), help="Processes to share the work. Default: one a core.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def mutate(book: Path | None, each: int, seed: int, kinds: tuple[str, ...], jobs: int, form: str) -> None:
    """Show how strong a book's schemas and checks are: make mistakes in a copy of it, and tell which are found.

    Each mutant is the book with one mistake of a class in its data. A table says, for each class, how many were found
    at their line, elsewhere, or not at all, and by which rules; the last two kinds are listed. The book is left alone.
    Exit code 1 only where the book has errors as it stands.
    """
    jobs = jobs or os.cpu_count() or 1
    with waiting() as progress:
        mutated = sourcebook.mutate(folder_of(book), kinds=kinds, each=each, seed=seed, jobs=jobs, progress=progress)
    if not mutated.checked.ok:
        Telling().show(result_of(mutated.checked))
        sys.exit(FINDINGS)
    click.echo(json_text(mutated.as_dict()) if form == "json" else "\n".join(map(harmless, mutated.lines())))
