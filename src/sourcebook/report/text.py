# SPDX-License-Identifier: Apache-2.0
"""Findings for people: by file, each with the line it is about and a mark under the place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sourcebook.finding import Finding, harmless
from sourcebook.report.result import Result
from sourcebook.report.source import Sources, marked
from sourcebook.validation.wording import many

if TYPE_CHECKING:
    from sourcebook.report.groups import Group

_COLOURS = {"error": "31", "warning": "33", "path": "1", "rule": "2", "hint": "36", "frame": "2"}


def render(result: Result, colour: bool, width: int, most: int) -> Iterator[str]:
    """The first ``most`` findings, what many say alike told once; and how many there are of each kind.

    Where ``most`` is 0, all, each at its line.
    """
    from sourcebook.report.groups import Group, grouped  # which other forms do not need

    sources = Sources(result.root) if result.lines else None
    groups = list(grouped(result.findings)) if most else [Group((finding,)) for finding in result.findings]
    shown = groups[: most or None]
    path = None
    for group in shown:
        if group.first.path != path:
            if path is not None:
                yield ""
            path = group.first.path
            yield _dyed(harmless(path), "path", colour)
        yield from _finding(group.first, sources, colour, width)
        if not group.is_one:
            yield from _alike(group, colour)
    if result.findings:
        yield ""
    yield from _summary(result, groups, shown)


def _alike(group: Group, colour: bool) -> Iterator[str]:
    """Where else the same is found, and the one command that mends it."""
    margin = max(len(str(group.first.line)), 4)
    yield f"  {'':>{margin}}   {harmless(group.places())}"
    command = group.command()
    if command:
        yield f"  {'':>{margin}}   {_dyed(harmless(f'{_MENDS}{command}'), 'hint', colour)}"


_MENDS = "to mend them: "


def _finding(finding: Finding, sources: Sources | None, colour: bool, width: int) -> Iterator[str]:
    place = f"{finding.line}:{finding.column}" if finding.line else "whole file"
    level, rule = _dyed(finding.level, finding.level, colour), _dyed(harmless(finding.rule), "rule", colour)
    yield f"  {place}: {level}: {harmless(finding.message)}  {rule}"
    line = sources.line(finding.path, finding.line) if sources and finding.line else None
    margin = max(len(str(finding.line)), 4)
    if line is not None and line.strip():
        text, mark = marked(line, finding.column, max(width - margin - 5, 20))
        frame = _dyed("|", "frame", colour)
        yield f"  {finding.line:>{margin}} {frame} {text.replace('##[', '#.[')}".rstrip()
        yield f"  {'':>{margin}} {frame} {_dyed_mark(mark, finding.level, colour)}"
    if finding.hint:
        yield f"  {'':>{margin}}   {_dyed(harmless(finding.hint), 'hint', colour)}"


def _summary(result: Result, groups: Sequence[Group], shown: Sequence[Group]) -> Iterator[str]:
    counts = result.counts
    parts = [many(counts["errors"], "error"), many(counts["warnings"], "warning")]
    if counts["baseline"]:
        parts.append(f"{many(counts['baseline'], 'finding')} of the baseline")
    yield ", ".join(parts)
    hidden = sum(len(group.findings) for group in groups[len(shown) :])
    if hidden:
        yield f"{many(hidden, 'finding')} more; --all shows them"
    elif len(groups) < len(result.findings):
        yield "what was found many times is told once; --all shows each at its line"
    rules = dict.fromkeys(one.first.rule for one in groups if one.command().startswith(_FIX))
    if rules:
        yield f"`{_FIX.strip()}` mends what is certain of {', '.join(rules)}, and shows it first"
    if counts["hidden"]:
        yield f"{many(counts['hidden'], 'finding')} left out by --select, --ignore or --level"


_FIX = "sourcebook fix "


def _dyed(text: str, part: str, colour: bool) -> str:
    return f"\x1b[{_COLOURS[part]}m{text}\x1b[0m" if colour else text


def _dyed_mark(mark: str, level: str, colour: bool) -> str:
    return mark[:-1] + _dyed(mark[-1], level, colour)
