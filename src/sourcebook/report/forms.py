# SPDX-License-Identifier: Apache-2.0
"""The forms that findings are told in, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sourcebook.report import data as plain
from sourcebook.report import github, lines, text
from sourcebook.report.result import Result


@dataclass(frozen=True, slots=True)
class Look:
    """How it is to look: colours or none, how wide, how many findings at most (0: all); and the way to the book.

    ``prefix`` leads from the folder where the reader stands to the book's, as in ``books/trees/``.
    """

    colour: bool = False
    width: int = 100
    most: int = 20
    prefix: str = ""


def rendered(result: Result, form: str, look: Look = Look()) -> Iterator[str]:
    """The lines of ``result`` in one of ``FORMS``."""
    return FORMS[form](result, look)


# Each imported where it is asked for: what they need is slow to import.


def _sarif(result: Result, prefix: str) -> Iterator[str]:
    from sourcebook.report import sarif

    return sarif.render(result, prefix)


def _junit(result: Result) -> Iterator[str]:
    from sourcebook.report import junit

    return junit.render(result)


FORMS: dict[str, Callable[[Result, Look], Iterator[str]]] = {
    "text": lambda result, look: text.render(result, look.colour, look.width, look.most),
    "line": lambda result, _: lines.render(result),
    "json": lambda result, _: plain.render(result),
    "github": lambda result, look: github.render(result, look.prefix),
    "sarif": lambda result, look: _sarif(result, look.prefix),
    "junit": lambda result, _: _junit(result),
}
MACHINE = ("json", "github", "sarif", "junit")  # where nothing else may stand on standard output
