# SPDX-License-Identifier: Apache-2.0
"""What files are made of: JSON extracts of documents, a line each; any text of lines, taken from another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sourcebook.changeset.model import Run
from sourcebook.exact import dumps


class Extract(NamedTuple):
    """A JSON extract: whether it is an object by key, else an array; and what stands on each line of it."""

    keyed: bool
    lines: list[str]


def extract(text: str) -> Extract:
    """The lines of a JSON extract. Raises ValueError where the text has not that form."""
    first, *lines = text.split("\n")
    if first not in ("[", "{") or lines[-2:] != ["]" if first == "[" else "}", ""]:
        raise ValueError("it is not one document a line")
    found = lines[:-2]
    if not all(line.endswith(",") for line in found[:-1]) or (found and found[-1].endswith(",")):
        raise ValueError("it is not one document a line")
    return Extract(first == "{", [*(line[:-1] for line in found[:-1]), *found[-1:]])


def extract_text(one: Extract) -> str:
    """The text of a JSON extract: the other way round than `extract`."""
    begin, end = ("{", "}") if one.keyed else ("[", "]")
    inside = "\n" + ",\n".join(one.lines) if one.lines else ""
    return f"{begin}{inside}\n{end}\n"


def line_of(key: str, document: str, *, keyed: bool) -> str:
    """What stands on the line of a document."""
    return f"{dumps(key)}:{document}" if keyed else document


def lines_of(text: str) -> list[str]:
    """The lines of a text, each with its end; it ends at a line feed alone."""
    found = text.split("\n")
    return [*(f"{line}\n" for line in found[:-1]), *found[-1:]] if found[-1] else [f"{line}\n" for line in found[:-1]]


def runs_of(places: Iterable[int]) -> tuple[Run, ...]:
    """Places as runs of those that follow each other."""
    found: list[list[int]] = []
    for place in places:
        if found and found[-1][0] + found[-1][1] == place:
            found[-1][1] += 1
        else:
            found.append([place, 1])
    return tuple((start, count) for start, count in found)


def parts_of(old: str, new: str) -> tuple[Run | str, ...]:
    """``new`` as runs of lines of ``old``, each of which is taken once at most, and the texts between them."""
    before, after = lines_of(old), lines_of(new)
    places = _taken(before, after)
    found: list[Run | str] = []
    begin = 0
    while begin < len(after):
        end = begin + 1
        if places[begin] < 0:
            while end < len(after) and places[end] < 0:
                end += 1
            found.append("".join(after[begin:end]))
        else:
            while end < len(after) and places[end] == places[end - 1] + 1:
                end += 1
            found.append((places[begin], end - begin))
        begin = end
    return tuple(found)


def _taken(before: Sequence[str], after: Sequence[str]) -> list[int]:
    """For each line of a text the line of the other one that it is taken from, or -1.

    A line is looked for where the last one ended; elsewhere only one that stands in either text but once.
    """
    counts, counts_after = Counter(before), Counter(after)
    alone = {line: place for place, line in enumerate(before) if counts[line] == 1 and counts_after[line] == 1}
    places = [-1] * len(after)
    used = bytearray(len(before))
    follows = 0
    for number, line in enumerate(after):
        if follows < len(before) and not used[follows] and before[follows] == line:
            place = follows
        else:
            place = alone.get(line, -1)
            if place < 0 or used[place]:
                continue
        places[number], used[place], follows = place, 1, place + 1
        back, other = number - 1, place - 1
        while back >= 0 and other >= 0 and places[back] < 0 and not used[other] and before[other] == after[back]:
            places[back], used[other] = other, 1
            back, other = back - 1, other - 1
    return places
