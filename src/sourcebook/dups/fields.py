# SPDX-License-Identifier: Apache-2.0
"""Which properties records are compared by: what they are called, their dates, what identifies them elsewhere.

What the book says goes first (label, aliases, roles, references by a field); the rest is seen of a sample of records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sourcebook.book import STATEMENT, Book, Collection, join, steps
from sourcebook.dups.model import Compared
from sourcebook.errors import UsageError
from sourcebook.finding import Ledger
from sourcebook.records.model import Record
from sourcebook.records.read import Reading
from sourcebook.tables.whole_book import plan_one
from sourcebook.validation.wording import did_you_mean

_SAMPLE = 2_000  # records, at equal distances
_NAMES = ("name", "title", "label", "full_name", "fullname", "headline", "term", "heading")
_ALIASES = re.compile(
    r"(?i)alias(es)?|aka|also_?known_?as|(other|alternative|former|previous|maiden|birth)_?(name|title)s?|synonyms?|names"
)
_IDENTIFIER = re.compile(
    r"(?i)ids?|identifiers?|.*[_-]ids?|doi|isbn.*|issn.*|orcid|isni|viaf|gnd|lccn|oclc|wikidata|wikipedia|lei|isin|imdb|"
    r"geonames|osm|urls?|uris?|website|homepage|e?mails?|phones?|cve|license_?number|registration.*"
)
_CONTAINER = re.compile(r"(?i)ids?|identifiers?|external_?ids?|authority|authorities|same_?as")
# Days of the work on a record, which say nothing of what it is about.
_CURATION = re.compile(
    r"(?i).*(entered|review|created|update|modif|chang|added|access|retrieve|checked|verified|published_in|curat|as_?of).*"
)
_CODE = re.compile(r"(?=.*\d)\S{4,}")
DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?:T.*)?", re.ASCII)
_YEAR = re.compile(r"(?i).*(year|born|birth|died|death|founded|date|on)")


def compared_by(book: Book, collection: Collection, records: Sequence[Record], by: Iterable[str] = ()) -> Compared:
    """The properties to compare records by; ``by`` are the paths of their names, where the book's are not wanted.

    Raises UsageError where there is nothing that tells what records are called.
    """
    seen = _Seen(records)
    names = tuple(by) or _names(book, collection, records, seen)
    for path in by:
        if path not in seen.values:
            hint = did_you_mean(path, seen.values) or seen.told
            raise UsageError(f"no record of {collection.name} has a text at {path!r}: {hint}")
    if not names and records:
        raise UsageError(
            f"nothing says what records of {collection.name} are called: name a property with --by, or a `label` in "
            f"the descriptor; {seen.told}"
        )
    passed = {*names, *collection.references, collection.key}
    other = [path for path in seen.values if path not in passed]
    dates = tuple(path for path in other if seen.are_dates(path))
    identifiers = tuple(path for path in other if path not in dates and seen.identifies(path))
    return Compared(names, dates, identifiers)


def _names(book: Book, collection: Collection, records: Sequence[Record], seen: _Seen) -> tuple[str, ...]:
    """The label and the other names, as the book says; else the properties that are called so."""
    statement = collection.roles.get(STATEMENT, {}).get("text")  # what a statement says, and not how it is filed
    label = [statement] if statement else _label(book, collection, records, seen)
    label = [path for path in label if path != collection.key]
    label = label or next(([path] for path in _NAMES for path in seen.called(path)), [])
    others = list(collection.aliases) or [path for path in seen.values if _ALIASES.fullmatch(seen.last(path))]
    return tuple(dict.fromkeys([*label, *others] if label else []))


def _label(book: Book, collection: Collection, records: Sequence[Record], seen: _Seen) -> list[str]:
    """The path of the label, which the book names by its column."""
    if collection.label is None or collection.label in seen.values:
        return [collection.label] if collection.label else []
    if any(one.level == "error" for one in book.findings):
        return []
    plan = plan_one(book, collection, Reading(tuple(records), (), frozenset(), Ledger()))
    return [column.path for column in plan.tables[0].columns if column.name == collection.label]


class _Seen:
    """The single values of some records, by the paths of their properties: ``values`` holds texts and whole numbers."""

    def __init__(self, records: Sequence[Record]) -> None:
        step = max(1, len(records) // _SAMPLE)
        self._count = len(records[::step])
        self.values: dict[str, list[str | int]] = {}
        for record in records[::step]:
            for path, value in _leaves(record.value):
                self.values.setdefault(path, []).append(value)

    @property
    def told(self) -> str:
        """The paths that there are, in words."""
        return f"there are {', '.join(list(self.values)[:20])}" if self.values else "there are no texts"

    def called(self, name: str) -> list[str]:
        """The path of this name, if there are texts at it."""
        return [name] if any(isinstance(one, str) for one in self.values.get(name, ())) else []

    def last(self, path: str) -> str:
        """The last name in a path."""
        return next((step for step in reversed(steps(path)) if step != "[]"), "")

    def are_dates(self, path: str) -> bool:
        """Whether a record may have one date there, that says something of what it is about."""
        names = steps(path)
        if "[]" in names or any(_CURATION.fullmatch(name) for name in names):
            return False
        values = self.values[path]
        fit = sum(_is_date(one, years=_YEAR.fullmatch(names[-1]) is not None) for one in values)
        return fit >= 0.9 * len(values)

    def identifies(self, path: str) -> bool:
        """Whether the values there are nearly all different, and are called or written as identifiers are."""
        names, values = steps(path), self.values[path]
        if any(_CURATION.fullmatch(name) for name in names):
            return False
        if len(values) < max(2, self._count // 50):
            return False
        distinct = len(set(values)) / len(values)
        if _IDENTIFIER.fullmatch(self.last(path)) or any(_CONTAINER.fullmatch(name) for name in names):
            return distinct >= (0.9 if len(values) >= _FEW else 0.5)
        codes = all(isinstance(one, str) and _CODE.fullmatch(one) for one in values)
        return "[]" not in names and codes and len(values) >= 2 * _FEW and distinct >= 0.95


_FEW = 10


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str | int]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, join(path, name))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, f"{path}[]")
    elif isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        yield path, value


def _is_date(value: str | int, *, years: bool) -> bool:
    if isinstance(value, int) or len(value) == len("1931"):
        return years and DATE.fullmatch(str(value)) is not None
    return DATE.fullmatch(value) is not None
