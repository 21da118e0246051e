# SPDX-License-Identifier: Apache-2.0
"""The command line: each verb a thin call of the function of the same name, in a module of its own.

In come arguments; out go lines, and exit codes, which nothing else decides. It knows nothing of how a verb does its
work: it calls `sourcebook` as any caller in Python does, and has what comes back told by `report`.
"""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli.group import BOOK_VARIABLE, Verbs, takes_book


def _tell_version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(f"sourcebook, version {sourcebook.__version__}")
        ctx.exit()


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"The environment: {BOOK_VARIABLE} names the book where --book does not. NO_COLOR switches colours off, "
    "FORCE_COLOR on where there is no terminal. Words are completed by the shell after "
    'eval "$(_SOURCEBOOK_COMPLETE=bash_source sourcebook)", or zsh_source, or fish_source.',
)
@click.option(
    "--book",
    type=click.Path(file_okay=False, path_type=Path),
    help="The book's folder, as after the verb.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_tell_version,
    help="Show the version and exit.",
)
@click.pass_context
def main(ctx: click.Context, book: Path | None) -> None:
    """Publish hand-curated records, with their sources."""
    verb = ctx.invoked_subcommand
    if book is not None and verb and not takes_book(main.get_command(ctx, verb)):
        raise click.UsageError(f"{verb} takes no --book")  # those that take it have it from `common.the_book`


__all__ = ["main"]
