# SPDX-License-Identifier: Apache-2.0
"""A folder of found data to a book: survey, propose, write beside the data, check, and tell."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from sourcebook import files
from sourcebook.book import BASELINE, Book, free_address, load_book
from sourcebook.book.formats import writable
from sourcebook.check.check import check
from sourcebook.check.result import Checked
from sourcebook.errors import UsageError
from sourcebook.exact import dumps
from sourcebook.finding import Finding, Ledger, printable
from sourcebook.init.collide import settled
from sourcebook.init.costs import costs
from sourcebook.init.group_files import propose
from sourcebook.init.keys import choose_key
from sourcebook.init.licence import without_licence
from sourcebook.init.links import find_links
from sourcebook.init.names import literal, name_of, patterns, slug
from sourcebook.init.proposal import Proposal, plan_of
from sourcebook.init.result import AdoptedCollection, Initialised
from sourcebook.init.schemas import choose_schema, usable
from sourcebook.init.survey import Survey, survey
from sourcebook.init.write_files import Writer, descriptor_text
from sourcebook.progress import Progress
from sourcebook.records.claims import claims, data_files
from sourcebook.records.left_out import unreached
from sourcebook.tables import Plan
from sourcebook.validation.schemas import Schemas
from sourcebook.validation.wording import many


@dataclass(frozen=True)
class _Decided:
    """The collections, the contents of every schema by path, those to be written, and what is to be told."""

    proposals: tuple[Proposal, ...]
    schemas: Mapping[str, Any]
    inferred: tuple[str, ...]
    notes: tuple[str, ...]
    left: Mapping[str, str]
    broken: tuple[str, ...]
    to_mend: tuple[str, ...]  # what keeps the book from being built


def adopt(root: Path, progress: Progress, *, dry_run: bool = False, install_from: str | None = None) -> Initialised:
    """Make the folder ``root`` a book: a descriptor, schemas where there are none, ``build/``. No found file is edited.

    In a ``dry_run`` nothing is written, and so nothing checked: what the descriptor would be is told. Raises UsageError
    where there is no data, OSError where the disk fails.
    """
    progress("looking at the files")
    seen = survey(root)
    progress("proposing collections")
    decided = _decide(root, seen)
    if not decided.proposals:
        reasons = "".join(printable(f"  {path}: {why}").join(("\n", "")) for path, why in _unread(seen, decided))
        raise UsageError(f"there is nothing in {root} to make collections of{reasons}")
    if dry_run:
        descriptor = _descriptor(root, decided.proposals, _ignored(seen, decided, ()))
        told = (*decided.to_mend, *_files_left(seen, decided), *decided.notes, *_unwritable(), *without_licence(root))
        nothing = Checked(Book(root, descriptor), (), Ledger())
        return Initialised(root, (), _adopted(decided), told, nothing, descriptor_text(descriptor))
    writer = Writer(root)
    for path in decided.inferred:
        writer.new(path, dumps(decided.schemas[path], indent=2) + "\n")
    writer.surroundings()
    writer.descriptor(_descriptor(root, decided.proposals, _ignored(seen, decided, ())))
    book = load_book(root)
    unclaimed = claims(book, Ledger())[1]
    beyond = [path for some in unreached(book, {path for path, _ in data_files(book)}).values() for path in some]
    ignored = _ignored(seen, decided, [*(one.path for one in unclaimed if one.rule == "file-unclaimed"), *beyond])
    writer.descriptor(_descriptor(root, decided.proposals, ignored))
    progress("checking the new book")
    checked = check(root)
    notes = [*decided.notes, *writer.notes]
    if debt := _debt(checked):
        # What a found schema forbids is told, and does not keep the book from being built.
        lowered = {name for name, found in debt.items() if not _can_be_listed(checked, found)}
        writer.descriptor(_descriptor(root, decided.proposals, ignored, lowered))
        writer.baseline(checked, [one for name, found in debt.items() if name not in lowered for one in found])
        notes = [*_told(debt, lowered), *notes]
        checked = check(root)
    before = len(writer.notes)
    writer.tools(checked.book, install_from)
    notes += writer.notes[before:]
    found = any(finding.rule == "licence-missing" for finding in checked.findings)
    told = (*decided.to_mend, *_files_left(seen, decided), *notes, *_unwritable(), *without_licence(root, told=found))
    return Initialised(root, tuple(writer.written), _adopted(decided), told, checked, fill_in=writer.fill_in)


def _decide(root: Path, seen: Survey) -> _Decided:
    drafts = propose(seen.found)
    left = dict(drafts.left)
    everything = {one.path: one.path in left for one in seen.found} | dict.fromkeys([*seen.others, *seen.schemas], True)
    everything |= dict.fromkeys(seen.broken, True)
    found = usable(seen.schemas)
    notes = [*seen.notes, *found.notes]
    to_mend: list[str] = []
    proposals: list[Proposal] = []
    schemas: dict[str, Any] = {}
    for draft in drafts.drafts:
        key = choose_key(draft)
        if key is None:
            left |= {one.path: _NO_KEY for one in draft.files}
            continue
        name = name_of(draft, {one.name for one in proposals}, slug(root.name) or "records")
        choice = choose_schema(name, key.draft, found, {*seen.schemas, *seen.others})
        proposals.append(Proposal(name, key.draft, patterns(draft, everything), key.written, choice.path))
        to_mend += [f"{name}: {note}" for note in key.to_mend]
        notes += [f"{name}: {note}" for note in key.notes] + [*draft.notes, *choice.notes]
        if choice.inferred:
            schemas[choice.path] = choice.contents
    inside = {path: found.schemas[path].schema(path).contents for path in found.schemas if path.startswith("schemas/")}
    used = [found.schemas[one.schema] for one in proposals if one.schema in found.schemas]
    together = {path: one.schema(path).contents for one in used for path in one.paths}
    contents = {**inside, **together, **schemas}
    held = Schemas(contents)
    linked, more = _linked(proposals, held)
    planned = ((one, plan_of(one, held.schema(one.schema))) for one in linked)
    return _Decided(
        tuple(linked), contents, tuple(schemas), (*notes, *costs(planned), *more), left, found.broken, tuple(to_mend)
    )


_NO_KEY = "left out: no property is present and unique in every record, so there is no key"


def _linked(proposals: Sequence[Proposal], schemas: Schemas) -> tuple[list[Proposal], tuple[str, ...]]:
    """The proposals with their links, and with other names where two would collide."""

    def plan(one: Proposal) -> Plan:
        return plan_of(one, schemas.schema(one.schema))

    links = find_links(proposals, {one.name: plan(one) for one in proposals})
    return settled([replace(one, references=links.references[one.name]) for one in proposals], plan), links.notes


# --- what is written ------------------------------------------------------------------------------------------------


def _descriptor(
    root: Path, proposals: Iterable[Proposal], ignored: Sequence[str], lowered: Container[str] = ()
) -> dict[str, Any]:
    """The descriptor; of the collections that are ``lowered``, a record that departs from its schema is a warning."""
    settings: dict[str, Any] = {"downloads": writable()[0], "unclaimed": "data"}
    if ignored:
        settings["ignore"] = list(ignored)
    resources = [one.resource() for one in proposals]
    book, names = slug(root.name) or "book", [resource["name"] for resource in resources]
    for resource in resources:
        name = resource["name"]
        address = free_address(name, book, (one for one in names if one != name))
        if address != name:
            resource["sourcebook"]["page"] = {"address": address}
        if resource["name"] in lowered:
            resource["sourcebook"]["rules"] = {"schema": "warning"}
    return {
        "name": book,
        "title": root.name.replace("-", " ").replace("_", " ").strip().capitalize() or "Book",
        "sourcebook": settings,
        "resources": resources,
    }


def _ignored(seen: Survey, decided: _Decided, unclaimed: Iterable[str]) -> list[str]:
    """Patterns of files that are no records: those that are ``unclaimed``, or claimed by mistake, or cannot be read."""
    claimed = files.matcher(pattern for one in decided.proposals for pattern in one.records)
    own = {one.path for proposal in decided.proposals for one in proposal.draft.files}
    every = {one.path for one in seen.found} | {*seen.others, *seen.schemas}
    mistaken = {path for path in every - own if claimed.fullmatch(path)}
    unread = {*seen.broken, *decided.broken}
    return sorted({*_together({*mistaken, *unclaimed} - unread, own), *map(literal, unread)})


_MANY_IGNORED = 4


def _together(paths: set[str], own: Iterable[str]) -> Iterator[str]:
    """Patterns of the ``paths``: of whole folders where many lie in one that holds nothing of our ``own``."""
    used = {parent.as_posix() for path in own for parent in PurePosixPath(path).parents}
    left = set(paths)
    tops: dict[str, set[str]] = {}
    for path in paths:
        free = [parent.as_posix() for parent in PurePosixPath(path).parents if parent.as_posix() not in used]
        if free:
            tops.setdefault(free[-1], set()).add(path)
    for folder, inside in tops.items():
        if len(inside) >= _MANY_IGNORED:
            left -= inside
            yield f"{literal(folder)}/**"
    yield from map(literal, left)


# --- what is told ---------------------------------------------------------------------------------------------------


def _unread(seen: Survey, decided: _Decided) -> Iterator[tuple[str, str]]:
    """Files that look like data and are in no collection, or cannot be read, with the reason."""
    for path, finding in seen.broken.items():
        why = f"left out under ignore until it is mended, since it cannot be read: {finding.message}"
        yield f"{path}:{finding.line}:{finding.column}", why
    yield from ((path, f"left out: {why}") for path, why in seen.others.items() if why)
    yield from decided.left.items()


def _files_left(seen: Survey, decided: _Decided) -> list[str]:
    """The same, files that are left out for one reason together where they are many."""
    alike: dict[str, list[str]] = {}
    for path, why in _unread(seen, decided):
        alike.setdefault(why, []).append(path)
    told = []
    for why, paths in alike.items():
        if len(paths) > _TOLD_ALONE:
            told.append(f"{len(paths):,} files, such as {paths[0]} and {paths[-1]}: {why}")
        else:
            told += [f"{path}: {why}" for path in paths]
    return told


_TOLD_ALONE = 3


def _unwritable() -> list[str]:
    return [told] if (told := writable()[1]) else []


def _debt(checked: Checked) -> dict[str, list[Finding]]:
    """The records that depart from their schema: what is wrong with them, by collection."""
    debt: dict[str, list[Finding]] = {}
    for finding in checked.findings:
        if finding.rule == "schema":
            debt.setdefault(finding.subject.partition("/")[0], []).append(finding)
    return debt


_MOST_LISTED = 1_000  # findings of a collection: more are no list that anybody works off


def _can_be_listed(checked: Checked, found: Sequence[Finding]) -> bool:
    """Whether the findings of a collection can be known to the baseline: all of them are, and they are not too many."""
    there = (checked.book.root / BASELINE).exists()  # a file of that name which was found
    return checked.whole and not there and len(found) <= _MOST_LISTED


def _told(debt: Mapping[str, Sequence[Finding]], lowered: Container[str]) -> Iterator[str]:
    """What of the records that depart from their schema is to be told, a sentence a collection."""
    for name, found in debt.items():
        count = len({finding.subject.partition("#")[0] for finding in found})
        records = f"{name}: {many(count, 'record')} {'departs' if count == 1 else 'depart'} from the schema"
        if name in lowered:
            yield f"{records}, at {many(len(found), 'place')}: the rule is lowered to a warning for this collection"
        else:
            yield f"{records}: what is wrong is known to {BASELINE}, which only shrinks"


def _adopted(decided: _Decided) -> tuple[AdoptedCollection, ...]:
    return tuple(
        AdoptedCollection(
            one.name,
            len(one.draft.entries),
            one.records,
            one.draft.layout,
            one.key,
            one.schema,
            one.schema in decided.inferred,
            one.references,
        )
        for one in decided.proposals
    )
