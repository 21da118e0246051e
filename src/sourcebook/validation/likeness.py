# SPDX-License-Identifier: Apache-2.0
"""Names that are nearly others: the one door to ``rapidfuzz``, which compares texts in C.

A hint is worth little time: all that are given in one `run` may compare so many names, and no more. What is compared
is counted, not timed, so that the same book always gets the same hints.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, lru_cache
from itertools import groupby

from sourcebook.alike import seen

NEAR = 0.7  # of the characters of both names are shared, in order
_LONGEST = 200  # characters of what is still taken for a name
_MOST = 10_000_000  # names to compare in one run: less than a second
_TO_SORT_ONE = 40  # as long as it takes to compare so many names


class _Budget:
    """How many names may still be compared."""

    def __init__(self) -> None:
        self.left = _MOST

    def allows(self, names: int) -> bool:
        """Whether so many names may be compared, which are counted then."""
        if names > self.left:
            return False
        self.left -= names
        return True


_budget: ContextVar[_Budget | None] = ContextVar("names that may still be compared", default=None)


@contextmanager
def run() -> Iterator[None]:
    """All hints given inside share one allowance of names to compare; outside, each has one of its own."""
    token = _budget.set(_Budget())
    try:
        yield
    finally:
        _budget.reset(token)


def affords(cost: int) -> bool:
    """Whether a run may spend on a hint what comparing so many names costs; then it is spent."""
    return (_budget.get() or _Budget()).allows(cost)


class Names:
    """A set of names, sorted so that the one nearest to a word is found fast; each word is looked for once.

    Names whose numbers differ are never near: ``item-20`` is not misspelt ``item-21``, but another item. Leading zeros
    are not counted, and a name without numbers may be near to one with some.
    """

    def __init__(self, names: Iterable[object]) -> None:
        self._by_numbers: dict[tuple[str, ...], dict[str, str]] = {}
        self._known: dict[tuple[str, float], str] = {}
        self._by_look: dict[str, str] = {}  # where some are beyond ASCII
        whole = list(names)
        for name in map(str, whole) if affords(len(whole) * _TO_SORT_ONE) else ():
            if len(name) <= _LONGEST:
                folded = name.casefold()
                self._by_numbers.setdefault(_numbers(folded), {}).setdefault(folded, name)
        self._plain = all(name.isascii() for group in self._by_numbers.values() for name in group.values())

    def nearest(self, word: object, cutoff: float = NEAR) -> str:
        """The name nearest to ``word``, or the empty string where none shares so much with it."""
        text = str(word)
        if not text or len(text) > _LONGEST:
            return ""
        found = self._known.get((text, cutoff))
        if found is None:
            found = self._looking_like(text) or self._nearest(text.casefold(), cutoff)
            self._known[text, cutoff] = found
        return found

    def _looking_like(self, word: str) -> str:
        """The name that looks like a word, and is another: however short both are, that is the one which is meant."""
        if word.isascii() and self._plain:
            return ""
        if not self._by_look:
            self._by_look = {seen(name): name for group in self._by_numbers.values() for name in group.values()}
        near = self._by_look.get(seen(word), "")
        return near if near != word else ""

    def _nearest(self, word: str, cutoff: float) -> str:
        numbers = _numbers(word)
        groups = [self._by_numbers.get(numbers, {})]
        if numbers:
            groups.append(self._by_numbers.get((), {}))
        for group in groups:
            if near := _best(word, group, cutoff):
                return near
        return "" if numbers else self._only_one(word, cutoff)

    def _only_one(self, word: str, cutoff: float) -> str:
        """The name with a number that is nearest to a word without one; of ``item-1`` and ``item-2`` neither is."""
        others, alike = self._numbered
        near = _best(word, others, cutoff)
        return near if near and alike[_letters(near.casefold())] == 1 else ""

    @cached_property
    def _numbered(self) -> tuple[dict[str, str], Counter[str]]:
        """The names with numbers, and how many are the same but for these."""
        others = {key: name for numbers, group in self._by_numbers.items() if numbers for key, name in group.items()}
        return others, Counter(map(_letters, others))


def nearest(word: object, names: Iterable[object], cutoff: float = NEAR) -> str:
    """The name nearest to ``word``, or the empty string where none is near. Names are sorted once for many words."""
    return _sorted(tuple(map(str, names))).nearest(word, cutoff)


def all_near(word: object, names: Iterable[object], cutoff: float = NEAR) -> list[str]:
    """Every name that is near to ``word``, by what `nearest` calls near; those that look like it alone, if there are.

    None where that would take too long.
    """
    text = str(word)
    others = [name for name in map(str, names) if name != text and 0 < len(name) <= _LONGEST]
    if not text or len(text) > _LONGEST or not affords(len(others)):
        return []
    folded = text.casefold().strip()
    alike = [name for name in others if seen(name).casefold() == seen(text).casefold() or name.casefold() == folded]
    if alike:
        return alike
    from rapidfuzz.distance import Indel  # slow to import, and seldom needed

    numbers = _numbers(folded)
    comparable = (name for name in others if _numbers(name) in (numbers, ()))
    return [name for name in comparable if Indel.normalized_similarity(folded, name.casefold()) >= cutoff]


def edits(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    """From where to where ``new`` differs from ``old``; nothing is there where something was taken out."""
    from rapidfuzz.distance import Indel  # slow to import, and seldom needed

    for same, steps in groupby(Indel.opcodes(old, new), lambda step: step.tag == "equal"):
        if not same:
            differing = list(steps)
            yield differing[0].dest_start, differing[-1].dest_end


@lru_cache(maxsize=32)
def _sorted(names: tuple[str, ...]) -> Names:
    return Names(names)


def _best(word: str, group: dict[str, str], cutoff: float) -> str:
    """The name nearest to ``word``; of several that are as near the one that begins most like it, then the first."""
    if word in group:
        return group[word]
    if not group or not affords(len(group)):
        return ""
    if len(group) <= _FEW and not any(_may_share(word, name, cutoff) for name in group):
        return ""
    from rapidfuzz import process  # slow to import, and not needed where all is well
    from rapidfuzz.distance import Indel, Prefix

    found = process.extract(word, group.keys(), scorer=Indel.normalized_similarity, score_cutoff=cutoff, limit=None)
    best = min(found, key=lambda one: (-one[1], -Prefix.similarity(word, one[0]), one[0]), default=None)
    return group[best[0]] if best else ""


_FEW = 64  # names that are looked at in Python first, so that what compares them need not be imported


def _may_share(word: str, name: str, cutoff: float) -> bool:
    """Whether two names have so many characters in common, in whatever order."""
    return 2 * (Counter(word) & Counter(name)).total() >= cutoff * (len(word) + len(name))


_NUMBER = re.compile(r"\d+")


def _numbers(name: str) -> tuple[str, ...]:
    """The numbers in a name, without leading zeros."""
    return tuple(number.lstrip("0") for number in _NUMBER.findall(name))


def _letters(name: str) -> str:
    """A name without its numbers."""
    return _NUMBER.sub("", name)


def similarity() -> Callable[..., float]:
    """What says of two texts how much they share, from 0 to 1; with a ``score_cutoff``, 0 where that is less."""
    from rapidfuzz.distance import Indel  # slow to import

    return Indel.normalized_similarity


def edit_distance() -> Callable[..., int]:
    """What counts the letters to put in, take out, exchange or turn round; more than a ``score_cutoff`` where many."""
    from rapidfuzz.distance import OSA

    return OSA.distance
