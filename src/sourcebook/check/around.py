# SPDX-License-Identifier: Apache-2.0
"""A check of what is sound in a book whose descriptor or schemas are wrong: so all mistakes are told in one run.

A collection about which the descriptor or a schema is wrong is set apart: its records are not judged, references to it
are unverifiable, and SQL that reads its tables is skipped. A label, a reference or a role that is wrong is taken out,
and the collection is judged without. What would follow from a mistake is not told beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sourcebook.book import DESCRIPTOR, KEYWORD, Book, Collection, Page, steps
from sourcebook.book.descriptor import descriptor_schema, plain_name
from sourcebook.book.schemas import schema_findings
from sourcebook.book.spared import ALL
from sourcebook.book.visibility import visibility_of
from sourcebook.check.gaps import Gaps, collection_of
from sourcebook.check.planning import Planned
from sourcebook.finding import Finding, Ledger
from sourcebook.records.claims import claims
from sourcebook.records.read import Reading, read
from sourcebook.records.register import OF_FILES
from sourcebook.rules import baseline, levels, names
from sourcebook.tables.whole_book import Plans, plan_book
from sourcebook.validation.schemas import Schemas

# What is taken out, where it is wrong, and the collection judged without.
_SHOWN = frozenset({"aliases", "anchors", "facets", "label", "page", "may_be_empty", "name", "rules"})
_COLUMNS = frozenset({"references", "rename", "role"})  # and with it the columns, or the names, that it would make
_WITHOUT = _SHOWN | _COLUMNS
# What says which records there are, and nothing of their tables.
_OF_RECORDS = frozenset({"except", "key_replace", "records", "select"})
_READING = _OF_RECORDS | {ALL, "at", "body", "key", "layout"}
# Of the whole book: which files are records, and how they are read.
_OF_ALL = frozenset({ALL, "formats", "ignore", "limits"})


@dataclass(frozen=True)
class Around:
    """What is left of a book to be checked: the ``book`` with what is sound in it, as it was ``planned``."""

    book: Book
    planned: Planned
    _gaps: Gaps

    def settled(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings, without those that may follow from a mistake that is told already."""
        return (one for one in findings if not self._gaps.explain(one))


def around(book: Book) -> Around | None:
    """What can be checked of a book that cannot be planned as it is; None where that is nothing.

    Raises OSError where the disk fails.
    """
    whole = replace(book.spared or book, findings=book.findings)
    if not whole.collections:
        return None
    broken = _Broken(whole)
    plans, problems = broken.plan(whole.collections)
    told = [one for one in problems if not broken.follows(one)]
    told += names.check(whole, {name: plan for name, plan in plans.items() if name not in broken.unknown})
    for _ in whole.collections:  # one at least is set apart at each turn, or there is no problem any more
        broken.learn(problems)
        left = broken.left()
        plans, problems = broken.plan(left.collections)
        if not any(one.rule != "unclassified" for one in problems):
            break
    else:
        return None
    ledger = Ledger()
    findings = [*whole.findings, *broken.found, *levels.check(whole), *baseline.check(whole), *told]
    findings += broken.read(ledger)
    return Around(left, Planned(findings, plans, dict(broken.seen.files), ledger=ledger), broken.gaps(left, told))


