# SPDX-License-Identifier: Apache-2.0
"""A book's CHANGELOG, in the form of https://keepachangelog.com/en/1.1.0/: a section written from what differs.

It is a draft for a person to edit. Records are named by their keys and counted, never told: what they say stands in
the book beside who says it and what answers it, and not in a list of changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from sourcebook.diff.model import Compared, RecordChange
from sourcebook.finding import printable
from sourcebook.release.weight import is_corrected, records

KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
_MOST = 20  # records that are named of each collection
_MOST_FIELDS = 4
_WIDTH = 120
_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_VERSION = re.compile(r"\[?v?([0-9][^\]\s]*)\]?")
_KIND = re.compile(r"^### +(\w+) *$", re.MULTILINE)
_UNRELEASED = "[unreleased]"
_HEAD = """\
# Changelog

What changed in the data, by release; the form is that of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).
"""

Section = dict[str, list[str]]


def section(compared: Compared) -> Section:
    """The entries by what became of the data, each a line of Markdown."""
    found: Section = {}
    titles = dict(compared.titles)
    for kind, heading, words in _RECORDS:
        for name in titles or dict.fromkeys(one.collection for one in compared.records):
            some = [one for one in compared.records if _kind(one) == kind and one.collection == name]
            if some:
                found.setdefault(heading, []).append(
                    f"{_titled(name, titles)}: {records(len(some))} {words}: {_named(some)}"
                )
    for one in compared.answers:
        found.setdefault("Removed" if one.lost else "Changed", []).append(_code_keys(str(one)))
    for table in compared.tables:
        words = f"**Breaks readers of the database**: {table.words}" if table.breaks else table.words
        heading = (
            "Added" if table.kind.endswith("-added") else "Removed" if table.kind.endswith("-removed") else "Changed"
        )
        found.setdefault(heading, []).append(printable(words))
    return {heading: found[heading] for heading in KINDS if heading in found}


_RECORDS = (
    ("added", "Added", "added"),
    ("changed", "Fixed", "corrected"),
    ("renamed", "Changed", "under another key"),
    ("removed", "Removed", "taken out"),
)


def _kind(one: RecordChange) -> str:
    if one.kind in ("changed", "moved"):
        return "changed" if is_corrected(one) else ""
    return one.kind


def _titled(name: str, titles: dict[str, str]) -> str:
    return printable(titles.get(name) or name)


def _named(some: Sequence[RecordChange]) -> str:
    told = [_one(one) for one in some[:_MOST]]
    more = len(some) - len(told)
    return ", ".join(told) + (f" and {more:,} more" if more else "")


def _one(one: RecordChange) -> str:
    if one.kind == "renamed":
        return f"{_code(one.old_key)} → {_code(one.key)}"
    if one.kind in ("added", "removed"):
        return _code(one.key)
    fields = list(dict.fromkeys(_field(change.name) for change in one.changes if change.kind != "order"))
    told = ", ".join(fields[:_MOST_FIELDS]) + (" …" if len(fields) > _MOST_FIELDS else "")
    return f"{_code(one.key)} ({told})" if told else _code(one.key)


def _field(name: str) -> str:
    """The property alone, without the items of lists, which are named by what they say."""
    return printable(re.sub(r"\[.*?\]", "", name).strip(".")) or "the record"


def _code(key: str) -> str:
    text = printable(key)
    return f"`{text}`" if "`" not in text else f"`` {text} ``"


def _code_keys(sentence: str) -> str:
    return printable(sentence)


def inserted(text: str | None, version: str, day: str, entries: Section) -> str | None:
    """A CHANGELOG with a section of ``version``, above all others and below what is not released yet.

    What stood there as not released becomes part of the section. ``text`` is None where there was none; None is
    returned where it has a section of that version already.
    """
    if text is None:
        return f"{_HEAD}\n## [Unreleased]\n\n{_rendered(version, day, '', entries)}"
    headings = list(_HEADING.finditer(text))
    if any(_version_in(one[1]) == version for one in headings):
        return None
    end = "\r\n" if "\r\n" in text else "\n"
    first = headings[0] if headings else None
    if first and _is_unreleased(first[1]):
        stop = headings[1].start() if len(headings) > 1 else _end_of_sections(text, first.end())
        written = text[first.end() : stop].replace("\r\n", "\n").strip("\n")
        before, rest = text[: first.end()] + end + end, text[stop:]
    else:
        stop = first.start() if first else _end_of_sections(text, 0)
        before, rest, written = text[:stop], text[stop:], ""
        if before and not before.endswith(end * 2):
            before += end if before.endswith(end) else end * 2
    new = _rendered(version, day, written, entries)
    if rest.strip():
        new += "\n"
    return before + new.replace("\n", end) + rest.lstrip("\r\n")


def versions_in(text: str) -> list[str]:
    """The versions that have a section."""
    return [found for one in _HEADING.finditer(text) if (found := _version_in(one[1]))]


def _version_in(heading: str) -> str:
    found = _VERSION.match(heading)
    return found[1] if found else ""


def _is_unreleased(heading: str) -> bool:
    return heading.strip("[] ").casefold() == _UNRELEASED.strip("[]")


_LINK = re.compile(r"^\[[^\]]+\]:", re.MULTILINE)


def _end_of_sections(text: str, start: int) -> int:
    """Where what may be a section ends: before the addresses of links at the end, if there are any."""
    found = _LINK.search(text, start)
    return found.start() if found else len(text)


def _rendered(version: str, day: str, written: str, entries: Section) -> str:
    """A section: what a person ``written`` of it, and below each of its headings the new entries."""
    before, kinds = _parted(written)
    lines = [f"## [{version}] - {day}", ""]
    if before:
        lines += [before, ""]
    for heading in dict.fromkeys((*KINDS, *kinds)):
        old, new = kinds.get(heading, ""), entries.get(heading, [])
        if old or new:
            bullets = "\n".join(line for one in new for line in _wrapped(one))
            lines += [f"### {heading}", "", *filter(None, (old, bullets)), ""]
    if not kinds and not entries and not before:
        lines += ["No record changed.", ""]
    return "\n".join(lines)


def _parted(written: str) -> tuple[str, dict[str, str]]:
    """What stands before the first heading, and what below each."""
    parts = _KIND.split(written)
    kinds: dict[str, str] = {}
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        kinds[heading] = "\n".join(filter(None, (kinds.get(heading, ""), body.strip("\n"))))
    return parts[0].strip("\n"), kinds


def _wrapped(entry: str) -> Iterator[str]:
    """The lines of an entry, broken between words, but not within names in code."""
    line = "-"
    for word in _words(entry):
        if len(line) + 1 + len(word) > _WIDTH and line.strip("- "):
            yield line
            line = f"  {word}"
        else:
            line = f"{line} {word}"
    yield line


def _words(entry: str) -> Iterable[str]:
    return re.findall(r"(?:`[^`]*`|[^\s`])+|`+\s.*?\s`+", entry)
