# SPDX-License-Identifier: Apache-2.0
"""The command ``merge``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.editing import Options, can_ask, carry_out, the_edit
from sourcebook.errors import UsageError
from sourcebook.finding import harmless

if TYPE_CHECKING:
    from sourcebook.rekey import Differing


@click.command(epilog="Example: sourcebook merge people rosa-diaz r-diaz --take name=keep")
@click.argument("collection", type=completing.collection())
@click.argument("keep", type=completing.key())
@click.argument("drop", type=completing.key())
@the_book
@click.option(
    "--take",
    multiple=True,
    metavar="PATH=CHOICE",
    help="Which value of a property stays: keep, drop, or another, as YAML. May be given often.",
)
@click.option("--prefer", type=click.Choice(["keep", "drop"]), help="Which value stays where --take says nothing.")
@the_edit
def merge(
    collection: str,
    keep: str,
    drop: str,
    book: Path | None,
    take: tuple[str, ...],
    prefer: str | None,
    options: Options,
) -> None:
    """Make one of two records that are the same: DROP goes, and all that led to it leads to KEEP.

    What only one of them has stays, and lists are joined. Where they differ, --take or --prefer says which value stays;
    on a terminal, you are asked. The key DROP is kept in curation/moved.yaml.
    """
    from sourcebook.rekey import Differ

    chosen = dict(map(_choice, take))
    while True:
        try:
            proposal = sourcebook.merge(folder_of(book), collection, keep, drop, take=chosen, prefer=prefer or "")
        except Differ as differ:
            if not can_ask():
                raise
            chosen |= _asked(differ.fields)
        else:
            break
    carry_out(proposal, options)


def _choice(text: str) -> tuple[str, str]:
    path, equals, choice = text.partition("=")
    if not equals or not path:
        raise UsageError(f"--take is PATH=keep, PATH=drop or PATH=VALUE, and not {text!r}")
    return path, choice


def _asked(fields: Sequence[Differing]) -> dict[str, str]:
    """What somebody at the terminal says of each property."""
    found = {}
    for one in fields:
        click.echo(harmless(f"{one.path}:"))
        click.echo(harmless(f"  keep: {_shown(one.keep)}"))
        click.echo(harmless(f"  drop: {_shown(one.drop)}"))
        found[one.path] = str(click.prompt("keep, drop, or another value", default="keep"))
    return found


def _shown(value: Any) -> str:
    from sourcebook.validation.wording import shown

    return shown(value, 300)
