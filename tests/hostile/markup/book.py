# SPDX-License-Identifier: Apache-2.0
"""A book in which every text that a stranger may write is a payload: values, keys, names, titles, headers, settings."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import normalize

NAME = "hostile-markup"
_MOST_OF_NAME = 120  # bytes of a file's name


@dataclass(frozen=True)
class Turn:
    """Which payloads stand where there is room for one text only: another at each place, all of them by and by."""

    payloads: Sequence[str]
    first: int = 0

    def one(self, place: int) -> str:
        """A payload for a place."""
        return self.payloads[(self.first + place * 7) % len(self.payloads)]

    def many(self, place: int, most: int = 12) -> str:
        """A text of several payloads, others at each place."""
        return " ".join(self.one(place + step) for step in range(most))


def write(folder: Path, payloads: Sequence[str], first: int = 0) -> Path:
    """Write the book into ``folder``; where there is room for one text, payloads are taken from ``first`` on."""
    turn = Turn(payloads, first)
    for path, content in _files(turn).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, indent=1)
        (folder / path).write_bytes(text.encode())
    return folder


def _files(turn: Turn) -> Mapping[str, Any]:
    files: dict[str, Any] = {"datapackage.yaml": _descriptor(turn)}
    files |= {f"schemas/{name}.json": schema for name, schema in _schemas(turn).items()}
    files |= {f"data/{name}.json": records for name, records in _records(turn).items()}
    for number, text in enumerate(turn.payloads):
        if name := _file_name(text):
            front = json.dumps({"title": text, "number": number})
            files[f"data/pages/{name}.md"] = f"---\n{front}\n---\n{_one_line_break(text)}\n"
    return files | dict(_scripts(turn))


def _file_name(text: str) -> str:
    """The part of a payload that can be the name of a file; what a check refuses in one is left out."""
    plain = re.sub(r"[/\\\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]", "", text)
    return plain.encode()[:_MOST_OF_NAME].decode("utf-8", "ignore").strip(" .-")


def _one_line_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- the descriptor ---------------------------------------------------------------------------------------------------

_BLOCKS: Mapping[str, Mapping[str, Any]] = {
    "things": {
        "key": "id",
        "label": "name",
        "aliases": ["also[]"],
        "facets": ["kind", "note", "url", "tags[]"],
        "page": {"summary": ["note", "kind", "url"]},
        "role": {
            "point": {"latitude": "latitude", "longitude": "longitude"},
            "interval": {"earliest": "earliest", "latest": "latest", "imprecise": "note"},
        },
    },
    "keyed": {"layout": "map", "label": "said", "facets": ["said"]},
    "pages": {"records": "data/pages/*.md", "layout": "front-matter"},
    "claims": {
        "key": "id",
        "facets": ["kind", "origin", "source"],
        "role": {
            "statement": {
                "text": "statement", "by": "origin", "in": "source", "at": "locator", "on": "said", "kind": "kind",
                "hedge": "hedge", "denies": "denies", "knowledge": "knowledge",
            },
        },
    },
    "origins": {"key": "id", "label": "description"},
    "sources": {"key": "id", "label": "title"},
    "ties": {"key": "id", "role": {"edge": {"from": "one", "to": "other", "kind": "kind"}}},
    "corrections": {
        "key": "id",
        "role": {
            "correction": {
                "collection": "collection", "key": "key", "on": "on", "change": "change", "reason": "reason",
            },
        },
    },
    "odd": {"key": "id", "undeclared": "tables"},
}  # fmt: skip


def _descriptor(turn: Turn) -> dict[str, Any]:
    resources = [
        {
            "name": name,
            "title": turn.many(number, 3),
            "description": turn.many(40 + number, 5),
            "path": f"build/csv/{name}.csv",
            "schema": f"build/tableschema/{name}.json",
            "sourcebook": {"records": f"data/{name}.json", "layout": "list", **block}
            | ({"schema": f"schemas/{name}.json"} if name not in ("pages", "odd") else {}),
        }
        for number, (name, block) in enumerate(_BLOCKS.items())
    ]
    several = range(60, 72)
    return {
        "name": NAME,
        "title": turn.many(1, 2),
        "description": turn.many(2),
        "version": turn.one(3),
        "id": turn.one(4),
        "created": "2026-03-05T00:00:00Z",
        "homepage": f"https://example.invalid/?{_in_uri(turn.one(6))}",
        "keywords": [turn.one(one) for one in several],
        "licenses": [
            {"name": turn.one(one), "title": turn.one(one + 1), "path": _web(turn.one(one))} for one in several
        ],
        "sources": [
            {"title": turn.one(one), "path": _web(turn.one(one)), "email": "a@example.org", "version": turn.one(one)}
            for one in several
        ],
        "contributors": [
            {"title": turn.one(one), "path": turn.one(one + 2), "email": "a@example.org",
             **({"role": turn.one(one + 4)} if one % 2 else {}),
             "organization": turn.one(one + 5), "givenName": turn.one(one + 6), "familyName": turn.one(one + 7)}
            for one in several
        ],
        "sourcebook": {
            "about": turn.many(7),
            "citation": turn.many(8),
            "released": "2026-03-05",
            "repository": {
                "url": "https://code.example.invalid/" + _in_address(turn.one(9)),
                "source": "https://code.example.invalid/{commit}/{path}#{line}" + _in_address(turn.one(10)),
                "blame": "https://code.example.invalid/blame/{path}?" + _in_address(turn.one(11)),
                "edit": "https://code.example.invalid/edit/{path}?" + _in_address(turn.one(12)),
            },
            "report_to": "mailto:a@example.invalid?subject={collection}{key}{label}{file}{url}{version}"
            + _in_address(turn.one(13)),
            "downloads": "all",
        },
        "resources": resources,
    }  # fmt: skip


def _in_address(text: str) -> str:
    """What of a payload may stand in an address of the descriptor: no blank, nothing in braces."""
    return re.sub(r"[\s{}\x00-\x20\x7f-\x9f\ufeff]", "", text)


def _in_uri(text: str) -> str:
    """What of a payload may stand in the query of a URI by RFC 3986; all else is refused there."""
    return re.sub(r"[^A-Za-z0-9._~:/?@!$&'()*+,;=-]", "", text)


def _web(text: str) -> str:
    """An address that begins as one of the web, and goes on as it likes."""
    return f"https:{text}" if len(text) % 2 else f"https://example.invalid/{text}"


# --- schemas and records ----------------------------------------------------------------------------------------------


def _texts(turn: Turn, first: int, *names: str, **more: Any) -> dict[str, Any]:
    """Properties, each with a title and a description of payloads."""
    said = {name: more.get(name, {"type": "string"}) for name in (*names, *more)}
    return {
        name: {"title": turn.many(first + place, 2), "description": turn.many(first + place + 9, 3), **schema}
        for place, (name, schema) in enumerate(said.items())
    }


def _schemas(turn: Turn) -> Mapping[str, Any]:
    text, number = {"type": "string"}, {"type": "number"}
    refers = {name: {"type": "string", "x-references": f"{name}.id"} for name in ("things", "origins", "sources")}
    several = {"type": "array", "items": {"type": "string", "x-references": "claims.id"}}
    listed = {"type": "array", "items": {"type": "object", "title": turn.one(90), "properties": {"part": text}}}
    properties = {
        "things": _texts(
            turn, 100, "id", "name", "note", "url", "earliest", "latest",
            kind={"type": "string", "enum": list(dict.fromkeys(turn.payloads))},
            also={"type": "array", "items": text}, tags={"type": "array", "items": text}, parts=listed,
            named={"type": "object", "additionalProperties": text}, free={}, latitude=number, longitude=number,
            when=text, address=text,
        ),
        "keyed": _texts(turn, 130, "said"),
        "claims": _texts(
            turn, 140, "id", "statement", "kind", "locator", "said", "hedge", origin=refers["origins"],
            source=refers["sources"], knowledge=refers["origins"], denies=several, about=refers["things"],
        ),
        "origins": _texts(turn, 160, "id", "description"),
        "sources": _texts(turn, 170, "id", "title", "url"),
        "ties": _texts(turn, 180, "id", "kind", one=refers["things"], other=refers["things"]),
        "corrections": _texts(turn, 190, "id", "collection", "key", "on", "change", "reason"),
    }  # fmt: skip
    return {
        name: {"title": turn.one(200 + place), "description": turn.many(210 + place, 3), "type": "object"}
        | {"$comment": turn.one(220 + place), "properties": found, "additionalProperties": False}
        for place, (name, found) in enumerate(properties.items())
    }


def _records(turn: Turn) -> Mapping[str, Any]:
    said = list(enumerate(turn.payloads))
    last = len(said)
    return {
        "things": [
            {
                "id": f"t{n}", "name": text, "note": text, "url": text, "kind": text, "also": [text, f"also {text}"],
                "earliest": f"{1900 + n % 90}", "latest": f"{1990 + n % 30}", "tags": [text],
                "parts": [{"part": text}], "named": {text: text}, "free": {text: [text, {text: text}]},
                "latitude": (n * 7) % 160 - 80, "longitude": (n * 31) % 340 - 170, "when": text,
                "address": f"https://example.invalid/{text}",
            }
            for n, text in said
        ],
        "keyed": {text: {"said": text} for text in dict.fromkeys(turn.payloads)},
        "claims": [
            {
                "id": f"c{n}", "statement": text, "kind": text, "locator": text, "said": text, "hedge": text,
                "origin": f"o{n}", "source": f"s{n}", "knowledge": f"o{(n + 1) % last}", "about": f"t{n}",
                "denies": [f"c{(n + 1) % last}"],
            }
            for n, text in said
        ],
        "origins": [{"id": f"o{n}", "description": text} for n, text in said],
        "sources": [{"id": f"s{n}", "title": text, "url": text} for n, text in said],
        "ties": [{"id": f"e{n}", "one": f"t{n}", "other": f"t{(n + 1) % last}", "kind": text} for n, text in said],
        "corrections": [
            {"id": f"x{n}", "collection": "things" if n % 2 else text, "key": f"t{n}" if n % 3 else text,
             "on": "2026-03-04" if n % 5 else text,
             "change": text, "reason": text}
            for n, text in said
        ],
        "odd": [{"id": f"d{n}", _property(text): text, "list": [{_property(text): text}]} for n, text in said[:24]],
    }  # fmt: skip


def _property(text: str) -> str:
    """The part of a payload that can be the name of a property that becomes a column."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "", text)[:60]


