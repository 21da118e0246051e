# SPDX-License-Identifier: Apache-2.0
"""Which names are worth comparing: those that share something which a slip of the pen leaves as it is.

Each name is put under several marks: a whole word with the beginning or the end of the others, the beginnings and the
ends of all words, their consonants, and, if it is one word, that word with a letter taken out. Of a hundred thousand
names each meets a few dozen others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from sourcebook.dups.names import Name, heard

_RARE = 4  # words of a name that it is put under: those that are rarest
_PART = 3  # letters of words that make a mark; one more at their ends, which are more alike
_MANY = 150  # names that have a word: of one that more have, more of the others is looked at
_BRIEF = 4  # letters of a word of which a slip in the middle changes both its beginning and its end
_MOST = 300  # names under one mark: more share nothing that tells them from others


def candidates(names: Sequence[Name]) -> Iterator[tuple[int, int]]:
    """Pairs of different names to compare, by number; a pair may come more than once."""
    seldom = Counter(word for name in names for word in set(name.words))
    initials = {mark for name in names for mark in _by_initial(name, given=True)}
    under: defaultdict[object, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        for mark in {*_marks(name, seldom), *(initials.intersection(_by_initial(name)) if initials else ())}:
            under[mark].append(number)
    for numbers in under.values():
        if 1 < len(numbers) <= _MOST:
            yield from combinations(numbers, 2)
        elif len(numbers) > _MOST:
            yield from _finer(numbers, names)


def _finer(numbers: list[int], names: Sequence[Name]) -> Iterator[tuple[int, int]]:
    """Pairs of those names under a mark that share all their words but one, where there are too many for all pairs."""
    under: defaultdict[object, list[int]] = defaultdict(list)
    for number in numbers:
        words = names[number].words
        if len(words) > 2:
            for left_out in range(len(words)):
                under[words[:left_out] + words[left_out + 1 :]].append(number)
    for some in under.values():
        if 1 < len(some) <= _MOST:
            yield from combinations(some, 2)


def _marks(name: Name, seldom: Counter[str]) -> Iterator[object]:
    words = name.words
    if len(words) == 1:
        yield words[0]
        for at in range(len(words[0])):
            yield words[0][:at] + words[0][at + 1 :]
        yield _skeleton(words)
        return
    for word in sorted(set(words), key=seldom.__getitem__)[:_RARE]:
        if len(word) > 1:
            at = words.index(word)
            rest = "".join(words[:at] + words[at + 1 :])
            part = 2 if seldom[word] <= _MANY else _PART
            yield word, rest[:part], 0
            yield word, rest[-part:], 1
            if len(rest) <= _BRIEF:
                yield word, rest[:1] + rest[-1:], 2
    if len(words) <= _RARE:
        yield tuple(word[:_PART] for word in words)
        yield tuple(sorted(word[-_PART - 1 :] for word in words)), 1
    yield _skeleton(words)
    yield name.joined  # of which another may be written in other words


def _by_initial(name: Name, *, given: bool = False) -> Iterator[object]:
    """Each word of a name with the initials of the others; only of names that have initials, if these are ``given``."""
    words = name.words
    if 1 < len(words) <= _RARE and (not given or any(len(word) == 1 for word in words)):
        for at, word in enumerate(words):
            if len(word) > 1:
                yield word, tuple(sorted(other[0] for other in words[:at] + words[at + 1 :]))


def _skeleton(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(map(heard, words)))
