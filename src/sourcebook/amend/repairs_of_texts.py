# SPDX-License-Identifier: Apache-2.0
"""Repairs of texts that cannot be parsed, and of what only looks untidy: no value that could be read may differ after.

A repair of a text that cannot be parsed is believed only where the text can be parsed after it. One mistake is mended
at a time, at the place that the reader tells; what is not on that line stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sourcebook.book import Collection
from sourcebook.exact import same
from sourcebook.finding import Finding
from sourcebook.parse import Limits, Parsed
from sourcebook.records.layout import parse_file

_MOST = 400  # mistakes of one file that are mended
_WIDTHS = (2, 4, 8)  # spaces that a tab may stand for


@dataclass(frozen=True, slots=True)
class TextRepair:
    """A text mended: its bytes, whether that is certain, and what was done, with the lines that it was done in."""

    data: bytes
    certain: bool
    what: tuple[str, ...]
    why_not: str = ""


Mender = Callable[[str, int, re.Match[str]], str | None]
"""Of a line, the column of the mistake from 0, and what its message says: the line without it, or None."""


def _space(line: str, at: int, _found: re.Match[str]) -> str | None:
    character = line[at : at + 1]
    unseen = character in "\u200b\u2060\ufeff"
    return line[:at] + ("" if unseen else " ") + line[at + 1 :] if character else None


def _after_colon(line: str, at: int, _found: re.Match[str]) -> str | None:
    colon = line.find(":", at)
    return line[: colon + 1] + " " + line[colon + 1 :] if colon >= 0 else None


def _after_hyphen(line: str, at: int, _found: re.Match[str]) -> str | None:
    return f"{line[:at]}- {line[at + 1 :]}" if line[at : at + 1] == "-" else None


def _hyphen(line: str, at: int, _found: re.Match[str]) -> str | None:
    return f"{line[:at]}-{line[at + 1 :]}"


def _colon(line: str, at: int, _found: re.Match[str]) -> str | None:
    return f"{line[:at]}: {line[at + 1 :].lstrip()}" if line[at : at + 1] == "：" else None


def _in_quotes(line: str, _at: int, _found: re.Match[str]) -> str | None:
    """The value of the line, which is one text, in quotes."""
    found = re.fullmatch(r"( *(?:- +)*[^\s:#'\"\[{&*!|>%@`-][^\s:#]*: +|(?: *- +)+)([^'\"\[{|>&*!].*?)( +#.*)?", line)
    if not found or '"' in found[2] or "\\" in found[2]:
        return None
    return f'{found[1]}"{found[2]}"{found[3] or ""}'


def _removed(line: str, at: int, _found: re.Match[str]) -> str | None:
    return line[:at] + line[at + 1 :]


# What the reader says, how its line is mended, and whether nothing else can be meant.
_MENDERS: tuple[tuple[re.Pattern[str], Mender, bool, str], ...] = (
    (re.compile(r"the blank U\+[0-9A-F]{4} (?:where|after)"), _space, True, "a space that is one"),
    (re.compile(r"a line that is no key, for its colon"), _after_colon, False, "a space after the colon"),
    (re.compile(r"a hyphen without a space after it"), _after_hyphen, False, "a space after the hyphen"),
    (re.compile(r". \(U\+[0-9A-F]{4}\) begins no item"), _hyphen, False, "a hyphen before the item"),
    (re.compile(r"the wide colon"), _colon, False, "a colon of ASCII"),
    (re.compile(r"text cannot begin with|a colon with a space after it"), _in_quotes, False, "quotes around the text"),
    (re.compile(r"a comma before the closing"), _removed, True, "no comma after the last"),
)
_TAB = re.compile("a tab where only spaces may be")


def mended(collection: Collection, path: str, data: bytes, limits: Limits) -> TextRepair:
    """The file ``path`` of a collection, which cannot be parsed, mended as far as that leads to a text that can be."""
    data, what = _as_utf8(data)
    certain = not any(one.startswith("likely") for one in what)
    if not _parsed(collection, path, data, limits).broken:
        return TextRepair(data, certain, what)
    found: list[TextRepair] = []
    for width in _WIDTHS:
        found.append(_mended(collection, path, data, limits, width))
        if b"\t" not in data:
            break
    good = [one for one in found if not one.why_not]
    if not good:
        return TextRepair(data, False, (), found[0].why_not)
    values = [[one.value for one in _parsed(collection, path, each.data, limits).documents] for each in good]
    if not all(same(values[0], other) for other in values[1:]):
        why = "what is meant depends on how many columns a tab is wide"
        return TextRepair(data, False, (), why)
    best = good[0]
    return TextRepair(best.data, best.certain and certain, (*what, *best.what))


def _parsed(collection: Collection, path: str, data: bytes, limits: Limits) -> Parsed:
    return parse_file(collection, data, path, limits)


def _as_utf8(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The bytes as UTF-8, where a mark at their beginning says that they are UTF-16; else as Windows-1252, likely."""
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16").encode(), ("UTF-16 as UTF-8",)
        data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            return data, ()
        if not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", text):
            return text.encode(), ("likely Windows-1252 as UTF-8",)
    return data, ()


