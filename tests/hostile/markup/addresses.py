# SPDX-License-Identifier: Apache-2.0
"""The addresses of a hostile book's site that are opened: all pages and files, and payloads in every place."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

from datasette.utils import tilde_encode

from sourcebook.book.taken import LISTED
from sourcebook.content.addresses import FORMS, Addresses
from tests.hostile.markup.book import NAME

_DATA = (
    "feed.atom",
    "llms.txt",
    "openapi.json",
    "robots.txt",
    "sitemap.xml",
    "index.json",
    "schema.json",
    "downloads.json",
)
_OF_DATASETTE = ("versions", "plugins", "settings", "databases", "metadata", "config", "threads", "actor", "messages")


def pages(release: Path, version: str) -> Iterator[str]:
    """Every page, feed and file of a release, each once."""
    at = Addresses("/", NAME)
    site = json.loads((release / "site.json").read_text("utf-8"))
    yield from ("/", "/schema", "/downloads", "/questions", "/search", "/map", "/timeline", "/network")
    yield from (f"/{one}" for one in _DATA)
    yield from sorted("/-/downloads/" + quote(str(file.relative_to(release))) for file in _files(release))
    for collection in site["collections"]:
        yield at.listing(collection["address"])
        yield from (at.listing(collection["address"], form=form) for form in LISTED)
        yield at.table(collection["table"])
    for collection in site["collections"]:
        for record in json.loads((release / "json" / f"{collection['name']}.json").read_text("utf-8")):
            key = record if isinstance(record, str) else _key(record)
            if key is None:
                continue
            yield at.record(collection["address"], key)
            yield f"{at.table(collection['table'])}/{tilde_encode(key)}"
    for question in site["questions"]:
        yield at.question(question["name"])
        yield at.question(question["name"], "json")
        yield at.question(question["name"], "csv")
        yield at.table(question["name"])
    for view in site["views"]:
        yield at.table(view["name"])
        yield at.table(view["name"]) + ".json"
    yield f"/{NAME}"
    yield f"/{NAME}.json"
    yield from (f"/{NAME}/-/schema", f"/{NAME}/-/queries", f"/{NAME}/things/-/schema", "/-/jump", "/-/schema")
    yield from (f"/-/{one}" for one in _OF_DATASETTE)
    yield f"/{NAME}/things?_facet=kind&_facet=note&_facet=url&_size=100"
    yield f"/{NAME}/things.json?_facet=kind&_shape=objects"
    yield f"/{NAME}/_record?_size=100"
    for form in FORMS:
        yield at.record("things", "t1", form)
        yield at.record("claims", "c1", form)
    sql = "select * from things" if version == "datasette-0" else "select * from claims"
    yield (
        f"/{NAME}?{urlencode({'sql': sql})}"
        if version == "datasette-0"
        else f"/{NAME}/-/query?{urlencode({'sql': sql})}"
    )


def _files(release: Path) -> Iterator[Path]:
    """Files that a browser shows or saves whole; packed copies of them are the same."""
    for file in release.rglob("*"):
        if file.is_file() and file.suffix not in (".br", ".gz", ".sqlite"):
            yield file


def _key(record: dict[str, object]) -> str | None:
    found = record.get("id", record.get("_key"))
    return None if found is None else str(found)


def sample(payloads: Sequence[str], version: str, most: int, rng: random.Random) -> list[str]:
    """So many of the addresses that `asked` gives for payloads: of each place the same number, at random."""
    given = [list(asked(one, version)) for one in payloads]
    places = len(given[0])
    each = -(-most // places)
    return [rng.choice(given)[place] for place in range(places) for _ in range(each)][:most]


def asked(payload: str, version: str) -> Iterator[str]:
    """Addresses that have a payload in every place where a reader, or who sends him a link, may write something."""
    path, value = quote(payload, safe=""), quote(payload, safe="")
    tilde = tilde_encode(payload)
    yield from (
        f"/{path}",
        f"/things/{path}",
        f"/{path}/things",
        f"/questions/{path}",
        f"/a/b/{path}",
        f"/keyed/{path}",
    )
    yield f"/things/{path}.json"
    yield f"/-/downloads/{path}"
    yield f"/-/{path}"
    yield f"/-/static/{path}"
    yield f"/-/sourcebook/{path}"
    yield f"/search?q={value}"
    yield f"/search.json?q={value}"
    yield f"/search?q=a&collection={value}&page={value}"
    yield f"/search?q=a&{path}={value}"
    yield f"/things?q={value}"
    for name in ("kind", "tags", "parts.part", "sort", "page", "earliest", path):
        yield f"/things?{name}={value}"
    yield f"/things.json?kind={value}"
    yield f"/things.csv?note={value}"
    yield f"/claims?origin={value}"
    yield f"/questions/q0?{path}={value}"
    yield f"/questions/q1?thing={value}"
    yield f"/questions/q1?{path}={value}"
    yield f"/questions/q0.csv?x={value}"
    for picture in ("map", "timeline", "network"):
        yield f"/{picture}?" + urlencode(dict.fromkeys(_OF_PICTURES, payload))
        yield f"/{picture}?{path}"
    yield f"/network?around=things/{path}"
    yield f"/schema?{path}={value}"
    database = f"/{NAME}"
    yield f"{database}/{tilde}"
    yield f"/{tilde}"
    yield f"{database}/things/{tilde}"
    yield f"{database}/things?_sort={value}"
    yield f"{database}/things?_where={value}"
    yield f"{database}/things?_facet={value}"
    yield f"{database}/things?_search={value}"
    yield f"{database}/things?_next={value}"
    yield f"{database}/things?_col={value}"
    yield f"{database}/things?kind={value}&note__contains={value}"
    yield f"{database}/things?{path}={value}"
    yield f"{database}/things?_size={value}"
    yield f"{database}/things?_facet_size={value}&_facet=kind"
    yield f"{database}/things.json?_shape={value}"
    yield f"{database}/things.json?_where={value}"
    yield f"{database}/q1?x={value}&thing={value}"
    query = f"{database}?" if version == "datasette-0" else f"{database}/-/query?"
    yield query + urlencode({"sql": payload})
    yield query + urlencode({"sql": "select :p as said", "p": payload})
    yield query + urlencode({"sql": f"select * from [{payload}]"})
    yield query + urlencode({"sql": "select 1 as " + '"' + payload.replace('"', '""') + '"'})
    typed = payload.strip().partition("\n")[0]  # as somebody types it, or a program that encodes too little writes it
    yield "/" + quote(typed, safe="/:@!$&'()*+,;=<>\"`{}|^[]~ ")


_OF_PICTURES = (
    "box",
    "from",
    "until",
    "around",
    "steps",
    "kind",
    "of",
    "page",
    "collection",
    "size",
    "group",
    "q",
    "part",
)
