# SPDX-License-Identifier: Apache-2.0
"""The command ``serve``."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

import sourcebook
from sourcebook.cli.common import folder_of, opened_at, the_book, the_endpoint
from sourcebook.finding import harmless


@click.command(epilog="Example: sourcebook serve --port 8080")
@the_book
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes any free one."
)
@click.option(
    "--host-name",
    "host_names",
    multiple=True,
    metavar="NAME",
    help="Name by which the site is asked, as https://books.example. May be given several times; by other names it is "
    "not answered then.",
)
@click.option(
    "--unsealed",
    is_flag=True,
    help="Serve a release that another user or machine built, too, as where it was copied here: whoever can write to "
    "build/ then says what is read.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that answer; best as many as there are cores.",
)
@click.option(
    "--follow",
    metavar="URL",
    default="",
    help="Serve what `sourcebook push` brings there, and each release that comes: a folder, file://, s3://, gs:// or "
    "https://. It is copied into the folder of --book, which is to be no book, or else into your cache.",
)
@click.option(
    "--interval",
    default=60.0,
    show_default=True,
    type=click.FloatRange(0.05),
    metavar="SECONDS",
    help="Seconds between two looks whether there is a new release to follow.",
)
@click.option(
    "--signers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Follow only what is signed by a key of this list, which has the form of curation/allowed_signers.",
)
@the_endpoint
@click.option("--open", "opens", is_flag=True, help="Open the site in the browser.")
@click.option("--watch", is_flag=True, help="Show the files as they are while you edit, as `sourcebook dev` does.")
def serve(
    book: Path | None,
    host: str,
    port: int,
    host_names: tuple[str, ...],
    unsealed: bool,
    workers: int,
    follow: str,
    interval: float,
    signers: Path | None,
    endpoint: str,
    opens: bool,
    watch: bool,
) -> None:
    """Serve the pages of the current release, with Datasette behind them, read-only.

    A later build is picked up as it is published.
    """

    def tell(said: str) -> None:
        click.echo(harmless(said), err=True)

    asked = click.get_current_context().get_parameter_source("interval") is not ParameterSource.DEFAULT
    if not follow and (signers or endpoint or asked):
        raise click.UsageError("--interval, --signers and --endpoint are about what is followed: they go with --follow")
    if watch:
        if host_names or unsealed or workers > 1 or follow:
            raise click.UsageError(
                "--watch shows your files, and no release: it goes with no --host-name, --unsealed, --workers and "
                "--follow"
            )
        sourcebook.dev(folder_of(book), host=host, port=port, ready=opened_at(opens), tell=tell)
        return
    if not follow:
        from sourcebook.withdraw import unswept  # which is more than is needed to say what may be asked

        if told := unswept(folder_of(book)):
            tell(f"{told}; until then readers may see it")
    channel = sourcebook.Channel(follow, endpoint, signers, interval) if follow else None
    sourcebook.serve(
        book if channel else folder_of(book),
        host=host,
        port=port,
        host_names=host_names,
        unsealed=unsealed,
        workers=workers,
        follow=channel,
        ready=opened_at(opens),
        tell=tell,
    )
