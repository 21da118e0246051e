# SPDX-License-Identifier: Apache-2.0
"""The text of a page of HTML, as lxml reads it: its door. No tree is built, so that depth costs nothing."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from lxml import etree

from sourcebook.evidence.refused import Refused

VERSION = f"lxml {etree.__version__}"

_LEFT_OUT = frozenset({"head", "noscript", "script", "style", "svg", "template", "title", "math", "object", "iframe"})
_STRUCK = frozenset({"del", "s", "strike"})  # which is shown as taken back
_UNSEEN = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\b", re.IGNORECASE)
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tr", "ul"),
        *("tbody", "thead", "tfoot", "caption", "html"),
    }
)
_CELLS = frozenset({"td", "th", "option", "button"})
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)


class _Target:
    """Is told of elements and their text, in order."""

    def __init__(self, longest: int) -> None:
        self._parts: list[str] = []
        self._left_out: list[str] = []
        self._longest = longest
        self._size = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._left_out:
            if tag == self._left_out[-1]:
                self._left_out.append(tag)
        elif tag in _LEFT_OUT or tag in _STRUCK or _is_unseen(attributes):
            self._left_out.append(tag)
        elif tag in _BLOCKS:
            self._parts.append("\n\n")
        elif tag == "br":
            self._parts.append("\n")
        elif tag in _CELLS:
            self._parts.append(" ")

    def end(self, tag: str) -> None:
        if self._left_out:
            if tag == self._left_out[-1]:
                self._left_out.pop()
        elif tag in _BLOCKS:
            self._parts.append("\n\n")
        elif tag in _CELLS:
            self._parts.append(" ")

    def data(self, text: str) -> None:
        if not self._left_out:
            self._size += len(text)
            if self._size > self._longest:
                raise Refused(f"its text has more than {self._longest:,} characters")
            self._parts.append(_LINES.sub(" ", text))

    def comment(self, text: str) -> None:
        pass

    def close(self) -> str:
        return "".join(self._parts)


def _is_unseen(attributes: Mapping[str, str]) -> bool:
    """Whether an element says itself that it is not shown; style sheets are not read."""
    return "hidden" in attributes or bool(_UNSEEN.search(attributes.get("style", "")[:1_000]))


_LINES = re.compile(r"[\n\r\t\f]+")  # lines of the file mean nothing in HTML


def text_of(data: bytes, longest: int) -> str:
    """The text of what is shown of a page. Raises `Refused` where it is too long, or in an unknown encoding."""
    text = _decoded(data)
    parser = etree.HTMLParser(target=_Target(longest), encoding="utf-8", huge_tree=True)
    parser.feed(text.encode("utf-8", "replace"))
    found: str = parser.close()
    return found


def _decoded(data: bytes) -> str:
    """By the mark at its beginning, else by what the page says of itself, else as UTF-8."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name)
    said = _CHARSET.search(data[:4096])
    name = said[1].decode("ascii").lower() if said else "utf-8"
    if name in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"):
        name = "cp1252"  # as the web's standard has it
    try:
        return data.decode(name)
    except LookupError:
        raise Refused(f"it says that it is in {name}, which is no encoding known here") from None
