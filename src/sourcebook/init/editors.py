# SPDX-License-Identifier: Apache-2.0
"""What editors and CI need to know of a book: schemas for its files, settings, a workflow, a hook.

Editors read whole files, a book's schemas describe single records. Where a file is more than one record, an editor's
schema of the whole file is written, which refers to the record's own. All of it lies in the book, so that a fresh clone
needs neither a build nor Sourcebook to complete and check records while they are typed.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from sourcebook.book import DESCRIPTOR, Book, Collection, Each, descriptor_schema
from sourcebook.exact import dumps, loads
from sourcebook.validation.addresses import relative

SETTINGS = ".vscode/settings.json"
_SCHEMAS = ".vscode/schemas"
_DESCRIPTOR_SCHEMA = ".vscode/datapackage.schema.json"
_MODELINE = "yaml-language-server:"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def editor_files(book: Book) -> dict[str, str]:
    """The editor's files of ``book``, by path: settings, and schemas of whole files."""
    schemas = {_DESCRIPTOR_SCHEMA: descriptor_schema()}
    patterns: dict[str, list[str]] = {_DESCRIPTOR_SCHEMA: [DESCRIPTOR]}
    for claimed, collections in _by_pattern(book).items():
        path = next(iter(_plain(collections)), None)
        if path is None:
            path = f"{_SCHEMAS}/{'-'.join(one.name for one in collections)}.schema.json"
            wholes = [_whole(one) for one in collections]
            schema = wholes[0] if len(wholes) == 1 else {"anyOf": wholes}
            schemas[path] = {"$schema": _DIALECT, "title": f"A file of {' or '.join(_titles(collections))}", **schema}
        patterns.setdefault(path, []).append(claimed)
    files = {path: dumps(schema, indent=2) + "\n" for path, schema in schemas.items()}
    return {SETTINGS: dumps(_settings(patterns), indent=2) + "\n", **files}


def advice(book: Book, descriptor: str) -> Iterator[str]:
    """What keeps editors from using the settings: a descriptor that names a schema elsewhere, with its text at hand."""
    if "$schema" in book.descriptor and _MODELINE not in descriptor:
        yield (
            f"{DESCRIPTOR} names a $schema, which editors would fetch and use: begin it with the line"
            f" # {_MODELINE} $schema={_DESCRIPTOR_SCHEMA}"
        )


def merged_settings(found: bytes, wanted: str, root: Path) -> tuple[str | None, list[str]]:
    """Found settings of the book in ``root`` with its own in them, and what that changes of a person's.

    None where they cannot be read (JSON with comments). Schemas of a person's stay, but for files that are gone.
    """
    try:
        old = loads(found)
    except ValueError:
        return None, []
    if not isinstance(old, dict):
        return None, []
    new = loads(wanted)
    notes = []
    if isinstance(schemas := old.get("yaml.schemas"), dict):
        notes = [
            f"{SETTINGS}: {path} is for {dumps(claimed)} again, and not for {dumps(schemas[path])}"
            for path, claimed in new["yaml.schemas"].items()
            if schemas.get(path, claimed) != claimed
        ]
        others = {path: claimed for path, claimed in schemas.items() if _is_theirs(path, root)}
        new["yaml.schemas"] = {**others, **new["yaml.schemas"]}
    if isinstance(old.get("json.schemas"), list):
        ours = [one["url"] for one in new.get("json.schemas", ())]
        kept = [one for one in old["json.schemas"] if not _is_ours(one, ours)]
        new["json.schemas"] = [*kept, *new.get("json.schemas", ())]
    return dumps({**old, **new}, indent=2) + "\n", notes


def _is_theirs(path: str, root: Path) -> bool:
    return not path.startswith(_SCHEMAS) and ("://" in path or (root / path).exists())


def _is_ours(schema: Any, ours: Container[str]) -> bool:
    url = schema.get("url") if isinstance(schema, dict) else None
    return isinstance(url, str) and (url in ours or url.startswith(f"./{_SCHEMAS}"))


def _by_pattern(book: Book) -> dict[str, list[Collection]]:
    """The collections with a schema whose files an editor knows to be YAML or JSON, by the pattern that claims them."""
    found: dict[str, list[Collection]] = {}
    for collection in book.collections:
        for pattern in collection.records:
            if collection.layout != "front-matter" and not pattern.endswith(".jsonl"):
                found.setdefault(pattern, []).append(collection)
    return {pattern: cs for pattern, cs in found.items() if all(one.schema for one in cs)}


def _plain(collections: list[Collection]) -> Iterator[str]:
    """The schema of a file that is one record."""
    if len(collections) == 1 and collections[0].layout not in ("list", "map") and not collections[0].at:
        yield str(collections[0].schema)


def _titles(collections: list[Collection]) -> Iterator[str]:
    yield from (one.title or one.name for one in collections)


def _whole(collection: Collection) -> dict[str, Any]:
    """The schema of a file of ``collection``, by its layout and the wrapper keys around the records."""
    schema: dict[str, Any] = {"$ref": relative(str(collection.schema), f"{_SCHEMAS}/{collection.name}")}
    if collection.layout == "list":
        schema = {"type": "array", "items": schema}
    elif collection.layout == "map":
        schema = {"type": "object", "additionalProperties": schema}
    for step in reversed(collection.at):
        if isinstance(step, Each):
            schema = (
                {"additionalProperties": schema} if step.name else {"additionalProperties": schema, "items": schema}
            )
        elif isinstance(step, str):
            schema = {"type": "object", "properties": {step: schema}, "required": [step]}
        else:
            schema = {"type": "array", "prefixItems": [*[True] * step, schema]}
    return schema


def _settings(patterns: dict[str, list[str]]) -> dict[str, Any]:
    yaml = {path: claimed[0] if len(claimed) == 1 else claimed for path, claimed in patterns.items()}
    json = [
        {"fileMatch": [f"/{p}" for p in claimed], "url": f"./{relative(path, '')}"}
        for path, claimed in patterns.items()
    ]
    json = [one for one in json if all(str(p).endswith(".json") for p in one["fileMatch"])]
    return {"yaml.yamlVersion": "1.2", "yaml.schemas": yaml, **({"json.schemas": json} if json else {})}
