# SPDX-License-Identifier: Apache-2.0
"""The command ``init``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

import sourcebook
from sourcebook.cli.common import folder_of, result_of, the_quiet
from sourcebook.cli.group import BOOK_VARIABLE, CLEAN, FINDINGS
from sourcebook.cli.telling import Telling
from sourcebook.cli.waiting import waiting
from sourcebook.errors import UsageError
from sourcebook.finding import Finding, harmless
from sourcebook.report import Result


@click.command(epilog="Example: sourcebook init lighthouses --adopt")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--adopt", is_flag=True, help="Make a book of the YAML, JSON and Markdown files that FOLDER holds.")
@click.option("--editors", is_flag=True, help="Of a book that is there, write anew what editors need: .vscode/.")
@click.option("--workflow", is_flag=True, help="Of a book that is there, write anew the workflow that checks it.")
@click.option(
    "--pages",
    type=click.Choice(["github", "gitlab"]),
    help="Of a book that is there, write what has GitHub Pages or GitLab Pages publish it as files.",
)
@click.option("--hook", is_flag=True, help="Have git check what is staged, before each commit in this clone.")
@click.option(
    "--install-from",
    metavar="WHERE",
    help="What the workflow installs Sourcebook from: an address, a path in the repository, or a requirement of pip. "
    "Default: where this one was installed from, if others can.",
)
@click.option("--dry-run", is_flag=True, help="With --adopt, tell what would be proposed, and write nothing.")
@click.option("--all", "everything", is_flag=True, help="Tell everything that is to be looked at, and all findings.")
@the_quiet
def init(
    folder: Path | None,
    adopt: bool,
    editors: bool,
    workflow: bool,
    hook: bool,
    pages: str | None,
    install_from: str | None,
    dry_run: bool,
    everything: bool,
    quiet: bool,
) -> None:
    """Make FOLDER a book: a new one with an example, or one of the data that lies there already.

    With --adopt, collections, layouts, keys and links are proposed from what is found, and schemas inferred where there
    are none. A descriptor, schemas/ and build/ are added beside the data; no file that was found is changed. What could
    not be decided is told. Both ways add what editors, GitHub Actions and pre-commit need, where it is not there yet.

    --editors, --workflow, --pages and --hook are for a book that is there, by default the nearest upward. Each may be
    said again, and what a person changed is left as it is, or told.
    """
    folder = _folder(folder, adopt=adopt, tools=editors or workflow or hook or bool(pages))
    with waiting(quiet=quiet) as progress:
        made = sourcebook.init(
            folder,
            adopt=adopt,
            editors=editors,
            workflow=workflow,
            hook=hook,
            pages=pages or "",
            install_from=install_from,
            dry_run=dry_run,
            progress=progress,
        )
    for line in () if quiet and not made.proposed else made.lines(0 if everything else _MOST):
        click.echo(harmless(line))
    if made.proposed:
        sys.exit(CLEAN)
    result = result_of(made.checked)
    if everything or sys.stdout.isatty() or len(result.findings) <= _MOST:
        Telling(everything=everything, quiet=quiet).show(result)
    else:
        for line in _summary(result):
            click.echo(line)
    sys.exit(CLEAN if made.checked.ok else FINDINGS)


def _folder(folder: Path | None, *, adopt: bool, tools: bool) -> Path:
    """The folder that is meant. Raises UsageError where the options do not go together, or none is named."""
    if adopt and tools:
        raise UsageError("--adopt makes a book; --editors, --workflow, --pages and --hook are for one that is there")
    if folder is None and not tools:
        raise click.UsageError("Missing argument 'FOLDER'.")
    if folder is None:
        return folder_of(Path(named) if (named := os.environ.get(BOOK_VARIABLE)) else None)
    return folder


_MOST = 20  # of what is to be looked at, and of findings where nobody sits before them


def _summary(result: Result) -> Iterator[str]:
    """How many findings there are of each rule, the most first, with the place of one."""
    by_rule: dict[tuple[str, str], list[Finding]] = {}
    for finding in result.findings:
        by_rule.setdefault((finding.rule, finding.level), []).append(finding)
    for (rule, level), found in sorted(by_rule.items(), key=lambda one: -len(one[1])):
        place = f"{found[0].path}:{max(found[0].line, 1)}"
        yield harmless(f"{len(found):,} findings of {rule} ({level}), the first at {place}")
    yield "sourcebook check tells them all"
