# SPDX-License-Identifier: Apache-2.0
"""Records as JSON: depth, doubled keys, broken texts, several values in a line or a file."""

from __future__ import annotations

import json
from random import Random

from tests.hostile.books.kinds import hostile_values
from tests.hostile.books.model import Case, Kind, book

json_text = Kind("json")
_GOOD = {"name": "Low Light", "height": 12.5, "keepers": [{"who": "A. Keeper"}]}


def _book(data: bytes, name: str = "low.json", adopt: bool = False) -> Case:
    return book({name: data}, records="data/lights/*", adopt=adopt)


@json_text
def deep(random: Random) -> Case:
    """Lists in lists, or objects in objects."""
    depth = random.choice((63, 66, 1_000, 100_000))
    opened, closed = random.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return _book(b'{"name": "a", "x": ' + opened * depth + b"1" + closed * random.choice((depth, depth - 1, 0)) + b"}")


@json_text
def doubled_keys(random: Random) -> Case:
    """One key very many times, written in different ways."""
    key = random.choice(('"k"', '"\\u006b"', '"name"'))
    return _book(("{" + ", ".join([f"{key}: 1"] * random.choice((2, 100_000))) + "}").encode())


@json_text
def cut_short(random: Random) -> Case:
    """A good text that ends in the middle."""
    whole = json.dumps(_GOOD).encode()
    return _book(whole[: random.randrange(len(whole))], adopt=True)


@json_text
def one_byte_changed(random: Random) -> Case:
    """A good text with another byte in it."""
    whole = bytearray(json.dumps(_GOOD).encode())
    whole[random.randrange(len(whole))] = random.choice((*b'"{}[],:\\\n\0', 0xFF, 0x80, 0x1B))
    return _book(bytes(whole), adopt=True)


@json_text
def escapes(random: Random) -> Case:
    """Escapes of halves of characters, of NUL, of nothing."""
    text = random.choice(
        (
            "\\ud800",
            "\\udc00\\ud800",
            "\\u0000",
            "\\u12",
            "\\x41",
            "\\",
            "\\ud83e\\udda9",
            "\\u001b[2J",
            "\\u202e",
            "\\u2028",
        )
    )
    return _book(f'{{"name": "{text}", "{text}": 1}}'.encode(), adopt=random.random() < 0.3)


@json_text
def lines(random: Random) -> Case:
    """A value on each line, or several, or none, with the ending that says so."""
    ending = random.choice(("jsonl", "ndjson", "json", "geojson", "json5", "jsonc"))
    texts = (
        b'{"name": "a"}\n' * random.choice((2, 20_000)),
        b"\n\n\n",
        b'{"name": "a"}{"name": "b"}',
        b"// x\n{}",
        b"\x1e{}\n",
        b"{'name': 'a'}",
    )
    return _book(random.choice(texts), f"low.{ending}", adopt=True)


@json_text
def other_values(random: Random) -> Case:
    """A good record in which some values are hostile."""
    return _book(json.dumps(hostile_values.changed(random, _GOOD, 3)).encode(), adopt=True)


@json_text
def not_a_record(random: Random) -> Case:
    """A file that holds no record but another value, or nothing."""
    return _book(
        random.choice((b"", b" ", b"null", b"[]", b"[1]", b'"a"', b"1", b"\xef\xbb\xbf", b"[[{}]]", b"{}", b"true")),
        adopt=True,
    )


@json_text
def packed(random: Random) -> Case:
    """What is packed small and large inside, with the ending of data."""
    import gzip
    import io
    import zipfile

    zeros = bytes(20 << 20)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("low.yaml"), zeros, zipfile.ZIP_DEFLATED)
    data = random.choice((gzip.compress(zeros, mtime=0), whole.getvalue()))
    name = random.choice(("low.yaml", "low.json", "low.yaml.gz", "low.json.gz", "low.zip", "low.xlsx"))
    return _book(data, name, adopt=True)
