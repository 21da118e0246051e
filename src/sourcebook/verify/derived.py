# SPDX-License-Identifier: Apache-2.0
"""What is derived of records, found by walking these as documents, without their tables and what a build does.

What a build makes of tables and links is made here of documents and paths, by the words of the reference alone
(``docs/reference/tables.md``), so that one of the two would have to be wrong in the same way as the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from sourcebook.book import ANSWER_KINDS, STATEMENT, AnswerKind, steps
from sourcebook.exact import dumps, loads
from sourcebook.extract import cell_text
from sourcebook.tables import Column, Table, encode
from sourcebook.verify.case import Case

_Key = tuple[str, str]  # of a record: its collection, and its key as a text
_SENTENCES, _NAMES, _BESIDE, _CHARACTERS = 40, 20, 5, 400


class _Answer(NamedTuple):
    kind: AnswerKind
    by: _Key


def told_documents(case: Case, collection: str) -> Mapping[str, Any]:
    """The records of a collection by their keys, each with what is derived of it, and of the items of its lists."""
    found = {key: loads(text) for key, text in case.documents(collection).items()}
    own, *others = case.plans[collection].tables
    tables = [one for one in (*(one for one in others if one.parent == own.name), own) if one.derived]
    if not tables:
        return found
    told = Told(case)
    for table in tables:
        waiting = iter(told.rows(table))
        for key, document in found.items():
            for _, item in list(_items(document, steps(table.path) if table.path else ())):
                _, of = next(waiting)
                values = zip(table.derived, told.values(table, key, of), strict=True)
                _tell(item, {c.name: loads(v) if c.encoding == "json" else v for c, v in values if v is not None})
    return found


def _tell(item: Any, derived: Mapping[str, Any]) -> None:
    """Add what is derived of an item to it; a name that it has itself has an underscore before it."""
    if isinstance(item, dict):
        own = frozenset(item)
        for name, value in derived.items():
            item[next(one for one in (f"{'_' * many}{name}" for many in range(len(own) + 1)) if one not in own)] = value


class Told:
    """What the records of a book tell of its statements."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._roles = {c.name: c.roles[STATEMENT] for c in case.book.collections if STATEMENT in c.roles}
        self.documents = cache(self._documents)
        self._named_by = cache(self._keys_by_field)
        self._records = {
            key: number for number, key in enumerate((name, key) for name in case.plans for key in self.documents(name))
        }
        self._time = cache(self._said_on)
        self._answers = self._all_answers()

    def _documents(self, collection: str) -> Mapping[str, Any]:
        return {key: loads(text) for key, text in self._case.documents(collection).items()}

    # --- references ---------------------------------------------------------------------------------------------------

    def _keys_by_field(self, collection: str, field: str) -> Mapping[Any, str]:
        found: dict[Any, str] = {}
        for key, document in self.documents(collection).items():
            for value in _at(document, steps(field)) if field else (key,):
                found.setdefault(value if field else str(value), key)
        return found

    def _led(self, column: Column, value: Any) -> _Key | None:
        """The record that a value of a column means; the first of several targets."""
        for target in (column.foreign, *column.targets):
            if target is not None:
                by = self._named_by(target.collection, target.field or "")
                key = by.get(value) if target.field else None
                key = by.get(str(value)) if key is None and (not target.field or target.as_text) else key
                if key is None and target.field == self._case.book.by_name[target.collection].key:
                    key = self._named_by(target.collection, "").get(str(value))
                if key is not None:
                    return target.collection, key
        return None

    def at(self, of: _Key, path: str) -> Iterator[tuple[str, Any]]:
        """What stands at a path of a record: the records that it leads to, or values, which are of no collection."""
        column = self._column(of[0], path)
        for value in _at(self.documents(of[0])[of[1]], steps(column.path)):
            led = self._led(column, value) if column.foreign or column.targets else None
            yield led or ("", value)

    def _column(self, collection: str, path: str) -> Column:
        columns = [
            one for table in self._case.plans[collection].tables for one in table.columns if one.role != "target"
        ]
        return next(one for end in ("", "[]") for one in columns if one.path == path + end)

    def _all_answers(self) -> Mapping[_Key, list[_Answer]]:
        found: dict[_Key, dict[_Answer, None]] = {}
        for name, role in self._roles.items():
            for kind in (kind for kind in ANSWER_KINDS if kind.part in role):
                column = self._column(name, role[kind.part])
                for key, document in self.documents(name).items():
                    for value in _at(document, steps(column.path)):
                        of = self._led(column, value)
                        if of and of[0] in self._roles:
                            found.setdefault(of, {})[_Answer(kind, (name, key))] = None
                            if kind.symmetric:
                                found.setdefault((name, key), {})[_Answer(kind, of)] = None
        return {of: self._in_time(some) for of, some in found.items()}

    def _in_time(self, answers: Iterable[_Answer]) -> list[_Answer]:
        """Answers in the order of their ways; within one by when they were said, and by their records."""
        return sorted(
            answers, key=lambda one: (ANSWER_KINDS.index(one.kind), self._time(one.by), self._records[one.by])
        )

    def _said_on(self, of: _Key) -> tuple[int, str]:
        column = self._column(of[0], self._roles[of[0]]["on"]) if "on" in self._roles[of[0]] else None
        found = _at(self.documents(of[0])[of[1]], steps(column.path)) if column else ()
        texts = [text for value in found if column and (text := cell_text(encode(value, column.encoding)))]
        return (0, texts[0]) if texts else (1, "")

    # --- rows ---------------------------------------------------------------------------------------------------------

    def rows(self, table: Table) -> Iterator[tuple[str, Sequence[_Key]]]:
        """The rows that records make of a table, in order: each record's key, and the statements that it is told of."""
        plan = self._case.plans[table.collection]
        lists = [one for one in plan.tables if one.parent == table.name and self._links_alone(one)]
        columns = [one for each in (table, *lists) for one in each.columns if self._to_statements(one)]
        above = steps(table.path) if table.path else ()
        for key, document in self.documents(table.collection).items():
            if table.parent is None and table.collection in self._roles:
                yield key, ((table.collection, key),)
                continue
            for name, item in _items(document, above):
                led = (self._led(one, value) for one in columns for value in _beside(one, len(above), name, item))
                yield key, tuple(dict.fromkeys(one for one in led if one and one[0] in self._roles))

    def _links_alone(self, table: Table) -> bool:
        said = [one for one in table.columns if one.path and one.role in ("property", "value", "name", "other")]
        return all(one.foreign or one.targets for one in said)

    def _to_statements(self, column: Column) -> bool:
        led = [one.collection for one in (column.foreign, *column.targets) if one]
        return column.role in ("key", "property", "value", "name") and not self._roles.keys().isdisjoint(led)

    def values(self, table: Table, key: str, of: Sequence[_Key]) -> Iterator[str | None]:
        """What a row's derived columns hold, which is told of some statements."""
        by_column: dict[str, Callable[[], str | None]] = {
            "answers": lambda: self._sentences(of),
            "said_by": lambda: self._names(of, "by"),
            "published_in": lambda: self._names(of, "in"),
            **{kind.column: partial(self._keys, (table.collection, key), kind) for kind in ANSWER_KINDS},
        }
        return (by_column[one.name]() for one in table.derived)

    # --- words --------------------------------------------------------------------------------------------------------

    def _keys(self, of: _Key, kind: AnswerKind) -> str | None:
        found = [one.by for one in self._answers.get(of, ()) if one.kind == kind]
        several = len({name for name, _ in self._can_answer(of[0], kind)}) > 1
        return dumps([f"{name}/{key}" if several else self.typed(name, key) for name, key in found]) if found else None

    def _can_answer(self, of: str, kind: AnswerKind) -> Iterator[tuple[str, str]]:
        for name, role in self._roles.items():
            if kind.part in role:
                column = self._column(name, role[kind.part])
                for target in (column.foreign, *column.targets):
                    if target and target.collection == of:
                        yield name, of
                    elif target and kind.symmetric and name == of:
                        yield target.collection, of

    def typed(self, name: str, key: str) -> Any:
        """A key of a collection as its column has it."""
        column = self._case.plans[name].tables[0].columns
        own = next(one for one in column if one.role == "key")
        return int(key) if own.encoding == "integer" else key

    def _names(self, of: Iterable[_Key], part: str) -> str | None:
        names = [*dict.fromkeys(_line(text) for key in of for text in self._texts(key, part) if text)]
        if len(names) > _NAMES:
            names[_NAMES:] = [f"and {len(names) - _NAMES:,} more"]
        return "; ".join(names) if names else None

    def _not_twice(self, of: Sequence[_Key]) -> list[_Answer]:
        every = self._in_time(dict.fromkeys(one for key in of for one in self._answers.get(key, ())))
        otherwise = {one.by for one in every if not one.kind.symmetric}
        return [one for one in every if not (one.kind.symmetric and one.by in otherwise)]

    def _sentences(self, of: Sequence[_Key]) -> str | None:
        found = self._not_twice(of)
        parts = [self._sentence(one, of) for one in found[:_SENTENCES]]
        if len(found) > _SENTENCES:
            parts.append(f"And {len(found) - _SENTENCES:,} more answers.")
        return " ".join(parts) if parts else None

    def _sentence(self, answer: _Answer, of: Sequence[_Key]) -> str:
        by, knowledge, place, at, hedge = (
            self._list(answer.by, part) for part in ("by", "knowledge", "in", "at", "hedge")
        )
        brackets = [", ".join(one for one in (place, at) if one)] if place or at else []
        if hedge:
            brackets.append(f"with the reservation “{hedge}”")
        others = [one for one in self._not_twice((answer.by,)) if not (one.kind.symmetric and one.by in of)]
        for one in others[:_BESIDE]:
            words = f"{_lead(one.kind)}{self._list(one.by, 'by')}, {one.by[1]}"
            brackets.append(words[0].lower() + words[1:])
        if len(others) > _BESIDE:
            brackets.append(f"and {len(others) - _BESIDE:,} more answers")
        whole = _lead(answer.kind) + by + (f", on the knowledge of {knowledge}" if knowledge else "")
        whole += f": “{_line('; '.join(self._texts(answer.by, 'text')))}”"
        return f"{whole} ({'; '.join(brackets)})." if brackets else f"{whole}."

    def _list(self, of: _Key, part: str) -> str:
        texts = [*map(_line, self._texts(of, part))]
        return ", ".join(texts[:_BESIDE]) + (f" and {len(texts) - _BESIDE:,} more" if len(texts) > _BESIDE else "")

    def _texts(self, of: _Key, part: str) -> list[str]:
        role = self._roles[of[0]]
        return self._at_path(of, role[part]) if part in role else []

    def _at_path(self, of: _Key, path: str) -> list[str]:
        column = self._column(of[0], path)
        found = []
        for value in _at(self.documents(of[0])[of[1]], steps(column.path)):
            led = self._led(column, value) if column.foreign or column.targets else None
            if led or value is not None:
                found.append(self._label(led, 1) if led else cell_text(encode(value, column.encoding)))
        return found

    def _label(self, of: _Key, more: int) -> str:
        """The label of a record: of a statement its words; where it is a reference, once, that of the record meant."""
        name, key = of
        if name in self._roles:
            return "; ".join(self._texts(of, "text")) or key
        own = self._case.plans[name].tables[0]
        column = own.column(own.label) if own.label else None
        if column is None or not column.path:
            return key
        value = next(_at(self.documents(name)[key], steps(column.path)), None)
        led = self._led(column, value) if value is not None and column.foreign else None
        if led and more and led[0] not in self._roles and led[0] != name:
            return self._label(led, 0)
        return cell_text(encode(value, column.encoding)) or key


