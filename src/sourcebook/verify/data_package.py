# SPDX-License-Identifier: Apache-2.0
"""The Data Package, judged by ``frictionless``, which is independent of us: the one door to it.

Frictionless reads a table anew for each foreign key that leads to it, and both descriptors name the same tables. So
each table is read once, by frictionless, and the cells that it reads are noted: foreign keys are held against these.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sourcebook.book import BUILD, DESCRIPTOR
from sourcebook.extract import PACKAGE
from sourcebook.files import all_files, take_over
from sourcebook.publish import pointer
from sourcebook.verify.case import Case
from sourcebook.verify.handed import handed
from sourcebook.verify.plain_csv import unguessed

_MOST = 5  # problems told of one table


def packages(case: Case) -> None:
    """Frictionless finds both descriptors and all their tables valid."""
    read: dict[str, _Read] = {}
    for folder, name in ((case.folder, PACKAGE), (case.book.root, DESCRIPTOR)):
        file = PACKAGE if name == PACKAGE else f"{DESCRIPTOR} (by frictionless)"
        below = "" if name == PACKAGE else f"{BUILD}/"
        said, told = handed(folder / name, case.folder, below)
        for at, message in told:
            case.differs(at or file, message)
        before = len(read)
        with _plainly_called(case.folder) as plain, unguessed():
            for problem in _told(said, plain if below else plain / BUILD, read) if said else ():
                if problem.of_its_reading:
                    why = "it reads names of columns without the blanks around them"
                    case.ledger.unverifiable("frictionless", why)
                else:
                    case.differs(problem.file or file, f"frictionless: {problem.message}")
        case.ledger.performed("frictionless", 1)
        case.ledger.performed("tables read by frictionless", len(read) - before)


def load() -> None:
    """Import frictionless, which takes a third of a second: a process that is forked then has it."""
    import frictionless  # noqa: F401


@dataclass(frozen=True, slots=True)
class _Problem:
    """What frictionless finds wrong: the resource's path where it is about one, and its words."""

    file: str
    message: str
    of_its_reading: bool = False


@contextmanager
def _plainly_called(folder: Path) -> Iterator[Path]:
    """A folder in which ``build`` is ``folder``; no part of its path is called ``[x]``, ``a?b``, ``%41`` or ``#``.

    Frictionless would take it for a pattern or an address.
    """
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as aside:
        plain = Path(aside, BUILD)
        if not pointer.place(plain, str(folder.resolve()), or_file=False):
            for name in all_files(folder):
                (plain / name).parent.mkdir(parents=True, exist_ok=True)
                take_over(folder / name, plain / name)
        yield Path(aside)


@dataclass(slots=True)
class _Read:
    """A table as it was read: by what description, and the different cells of each of the keys that were asked for."""

    description: Any
    problems: list[_Problem] = field(default_factory=list)
    keys: dict[tuple[str, ...], set[tuple[Any, ...]]] = field(default_factory=dict)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Link:
    """A foreign key of a table, and what it leads to."""

    fields: tuple[str, ...]
    target: str
    target_fields: tuple[str, ...]


def _told(said: dict[str, Any], base: Path, read: dict[str, _Read]) -> Iterator[_Problem]:
    """Everything that frictionless finds wrong, and that it fails at forms which it does not expect."""
    try:
        yield from _problems(said, base, read)
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        yield _Problem("", f"it cannot read descriptors of such a form: {type(error).__name__}: {error}")


