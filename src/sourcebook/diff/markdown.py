# SPDX-License-Identifier: Apache-2.0
"""A comparison as a comment of a pull request: Markdown that GitHub, GitLab and Forgejo show.

Whatever comes from the book stands in code, in which no name is a mention, no number an issue, and no tag is HTML;
what could end the code, or the cell of a table, is written by its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sourcebook.diff.model import Change, Compared, RecordChange
from sourcebook.diff.shown import both, counted, first_of, place, said, shown, stands
from sourcebook.finding import printable

MOST = 60_000
"""Bytes of the text: a comment on GitHub may have 65,536 characters."""

_VALUE = 240  # characters of a value
_NEEDS_NUMBERS = re.compile(r"[|`\\]|^\s|\s$")
_NUMBERED = re.compile(r"[!-+.:-@\[-`{-~]|(?<= ) |^ | $")  # all of ASCII that may mean something


def code(text: str) -> str:
    """A text in code, whatever it holds."""
    told = printable(text)
    if told == "":
        return "<code></code>"
    if not _NEEDS_NUMBERS.search(told):
        return f"`{told}`"
    return f"<code>{_NUMBERED.sub(lambda found: f'&#{ord(found[0])};', told)}</code>"


def text(compared: Compared, most: int = MOST) -> str:
    """The comment, of at most ``most`` bytes: what does not fit is counted at its end."""
    out: list[str] = []
    left = most - _RESERVE
    missing = 0
    for block in _blocks(compared):
        size = len(block.text.encode("utf-8", "surrogatepass")) + 1
        if missing or size > left:
            missing += block.counts
            left = 0
            continue
        left -= size
        out.append(block.text)
    if missing:
        out.append(f"\n… and {missing:,} more change{'' if missing == 1 else 's'}; `sourcebook diff` tells them all.")
    return "\n".join(out) + "\n"


_RESERVE = 200  # bytes kept for the last line


class _Block:
    __slots__ = ("counts", "text")

    def __init__(self, text: str, counts: int = 0) -> None:
        self.text = text
        self.counts = counts


def _blocks(compared: Compared) -> Iterator[_Block]:
    yield _Block(f"**What changes in the book**: {code(str(compared.old))} → {code(str(compared.new))}\n")
    yield _Block(f"{counted(compared)[:1].upper()}{counted(compared)[1:]}.")
    answers = [
        f"{code(f'{one.collection}/{one.key}')} {'**lost its answer**' if one.lost else 'got the answer'} "
        f"{code(f'{one.by_collection}/{one.by_key}')} ({one.words}{f', and before: {one.was}' if one.was else ''})"
        + (", which was removed" if one.gone and one.lost else "")
        for one in compared.answers
    ]
    yield from _list("Answers to statements", answers)
    yield from _list("Breaks readers of the database", [code(one.words) for one in compared.breaking])
    yield from _list("Tables", [code(one.words) for one in compared.tables if not one.breaks])
    for name, _ in compared.titles:
        yield from _collection(name, [one for one in compared.records if one.collection == name])
    if compared.descriptor:
        yield _Block("\n### Descriptor\n\n| property | before | after |\n| --- | --- | --- |")
        yield from (_Block(f"| {_row(one)} |", 1) for one in compared.descriptor)
    data = [f"{code(one.file)} ({one.kind})" for one in compared.files if one.data]
    yield from _list("Data files that changed no record", data)
    yield from _list("Other files", [f"{code(one.file)} ({one.kind})" for one in compared.files if not one.data])
    unread = [f"{code(str(one.finding))} (the {one.side} side)" for one in compared.unreadable]
    yield from _list("Unreadable, and so not compared", unread)
    if compared.uncompared:
        yield _Block(f"\n{len(compared.uncompared):,} records of the other side could be held against nothing.")
    yield from _list("Notes", [code(one) for one in compared.notes])


def _list(title: str, items: list[str]) -> Iterator[_Block]:
    if items:
        yield _Block(f"\n### {title}\n")
        yield from (_Block(f"- {item}", 1) for item in items)


def _collection(name: str, records: list[RecordChange]) -> Iterator[_Block]:
    if not records:
        return
    kinds = ("added", "changed", "removed", "renamed", "moved")
    counts = ", ".join(f"{n:,} {kind}" for kind in kinds if (n := sum(one.kind == kind for one in records)))
    yield _Block(f"\n### {code(name)}: {counts}")
    whole = [one for one in records if one.kind in ("added", "removed")]
    if whole:
        yield _Block("\n| | record | begins with |\n| --- | --- | --- |")
    for one in whole:
        value = one.new_value if one.kind == "added" else one.old_value
        why = f"<br>{code(one.why)}" if one.why else ""
        yield _Block(
            f"| {one.kind} | {_who(one)}{why} | {code(first_of(value, _VALUE)) if value is not None else ''} |", 1
        )
    rest = [one for one in records if one.kind not in ("added", "removed")]
    if rest:
        yield _Block("\n| record | property | before | after |\n| --- | --- | --- | --- |")
    for one in rest:
        yield from _rows(one)


def _rows(one: RecordChange) -> Iterator[_Block]:
    """The rows of a record. Each names who says it and what answers it, where it is a statement."""
    who = _who(one)
    if one.kind == "renamed":
        yield _Block(f"| {who} | key ({code(one.why)}) | {code(one.old_key)} | {code(one.key)} |", 1)
    if one.moved and one.old and one.new:
        yield _Block(f"| {who} | file | {code(one.old.file or '')} | {code(one.new.file or '')} |", 1)
    for change in one.changes:
        if not change.to_people:
            continue
        yield _Block(f"| {who} | {_row(change)} |", 1)


def _who(one: RecordChange) -> str:
    where = stands(one)
    return "<br>".join([code(one.key), *said(one, code), *([code(where)] if where else [])])


def _row(change: Change) -> str:
    name = code(change.name) if change.name else "the record"
    if change.kind == "added":
        return f"{name} | | {code(shown(change.new, _VALUE))}"
    if change.kind == "removed":
        return f"{name} | {code(shown(change.old, _VALUE))} |"
    if change.kind == "moved":
        return f"{name} | place {place(change.old_at)} | place {place(change.new_at)}"
    if change.kind == "order":
        return f"{name} | | its names stand in another order"
    old, new = both(change.old, change.new, _VALUE)
    return f"{name} | {code(old)} | {code(new)}"
