# SPDX-License-Identifier: Apache-2.0
"""The page of a record: what it has, what refers to it, where it comes from; and its other forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sourcebook.content import records
from sourcebook.content.addresses import FORMS
from sourcebook.content.copies import copies
from sourcebook.content.coverage import covered, tells_coverage
from sourcebook.content.curation import curation
from sourcebook.content.flat.rows import Flat, csv_text
from sourcebook.content.independence import range_of
from sourcebook.content.labels import Labels
from sourcebook.content.passages import passages_of
from sourcebook.content.statement_data import answers, attribution, grounds, rests_on
from sourcebook.content.statements import Statement, attributed, fetch, is_statement, statements
from sourcebook.exact import loads
from sourcebook.extract.site import Collection, Question
from sourcebook.site.answer import CSV, Answer, Asked, attachment
from sourcebook.site.citing import cite_record
from sourcebook.site.corrections import entries
from sourcebook.site.head import link_header
from sourcebook.site.machines.heads import of_form, of_record
from sourcebook.site.pictures.small_map import small_map
from sourcebook.site.pictures.small_network import small_network
from sourcebook.site.pictures.small_timeline import small_timeline
from sourcebook.site.published import Published
from sourcebook.site.rendering import page
from sourcebook.site.reporting import report_address, stands
from sourcebook.site.results.asking import Refused
from sourcebook.site.results.rows import Result
from sourcebook.site.results.run import run
from sourcebook.site.whole_record import Mentions, Stored, mentions_of, parts_shown, stored_many, stored_of
from sourcebook.sqlite import quote


def answer(opened: Published, asked: Asked) -> Answer | None:
    """The page of a record, or one of its forms: ``/COLLECTION/KEY.json``, or ``?form=json``."""
    collection = opened.addressed[asked.path[0]]
    key, form = asked.path[1], asked.one("form")
    if key == "-" and "key" in asked.query:
        key = asked.one("key")
    stored = stored_of(opened, collection, key)
    if stored is None and not form:
        key, _, form = key.rpartition(".")
        stored = stored_of(opened, collection, key) if form in FORMS else None
    if stored is None or (form and form not in _FORMS):
        return None
    made = _FORMS[form](opened, asked, collection, stored)
    links = link_header(of_form(opened, asked, collection, stored.key, form)) if form else {}
    return replace(made, headers={**made.headers, **links})


def many(opened: Published, collection: Collection, asked: Mapping[str, Asked], form: str = "") -> Iterator[bytes]:
    """The pages of many records, or their data, as each is ``asked`` for, by key: read with as many queries as one."""
    several = stored_many(opened, collection, list(asked))
    assert len(several) == len(asked)
    made = _htmls if not form else _jsons
    return (one.body for one in made(opened, collection, [(asked[one.key], one) for one in several]))


def _html(opened: Published, asked: Asked, collection: Collection, stored: Stored) -> Answer:
    (made,) = _htmls(opened, collection, [(asked, stored)])
    return made


def _htmls(opened: Published, collection: Collection, several: Sequence[tuple[Asked, Stored]]) -> Iterator[Answer]:
    """The pages of some records. What they need of others is read for all of them at once."""
    first, _ = several[0]
    labels = Labels(opened, first.at(opened.site.name))
    keys = [stored.key for _, stored in several]
    read = records.read(labels, collection, keys, collection.fields)
    mentions = [list(mentions_of(labels, collection, key)) for key in keys]
    said = statements(labels, collection, keys) if is_statement(collection) else [None] * len(keys)
    for key in keys:
        labels.reference(collection.name, key)
    fetch(labels)
    for (asked, stored), record, some, statement in zip(several, read, mentions, said, strict=True):
        yield _shown(labels, asked, collection, (stored, record), some, statement)


def _shown(
    labels: Labels,
    asked: Asked,
    collection: Collection,
    one: tuple[Stored, records.Record],
    mentions: list[Mentions],
    statement: Statement | None,
) -> Answer:
    opened, at, (stored, record) = labels.opened, labels.at, one
    assert isinstance(opened, Published)
    label = labels.label(collection.name, stored.key)
    placed = stands(opened, at, stored.path, stored.line)
    before, after = _neighbours(opened, collection, stored.key)
    return page(
        "entity",
        opened,
        asked,
        head=of_record(opened, asked, collection, record, label, statement),
        collection=collection,
        record=record,
        label=label,
        statement=statement,
        parts=parts_shown(collection, record),
        rests=range_of(opened, collection, stored.key),
        passages=passages_of(collection, record),
        carries=covered(opened, collection, stored.key),
        tells_coverage=tells_coverage(opened),
        when=records.when(collection, record),
        mentions=mentions,
        small_map=small_map(labels, collection, record),
        small_network=small_network(labels, collection, stored.key),
        small_timeline=small_timeline(labels, collection, record, _keys(mentions)),
        panels=list(_panels(labels, collection, stored.key)),
        stored=stored,
        copies=copies(collection, record),
        curation=curation(collection, record),
        forms=tuple(_FORMS),
        stands=placed,
        citation=cite_record(opened, asked, collection, stored.key, label, statement),
        report=report_address(opened, asked, collection=collection.name, key=stored.key, label=label, stands=placed),
        corrections=list(entries(opened, at, collection.name, stored.key)),
        before=before and at.record(collection.address, before),
        after=after and at.record(collection.address, after),
    )


def _keys(mentions: Iterable[Mentions]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for some in mentions:
        found.setdefault(some.collection.name, []).extend(card.key for card in some.cards)
    return found


@dataclass(frozen=True, slots=True)
class Panel:
    """A question that is asked of every record of a collection; ``problem`` where it has no answer."""

    question: Question
    result: Result | None
    problem: str
    href: str


def _panels(labels: Labels, collection: Collection, key: str) -> Iterator[Panel]:
    """The collection's panels that have rows for a record, or have a problem."""
    for question in labels.opened.site.panels.get(collection.name, ()):
        result, problem, values = None, "", {"key": key}
        try:
            result = run(labels.opened, labels, question, values)
        except Refused as why:
            problem = str(why)
        if problem or (result and result.found.rows):
            fits = labels.at.fits(question.sql, values)
            yield Panel(question, result, problem, labels.at.sql(question.sql, values) if fits else "")


