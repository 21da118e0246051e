# SPDX-License-Identifier: Apache-2.0
"""Books of nothing but stations and the lines between them: as many as a test wants, all of them made up."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_DESCRIPTOR = """\
name: stations
title: Stations that are not there
licenses: [{name: CC0-1.0}]
resources:
  - name: stations
    path: build/csv/stations.csv
    schema: build/tableschema/stations.json
    sourcebook: {records: data/stations.json, schema: schemas/station.json, key: id, layout: list, label: name}
  - name: depots
    path: build/csv/depots.csv
    schema: build/tableschema/depots.json
    sourcebook: {records: data/depots.json, schema: schemas/station.json, key: id, layout: list, label: name}
  - name: lines
    path: build/csv/lines.csv
    schema: build/tableschema/lines.json
    sourcebook:
      records: data/lines.json
      schema: schemas/line.json
      key: id
      layout: list
      facets: [kind]
      role:
        edge: {from: start, to: end, kind: kind}
        interval: {earliest: opened, latest: closed}
"""
_TEXT = {"type": "string"}
_STATION = {"type": "object", "required": ["id", "name"], "properties": {"id": _TEXT, "name": _TEXT}}
_LINE = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": _TEXT,
        "start": {"type": "string", "x-references": ["stations.id", "depots.id"]},
        "end": {"type": "string", "x-references": ["stations.id", "depots.id"]},
        "kind": _TEXT,
        "opened": {"type": "string", "format": "date"},
        "closed": {"type": "string", "format": "date"},
        "note": _TEXT,
    },
}


def stations(folder: Path, stations: Iterable[str], depots: Iterable[str], lines: Iterable[dict[str, Any]]) -> Path:
    """Write a book with these keys of stations and depots, and these lines; a line without ``id`` gets one."""
    (folder / "schemas").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "datapackage.yaml").write_text(_DESCRIPTOR, encoding="utf-8")
    for name, schema in (("station", _STATION), ("line", _LINE)):
        _write(folder / f"schemas/{name}.json", schema)
    _write(folder / "data/stations.json", [{"id": key, "name": f"Station {key}"} for key in stations])
    _write(folder / "data/depots.json", [{"id": key, "name": f"Depot {key}"} for key in depots])
    _write(folder / "data/lines.json", [{"id": f"line-{number}", **line} for number, line in enumerate(lines)])
    return folder


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")
