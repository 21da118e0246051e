# SPDX-License-Identifier: Apache-2.0
"""What the site tells programs, read by programs that we did not write: a validator of OpenAPI, rdflib, feedparser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sourcebook.site.published import Published
from tests.conftest import BOOKS
from tests.harbour import SITE, get, opened
from tests.judges import MARKS, judged
from tests.toolkit.test_corpora import CORPORA, unpacked
from tests.toolkit.test_heads import CLAIM, data, every
from tests.toolkit.test_openapi import BUILT, Document, document, published

pytestmark = [*MARKS, pytest.mark.xdist_group("judges of the site")]


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("judged")) as found:
        yield found


# --- OpenAPI ----------------------------------------------------------------------------------------------------------

VALIDATOR = """
import json, sys
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        validate(json.load(file), cls=OpenAPIV31SpecValidator)
"""


def validate(folder: Path, *documents: Document) -> None:
    paths = [folder / f"openapi-{number}.json" for number in range(len(documents))]
    for path, one in zip(paths, documents, strict=True):
        path.write_text(json.dumps(one), encoding="utf-8")
    judged(VALIDATOR, *paths)


def test_openapi_of_small_books_of_many_forms(harbour: Published, tmp_path: Path) -> None:
    found = [document(harbour)]
    for name in BUILT:
        with published(Path(shutil.copytree(BOOKS / name, tmp_path / name))) as one:
            found.append(document(one))
    validate(tmp_path, *found)


def test_openapi_of_the_reference_book_and_of_real_ones(reference_book: Path, tmp_path: Path) -> None:
    release = Published((reference_book / "build/current").resolve())
    found = [document(release)]
    release.close()
    for name in ("awesome-selfhosted", "congress-legislators") if CORPORA.is_dir() else ():
        with published(unpacked(name, tmp_path)) as one:
            found.append(document(one))
    validate(tmp_path, *found)


def test_the_validator_refuses_what_is_wrong(harbour: Published, tmp_path: Path) -> None:
    wrong = document(harbour)
    wrong["paths"]["/search.json"]["get"]["parameters"][0]["in"] = "mouth"
    with pytest.raises(AssertionError):
        validate(tmp_path, wrong)


# --- JSON-LD ----------------------------------------------------------------------------------------------------------

# What the context of schema.org comes to here: nothing is fetched.
RDFLIB = """
import json, sys, warnings
import rdflib
warnings.simplefilter("ignore")
with open(sys.argv[1], encoding="utf-8") as file:
    every = json.load(file)
graphs = {}
for path, data in every.items():
    assert data["@context"] == "https://schema.org/", path
    graphs[path] = graph = rdflib.Graph()
    graph.parse(data=json.dumps({**data, "@context": {"@vocab": "https://schema.org/"}}), format="json-ld")
    assert len(graph) > 4, path
    for _, predicate, value in graph:
        assert predicate == rdflib.RDF.type or predicate in rdflib.SDO, (path, predicate)
        assert predicate != rdflib.RDF.type or value in rdflib.SDO, (path, value)
claim, denial = map(rdflib.URIRef, sys.argv[3:5])
graph = graphs[sys.argv[2]]
assert (claim, rdflib.SDO.comment, denial) in graph
assert graph.value(denial, rdflib.SDO.author) is not None
assert str(graph.value(denial, rdflib.RDF.type))
print(len(graphs))
"""


def test_rdflib_reads_what_pages_say(harbour: Published, tmp_path: Path) -> None:
    found = {path: data(get(harbour, path)) for path in (*every(harbour), "/")}
    path = tmp_path / "data.json"
    path.write_text(json.dumps(found), encoding="utf-8")
    here = f"{SITE}claims"
    printed = judged(RDFLIB, path, CLAIM, f"{here}/oil-forty-barrels#record", f"{here}/oil-denied#record")
    assert int(printed) == len(found)


# --- the feed ---------------------------------------------------------------------------------------------------------

FEEDPARSER = """
import feedparser, json, sys
with open(sys.argv[1], "rb") as file:
    read = feedparser.parse(file.read(), response_headers={"content-type": "application/atom+xml"})
assert not read.bozo, read.get("bozo_exception")
assert read.version == "atom10"
print(json.dumps([[one.id, one.title, list(one.updated_parsed[:3]), one.link] for one in read.entries]))
"""


def test_a_reader_of_feeds_reads_it(harbour: Published, tmp_path: Path) -> None:
    path = tmp_path / "feed.atom"
    path.write_bytes(get(harbour, "/feed.atom").body)
    read = json.loads(judged(FEEDPARSER, path))
    assert [(title, tuple(day), link.removeprefix(SITE)) for _, title, day, link in read] == [
        ("Version 1.2.0 was released", (2026, 5, 2), "downloads"),
        ("Taken down: of People", (2026, 4, 11), "corrections/correction-0002"),
        ("Corrected: Claims: oil-forty-barrels", (2026, 3, 1), "corrections/correction-0001"),
    ]
