# SPDX-License-Identifier: Apache-2.0
"""The whole answer to a question as a file: its columns, and beside each statement who says it and what answers it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sourcebook.book import answers_of
from sourcebook.content.labels import Labels
from sourcebook.content.statement_data import attribution, in_line
from sourcebook.content.statements import Statement, fetch
from sourcebook.extract import cell_text
from sourcebook.extract.site import Collection, Question
from sourcebook.site.results.asking import Found, Refused, ask
from sourcebook.site.results.named import Told, in_row, linked, told, unsaid

_MOST_BYTES = 20_000_000
_ELSEWHERE = "who_says_it"


def as_csv(labels: Labels, question: Question, values: Mapping[str, str]) -> str:
    """All rows as CSV. Raises `Refused`.

    Of a column CLAIM of statements' keys, or of their words, follow at the end ``CLAIM_said_by`` and
    ``CLAIM_published_in``, and for each way in which statements may be answered the keys of those that do,
    ``CLAIM_denied_by``, and the same in words. Where SQL may have changed what statements say, so that it is not known
    who says it, a last column ``who_says_it`` tells where that stands.
    """
    found, named, lacking = _whole(labels, question, values)
    added = [
        (index, how, end)
        for index in named
        for how, ends in (
            ("", ("said_by", "published_in")),
            *((how, (to, f"{to}_in_words")) for how, to in _hows(labels)),
        )
        for end in ends
    ]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    ends = [f"{found.names[index]}_{end}" for index, _, end in added] + [_ELSEWHERE] * bool(lacking)
    told_there = [f"not told here: see {one.title}, {labels.at.page(one.address)}" for one in lacking]
    elsewhere = ["; ".join(told_there)] * bool(lacking)
    writer.writerow([*found.names, *_free(found.names, ends)])
    for row in found.rows:
        more = [_text(in_row(named, row, index), how, end) for index, how, end in added]
        writer.writerow([*map(_cell, row), *more, *elsewhere])
    return text.getvalue()


def as_data(labels: Labels, question: Question, values: Mapping[str, str]) -> dict[str, Any]:
    """All rows, and what the answer is to, as plain data. Raises `Refused`.

    Of a column CLAIM of statements' keys, or of their words, each row has the attribution too, ``CLAIM_attribution``
    (several where several say the same words), and for each way in which statements may be answered those that do, with
    theirs: ``CLAIM_denied_by``. Where SQL may have changed what statements say, so that it is not known who says it,
    ``who_says_it`` tells where that stands.
    """
    found, named, lacking = _whole(labels, question, values)
    rows, hows = [], _hows(labels)
    for row in found.rows:
        data = dict(zip(found.names, map(_plain, row), strict=True))
        for index in named:
            statements = in_row(named, row, index)
            if statements:
                more = {"attribution": [attribution(one) for one in statements]}
                more |= {to: [attribution(o) for one in statements for o in _answering(one, how)] for how, to in hows}
                names = _free(found.names, [f"{found.names[index]}_{end}" for end in more])
                data |= dict(zip(names, more.values(), strict=True))
        rows.append(data)
    elsewhere = [{"collection": one.name, "title": one.title, "href": labels.at.page(one.address)} for one in lacking]
    return {
        "question": question.name,
        "title": question.title,
        "description": question.description,
        "parameters": dict(values),
        "sql": question.sql,
        **labels.opened.named(labels.at),
        "count": len(rows),
        **({_ELSEWHERE: elsewhere} if lacking else {}),
        "rows": rows,
    }


def _whole(labels: Labels, question: Question, values: Mapping[str, str]) -> tuple[Found, Told, tuple[Collection, ...]]:
    found = ask(labels.opened, question, values, bytes_=_MOST_BYTES)
    if not found.whole:
        raise Refused(f"The answer is larger than {_MOST_BYTES // 1_000_000} MB. The database is among the downloads.")
    links = linked(labels, question, found)
    named = told(labels, found, links)
    fetch(labels)
    return found, named, unsaid(labels, found, links, named)


def _hows(labels: Labels) -> list[tuple[str, str]]:
    """The ways in which statements of the book may be answered, each with the end of a column's name."""
    kinds = answers_of(one.roles for one in labels.opened.site.collections)
    return [(one.part, one.column) for one in kinds]


def _answering(one: Statement, how: str) -> Iterator[Statement]:
    return (other for some in one.answers if some.kind == how and not some.forward for other in some.statements)


def _text(some: Iterable[Statement], how: str, end: str) -> str:
    """What a cell beside a statement has."""
    answers = [other for one in some for other in _answering(one, how)] if how else []
    if end == "said_by":
        return " | ".join(in_line(one)["by"] for one in some)
    if end == "published_in":
        lines = map(in_line, some)
        return " | ".join(", ".join(filter(None, (line["published_in"], line["at"]))) for line in lines)
    if end.endswith("_in_words"):
        return " | ".join(map(_in_words, answers))
    return "; ".join(one.key for one in answers)


def _in_words(one: Statement) -> str:
    line = in_line(one)
    where = (line["by"], f"in {line['published_in']}" if line["published_in"] else "", line["at"])
    return f"{line['said']} ({', '.join(filter(None, where))})"


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
