# SPDX-License-Identifier: Apache-2.0
"""The books whose sites are looked at, and the addresses that stand for each type of page of them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

# Types of page that are Datasette's, at its addresses and with templates of ours. All others are Sourcebook's own.
DATASETTES = frozenset({"database", "table", "row", "query", "sql", "sql-mistake"})


@dataclass(frozen=True)
class Subject:
    """A book, and what in it stands for the types of page.

    ``database`` is what its database is called. ``entity`` and ``statement`` are a collection and a key;
    ``statement``, ``question`` and ``withdrawn``, a record that was taken down, are empty where the book has none.
    ``search`` are words that many records have. ``pictures`` are the pages of pictures that it has, ``placed`` is a
    record that refers to places, ``dated`` one that has its times. ``charted`` is a question with charts. ``kept`` is a
    version that is kept, of a book that has a history; ``covered`` is a document of whose passages there are anchors.
    """

    name: str
    database: str
    entity: tuple[str, str]
    search: str
    statement: tuple[str, str] | tuple[()] = ()
    question: str = ""
    withdrawn: tuple[str, str] | tuple[()] = ()
    pictures: tuple[str, ...] = ()
    placed: tuple[str, str] | tuple[()] = ()
    dated: tuple[str, str] | tuple[()] = ()
    charted: str = ""
    covered: tuple[str, str] | tuple[()] = ()
    kept: str = ""  # a version


SUBJECTS = {
    subject.name: subject
    for subject in (
        Subject(
            "reference",
            "suleyman-sah",
            entity=("people", "ahmet-davutoglu"),
            search="sah",
            statement=("claims", "hdn-taraf-demand"),
            question="denied-claims",
            pictures=("map", "timeline", "network"),
            placed=("events", "tekci-trial-moved"),
            dated=("people", "nezir-tekci"),
            charted="differing-figures",
            covered=("sources", "nordic-monitor-2020-01"),
        ),
        Subject(
            "harbour",
            "lantern-harbour",
            entity=("people", "isil-fener"),
            search="fener",
            statement=("claims", "oil-forty-barrels"),
            question="denied-claims",
            withdrawn=("people", "bystander"),
            pictures=("map", "timeline", "network"),
            placed=("places", "old-light"),
            dated=("events", "night-of-the-barrels"),
            charted="differing-figures",
            kept="1.0.0",
        ),
        Subject("congress", "congress", entity=("legislators", "C000127"), search="smith"),
    )
}


def addresses(subject: Subject, version: str) -> dict[str, str]:
    """The address of each type of page that the book has, on a version of Datasette."""
    database, (collection, key) = f"/{subject.database}", subject.entity
    asked = f"select * from {collection} limit 10"
    sql = f"{database}/-/query?" if version == "datasette-1" else f"{database}?"
    found = {
        "home": "/",
        "search": "/search?" + urlencode({"q": subject.search}),
        "search-nothing": "/search?" + urlencode({"q": 'nowhere "AND ('}),
        "entity": f"/{collection}/{key}",
        "listing": f"/{collection}",
        "schema": "/schema",
        "downloads": "/downloads",
        "missing": "/no/such/page",
        "database": database,
        "table": f"{database}/{collection}",
        "row": f"{database}/{collection}/{key}",
        "sql": sql + urlencode({"sql": asked}),
        "sql-mistake": sql + urlencode({"sql": asked.replace("from", "form")}),
    }
    if subject.statement:
        statements, statement = subject.statement
        found |= {"statement": f"/{statements}/{statement}", "statements": f"/{statements}"}
    if subject.question:
        found |= {"question": f"/questions/{subject.question}", "query": f"{database}/{subject.question}"}
    found |= {page: f"/{page}" for page in subject.pictures}
    if subject.charted:
        found["charted"] = f"/questions/{subject.charted}"
    if subject.dated:
        found["dated"] = "/" + "/".join(subject.dated)
    if "network" in subject.pictures:
        found["network-around"] = "/network?" + urlencode({"around": "/".join(subject.entity), "steps": 2})
    if subject.placed:
        found["placed"] = "/" + "/".join(subject.placed)
    if subject.covered:
        found["coverage"] = "/" + "/".join((*subject.covered, "coverage"))
    if subject.kept:
        found |= {
            "changes": "/changes",
            "changes-of-one": "/changes?" + urlencode({"collection": subject.statement[0]}),
            "history": f"/{collection}/{key}/history",
            "history-of-statement": "/" + "/".join((*subject.statement, "history")),
            "releases": "/releases",
            "release": f"/releases/{subject.kept}",
            "as-of": "/" + "/".join(("as-of", subject.kept, *subject.statement)),
        }
    if subject.withdrawn:
        found["withdrawn"] = "/" + "/".join(subject.withdrawn)
    return found
