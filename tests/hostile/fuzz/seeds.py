# SPDX-License-Identifier: Apache-2.0
"""What mutants are made of: files of the tests' own books and of the reference's scripts; and words to put in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sourcebook.book import load_book
from sourcebook.finding import Ledger
from sourcebook.records.claims import claims
from tests.conftest import BOOKS as TEST_BOOKS
from tests.conftest import ROOT
from tests.hostile.fuzz import books
from tests.toolkit.test_yaml_reader import RECORDS

_LONGEST_SEED = 6_000


def _short(found: Iterable[Path]) -> list[bytes]:
    return [data for path in sorted(found) if path.is_file() and len(data := path.read_bytes()) <= _LONGEST_SEED]


def records() -> list[bytes]:
    """Records, and what traps readers."""
    kept = _short((ROOT / "tests/traps").rglob("*.yaml")) + _short(TEST_BOOKS.glob("*/data/**/*.yaml"))[::4]
    return [*(text.encode("utf-8", "surrogatepass") for text in RECORDS), *kept]


def json_files() -> list[bytes]:
    """JSON."""
    return _short(TEST_BOOKS.glob("*/**/*.json"))[::3] + _short((ROOT / "tests/traps").rglob("*.json"))


def lines() -> list[bytes]:
    """JSON Lines."""
    return [
        *_short(TEST_BOOKS.glob("**/*.jsonl")),
        *_short(TEST_BOOKS.glob("**/*.ndjson")),
        b'{"id": 1}\n\n{"id": "a", "n": 1.10}\n',
    ]


def pages() -> list[bytes]:
    """Pages with front matter."""
    own = b"---\ntitle: A page\ntags: [a, b]\n---\n\n# A page\n\nText.\n"
    return [own, own.replace(b"\n", b"\r\n"), b"+++\ntitle = 'x'\n+++\n", *_short(TEST_BOOKS.glob("*/data/**/*.md"))]


def descriptors() -> list[bytes]:
    """Descriptors."""
    return [books.SMALL["datapackage.yaml"].encode(), *_short(TEST_BOOKS.glob("*/datapackage.yaml"))]


def schemas() -> list[bytes]:
    """Schemas."""
    kept = _short(TEST_BOOKS.glob("*/schemas/**/*.json"))[::2] + _short((ROOT / "tests/schemas").rglob("*.json"))[:40]
    return [
        books.SMALL["schemas/jetty.schema.json"].encode(),
        *kept,
        *_short((ROOT / "tests/site/book/schemas").glob("*")),
    ]


def baselines() -> list[bytes]:
    """Baselines."""
    own = b'{"findings": [{"path": "data/a.yaml", "rule": "schema", "place": "a/b#/c", "message": "odd"}]}\n'
    return [own, *_short(TEST_BOOKS.glob("*/baseline.json"))]


def scripts() -> list[bytes]:
    """SQL, each below its kind."""
    found = [path for top in (TEST_BOOKS, ROOT / "tests/site") for path in sorted(top.glob("**/scripts/*/*.sql"))]
    found += sorted((ROOT / "scripts").glob("*/*.sql"))
    return [path.parent.name.encode() + b"\n" + path.read_bytes() for path in found]


BOOKS = {
    name: TEST_BOOKS / name for name in ("orchard", "layouts", "typed", "nulls", "listings", "undeclared", "annotated")
}
BOOKS |= {"harbour": ROOT / "tests/site/book"}


def of_books() -> list[bytes]:
    """Records, each below its book and collection."""
    found = []
    for name, folder in BOOKS.items():
        for collection, paths in claims(load_book(folder), Ledger())[0].items():
            for path in paths[:6]:
                data = (folder / path).read_bytes()
                found += [f"{name}/{collection}\n".encode() + data] if len(data) <= _LONGEST_SEED else []
    return found


def of_small_book() -> list[bytes]:
    """The files of the book of jetties, each below its name."""
    return [f"{path}\n{text}".encode() for path, text in books.SMALL.items()]


def found() -> list[bytes]:
    """Files to adopt, each below a name."""
    found = [path for path in sorted((ROOT / "tests/adopt").rglob("*")) if path.is_file()]
    short = [path for path in found if path.stat().st_size <= _LONGEST_SEED]
    return [b"found/" + path.name.encode() + b"\n" + path.read_bytes() for path in short[::3]]


KEYWORDS = (
    *(b'"$ref": "#"', b'"$ref": "#/$defs/x"', b'"$id": "x"', b'"$defs": {}', b'"$dynamicRef": "#x"'),
    b'"allOf": [{}]',
    *(b'"anyOf": [{}, {"type": "null"}]', b'"oneOf": []', b'"not": {}', b'"if": {}', b'"then": false'),
    b'"items": {}',
    *(b'"prefixItems": [{}]', b'"pattern": "("', b'"patternProperties": {"(": {}}', b'"format": "date"'),
    b'"const": null',
    *(b'"enum": []', b'"type": ["a"]', b'"uniqueItems": true', b'"unevaluatedProperties": false', b'"$schema": "x"'),
    *(b'"x-sourcebook": {"label": 1}', b'"references": {"x[]": "x"}', b'"minimum": 1e400'),
    *(b'"multipleOf": 0', b'"required": "x"'),
)  # fmt: skip
PARAMETERS = (
    *(b"&q=", b"&page=", b"&size=", b"&sort=", b"&sort=-", b"&form=json", b"&from=", b"&to=", b"&zoom="),
    *(b"&x=", b"&y="),
    *(b"&collection=", b"&around=", b"&depth=", b"&bbox=1,2,3,4", b"&at=", b"%3Czz9%3E", b"%22%3E%3Czz9"),
    *(b"%00", b"%C3%28"),
    *(b"-1", b"0", b"99999999999999999999", b"1e9", b"nan", b"inf", b"%E2%80%AE", b"\naccept: text/html"),
    b"\nrange: bytes=",
    *(b".json", b".csv", b"/", b"//", b"/../", b"%2F", b"%2e%2e/", b"?", b"&", b"=", b"\nif-none-match: "),
    b"2020-13-45",
)  # fmt: skip
OF_HEADERS = (
    b"bytes=",
    b"-",
    b",",
    b"W/",
    b'"',
    b"*",
    b";q=",
    b"0.5",
    b"1.000",
    b"gzip",
    b"br",
    b"identity",
    b"\xb2",
    b"\xa0",
)
