# SPDX-License-Identifier: Apache-2.0
"""Why something rests on at least so many and at most so many origins, in words: who is counted, and who is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sourcebook.tables.independence import Name, Standing

_MOST = 8  # of each kind that are told by name
Called = Callable[[Name], str]


def in_words(standing: Standing, origin: Called, statement: Called, document: Called) -> str:
    """The reasons, a sentence each; the three say what an origin, a statement and a document are called."""
    return " ".join(_sentences(standing, origin, statement, document))


def _sentences(standing: Standing, origin: Called, statement: Called, document: Called) -> Iterator[str]:
    counted = [f"{origin(one)} ({_few(map(statement, some))})" for one, some in standing.origins.items()]
    if counted:
        yield f"Counted: {_few(counted, '; ')}."
    if standing.again:
        yield f"{_few(map(statement, standing.again))}: said again, which adds none."
    for one in standing.derived[:_MOST]:
        where = f"{statement(one.statement)} stands in {document(one.document)}, which is derived from"
        yield f"{where} {document(one.base)}, where {statement(one.other)} stands: it adds none."
    if len(standing.derived) > _MOST:
        yield f"{len(standing.derived) - _MOST:,} more stand in documents that are derived so."
    for pair in standing.same[:_MOST]:
        yield f"{origin(pair[0])} and {origin(pair[1])} may be the same."
    if len(standing.same) > _MOST:
        yield f"So may {len(standing.same) - _MOST:,} more pairs."
    for base, some in list(standing.based.items())[:_MOST]:
        yield f"{_few(map(origin, some))} may have it from {document(base)}, from which their documents are derived."
    if standing.unknown:
        names = _few(map(origin, standing.unknown))
        yield f"Not told whose knowledge it is, which may be that of another: {names}."


def _few(names: Iterable[str], between: str = ", ") -> str:
    every = list(names)
    more = len(every) - _MOST
    return between.join(every[:_MOST]) + (f" and {more:,} more" if more > 0 else "")
