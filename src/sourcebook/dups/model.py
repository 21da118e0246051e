# SPDX-License-Identifier: Apache-2.0
"""What a look for duplicates comes to, as values. It says what looks alike, and nothing of who or what anyone is."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that speaks for two records being one, or against it: ``what`` says it in words."""

    kind: Literal["name", "date", "identifier"]
    speaks: Literal["for", "against"]
    what: str

    def __str__(self) -> str:
        return f"{'+' if self.speaks == 'for' else '-'} {self.what}"


@dataclass(frozen=True, slots=True)
class Alike:
    """A record of a pair: its key and label, and where it stands."""

    key: str | int
    label: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that look alike: how much (``score``, up to 1), and why. The first is the one that says more."""

    collection: str
    records: tuple[Alike, Alike]
    score: float
    reasons: tuple[Reason, ...]

    @property
    def merge(self) -> str:
        """The command that would make them one record, after a look at both."""
        keys = self._keys
        end = ["--"] if any(key.startswith("-") for key in keys) else []  # of options
        return shlex.join(["sourcebook", "merge", self.collection, *end, *keys])

    @property
    def different(self) -> str:
        """The command that has them never be shown again."""
        return shlex.join(["sourcebook", "dups", self.collection, "--different", *self._keys]) + " --why '…'"

    @property
    def _keys(self) -> list[str]:
        return [str(one.key) for one in self.records]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "score": self.score,
            "records": [{name: getattr(one, name) for name in one.__slots__} for one in self.records],
            "reasons": [{name: getattr(one, name) for name in one.__slots__} for one in self.reasons],
            "merge": self.merge,
            "different": self.different,
        }


@dataclass(frozen=True, slots=True)
class Compared:
    """The paths of properties that records are compared by."""

    names: tuple[str, ...]
    dates: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {name: list(getattr(self, name)) for name in self.__slots__}

    def __str__(self) -> str:
        parts = [f"names: {', '.join(self.names)}"]
        parts += [f"dates: {', '.join(self.dates)}"] if self.dates else []
        parts += [f"identifiers: {', '.join(self.identifiers)}"] if self.identifiers else []
        return "; ".join(parts)


@dataclass(frozen=True)
class Dups:
    """The pairs of a collection that look alike, those that do so most first.

    ``count`` records were compared ``by`` their properties; ``different`` pairs are not told, since the book says that
    they are judged to be different; ``told`` is what was not compared, and why.
    """

    collection: str
    count: int
    by: Compared
    threshold: float
    pairs: tuple[Pair, ...]
    different: int = 0
    told: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "collection": self.collection,
            "records": self.count,
            "by": self.by.as_dict(),
            "threshold": self.threshold,
            "different": self.different,
            "told": list(self.told),
            "pairs": [pair.as_dict() for pair in self.pairs],
        }

    def lines(self, most: int = 0) -> list[str]:
        """The same in words; the first ``most`` pairs, or all."""
        many = f"{len(self.pairs):,} pair{'' if len(self.pairs) == 1 else 's'}"
        lines = [f"{self.collection}: {many} of {self.count:,} records look alike, by {self.by}"]
        for pair in self.pairs[: most or None]:
            lines.append("")
            for number, one in enumerate(pair.records):
                label = f"  {one.label!r}" if one.label else ""
                begin = f"{pair.score:.2f}" if not number else "    "
                lines.append(f"{begin}  {one.key}{label}  {one.path}:{one.line}")
            lines += [f"      {reason}" for reason in pair.reasons]
            lines += [f"      one record:  {pair.merge}", f"      different:   {pair.different}"]
        hidden = len(self.pairs) - len(self.pairs[: most or None])
        lines += ["", f"{hidden:,} more: --all"] if hidden else []
        if self.different:
            pairs = "1 pair is" if self.different == 1 else f"{self.different:,} pairs are"
            lines += ["", f"{pairs} not shown, since the book says that they are different"]
        return [*lines, *([""] if self.told else []), *self.told]
