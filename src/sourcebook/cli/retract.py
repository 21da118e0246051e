# SPDX-License-Identifier: Apache-2.0
"""The command ``retract``."""

from __future__ import annotations

from pathlib import Path

import click

import sourcebook
from sourcebook.cli import completing
from sourcebook.cli.common import folder_of, the_book
from sourcebook.cli.editing import Options, carry_out, the_edit
from sourcebook.cli.withdrawn import Answers, key_in, the_answers


@click.command(epilog='Example: sourcebook retract claims/tin-boat --reason "The paper withdrew the article."')
@click.argument("record", metavar="COLLECTION/KEY", type=completing.record())
@click.argument("more", metavar="[KEY]", required=False)
@the_book
@click.option("--reason", required=True, metavar="TEXT", help="Why: its address will say so.")
@the_answers
@the_edit
def retract(record: str, more: str | None, book: Path | None, reason: str, answers: Answers, options: Options) -> None:
    """Take a record back that was wrong. Its address answers with the day and the reason from then on.

    References to it are taken out of other records. What answers it, and what it answers, is not left alone without
    a word. The book's log of corrections, if it has one, gets an entry. Releases from before keep the record: whose
    words are to be nowhere, is for `sourcebook takedown`.
    """
    folder = folder_of(book)
    collection, key = key_in(record, more)
    carry_out(sourcebook.retract(folder, collection, key, reason=reason, **answers.as_asked()), options)
