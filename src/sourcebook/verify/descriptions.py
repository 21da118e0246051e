# SPDX-License-Identifier: Apache-2.0
"""Table Schemas, the package's descriptor and Datasette's configuration against what the book makes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sourcebook.exact import loads, same
from sourcebook.extract import (
    DATASETTE,
    METADATA,
    PACKAGE,
    datasette_config,
    datasette_metadata,
    package_descriptor,
    table_schema,
)
from sourcebook.extract.describe_site import site_description
from sourcebook.extract.extracts import described
from sourcebook.extract.package import logical_hash
from sourcebook.extract.site import SITE
from sourcebook.formats import index_json
from sourcebook.formats.packed import copies
from sourcebook.sqlite import reading
from sourcebook.verify.case import Case


def descriptions(case: Case) -> None:
    """Table Schemas, the package's descriptor and Datasette's configuration are what the book makes them."""
    wanted: dict[str, Any] = {
        METADATA: datasette_metadata(case.book, case.plans),
        DATASETTE: datasette_config(case.book, case.plans),
        SITE: site_description(case.book, case.plans),
    }
    if case.extracts:
        wanted |= _package(case)
    for file, value in wanted.items():
        with case.guarded(file):
            _description(case, file, value)


def _package(case: Case) -> Iterator[tuple[str, Any]]:
    for table in case.tables():
        schema = table_schema(table, case.plans, case.names)
        yield f"tableschema/{case.names[table.name]}.json", schema
    with reading(case.folder / case.database) as connection:
        extracts = described(case.book, case.plans, case.names, case.folder, connection)
        logical = logical_hash(connection, extracts)
    listed = case.listed
    others = [one.told for one in listed if one.format in case.formats]
    yield PACKAGE, package_descriptor(case.book, case.plans, case.names, extracts, logical, others)
    yield index_json.NAME, loads(index_json.text(case.book, listed, copies(case.folder, listed)))


def _description(case: Case, file: str, wanted: Any) -> None:
    case.ledger.performed("descriptions")
    if not same(loads((case.folder / file).read_bytes()), loads(json.dumps(wanted))):
        case.differs(file, "does not describe the book and the files beside it")
