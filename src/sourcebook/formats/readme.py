# SPDX-License-Identifier: Apache-2.0
"""``README.txt`` of the archive: what lies in it, and, of a book with statements, where it stands who says them."""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterator, Mapping
from typing import Any

from sourcebook.book import ANSWER_KINDS
from sourcebook.content.answer_links import answering
from sourcebook.content.statements import ROLE, is_statement
from sourcebook.extract.site import Collection, Site
from sourcebook.formats.model import File

README = "README.txt"
_SAID = {"by": "Who says it", "in": "Where that was published", "hedge": "With which reservation"}


def readme(about: Mapping[str, Any], site: Site, inside: Several[File]) -> str:
    """The text, by what the Data Package says ``about`` itself, of the files ``inside`` the archive."""
    title, version = about.get("title") or about.get("name") or "", about.get("version")
    licences = [one.get("title") or one.get("name") or one.get("path") or "" for one in about.get("licenses") or ()]
    lines = [str(title) + (f", version {version}" if version else ""), ""]
    lines += [*([str(about["description"]).strip(), ""] if about.get("description") else [])]
    lines += [
        "csv/ has a table a file (UTF-8, comma), tableschema/ its columns, json/ the records of each collection.",
        "datapackage.json describes them, with SHA-256 hashes: https://datapackage.org",
    ]
    for collection in filter(is_statement, site.collections):
        lines += ["", *_statements(site, collection, inside), ""]
    lines += [f"Licence: {', '.join(licences)}"] if any(licences) else []
    lines += [f"From: {about['homepage']}"] if about.get("homepage") else []
    return "\n".join(lines) + "\n"


def _statements(site: Site, collection: Collection, inside: Several[File]) -> Iterator[str]:
    """Where who says the statements of a collection stands, and what answers them: not in every row."""
    tables = {one.of: one.path for one in inside if one.format == "csv"}
    yield (
        f"Each row of {tables.get(collection.table, collection.table)} is what somebody said, which need not be true. "
        "Give it with who says it and what answers it:"
    )
    role = collection.roles[ROLE]
    for part, words in _SAID.items():
        if part in role:
            yield f"- {words}: {_part(collection, role[part], tables)}"
    answers: dict[str, list[str]] = {}
    for link, how in answering(site, collection):
        answers.setdefault(how, []).append(f'column "{link.column}" of {tables.get(link.table, link.table)}')
    for kind in ANSWER_KINDS:
        if kind.part in answers:
            yield f"- {kind.backward}: rows that have its key in {' or '.join(answers[kind.part])}"
    for one in inside:
        if one.format == "flat" and one.of == collection.name:
            yield f"{one.path} has with each of them who says it and what answers it."


def _part(collection: Collection, path: str, tables: Mapping[str, str]) -> str:
    field = collection.field(path)
    if field is not None and field.table:
        return tables.get(field.table, field.table)
    if field is not None and field.column:
        return f'column "{field.column}"'
    return f'"{path}" of its record in json/'
