# SPDX-License-Identifier: Apache-2.0
"""The command ``init``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import sourcebook
from sourcebook.cli.common import result_of
from sourcebook.cli.group import CLEAN, FINDINGS
from sourcebook.cli.telling import Telling
from sourcebook.cli.waiting import waiting
from sourcebook.errors import UsageError
from sourcebook.finding import harmless


@click.command(epilog="Example: sourcebook init lighthouses --adopt")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--adopt", is_flag=True, help="Make a book of the YAML, JSON and Markdown files that FOLDER holds.")
@click.option("--editors", is_flag=True, help="Of the book in FOLDER, write anew what editors need to know: .vscode/.")
def init(folder: Path, adopt: bool, editors: bool) -> None:
    """Make FOLDER a book: a new one with an example, or one of the data that lies there already.

    With --adopt, collections, layouts, keys and links are proposed from what is found, and schemas inferred where there
    are none. A descriptor, schemas/ and build/ are added beside the data; no file that was found is changed. What could
    not be decided is told. Both ways add what editors, GitHub Actions and pre-commit need, where it is not there yet.
    """
    if adopt and editors:
        raise UsageError("--adopt makes a book, --editors is for one that is there: say one of the two")
    with waiting() as progress:
        made = sourcebook.init(folder, adopt=adopt, editors=editors, progress=progress)
    for line in made.lines():
        click.echo(harmless(line))
    Telling().show(result_of(made.checked))
    sys.exit(CLEAN if made.checked.ok else FINDINGS)
