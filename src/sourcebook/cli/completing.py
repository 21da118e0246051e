# SPDX-License-Identifier: Apache-2.0
"""What a shell completes: collections, keys, tables, columns and rules of the book that is meant.

Each is a type of a parameter, as in ``click.argument("key", type=completing.key("collection"))``, where the argument
``collection`` stands before it; values pass through as they are. The names come from `offered`. What cannot be found
out is not offered, and nothing that is wrong is told here: a person is typing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# What no shell reads as anything but itself: a name from a file is put in a command line, and run with it.
_PLAIN = re.compile(r"[\w@%+.,/:][\w@%+=.,/:-]*")

Names = Callable[[Path, click.Context, str], Iterable[str]]


class Completed(click.types.StringParamType):
    """A text, for which the names are offered that ``names`` gives for the book's folder and what is typed so far."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> list[CompletionItem[str]]:
        """The names that begin with what is typed so far."""
        from click.shell_completion import CompletionItem as Item

        from sourcebook.offered import MOST

        found: list[str] = []
        with suppress(Exception):  # which would land among the words
            names = self._names(_book(ctx), ctx, incomplete)
            found = list(islice((name for name in names if _fits(name, incomplete)), MOST))
        return [Item(name) for name in found]


def _fits(name: str, incomplete: str) -> bool:
    return name.startswith(incomplete) and _PLAIN.fullmatch(name) is not None


def _book(ctx: click.Context) -> Path:
    """The folder of the book that a command line means. Raises UsageError where there is none."""
    from sourcebook.cli.common import folder_of

    return folder_of(ctx.params.get("book") or ctx.find_root().params.get("book"))


def collection() -> Completed:
    """The name of a collection."""

    def names(folder: Path, _ctx: click.Context, _typed: str) -> Iterable[str]:
        from sourcebook.offered import collections

        return collections(folder)

    return Completed(names)


def record() -> Completed:
    """A record, as COLLECTION/KEY."""

    def names(folder: Path, _ctx: click.Context, typed: str) -> Iterable[str]:
        from sourcebook.offered import collections, keys

        name, slash, begun = typed.partition("/")
        if not slash:
            return [f"{one}/" for one in collections(folder)]
        return [f"{name}/{one}" for one in keys(folder, name, begun)]

    return Completed(names)


def key(of: str = "collection") -> Completed:
    """The key of a record of the collection that the parameter ``of`` names."""

    def names(folder: Path, ctx: click.Context, typed: str) -> Iterable[str]:
        from sourcebook.offered import keys

        return keys(folder, str(ctx.params[of]), typed)

    return Completed(names)


def table() -> Completed:
    """The name of a published table or view; without a build, of a collection."""

    def names(folder: Path, _ctx: click.Context, _typed: str) -> Iterable[str]:
        from sourcebook.offered import tables

        return tables(folder)

    return Completed(names)


def row(of: str = "table") -> Completed:
    """The primary key of a row of the table that the parameter ``of`` names."""

    def names(folder: Path, ctx: click.Context, typed: str) -> Iterable[str]:
        from sourcebook.offered import rows

        return rows(folder, str(ctx.params[of]), typed)

    return Completed(names)


def column(of: str = "table") -> Completed:
    """The name of a column of the table that the parameter ``of`` names."""

    def names(folder: Path, ctx: click.Context, _typed: str) -> Iterable[str]:
        from sourcebook.offered import columns

        return columns(folder, str(ctx.params[of]))

    return Completed(names)


def rule(*, several: bool = False) -> Completed:
    """The name of a rule, those of the book's own checks among them; with ``several``, names with commas between."""

    def names(folder: Path, _ctx: click.Context, typed: str) -> Iterable[str]:
        from sourcebook.offered import rules

        before, comma, _ = typed.rpartition(",") if several else ("", "", typed)
        given = before.split(",")
        return (f"{before}{comma}{name}" for name in rules(folder) if name not in given)

    return Completed(names)


def kind() -> Completed:
    """The name of a class of mistakes."""

    def names(_folder: Path, _ctx: click.Context, _typed: str) -> Iterable[str]:
        from sourcebook.offered import kinds

        return kinds()

    return Completed(names)
