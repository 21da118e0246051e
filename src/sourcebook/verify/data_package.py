# SPDX-License-Identifier: Apache-2.0
"""The Data Package, judged by ``frictionless``, which is independent of us: the one door to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sourcebook.book import DESCRIPTOR
from sourcebook.export import PACKAGE
from sourcebook.verify.case import Case


def packages(case: Case) -> None:
    """Frictionless finds both descriptors and all their tables valid."""
    for folder, name in ((case.folder, PACKAGE), (case.book.root, DESCRIPTOR)):
        file = PACKAGE if name == PACKAGE else f"{DESCRIPTOR} (by frictionless)"
        for problem in _problems(folder / name):
            case.differs(problem.file or file, f"frictionless: {problem.message}")
        case.ledger.performed("frictionless", 1)


@dataclass(frozen=True, slots=True)
class _Problem:
    """What frictionless finds wrong: the resource's path where it is about one, and its words."""

    file: str
    message: str


def _problems(descriptor: Path) -> Iterator[_Problem]:
    """Everything that frictionless finds wrong with the package at ``descriptor`` and its tables."""
    import frictionless  # a third of a second: nothing else needs it

    try:
        report = frictionless.validate(str(descriptor), type="package")
    except frictionless.FrictionlessException as error:
        yield _Problem("", error.error.message)
        return
    for wrong in report.errors:
        yield _Problem("", wrong.message)
    for task in report.tasks:
        for wrong in task.errors[:5]:
            yield _Problem(task.place or "", wrong.message)