def _neighbours(opened: Published, collection: Collection, key: str) -> tuple[str | None, str | None]:
    """The keys of the records before and after one, in the order of the book."""
    table, column, order = quote(collection.table), quote(collection.key), collection.order
    found = []
    for sign, way in (("<", "DESC"), (">", "ASC")):
        sql = (
            f"SELECT {column} FROM {table} WHERE {order} {sign} (SELECT {order} FROM {table} WHERE {column} = ?) "
            f"ORDER BY {order} {way} LIMIT 1"
        )
        row = opened.connection.execute(sql, (key,)).fetchone()
        found.append(None if row is None else str(row[0]))
    return found[0], found[1]


def _json(opened: Published, asked: Asked, collection: Collection, stored: Stored) -> Answer:
    """The record as it was curated, and beside it where it stands, and what answers it or what it rests on."""
    (made,) = _jsons(opened, collection, [(asked, stored)])
    return made


def _jsons(opened: Published, collection: Collection, several: Sequence[tuple[Asked, Stored]]) -> Iterator[Answer]:
    first, _ = several[0]
    labels = Labels(opened, first.at(opened.site.name))
    keys = [stored.key for _, stored in several]
    beside: dict[str, dict[str, Any]] = {}
    if is_statement(collection):
        shown = statements(labels, collection, keys)
        fetch(labels)
        beside = {one.key: {"attribution": attribution(one), "answers": answers(one)} for one in shown}
    else:
        beside = {key: {"rests_on": some} for key, some in rests_on(labels, collection, keys).items()}
    for _, stored in several:
        yield Answer.json(_data(labels, collection, stored) | beside.get(stored.key, {}))


def _data(labels: Labels, collection: Collection, stored: Stored) -> dict[str, Any]:
    data: dict[str, Any] = {
        "collection": collection.name,
        "key": stored.key,
        "record": loads(stored.document),
        "source": {"path": stored.path, "line": stored.line},
        **labels.opened.named(labels.at),
    }
    if rests := range_of(labels.opened, collection, stored.key):
        data["independent_origins"] = rests.data
    return data


def _csv(opened: Published, asked: Asked, collection: Collection, stored: Stored) -> Answer:
    """The record as one row of its collection's flat table."""
    flat = Flat(opened, asked.at(opened.site.name), collection, asked.site)
    body = b"".join(csv_text(flat, [stored.key]))
    return Answer(body, CSV, headers=attachment(f"{collection.name}-{stored.key}.csv"))


def _yaml(opened: Published, asked: Asked, collection: Collection, stored: Stored) -> Answer:
    """The record as it was curated, as YAML; comments say who says it or what it rests on, and what answers that."""
    from sourcebook.parse.yaml_text import yaml_text  # with the reader, which no other page needs

    text = yaml_text(loads(stored.document))
    labels = Labels(opened, asked.at(opened.site.name))
    if is_statement(collection):
        (shown,) = statements(labels, collection, [stored.key])
        fetch(labels)
        said = [attributed(shown)]
    else:
        said = [f"Rests on: {attributed(one)}" for one in grounds(labels, collection, [stored.key]).get(stored.key, ())]
    text = "".join(f"# {line}\n" for one in said for line in one.splitlines()) + text
    return Answer(text.encode("utf-8", "replace"), "application/yaml; charset=utf-8")


def _bib(opened: Published, asked: Asked, collection: Collection, stored: Stored) -> Answer:
    """The citation of the record as BibTeX."""
    labels = Labels(opened, asked.at(opened.site.name))
    shown = statements(labels, collection, [stored.key]) if is_statement(collection) else []
    labels.reference(collection.name, stored.key)
    fetch(labels)
    label = labels.label(collection.name, stored.key)
    cited = cite_record(opened, asked, collection, stored.key, label, shown[0] if shown else None)
    return Answer(cited.bibtex.encode("utf-8", "replace"), "application/x-bibtex; charset=utf-8")


_FORMS: Mapping[str, Callable[[Published, Asked, Collection, Stored], Answer]] = {
    "": _html,
    "json": _json,
    "csv": _csv,
    "yaml": _yaml,
    "bib": _bib,
}