def _mended(collection: Collection, path: str, data: bytes, limits: Limits, width: int) -> TextRepair:
    what: dict[str, list[int]] = {}
    certain = True
    for _ in range(_MOST):
        error = next((one for one in _parsed(collection, path, data, limits).findings if one.level == "error"), None)
        if error is None:
            told = tuple(f"{words}, {_lines(numbers)}" for words, numbers in what.items())
            return TextRepair(data, certain, told)
        step = _step(data, error, width)
        if step is None or step[0] == data:
            return TextRepair(data, False, (), f"what is meant is not clear: {error.message}")
        data, sure, words = step
        certain = certain and sure
        what.setdefault(words, []).append(error.line)
    return TextRepair(data, False, (), f"there is more wrong in it than {_MOST} mistakes")


def _lines(numbers: list[int]) -> str:
    some = ", ".join(map(str, numbers[:5])) + (f" and {len(numbers) - 5} more" if len(numbers) > 5 else "")
    return f"line{'' if len(numbers) == 1 else 's'} {some}"


def _step(data: bytes, error: Finding, width: int) -> tuple[bytes, bool, str] | None:
    """The text with one mistake mended, whether that is certain, and what was done."""
    try:
        pieces = re.split("(\r\n|\r|\n)", data.decode("utf-8"))
    except UnicodeDecodeError:
        return None
    number = 2 * (error.line - 1)
    if not 0 <= number < len(pieces):
        return None
    mark = "\ufeff" if number == 0 and pieces[0].startswith("\ufeff") else ""
    line = pieces[number].removeprefix(mark) if mark else pieces[number]
    if _TAB.search(error.message):
        bare = line.lstrip(" \t")
        blank = line[: len(line) - len(bare)].replace("\t", " " * width)
        dash = re.match(r"((?:-[ \t]+)*)", bare)
        head = dash[1].replace("\t", " ") if dash else ""
        pieces[number] = mark + blank + head + bare[len(head) if dash else 0 :]
        return "".join(pieces).encode(), True, "spaces for tabs"
    for message, mender, certain, words in _MENDERS:
        found = message.search(error.message)
        if found:
            new = mender(line, error.column - 1, found)
            if new is None:
                return None
            pieces[number] = mark + new
            return "".join(pieces).encode(), certain, words
    return None


# --- what is untidy -------------------------------------------------------------------------------------------------

TIDY = ("final-newline", "trailing-spaces")
"""Repairs of what no rule finds fault with."""


def tidied(
    collection: Collection, path: str, data: bytes, limits: Limits, wanted: tuple[str, ...] = TIDY
) -> TextRepair | None:
    """A file that can be parsed, with a line break at its end and no spaces at the ends of lines; None if it has so.

    Spaces that are part of a value stay.
    """
    ends = data.endswith((b"\n", b"\r"))
    if not data.strip() or (ends and not _TRAILING.search(data)):
        return None
    before = _parsed(collection, path, data, limits)
    if before.broken:
        return None
    new, what = data, []
    if "trailing-spaces" in wanted:
        new, count = _without_trailing(collection, path, data, limits, before)
        what += [f"no spaces at the end of {count} line{'' if count == 1 else 's'}"] if count else []
    if "final-newline" in wanted and not ends:
        ended = new + (b"\r\n" if b"\r\n" in new else b"\n")
        if _reads_so(collection, path, ended, limits, before):
            new, what = ended, [*what, "a line break at the end"]
    return TextRepair(new, True, tuple(what)) if what else None


_TRAILING = re.compile(rb"[ \t]+(?=\r?\n|\r|\Z)")


def _without_trailing(
    collection: Collection, path: str, data: bytes, limits: Limits, before: Parsed
) -> tuple[bytes, int]:
    spans = [found.span() for found in _TRAILING.finditer(data)]

    def without(some: list[tuple[int, int]]) -> bytes:
        pieces, at = [], 0
        for begin, end in some:
            pieces.append(data[at:begin])
            at = end
        return b"".join([*pieces, data[at:]])

    def harmless(some: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Those that are part of no value: of some that are together not, each half is looked at."""
        if not some or _reads_so(collection, path, without(some), limits, before):
            yield from some
        elif len(some) > 1:
            middle = len(some) // 2
            yield from harmless(some[:middle])
            yield from harmless(some[middle:])

    good = list(harmless(spans))
    if good and not _reads_so(collection, path, without(good), limits, before):
        return data, 0
    return without(good), len(good)


def _reads_so(collection: Collection, path: str, data: bytes, limits: Limits, before: Parsed) -> bool:
    after = _parsed(collection, path, data, limits)
    if after.broken or len(after.documents) != len(before.documents):
        return False
    return all(
        same(one.value, other.value) for one, other in zip(before.documents, after.documents, strict=True)
    ) and len(after.findings) == len(before.findings)
