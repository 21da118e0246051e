# SPDX-License-Identifier: Apache-2.0
"""What must hold of whatever was read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

from sourcebook.exact import dumps, loads, same
from sourcebook.finding import Finding
from sourcebook.report.forms import FORMS, rendered
from sourcebook.report.result import Result


class Wrong(AssertionError):
    """Something does not hold."""


def holds(condition: object, what: str) -> None:
    """Raise Wrong unless ``condition``. It stays where assertions are turned off."""
    if not condition:
        raise Wrong(what)


def sampled(data: bytes, one_in: int) -> bool:
    """Whether an input is among those that are looked at more closely: always the same ones."""
    return crc32(data) % one_in == 0


def lines_of(data: bytes) -> list[str]:
    """The lines of a file as editors count them."""
    text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def right_findings(
    findings: Iterable[Finding], content: Callable[[str], bytes | None], *, whole_files: bool = False
) -> None:
    """Each finding has words and a place within its file, and can be told.

    ``content`` gives the bytes of a file, None where there is none; with ``whole_files`` a finding may be about one
    without a line.
    """
    for one in findings:
        holds(type(one) is Finding, f"no finding: {one!r}")
        holds(one.message and one.rule and one.path, f"without words: {one!r}")
        data = content(one.path)
        if whole_files and (one.line, one.column) == (0, 0):
            continue
        lines = lines_of(data) if data is not None else [""]
        holds(1 <= one.line <= len(lines), f"line {one.line} of {len(lines)}: {one!r}")
        holds(
            1 <= one.column <= len(lines[one.line - 1]) + 2, f"column {one.column}: {one!r}"
        )  # 1 for a byte order mark


_EVERYWHERE = 512  # one input in so many is told in all forms: some tell of every rule too, and take their time
_ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def tellable(findings: Sequence[Finding], data: bytes) -> None:
    """In no form of the report is there a character that could steer a terminal or a log."""
    if not findings:
        return
    result = Result(Path(), tuple(findings))
    for form in FORMS if sampled(data, _EVERYWHERE) else ("line", "github"):
        for line in rendered(result, form):
            odd = _ODD.search(line)
            holds(odd is None, f"what steers terminals is told in the form {form}: {odd!r}")


def plain_value(value: Any) -> None:
    """Plain data, without what JSON does not know, that is the same after it was JSON text."""
    _plain(value)
    text = dumps(value)
    holds(same(loads(text), value), "another value after it was JSON text")


def _plain(value: Any) -> None:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind is dict:
            for key in one:
                holds(type(key) is str, f"a key that is no text: {key!r}")
            waiting += one.values()
        elif kind is list:
            waiting += one
        elif kind is float:
            holds(math.isfinite(one), f"{one} as a value")
        elif kind is Decimal:
            holds(one.is_finite(), f"{one} as a value")
        elif kind is str:
            holds("\0" not in one, "a NUL in a value")
            one.encode("utf-8")  # raises for half of a pair
        else:
            holds(one is None or kind in (bool, int), f"a value of type {kind.__name__}")
