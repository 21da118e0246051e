# SPDX-License-Identifier: Apache-2.0
"""What an anchor is, as a record carries it; what may come of holding it against a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

BLOCK = 4
"""Tokens that are hashed together in a neighbour, so that no hash is that of a guess at a single word."""
DIGITS = 12
"""Of the hash of a block, in hexadecimal: enough to know it again, and no more."""

NAMES = ("start", "end", "sha256", "quote", "before", "after")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HASHED = re.compile(rf"sha256:,*[0-9a-f]{{{DIGITS}}}(?:,+[0-9a-f]{{{DIGITS}}})*")
_HASH = "sha256:"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A passage of a text that is not here: code points ``start`` to before ``end`` of the normalised text, its hash.

    ``quote`` are words of it, with ellipses where some are left out. ``before`` and ``after`` are its neighbours: a few
    words, or hashes of blocks of tokens, the nearest first (``sha256:3f2a9c01b2d4,,…``); a block may be left out, with
    nothing between two commas. What is not said is empty.
    """

    start: int
    end: int
    sha256: str
    quote: str = ""
    before: str = ""
    after: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As it stands in a record: what is empty is left out."""
        return {name: value for name in NAMES if (value := getattr(self, name)) != ""}


Kind = Literal["same", "moved", "ambiguous", "altered", "gone", "unverifiable"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an anchor in a text: ``start`` and ``end`` are where the passage stands now, -1 where nowhere.

    Of one that was altered they are what stands in its place; ``places`` are those that an ambiguous one may have (the
    first of them), and ``why`` says in a few words by what it was judged.
    """

    kind: Kind
    start: int = -1
    end: int = -1
    places: tuple[int, ...] = ()
    why: str = ""


class Malformed(ValueError):
    """A value that is no anchor: ``name`` is the property that is wrong, empty if it is the whole."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message


def anchor_of(value: object) -> Anchor:
    """The anchor that stands in a record. Raises `Malformed` where it is none."""
    if not isinstance(value, Mapping):
        raise Malformed("", "an anchor is a mapping with start, end and sha256")
    for name in ("start", "end", "sha256"):
        if name not in value:
            raise Malformed("", f"an anchor without {name!r}")
    for name in ("start", "end"):
        if not isinstance(value[name], int) or isinstance(value[name], bool) or value[name] < 0:
            raise Malformed(name, f"{name} is a place in the normalised text, counted in code points from 0")
    if value["end"] <= value["start"]:
        raise Malformed("end", "an anchor that ends before it has begun")
    if not isinstance(value["sha256"], str) or not _SHA256.fullmatch(value["sha256"]):
        raise Malformed(
            "sha256", "sha256 is the hash of the normalised passage, 64 hexadecimal digits in small letters"
        )
    for name in ("quote", "before", "after"):
        said = value.get(name, "")
        if not isinstance(said, str):
            raise Malformed(name, f"{name} is a text")
        if name != "quote" and said.startswith(_HASH) and not _HASHED.fullmatch(said):
            raise Malformed(
                name, f"{name} is a few words, or {_HASH} and hashes of {DIGITS} digits with commas between"
            )
    given = {name: value[name] for name in NAMES if name in value}
    return Anchor(**given)


def hashes_of(neighbour: str) -> list[str]:
    """The hashes of a neighbour that is hashed, empty where a block is left out; none of one that is words."""
    return neighbour.removeprefix(_HASH).split(",") if neighbour.startswith(_HASH) else []


def hashed(blocks: Mapping[int, str]) -> str:
    """A neighbour made of the hashes of blocks, by their number from the passage; the empty text of none."""
    return _HASH + ",".join(blocks.get(number, "") for number in range(max(blocks) + 1)) if blocks else ""
