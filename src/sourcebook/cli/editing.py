# SPDX-License-Identifier: Apache-2.0
"""What the commands that edit have in common: a change is shown, judged, asked about and written."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from sourcebook.cli.common import in_colour, the_quiet
from sourcebook.cli.group import CLEAN, FINDINGS, USAGE, complain
from sourcebook.finding import harmless

if TYPE_CHECKING:
    from sourcebook.edit.model import Proposal

Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for: only to be shown, to write without asking, to write in spite of findings.

    Being ``quiet``, a change is shown only where somebody is asked about it.
    """

    dry_run: bool = False
    yes: bool = False
    force: bool = False
    quiet: bool = False

    @property
    def shows(self) -> bool:
        """Whether a change is shown."""
        return not (self.quiet and (self.yes or self.dry_run))


_options = (
    click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing."),
    click.option("--yes", "-y", is_flag=True, help="Write without asking. Needed where nobody can be asked."),
    click.option("--force", is_flag=True, help="Write even where the book would have findings that it has not now."),
    the_quiet,
)


def the_edit(function: Command) -> Command:
    """A command with the options of all that edit; it is given them as ``options``.

    What cannot be done because of what the book holds ends it with the exit code of findings.
    """

    @wraps(function)
    def command(*args: Any, dry_run: bool, yes: bool, force: bool, quiet: bool, **others: Any) -> Any:
        from sourcebook.edit.model import Changed, Refused  # not at once, for the sake of --help

        try:
            return function(*args, options=Options(dry_run, yes, force, quiet), **others)
        except (Refused, Changed) as refusal:
            complain(str(refusal))
            sys.exit(FINDINGS)

    options = command
    for option in reversed(_options):
        options = option(options)
    return options


def carry_out(proposal: Proposal, options: Options) -> None:
    """Show a proposal, judge it, ask, and write it; ends the command where it is not written.

    Nothing to be done is told, and no mistake.
    """
    if options.shows:
        _show(proposal)
    count = sum(one.before != one.after for one in proposal.changes)
    if not count:
        if not options.quiet:
            click.echo("nothing to be changed")
        return
    if not (options.dry_run or options.yes or can_ask()):
        complain("nothing was written: nobody can be asked here; say --yes to write, or --dry-run to look")
        sys.exit(USAGE)
    from sourcebook.edit.carry_out import states, write

    judged = states(proposal.root)
    _judge(proposal, options)
    if options.dry_run:
        sys.exit(CLEAN)
    files = "1 file" if count == 1 else f"{count:,} files"
    if not options.yes and not _asked(f"Write these changes to {files}?"):
        complain("nothing was written")
        sys.exit(CLEAN)
    if states(proposal.root) != judged:  # other files than these, perhaps: a reference, or the key, is new there
        _judge(proposal, options)
    write(proposal)
    if not options.quiet:
        click.echo(f"{files} written")


def _show(proposal: Proposal) -> None:
    click.echo(harmless(proposal.what))
    for line in proposal.told:
        click.echo(harmless(line))
    if proposal.hidden and not sys.stdout.isatty():  # a log, perhaps of a service that anybody may read
        for change in proposal.changes:
            click.echo(harmless(f"{change.path} is {'removed' if change.after is None else 'changed'}"))
        click.echo("the lines are not shown here: they would stay in this log")
        return
    coloured = in_colour()
    for line in proposal.diff().removesuffix("\n").split("\n"):
        if line or proposal.changes:
            click.echo(_coloured(harmless(line)) if coloured else harmless(line), color=True)


_COLOURS = (("+++", None), ("---", None), ("@@", "cyan"), ("+", "green"), ("-", "red"))


def _coloured(line: str) -> str:
    colour = next((colour for begin, colour in _COLOURS if line.startswith(begin)), None)
    bold = line.startswith(("diff ", "+++ ", "--- "))
    return click.style(line, fg=colour, bold=bold or None) if colour or bold else line


def _judge(proposal: Proposal, options: Options) -> None:
    """Tell which findings the book would have that it has not; with such, only ``--force`` goes on."""
    from sourcebook.edit.carry_out import judged

    found = judged(proposal)
    for one in found:
        click.echo(str(one))
        if one.hint:
            click.echo(harmless(f"  {one.hint}"))
    if not found:
        return
    told = "1 finding" if len(found) == 1 else f"{len(found):,} findings"
    if options.force and not options.dry_run:
        complain(f"the book will have {told} that it has not now")
        return
    complain(f"nothing was written: the book would have {told} that it has not now; --force writes all the same")
    sys.exit(FINDINGS)


def can_ask() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def confirmed(question: str, options: Options) -> None:
    """Ask before something is done, unless that was said beforehand; ends the command where it is not to be."""
    if options.yes:
        return
    if not can_ask():
        complain("nothing was done: nobody can be asked here; say --yes to do it, or --dry-run to look")
        sys.exit(USAGE)
    if not _asked(question):
        complain("nothing was done")
        sys.exit(CLEAN)


def _asked(question: str) -> bool:
    try:
        return click.confirm(question, default=False)
    except click.exceptions.Abort:
        click.echo()
        return False
