# SPDX-License-Identifier: Apache-2.0
"""The command ``apply``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import sourcebook
from sourcebook.cli.group import CLEAN, FINDINGS, complain
from sourcebook.finding import harmless

_MOST = 20  # files that are named


@click.command(epilog="Example: sourcebook apply catalogue-1.0 changes-1.1.json changes-1.2.json --to catalogue-1.2")
@click.argument("package", type=click.Path(path_type=Path, exists=True))
@click.argument("sets", metavar="SET...", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--to", required=True, type=click.Path(path_type=Path), help="The folder of the new package; a new one.")
def apply(package: Path, sets: tuple[Path, ...], to: Path) -> None:
    """Make the next package of PACKAGE by change sets, each for what the one before it made, byte for byte.

    PACKAGE is the folder of a release or of a Data Package, or the ZIP file of one. A SET is what `sourcebook diff
    --format changeset` writes, or changes.json of a release. No book is needed. Exit code 1 where a set is damaged or
    for another package: then nothing is written.
    """
    from sourcebook.changeset import Refused  # which the help does not need

    try:
        applied = sourcebook.apply(package, *sets, to=to)
    except Refused as error:
        complain(str(error))
        sys.exit(FINDINGS)
    click.echo(harmless(f"made {to}: {len(applied.made):,} files, each with the SHA-256 that the set says"))
    packed = [path for path in applied.missing if path.endswith((".gz", ".br"))]
    others = [path for path in applied.missing if path not in packed]
    for path in others[:_MOST]:
        click.echo(harmless(f"not made: {path}, which is not in the set"))
    if len(others) > _MOST:
        click.echo(f"not made: {len(others) - _MOST:,} more files that are not in the set")
    if packed:
        click.echo(f"not made: {len(packed):,} packed copies")
    sys.exit(CLEAN)
