# SPDX-License-Identifier: Apache-2.0
"""Findings for people: by file, each with the line it is about and a mark under the place."""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.finding import Finding, harmless
from sourcebook.report.result import Result
from sourcebook.report.source import Sources, marked
from sourcebook.validation.wording import many

_COLOURS = {"error": "31", "warning": "33", "path": "1", "rule": "2", "hint": "36", "frame": "2"}


def render(result: Result, colour: bool, width: int, most: int) -> Iterator[str]:
    """The first ``most`` findings (0: all), and how many there are of each kind."""
    sources = Sources(result.root)
    shown = result.findings[: most or None]
    path = None
    for finding in shown:
        if finding.path != path:
            if path is not None:
                yield ""
            path = finding.path
            yield _dyed(harmless(path), "path", colour)
        yield from _finding(finding, sources, colour, width)
    if result.findings:
        yield ""
    yield from _summary(result, len(shown))


def _finding(finding: Finding, sources: Sources, colour: bool, width: int) -> Iterator[str]:
    place = f"{finding.line}:{finding.column}" if finding.line else "whole file"
    level, rule = _dyed(finding.level, finding.level, colour), _dyed(harmless(finding.rule), "rule", colour)
    yield f"  {place}: {level}: {harmless(finding.message)}  {rule}"
    line = sources.line(finding.path, finding.line) if finding.line else None
    margin = max(len(str(finding.line)), 4)
    if line is not None and line.strip():
        text, mark = marked(line, finding.column, max(width - margin - 5, 20))
        frame = _dyed("|", "frame", colour)
        yield f"  {finding.line:>{margin}} {frame} {text.replace('##[', '#.[')}".rstrip()
        yield f"  {'':>{margin}} {frame} {_dyed_mark(mark, finding.level, colour)}"
    if finding.hint:
        yield f"  {'':>{margin}}   {_dyed(harmless(finding.hint), 'hint', colour)}"


def _summary(result: Result, shown: int) -> Iterator[str]:
    counts = result.counts
    parts = [many(counts["errors"], "error"), many(counts["warnings"], "warning")]
    if counts["baseline"]:
        parts.append(f"{many(counts['baseline'], 'finding')} of the baseline")
    yield ", ".join(parts)
    if len(result.findings) > shown:
        yield f"{many(len(result.findings) - shown, 'finding')} more; --all shows them"
    if counts["hidden"]:
        yield f"{many(counts['hidden'], 'finding')} left out by --select, --ignore or --level"


def _dyed(text: str, part: str, colour: bool) -> str:
    return f"\x1b[{_COLOURS[part]}m{text}\x1b[0m" if colour else text


def _dyed_mark(mark: str, level: str, colour: bool) -> str:
    return mark[:-1] + _dyed(mark[-1], level, colour)
