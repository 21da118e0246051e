# SPDX-License-Identifier: Apache-2.0
"""A small book in every layout, whose people are referred to in every form: for those who change keys.

``§`` stands for the key of a person, wherever it is written as that; ``rosa``, its usual one, is only a word.
"""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

import sourcebook
from sourcebook.cli import main

_FLOW = "{id: §, name: Rosa Testdiaz}"

PEOPLE: dict[str, tuple[str, dict[str, str]]] = {
    "file": (
        "{records: data/people/*.yaml, key: id}",
        {
            "data/people/§.yaml": "# who is rosa here\nid: §   # the key\nname: 'Rosa'\n",
            "data/people/ole.yaml": "id: ole\nname: Ole\nfriend: §\n",
        },
    ),
    "file-of-another-name": (
        "{records: data/people/*.yaml, key: id}",
        {
            "data/people/first.yaml": 'name: Rosa\nid: "§"\n',
            "data/people/ole.yaml": "{id: ole, name: Ole, friend: §}\n",
        },
    ),
    "file-by-name": (
        "{records: data/people/*.yaml}",
        {"data/people/§.yaml": "name: Rosa\n", "data/people/ole.yaml": "name: Ole\nfriend: '§'\n"},
    ),
    "file-by-folder": (
        "{records: data/people/*/about.yaml, key: '{parent}'}",
        {"data/people/§/about.yaml": "name: Rosa\n", "data/people/ole/about.yaml": "name: Ole\nfriend: §\n"},
    ),
    "json-file": (
        "{records: data/people/*.json, key: id}",
        {
            "data/people/§.json": '{\n  "id": "§",\n  "name": "Rosa"\n}\n',
            "data/people/ole.json": '{"id": "ole", "name": "Ole", "friend": "§"}\n',
        },
    ),
    "list": (
        "{records: data/people.yaml, layout: list, key: id}",
        {"data/people.yaml": "# people\n- id: §\n  name: Rosa\n\n# and\n- {id: ole, name: Ole, friend: §}\n"},
    ),
    "list-in-flow": (
        "{records: data/people.yaml, layout: list, key: id}",
        {"data/people.yaml": f"[{_FLOW}, {{id: ole, name: Ole, friend: §}}]\n"},
    ),
    "json-list": (
        "{records: data/people.json, layout: list, key: id}",
        {"data/people.json": '[\n  {"id": "§", "name": "Rosa"},\n  {"id": "ole", "name": "Ole", "friend": "§"}\n]\n'},
    ),
    "list-within": (
        "{records: data/people.yaml, layout: list, key: id, at: /all/of/them}",
        {"data/people.yaml": "all:\n of:\n  them:\n    - id: §\n      name: Rosa\n    - {id: ole, name: Ole}\n"},
    ),
    "map": (
        "{records: data/people.yaml, layout: map}",
        {"data/people.yaml": "# people\n§:\n  name: Rosa  # rosa\nole:\n  name: Ole\n  friend: §\n"},
    ),
    "map-of-quoted": (
        "{records: data/people.yaml, layout: map}",
        {"data/people.yaml": "{'§': {name: Rosa}, \"ole\": {name: Ole}}\n"},
    ),
    "json-map": (
        "{records: data/people.json, layout: map}",
        {"data/people.json": '{"§": {"name": "Rosa"},\n "ole": {"name": "Ole", "friend": "§"}}\n'},
    ),
    "documents": (
        "{records: data/people.yaml, layout: documents, key: id}",
        {"data/people.yaml": "# first\nid: §\nname: Rosa\n--- # second\nid: ole\nname: Ole\nfriend: §\n...\n"},
    ),
    "json-lines": (
        "{records: data/people.jsonl, layout: documents, key: id}",
        {"data/people.jsonl": '{"id": "§", "name": "Rosa"}\n{"id": "ole", "name": "Ole", "friend": "§"}\n'},
    ),
    "front-matter": (
        "{records: data/people/*.md, layout: front-matter, body: text}",
        {
            "data/people/§.md": "---\nname: Rosa\n---\n\nShe is rosa.\n",
            "data/people/ole.md": "---\nname: Ole\nfriend: §\n---\nHe is not.\n",
        },
    ),
    "front-matter-with-key": (
        "{records: data/people/*.md, layout: front-matter, key: id, body: text}",
        {
            "data/people/§.md": "---\nid: §\nname: Rosa\n---\n\nShe is rosa.\n",
            "data/people/ole.md": "---\nid: ole\n---\n",
        },
    ),
}
"""By name, how people lie: the settings of their collection, and their files."""

NOTES = """# what is noted
- id: n1
  person: §  # first of all
  others: [ole, "§"]
  parts:
    '§': she, and rosa herself
    ole: he
  rows:
    - who: §
      said: that rosa is called so
    - {who: ole, said: rosa}
- id: n2
  person: ole
  others:
    # the only one
    - §
- {id: n3, person: '§', kind: person, subject: §}
- {id: n4, kind: thing, subject: rosa}
- {id: rosa, kind: thing, subject: rosa}
"""

