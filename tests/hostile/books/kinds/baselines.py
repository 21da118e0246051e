# SPDX-License-Identifier: Apache-2.0
"""Baselines, which say what is known to be wrong: broken, huge, of other things, and with everything in them."""

from __future__ import annotations

import json
from random import Random

from tests.hostile.books.kinds import hostile_values
from tests.hostile.books.model import Case, Kind, book

baselines = Kind("baseline")
_ENTRY = {"path": "data/lights/low.yaml", "rule": "schema", "place": "lights/low#/name", "message": "12 is not a text"}


@baselines
def changed(random: Random) -> Case:
    """A baseline with hostile values in it."""
    return _book(
        json.dumps(hostile_values.changed(random, {"findings": [_ENTRY, _ENTRY]}, 3)).encode("utf-8", "surrogatepass")
    )


@baselines
def odd(random: Random) -> Case:
    """A file that is no baseline."""
    return _book(
        random.choice(
            (
                b"",
                b"[]",
                b"null",
                b"{}",
                b"\xff",
                b'{"findings": ' + b"[" * 50_000,
                b'{"findings": {}}',
                b'{"findings": [' + b"1," * 50_000 + b"1]}",
                b'{"findings": [], "findings": []}',
                b"\0",
            )
        )
    )


@baselines
def many(random: Random) -> Case:
    """Very many entries, all of findings that there are no more."""
    entries = [{**_ENTRY, "message": hostile_values.text(random) + str(n)} for n in range(random.choice((20, 20_000)))]
    return _book(json.dumps({"findings": entries}).encode("utf-8", "surrogatepass"))


@baselines
def written(random: Random) -> Case:
    """A baseline that is written of findings with hostile texts in them."""
    record = json.dumps(
        {
            "name": hostile_values.value(random),
            "lit": hostile_values.text(random),
            "height": hostile_values.text(random),
        }
    ).encode()
    return book(
        {"low.json": record},
        records="data/lights/*",
        commands=(("check", "--book", "BOOK", "--write-baseline"), ("check", "--book", "BOOK", "--format", "json")),
    )


@baselines
def of_everything(random: Random) -> Case:
    """Entries of any rule, about files inside and outside of the book."""
    rules = (
        "schema",
        "yaml-syntax",
        "reference",
        "file-kind",
        "checks/one",
        "baseline",
        "descriptor",
        "key-duplicate",
        "nothing",
        "",
    )
    paths = (
        "data/lights/low.yaml",
        "../beside/secret.yaml",
        "/etc/passwd",
        "",
        "datapackage.yaml",
        "a\nb",
        "http://127.0.0.1:1/",
    )
    entries = [
        {
            "path": random.choice(paths),
            "rule": random.choice(rules),
            "place": hostile_values.text(random),
            "message": hostile_values.text(random),
        }
        for _ in range(20)
    ]
    return _book(json.dumps({"findings": entries}).encode())


def _book(data: bytes) -> Case:
    return book(b"name: 12\n", more={"baseline.json": data})
