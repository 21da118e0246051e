# SPDX-License-Identifier: Apache-2.0
"""The records that an answer names by the keys in its columns; and statements also where it has their words alone.

So no question shows what somebody said without who said it, whatever its header says or forgets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sourcebook.content.labels import Labels, chunks
from sourcebook.content.opened import Opened
from sourcebook.content.statements import ROLE, Statement, is_statement, statements
from sourcebook.extract.site import Collection, Question
from sourcebook.site.results.asking import Found, Refused
from sourcebook.sqlite import quote

Links = Mapping[int, Collection]  # by the place of a column, the collection whose keys it holds
Told = dict[int, dict[str, tuple[Statement, ...]]]  # by the place of a column, statements by the value that names them
Made = Mapping[tuple[str, str], Mapping[str, str]]  # by collection and key, texts by derived column
_MOST = 20_000  # statements of an answer
_OF_SEARCH = "_fts"


def linked(labels: Labels, question: Question, found: Found) -> Links:
    """The collection whose keys a column of an answer holds, by the column's place."""
    return {
        place: labels.opened.site.collection(question.link[name])
        for place, name in enumerate(found.names)
        if name in question.link
    }


def existing(labels: Labels, collection: Collection, keys: Iterable[Any]) -> set[str]:
    """Those of some values that are keys of records."""
    key, found = quote(collection.key), set()
    for some in chunks(list(dict.fromkeys(str(one) for one in keys if one is not None))):
        sql = f"SELECT {key} FROM {quote(collection.table)} WHERE {key} IN ({', '.join('?' * len(some))})"
        found |= {str(one) for (one,) in labels.opened.connection.execute(sql, some)}
    return found


def told(labels: Labels, found: Found, links: Links) -> Told:
    """The statements that each column of an answer names, by key or by their words: several of the same words.

    Words are looked for where the rows do not name the statement by its key. Raises `Refused` where there are too many.
    """
    named: Told = {}
    for index, collection in links.items():
        if is_statement(collection):
            keys = existing(labels, collection, (row[index] for row in found.rows))
            _bound(len(keys))
            named[index] = {one.key: (one,) for one in statements(labels, collection, sorted(keys))}
    for collection in labels.opened.site.collections:
        if is_statement(collection) and collection.table in found.tables:
            _add_by_words(labels, collection, found, links, named)
    return named


def in_row(named: Told, row: Sequence[Any], index: int) -> tuple[Statement, ...]:
    """The statements that a row names in the column at ``index``."""
    return () if row[index] is None else named[index].get(str(row[index]), ())


def made_of(labels: Labels, named: Told) -> Made:
    """What the build made of the statements that an answer names: the text in each derived column of their tables."""
    made: dict[tuple[str, str], Mapping[str, str]] = {}
    shown: dict[str, set[str]] = {}
    for one in (one for by_value in named.values() for some in by_value.values() for one in some):
        shown.setdefault(one.collection, set()).add(one.key)
    for name, keys in shown.items():
        collection = labels.opened.site.collection(name)
        tables = (one for one in labels.opened.site.tables if one.name == collection.table)
        derived = [column.name for table in tables for column in table.columns if column.derived]
        for some in chunks(sorted(keys)) if derived else ():
            columns = ", ".join(map(quote, (collection.key, *derived)))
            sql = f"SELECT {columns} FROM {quote(collection.table)} WHERE {quote(collection.key)} IN"
            for key, *texts in labels.opened.connection.execute(f"{sql} ({', '.join('?' * len(some))})", some):
                pairs = zip(derived, texts, strict=True)
                made[name, str(key)] = {column: str(text) for column, text in pairs if text is not None}
    return made


def read_of(opened: Opened, tables: Iterable[str]) -> tuple[Collection, ...]:
    """The collections of statements of whose records some of the ``tables`` have something.

    What is no table of records may have something of all: records whole, changes, what an index is kept in. What lies
    in no file, as tables made of JSON, has nothing of any.
    """
    statements = tuple(one for one in opened.site.collections if is_statement(one))
    of = {one.name.lower(): one.collection for one in opened.site.tables}
    names: set[str] = set()
    for table in {one.lower() for one in tables} & _there(opened) if statements else ():
        found = of.get(table, of.get(table.removesuffix(_OF_SEARCH)))
        if found is not None:
            names.add(found)
        elif not table.startswith("sqlite_"):
            return statements
    return tuple(one for one in statements if one.name in names)


