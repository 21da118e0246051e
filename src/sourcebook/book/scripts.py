# SPDX-License-Identifier: Apache-2.0
"""The SQL scripts of a book: checks, views, canned queries and panels, each with a leading comment in YAML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import takewhile
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book.model import SCRIPTS, Script
from sourcebook.book.taken import taken_by_questions, unfit
from sourcebook.book.written import Written
from sourcebook.exact import dumps
from sourcebook.finding import Finding
from sourcebook.parse import Limits, parse, too_long
from sourcebook.validation.wording import did_you_mean


def scripts_of(root: Path, kind: str, findings: list[Finding]) -> tuple[Script, ...]:
    """The scripts of a kind (``checks``, ``views``, ``queries``), by name; what is wrong is added to ``findings``."""
    scripts = _read(root, files.walk(root, f"{SCRIPTS}/{kind}"), _HEADERS[kind], findings)
    findings += _without_place(scripts) if kind == "queries" else ()
    return scripts


def _without_place(queries: Iterable[Script]) -> Iterator[Finding]:
    """The questions whose page or answers no file can be called by, or are where another's are."""
    taken = taken_by_questions()
    for query in queries:
        wrong, met = unfit(query.name), taken.met(query.name)
        if wrong:
            yield Finding(query.path, 1, 1, "script", wrong, hint="rename the file")
        elif met:
            message = f"the question {query.name!r} would have /questions/{met[0]}, where {met[1]} is"
            yield Finding(query.path, 1, 1, "script", message, hint="rename the file")
        taken.take(query.name, f"that of {query.path}")


def panels_of(root: Path, collections: Iterable[str], findings: list[Finding]) -> Mapping[str, tuple[Script, ...]]:
    """The panels of each of ``collections``, from the folder of its name; what is wrong is added to ``findings``."""
    folders: dict[str, list[tuple[str, Finding | None]]] = {}
    for path, odd in files.walk(root, f"{SCRIPTS}/{PANELS}"):
        folder = path.removeprefix(f"{SCRIPTS}/{PANELS}/").rpartition("/")[0].partition("/")[0]
        folders.setdefault(folder, []).append((path, odd))
    known = list(collections)
    findings += [
        _homeless(path, folder, known)
        for folder in folders
        if folder not in known
        for path, _ in folders[folder]
        if path.endswith(".sql")
    ]
    found = {name: _read(root, folders[name], _HEADERS[PANELS], findings) for name in known if name in folders}
    return {name: panels for name, panels in found.items() if panels}


PANELS = "panels"


def _homeless(path: str, folder: str, known: list[str]) -> Finding:
    """That no page shows the panel at ``path``."""
    names = f"the collections are {', '.join(known[:12])}"
    if folder:
        message, hint = f"no collection is called {folder!r}, so no page shows this panel", did_you_mean(folder, known)
    else:
        message, hint = "a panel lies in the folder of a collection, and no page shows this one", ""
        names = f"move it to {SCRIPTS}/{PANELS}/COLLECTION/{path.rpartition('/')[2]}; {names}"
    return Finding(path, 0, 0, "script", message, hint=hint or names)


def _read(
    root: Path, found: Iterable[tuple[str, Finding | None]], known: Iterable[str], findings: list[Finding]
) -> tuple[Script, ...]:
    scripts: dict[str, Script] = {}
    for path, odd in found:
        if not path.endswith(".sql"):
            continue
        data, finding = (b"", odd) if odd else files.read_bytes(root, path, Limits().bytes)
        if not finding and len(data) > Limits().bytes:
            finding = replace(too_long(path, Limits()), hint="split it")
        if finding:
            findings.append(finding)
            continue
        script, problems = _script(path, data, known)
        findings += problems
        if script and scripts.setdefault(script.name, script) is not script:
            message = f"{scripts[script.name].path} has the same name"
            findings.append(Finding(path, 1, 1, "script", message, hint="rename one of the two"))
    return tuple(scripts[name] for name in sorted(scripts))


_SHOWN = ("title", "description", "link", "group", "chart", "order")
_HEADERS = {
    "checks": ("title", "description", "level", "hint", "parameters"),
    "views": ("title", "description"),
    "queries": (*_SHOWN, "parameters"),
    PANELS: _SHOWN,
}


class Header:
    """The header of a script of the book in ``root``, and findings about it: its places are read once, where needed."""

    def __init__(self, root: Path, script: Script) -> None:
        data, _ = files.read_bytes(root, script.path, Limits().bytes)
        self._lines = _lines(data)
        self._written = Written(script.header, "".join(_header(self._lines)).encode(), script.path)

    def finding(self, path: tuple[str | int, ...], message: str, hint: str, *, at_key: bool = False) -> Finding:
        """A finding about what stands at ``path`` in the header, or about its key."""
        return _in_comment(self._written.finding(path, message, hint, rule="script", at_key=at_key), self._lines)


