# SPDX-License-Identifier: Apache-2.0
"""The one door to ``frictionless``, the independent judge of a Data Package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """What frictionless finds wrong: the resource's path where it is about one, and its words."""

    file: str
    message: str


def problems(descriptor: Path) -> Iterator[Problem]:
    """Everything that frictionless finds wrong with the package at ``descriptor`` and its tables."""
    import frictionless  # a third of a second: nothing else needs it

    try:
        report = frictionless.validate(str(descriptor), type="package")
    except frictionless.FrictionlessException as error:
        yield Problem("", error.error.message)
        return
    for wrong in report.errors:
        yield Problem("", wrong.message)
    for task in report.tasks:
        for wrong in task.errors[:5]:
            yield Problem(task.place or "", wrong.message)
