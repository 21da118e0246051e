# SPDX-License-Identifier: Apache-2.0
"""Markdown pages with front matter: fences that are missing, doubled or odd, and texts that no page should run."""

from __future__ import annotations

from random import Random

from tests.hostile.books.kinds import hostile_values
from tests.hostile.books.model import SCHEMA, Case, Kind, book

pages = Kind("pages")


def _page(data: bytes, **settings: object) -> Case:
    return book({"low.md": data}, records="data/lights/*.md", layout="front-matter", adopt=True, **settings)


@pages
def fences(random: Random) -> Case:
    """Fences that are not closed, not at the top, too many, in another language."""
    return _page(
        random.choice(
            (
                b"---\nname: a\n",
                b"\n---\nname: a\n---\n",
                b"---\n---\n",
                b"--- \nname: a\n---\t\nx",
                b"+++\nname = 1\n+++\n",
                b"{\n}\n",
                b"---",
                b"",
                b"---\r\nname: a\r\n---\r\nx\ry",
                b"---\nname: a\n...\nx",
                b"---\n" * 50_000,
                b"----\nname: a\n----\n",
                b"---\nname: |\n  ---\n---\nx",
                b"\xef\xbb\xbf---\nname: a\n---\n",
                b"---\nname: a\n--- b\n---\n",
                b"---\nname: a\n" + b"x: 1\n" * 9 + b"---\n" * 9,
            )
        )
    )


@pages
def long_page(random: Random) -> Case:
    """A page that is very long, above or below the second fence, or never closed."""
    line = random.choice((b"---x\n", b"x\n", b"- \n", b"...\n", b"\n", b" ---\n"))
    body = line * random.choice((1_000, 500_000))
    return _page(random.choice((b"---\nname: a\n---\n" + body, b"---\n" + body, b"---\nname: a\n" + body + b"---\n")))


@pages
def front(random: Random) -> Case:
    """Front matter that is no mapping, has the body's own name, or anything."""
    inner = random.choice(
        (
            b"[1]",
            b"a",
            b"null",
            b"body: x",
            b"name: &a [*a]",
            b"name: a\n---\nname: b",
            b"? [a]\n: b",
            b'name: "\\ud800"',
            b"[" * 5_000,
            b"\xff",
            b"name: \0",
        )
    )
    return _page(b"---\n" + inner + b"\n---\ntext\n")


@pages
def bodies(random: Random) -> Case:
    """Texts below the front matter that steer, run or break what shows them."""
    text = random.choice(
        (
            *hostile_values.TEXTS,
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[" * 20_000,
            "*" * 50_000,
            "> " * 20_000,
            "`" * 50_000,
            "![](" * 9_000,
            "<" * 9_000,
            "\ufffe",
            "a\0b",
        )
    )
    return _page(b"---\nname: a\n---\n" + text.encode("utf-8", "surrogatepass"))


@pages
def body_names(random: Random) -> Case:
    """The field of the text with a name that means something else."""
    name = random.choice(
        ("name", "id", "", "rowid", "\x1b[2J", "a.b", "a[]", "é", "_key", "x" * 300, "keepers", "lights")
    )
    return _page(
        b"---\nname: a\n---\ntext\n",
        schema="schemas/lights.schema.json",
        body=name,
        key=random.choice((None, "name", "body", name or "x")),
    )


@pages
def other_endings(random: Random) -> Case:
    """Pages with endings of data, and data with endings of pages."""
    name = random.choice(("low.yaml", "low.json", "low.mdx", "low.MD", "low.markdown", "low.html", "low.txt", "low"))
    return book(
        {name: b"---\nname: a\n---\ntext\n", "b.md": b"name: a\n"},
        SCHEMA,
        records="data/lights/*",
        layout="front-matter",
        adopt=True,
    )