class _Broken:
    """A book with mistakes, while it is learnt what they leave unknown."""

    def __init__(self, whole: Book) -> None:
        self.found: list[Finding] = []
        self._whole = whole
        self._places = {one.where[-1]: one.name for one in whole.collections}
        self._keys = {one.name: set(whole.lost.get(one.name, ())) for one in whole.collections}
        self._entries: set[tuple[str, str, str]] = set()  # of references and renames: collection, key, path
        self.unsound = self._unsound()
        self.learn(one for one in whole.findings if one.level == "error")
        for one in whole.collections:
            if one.schema and (one.schema in self.unsound or one.schema not in self._schemas.paths):
                self._keys[one.name].add("schema")
        wanted = {one.name for one in whole.collections if one.planned_from_records} - self.unread - self.unknown
        self.seen = read(whole, wanted) if wanted else Reading((), (), frozenset())
        sound = [one for one in whole.collections if one.name not in self.unknown]
        said = ((one.name, one.schema, one.visibility) for one in sound)
        self._sound = replace(whole, schemas=self._schemas, visibility=visibility_of(self._schemas, said))

    def _unsound(self) -> set[str]:
        """The schema files that are wrong, or refer to such; what is found of the others meanwhile is added."""
        whole, schemas = self._whole, self._whole.schemas
        wrong = {one.path for one in whole.findings if _is_of_schema(one)}
        while True:
            wrong |= schemas.referring_to(wrong)
            self._schemas: Schemas = schemas.without(wrong)
            more = [*schema_findings(whole.root, self._schemas, whole.limits)]
            self.found += [one for one in more if one not in whole.findings]
            new = {one.path for one in more if _is_of_schema(one)} - wrong
            if not new:
                return wrong
            wrong |= new

    def learn(self, findings: Iterable[Finding]) -> None:
        """Note what is wrong with each collection."""
        for finding in findings:
            name, parts = collection_of(finding, self._places), finding.pointer.split("/")[1:]
            if finding.rule == "unclassified":
                continue
            if name and parts[2:3] == ["sourcebook"]:
                if not parts[3:] or parts[3] in descriptor_schema()["$defs"]["collection"]["properties"]:
                    self._lose(name, parts[3:])
            elif finding.path != DESCRIPTOR and parts[:1] == [KEYWORD]:
                for one in self._whole.collections:
                    if one.schema == finding.path:
                        self._lose(one.name, parts[1:] or ["label"])
            elif finding.path in self._whole.schemas.paths and not _is_of_schema(finding):
                for one in self._whole.collections:
                    if one.schema == finding.path:
                        self._lose(one.name, [])

    def _lose(self, name: str, parts: list[str]) -> None:
        key = parts[0] if parts else ALL
        if key in ("references", "rename") and len(parts) > 1:
            self._entries.add((name, key, parts[1].replace("~1", "/").replace("~0", "~")))
        self._keys[name].add(key)

    @property
    def unknown(self) -> set[str]:
        """The collections of which it is not known which tables and columns they have."""
        return {name for name, keys in self._keys.items() if keys - _WITHOUT - _OF_RECORDS}

    @property
    def unread(self) -> set[str]:
        """The collections of which the descriptor does not say which records they have."""
        lost = self._whole.lost
        if _OF_ALL & lost.get("", frozenset()):
            return set(self._keys)
        return {
            name for name, keys in self._keys.items() if _READING & lost.get(name, frozenset()) or "records" in keys
        }

    def plan(self, collections: Iterable[Collection]) -> tuple[Plans, list[Finding]]:
        """The plans of ``collections``, and what is wrong with those of which it is known which columns they have."""
        unknown = self.unknown
        some = tuple(_stand_in(one) if one.name in unknown else one for one in collections)
        inferred = {one.name for one in some if one.planned_from_records}
        incomplete = self.seen.incomplete | unknown | (inferred & self.unread)
        seen = replace(self.seen, incomplete=frozenset(incomplete))
        return plan_book(replace(self._sound, collections=some), seen, public=True)

    def left(self) -> Book:
        """The book without what is wrong in it."""
        apart = frozenset(self.unknown | self.unread)
        return replace(
            self._sound,
            collections=tuple(_stand_in(one) if one.name in apart else self._without(one) for one in self._collections),
            lost={**self._whole.lost, **{name: frozenset(keys) for name, keys in self._keys.items() if keys}},
            apart=apart,
        )

    @property
    def _collections(self) -> tuple[Collection, ...]:
        return self._whole.collections

    def _without(self, one: Collection) -> Collection:
        """A collection without what is wrong and not needed."""
        keys = self._keys[one.name]

        def kept(key: str, path: str) -> bool:
            return (one.name, key, path) not in self._entries

        return replace(
            one,
            references={path: to for path, to in one.references.items() if kept("references", path)},
            conditions={path: when for path, when in one.conditions.items() if kept("references", path)},
            rename={path: name for path, name in one.rename.items() if kept("rename", path)},
            label=None if "label" in keys else one.label,
            facets=() if "facets" in keys else one.facets,
            aliases=() if "aliases" in keys else one.aliases,
            page=Page(one.page.address) if "page" in keys else one.page,
            anchors={} if "anchors" in keys else one.anchors,
            roles={} if "role" in keys else one.roles,
            about=() if "role" in keys else one.about,
            relays=() if "role" in keys else one.relays,
        )

    def follows(self, problem: Finding) -> bool:
        """Whether a problem of the tables may follow from a mistake that is told already."""
        lost, name = self._whole.lost, collection_of(problem, self._places)
        parts = problem.pointer.split("/")[1:]
        key = next(iter(parts[1:2] if parts[:1] == [KEYWORD] else parts[3:4]), "")
        keys = self._keys.get(name, set())
        led = _LED.search(problem.message)
        if led:
            meant = {one for one, some in lost.items() if "name" in some}
            return "resources" in lost.get("", ()) or plain_name(led[1]) in meant
        if key == "role":
            of_another = "are no statements" in problem.message and any("role" in some for some in lost.values())
            return of_another or ("no reference" in problem.message and "references" in keys)
        return "rename" in keys and (problem.rule == "name-collision" or key in ("label", "facets"))

    def gaps(self, left: Book, told: Iterable[Finding]) -> Gaps:
        """What is left unsaid, where problems of the tables are ``told``."""
        of_all = {*_OF_ALL, "resources"} & left.lost.get("", frozenset())
        astray = of_all or "unclaimed" in left.lost.get("", ())
        schemas = frozenset((*self._whole.schemas.paths, *self.unsound))
        paths = [path for one in told for path in _NAMED.findall(one.message)]
        return Gaps(
            left.lost,
            self._places,
            bool(astray or any({ALL, "records"} & keys for name, keys in left.lost.items() if name)),
            bool(of_all or self.unread),
            schemas,
            frozenset(way[0] for path in paths if (way := steps(path))),
        )

    def read(self, ledger: Ledger) -> Iterator[Finding]:
        """What is wrong with the files and keys of collections that are set apart; they are counted."""
        whole, unread = self._whole, self.unread
        if readable := self.unknown - unread:
            reading = read(whole, readable)
            yield from reading.findings
            counted = {rule: tally for rule, tally in reading.ledger.as_dict().items() if rule not in OF_FILES}
            ledger.add(Ledger.of(counted))
            ledger.skipped("schema", "the descriptor or a schema has errors", len(reading.records))
        if unread:
            claimed, _, _ = claims(whole, Ledger())
            count = sum(len(paths) for name, paths in claimed.items() if name in unread)
            ledger.skipped("layout", "the descriptor does not say how to read them", count)


