# SPDX-License-Identifier: Apache-2.0
"""The normalised text: what positions and hashes of anchors are counted in, specified to the code point.

In this order: what is invisible goes; a soft hyphen goes, with the line break that it stands before; Unicode's NFC;
each run of white space becomes one space; none is left at the ends. All else stays: quotation marks, dashes, hyphens,
ligatures, the case of letters, controls. The same text gives the same on every Python: see `_composed`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

UNICODE = "14.0.0"
"""The version of Unicode whose characters are composed."""

_LINE = "\t\x0b\x0c \xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_ENDS = "\n\r\x85\u2028\u2029"
SPACE = f"{_ENDS}{_LINE}"
"""The 25 code points that have the property White_Space, in every version since 6.3, as a class."""
INVISIBLE = "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
"""Zero width space, marks and controls of direction, word joiner, byte order mark: nothing is read where they stand."""

_BREAK = "(?:\r\n|[\n\r\x85\u2028])"
_invisible = re.compile(f"[{INVISIBLE}]+")
_hyphenated = re.compile(f"[{SPACE}\xad]+")
_space = re.compile(f"[{SPACE}]{{2,}}|[{SPACE.replace(' ', '')}]")
_break = re.compile(_BREAK)
_line_end = re.compile(f"[{_ENDS}]")
_PARAGRAPH = "\n"  # which stands in no text that was folded


def normalised(text: str) -> str:
    """``text`` as anchors count it. What is normalised already comes back as it is."""
    return _space.sub(" ", _visible(text)).strip(" ")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, each normalised: empty lines stand between them, or Unicode's separator.

    With a space between them they are the normalised text, which has no lines: the text as it lies there comes in.
    """
    folded = _space.sub(lambda found: _PARAGRAPH if _ends(found[0]) else " ", _visible(text))
    return [one for one in (part.strip(" ") for part in folded.split(_PARAGRAPH)) if one]


def _ends(space: str) -> bool:
    """Whether a paragraph ends in this white space."""
    return "\u2029" in space or len(_break.findall(space)) > 1


def _visible(text: str) -> str:
    """Composed, without what nothing is read of."""
    if text.isascii():
        return text
    text = _invisible.sub("", text)
    if "\xad" in text:
        text = _hyphenated.sub(_unhyphenated, text)
    return _composed(text)


def _unhyphenated(found: re.Match[str]) -> str:
    """What white space with soft hyphens stands for: nothing, where a line ends at one and the paragraph goes on."""
    space = found[0].replace("\xad", "")
    line = _line_end.split(found[0], maxsplit=1)
    return "" if len(line) > 1 and "\xad" in line[0] and not _ends(space) else space


def _composed(text: str) -> str:
    """NFC, as it is in Unicode 14.0.

    How characters compose that are assigned never changes (Unicode's policy of stability). What 14.0 has no character
    for is left as it is, and nothing composes across it, also where this Python knows a character there.
    """
    if unicodedata.unidata_version == UNICODE or not (unknown := _unknown().search(text)):
        return unicodedata.normalize("NFC", text)
    parts, end = [], 0
    while unknown:
        parts += [unicodedata.normalize("NFC", text[end : unknown.start()]), unknown[0]]
        end = unknown.end()
        unknown = _unknown().search(text, end)
    return "".join((*parts, unicodedata.normalize("NFC", text[end:])))


@cache
def _unknown() -> re.Pattern[str]:
    from sourcebook.evidence.code_points import unassigned

    return re.compile(f"[{unassigned()}]+")
