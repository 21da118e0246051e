# SPDX-License-Identifier: Apache-2.0
"""Single values: numbers that nothing holds, texts that steer what shows them, bytes that are no text."""

from __future__ import annotations

import json
from random import Random

from tests.hostile.books.kinds import hostile_values
from tests.hostile.books.model import RECORD, Case, Kind, book, quoted

values = Kind("values")
_SHOW = (
    ("schema", "show", "--book", "BOOK", "--format", "json"),
    ("where", "lights", "low", "--book", "BOOK", "--format", "json"),
)


@values
def numbers(random: Random) -> Case:
    """A number that is too long, too large, too small, or none."""
    texts = (
        "9" * 300,
        "9" * 1_001,
        "9" * 5_000,
        "1" + "0" * 100_000,
        "1e400",
        "1e99999999",
        "-1e-99999999",
        ".inf",
        "-.inf",
        ".nan",
        ".NaN",
        "0x" + "f" * 5_000,
        "0o777",
        "0b1",
        "1_000",
        "007",
        "1.10",
        "-0",
        "+.5",
        "1e",
        ".",
        "+",
        "-.",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "1" * 400 + "e-400",
        "0." + "0" * 400 + "1",
        "12:30:45",
        "1.7976931348623159e308",
        "4.9e-324",
        "0e0",
        "00",
        "1E+05",
    )
    schema = random.choice(({"type": "object"}, book().files["schemas/lights.schema.json"]))
    field = random.choice(("height", "other", "name"))
    return book(f"name: a\n{field}: {random.choice(texts)}\n".encode(), schema, commands=_SHOW)


@values
def numbers_in_json(random: Random) -> Case:
    """The same as JSON."""
    texts = (
        "NaN",
        "Infinity",
        "-Infinity",
        "1e400",
        "9" * 4_400,
        "-0",
        "01",
        "1.",
        ".5",
        "1e99999999",
        "0x10",
        "+1",
        "1" * 40,
    )
    return book({"low.json": f'{{"name": "a", "height": {random.choice(texts)}}}'.encode()}, records="data/lights/*")


@values
def numbers_in_schema(random: Random) -> Case:
    """Bounds of a schema that no number holds."""
    number = random.choice(("1e400", "9" * 500, "9" * 5_000, "0", "-1", "1e-400", ".inf", ".nan", "1e99999"))
    keyword = random.choice(
        ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "maxLength", "minItems", "const", "default")
    )
    schema = f"type: object\nproperties:\n  name: {{type: string}}\n  height: {{type: number, {keyword}: {number}}}\n"
    return book(RECORD, schema="schemas/lights.yaml", more={"schemas/lights.yaml": schema.encode()}, commands=_SHOW[:1])


@values
def steering_texts(random: Random) -> Case:
    """Texts that steer a terminal or a log, in a value, a key, and what does not fit."""
    fields = {"name": hostile_values.steering(random), "lit": hostile_values.steering(random)}
    fields[hostile_values.steering(random)] = hostile_values.steering(random)
    return book(json.dumps(fields).encode(), commands=_SHOW)


@values
def steering_keys(random: Random) -> Case:
    """Keys of records that steer a terminal or a log."""
    records = [{"id": hostile_values.steering(random), "name": "a"} for _ in range(3)]
    mutate = ("mutate", "--book", "BOOK", "--each", "1", "--jobs", "1", "--format", "json")
    where = ("where", "lights", records[0]["id"], "--book", "BOOK", "--format", "json")
    return book(
        {"all.json": json.dumps(records).encode()},
        records="data/lights/*",
        layout="list",
        key="id",
        commands=(where, mutate),
    )


@values
def steering_schema(random: Random) -> Case:
    """A schema whose titles, names and words steer a terminal or a log."""
    name = hostile_values.steering(random)
    one = {"type": "string", "description": hostile_values.steering(random), "title": hostile_values.steering(random)}
    schema = {
        "type": "object",
        "title": hostile_values.steering(random),
        "properties": {"name": one, name: {"type": "array"}},
    }
    mutate = ("mutate", "--book", "BOOK", "--each", "1", "--jobs", "1", "--format", "json")
    return book(RECORD, schema, commands=(*_SHOW, mutate))


@values
def steering_enum(random: Random) -> Case:
    """Values that a schema allows, and that do not stand there, which steer a terminal or a log."""
    schema = {
        "type": "object",
        "properties": {
            "name": {random.choice(("enum", "examples")): [hostile_values.steering(random)]},
            "lit": {"pattern": hostile_values.steering(random)},
        },
    }
    return book(RECORD, schema, commands=_SHOW)


@values
def texts(random: Random) -> Case:
    """A hostile text as a value, in any of YAML's styles."""
    text = hostile_values.text(random)
    style = random.choice(
        (
            quoted(text),
            b"'" + text.encode("utf-8", "surrogatepass").replace(b"'", b"''") + b"'",
            b"|\n  " + text.encode("utf-8", "surrogatepass"),
        )
    )
    return book(b"name: " + style + b"\n", commands=_SHOW)


