# SPDX-License-Identifier: Apache-2.0
"""The floor: the least that any tool in Python must do to get these rows out of these files. It checks nothing.

``python -m bench.peers.floor BOOK OUT PARSER`` reads every byte, parses it with the fastest parser, and inserts the
rows and documents that Sourcebook stores, in one transaction. No schema, references, indexes, search, extracts, hashes;
one process.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

import orjson

from bench.peers.museum import BATCH, COLUMNS, KEYS, Rows, empty, flatten
from bench.peers.parsers import PARSERS


def files(folder: str) -> list[str]:
    """All files below a folder, in order, by the fewest system calls."""
    found: list[str] = []
    folders = [folder]
    for one in folders:
        with os.scandir(one) as entries:
            for entry in entries:
                (folders if entry.is_dir() else found).append(entry.path)
    return sorted(found)


def main() -> None:
    """Read, parse, insert."""
    book, out, name = sys.argv[1:]
    parse = PARSERS[name]()
    Path(out).mkdir()
    connection = sqlite3.connect(Path(out) / "museum.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for table, columns in COLUMNS.items():
        key = KEYS[table]
        names = ", ".join(f'"{column}"' for column in columns)
        primary = key if isinstance(key, str) else ", ".join(key)
        connection.execute(f'CREATE TABLE "{table}" ({names}, PRIMARY KEY ({primary}))')
    rows = empty()
    for collection in ("people", "objects"):
        for path in files(f"{book}/data/{collection}"):
            with open(path, "rb", buffering=0) as file:
                record = parse(file.read())
            if collection == "objects":
                flatten(record, rows)
            else:
                rows["people"].append((record["id"], record["name"], record.get("born"), record.get("country")))
            rows["_records"].append((collection, record["id"], path, orjson.dumps(record).decode()))
            if len(rows["_records"]) == BATCH:
                insert(connection, rows)
                rows = empty()
    insert(connection, rows)
    connection.execute("COMMIT")
    connection.close()


def insert(connection: sqlite3.Connection, rows: Rows) -> None:
    """Insert a batch of rows into their tables."""
    for table, columns in COLUMNS.items():
        slots = ", ".join("?" * len(columns))
        connection.executemany(f'INSERT INTO "{table}" VALUES ({slots})', rows[table])


if __name__ == "__main__":
    main()
