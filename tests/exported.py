# SPDX-License-Identifier: Apache-2.0
"""The made-up book of ``tests/site`` with what its exports are made of: who entered its claims, its schemata in
FollowTheMoney, where its site is.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

SITE = "https://harbour.example/lamp-oil/"
ROLES: dict[str, dict[str, Any]] = {
    "claims": {
        "curation": {
            "entered_by": "curation.entered_by",
            "entered_on": "curation.entered_on",
            "reviewed_by": "curation.reviewed_by",
            "reviewed_on": "curation.reviewed_on",
        },
        "ftm": {"schema": "Note"},
    },
    "people": {"ftm": {"schema": "Person", "name": "name"}},
    "ties": {"ftm": {"schema": "UnknownLink", "role": "kind"}},
    "places": {"ftm": {"schema": "Address"}},
    "events": {"ftm": {"schema": "Event", "summary": "date_note"}},
    "sources": {"ftm": {"schema": "Article", "publisher": "publisher", "publishedAt": "date"}},
}
CURATION: dict[str, dict[str, str]] = {
    "oil-forty-barrels": {
        "entered_by": "editor",
        "entered_on": "2026-01-20",
        "reviewed_by": "second editor",
        "reviewed_on": "2026-02-03",
    },
    "oil-denied": {
        "entered_by": "editor",
        "entered_on": "2026-01",
        "reviewed_by": "second editor",
        "reviewed_on": "2026-02-03",
    },
    "oil-twelve-barrels": {"entered_by": "editor", "entered_on": "2026-03-02"},
}


def exported(folder: Path) -> None:
    """Let the copy of the book in ``folder`` tell of all that."""
    path = folder / "datapackage.yaml"
    about = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506  (to which `on` is a text, as to us)
    about["sourcebook"] |= {"downloads": "all", "site": SITE}
    for resource in about["resources"]:
        block = resource["sourcebook"]
        block["role"] = block.get("role", {}) | ROLES.get(resource["name"], {})
        if resource["name"] == "people":
            block |= {"label": "name", "aliases": ["also[]"]}
        if resource["name"] == "claims":
            block["role"]["statement"]["about"] = ["people[]", "places[]"]
    path.write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    path = folder / "schemas/claim.schema.json"
    schema = json.loads(path.read_text("utf-8"))
    text = {"type": "string"}
    parts = dict.fromkeys(("entered_by", "entered_on", "reviewed_by", "reviewed_on"), text)
    schema["properties"]["curation"] = {"type": "object", "properties": parts}
    path.write_text(json.dumps(schema), encoding="utf-8")
    path = folder / "data/claims/quay-gazette.yaml"
    claims = yaml.safe_load(path.read_text("utf-8"))
    told = [one | ({"curation": CURATION[one["id"]]} if one["id"] in CURATION else {}) for one in claims]
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
