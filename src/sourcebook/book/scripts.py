# SPDX-License-Identifier: Apache-2.0
"""The SQL scripts of a book: checks, views and canned queries, each with a leading comment in YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book.model import SCRIPTS, Script
from sourcebook.finding import Finding
from sourcebook.parse import Limits, parse
from sourcebook.wording import did_you_mean


def scripts_of(root: Path, kind: str, findings: list[Finding]) -> tuple[Script, ...]:
    """The scripts of a kind (``checks``, ``views``, ``queries``), by name; what is wrong is added to ``findings``."""
    scripts: dict[str, Script] = {}
    for path, odd in files.walk(root, f"{SCRIPTS}/{kind}"):
        if not path.endswith(".sql"):
            continue
        data, finding = (b"", odd) if odd else files.read_bytes(root, path, Limits().bytes)
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
        lines = data.decode("utf-8").splitlines(keepends=True)
    except UnicodeDecodeError:
        return None, (Finding(path, 1, 1, "script", "the file is not UTF-8"),)
    header = []
    for line in lines:
        if not line.startswith("--"):
            break
        if not line.startswith("-- SPDX-"):
            header.append(line.removeprefix("--").removeprefix(" "))
        else:
            header.append("\n")
    parsed = parse("".join(header).encode(), path)
    value = parsed.documents[0].value if parsed.documents else {}
    if parsed.broken:  # the comment's text begins after "-- "
        return None, tuple(replace(f, rule="script", column=f.column + 3) for f in parsed.findings)
    if not isinstance(value, dict):
        message = "the leading comment is not a YAML mapping"
        return None, (Finding(path, 1, 1, "script", message, hint="-- title: What it shows"),)
    name = path.rsplit("/", 1)[-1].removesuffix(".sql")
    script = Script(name, path, "".join(lines[len(header) :]), value, len(header) + 1)
    return script, tuple(_header_problems(path, value, known))


def _header_problems(path: str, header: Mapping[str, Any], known: Iterable[str]) -> Iterator[Finding]:
    for key in header:
        if key not in known:
            hint = did_you_mean(key, known) or f"known here: {', '.join(known)}"
            yield Finding(path, 1, 1, "script", f"the leading comment's property {key!r} is unknown here", hint=hint)
    if header.get("level", "error") not in ("error", "warning"):
        yield Finding(path, 1, 1, "script", "the level is neither error nor warning")
    if not isinstance(header.get("parameters", {}), dict):
        yield Finding(path, 1, 1, "script", "the parameters are not a mapping", hint="-- parameters: {least: 2}")
