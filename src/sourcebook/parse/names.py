# SPDX-License-Identifier: Apache-2.0
"""How a file is written, by the ending of its name, whatever its case: YAML, JSON, JSON Lines, or another language."""

from __future__ import annotations

from sourcebook.finding import Finding

# Those whose media type is application/json, or ends in +json.
JSON = (".json", ".geojson", ".topojson", ".jsonld", ".webmanifest", ".avsc", ".har", ".ipynb")
LINES = (".jsonl", ".ndjson", ".ldjson", ".geojsonl", ".geojsons")

# Near JSON, and not JSON: what one calls it.
_NOT_JSON = {".json5": "JSON5", ".jsonc": "JSON with comments", ".hjson": "Hjson", ".json6": "JSON6", ".cson": "CSON"}
NOT_JSON = tuple(_NOT_JSON)


def is_json(path: str) -> bool:
    """Whether the file is to hold JSON, or JSON on each line."""
    return path.lower().endswith((*JSON, *LINES))


def is_lines(path: str) -> bool:
    """Whether the file is JSON Lines (https://jsonlines.org)."""
    return path.lower().endswith(LINES)


def not_read(path: str) -> Finding | None:
    """The finding about a file in a language that is nearly JSON, and is not read; None of others."""
    ending = path.lower()[path.rfind(".") :]
    if ending not in _NOT_JSON:
        return None
    message = f"{_NOT_JSON[ending]} is not read: its comments and shortened forms are not JSON"
    return Finding(path, 1, 1, "json-syntax", message, hint="write it as JSON (.json), or as YAML (.yaml)")
