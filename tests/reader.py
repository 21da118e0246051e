# SPDX-License-Identifier: Apache-2.0
"""A reader who follows every link and facet of a release, in a Datasette in the same process, and tells what misleads.

``python -m tests.reader`` reads folders of releases from its input, one a line, and prints for each the list of what
is wrong as a line of JSON, so that a test can ask both versions of Datasette, each by its own interpreter.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from datasette.utils import path_from_row_pks, tilde_encode

from sourcebook.site.shown import Shown

SIZE = 2  # rows of a page, so that there are several


async def misleading(folder: Path) -> list[str]:
    """What leads to other rows than it names, on the pages of the release in ``folder``."""
    (path,) = folder.glob("*.db")
    shown = Shown(folder)
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        reader = _Reader(shown.app, path.stem, connection)
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '% STRICT'"
        for (table,) in connection.execute(tables).fetchall():
            await reader.table(table)
    await asyncio.to_thread(shown.close)
    return reader.wrong


class _Reader:
    def __init__(self, app: Any, name: str, connection: sqlite3.Connection) -> None:
        transport = httpx.ASGITransport(app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://localhost", follow_redirects=True)
        self.name = name
        self.connection = connection
        self.wrong: list[str] = []

    async def get(self, path: str) -> Any:
        return await self.client.get(path)

    async def json(self, path: str) -> Any:
        answer = await self.get(path)
        if answer.status_code != 200:
            self.wrong.append(f"{path}: {answer.status_code} {answer.text[:200]}")
            return {}
        return answer.json()

    def told(self, ok: bool, *what: Any) -> None:
        if not ok:
            self.wrong.append(": ".join(map(str, what)))

    async def table(self, table: str) -> None:
        info = self.connection.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
        columns = [one["name"] for one in info]
        keys = [one["name"] for one in sorted(info, key=lambda one: one["pk"]) if one["pk"]]
        rows = self.connection.execute(f"SELECT * FROM {_quoted(table)}").fetchall()
        page = f"/{tilde_encode(self.name)}/{tilde_encode(table)}"
        for sort in (None, *columns):
            for way in ("_sort", "_sort_desc") if sort else ("",):
                await self.pages(page, keys, rows, {way: sort} if sort else {})
        for row in rows:
            found = await self.json(f"{page}/{path_from_row_pks(row, keys, False)}.json?_shape=array")
            self.told([_values(one, columns) for one in found] == [list(row)], page, "row", list(row))
        for column in columns:
            await self.values(page, table, column, rows)
        await self.links(page)

    async def pages(self, page: str, keys: list[str], rows: list[Any], order: dict[str, Any]) -> None:
        """Every row once, in order, from page to page by the link to the next."""
        shown: list[Any] = []
        path = f"{page}.json?" + urlencode({**order, "_size": SIZE, "_shape": "objects"})
        while path and len(shown) <= len(rows):
            answer = await self.json(path)
            shown += answer.get("rows", ())
            path = answer.get("next_url") and _inside(answer["next_url"])
        wanted = Counter(tuple(row[key] for key in keys) for row in rows)
        self.told(Counter(tuple(row[key] for key in keys) for row in shown) == wanted, page, order, "rows of all pages")
        for way, column in order.items():
            values = [(row[column] is not None, isinstance(row[column], str), row[column]) for row in shown]
            self.told(values == sorted(values, key=_rank, reverse=way == "_sort_desc"), page, order, "out of order")

    async def values(self, page: str, table: str, column: str, rows: list[Any]) -> None:
        """Every value of a column: as a filter, greater and less than it, as a parameter of SQL, as a facet."""
        row_columns = rows[0].keys() if rows else ()
        counts = Counter(row[column] for row in rows if row[column] is not None)
        for value, count in counts.items():
            found = {
                "exact": count,
                "gt": sum(n for other, n in counts.items() if other > value),
                "lte": sum(n for other, n in counts.items() if other <= value),
            }
            for lookup, wanted in found.items():
                if f"{column}__{lookup}" in row_columns:  # which it then means
                    continue
                asked = urlencode({f"{column}__{lookup}": str(value), "_size": "max", "_shape": "array"})
                shown = await self.json(f"{page}.json?{asked}")
                self.told(len(shown) == wanted, page, asked, f"{len(shown)} rows, not {wanted}")
            sql = f"select count(*) as n from {_quoted(table)} where {_quoted(column)} = :v"
            asked = urlencode({"sql": sql, "v": str(value), "_shape": "array"})
            answer = await self.json(f"/{tilde_encode(self.name)}.json?{asked}")
            self.told(answer == [{"n": count}], page, "parameter", column, value, answer)
        asked = urlencode({"_facet": column, "_facet_size": "max", "_extra": "facet_results"})
        answer = (await self.json(f"{page}.json?{asked}")).get("facet_results", {})
        facet = next(one for one in answer.get("results", answer).values() if one["name"] == column)
        self.told({one["value"]: one["count"] for one in facet["results"]} == counts, page, "facet", column)
        for one in facet["results"]:
            shown = await self.json(_inside(one["toggle_url"]) + "&_size=max&_shape=array")
            same = len(shown) == one["count"] and all(row[column] == one["value"] for row in shown)
            self.told(same, page, "facet", column, one["value"], f"{len(shown)} rows, not {one['count']}")

    async def links(self, page: str) -> None:
        """Every link of a table's page, and of the pages of its rows, answers."""
        book = page.rpartition("/")[0] + "/"
        waiting = [page]
        for path in waiting:
            answer = await self.get(path)
            self.told(answer.status_code == 200, path, answer.status_code)
            if path == page or path.startswith(page + "/"):  # the table's and its rows': what they link to answers
                links = map(html.unescape, re.findall(r'href="(/[^"#]*)', answer.text))
                waiting += [link for link in dict.fromkeys(links) if link.startswith(book) and link not in waiting]


def _rank(value: tuple[bool, bool, Any]) -> tuple[bool, bool, Any]:
    there, text, one = value
    return there, text, one if there else 0


def _values(row: dict[str, Any], columns: list[str]) -> list[Any]:
    return [row[column] for column in columns]


def _inside(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(asyncio.run(misleading(Path(line.rstrip("\n"))))), flush=True)
