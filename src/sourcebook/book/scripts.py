# SPDX-License-Identifier: Apache-2.0
"""The SQL scripts of a book: checks, views and canned queries, each with a leading comment in YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from sourcebook import files
from sourcebook.book.model import SCRIPTS, Script
from sourcebook.book.written import Written
from sourcebook.finding import Finding
from sourcebook.parse import Limits, parse, too_long
from sourcebook.validation.wording import did_you_mean


def scripts_of(root: Path, kind: str, findings: list[Finding]) -> tuple[Script, ...]:
    """The scripts of a kind (``checks``, ``views``, ``queries``), by name; what is wrong is added to ``findings``."""
    scripts: dict[str, Script] = {}
    for path, odd in files.walk(root, f"{SCRIPTS}/{kind}"):
        if not path.endswith(".sql"):
            continue
        data, finding = (b"", odd) if odd else files.read_bytes(root, path, Limits().bytes)
        if not finding and len(data) > Limits().bytes:
            finding = replace(too_long(path, Limits()), hint="split it")
        if finding:
            findings.append(finding)
            continue
        script, problems = _script(path, data, _HEADERS[kind])
        findings += problems
        if script and scripts.setdefault(script.name, script) is not script:
            message = f"{scripts[script.name].path} has the same name"
            findings.append(Finding(path, 1, 1, "script", message, hint="rename one of the two"))
    return tuple(scripts[name] for name in sorted(scripts))


_HEADERS = {
    "checks": ("title", "description", "level", "hint", "parameters"),
    "views": ("title", "description"),
    "queries": ("title", "description"),
}


def _script(path: str, data: bytes, known: Iterable[str]) -> tuple[Script | None, tuple[Finding, ...]]:
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")  # one release, whatever the editor
        lines = text.splitlines(keepends=True)
    except UnicodeDecodeError:
        return None, (Finding(path, 1, 1, "script", "the file is not UTF-8", hint="save the file as UTF-8 text"),)
    header = []
    for line in lines:
        if not line.startswith("--"):
            break
        if not line.startswith("-- SPDX-"):
            header.append(line.removeprefix("--").removeprefix(" "))
        else:
            header.append("\n")
    comment = "".join(header).encode()
    parsed = parse(comment, path)
    value = parsed.documents[0].value if parsed.documents else {}
    if parsed.broken:
        return None, tuple(_in_comment(replace(f, rule="script"), lines) for f in parsed.findings)
    if not isinstance(value, dict):
        message = "the leading comment is not a YAML mapping"
        return None, (Finding(path, 1, 1, "script", message, hint="-- title: What it shows"),)
    name = path.rsplit("/", 1)[-1].removesuffix(".sql")
    script = Script(name, path, "".join(lines[len(header) :]), value, len(header) + 1)
    problems = _header_problems(Written(value, comment, path), known) if parsed.documents else ()
    return script, tuple(_in_comment(finding, lines) for finding in problems)


def _in_comment(finding: Finding, lines: list[str]) -> Finding:
    """A finding about a header as it stands in the file: after the dashes that make it a comment."""
    line = lines[finding.line - 1] if 0 < finding.line <= len(lines) else ""
    return replace(finding, column=finding.column + len(line) - len(line.removeprefix("--").removeprefix(" ")))


def _header_problems(comment: Written, known: Iterable[str]) -> Iterator[Finding]:
    def at(name: str, message: str, hint: str, *, key: bool = False) -> Finding:
        return comment.finding((name,), message, hint, rule="script", at_key=key)

    header = comment.value
    for name in header:
        if name not in known:
            hint = did_you_mean(name, known) or f"known here: {', '.join(known)}"
            yield at(name, f"the leading comment's property {name!r} is unknown here", hint, key=True)
    if header.get("level", "error") not in ("error", "warning"):
        yield at("level", "the level is neither error nor warning", did_you_mean(header["level"], _LEVELS) or _LEVEL)
    if not isinstance(header.get("parameters", {}), dict):
        yield at("parameters", "the parameters are not a mapping", "-- parameters: {least: 2}")


_LEVELS = ("error", "warning")
_LEVEL = "level: error, or level: warning"
