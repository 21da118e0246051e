# SPDX-License-Identifier: Apache-2.0
"""How the command line tells findings: the options that say in which form and which, and what goes where.

Findings go to standard output, the ledger and remarks to standard error.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from sourcebook.cli import completing
from sourcebook.cli.common import in_colour, the_quiet
from sourcebook.report import FORMS, MACHINE, Filter, Look, Result, asked_rules, rendered

Command = Callable[..., Any]
_ALL = Filter()
_FOR_PEOPLE = ("text", "line", "github")  # the other forms are a document, which is one without findings too


@dataclass(frozen=True, slots=True)
class Telling:
    """The form that was asked for (None: as suits standard output), and which findings.

    Being ``quiet``, it tells what is wrong and nothing else.
    """

    form: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    errors_only: bool = False
    everything: bool = False
    quiet: bool = False
    public: bool = False  # whether anybody may read what is told

    @property
    def to_machine(self) -> bool:
        """Whether standard output is for a program, and nothing else may stand there."""
        return self.form in MACHINE

    def filter(self, root: Path) -> Filter:
        """Which findings are told. Raises UsageError where the book in ``root`` has no such rule."""
        return Filter(asked_rules(root, self.select), asked_rules(root, self.ignore), self.errors_only)

    def tell_kept_back(self, words: str) -> None:
        """Say how much is not public, unless what is told is."""
        if words and not (self.public or self.quiet):
            click.echo(words, err=True)

    def show(self, result: Result, wanted: Filter = _ALL) -> None:
        """Print ``result``, and beside it what was and what was not checked."""
        form = self.form or ("text" if sys.stdout.isatty() else "line")
        told = wanted(result)
        if self.quiet and not told.findings and form in _FOR_PEOPLE:
            return
        most = 0 if self.everything else Look().most
        width = min(shutil.get_terminal_size().columns, 160)
        for line in rendered(told, form, Look(in_colour(), width, most, _prefix(result.root))):
            click.echo(line, color=True)
        if self.quiet:
            return
        if form in ("line", "github", "sarif"):
            counts = told.counts
            for count, what in (
                (counts["baseline"], "of the baseline are not told"),
                (counts["hidden"], "are left out by --select, --ignore or --level"),
            ):
                if count:
                    click.echo(f"{count:,} finding{'' if count == 1 else 's'} {what}", err=True)
        if form not in ("json", "junit"):  # which hold it
            for line in result.ledger.brief(everything=sys.stderr.isatty()):
                click.echo(line, err=True)


def _prefix(root: Path) -> str:
    """The way from the current folder to the book below it: CI names files from the repository's root."""
    root = root.resolve()
    below = root.relative_to(Path.cwd()).as_posix() if root.is_relative_to(Path.cwd()) else "."
    return "" if below == "." else f"{below}/"


_form = click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMS)),
    help="Form of the findings. Default: text on a terminal, else line.",
)
_filters = (
    click.option(
        "--select",
        multiple=True,
        type=completing.rule(several=True),
        metavar="RULES",
        help="Tell only findings of these rules, as in a,b.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        type=completing.rule(several=True),
        metavar="RULES",
        help="Tell no findings of these rules.",
    ),
    click.option(
        "--level",
        type=click.Choice(["error", "warning"]),
        default="warning",
        help="Tell findings of this level and above. Default: warning.",
    ),
    click.option(
        "--public",
        is_flag=True,
        help="Tell of what is not public its place and its rule alone: for logs that anybody can read.",
    ),
    click.option(
        "--all", "everything", is_flag=True, help="In the form text, tell all findings, not only the first 20."
    ),
)


def telling(function: Command) -> Command:
    """A command with the options above; it is given them as ``telling``."""

    @wraps(function)
    def command(
        *args: Any,
        form: str | None,
        select: tuple[str, ...],
        ignore: tuple[str, ...],
        level: str,
        everything: bool,
        quiet: bool,
        public: bool,
        **others: Any,
    ) -> Any:
        told = Telling(form, select, ignore, level == "error", everything, quiet, public)
        return function(*args, telling=told, **others)

    options = command
    for option in reversed((_form, *_filters, the_quiet)):
        options = option(options)
    return options


def form(function: Command) -> Command:
    """A command with the options --format and --quiet alone; it is given them as ``telling``."""

    @wraps(function)
    def command(*args: Any, form: str | None, quiet: bool, **others: Any) -> Any:
        return function(*args, telling=Telling(form, everything=True, quiet=quiet), **others)

    return _form(the_quiet(command))
