# SPDX-License-Identifier: Apache-2.0
"""Folders of found data, to be adopted: what is claimed, named and inferred of hostile files."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.hostile.books.kinds import hostile_values
from tests.hostile.books.kinds.columns import _ODD
from tests.hostile.books.model import RECORD, Case, Kind

found = Kind("found")


def _folder(files: dict[str, bytes]) -> Case:
    return Case({"datapackage.yaml": b"", **files}, adopt=True)


@found
def odd_properties(random: Random) -> Case:
    """Records with odd names of properties, and values of every type."""
    several = [{name: hostile_values.value(random) for name in random.sample(_ODD, 5)} for _ in range(4)]
    return _folder({f"things/{n}.json": json.dumps(one).encode() for n, one in enumerate(several)})


@found
def odd_folders(random: Random) -> Case:
    """Folders and files with odd names."""
    texts = [
        hostile_values.text(random).replace("/", "_").replace("\0", "").encode("utf-8", "ignore").decode()[:80]
        for _ in range(3)
    ]
    return _folder({f"{text.strip('.') or 'x'}/{n}.yaml": RECORD for n, text in enumerate(texts * 2)})


@found
def many_folders(random: Random) -> Case:
    """Very many folders with a record each, or with records of other shapes each."""
    count = random.choice((20, 150))
    return _folder({f"f{n}/a.yaml": b"k%d: 1\n" % (n if random.random() < 0.5 else 0) for n in range(count)})


@found
def large_list(random: Random) -> Case:
    """A list of very many records, or a map of them, in one file."""
    count = random.choice((10, 5_000))
    whole: Any = [{"id": n, "name": f"n{n}", f"p{n % 300}": [n]} for n in range(count)]
    if random.random() < 0.5:
        whole = {f"k{n}": one for n, one in enumerate(whole)}
    return _folder({"all.json": json.dumps(whole).encode()})


@found
def deep(random: Random) -> Case:
    """Records nested as deep as may be."""
    depth = random.choice((10, 55, 62, 70))
    one = random.choice(('{"a": %s}', "[%s]", '[{"a": %s}]'))
    text = "1"
    for _ in range(depth):
        text = one % text
    return _folder({"deep/a.json": text.encode(), "deep/b.json": text.encode()})


@found
def mixtures(random: Random) -> Case:
    """Files of every sort that a folder may hold, good and broken, in one folder."""
    sorts = {
        "a.yaml": RECORD,
        "b.yaml": b"[1, 2",
        "c.json": b'{"name": 1}',
        "d.md": b"---\nname: a\n---\nx",
        "e.csv": b"a,b\n=1+1,2\n",
        "f.xlsx": b"PK\x03\x04",
        "g.yaml": b"\xff\xfe",
        "h.json": b"[" * 5_000,
        "i.toml": b"a = 1",
        "j.yaml": b"--- {a: 1}\n--- {a: 2}\n",
        "k.tsv": b"a\tb",
        "l.yaml": b"",
        "m.ndjson": b"{}\n{}\n",
        "n.yaml": b"- {name: a}\n- [1]\n",
        "o.json": b"null",
        "p.schema.json": b'{"type": "object"}',
    }
    chosen = random.sample(sorted(sorts), 7)
    return _folder({f"{random.choice(('', 'x/', 'y/'))}{name}": sorts[name] for name in chosen})


@found
def with_schemas(random: Random) -> Case:
    """Records beside schemas that are hostile."""
    schema = hostile_values.changed(
        random, {"$id": "https://example.org/x", "type": "object", "properties": {"name": {"type": "string"}}}, 2
    )
    return _folder(
        {
            "things/a.yaml": RECORD,
            "things/b.yaml": RECORD,
            "schemas/thing.schema.json": json.dumps(schema).encode("utf-8", "surrogatepass"),
        }
    )


@found
def other_files(random: Random) -> Case:
    """Files that say what a book is, written by others: citations, licences, packages of other tools."""
    name = random.choice(
        (
            "CITATION.cff",
            "LICENSE",
            "README.md",
            "package.json",
            "datapackage.json",
            ".gitmodules",
            ".vscode/settings.json",
            ".github/workflows/x.yml",
            ".pre-commit-config.yaml",
            "LICENSE.md",
        )
    )
    data = random.choice(
        (
            b"",
            b"\xff",
            b'title: "\\e[2J"\n',
            b"[" * 5_000,
            b"a: &a [*a]",
            b"# " + b"x" * 100_000,
            json.dumps(
                {
                    "title": hostile_values.text(random),
                    "license": hostile_values.value(random),
                    "name": hostile_values.text(random),
                }
            ).encode(),
        )
    )
    return _folder({"things/a.yaml": RECORD, "things/b.yaml": RECORD, name: data})


@found
def links_between(random: Random) -> Case:
    """Records whose values are keys of each other, which might be references."""
    keys = [hostile_values.text(random) for _ in range(6)]
    several = [{"id": key, "other": random.choice(keys), "all": random.sample(keys, 3)} for key in keys]
    return _folder({"a/all.json": json.dumps(several).encode(), "b/all.json": json.dumps(several[::-1]).encode()})
