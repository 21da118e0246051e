# SPDX-License-Identifier: Apache-2.0
"""Progress for people who wait, on standard error: a bar with the rate and the time left, where it is a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from sourcebook.progress import Progress, Stopwatch

_PATIENCE = 1.0  # seconds in which nobody needs to be told anything
_OFTEN = 0.1


@contextmanager
def waiting(*, profile: bool = False, quiet: bool = False) -> Iterator[Progress]:
    """A progress report on the terminal, gone at the end; with ``profile``, then the time that each stage took.

    None where it is to be ``quiet``.
    """
    bar = _Waiting(quiet=quiet)
    watch = Stopwatch(bar)
    try:
        yield watch
    finally:
        watch.stop()
        bar.close()
    for stage, seconds in watch.seconds.items() if profile else ():
        click.echo(f"{seconds:8.3f} s  {stage}", err=True)


profiled = click.option("--profile", is_flag=True, help="Print where the time went, a line a stage.")


class _Waiting:
    """A progress report on the terminal. Nothing in the first second, nothing where nobody looks."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._begun = self._told = time.monotonic()
        self._bar: Any = None
        self._task: Any = None
        self._stage = ""

    def __call__(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Show how far ``stage`` is."""
        if self._quiet:
            return
        if stage.startswith("another build"):
            click.echo(f"{stage} …", err=True)
            return
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self._begun < _PATIENCE:
            return
        if stage == self._stage and now - self._told < _OFTEN and done < total:
            return
        self._told = now
        self._show(stage, done, total)

    def _show(self, stage: str, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = _bar()
            self._bar.start()
        if stage != self._stage:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(stage, total=total or None)
            self._stage = stage
        self._bar.update(self._task, completed=done, total=total or None, refresh=True)

    def close(self) -> None:
        """Take the bar away, so that what is printed next stands alone."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _bar() -> Any:
    # Slow to import, and nobody waits for it who does not wait anyway.
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar
    from rich.text import Text

    class Rate(ProgressColumn):
        """Things a second."""

        def render(self, task: Any) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate())
    # Without a thread of its own: a process with threads is not to be forked.
    return Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True, auto_refresh=False)
