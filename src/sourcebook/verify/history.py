# SPDX-License-Identifier: Apache-2.0
"""What is told of the past, against git: asked of its graph and of whole trees, and not of what differs.

The keys that the changes lead to from nothing are those of the records. Versions are put on disk and read as books are,
where they are few; of many a sample is, and the ledger tells how many were not.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from sourcebook.book import DESCRIPTOR, HIDDEN, load_book, public_form
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.exact import loads, same
from sourcebook.git import LINK, MODULE, Repository
from sourcebook.history.model import CHANGES, VERSIONS
from sourcebook.history.objects import AS_THEY_ARE
from sourcebook.history.tables import INDEXES, TABLES
from sourcebook.records.read import read
from sourcebook.sqlite import reading
from sourcebook.verify.case import Case

_NAME = "history"
_MOST_FILES = 30_000  # that are put on disk, of all versions that are read again
_LIMIT = 64 * 1024 * 1024  # bytes of one
_SHAPE = "SELECT name, sql FROM sqlite_master WHERE tbl_name IN (?, ?) AND sql NOT NULL"

Record = tuple[str, str]


class _Row(NamedTuple):
    version: int
    collection: str
    key: str
    record: str | None
    kind: str
    old_key: str | None
    property: str | None
    old: str | None
    new: str | None


_ROWS = f"""SELECT version, collection, key, record, kind, old_key, property, old, new FROM {CHANGES}
ORDER BY _change"""


def history(case: Case) -> None:
    """The tables of the past say what git says."""
    repository = _repository(case)
    with reading(case.folder / case.database) as connection:
        there = dict(connection.execute(_SHAPE, (VERSIONS, CHANGES)))
        if isinstance(repository, str) or not there:
            _nothing(case, repository, there)
            return
        if there != {**TABLES, **INDEXES}:
            case.differs(case.database, f"{VERSIONS} and {CHANGES} are not the tables of a history")
            return
        versions = connection.execute(f"SELECT * FROM {VERSIONS} ORDER BY _version").fetchall()
        rows: dict[int, list[_Row]] = defaultdict(list)
        for row in connection.execute(_ROWS):
            rows[row[0]].append(_Row(*row))
    known = _commits(case, repository, versions, rows)
    _folded(case, versions, rows)
    _values(case, rows)
    _withheld(case, rows)
    if known:
        _read_again(case, repository, versions, rows)


def _repository(case: Case) -> Repository | str:
    """The repository that the book lies in; why nothing is told of it."""
    if case.book.settings.get("history", True) is False:
        return "the descriptor turns it off"
    try:
        repository = Repository(case.book.root, AS_THEY_ARE)
    except (UsageError, EnvironmentFailure):
        return "the book lies in no repository of git"
    if not repository.commit("HEAD"):
        return "nothing is committed yet"
    return "the clone is shallow" if repository.shallow else repository


def _nothing(case: Case, repository: Repository | str, there: Mapping[str, str]) -> None:
    if there:
        case.differs(case.database, f"it tells a history, though {repository}")
    elif isinstance(repository, str):
        case.ledger.on_nothing(_NAME, repository)
    else:
        why = "the release tells none, for it was built before the book was in git, or where git did not answer"
        case.ledger.unverifiable(_NAME, f"{why}; the next build has it")


def _commits(case: Case, repository: Repository, versions: list[Any], rows: Mapping[int, list[_Row]]) -> bool:
    """Versions are commits of the line of first parents, in order, at their times; the last one may be none.

    Whether git knows them all: of another name nothing is asked.
    """
    graph = {}
    for line in repository.said("rev-list", "--parents", "--timestamp", "HEAD").decode().splitlines():
        seconds, commit, *parents = line.split()
        graph[commit] = (int(seconds), parents[0] if parents else "")
    line_of: dict[str, int] = {}
    commit = repository.commit("HEAD")
    while commit:
        line_of[commit] = len(line_of)
        commit = graph[commit][1]
    last = len(line_of)
    for number, (version, commit, at, day, _, changes) in enumerate(versions, 1):
        case.ledger.performed("versions against git")
        if version != number or changes != len(rows.get(version, ())):
            case.differs(case.database, f"{VERSIONS}: version {version} is not number {number}, with its changes")
        if commit is None and number == len(versions) and at is None:
            continue
        place = line_of.get(commit, last)
        if place >= last:
            case.differs(case.database, f"{VERSIONS}: {commit} is no commit of the line, or not in its order")
            return False
        last = place
        wanted = datetime.fromtimestamp(graph[commit][0], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if (at, day) != (wanted, wanted[:10]):
            case.differs(case.database, f"{VERSIONS}: {commit} was not committed at {at}")
    if rows.keys() - {version[0] for version in versions}:
        case.differs(case.database, f"{CHANGES}: some are of no version")
    return True


def _folded(case: Case, versions: list[Any], rows: Mapping[int, list[_Row]]) -> None:
    """Follow the records from nothing: the keys come to those of the records, each change names the right one."""
    now: dict[Record, int] = {}
    numbers = count()
    of: list[tuple[_Row, int | None]] = []
    for version, *_ in versions:
        some = rows.get(version, [])
        taken = [(row, now.pop((row.collection, row.old_key or ""), -1)) for row in some if row.kind == "renamed"]
        for row in some:
            if row.kind == "removed":
                now.pop((row.collection, row.key), None)
                of.append((row, None))
        now |= {(row.collection, row.key): number for row, number in taken}
        for row in some:
            if row.kind == "added":
                now[row.collection, row.key] = next(numbers)
        of += [(row, now.get((row.collection, row.key))) for row in some if row.kind != "removed"]
    at_last = {number: key for (_, key), number in now.items()}
    for row, number in of:
        if row.record != (at_last.get(number) if number is not None else None):
            case.differs(case.database, f"{CHANGES}: {row.collection} {row.key!r} is said to be {row.record!r} now")
    there = {(name, key) for name in case.plans for key in case.documents(name)}
    for collection, key in sorted(there ^ now.keys()):
        how = "is a record" if (collection, key) in there else "is no record"
        case.differs(case.database, f"{CHANGES}: {collection} {key!r} {how}, and the changes come to something else")
    case.ledger.performed("changes followed to the records", len(there))


def _values(case: Case, rows: Mapping[int, list[_Row]]) -> None:
    """What a property became, as a change tells it, it was before the next one; and what the last made it, it is."""
    last: dict[Record, dict[str, str | None]] = defaultdict(dict)
    for version in sorted(rows):
        for row in rows[version]:
            if row.record is None or row.property is None:
                continue
            known = last[row.collection, row.record]
            before = known.get(row.property)
            for other in [name for name in known if _is_part(name, row.property) or _is_part(row.property, name)]:
                del known[other]
            case.ledger.performed("values of the past, one after the other")
            if not _is_plain(row.property):
                continue
            if before is not None and row.old is not None and not same(loads(before), loads(row.old)):
                message = f"{row.collection} {row.record!r} {row.property} was not {row.old} before"
                case.differs(case.database, f"{CHANGES}: {message}")
            known[row.property] = row.new
    for name in {collection for collection, _ in last}:
        documents = case.documents(name) if name in case.plans else {}
        for (collection, key), values in last.items():
            value = loads(documents[key]) if collection == name and key in documents else None
            for path, new in values.items() if collection == name and key in documents else ():
                if new is not None and not _within(loads(new), _at(value, path)):
                    case.differs(case.database, f"{CHANGES}: {collection} {key!r} {path} is not {new} now")


def _is_part(name: str, other: str) -> bool:
    """Whether a property is one below another."""
    return name.startswith((f"{other}.", f"{other}["))


def _withheld(case: Case, rows: Mapping[int, list[_Row]]) -> None:
    """Nothing is told of what is gone, or was withdrawn."""
    gone = {(one.collection, one.key) for one in case.book.withdrawn if not one.property}
    for some in rows.values():
        for row in some:
            silent = row.record is None or (row.collection, row.record) in gone
            if silent and (row.old is not None or row.new is not None):
                case.differs(
                    case.database, f"{CHANGES}: it tells what {row.collection} {row.key!r} held, which is gone"
                )


# --- versions read again ----------------------------------------------------------------------------------------------


def _read_again(case: Case, repository: Repository, versions: list[Any], rows: Mapping[int, list[_Row]]) -> None:
    """Put versions on disk, read them as books, and hold what changed against both states."""
    left = _MOST_FILES
    chosen = _spread([version for version in versions if version[1]])
    for number, (version, commit, *_) in enumerate(chosen):
        listing = repository.listing(f"{commit}:{repository.prefix}".removesuffix("/"))
        left -= len(listing)
        if left < 0 and number:
            case.ledger.skipped(_NAME, "of many versions or large ones, a sample is read again", len(chosen) - number)
            return
        with tempfile.TemporaryDirectory(prefix="sourcebook-") as folder:
            state = _state(case, repository, commit, Path(folder))
        if state is None:
            case.ledger.unverifiable(_NAME, "the version cannot be read whole")
            continue
        case.ledger.performed(_NAME)
        for row in rows.get(version, ()):
            _held_against(case, row, state)


def _spread(versions: list[Any]) -> list[Any]:
    """The versions, the last first, then the first, then those in the middle of what is left, and so on."""
    order, spans = [*versions[-1:], *versions[:1]], [(0, len(versions) - 1)]
    while spans:
        begin, end = spans.pop(0)
        if end - begin > 1:
            middle = (begin + end) // 2
            order.append(versions[middle])
            spans += [(begin, middle), (middle, end)]
    return list(dict.fromkeys(order))


def _state(case: Case, repository: Repository, commit: str, folder: Path) -> dict[Record, Any] | None:
    """The records of a version, as far as they are public now; None where not all of it can be read."""
    listing = repository.listing(f"{commit}:{repository.prefix}".removesuffix("/"))
    paths: dict[str, list[str]] = defaultdict(list)
    for path, blob in listing.items():
        if blob.mode not in (LINK, MODULE) and not {"", ".", "..", ".git", "build"} & set(path.split("/")):
            paths[blob.oid].append(path)
    for oid, data in repository.contents(paths, _LIMIT):
        for path in paths[oid] if data is not None else ():
            file = folder / PurePosixPath(path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data or b"")
    if not (folder / DESCRIPTOR).is_file():
        return {}
    book = load_book(folder)
    if not book.collections:
        return None
    told = read(book)
    if any(finding.level == "error" for finding in told.findings):
        return None
    values = (
        ((one.collection, str(one.key)), public_form(book.visibility, one.collection, one.value))
        for one in told.records
    )
    found = ((of, case.book.visibility.public_of_past(of[0], value)) for of, value in values if value is not HIDDEN)
    return {of: value for of, value in found if value is not HIDDEN}


def _held_against(case: Case, row: _Row, state: Mapping[Record, Any]) -> None:
    there = (row.collection, row.key) in state
    if there != (row.kind != "removed"):
        how = "was a record then" if there else "was no record then"
        case.differs(case.database, f"{CHANGES}: {row.collection} {row.key!r} {how}, in version {row.version}")
    elif row.new is not None and row.property and _is_plain(row.property):
        found = _at(state[row.collection, row.key], row.property)
        if found is _ABSENT or not _within(loads(row.new), found):
            message = (
                f"{CHANGES}: {row.collection} {row.key!r} {row.property} was not {row.new} in version {row.version}"
            )
            case.differs(case.database, message)


_ABSENT = object()


def _is_plain(name: str) -> bool:
    """Whether a property's name is that of mappings alone, and written as it is."""
    return not set(name) & set('[\\"')


def _at(value: Any, name: str) -> Any:
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            return _ABSENT
        value = value[part]
    return value


def _within(told: Any, found: Any) -> bool:
    """Whether what is told of a value is it, or as much of it as the tables of today have a place for."""
    if isinstance(told, dict) and isinstance(found, dict):
        return all(name in found and _within(item, found[name]) for name, item in told.items())
    if isinstance(told, list) and isinstance(found, list):
        return len(told) <= len(found) and (len(told) < len(found) or all(map(_within, told, found)))
    return same(told, found)
