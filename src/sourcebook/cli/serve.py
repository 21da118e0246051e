# SPDX-License-Identifier: Apache-2.0
"""The command ``serve``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli.common import folder_of, the_book


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
def serve(book: Path | None, host: str, port: int, host_names: tuple[str, ...], unsealed: bool) -> None:
    """Serve the current release in Datasette, read-only. A later build is picked up as it is published."""
    tell = lambda address: click.echo(f"serving {address}")  # noqa: E731
    sourcebook.serve(folder_of(book), host=host, port=port, host_names=host_names, unsealed=unsealed, ready=tell)
