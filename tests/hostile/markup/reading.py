# SPDX-License-Identifier: Apache-2.0
"""What programs read of a hostile book, by their own parsers: every payload comes back as it was written."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import yaml

from sourcebook.content.addresses import Addresses
from tests.hostile.markup.book import NAME

_ATOM = "{http://www.w3.org/2005/Atom}"
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_TYPES = {
    "json": "application/json", "csv": "text/csv", "atom": "application/atom+xml", "xml": "application/xml",
    "txt": "text/plain", "yaml": "application/yaml", "html": "text/html",
}  # fmt: skip


def read(client: httpx.Client, release: Path, texts: Sequence[str]) -> Iterator[str]:
    """Read every kind of answer, and say what is not as it was written; counted is one line a thing that was read.

    A line that is right is empty.
    """
    at = Addresses("/", NAME)
    things: list[dict[str, Any]] = _get(client, "/things.json", json.loads)
    for number, text in enumerate(texts):
        alone = _get(client, f"/things/t{number}.json", json.loads)
        yield from _same(f"/things/t{number}.json", _strings(alone), [text] * 6)
        yield from _same(f"/things/t{number}.yaml", _strings(_get(client, f"/things/t{number}.yaml", _yaml)), [text])
        rows = _get(client, f"/things/t{number}.csv", _csv)
        yield from _same(f"/things/t{number}.csv", (cell for row in rows for cell in row), [text])
        keyed = at.record("keyed", text, "json")
        yield from _same(keyed, _strings(_get(client, keyed, json.loads)), [text])
        chosen = f"/things.json?note={quote(text, safe='')}"
        yield from _same(chosen, _strings(_get(client, chosen, json.loads)), [text])
        table = f"/{NAME}/things.json?_shape=array&id=t{number}"
        yield from _same(table, _strings(_get(client, table, json.loads)), [text] * 4)
    yield from _same("/things.json", _strings(things), texts)
    rows = _get(client, "/things.csv", _csv)
    yield from _same("/things.csv", (cell for row in rows for cell in row), texts)
    feed = _get(client, "/feed.atom", ElementTree.fromstring)
    told = {" ".join("".join(one.itertext()).split()) for one in feed.iter() if one.tag.startswith(_ATOM)}
    missing = [text for text in texts if _plain(text) and not any(_plain(text) in one for one in told)]
    most = max(0, len(texts) - 199)  # the feed has the last 200
    yield f"/feed.atom: without {missing[0]!r}, and {len(missing) - 1} more" if len(missing) > most else ""
    targets = re.findall(r"(?<!\\)\]\(([^)]*)\)|^\s*(?<!\\)\[[^\]]*\]:\s*(\S+)", _get(client, "/llms.txt", str), re.M)
    for target in (one or other for one, other in targets):
        yield "" if target.startswith(("http://127.0.0.1", "/")) else f"/llms.txt: a link to {target!r}"
    for address in _leaves(client):
        yield "" if client.get(address).status_code == 200 else f"the sitemap leads to {address}, where nothing is"
    for name in ("/openapi.json", "/schema.json", "/downloads.json", "/index.json", "/search.json?q=pwned"):
        yield "" if _get(client, name, json.loads) else f"{name}: nothing"
    for file in sorted(release.glob("*.json*")):
        if file.suffix in (".json", ".jsonld"):
            told = {one for said in _strings(json.loads(file.read_text("utf-8"))) for one in said.split()}
            yield "" if any("pwned()" in one for one in told) else f"{file.name}: without any payload"


def headers(client: httpx.Client, addresses: Sequence[str]) -> Iterator[str]:
    """What of an answer's headers was written by data, or is missing; a line an address, empty where all is well."""
    for address in addresses:
        answer = client.get(address, headers={"accept": "*/*"})
        told = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        if "set-cookie" in answer.headers or "pwned=1" in told.replace("%", ""):
            yield f"{address}: a header of a payload: {told[:200]}"
        elif answer.headers.get("x-content-type-options") != "nosniff":
            yield f"{address}: no nosniff"
        elif answer.status_code not in (301, 302, 304, 307) and not answer.headers.get("content-type"):
            yield f"{address}: no type"
        elif "elsewhere.invalid" in (answer.headers.get("location") or "").partition("?")[0].partition("/")[0]:
            yield f"{address}: leads elsewhere: {answer.headers['location']}"
        else:
            yield ""


def _get(client: httpx.Client, address: str, parse: Callable[[str], Any]) -> Any:
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == 200, (address, answer.status_code)
    ending = address.partition("?")[0].rpartition(".")[2]
    assert answer.headers["content-type"].startswith(_TYPES.get(ending, "")), (address, answer.headers["content-type"])
    return parse(answer.content.decode("utf-8"))


def _same(address: str, found: Any, wanted: Sequence[str]) -> Iterator[str]:
    left = list(found)
    for text in wanted:
        if text in left:
            left.remove(text)
            yield ""
        else:
            yield f"{address}: without {text!r}"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def _yaml(text: str) -> Any:
    return yaml.safe_load(text)


def _plain(text: str) -> str:
    """A text as XML can have it, on one line."""
    kept = "".join(one if one in "\t\n\r" or (one >= " " and one not in "\ufffe\uffff") else "\ufffd" for one in text)
    return " ".join(kept.split())


def _leaves(client: httpx.Client) -> Iterator[str]:
    """Some addresses of the sitemap, of each part the first and the last."""
    index = _get(client, "/sitemap.xml", ElementTree.fromstring)
    parts = [one.text or "" for one in index.iter(f"{_SITEMAP}loc")]
    for part in parts if index.tag.endswith("sitemapindex") else ["/sitemap.xml"]:
        found = [one.text or "" for one in _get(client, part, ElementTree.fromstring).iter(f"{_SITEMAP}loc")]
        yield from found[:: max(1, len(found) // 12)]