# --- SQL --------------------------------------------------------------------------------------------------------------


def _scripts(turn: Turn) -> Iterable[tuple[str, str]]:
    for number, text in enumerate(turn.payloads):
        name = _file_name(text).replace("'", "") or f"q{number}"
        column = _column(turn.one(number))
        header = {"title": text, "description": turn.one(number + 3), "order": number}
        chart = (
            {"map": column, "latitude": "latitude", "longitude": "longitude"},
            {"bars": "height", "by": column, "note": column, "unit": column},
        )[number % 2]
        yield (
            f"scripts/queries/q{number}.sql",
            _header({**header, "link": {"thing": "things"}, "group": column, "chart": chart})
            + f"SELECT id AS thing, name AS {_quoted(column)}, latitude, longitude, abs(latitude) AS height\n"
            f"FROM things WHERE :{re.sub('[^a-z]', '', text)[:12] or 'x'} IS NULL OR id = 't{number}' LIMIT 12\n",
        )
        if number < 12:
            # What no file can be called everywhere is no name of a question.
            asked = normalize("NFC", re.sub(r'[<>:"/\\|?*]', "", name)).strip(" .")
            yield (
                f"scripts/queries/{number} {asked}.sql",
                _header(header) + f"SELECT {_text(text)} AS {_quoted(column)}\n",
            )
            yield (
                f"scripts/views/view {name}.sql",
                _header(_of_view(header)) + f"SELECT {_text(text)} AS {_quoted(column)}\n",
            )
            yield (
                f"scripts/panels/things/p{number}.sql",
                _header({**header, "group": column, "chart": {"dots": "height", "by": column, "unit": column}})
                + f"SELECT name AS {_quoted(column)}, latitude AS height FROM things WHERE id = :key\n",
            )


def _of_view(header: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: header[name] for name in ("title", "description")}


def _header(said: Mapping[str, Any]) -> str:
    return "".join(f"-- {name}: {json.dumps(value)}\n" for name, value in said.items())


def _column(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]", "", text)[:80] or "x"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "CAST(x'" + text.encode().hex() + "' AS TEXT)"


def commit(folder: Path) -> None:
    """Put the book into a repository, so that its pages lead to lines of it; what it is called is hostile too."""
    import subprocess

    said = "<script>pwned()</script>"
    git = ["git", "-C", str(folder), "-c", f"user.name={said}", "-c", "user.email=nobody@example.invalid"]
    (folder / ".gitignore").write_text("build/\n", encoding="utf-8")
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", said]):
        subprocess.run([*git, *command], check=True, env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"})
