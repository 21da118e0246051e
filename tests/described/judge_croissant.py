# SPDX-License-Identifier: Apache-2.0
"""What mlcroissant loads by croissant.json, held against the release's database: judge_croissant.py RELEASE DATABASE.

Records are read from the files that lie there, and not fetched. What is read from a CSV, pandas gives types to: a text
that looks like a number is held against the database as a number there, and an empty text is none.
"""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

import mlcroissant


def value(one: object) -> object:
    return one.decode() if isinstance(one, bytes) else one


def same(loaded: object, stored: object, *, by_csv: bool) -> bool:
    if loaded == stored or (by_csv and stored == "" and loaded is None):
        return True
    if not by_csv or loaded is None or stored is None:
        return False
    try:
        return float(str(loaded)) == float(str(stored))
    except ValueError:
        return False


def main(release: str, database: str) -> None:
    description = Path(release, "croissant.json")
    files = [one["@id"] for one in json.loads(description.read_text("utf-8"))["distribution"]]
    dataset = mlcroissant.Dataset(description, mapping={one: Path(release, unquote(one)) for one in files})
    told = {"tables": 0, "rows": 0, "differences": []}
    with closing(sqlite3.connect(f"file:{Path(release, database)}?mode=ro", uri=True)) as connection:
        for table in dataset.metadata.record_sets:
            name = unquote(table.id)
            quoted = name.replace('"', '""')
            loaded = [tuple(map(value, one.values())) for one in dataset.records(table.id)]
            by_csv = any(str(one.source.file_object).endswith(".csv") for one in table.fields)
            told["tables"] += 1
            told["rows"] += len(loaded)
            stored = connection.execute(f'SELECT * FROM "{quoted}"').fetchall()
            ok = len(loaded) == len(stored) and all(
                all(same(left, right, by_csv=by_csv) for left, right in zip(one, other, strict=True))
                for one, other in zip(loaded, stored, strict=True)
            )
            if not ok:
                told["differences"].append(name)
    print(json.dumps(told))


main(*sys.argv[1:])
