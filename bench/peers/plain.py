# SPDX-License-Identifier: Apache-2.0
"""The plain script that people write today for such a collection, as well as one would write it.

``python -m bench.peers.plain BOOK OUT`` reads the synthetic book with PyYAML's C loader, validates with one jsonschema
validator a collection, formats asserted, checks that references lead somewhere, and writes with sqlite-utils, in one
transaction, the tables that Sourcebook makes of the book, with its indexes, full-text search and documents, one CSV a
table and one JSON a collection. It knows its tables by heart; nothing in it is general.

It does not do: positions of mistakes, duplicate keys, YAML 1.2, hashes, a Data Package, an atomic release. It prints
the number of records that are wrong, and exits with 1 where there is one.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from jsonschema import Draft202012Validator
from sqlite_utils import Database

from bench.peers.loader import load
from bench.peers.museum import BATCH, COLUMNS, INDEXES, KEYS, LINKS, SEARCHED, Record, Rows, empty, flatten


def read(book: Path, folder: str) -> Iterator[tuple[str, Record]]:
    """The records below a folder of the book, each with its path."""
    for path in sorted((book / folder).rglob("*.yaml")):
        yield path.relative_to(book).as_posix(), load(path.read_bytes())


def validator(book: Path, name: str) -> Draft202012Validator:
    """A validator for one of the book's schemas, formats asserted."""
    schema = json.loads((book / "schemas" / name).read_text("utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def collect(book: Path, wrong: list[str]) -> Iterator[Rows]:
    """The rows of the book, some thousand records at a time; what is wrong with a record is added to ``wrong``."""
    rows = empty()
    check = validator(book, "person.schema.json")
    for path, person in read(book, "data/people"):
        wrong += [f"{path}: {error.message}" for error in check.iter_errors(person)][:1]
        rows["people"].append((person["id"], person["name"], person.get("born"), person.get("country")))
        rows["_records"].append(("people", person["id"], path, json.dumps(person, ensure_ascii=False)))
    yield rows
    known = {row[0] for row in rows["people"]}
    rows = empty()
    check = validator(book, "object.schema.json")
    for path, record in read(book, "data/objects"):
        problems = [error.message for error in check.iter_errors(record)]
        problems += [f"{maker} is not in people" for maker in record["makers"] if maker not in known]
        wrong += [f"{path}: {'; '.join(problems)}"] if problems else []
        flatten(record, rows)
        rows["_records"].append(("objects", record["id"], path, json.dumps(record, ensure_ascii=False)))
        if len(rows["objects"]) == BATCH:
            yield rows
            rows = empty()
    yield rows


def load_tables(database: Database, batches: Iterable[Rows]) -> None:
    """Make the tables and fill them, then the indexes and full-text search."""
    with database.atomic():
        for table, columns in COLUMNS.items():
            links = LINKS.get(table, [])
            database.table(table).create(columns, pk=KEYS[table], foreign_keys=links, strict=True)
        for rows in batches:
            for table, columns in COLUMNS.items():
                # Tuples after one of names, which takes sqlite-utils a little less time than dictionaries.
                database.table(table).insert_all([tuple(columns), *rows[table]], batch_size=1_000)
        for table, column in INDEXES.items():
            database.table(table).create_index([column])
        for table, searched in SEARCHED.items():
            database.table(table).enable_fts(searched, tokenize="unicode61 remove_diacritics 2")
    database.analyze()


def extract(database: Database, out: Path) -> None:
    """One CSV a table, one JSON a collection."""
    for table in COLUMNS:
        if table != "_records":
            with (out / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(COLUMNS[table])
                writer.writerows(database.execute(f'SELECT * FROM "{table}"'))
    for collection in ("objects", "people"):
        documents = database.execute("SELECT document FROM _records WHERE collection = ? ORDER BY rowid", [collection])
        with (out / f"{collection}.json").open("w", encoding="utf-8") as file:
            file.write("[")
            file.writelines(f"{',' if number else ''}\n{text}" for number, (text,) in enumerate(documents))
            file.write("\n]\n")


def main() -> int:
    """Build the book, and say how many of its records are wrong."""
    book, out = map(Path, sys.argv[1:])
    out.mkdir()
    database = Database(out / "museum.db")
    wrong: list[str] = []
    load_tables(database, collect(book, wrong))
    extract(database, out)
    database.close()
    print("\n".join([*wrong, f"{len(wrong)} records are wrong"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
