# SPDX-License-Identifier: Apache-2.0
"""Writing a book's baseline: known findings that neither fail a check nor stop a publication.

A baseline only ever shrinks. The first time, all findings that may be published go in; after that entries that no
longer occur are taken out, and nothing is added. To begin anew, remove the file.
"""

from __future__ import annotations

from dataclasses import dataclass

from sourcebook.book import BASELINE
from sourcebook.check.result import Checked
from sourcebook.errors import UsageError
from sourcebook.exact import dumps
from sourcebook.files import remove
from sourcebook.finding import Finding
from sourcebook.rules import can_be_lowered

_ABOUT = "Known findings; it only shrinks. Written by `sourcebook check --write-baseline`."


@dataclass(frozen=True, slots=True)
class Written:
    """A baseline that was written: how many findings are in it, and how many were taken out."""

    kept: int
    removed: int


def write_baseline(checked: Checked) -> Written:
    """Write the baseline of a book that was checked.

    Raises UsageError where not all could be looked at, since then nobody knows what there is and what still occurs;
    OSError where the disk fails.
    """
    baseline = checked.book.baseline
    if not checked.whole:
        raise UsageError(f"{BASELINE} is not written while a part of the book cannot be read; mend that first")
    if baseline.there:
        met = {finding.fingerprint for finding in checked.known}
        entries = {(k.path, k.rule, k.place, k.message) for k in baseline.known if k.fingerprint in met}
    else:
        entries = {_entry(finding) for finding in checked.findings if can_be_lowered(finding.rule)}
    fields = ("path", "rule", "place", "message")
    value = {"about": _ABOUT, "findings": [dict(zip(fields, entry, strict=True)) for entry in sorted(entries)]}
    path = checked.book.root / BASELINE
    aside = path.with_name(f".{BASELINE}.new")
    remove(aside)  # of one that was killed; or a link, which would be followed
    aside.write_text(dumps(value, indent=2) + "\n", encoding="utf-8")
    aside.replace(path)
    return Written(len(entries), len(baseline.known) - len(entries) if baseline.there else 0)


def _entry(finding: Finding) -> tuple[str, str, str, str]:
    return finding.path, finding.rule, finding.subject or finding.pointer, finding.message
