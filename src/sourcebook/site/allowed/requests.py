# SPDX-License-Identifier: Apache-2.0
"""Which requests Datasette is given, and which of them run SQL that a reader writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl

from datasette.utils import tilde_decode

from sourcebook.site.allowed.addresses import Kind, kind
from sourcebook.site.allowed.parameters import LONGEST, MOST, Pairs, are_sql, wrong
from sourcebook.site.allowed.words import Said, alone, said_in

_METHODS = ("GET", "HEAD", "OPTIONS")
_ALLOW = {"allow": ", ".join(_METHODS)}
_SAID = said_in(None)
# Names of parameters by which a reader writes SQL, or an expression of a search, whatever page is asked for.
_SQL = frozenset({"sql", "_where", "_through", "_searchmode", "_fts_table", "_fts_pk"})


class Refused(Exception):
    """Why a request is not answered: a ``status``, what is ``told`` in words, and ``headers`` beside."""

    def __init__(self, status: int, told: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(told)
        self.status = status
        self.told = told
        self.headers = headers or {}


def refusal(
    method: str,
    path: tuple[str, ...],
    query: str,
    views: Collection[str] = (),
    said: Mapping[str, Said] = _SAID,
) -> Refused | None:
    """Why a request to Datasette is refused; None where it is not.

    ``path`` is what the address has below the root of the site, its segments decoded; ``query`` is as it was sent.
    ``views`` names the views of the database, whose pages are counted by rows passed over; ``said`` is what was said in
    which table.
    """
    if method not in _METHODS:
        return Refused(405, "Pages are only read here: nothing can be sent, changed or deleted.", _ALLOW)
    found = kind(path)
    if found is Kind.NOWHERE:
        return Refused(404, "There is nothing at this address.")
    if found is Kind.HIDDEN:
        return Refused(404, "There is nothing to read at this address: what is about the server is not shown.")
    return outgrown(path, query, views, said)


def outgrown(
    path: tuple[str, ...], query: str, views: Collection[str] = (), said: Mapping[str, Said] = _SAID
) -> Refused | None:
    """Why the parameters of an address are refused, as with ``refusal``; None where they are not."""
    if len(query) > LONGEST:
        return Refused(414, f"The address is too long: what is asked for may take {LONGEST:,} bytes.")
    if query.count("&") > 2 * MOST:  # and is not even read
        return Refused(400, f"The address has too many parameters. It may have {MOST}.")
    pairs, name = _pairs(query), _name(path)
    told = wrong(pairs, view=name in views) or alone(said, name, pairs)
    return Refused(400, told) if told else None


def runs_sql(
    method: str, path: tuple[str, ...], query: str, queries: Collection[str] = (), views: Collection[str] = ()
) -> bool:
    """Whether a request runs SQL that a reader writes, or SQL of the book that may take as long.

    ``queries`` and ``views`` are the names of the book's own. What is not known runs SQL.
    """
    if method not in _METHODS:
        return True
    found = kind(path)
    if found is Kind.CODE:
        return False
    name = _name(path)
    return found is not Kind.TABLE or name in queries or name in views or are_sql(_pairs(query), _SQL)


def _pairs(query: str) -> Pairs:
    return parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace")


def _name(path: tuple[str, ...]) -> str:
    """The name of the table, view or query that an address is of; empty where it is of none."""
    return tilde_decode(path[1].partition(".")[0]) if len(path) > 1 else ""
