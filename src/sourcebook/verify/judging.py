# SPDX-License-Identifier: Apache-2.0
"""The judges, in a process that can be ended: a release may be forged so that reading it takes hours, or all memory.

What a judge may take is reckoned by the database compiled from the records just now, and by nothing in the release.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from sourcebook import apart
from sourcebook.check.result import Checked
from sourcebook.errors import EnvironmentFailure
from sourcebook.finding import Ledger
from sourcebook.progress import Progress
from sourcebook.verify.case import Case
from sourcebook.verify.data_package import load
from sourcebook.verify.result import Difference

Judge = Callable[[Case], None]

_SECONDS = 120.0
_BYTES_A_SECOND = 200_000  # of the database: what verifying a large release takes, several times over
_MEMORY = 2 * 1024**3
_MEMORY_A_BYTE = 20
_MOST = 20_000  # differences that are told of by one judge
_LONGEST = 4_000  # characters of one


class Judging:
    """A release judged: ``differences`` and ``ledger`` are what all judges found, ``told`` names those who found any.

    ``of_extracts`` names judges that have nothing to judge where there are none; ``of_files`` those for whom the
    database is not read, so that nothing can be its fault.
    """

    def __init__(self, judges: Mapping[str, Judge], *, of_extracts: Collection[str], of_files: Collection[str]) -> None:
        self.differences: list[Difference] = []
        self.told: set[str] = set()
        self.ledger = Ledger()
        self._judges = judges
        self._of_extracts = of_extracts
        self._of_files = of_files

    def of(self, checked: Checked, folder: Path, aside: Path, progress: Progress) -> None:
        """Have every judge look at the release in ``folder``; ``aside`` is a folder with the database compiled anew."""
        size = (aside / checked.book.database).stat().st_size
        allowed = apart.Allowed(_SECONDS + size / _BYTES_A_SECOND, memory=_MEMORY + size * _MEMORY_A_BYTE)
        names = list(self._judges)
        load()  # here, once for all that this process verifies
        task = partial(self._judged, _Cases(checked, folder, aside), names)
        with closing(apart.mapped(task, len(names), allowed)) as results:
            for name in names:
                progress(f"verifying {name}")
                self._take(name, next(results), checked.book.database)

    def _take(self, name: str, result: Any, database: str) -> None:
        if isinstance(result, apart.Over):
            if result.what == "end":
                raise EnvironmentFailure(f"the process that was verifying {name} has ended: is there enough memory?")
            much = {"time": "time", "memory": "memory", "result": "room"}[result.what]
            self.told.add(name)
            self.differences.append(Difference(database, f"{name}: takes more {much} than any release of such records"))
            return
        found, counted = result
        if found:
            self.told.add(name)
        self.differences += [Difference(file, message) for file, message in found]
        self.ledger.add(Ledger.of(counted))

    def _judged(self, cases: _Cases, names: list[str], number: int, _at: apart.At) -> Any:
        """What one judge says, as plain data."""
        name, case = names[number], cases.case
        case.differences, case.ledger = [], Ledger()
        if name in self._of_extracts and not case.extracts:
            case.ledger.skipped(name, "the release was built without extracts")
        else:
            with nullcontext() if name in self._of_files else case.guarded(case.database):
                self._judges[name](case)
        return list(_told(case.differences)), case.ledger.as_dict()


class _Cases:
    """Where a process has its case, once it has asked for it."""

    def __init__(self, checked: Checked, folder: Path, aside: Path) -> None:
        self._told = checked, folder, aside
        self._case: Case | None = None

    @property
    def case(self) -> Case:
        if self._case is None:
            checked, folder, aside = self._told
            if apart.FORKS:
                tempfile.tempdir = str(aside)  # so that nothing is left of a process that is ended
            self._case = Case(checked, folder, aside / checked.book.database)
        return self._case


def _told(differences: list[Difference]) -> Iterator[tuple[str, str]]:
    for one in differences[:_MOST]:
        cut = one.message if len(one.message) <= _LONGEST else f"{one.message[:_LONGEST]} …"
        yield one.file, cut