def _lines(data: bytes) -> list[str]:
    """The lines of a script. Raises UnicodeDecodeError."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")  # one release, whatever the editor
    return _LINE.findall(text)  # not splitlines, for which more than that ends a line, and with it a comment


_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def _header(lines: Iterable[str]) -> list[str]:
    """The lines of the leading comment, without what makes them one."""
    comment = takewhile(lambda line: line.startswith("--"), lines)
    return ["\n" if line.startswith("-- SPDX-") else line.removeprefix("--").removeprefix(" ") for line in comment]


def _script(path: str, data: bytes, known: Iterable[str]) -> tuple[Script | None, tuple[Finding, ...]]:
    try:
        lines = _lines(data)
    except UnicodeDecodeError:
        return None, (Finding(path, 1, 1, "script", "the file is not UTF-8", hint="save the file as UTF-8 text"),)
    header = _header(lines)
    comment = "".join(header).encode()
    parsed = parse(comment, path)
    value = parsed.documents[0].value if parsed.documents else {}
    if parsed.broken:
        return None, tuple(_in_comment(replace(f, rule="script"), lines) for f in parsed.findings)
    if not isinstance(value, dict):
        message = "the leading comment is not a YAML mapping"
        return None, (Finding(path, 1, 1, "script", message, hint="-- title: What it shows"),)
    name = path.rsplit("/", 1)[-1].removesuffix(".sql")
    is_all = len(header) == len(lines) and not "".join(lines[-1:]).endswith("\n")  # so that there is no line below
    script = Script(name, path, "".join(lines[len(header) :]), value, max(len(header) + (not is_all), 1))
    problems = list(_header_problems(Written(value, comment, path), known)) if parsed.documents else []
    if parsed.documents and "parameters" in known and "chart" in known:  # a query's: a check's are values
        problems += _default_problems(Written(value, comment, path))
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
        example = _PARAMETERS if "chart" in known else "-- parameters: {least: 2}"
        yield at("parameters", "the parameters are not a mapping", example)
    for name, (fits, form, example) in _FORMS.items():
        if name in header and name in known and not fits(header[name]):
            yield at(name, f"the {name} is not {form}", f"-- {name}: {example}")
    chart = header.get("chart")
    for name in chart if isinstance(chart, dict) and "chart" in known and _is_chart(chart) else ():
        if name not in _OF_CHART[_kind(chart)]:
            parts = _OF_CHART[_kind(chart)]
            hint = did_you_mean(name, [one for one in parts if one not in chart]) or f"known here: {', '.join(parts)}"
            message = f"the chart's property {name!r} is unknown here"
            yield comment.finding(("chart", name), message, hint, rule="script", at_key=True)


def defaults_of(query: Script) -> Mapping[str, str]:
    """What the parameters of a query are where nobody says so: as text, which is what readers type."""
    said = query.header.get("parameters")
    parts = said.items() if isinstance(said, dict) else ()
    return {
        str(name): dumps(part["default"]) if not isinstance(part["default"], str) else part["default"]
        for name, part in parts
        if isinstance(part, dict) and _is_default(part.get("default"))
    }


def _default_problems(comment: Written) -> Iterator[Finding]:
    """What is wrong with what the header of a query says of its parameters."""
    said = comment.value.get("parameters")
    for name, part in said.items() if isinstance(said, dict) else ():
        where = ("parameters", name)
        if not isinstance(part, dict):
            message = f"of the parameter {name!r} a mapping is expected, with its default"
            hint = _PARAMETERS if not _is_default(part) else f"-- parameters: {{{name}: {{default: {dumps(part)}}}}}"
            yield comment.finding(where, message, hint, rule="script")
            continue
        for key in part:
            if key != "default":
                hint = did_you_mean(key, ["default"]) or "known here: default"
                message = f"the property {key!r} of a parameter is unknown here"
                yield comment.finding((*where, key), message, hint, rule="script", at_key=True)
        if "default" in part and not _is_default(part["default"]):
            message = f"the default of {name!r} is neither text nor a number"
            yield comment.finding((*where, "default"), message, _PARAMETERS, rule="script")


_PARAMETERS = '-- parameters: {since: {default: "2010"}}'


def _is_default(value: Any) -> bool:
    return isinstance(value, str | int | float | Decimal) and not isinstance(value, bool)


_OF_CHART = {
    "bars": ("bars", "low", "high", "unit", "note", "by"),
    "dots": ("dots", "low", "high", "unit", "note", "by"),
    "map": ("map", "latitude", "longitude"),
}
"""The kinds of charts, each with what it is drawn of."""


def _kind(chart: Mapping[str, Any]) -> str:
    return next((kind for kind in _OF_CHART if kind in chart), "")


def _is_chart(value: Any) -> bool:
    named = isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
    if not named or len(value.keys() & _OF_CHART.keys()) != 1:
        return False
    return "map" not in value or {"latitude", "longitude"} <= value.keys()


def _is_link(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for part in value.items() for one in part)


def _is_group(value: Any) -> bool:
    several = value if isinstance(value, list) else [value]
    return bool(several) and all(isinstance(one, str) for one in several)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_place(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_FORMS: Mapping[str, tuple[Callable[[Any], bool], str, str]] = {
    "title": (_is_text, "text", '"What it shows"'),
    "description": (_is_text, "text", '"What a reader should know of it"'),
    "link": (_is_link, "a mapping of columns to the collections whose keys they hold", "{author: people}"),
    "group": (_is_group, "a column, or a list of columns", "author"),
    "chart": (
        _is_chart,
        "a mapping that names the column of bars or dots, or a map with its coordinates",
        "{bars: figure, by: author}",
    ),
    "order": (_is_place, "an integer", "1"),
}


_LEVELS = ("error", "warning")
_LEVEL = "level: error, or level: warning"
