# SPDX-License-Identifier: Apache-2.0
"""Descriptors: limits that ask for too much, ways out of the book, patterns that never end, anything anywhere."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.hostile.books.kinds import hostile_values
from tests.hostile.books.model import RECORD, Case, Kind, book, descriptor, resource

descriptors = Kind("descriptor")
_FULL: dict[str, Any] = {
    "name": "coast",
    "title": "Lights",
    "description": "Lights that do not exist.",
    "version": "1.0.0",
    "homepage": "https://example.org/",
    "licenses": [{"name": "CC0-1.0", "title": "CC0", "path": "https://example.org/cc0"}],
    "sources": [{"title": "A list", "path": "https://example.org/list", "email": "a@example.org"}],
    "contributors": [{"title": "A. Keeper", "role": "author"}],
    "keywords": ["lights"],
    "created": "2024-05-31T00:00:00Z",
    "sourcebook": {
        "about": "About.",
        "citation": "Lights.",
        "released": "2024-05-31",
        "repository": "https://example.org/lights",
        "report_to": "mailto:a@example.org?subject={key}",
        "rules": {"schema": "warning"},
        "formats": True,
        "site": "https://lights.example.org/",
        "downloads": ["csv", "json", "flat"],
        "ignore": ["data/ignored/**"],
        "unclaimed": "all",
        "limits": {"bytes": 1_000_000, "depth": 60, "expansion": 1_000, "digits": 100, "check_seconds": 5},
    },
    "resources": [
        resource(
            label="name",
            facets=["lit"],
            aliases=["near"],
            page={"address": "lights", "summary": ["lit"]},
            layout="file",
            key="{stem}",
            rename={"height": "metres"},
            references={"near": "lights"},
            role={"interval": {"earliest": "lit", "latest": "lit"}},
        ),
    ],
}


@descriptors
def changed_once(random: Random) -> Case:
    """A full descriptor with a hostile value in one place."""
    return book(said=_text(hostile_values.changed(random, _FULL)), adopt=random.random() < 0.1)


@descriptors
def changed_often(random: Random) -> Case:
    """A full descriptor with hostile values in several places."""
    return book(said=_text(hostile_values.changed(random, _FULL, 4)))


@descriptors
def changed_settings(random: Random) -> Case:
    """One setting of a collection with a hostile value."""
    block = dict(_FULL["resources"][0]["sourcebook"])
    name = random.choice(
        (*block, "at", "select", "except", "body", "key_replace", "undeclared", "may_be_empty", "rules")
    )
    block[name] = hostile_values.value(random)
    return book(said=_text({**_FULL, "resources": [{**_FULL["resources"][0], "sourcebook": block}]}))


@descriptors
def limits(random: Random) -> Case:
    """Limits as large as can be written, and mistakes that they would let by."""
    number = random.choice((10**9, 10**18, 10**400, 1e9, -1, 0, 500, 4_000))
    name = random.choice(("bytes", "depth", "expansion", "digits", "check_seconds"))
    record = random.choice((RECORD, b"name: a\nx: " + b"[" * 450 + b"]" * 450, b"name: a\nx: " + b"9" * 3_999))
    return book(record, said=descriptor(sourcebook={"limits": {name: number}}))


@descriptors
def forever(random: Random) -> Case:
    """A check that never ends, with as much time as it can ask for."""
    sql = (
        b"-- title: x\nWITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        b"SELECT 'lights' AS _table, i AS _key, 'x' AS message FROM n WHERE i < 0"
    )
    said = descriptor(sourcebook={"limits": {"check_seconds": random.choice((0.1, 1))}})
    return book(said=said, more={"scripts/checks/a.sql": sql})


@descriptors
def keys_of_other_tools(random: Random) -> Case:
    """Keys by which other readers of descriptors fetch what stands at an address."""
    key = random.choice(
        (
            "profile",
            "$schema",
            "dialect",
            "extrapaths",
            "path",
            "schema",
            "data",
            "basepath",
            "compression",
            "scheme",
            "format",
            "encoding",
            "hashing",
            "control",
            "layout",
            "innerpath",
            "detector",
            "package",
            "resources",
            "licenses",
            "image",
        )
    )
    value = random.choice(
        (
            "http://127.0.0.1:1/x.json",
            "file:///etc/passwd",
            "../beside/secret.json",
            "/etc/passwd",
            ["../beside/secret.yaml"],
            {"$ref": "http://127.0.0.1:1/"},
            "zip",
            "s3://x/y",
        )
    )
    if random.random() < 0.5:
        return book(said=_text({**_FULL, key: value}))
    return book(said=_text({**_FULL, "resources": [{**_FULL["resources"][0], key: value}]}))


@descriptors
def ways_out(random: Random) -> Case:
    """Paths that lead out of the book: by dots, from the root, by other separators, percent-encoded."""
    path = random.choice(
        (
            "../beside/*.yaml",
            "/etc/*",
            "data/../../beside/*",
            "data/lights/../../../beside/secret.yaml",
            "..\\beside\\*",
            "%2e%2e/beside/*",
            "~/*",
            "file:///etc/passwd",
            "http://127.0.0.1:1/x",
            "./../beside/*",
            "data/%2e%2e/x",
            "//etc/*",
            "C:/x",
        )
    )
    settings = random.choice(({"records": path}, {"schema": path}, {"records": [path, "data/lights/*.yaml"]}))
    return book(said=descriptor(resource(**settings)))


@descriptors
def many_resources(random: Random) -> Case:
    """Very many collections, of one name, of other names, of none."""
    count = random.choice((100, 3_000))
    names = random.choice((lambda n: f"l{n}", lambda _: "lights", lambda n: "a" * 100 + str(n)))
    return book(said=descriptor(*(resource(names(n), schema=None) for n in range(count))))


@descriptors
def names(random: Random) -> Case:
    """Names of books and of collections that mean something else to a database, a disk or a page."""
    name = random.choice(
        (
            "sqlite_master",
            "sqlite_x",
            "lights_fts",
            "rowid",
            "main",
            "temp",
            "select",
            "con",
            "-",
            "a" * 120,
            "a" * 121,
            "a" * 5_000,
            "..",
            ".db",
            "index",
            "search",
            "build",
            "csv",
            "data",
            "static",
            "sourcebook",
            "x.y",
            "1",
            "order",
            "table",
            "downloads",
            "-static",
        )
    )
    whole = {"name": name} if random.random() < 0.3 else {}
    return book(
        said=descriptor(resource(name, records="data/lights/*.yaml", schema="schemas/lights.schema.json"), **whole),
        adopt=random.random() < 0.1,
    )


@descriptors
def not_a_descriptor(random: Random) -> Case:
    """A descriptor that is nothing, no mapping, several, too deep, not UTF-8."""
    return book(
        said=random.choice(
            (
                b"",
                b"[]",
                b"a",
                b"null",
                b"--- {}\n--- {}\n",
                b"\xff",
                b"\0",
                b"[" * 50_000,
                b"name: a\n" * 100_000,
                b"a: &a [*a]",
                b"{" + b'"a":' * 10,
                b"#" * 5_000_000,
            )
        ),
        adopt=True,
    )


@descriptors
def references(random: Random) -> Case:
    """References to nothing, to themselves, to everything, by paths that lead nowhere."""
    path = random.choice(
        (
            "near",
            "keepers[].who",
            "a.b.c.d[]" * 100,
            "",
            "[]",
            "near[]",
            ".",
            "..",
            "near.",
            "*",
            "\x1b[2J",
            "keepers[][]",
        )
    )
    target = random.choice(
        (
            "lights",
            "lights.name",
            "nothing",
            "lights.",
            ".x",
            "",
            "lights.lights",
            ["lights"] * 300,
            {"to": "lights", "when": {"name": "a"}},
            {"to": "lights", "as": "text"},
            [[["lights"]]],
            {"to": {"to": "lights"}},
            "a.b.c",
        )
    )
    return book(RECORD + b"near: low\n", said=descriptor(resource(references={path: target})))


@descriptors
def templates(random: Random) -> Case:
    """Keys made by templates with everything in them that a template may not have."""
    key = random.choice(
        (
            "{stem}" * 200,
            "{",
            "}",
            "{}",
            "{{}}",
            "{stem!r}",
            "{stem:>99999999}",
            "{0}",
            "{1}",
            "{name.__class__}",
            "{path}",
            "{parent}{parent}",
            "{key}",
            "{nothing}",
            "\0{stem}",
            "{stem}\n",
            "{name}" * 500,
            "{" * 10_000,
            "{stem}" + "\x1b[2J",
        )
    )
    return book(
        said=descriptor(
            resource(key=key, key_replace=random.choice((None, {"": "x"}, {"l": "l" * 1_000}, {"a": "aa"})))
        )
    )


@descriptors
def ways_to_records(random: Random) -> Case:
    """The way to records inside a file, as long and as odd as can be."""
    at = random.choice(
        (
            "/" + "/".join("*" * 60),
            "/*" * 40,
            "/",
            "//",
            "/~1",
            "/~2",
            "/{}",
            "/{a}/{a}",
            "/{name}",
            "/0",
            "/-1",
            "/99999999999999999999",
            "/*/*/{x}",
            "a",
            "/" + "a" * 9_000,
        )
    )
    layout = random.choice(("list", "map", "documents", "file", "front-matter"))
    return book(
        b"a: {b: [{name: x}, {name: y}], c: {d: {name: z}}}\n",
        said=descriptor(resource(at=at, layout=layout, key=random.choice(("name", "{key}", "{1}", "{stem}")))),
    )


@descriptors
def selections(random: Random) -> Case:
    """Documents selected by odd positions and values."""
    one = random.choice(
        (
            0,
            -1,
            10**30,
            -(10**30),
            {"name": None},
            {"name": 10**400},
            {"": ""},
            {"a.b[]": 1},
            list(range(2_000)),
            [{"name": n} for n in range(2_000)],
            {"name": "\ud800"},
        )
    )
    return book(
        b"--- {name: a}\n--- {name: b}\n--- [1]\n",
        said=_text(
            json.loads(
                descriptor(resource(layout="documents", key="name", **{random.choice(("select", "except")): one}))
            )
        ),
    )


@descriptors
def yaml_of_descriptor(random: Random) -> Case:
    """A descriptor by aliases, merges and doubled keys."""
    head = (
        b"name: coast\nresources:\n  - &r\n    name: lights\n"
        b"    path: build/csv/lights.csv\n    schema: build/tableschema/lights.json\n"
        b"    sourcebook: &s {records: data/lights/*.yaml}\n"
    )
    tail = random.choice(
        (
            b"  - *r\n" * 1_000,
            b"  - {<<: *r, name: b}\n",
            b"sourcebook: *s\n",
            b"title: &t [*t]\n",
            b"name: again\n",
            b"  - *r\ntitle: *r\n",
            b"x: !!python/name:os.system\n",
            b"title: .nan\n",
            b"version: 1.10\n",
            b'title: "\\e[2J"\n',
        )
    )
    return book(said=head + tail)


def _text(whole: Any) -> bytes:
    return json.dumps(whole, indent=1).encode("utf-8", "surrogatepass")
