# SPDX-License-Identifier: Apache-2.0
"""The verb ``mutate``: how strong a book's schemas and checks are, by mistakes that are made in a copy of it.

In comes a book without errors; out goes which mistakes were found, where and by what. It never writes to the book, and
knows no rule: a check is known by its findings alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from sourcebook.book import Folder
from sourcebook.check.check import check
from sourcebook.errors import UsageError
from sourcebook.mutate.kinds import KINDS
from sourcebook.mutate.model import Mutant
from sourcebook.mutate.result import Mutated, Tried, judged
from sourcebook.mutate.source import Source
from sourcebook.mutate.trial import trials
from sourcebook.progress import Progress, silent
from sourcebook.validation.wording import did_you_mean

_FAILED_MOST = 1_000  # places of a class that could not be changed, before it is given up


def mutate(
    folder: Folder,
    *,
    kinds: tuple[str, ...] = (),
    each: int = 20,
    seed: int = 0,
    jobs: int = 1,
    progress: Progress = silent,
) -> Mutated:
    """Make mistakes in copies of the book in ``folder``, one at a time, check them, and tell which are found.

    ``each`` mutants are made of every class (or of the ``kinds`` named), fewer where the book has fewer places for
    them; the same ``seed`` makes the same ones. ``jobs`` processes share the work. A book that has errors itself is
    only checked. Raises UsageError where ``folder`` is no book or a class is unknown, OSError where the disk fails.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(f"there is no class {kind!r}: {did_you_mean(kind, KINDS) or ', '.join(KINDS)}")
    wanted = kinds or tuple(KINDS)
    progress("checking the book as it is")
    checked = check(folder)
    if not checked.ok:
        return Mutated(checked, wanted, ())
    known = {(one.path, one.rule, one.message) for one in checked.findings}
    source = Source(checked)
    mutants = [mutant for kind in wanted for mutant in _made(source, kind, each, seed)]
    tried: list[Tried] = []
    for mutant, findings in trials(checked.book, mutants, jobs):
        progress("trying mutants", len(tried), len(mutants))
        new = [one for one in findings if (one.path, one.rule, one.message) not in known]
        tried.append(judged(mutant.kind, mutant.what, mutant.places(), new))
    return Mutated(checked, wanted, tuple(tried))


def _made(source: Source, kind: str, each: int, seed: int) -> Iterator[Mutant]:
    attempts = islice(KINDS[kind].make(source, random.Random(f"{seed} {kind}")), each + _FAILED_MOST)  # noqa: S311
    return islice(_different(replace(mutant, kind=kind) for mutant in attempts if mutant), each)


def _different(mutants: Iterable[Mutant]) -> Iterator[Mutant]:
    """Those that change something, each change once."""
    seen: set[frozenset[tuple[str, bytes]]] = set()
    for mutant in mutants:
        change = frozenset(mutant.after.items())
        if mutant.before != mutant.after and change not in seen:
            seen.add(change)
            yield mutant


__all__ = ["KINDS", "Mutated", "Tried", "mutate"]
