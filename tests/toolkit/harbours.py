# SPDX-License-Identifier: Apache-2.0
"""A small book in which each layout has a schema, so that any edit can be followed. All of it is made up."""

from __future__ import annotations

import json
from pathlib import Path

_TEXT = {"type": "string", "minLength": 1}
_RECORD = {
    "type": "object",
    "properties": {
        "id": _TEXT,
        "name": _TEXT,
        "kind": {"enum": ["quay", "pier", "buoy"]},
        "near": {"type": "array", "items": {"type": "string"}},
        "stays": {
            "type": "array",
            "items": {"type": "object", "properties": {"ship": _TEXT, "on": _TEXT}, "additionalProperties": False},
        },
        "north": {"type": "number"},
        "east": {"type": "number"},
        "built": {"type": "string"},
        "left": {"type": "string"},
    },
    "required": ["name"],
    "additionalProperties": False,
}
_PAGE = {**_RECORD, "properties": {**_RECORD["properties"], "text": {"type": "string"}}}
_CLAIM = {
    "type": "object",
    "properties": {"says": _TEXT, "who": {"type": "string"}, "in": _TEXT, "about": {"type": "string"}, "denies": _TEXT},
    "required": ["says", "who", "in"],
    "additionalProperties": False,
}
_PLACES = ("files", "listed", "mapped", "several", "pages", "data", "lines")
_ROLES = "role: {point: {latitude: north, longitude: east}, interval: {earliest: built, latest: left}}"
_SETTINGS = {
    "files": "records: data/files/**/*.yaml, label: name, aliases: [id]",
    "listed": "records: data/listed.yaml, layout: list, key: id",
    "mapped": "records: data/mapped.yaml, layout: map",
    "several": "records: data/several.yaml, layout: documents, key: id",
    "pages": "records: data/pages/*.md, layout: front-matter, body: text",
    "data": "records: data/data.json, layout: list, key: id",
    "lines": "records: data/lines.jsonl, layout: documents, key: id",
}
DATA = {
    "data/files/long-quay.yaml": "name: The Long Quay # of stone\nkind: quay\nbuilt: '1870'\nnorth: 1.5\neast: 2\n",
    "data/files/old/pier.yaml": "name: Old Pier\nkind: pier\nnear: [long-quay]\nstays:\n  - {ship: Wren, on: May}\n",
    "data/files/zinc-buoy.yaml": "name: Zinc Buoy\nnear:\n- pier\n- long-quay\n",
    "data/listed.yaml": (
        "- id: a\n  name: One\n  near: [long-quay]\n- id: b\n  name: Öyster\n  stays: []\n- id: c\n  name: Three\n"
    ),
    "data/mapped.yaml": "x:\n  name: Ex\ny:\n  name: Why\n  near: [zinc-buoy]\nz: {name: Zed}\n",
    "data/several.yaml": "id: p\nname: Pee\n---\nid: q\nname: Queue\nnear: [pier]\n",
    "data/pages/inlet.md": "---\nname: Inlet\nkind: buoy\n---\nA long text of it.\n",
    "data/pages/sound.md": "---\nname: Sound\n---\nAnother.\n",
    "data/data.json": '[\n  {"id": "j1", "name": "Jay", "near": ["pier"]},\n  {"id": "j2", "name": "Jot"}\n]\n',
    "data/lines.jsonl": '{"id": "l1", "name": "Ell"}\n{"id": "l2", "name": "El", "stays": [{"ship": "Wren"}]}\n',
    "data/claims/first.yaml": "says: The quay sinks\nwho: long-quay\nin: The Tide\nabout: pier\n",
    "data/claims/reply.yaml": "says: It does not\nwho: pier\nin: The Tide\ndenies: first\n",
    "data/claims/third.yaml": "says: The buoy is lost\nwho: zinc-buoy\nin: The Ebb\nabout: zinc-buoy\n",
}


def harbours(folder: Path) -> Path:
    """Write the book to the new folder ``folder``."""
    resources = "".join(
        f"  - name: {name}\n    path: build/csv/{name}.csv\n    schema: build/tableschema/{name}.json\n"
        f"    sourcebook: {{{_SETTINGS[name]}, schema: schemas/{'page' if name == 'pages' else 'record'}.json, "
        f'references: {{"near[]": files}}, facets: [kind], {_ROLES}}}\n'
        for name in _PLACES
    )
    descriptor = (
        "name: harbours\ntitle: Harbours that are not there\nlicenses: [{name: CC0-1.0}]\nresources:\n" + resources
    )
    descriptor += (
        "  - name: claims\n    path: build/csv/claims.csv\n    schema: build/tableschema/claims.json\n"
        "    sourcebook: {records: data/claims/*.yaml, schema: schemas/claim.json, "
        "references: {who: files, about: files, denies: claims}, "
        "role: {statement: {text: says, by: who, in: in, about: [about], denies: denies}}}\n"
    )
    files = {"datapackage.yaml": descriptor, **DATA}
    files |= {
        f"schemas/{name}.json": json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
        for name, schema in (("record", _RECORD), ("page", _PAGE), ("claim", _CLAIM))
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
    return folder
