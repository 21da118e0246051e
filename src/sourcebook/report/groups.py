# SPDX-License-Identifier: Apache-2.0
"""Findings that say the same of many places, told once; and the one command that mends what a finding is about."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sourcebook.finding import Finding
from sourcebook.rules.repairs import REPAIRS
from sourcebook.validation.violation import missing_name
from sourcebook.validation.wording import many

FEW = 3
"""So many findings that say the same are told one by one, each at its line."""

_PLACES = 3  # of a group that are listed


@dataclass(frozen=True, slots=True)
class Group:
    """Findings that say the same: one, or more than a few."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The one that is shown."""
        return self.findings[0]

    @property
    def is_one(self) -> bool:
        """Whether it is one finding at its line."""
        return len(self.findings) == 1

    def places(self) -> str:
        """``17 times in 12 files: a.yaml:3:4, b.yaml:3:4, c.yaml:9:4 and 14 more``."""
        files = len({finding.path for finding in self.findings})
        where = f"in {many(files, 'file')}" if files > 1 else "in this file"
        first = ", ".join(_place(finding) for finding in self.findings[:_PLACES])
        more = f" and {len(self.findings) - _PLACES:,} more" if len(self.findings) > _PLACES else ""
        return f"{len(self.findings):,} times {where}: {first}{more}"

    def command(self) -> str:
        """The one command that mends all of them; the empty string where it takes a curator for each."""
        commands = {command_for(finding) for finding in self.findings}
        return commands.pop() if len(commands) == 1 else ""


def _place(finding: Finding) -> str:
    return f"{finding.path}:{max(finding.line, 1)}:{max(finding.column, 1)}" if finding.line else finding.path


def grouped(findings: Sequence[Finding]) -> Iterator[Group]:
    """The findings in order, those that say the same together where the first stands, if they are more than a few."""
    alike: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault(_said(finding), []).append(finding)
    for finding in findings:
        several = alike[_said(finding)]
        if len(several) <= FEW:
            yield Group((finding,))
        elif several[0] is finding:
            yield Group(tuple(several))


def _said(finding: Finding) -> tuple[str, str, str, str]:
    return finding.rule, finding.level, finding.message, finding.hint


# --- the command ----------------------------------------------------------------------------------------------------


def command_for(finding: Finding) -> str:
    """The command that mends what a finding is about, as far as that can be said of it by itself."""
    repair = REPAIRS.get(finding.rule)
    if repair and repair.promises(finding):
        return f"sourcebook fix {finding.rule}"
    return _set_command(finding) if finding.rule == "schema" else ""


def _set_command(finding: Finding) -> str:
    """What sets, adds, renames or takes away the property that a finding of a schema is about."""
    collection, path = finding.subject.partition("/")[0], _path(finding.subject.rpartition("#")[2])
    missing = missing_name(finding.message)
    if missing is not None:
        return _command(collection, f"{path}.{_escaped(missing)}".lstrip("."), "VALUE --add")
    if not path:
        return ""
    if re.match(r"the property ['\"].*['\"] (is unknown here|may not be given here)", finding.message, re.DOTALL):
        return _command(collection, path, "--rename NAME")
    kind = _KINDS.search(finding.message)
    if kind:
        return _command(collection, path, f"--as {_TYPES[kind[1]]}")
    found = _CHOICE.match(finding.message)
    if found:
        return _command(collection, f"{path}", "VALUE", f"[{path}={found[1]}]" if "[]" not in path else "")
    return ""


_TYPES = {"an integer": "integer", "a number": "number", "text": "string", "true or false": "boolean"}
_KINDS = re.compile(r"^(an integer|a number|text|true or false) is expected, but this is (?:the|[-\"0-9])")
_CHOICE = re.compile(r"(\"(?:[^\"\\…]|\\.)*\"|[-0-9.]+|true|false) is not one of ")


def _command(collection: str, path: str, rest: str, chosen: str = "") -> str:
    return f"sourcebook set {shlex.quote(f'{collection}{chosen}.{path}')} {rest}"


def _path(pointer: str) -> str:
    """A pointer within a record as a path, in which every item of a list is meant."""
    text = ""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        text += "[]" if name.isdigit() else f".{_escaped(name)}" if text else _escaped(name)
    return text


def _escaped(name: str) -> str:
    return re.sub(r"([\\.\[\]{}])", r"\\\1", name)
