# SPDX-License-Identifier: Apache-2.0
"""A comparison in words, a line for each change."""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.diff.model import Compared, RecordChange
from sourcebook.diff.shown import counted, first_of, said, shown, stands, told
from sourcebook.finding import harmless, printable

_MOST = 200  # characters of a value
_SIGNS = {"added": "+", "removed": "-", "changed": "~", "renamed": ">", "moved": ">"}


def lines(compared: Compared) -> Iterator[str]:
    """The lines of the text form; none of them can steer a terminal or a CI system."""
    for line in _lines(compared):
        yield harmless(line)


def _lines(compared: Compared) -> Iterator[str]:
    yield printable(f"{compared.old} → {compared.new}")
    yield counted(compared)
    yield from _listed("Answers", map(str, compared.answers))
    yield from _listed("Breaks readers of the database", (one.words for one in compared.breaking))
    yield from _listed("Tables", (one.words for one in compared.tables if not one.breaks))
    for name, title in compared.titles:
        some = [one for one in compared.records if one.collection == name]
        if some:
            yield ""
            yield printable(name if title in ("", name) else f"{name} ({title})")
            for one in some:
                yield from _record(one)
    yield from _listed("Descriptor", (told(one, _MOST) for one in compared.descriptor))
    data = [one for one in compared.files if one.data]
    yield from _listed("Data files that changed no record", (f"{one.file} ({one.kind})" for one in data))
    others = [one for one in compared.files if not one.data]
    yield from _listed("Other files", (f"{one.file} ({one.kind})" for one in others))
    unread = (f"{one.finding} [{one.side} side]" for one in compared.unreadable)
    yield from _listed("Unreadable, and so not compared", unread)
    left = len(compared.uncompared)
    if left:
        yield f"  {left:,} record{'' if left == 1 else 's'} of the other side could be held against nothing"
    yield from _listed("Notes", compared.notes)


def _listed(title: str, items: Iterator[str] | tuple[str, ...] | map[str]) -> Iterator[str]:
    first = True
    for item in items:
        if first:
            yield ""
            yield title
            first = False
        yield f"  {item}"


def _record(one: RecordChange) -> Iterator[str]:
    name = f"{one.collection}/{one.key}"
    if one.kind == "renamed":
        name = f"{one.collection}/{one.old_key} → {name} (known by {one.why})"
    place = stands(one)
    if one.moved and one.old and one.new and None not in (one.old.file, one.new.file):
        place = f"{one.old.file} → {place}"
    why = f": {one.why}" if one.kind == "removed" and one.why else ""
    yield f"  {_SIGNS[one.kind]} {printable(name)}{printable(why)}" + (f"  {printable(place)}" if place else "")
    if who := said(one):
        yield f"      ({printable('; '.join(who))})"
    if one.kind == "added":
        value = one.new_value
        if isinstance(value, dict):
            for property_name, item in value.items():
                yield f"      {printable(property_name)}: {shown(item, _MOST)}"
        elif value is not None:
            yield f"      {shown(value, _MOST)}"
    elif one.kind == "removed" and one.old_value is not None:
        yield f"      {first_of(one.old_value, _MOST)}"
    for change in one.changes:
        if not change.to_people:
            continue
        yield f"      {told(change, _MOST)}"