def unsaid(labels: Labels, found: Found, links: Links, named: Told) -> tuple[Collection, ...]:
    """The collections of statements whose words an answer may have, changed by its SQL, without who says them.

    Those that it reads and names no statement of; and those whose words it reads where a row names none of them and has
    a text beside the keys that it links.
    """
    about = {one.collection for by_value in named.values() for some in by_value.values() for one in some}
    return tuple(
        one
        for one in read_of(labels.opened, found.tables)
        if one.name not in about
        or (_reads_words(labels.opened, one, found) and any(_bare(one, row, links, named) for row in found.rows))
    )


def _reads_words(opened: Opened, collection: Collection, found: Found) -> bool:
    of = {one.name: one.collection for one in opened.site.tables}
    words = collection.field(collection.roles[ROLE]["text"])
    for table, column in found.columns:
        if of.get(table) == collection.name:
            if words is None or words.kind != "value" or (table, column) == (collection.table, words.column):
                return True
        elif table not in of and read_of(opened, (table,)):
            return True
    return False


def _bare(collection: Collection, row: Sequence[Any], links: Links, named: Told) -> bool:
    """Whether a row has a text and none of a collection's statements."""
    if any(one.collection == collection.name for index in named for one in in_row(named, row, index)):
        return False
    return any(isinstance(one, str) and index not in links for index, one in enumerate(row))


def _there(opened: Opened) -> frozenset[str]:
    """The names of all tables in the files of a release."""
    if (at := ("tables there",)) not in opened.kept:
        select = "SELECT name FROM {}.sqlite_master WHERE type = 'table'"
        databases = [name for _, name, _ in opened.connection.execute("PRAGMA database_list") if name != "temp"]
        sql = " UNION ".join(map(select.format, databases))
        opened.kept[at] = frozenset(name.lower() for (name,) in opened.connection.execute(sql))
    found: frozenset[str] = opened.kept[at]
    return found


def _add_by_words(labels: Labels, collection: Collection, found: Found, links: Links, named: Told) -> None:
    words = collection.field(collection.roles[ROLE]["text"])
    wanted = _texts(found, links, named)
    if words is None or words.kind != "value" or not any(wanted.values()):
        return
    text, key = quote(words.column), quote(collection.key)
    keys: dict[str, list[str]] = {}
    for some in chunks(list(dict.fromkeys(one for texts in wanted.values() for one in texts))):
        sql = f"SELECT {text}, {key} FROM {quote(collection.table)} WHERE {text} IN ({', '.join('?' * len(some))})"
        for said, one in labels.opened.connection.execute(sql, some):
            keys.setdefault(str(said), []).append(str(one))
    _bound(sum(map(len, keys.values())))
    shown = {one.key: one for one in statements(labels, collection, [key for some in keys.values() for key in some])}
    for index, texts in wanted.items():
        more = {said: tuple(shown[one] for one in keys[said]) for said in texts if said in keys}
        if more:
            named[index] = named.get(index, {}) | more


def _texts(found: Found, links: Links, named: Told) -> dict[int, dict[str, None]]:
    """By column that is no link, the texts that are not the words of a statement which their row names."""
    wanted: dict[int, dict[str, None]] = {}
    for row in found.rows:
        known = {one.said for index in named for one in in_row(named, row, index)}
        for index, value in enumerate(row):
            if index not in links and isinstance(value, str) and value not in known:
                wanted.setdefault(index, {})[value] = None
    return wanted


def _bound(count: int) -> None:
    if count > _MOST:
        raise Refused(
            f"The answer has {count:,} statements, and {_MOST:,} is the most here, since who says each of them stands "
            "beside it. The database is among the downloads."
        )
