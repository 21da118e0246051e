# SPDX-License-Identifier: Apache-2.0
"""The command line: each verb a thin call of the function of the same name, in a module of its own.

In come arguments; out go lines, and exit codes, which nothing else decides. It knows nothing of how a verb does its
work: it calls `sourcebook` as any caller in Python does, and has what comes back told by `report`.
"""

from __future__ import annotations

import click

from sourcebook import __version__
from sourcebook.cli.group import Verbs


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sourcebook")
def main() -> None:
    """Publish hand-curated records, with their sources."""


__all__ = ["main"]
