# SPDX-License-Identifier: Apache-2.0
"""The command ``push``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli.common import folder_of, the_book, the_endpoint, the_quiet
from sourcebook.cli.waiting import waiting
from sourcebook.finding import harmless


@click.command(epilog="Example: sourcebook push s3://my-bucket/my-book")
@click.argument("target")
@the_book
@the_endpoint
@click.option(
    "--sign", type=click.Path(path_type=Path), metavar="KEY", help="Sign what is pushed with this key of SSH."
)
@click.option(
    "--forget",
    is_flag=True,
    help="Have servers that follow drop the release before at once, with readers on it. Where something was taken down "
    "they do so by themselves.",
)
@click.option(
    "--drop-versions",
    is_flag=True,
    help="Have the target keep the versions of build/versions, and no others. Otherwise those stay that it alone has.",
)
@click.option("--unsealed", is_flag=True, help="Push a release that another user or machine built, too.")
@the_quiet
def push(
    target: str,
    book: Path | None,
    endpoint: str,
    sign: Path | None,
    forget: bool,
    drop_versions: bool,
    unsealed: bool,
    quiet: bool,
) -> None:
    """Push the current release to where `sourcebook serve --follow` takes it from.

    TARGET is a folder, file://, s3:// or gs://. Only contents that are missing there are sent; what nothing needs any
    more is removed, so that no former release stays. The versions that are kept in build/versions go along, and those
    that the target alone has stay there. A push that was stopped is gone on with; of two at once, one is refused.
    """
    with waiting(quiet=quiet) as progress:
        done = sourcebook.push(
            folder_of(book),
            target,
            endpoint=endpoint,
            sign=sign,
            unsealed=unsealed,
            forget=forget,
            drop_versions=drop_versions,
            progress=progress,
        )
    if quiet:
        return
    version = f" ({done.version})" if done.version else ""
    signed = ", signed" if done.signed else ""
    if done.unchanged:
        click.echo(harmless(f"release {done.release}{version} was pushed already{signed}"))
    else:
        click.echo(harmless(f"pushed release {done.release}{version}{signed}, serial {done.serial}"))
    click.echo(f"{done.files:,} files, {done.sent:,} contents sent ({done.bytes:,} bytes), {done.removed:,} removed")
    if done.stayed:
        click.echo(harmless(f"kept there, and not here: {', '.join(done.stayed)}"))
    if done.dropped:
        click.echo(harmless(f"no longer kept there: {', '.join(done.dropped)}"))
