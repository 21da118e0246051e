# SPDX-License-Identifier: Apache-2.0
"""At which of Datasette's addresses something is shown, and at which nothing is: of the machine, or that writes.

What is not listed is refused, so that what a later version adds is not shown before somebody has looked at it.
"""

from __future__ import annotations

import re
from enum import Enum


class Kind(Enum):
    """What is at an address."""

    CODE = "code"  # files that pages are made with
    TABLE = "table"  # a table or view, a row, or a list of tables
    SQL = "sql"  # what runs SQL that a reader writes, or reads it
    HIDDEN = "hidden"  # what shows the machine, is for who may write, or is for nobody
    NOWHERE = "nowhere"  # no address


_ROOT = {
    re.compile(r"static/.+"): Kind.CODE,  # of Datasette
    re.compile(r"sourcebook/.+"): Kind.CODE,  # ours
    re.compile(r"(jump|queries|schema)(\.json|\.md)?"): Kind.TABLE,
}
"""Below ``/-/``."""
_DATABASE = {
    re.compile(r"query(\.\w+)?"): Kind.SQL,
    re.compile(r"query/parameters"): Kind.SQL,
    re.compile(r"queries(\.json)?"): Kind.TABLE,
    re.compile(r"schema(\.json|\.md)?"): Kind.TABLE,
}
"""Below ``/DATABASE/-/``."""
_TABLE = {
    re.compile(r"(autocomplete|definition)"): Kind.TABLE,
    re.compile(r"schema(\.json|\.md)?"): Kind.TABLE,
}
"""Below ``/DATABASE/TABLE/-/``. What is for who edits rows is not: it shows statements alone, without an answer."""
_OWN = "-"
_NOT_PUBLIC = re.compile(r"_internal|_memory|:memory:.*", re.DOTALL)  # databases that are no book


_OURS = {"queries": "questions", "schema": "schema"}


def ours(path: tuple[str, ...]) -> str:
    """The page of the site that shows what a page of Datasette's does; empty where none does.

    Datasette 1.0 has lists of queries and schemas in its own look, which speak to those who may write. As data they
    have other addresses, and stay.
    """
    rest = path[:-1] if path[-1:] == ("",) else path
    if len(rest) < 2 or rest[-2] != _OWN or len(rest) > (3 if rest[-1] == "queries" else 4):
        return ""
    return _OURS.get(rest[-1], "") if kind(rest) is Kind.TABLE else ""


def kind(path: tuple[str, ...]) -> Kind:
    """What is at a path, of which these are the decoded segments."""
    if any(name in (".", "..") or "\0" in name for name in path) or "" in path[:-1]:
        return Kind.NOWHERE
    first = path[0].partition(".")[0] if path else ""
    if _NOT_PUBLIC.fullmatch(first):
        return Kind.HIDDEN
    if _OWN not in path:
        return Kind.TABLE if len(path) <= 4 else Kind.NOWHERE
    at = path.index(_OWN)
    if at > 2 or _OWN in path[at + 1 :]:
        return Kind.HIDDEN
    rest = "/".join(path[at + 1 :]).removesuffix("/")
    if at and not rest:
        return Kind.TABLE  # of that name, or a row of that key
    known = (_ROOT, _DATABASE, _TABLE)[at]
    return next((found for pattern, found in known.items() if pattern.fullmatch(rest)), Kind.HIDDEN)
