# SPDX-License-Identifier: Apache-2.0
"""What answers statements, in words: a sentence each, in readers' order, with who says so and where.

What answers such an answer is told by who says it, and not by its words: none of those that are quoted stands without
that, and no text is without end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sourcebook.book import ANSWER_KINDS, AnswerKind

Key = tuple[str, Any]
Links = Mapping[Key, Mapping[AnswerKind, Collection[Key]]]
Time = tuple[bool, str, int]  # of a statement: whether it has no date, its date, its place among all records

_MOST_SENTENCES = 40
_MOST_NAMES = 20
_MOST_BESIDE = 5  # answers to an answer
_MOST_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Brief:
    """A statement, as far as it is told of where it answers another; ``key`` as a text."""

    key: str
    text: tuple[str, ...]
    by: tuple[str, ...]
    knowledge: tuple[str, ...] = ()
    published_in: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    hedge: tuple[str, ...] = ()


def named(names: Iterable[str]) -> str | None:
    """Names in a text, each once; None where there is none. Of very many, how many more there are."""
    some = list(dict.fromkeys(_in_line(one) for one in names if one))
    more = [f"and {len(some) - _MOST_NAMES:,} more"] if len(some) > _MOST_NAMES else []
    return "; ".join(some[:_MOST_NAMES] + more) or None


def in_words(keys: Collection[Key], links: Links, briefs: Mapping[Key, Brief], times: Mapping[Key, Time]) -> str | None:
    """What answers some statements, in words, each way in the order of time; None where nothing does.

    ``links`` of one statement are in that order; ``times`` put those of several into it.
    """
    answers = list(_answers(keys, links, times))
    told = [_sentence(kind, other, keys, links, briefs) for kind, other in answers[:_MOST_SENTENCES]]
    more = len(answers) - _MOST_SENTENCES
    return " ".join([*told, *([f"And {more:,} more answers."] if more > 0 else [])]) or None


def _answers(
    keys: Iterable[Key], links: Links, times: Mapping[Key, Time] | None = None
) -> Iterator[tuple[AnswerKind, Key]]:
    """What answers any of some statements, each once in a way, the ways as readers need them.

    What answers them in another way too is not told again to contradict them.
    """
    ways = [links[key] for key in keys if key in links]
    said = {other for some in ways for kind, others in some.items() if not kind.symmetric for other in others}
    for kind in ANSWER_KINDS if ways else ():
        others = dict.fromkeys(other for some in ways for other in some.get(kind, ()))
        for other in sorted(others, key=times.__getitem__) if times and len(ways) > 1 else others:
            if not (kind.symmetric and other in said):
                yield kind, other


def _sentence(kind: AnswerKind, other: Key, keys: Collection[Key], links: Links, briefs: Mapping[Key, Brief]) -> str:
    brief = briefs[other]
    lead = kind.told_by(_few(brief.by))
    if brief.knowledge:
        lead += f", on the knowledge of {_few(brief.knowledge)}"
    where = ", ".join(filter(None, (_few(brief.published_in), _few(brief.at))))
    beside = [where] if where else []
    if brief.hedge:
        beside.append(f"with the reservation “{_few(brief.hedge)}”")
    beside += _beside(other, keys, links, briefs)
    return f"{lead}: “{_in_line('; '.join(brief.text))}”" + (f" ({'; '.join(beside)})." if beside else ".")


def _beside(other: Key, keys: Collection[Key], links: Links, briefs: Mapping[Key, Brief]) -> list[str]:
    """What answers an answer: how, by whom, by its key. That the statements at hand contradict it is said before."""
    found = [(kind, one) for kind, one in _answers((other,), links) if not (kind.symmetric and one in keys)]
    leads = [(kind.told_by(_few(briefs[one].by)), briefs[one].key) for kind, one in found[:_MOST_BESIDE]]
    told = [f"{lead[0].lower()}{lead[1:]}, {key}" for lead, key in leads]
    more = len(found) - _MOST_BESIDE
    return [*told, *([f"and {more:,} more answers"] if more > 0 else [])]


def _few(names: Collection[str]) -> str:
    some = [_in_line(one) for one in names]
    return ", ".join(some[:_MOST_BESIDE]) + (
        f" and {len(some) - _MOST_BESIDE:,} more" if len(some) > _MOST_BESIDE else ""
    )


def _in_line(text: str) -> str:
    """A text on one line, the beginning of a long one."""
    line = " ".join(text.split())
    return line if len(line) <= _MOST_CHARACTERS else f"{line[: _MOST_CHARACTERS - 1].rstrip()}…"
