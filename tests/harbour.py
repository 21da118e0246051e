# SPDX-License-Identifier: Apache-2.0
"""Pages of the made-up book of ``tests/site``, asked of the functions that make them, without a server."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import sourcebook
from sourcebook.site import routes
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.published import Published

BOOK = Path(__file__).parent / "site" / "book"
SITE = "https://book.example/"


@contextmanager
def opened(
    above: Path, change: Callable[[Path], object] = lambda _: None, book: Path = BOOK, *, extracts: bool = True
) -> Iterator[Published]:
    """A release of a copy of the book below ``above``, after a ``change`` to it."""
    folder = above / "book"
    shutil.copytree(book, folder)
    change(folder)
    built = sourcebook.build(folder, formats=None if extracts else ())
    assert built.release, "\n".join(map(str, built.checked.findings))
    found = Published(built.release)
    try:
        yield found
    finally:
        found.close()


def get(opened: Published, address: str, *, data: bool = False, site: str = SITE) -> Answer:
    """The answer at an address below the site's root, which begins with a slash."""
    parts = urlsplit(address)
    query: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        query[name] = (*query.get(name, ()), value)
    path = tuple(map(unquote, parts.path.removeprefix("/").split("/")))
    answer = routes.answer(opened, Asked(path, query, "/", site, data or parts.path.endswith(".json")))
    return answer if answer.pieces is None else replace(answer, body=b"".join(answer.pieces), pieces=None)


def text(answer: Answer) -> str:
    """What a reader sees of a page, roughly: its text, with single spaces."""
    page = re.sub(r"</?(a|bdi|mark|code|b|time|strong)\b[^>]*>", "", answer.body.decode())
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def links(answer: Answer) -> dict[str, str]:
    """The links of a page: by address, the text of the last one."""
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', answer.body.decode(), re.DOTALL)
    return {html.unescape(href): html.unescape(re.sub(r"<[^>]*>", "", words)) for href, words in found}


def replaced(path: str, old: str, new: str) -> Callable[[Path], object]:
    """A change of the book: ``old`` text of one of its files becomes ``new``."""

    def change(folder: Path) -> None:
        file = folder / path
        content = file.read_text("utf-8")
        assert old in content
        file.write_text(content.replace(old, new), encoding="utf-8")

    return change
