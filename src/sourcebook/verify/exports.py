# SPDX-License-Identifier: Apache-2.0
"""Files in the words of other models, PROV-O and FollowTheMoney, against what the database gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from itertools import zip_longest

from sourcebook.content.opened import Opened
from sourcebook.formats.ftm import entities
from sourcebook.formats.layout import places
from sourcebook.formats.prov import provenance
from sourcebook.verify.case import Case

_MADE: Mapping[str, tuple[str, Callable[[Opened, str], Iterator[str]]]] = {
    "prov": ("PROV-O against database", provenance),
    "ftm": ("FollowTheMoney against database", entities),
}


def exports(case: Case) -> None:
    """Every line is the one that the database gives now."""
    files = [one for one in places(case.book, case.plans, tuple(_MADE)) if case.has(one.path)]
    if not files:
        return
    with closing(Opened(case.folder, case.site)) as opened:
        for one in files:
            what, made = _MADE[one.format]
            with case.guarded(one.path):
                case.ledger.performed(what)
                _lines(case, one.path, made(opened, one.of))


def _lines(case: Case, path: str, made: Iterator[str]) -> None:
    pieces = (piece.encode("utf-8", "surrogatepass") for piece in made)
    wanted = (line for piece in pieces for line in piece.splitlines(keepends=True))
    with (case.folder / path).open("rb") as file:
        for number, (found, line) in enumerate(zip_longest(file, wanted), 1):
            if found != line:
                lacking = "is missing" if found is None else "is one too many" if line is None else "is another"
                case.differs(path, f"line {number} {lacking}")
                return