def _problems(said: dict[str, Any], base: Path, read: dict[str, _Read]) -> Iterator[_Problem]:
    """Everything that frictionless finds wrong with the package that is described by ``said``, and its tables.

    Tables that were ``read``, by their real path, are not read again where they are described alike.
    """
    import frictionless  # a third of a second: nothing else needs it

    try:
        package = frictionless.Package.from_descriptor(said, basepath=str(base))
        package.to_descriptor(validate=True)
    except frictionless.FrictionlessException as error:
        yield _Problem("", error.error.message)
        yield from (_Problem("", reason.message) for reason in error.reasons)
        return
    links = {one.name: _links(one) for one in package.resources}
    asked = _asked(links)
    tables = {}
    for resource in package.resources:
        place = os.path.realpath(Path(resource.basepath or "", resource.path or ""))
        description = (resource.schema.to_descriptor(), resource.dialect.to_descriptor(), _encoding(resource, place))
        known = read.get(place)
        if known is None or known.description != description or not asked[resource.name] <= known.keys.keys():
            known = read[place] = _table(resource, description, asked[resource.name])
            yield from known.problems
        tables[resource.name] = known
    for resource in package.resources:
        for link in links[resource.name]:
            yield from _dangling(resource.name, resource.path or "", link, tables)


def _encoding(resource: Any, place: str) -> str:
    """The encoding by which frictionless reads a table: the one that is declared, or that it takes the text for."""
    try:
        with open(place, "rb") as file:
            start = file.read(resource.detector.buffer_size)
    except OSError:
        return ""  # frictionless tells of it as it reads the table
    return str(resource.detector.detect_encoding(start, encoding=resource.encoding))


def _links(resource: Any) -> list[_Link]:
    return [
        _Link(tuple(one["fields"]), one["reference"]["resource"] or resource.name, tuple(one["reference"]["fields"]))
        for one in resource.schema.foreign_keys
    ]


def _asked(links: Mapping[str, list[_Link]]) -> dict[str, set[tuple[str, ...]]]:
    """The keys of each table whose cells are to be noted: those of its links, and those that links lead to."""
    asked = {name: {link.fields for link in own} for name, own in links.items()}
    for own in links.values():
        for link in own:
            asked.setdefault(link.target, set()).add(link.target_fields)
    return asked


def _table(resource: Any, description: Any, asked: set[tuple[str, ...]]) -> _Read:
    """What frictionless finds wrong with one table, foreign keys aside, and its cells of the keys ``asked``."""
    read = _Read(description, keys={fields: set() for fields in asked})
    noted = list(read.keys.items())

    def note(row: Any) -> None:
        for fields, cells in noted:
            cells.add(tuple(row.get(name) for name in fields))

    links, resource.schema.foreign_keys = resource.schema.foreign_keys, []
    report = resource.validate(on_row=note)
    resource.schema.foreign_keys = links
    wrong = [*report.errors, *(error for task in report.tasks for error in task.errors)]
    names = resource.schema.field_names
    told = [_Problem(resource.path or "", error.message, _is_of_its_reading(error, names)) for error in wrong]
    right = [one for one in told if one.of_its_reading]
    read.problems = [*right, *[one for one in told if not one.of_its_reading][:_MOST]]
    read.whole = not any(task.warnings for task in report.tasks)
    return read


def _is_of_its_reading(error: Any, names: Iterable[str]) -> bool:
    """Whether an error is about a header whose ``names`` frictionless strips, as it does not those of the schema.

    What the header says is held against the database by another judge.
    """
    if error.type not in ("blank-label", "incorrect-label", "duplicate-label"):
        return False
    name = str(error.field_name)
    alike = [one for one in names if one.strip() == name.strip()]
    return name != name.strip() or (error.type == "duplicate-label" and len(set(alike)) == len(alike) > 1)


def _dangling(name: str, path: str, link: _Link, tables: Mapping[str, _Read]) -> Iterator[_Problem]:
    """The cells of a foreign key that are not those of its target."""
    target = tables.get(link.target)
    if target is None:
        yield _Problem(path, f"a foreign key leads to {link.target!r}, which the package does not have")
        return
    if not (target.whole and tables[name].whole):
        return  # too many problems to read all of it, and these are told
    lost = tables[name].keys[link.fields] - target.keys[link.target_fields] - {(None,) * len(link.fields)}
    for cells in sorted(lost, key=str)[:_MOST]:
        shown = ", ".join(map(str, cells))
        where = f"{', '.join(link.target_fields)} of {link.target!r}"
        yield _Problem(path, f"the foreign key {', '.join(link.fields)} has {shown!r}, which is no {where}")