def _lead(kind: AnswerKind) -> str:
    return kind.backward + (" " if kind.backward.split()[-1] == "by" else ", ")


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CHARACTERS else line[: _CHARACTERS - 1].rstrip() + "…"


# --- documents --------------------------------------------------------------------------------------------------------


def _items(value: Any, way: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """What stands at the end of a way that ends with a list or a map, each with its name there."""
    if not way:
        yield "", value
        return
    *front, last = way
    for inner in _at(value, front):
        if last == "{}":
            yield from inner.items() if isinstance(inner, dict) else ()
        else:
            yield from (("", one) for one in (inner if isinstance(inner, list) else [inner]))


def _beside(column: Column, above: int, name: str, item: Any) -> Iterator[Any]:
    """What stands in a column of an item, or in lists below it."""
    if column.role == "name" and len(steps(column.path)) <= above + 1:
        yield name
    else:
        yield from _at(item, steps(column.path)[above:])


def _at(value: Any, way: Sequence[str]) -> Iterator[Any]:
    """The values at the end of a way; one thing may stand for a list of it."""
    if not way:
        if value is not None:
            yield value
        return
    step, rest = way[0], way[1:]
    if step == "[]":
        for one in value if isinstance(value, list) else [value]:
            yield from _at(one, rest)
    elif step in ("{}", "{key}") and isinstance(value, dict):
        for name, one in value.items():
            yield from _at(name if step == "{key}" else one, rest)
    elif isinstance(value, dict) and step in value:
        yield from _at(value[step], rest)
