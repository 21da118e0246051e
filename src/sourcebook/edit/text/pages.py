# SPDX-License-Identifier: Apache-2.0
"""Markdown pages: where their front matter ends, and their text in the place of another."""

from __future__ import annotations

import re

from sourcebook.edit.text.line_ends import Edit

_FENCE = re.compile(r"\A---[ \t]*\n(?:.*?\n)??(---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


def head_end(text: str) -> int:
    """Where the line begins that ends the front matter. The text has one (`records.front_matter`)."""
    found = _FENCE.match(text)
    assert found is not None
    return found.start(1)


def body_edits(text: str, body: str) -> list[Edit]:
    """The edits that make ``body`` the text of a page; lines at its beginning and end that stay are left alone."""
    found = _FENCE.match(text)
    assert found is not None
    start = found.end()
    if body and not text[:start].endswith("\n"):
        return [(start, len(text), "\n" + body)]
    old = _lines(text[start:])
    new = _lines(body)
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    tail = 0
    while tail < min(len(old), len(new)) - same and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    begin = start + sum(map(len, old[:same]))
    end = len(text) - sum(map(len, old[len(old) - tail :]))
    return [(begin, end, "".join(new[same : len(new) - tail]))] if begin < end or len(new) > same + tail else []


def _lines(text: str) -> list[str]:
    return [line for line in re.split(r"(?<=\n)", text) if line]
