# SPDX-License-Identifier: Apache-2.0
"""The whole answer to a question as a file: its columns, and beside each statement who says it and what answers it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from sourcebook.export import cell_text
from sourcebook.export.site import Question
from sourcebook.site.asking import Found, Refused, ask
from sourcebook.site.labels import Labels
from sourcebook.site.results import existing, linked
from sourcebook.site.statement_data import attribution, in_line
from sourcebook.site.statements import CONTRADICTS, DENIES, LATER, ROLE, Statement, fetch, is_statement, statements

_MOST_STATEMENTS = 20_000
_MOST_BYTES = 20_000_000
_ANSWERED = {DENIES: "denied_by", CONTRADICTS: "contradicted_by", LATER: "replaced_by"}

Told = Mapping[int, Mapping[str, Statement]]  # by the place of a column, statements by their keys


def as_csv(labels: Labels, question: Question, values: Mapping[str, str]) -> str:
    """All rows as CSV. Raises `Refused`.

    Of a column CLAIM of statements' keys follow at the end ``CLAIM_said_by`` and ``CLAIM_published_in``, and for each
    way in which statements may be answered the keys of those that do, ``CLAIM_denied_by``, and the same in words.
    """
    found, told = _whole(labels, question, values)
    added = [
        (index, how, end)
        for index in told
        for how, ends in (
            ("", ("said_by", "published_in")),
            *((how, (to, f"{to}_in_words")) for how, to in _hows(labels)),
        )
        for end in ends
    ]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*found.names, *_free(found.names, [f"{found.names[index]}_{end}" for index, _, end in added])])
    for row in found.rows:
        more = [_text(told[index].get(str(row[index])), how, end) for index, how, end in added]
        writer.writerow([*map(_cell, row), *more])
    return text.getvalue()


def as_data(labels: Labels, question: Question, values: Mapping[str, str]) -> dict[str, Any]:
    """All rows, and what the answer is to, as plain data. Raises `Refused`.

    Of a column CLAIM of statements' keys each row has the attribution too, ``CLAIM_attribution``, and for each way in
    which statements may be answered those that do, with theirs: ``CLAIM_denied_by``.
    """
    found, told = _whole(labels, question, values)
    rows = []
    for row in found.rows:
        data = dict(zip(found.names, map(_plain, row), strict=True))
        for index, some in told.items():
            one = some.get(str(row[index]))
            if one:
                more = {"attribution": attribution(one)} | {to: list(_answers(one, how)) for how, to in _hows(labels)}
                names = _free(found.names, [f"{found.names[index]}_{end}" for end in more])
                data |= dict(zip(names, more.values(), strict=True))
        rows.append(data)
    return {
        "question": question.name,
        "title": question.title,
        "description": question.description,
        "parameters": dict(values),
        "sql": question.sql,
        "release": labels.opened.release,
        "count": len(rows),
        "rows": rows,
    }


def _whole(labels: Labels, question: Question, values: Mapping[str, str]) -> tuple[Found, Told]:
    found = ask(labels.opened, question, values, bytes_=_MOST_BYTES)
    if not found.whole:
        raise Refused(f"The answer is larger than {_MOST_BYTES // 1_000_000} MB. The database is among the downloads.")
    told = {}
    for index, collection in linked(labels, question, found).items():
        if is_statement(collection):
            keys = existing(labels, collection, (row[index] for row in found.rows))
            if len(keys) > _MOST_STATEMENTS:
                raise Refused(
                    f"The answer names {len(keys):,} statements, and a file has {_MOST_STATEMENTS:,} at most, since "
                    "who says each of them stands beside it. The database is among the downloads."
                )
            told[index] = {one.key: one for one in statements(labels, collection, sorted(keys))}
    fetch(labels)
    return found, told


def _hows(labels: Labels) -> list[tuple[str, str]]:
    """The ways in which statements of the book may be answered, each with the end of a column's name."""
    roles = [one.roles.get(ROLE, {}) for one in labels.opened.site.collections]
    return [(how, end) for how, end in _ANSWERED.items() if any(how in role for role in roles)]


def _answering(one: Statement, how: str) -> Iterator[Statement]:
    return (other for some in one.answers if some.kind == how and not some.forward for other in some.statements)


def _answers(one: Statement, how: str) -> Iterator[dict[str, Any]]:
    return map(attribution, _answering(one, how))


def _text(one: Statement | None, how: str, end: str) -> str:
    """What a cell beside a statement has."""
    if one is None:
        return ""
    if not how:
        line = in_line(one)
        return line["by"] if end == "said_by" else ", ".join(filter(None, (line["published_in"], line["at"])))
    if end.endswith("_in_words"):
        return " | ".join("{said} ({by}, in {published_in}, {at})".format(**in_line(o)) for o in _answering(one, how))
    return "; ".join(other.key for other in _answering(one, how))


def _free(taken: tuple[str, ...], names: list[str]) -> list[str]:
    """Names of columns that the answer has not already."""
    free = []
    for name in names:
        while name in taken:
            name += "_"
        free.append(name)
    return free


def _cell(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else cell_text(value)


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value
