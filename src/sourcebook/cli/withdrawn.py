# SPDX-License-Identifier: Apache-2.0
"""What the commands that withdraw a record have in common: how it is named, and what becomes of answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Answers:
    """The day, what is written into the log besides, and what becomes of answers."""

    on: str
    values: tuple[str, ...]
    with_answers: bool
    keep_answers: bool
    unanswered: bool

    def as_asked(self) -> dict[str, Any]:
        """As the functions take it."""
        from sourcebook.amend.new import assigned

        return {
            "on": self.on,
            "values": assigned(self.values),
            "with_answers": self.with_answers,
            "keep_answers": self.keep_answers,
            "unanswered": self.unanswered,
        }


_options = (
    click.option("--on", default="", metavar="DAY", callback=lambda *told: _day(told[2]), help="On which day; today."),
    click.option(
        "--set", "values", multiple=True, metavar="PATH=VALUE", help="A value of the entry in the log of corrections."
    ),
    click.option("--with-answers", is_flag=True, help="Statements that answer it, and nothing else, go too."),
    click.option("--keep-answers", is_flag=True, help="They stay, as statements of their own."),
    click.option(
        "--unanswered",
        is_flag=True,
        help="What it answers may stand without it: who gave the answer withdrew it, or never gave it.",
    ),
)


def the_answers(function: Command) -> Command:
    """A command with these options; it is given them as ``answers``."""

    @wraps(function)
    def command(
        *args: Any,
        on: str,
        values: tuple[str, ...],
        with_answers: bool,
        keep_answers: bool,
        unanswered: bool,
        **others: Any,
    ) -> Any:
        if with_answers and keep_answers:
            raise click.UsageError("--with-answers and --keep-answers: say one of them")
        return function(*args, answers=Answers(on, values, with_answers, keep_answers, unanswered), **others)

    options: Command = command
    for option in reversed(_options):
        options = option(options)
    return options


def _day(text: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day: write it as 2026-11-30") from None


def key_in(record: str, more: str | None = None) -> tuple[str, str]:
    """The collection and the key in ``COLLECTION/KEY``, or in these two words; a key may have slashes itself."""
    if more is not None:
        return record, more
    collection, slash, key = record.partition("/")
    if not slash or not key or not collection:
        raise click.UsageError(f"{record!r} names no record: write COLLECTION/KEY")
    return collection, key
