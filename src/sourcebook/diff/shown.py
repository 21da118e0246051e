# SPDX-License-Identifier: Apache-2.0
"""Values and changes as people are shown them: short, and harmless."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sourcebook.diff.alignment import as_text
from sourcebook.diff.model import Change, Compared, RecordChange
from sourcebook.finding import printable

_CONTEXT = 24  # characters that two texts have alike, and are shown before they differ


def shown(value: Any, most: int) -> str:
    """A value in one line of at most about ``most`` characters; of a longer one it is told how long it is."""
    text = value if isinstance(value, str) and _is_plain(value) else as_text(value)
    return _short(text, most)


def _is_plain(text: str) -> bool:
    """Whether a text is told from other values without quotes, and ends where it is seen to."""
    return text == text.strip() and text not in ("", "null", "true", "false") and text[0] not in "[{\"'0123456789-+."


def _short(text: str, most: int) -> str:
    told = printable(text)
    if len(told) <= most:
        return told
    return f"{told[:most]}… ({len(text):,} characters)"


def both(old: Any, new: Any, most: int) -> tuple[str, str]:
    """Two values as `shown`; of long texts the part in which they differ."""
    if not (isinstance(old, str) and isinstance(new, str)) or max(len(old), len(new)) <= most:
        return shown(old, most), shown(new, most)
    same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(same - _CONTEXT, 0)
    begin = "…" if start else ""
    return begin + _short(old[start:], most), begin + _short(new[start:], most)


def told(change: Change, most: int) -> str:
    """One change in words."""
    name = printable(change.name) or "the record"
    if change.kind == "added":
        return f"+ {name}: {shown(change.new, most)}"
    if change.kind == "removed":
        return f"- {name}: {shown(change.old, most)}"
    if change.kind == "moved":
        return f"~ {name}: at place {place(change.old_at)} → {place(change.new_at)}"
    if change.kind == "order":
        return f"~ {name}: its names in another order"
    old, new = both(change.old, change.new, most)
    return f"~ {name}: {old} → {new}"


def place(at: Sequence[str | int] | None) -> int:
    """At which place of its list an item stands, counted from 1."""
    return int((at or (0,))[-1]) + 1


def first_of(value: Any, most: int) -> str:
    """What a record begins with."""
    if not isinstance(value, dict):
        return shown(value, most)
    return "; ".join(f"{printable(name)}: {shown(item, 60)}" for name, item in list(value.items())[:_FIRST])


_FIRST = 3  # properties


def said(one: RecordChange, quoted: Callable[[str], str] = str) -> list[str]:
    """Who says a statement, where, and what answers it, each in words; nothing of what is none.

    What comes from the book is ``quoted``.
    """
    if one.statement is None:
        return []
    by, published, answers = one.statement.by, one.statement.published_in, one.statement.answers
    return [
        f"said by {', '.join(map(quoted, by))}" if by else "it does not say who says it",
        *([f"published in {', '.join(map(quoted, published))}"] if published else []),
        *(f"{words} {quoted(record)}" for words, record in answers),
    ]


def counted(compared: Compared) -> str:
    """How much differs, in one sentence."""
    kinds = ("added", "changed", "removed", "renamed", "moved")
    numbers = [(len(compared.of(kind)), kind) for kind in kinds]
    told = [f"{number:,} {kind}" for number, kind in numbers if number]
    parts = (
        [f"{_many(sum(number for number, _ in numbers), 'record')}: {', '.join(told)}"]
        if told
        else ["no record differs"]
    )
    lost = len({(one.collection, one.key) for one in compared.answers if one.lost})
    got = len({(one.collection, one.key) for one in compared.answers if not (one.lost or one.was)})
    parts += [f"{_many(lost, 'statement')} lost an answer"] if lost else []
    parts += [f"{_many(got, 'statement')} got {'one' if lost else 'an answer'}"] if got else []
    breaking = len(compared.breaking)
    parts += [f"{_many(breaking, 'change')} of tables break{'s' if breaking == 1 else ''} readers"] if breaking else []
    unread = len({(one.side, one.finding.path) for one in compared.unreadable})
    parts += [f"{_many(unread, 'file')} unreadable"] if unread else []
    return "; ".join(parts)


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def stands(one: RecordChange) -> str:
    """Where a record stands."""
    stand = one.new or one.old
    if stand is None or stand.file is None:
        return ""
    return printable(f"{stand.file}:{stand.line}" if stand.line else stand.file)