_LED = re.compile(r"lead to '(.*)', which is no collection of this book")


_NAMED = re.compile(r"(?:path|column|written by) '(.*?)'")


def _is_of_schema(finding: Finding) -> bool:
    """Whether a finding says that a file is no sound schema."""
    of_rule = finding.rule.startswith(("schema-", "yaml-", "json-", "file-")) or finding.rule in _OF_SCHEMAS
    holds_others = finding.rule == "schema-misspelt" and any(f"'{word}'" in finding.hint for word in _HOLDING)
    return (
        (finding.level == "error" or holds_others)
        and finding.path != DESCRIPTOR
        and of_rule
        and finding.pointer.split("/")[1:2] != [KEYWORD]
    )


# Without these, a schema says of other properties than it was meant to.
_HOLDING = ("$defs", "$ref", "allOf", "anyOf", "items", "oneOf", "patternProperties", "properties")
_OF_SCHEMAS = ("reference-unclear", "visibility")


def _stand_in(one: Collection) -> Collection:
    """A collection in the place of one of which too much is wrong: others can refer to it."""
    return replace(
        one,
        schema=None,
        references={},
        conditions={},
        rename={},
        label=None,
        facets=(),
        aliases=(),
        page=Page(one.page.address),
        anchors={},
        visibility={},
        undeclared=None,
        may_be_empty=True,
    )
