# SPDX-License-Identifier: Apache-2.0
"""A data file with its first record, written as the other files of its collection are."""

from __future__ import annotations

from typing import Any

from sourcebook.book import Collection, Each
from sourcebook.edit.model import Refused
from sourcebook.edit.text.json_values import JsonManner, json_manner
from sourcebook.edit.text.line_ends import Text
from sourcebook.edit.text.manners import manner_of
from sourcebook.edit.text.nodes import trees
from sourcebook.edit.text.pages import head_end
from sourcebook.edit.written import Manner, document
from sourcebook.exact import same
from sourcebook.parse import Limits, is_json, is_lines
from sourcebook.parse.events import NotYaml
from sourcebook.records.layout import parse_file


def new_file(collection: Collection, path: str, value: Any, key: str | None, like: bytes | None) -> bytes:
    """The bytes of a new file with a record, in the manner of another one, ``like``, if there is such.

    ``key`` names it in a map. Raises Refused where it cannot be written so that it is read as it is.
    """
    there = _manner(collection, path, like)
    held, body = value, None
    if collection.layout == "front-matter":
        body = str(value.get(collection.body, ""))
        held = {name: one for name, one in value.items() if name != collection.body}
    elif collection.layout == "list":
        held = [value]
    elif collection.layout == "map":
        held = {key: value}
    for step in reversed(collection.at):
        if isinstance(step, Each):
            raise Refused(f"{path} is a new file, and it cannot be told what the record is to stand below in it")
        held = [held] if step in (0, "0") else {str(step): held}
    try:
        text = _text(path, held, there)
    except ValueError as error:
        raise Refused(f"{path} cannot be written: {error}") from None
    if body is not None:
        text = f"---\n{text}---\n{body}"
    line_end = "\n" if like is None else Text(like).line_end
    data = text.replace("\n", line_end).encode("utf-8")
    parsed = parse_file(collection, data, path, Limits())
    wanted = value if collection.layout == "front-matter" else held
    got = [one.value for one in parsed.documents]
    if collection.layout == "front-matter":
        wanted = {**{name: one for name, one in value.items() if name != collection.body}, collection.body: body}
    if parsed.broken or len(got) != 1 or not same(got[0], wanted):
        raise Refused(f"{path} cannot be written so that the record is read as it is")
    return data


def _text(path: str, value: Any, manner: Manner | JsonManner) -> str:
    if isinstance(manner, Manner):
        return document(value, manner)
    return manner.text(value, None if is_lines(path) else "") + "\n"


def _manner(collection: Collection, path: str, like: bytes | None) -> Manner | JsonManner:
    otherwise: Manner | JsonManner = Manner()
    if is_json(path):
        otherwise = JsonManner() if is_lines(path) else JsonManner(step="  ")
    if like is None:
        return otherwise
    try:
        text = Text(like).text
        if collection.layout == "front-matter":
            text = text[: head_end(text)]
        if is_lines(path):
            text = text.partition("\n")[0]
        found = trees(text, json=is_json(path))
        if not found:
            return otherwise
        return json_manner(text, found[0].root) if is_json(path) else manner_of([tree.root for tree in found], text)
    except (NotYaml, UnicodeDecodeError):
        return otherwise
