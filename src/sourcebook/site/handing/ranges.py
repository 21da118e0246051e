# SPDX-License-Identifier: Apache-2.0
"""The header Range: which parts of a file are asked for (RFC 9110, section 14)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

_MOST = 32  # parts: who asks for more gets the whole file, which costs less than they do
_LONGEST = 19  # digits: no file is larger
_SPEC = re.compile(r"[ \t]*(\d*)-(\d*)[ \t]*", re.ASCII)


class Span(NamedTuple):
    """Bytes of a file from ``start`` to before ``stop``."""

    start: int
    stop: int


def spans(header: str, size: int) -> list[Span] | None:
    """The parts of a file of ``size`` bytes that a header Range asks for, in its order; none where it has none of them.

    None, where the whole file is to be sent: the header is not understood, or asks for too many parts. Parts that
    overlap are made one, and are then in the order of the file.
    """
    unit, equals, said = header.partition("=")
    if not equals or unit.strip().lower() != "bytes" or said.count(",") >= 4 * _MOST:
        return None
    found = []
    for one in filter(str.strip, said.split(",")):
        asked = _SPEC.fullmatch(one)
        if asked is None or not any(asked.groups()):
            return None
        first, last = map(_number, asked.groups())
        if first is not None and last is not None and last < first:
            return None
        found.append(_span(first, last, size))
    if not found:
        return None
    there = [one for one in found if one is not None]
    if there and not size:
        return None  # the last bytes of a file without any: it is sent whole
    there = _apart(there)
    return there if len(there) <= _MOST else None


def _number(digits: str) -> int | None:
    digits = digits.lstrip("0") or digits[:1]
    return (int(digits) if len(digits) <= _LONGEST else 10**_LONGEST) if digits else None


def _span(first: int | None, last: int | None, size: int) -> Span | None:
    if first is None:
        return Span(max(size - last, 0), size) if last else None
    if first >= size:
        return None
    return Span(first, size if last is None else min(last + 1, size))


def _apart(found: list[Span]) -> list[Span]:
    in_order = sorted(found)
    if all(one.stop <= other.start for one, other in pairwise(in_order)):
        return found
    merged = [in_order[0]]
    for one in in_order[1:]:
        if one.start <= merged[-1].stop:
            merged[-1] = Span(merged[-1].start, max(merged[-1].stop, one.stop))
        else:
            merged.append(one)
    return merged