_SCHEMAS = {
    "person": '{"type": "object", "properties": {"id": {"type": "string", "pattern": "^[^A-Z]+$"},'
    ' "name": {"type": "string"}, "friend": {"type": "string"}, "text": {"type": "string"}}}',
    "note": '{"type": "object", "properties": {"id": {"type": "string"}, "person": {"type": "string"},'
    ' "kind": {"type": "string"}, "subject": {"type": "string"},'
    ' "others": {"type": "array", "items": {"type": "string"}},'
    ' "parts": {"type": "object", "additionalProperties": {"type": "string"}},'
    ' "rows": {"type": "array", "items": {"type": "object", "properties": {"who": {"type": "string"},'
    ' "said": {"type": "string"}}}}}}',
}

_DESCRIPTOR = """name: keys
title: Keys that change
licenses: [{name: CC0-1.0}]
resources:
  - name: people
    path: build/csv/people.csv
    schema: build/tableschema/people.json
    sourcebook: PEOPLE
  - name: notes
    path: build/csv/notes.csv
    schema: build/tableschema/notes.json
    sourcebook:
      records: data/notes.yaml
      schema: schemas/note.schema.json
      layout: list
      key: id
      references:
        person: people
        others[]: TARGET
        parts{key}: people
        rows[].who: people
        subject: [{to: people, when: {kind: person}}, {to: notes, when: {kind: thing}}]
"""


def made(folder: Path, layout: str, manner: str = "", key: str = "rosa") -> dict[str, bytes]:
    """A book in which people lie in a ``layout``, written in a ``manner``; its files as they are with that key.

    The manner is of ``crlf``, ``bom`` and ``open`` (the last line has no end), of YAML and Markdown alone.
    """
    settings, people = PEOPLE[layout]
    target = "people.id" if "key: id" in settings else "people"
    references = "references: {friend: people}"
    settings = f"{settings[:-1]}, schema: schemas/person.schema.json, {references}}}"
    files = {"data/notes.yaml": NOTES, **people}
    written = {path.replace("§", key): _in_manner(path, text.replace("§", key), manner) for path, text in files.items()}
    written["datapackage.yaml"] = _DESCRIPTOR.replace("PEOPLE", settings).replace("TARGET", target).encode()
    written |= {f"schemas/{name}.schema.json": text.encode() for name, text in _SCHEMAS.items()}
    for path, data in written.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return written


def _in_manner(path: str, text: str, manner: str) -> bytes:
    if path.endswith((".json", ".jsonl")):
        return text.encode()
    text = text.removesuffix("\n") if "open" in manner else text
    text = text.replace("\n", "\r\n") if "crlf" in manner else text
    return (b"\xef\xbb\xbf" if "bom" in manner and path.endswith(".yaml") else b"") + text.encode()


def there(folder: Path) -> dict[str, bytes]:
    """The files of a book, but for what is made of it."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder).parts[0] != "build")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def run(folder: Path, *arguments: str, say: str | None = None) -> Result:
    """What a command does in a book."""
    return CliRunner().invoke(main, [arguments[0], "--book", str(folder), *arguments[1:]], input=say)


def clean(folder: Path) -> bool:
    """Whether nothing is wrong with a book."""
    return sourcebook.check(folder).findings == ()


def of_members(folder: Path) -> None:
    """A book in which keys of records are references, or made of such."""
    files = {
        "data/people.yaml": "- {id: rosa}\n- {id: ole}\n",
        "data/offices/rosa.yaml": "who: rosa\nroom: 7\n",
        "data/offices/ole.yaml": "who: ole\n",
        "data/terms.yaml": "- {who: rosa, year: 1901}\n- {who: rosa, year: 1905}\n- {who: ole, year: 1901}\n",
        "data/visits.yaml": "- {id: v, office: rosa, term: rosa-1905, by: rosa}\n",
        "datapackage.yaml": """name: members
title: Members
licenses: [{name: CC0-1.0}]
resources:
  - name: people
    path: build/csv/people.csv
    schema: build/tableschema/people.json
    sourcebook: {records: data/people.yaml, layout: list, key: id}
  - name: offices
    path: build/csv/offices.csv
    schema: build/tableschema/offices.json
    sourcebook: {records: data/offices/*.yaml, key: who, references: {who: people}}
  - name: terms
    path: build/csv/terms.csv
    schema: build/tableschema/terms.json
    sourcebook: {records: data/terms.yaml, layout: list, key: "{who}-{year}", references: {who: people.id}}
  - name: visits
    path: build/csv/visits.csv
    schema: build/tableschema/visits.json
    sourcebook:
      records: data/visits.yaml
      layout: list
      key: id
      references: {office: offices, term: terms, by: people}
""",
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    assert clean(folder)
