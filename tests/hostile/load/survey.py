# SPDX-License-Identifier: Apache-2.0
"""What there is at a served site, as anybody can see it: pages, tables and columns, parameters, words, files."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
from datasette.utils import tilde_encode

from sourcebook.sqlite import quote as quoted

_MOST = 300  # of a kind that are asked for in turn
_LARGE = 1_000_000  # bytes of a file that an ordinary reader takes now and then


@dataclass(frozen=True, slots=True)
class Site:
    """What can be asked for. Addresses are as they are sent, of the site's root on."""

    port: int
    database: str  # where Datasette's pages of it are
    tables: dict[str, list[str]]  # the columns of each
    queries: list[str]  # addresses of Datasette's pages of queries and views
    own: dict[str, list[str]]  # pages of the site that take parameters, and the names of these
    entities: list[str]
    rows: list[str]
    listings: list[str]
    links: list[str]  # with parameters, as pages of the site have them, but for those to SQL
    pictures: list[str]
    questions: list[str]
    files: list[str]
    large: list[str]
    words: list[str]
    folder: str  # where the book is on this machine, which no answer is to tell


def survey(address: str, folder: Path) -> Site:
    """The site at ``address``, which serves the book in ``folder``."""
    release = (folder / "build/current").resolve()
    made = json.loads((release / "site.json").read_text("utf-8"))
    name = made["name"]
    with (
        httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
        closing(sqlite3.connect(f"file:{quote(str(release / made['database']))}?mode=ro", uri=True)) as connection,
    ):
        tables = {table["name"]: [column["name"] for column in table["columns"]] for table in made["tables"]}
        listings = [f"/{quote(one['address'])}" for one in made["collections"]]
        pictures = [one for one in ("/map", "/timeline", "/network") if client.get(one).status_code == 200]
        questions = [f"/questions/{quote(one['name'])}" for one in made.get("questions", ())]
        asked = [*made.get("questions", ()), *made.get("views", ())]
        queries = [f"/{tilde_encode(name)}/{tilde_encode(one['name'])}" for one in asked]
        entities = _entities(client, listings)
        shown = [*listings, *pictures, *questions, *entities[:5]]
        files, large = _files(release)
        return Site(
            port=urlsplit(address).port or 80,
            database=f"/{tilde_encode(name)}",
            tables=tables,
            queries=queries,
            own=_own(client),
            entities=entities,
            rows=_rows(connection, name, made["tables"]),
            listings=listings,
            links=[link for one in shown for link in _links(client, one)][:_MOST],
            pictures=pictures,
            questions=questions,
            files=files,
            large=large,
            words=_words(connection, made["tables"]),
            folder=str(folder),
        )


def _entities(client: httpx.Client, listings: list[str]) -> list[str]:
    text = client.get("/sitemap.xml").text
    parts = re.findall(r"<sitemap>\s*<loc>(.*?)</loc>", text)
    if parts:
        text = client.get(urlsplit(parts[0]).path).text
    found = [urlsplit(one).path for one in re.findall(r"<loc>(.*?)</loc>", text)]
    entities = [one for one in found if any(one.startswith(f"{listing}/") for listing in listings)]
    random.Random(1).shuffle(entities)
    return entities[:_MOST]


def _own(client: httpx.Client) -> dict[str, list[str]]:
    described = client.get("/openapi.json").json()["paths"]
    own = {}
    for path, operations in described.items():
        parameters = operations.get("get", {}).get("parameters", [])
        names = [one["name"] for one in parameters if one.get("in") == "query"]
        if "{" not in path:
            own[path] = names
    return own


def _links(client: httpx.Client, page: str) -> list[str]:
    answer = client.get(page, headers={"accept": "text/html"})
    found = re.findall(r'href="(/[^"#]*\?[^"#]*)', answer.text)
    return [one.replace("&amp;", "&") for one in dict.fromkeys(found) if "sql=" not in one]


def _rows(connection: sqlite3.Connection, name: str, tables: list[dict[str, object]]) -> list[str]:
    found = []
    for table in tables:
        key = table["key"]
        if isinstance(key, list) and len(key) == 1:
            sql = f"SELECT {quoted(key[0])} FROM {quoted(str(table['name']))} LIMIT 20"
            base = f"/{tilde_encode(name)}/{tilde_encode(str(table['name']))}"
            found += [f"{base}/{tilde_encode(str(one))}" for (one,) in connection.execute(sql)]
    random.Random(2).shuffle(found)
    return found[:_MOST]


def _words(connection: sqlite3.Connection, tables: list[dict[str, object]]) -> list[str]:
    found: dict[str, None] = {}
    for table in tables:
        for row in connection.execute(f"SELECT * FROM {quoted(str(table['name']))} LIMIT 20"):
            text = " ".join(str(value) for value in row if isinstance(value, str))
            found |= dict.fromkeys(re.findall(r"\w{4,12}", text)[:20])
    words = list(found)
    random.Random(3).shuffle(words)
    return words[:_MOST] or ["word"]


def _files(release: Path) -> tuple[list[str], list[str]]:
    """The addresses of files of ordinary size, and of large ones: there is always one of each."""
    lines = (release / "SHA256SUMS").read_text("utf-8").splitlines()
    names = [line.split("  ", 1)[1] for line in lines]
    named = [one for one in names if not one.endswith((".gz", ".br"))]
    by_size = sorted(named, key=lambda one: (release / one).stat().st_size)
    small = [one for one in by_size if (release / one).stat().st_size < _LARGE]
    address = "/-/downloads/{}".format
    return [address(quote(one)) for one in small[-_MOST:]], [address(quote(one)) for one in by_size[-3:]]
