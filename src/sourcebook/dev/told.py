# SPDX-License-Identifier: Apache-2.0
"""What is told of a preview, on every page: what is wrong, what is shown meanwhile, what is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from sourcebook.dev.editors import address
from sourcebook.finding import Finding, harmless
from sourcebook.validation.wording import many

_MOST = 20  # findings that a page tells


@dataclass
class Told:
    """What there is to tell. ``version`` is the state that pages show, 0 where there is none yet.

    ``findings`` are those of the last edit, or of the last check of the whole book, ``checked`` says of which. The
    state is ``behind`` so many edits; ``reading`` and ``remarks`` are what takes its time, and what is not as usual.
    """

    root: Path
    editor: str
    version: int = 0
    behind: int = 0
    findings: Sequence[Finding] = ()
    checked: bool = False
    reading: str = ""
    remarks: list[str] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.level == "error" for finding in self.findings)

    def line(self) -> str:
        """All of it in one line."""
        warnings = len(self.findings) - self.errors
        counts = [many(self.errors, "error")] if self.errors else []
        counts += [many(warnings, "warning")] if warnings else []
        said = ["Preview"]
        if self.behind and self.version:
            why = " and ".join(counts) or "the last edit cannot be shown"
            said.append(f"{why}; this is the state {many(self.behind, 'edit')} before")
        elif self.behind:
            why = " and ".join(counts) or "the book cannot be read"
            said.append(f"{why}; there is nothing to show before they are mended")
        elif self.errors:
            said.append(f"shows your files as they are; {' and '.join(counts)}: it would not be published")
        else:
            said.append("shows your files as they are" + (f"; {counts[0]}" if counts else ""))
        if self.reading:
            said.append(f"{self.reading}: reading everything anew")
        elif not self.checked:
            said.append("checks are running")
        return " · ".join([*said, *self.remarks])

    def html(self) -> str:
        """The same for a page, with what is wrong, each with an address that leads to its line."""
        kind = (
            "wrong" if self.errors or self.behind else "busy" if self.reading else "warned" if self.findings else "well"
        )
        items = "".join(f"<li>{self._finding(one)}</li>" for one in self.findings[:_MOST])
        left = len(self.findings) - _MOST
        items += f"<li>and {left:,} more, in the terminal</li>" if left > 0 else ""
        parts = f"<p>{escape(self.line())}</p>"
        if items and (self.errors or self.behind):
            parts += f"<ul>{items}</ul>"
        elif items:
            parts += f"<details><summary>Warnings</summary><ul>{items}</ul></details>"
        return f'<aside id="sourcebook-dev" class="{kind}" role="status" data-version="{self.version}">{parts}</aside>'

    def _finding(self, one: Finding) -> str:
        hint = f" ({one.hint})" if one.hint else ""
        said = escape(harmless(f"{one.level}: {one.message}{hint} [{one.rule}]"))
        if not one.path:
            return said
        place = escape(harmless(f"{one.path}:{one.line}" if one.line else one.path))
        href = address(self.editor, self.root / one.path, one.line, one.column)
        link = f'<a href="{escape(href)}">{place}</a>' if href else f"<code>{place}</code>"
        return f"{link} {said}"
