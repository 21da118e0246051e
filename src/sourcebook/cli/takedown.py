# SPDX-License-Identifier: Apache-2.0
"""The command ``takedown``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.editing import Options, can_ask, carry_out, the_edit
from sourcebook.cli.group import FINDINGS, AnyText, complain
from sourcebook.cli.withdrawn import Answers, key_in, the_answers
from sourcebook.finding import harmless

if TYPE_CHECKING:
    from sourcebook.withdraw.scanning import Looked


@click.command(epilog='Example: sourcebook takedown people/rosa --reason "Asked for by the person concerned." --sweep')
@click.argument("record", metavar="[COLLECTION/KEY]", required=False, type=completing.record())
@click.argument("more", metavar="[KEY]", required=False)
@the_book
@click.option("--reason", default="", metavar="TEXT", help="Why: its address will say so.")
@click.option("--property", "path", default="", metavar="PATH", help="Only the value there: notes, quotes[0].text.")
@click.option("--instead", metavar="TEXT", type=AnyText(), help="A text in its place, where the schema wants one.")
@click.option(
    "--sweep", is_flag=True, help="Then build, and remove it from all that was built and kept; without asking."
)
@click.option("--check", is_flag=True, help="Look for all that was taken down, in every byte below build/.")
@click.option(
    "--expressions",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the words into a file that you alone may read, as git filter-repo takes it.",
)
@the_answers
@the_edit
def takedown(
    record: str | None,
    more: str | None,
    book: Path | None,
    reason: str,
    path: str,
    instead: str | None,
    sweep: bool,
    check: bool,
    expressions: Path | None,
    answers: Answers,
    options: Options,
) -> None:
    """Take down a record, or one value: its words are to be nowhere any more, and are known again if they come back.

    First it leaves the data, with what refers to it, as with `retract`. Then, once you are asked, or with --sweep, the
    book is built, and what was published before is swept: former releases, what is kept for builds, kept versions. A
    server shows the new release at once. At the end stands what cannot be recalled, and what rewrites git's history.
    Without a record, --sweep sweeps what was taken down before, and --check only looks.
    """
    folder = folder_of(book)
    if record is None and not (check or sweep or expressions):
        raise click.UsageError("name a record, or say --check, --sweep or --expressions FILE")
    if options.dry_run:
        _refuse_to_look(record, sweep=sweep, check=check, expressions=expressions)
    if record is not None:
        if not reason.strip():
            raise click.UsageError("--reason says why: it stands at the address of what was taken down")
        collection, key = key_in(record, more)
        asked = answers.as_asked()
        proposal = sourcebook.takedown(folder, collection, key, reason=reason, path=path, instead=instead, **asked)
        carry_out(proposal, options)
        if options.dry_run:
            return  # where there was nothing to be changed, too: nothing is built or swept
        sweep = sweep or (can_ask() and not options.yes and click.confirm(_QUESTION, default=True))
    if sweep:
        _sweep(folder, record is not None)
    elif record is not None:
        click.echo("what was published before is as it was: `sourcebook takedown --sweep` builds, and removes it there")
    if check:
        _check(folder)
    if expressions is not None:
        _write(folder, expressions)
    if record is not None or sweep:
        _beyond(folder, expressions)


_QUESTION = "Build now, and remove it from all that was built and kept?"


def _refuse_to_look(record: str | None, *, sweep: bool, check: bool, expressions: Path | None) -> None:
    """Refuse what --dry-run would not keep its promise beside, or would leave undone without a word."""
    if expressions is not None:
        raise click.UsageError("--expressions writes FILE, and --dry-run writes nothing: say one of them")
    if record is None and sweep:
        raise click.UsageError(
            "--sweep builds and removes, and --dry-run does neither: `sourcebook takedown --check` tells where what "
            "was taken down is left, and writes nothing"
        )
    if record is not None and check:
        raise click.UsageError("--check looks for what was taken down, and with --dry-run this record is not: say one")


def _sweep(folder: Path, is_new: bool) -> None:
    from sourcebook.cli.waiting import waiting

    with waiting() as progress:
        built = sourcebook.build(folder, progress=progress)  # the sweep forgets, and wants to know the words before
        if built.release is None:
            for one in built.checked.findings:
                click.echo(str(one))
            complain("nothing was built, so nothing was swept: the last release still has it")
            sys.exit(FINDINGS)
        swept = sourcebook.sweep(folder, progress=progress)
    for line in swept.told:
        click.echo(harmless(line))
    _tell(swept.left, is_new=is_new)
    _tell_blind(swept.blind, len(swept.entries))
    if not swept.ok:
        sys.exit(FINDINGS)


def _check(folder: Path) -> None:
    from sourcebook.cli.waiting import waiting

    with waiting() as progress:
        taken, looked = sourcebook.remains(folder, progress=progress)
    if not taken.entries:
        click.echo("nothing was taken down")
        return
    if taken.unknown:
        click.echo(
            f"{taken.unknown} of {len(taken.hashes)} texts are known by their fingerprints alone: looked for as values "
            "of databases and JSON, and not in other bytes"
        )
    _tell(looked, is_new=False)
    _tell_blind(taken.blind, len(taken.entries))
    if looked.found or looked.unread:
        sys.exit(FINDINGS)


def _tell(looked: Looked, *, is_new: bool) -> None:
    for one in looked.found[:_MOST]:
        click.echo(harmless(f"build/{one.path}: {one.what}"))
    if len(looked.found) > _MOST:
        click.echo(f"and {len(looked.found) - _MOST:,} more files")
    for path in looked.unread[:_MOST]:
        click.echo(harmless(f"build/{path}: could not be looked into"))
    if len(looked.unread) > _MOST:
        click.echo(f"and {len(looked.unread) - _MOST:,} more files that could not be looked into")
    left = f"left in {len(looked.found):,} of them" if looked.found else "not in any of them"
    if looked.unread:
        left += f", as far as they could be looked into ({len(looked.unread):,} could not)"
    words = "what was taken down" if not is_new else "it"
    click.echo(f"{looked.files:,} files of {looked.bytes / 1_000_000:,.1f} MB looked through: {words} is {left}")


def _tell_blind(blind: int, count: int) -> None:
    if blind:
        click.echo(
            f"of {blind} of {count} things taken down no words can be looked for, since they are too short or stand in "
            "other records too: only databases are looked through for these records and values"
        )


_MOST = 30


def _write(folder: Path, path: Path) -> None:
    from sourcebook.withdraw.beyond import write_expressions

    count = write_expressions(folder, path)
    click.echo(f"{path}: {count} {'text' if count == 1 else 'texts'}; remove it when history is rewritten")


def _beyond(folder: Path, expressions: Path | None) -> None:
    from sourcebook.withdraw.beyond import beyond

    for line in beyond(folder, str(expressions or "")):
        click.echo(harmless(line))
