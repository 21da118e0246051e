# SPDX-License-Identifier: Apache-2.0
"""The command ``release``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import sourcebook
from sourcebook.cli.common import folder_of, the_book, the_jobs
from sourcebook.cli.editing import Options, carry_out, confirmed, the_edit
from sourcebook.cli.group import FINDINGS, USAGE, complain
from sourcebook.cli.waiting import waiting
from sourcebook.finding import harmless


@click.command(epilog="Example: sourcebook release --minor")
@the_book
@click.option("--major", "level", flag_value="major", help="The next version is one that breaks who reads the data.")
@click.option("--minor", "level", flag_value="minor", help="The next version has more than the last one.")
@click.option("--patch", "level", flag_value="patch", help="The next version corrects the last one.")
@click.option("--version", metavar="VERSION", default="", help="The next version is this one.")
@click.option("--tag", is_flag=True, help="Tag the commit that a release is made of. Nothing is pushed.")
@click.option("--sign", type=click.Path(path_type=Path), metavar="KEY", help="Sign its checksums with this key of SSH.")
@the_jobs
@the_edit
def release(
    book: Path | None, level: str | None, version: str, tag: bool, sign: Path | None, jobs: int, options: Options
) -> None:
    """Prepare the next version, or make the one that is prepared.

    Where the version in datapackage.yaml was released already, the next one is proposed by what changed since, and
    written with its day into the descriptor, CHANGELOG.md, CITATION.cff and .zenodo.json, for you to edit and commit.
    Where it was not, it is made: built clean from the commit, verified, made current, and kept for good in
    build/versions, with its checksums and what changed since the version before it. With --tag one that was made
    before is tagged, where its commit is checked out.
    """
    found = sourcebook.release(folder_of(book), level=level or "", version=version, tag=tag, force=options.force)
    if isinstance(found, sourcebook.Tagging):
        _tag(found, options, key=sign)
        return
    if not isinstance(found, sourcebook.Making):
        if tag or sign:
            complain("this prepares the version; --tag and --sign are for when it is made, once that is committed")
            sys.exit(USAGE)
        carry_out(found, options)
        if not options.quiet and not options.dry_run:
            click.echo("edit the changelog, commit, and run `sourcebook release` again to make the release")
        return
    _make(found, options, tag=tag, key=sign, jobs=jobs)


def _tag(tagging: sourcebook.Tagging, options: Options, *, key: Path | None) -> None:
    if options.shows:
        click.echo(harmless(tagging.what))
        click.echo(harmless(f"it gets the tag {tagging.new_tag}"))
    if key:
        complain(f"{tagging.version.version} was kept before, and is not signed now")
    if options.dry_run:
        return
    confirmed(f"Tag it {tagging.new_tag}?", options)
    _told(tagging.make(), options)


def _make(making: sourcebook.Making, options: Options, *, tag: bool, key: Path | None, jobs: int) -> None:
    if options.shows:
        click.echo(harmless(making.what))
        if tag and not making.tag:
            click.echo(harmless(f"it gets the tag {making.new_tag}"))
    if options.dry_run:
        return
    question = f"Make it, and tag it {making.new_tag}?" if tag and not making.tag else "Make it?"
    confirmed(question, options)
    with waiting(profile=False, quiet=options.quiet) as progress:
        made = making.make(tag=tag, key=key, jobs=jobs, progress=progress)
    _told(made, options)


def _told(made: sourcebook.Made, options: Options) -> None:
    for finding in made.findings:
        click.echo(str(finding))
    for difference in made.differences:
        click.echo(str(difference))
    for line in made.told:
        complain(line)
    if made.version is None:
        complain("nothing was released; the current release stays as it is")
        sys.exit(FINDINGS)
    if options.quiet:
        return
    if not made.again:
        click.echo(harmless(f"released {made.version.version}: {made.version.folder}"))
    if made.tag:
        click.echo(harmless(f"its tag is {made.tag}; to publish it, run `git push origin {made.tag}`"))
