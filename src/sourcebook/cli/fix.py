# SPDX-License-Identifier: Apache-2.0
"""The command ``fix``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.editing import Options, carry_out, the_edit
from sourcebook.cli.waiting import waiting


@click.command(epilog="Example: sourcebook fix unquoted-number data/people")
@click.argument("rule", required=False, type=completing.rule())
@click.argument("paths", nargs=-1)
@the_book
@click.option("--likely", is_flag=True, help="Mend what is only likely to be meant as well.")
@the_edit
def fix(rule: str | None, paths: tuple[str, ...], book: Path | None, likely: bool, options: Options) -> None:
    """Mend what check finds, where it is certain what is meant.

    Only what RULE finds, and only in PATHS, if given. `sourcebook explain RULE` says what is mended of a rule; beside
    the rules there are final-newline and trailing-spaces, of what no rule finds fault with. What is only likely to be
    meant is told, and mended with --likely; of everything else it is told why it is not mended.
    """
    from sourcebook.amend.fixing import is_rule, relative

    folder = folder_of(book)
    if rule is not None and not is_rule(rule) and (Path(rule).exists() or (folder / rule).exists()):
        paths = (rule, *paths)
        rule = None
    within = relative(paths, folder, Path.cwd())
    with waiting() as progress:
        proposal = sourcebook.fix(folder, rule, within, likely=likely, progress=progress)
    carry_out(proposal, options)