@values
def texts_undeclared(random: Random) -> Case:
    """Hostile texts as names and values of which no schema speaks."""
    fields = {
        "name": "a",
        hostile_values.text(random): hostile_values.value(random),
        hostile_values.text(random): hostile_values.text(random),
    }
    return book(json.dumps(fields).encode(), undeclared=random.choice((None, "json", "tables")), commands=_SHOW)


@values
def no_schema(random: Random) -> Case:
    """Hostile names and values in records that have no schema at all."""
    records = {
        f"r{n}.json": json.dumps({hostile_values.text(random): hostile_values.value(random) for _ in range(3)}).encode()
        for n in range(3)
    }
    return book(records, records="data/lights/*", schema=None, adopt=True, commands=_SHOW[:1])


@values
def bytes_that_are_no_text(random: Random) -> Case:
    """Bytes that are not UTF-8, marks of other encodings, controls."""
    odd = random.choice(
        (
            b"\xff\xfe",
            b"\xfe\xff\x00n",
            b"\x00",
            b"\xc0\x80",
            b"\xed\xa0\x80",
            b"\xf5\x80\x80\x80",
            b"\x1b[2J",
            b"\xef\xbb\xbf\xef\xbb\xbf",
            b"\xc2\x9b",
            b"\x7f",
            b"\x0c",
            b"\x0b",
        )
    )
    where = random.choice((0, 5, 9, len(RECORD)))
    record = RECORD[:where] + odd + RECORD[where:]
    if random.random() < 0.3:
        record = RECORD.decode().encode(random.choice(("utf-16", "utf-16-be", "utf-32", "utf-7", "cp500")))
    return book(record, adopt=random.random() < 0.3)


@values
def twins(random: Random) -> Case:
    """Keys that look alike and are not: composed and decomposed, other letters, other case."""
    one, other = random.choice(
        (("é", "e\u0301"), ("a", "а"), ("K", "\u212a"), ("name", "Name"), ("ı", "i"), ("ﬁ", "fi"), ("x", "x\u200b"))
    )
    return book(f"name: a\n{one}: 1\n{other}: 2\n".encode(), undeclared=random.choice((None, "tables")))


@values
def dates(random: Random) -> Case:
    """Days and times that do not exist, or not within what a library counts."""
    day = random.choice(
        (
            "0000-00-00",
            "9999-99-99",
            "2021-02-29",
            "99999-01-01",
            "-0001-01-01",
            "2021-1-1",
            "20210101",
            "2021-01-01T25:61:61Z",
            "２０２１-01-01",
            "2021-01-01\n",
            "1e5-01-01",
        )
    )
    schema = {
        "type": "object",
        "properties": {"lit": {"type": "string", "format": random.choice(("date", "date-time", "time", "duration"))}},
    }
    return book(b"name: a\nlit: " + quoted(day) + b"\n", schema)


@values
def formats(random: Random) -> Case:
    """Formats that no standard has, and those that it has with values that are hard to judge."""
    name = random.choice(
        (
            "datetime",
            "url",
            "phone",
            "",
            "\x1b[31m",
            "regex",
            "email",
            "idn-email",
            "hostname",
            "idn-hostname",
            "ipv6",
            "iri",
            "uri-template",
            "json-pointer",
            "duration",
            "uuid",
            5,
            None,
            ["date"],
        )
    )
    text = random.choice(
        (*hostile_values.TEXTS, "(" * 5_000, "[" * 100_000, "a." * 50_000, "::" * 1_000, "%" * 100_000, "xn--" * 1_000)
    )
    schema = {"type": "object", "properties": {"name": {"type": "string", "format": name}}}
    return book(b"name: " + quoted(text) + b"\n", schema)


@values
def tags(random: Random) -> Case:
    """Tags that make objects in other readers, and tags that are none."""
    tag = random.choice(
        (
            "!!python/object/apply:os.system ['true']",
            "!!python/name:os.system",
            "!!binary aGk=",
            "!!timestamp 2001-01-01",
            "!!set {a}",
            "!!omap [a: 1]",
            "!!int x",
            "!<tag:x> 1",
            "!",
            "!!",
            "!!str",
            "!x!y z",
            "!!float 1e999",
            "!!null x",
            "!!bool yes",
        )
    )
    return book(f"name: a\nx: {tag}\n".encode())


@values
def directives(random: Random) -> Case:
    """Directives of YAML, in their place and out of it."""
    head = random.choice(
        (
            b"%YAML 1.1\n---\n",
            b"%YAML 9.9\n---\n",
            b"%TAG ! tag:x,2000:\n---\n",
            b"%x\n" * 1_000 + b"---\n",
            b"%YAML 1.2\n%YAML 1.2\n---\n",
            b"---\n---\n",
            b"...\n",
            b"%" * 9_000,
        )
    )
    return book(head + RECORD)
