# SPDX-License-Identifier: Apache-2.0
"""Mistakes in what answers a statement: each takes away what its class says, and nothing else of the record."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sourcebook.check.check import check
from sourcebook.mutate.kinds import KINDS
from sourcebook.mutate.source import Source
from tests.conftest import ROOT

BOOKS = ("harbour", "ferries")
ANSWERS = ("denies", "contradicts", "overturns", "corrects", "later_in_case", "upholds", "later", "supersedes")

FERRIES = {
    "datapackage.yaml": """
name: ferries
resources:
  - name: words
    path: build/csv/words.csv
    schema: build/tableschema/words.json
    sourcebook:
      records: data/words.yaml
      schema: schemas/word.schema.json
      key: id
      layout: list
      role: {statement: {text: says, by: who, in: paper, denies: "answers.denies[]", contradicts: against}}
  - name: trips
    path: build/csv/trips.csv
    schema: build/tableschema/trips.json
    sourcebook: {records: data/trips.yaml, schema: schemas/trip.schema.json, key: id, layout: list}
""",
    "schemas/word.schema.json": """
{"type": "object", "required": ["id", "says", "who", "paper"], "properties": {
  "id": {"type": "string"}, "says": {"type": "string"}, "who": {"type": "string"}, "paper": {"type": "string"},
  "as_of": {"type": "string"},
  "answers": {"type": "object", "properties": {
    "denies": {"type": "array", "items": {"type": "string", "x-references": "words.id"}}}},
  "against": {"type": "array", "items": {"type": "string", "x-references": "words.id"}}}}
""",
    "schemas/trip.schema.json": """
{"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "on_word": {"type": "string",
  "x-references": "words.id"}, "crew": {"type": "array", "items": {"type": "object", "properties": {
    "name": {"type": "string"}, "words": {"type": "array", "items": {"type": "string", "x-references": "words.id"}}}}}}}
""",
    "data/words.yaml": """
- {id: a, says: The ferry left late., who: Odd, paper: Gazette}
- {id: b, says: The ferry was empty., who: Odd, paper: Gazette, as_of: "1911"}
- id: c
  says: Neither is so.
  who: Ceyda
  paper: Courier
  answers:
    denies:
      - a
      - b
  against: [a, b]
""",
    "data/trips.yaml": """
- id: first
  on_word: a
  crew:
    - name: Odd
      words: [a, b]
""",
}


@pytest.fixture(scope="module", params=BOOKS)
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Source:
    folder = tmp_path_factory.mktemp(request.param) / "book"
    if request.param == "harbour":
        shutil.copytree(ROOT / "tests/site/book", folder)
    else:
        for name, text in FERRIES.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text.lstrip("\n"), encoding="utf-8")
    checked = check(folder)
    assert checked.ok, checked.findings
    return Source(checked)


def lost(source: Source, kind: str) -> Iterator[tuple[Path, Any, Any]]:
    """Of each mutant its file, and one after the other what it takes away: the path, and the value that was there."""
    for mutant in KINDS[kind].make(source, random.Random(0)):
        if mutant:
            ((path, after),) = mutant.after.items()
            gone = list(_gone((), yaml.safe_load(mutant.before[path]), yaml.safe_load(after)))
            assert len(gone) == 1, (mutant.what, gone)
            assert mutant.holders
            yield Path(path), *gone[0]


def _gone(path: tuple[Any, ...], before: Any, after: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(before, dict) and isinstance(after, dict | None):
        after = after or {}  # a mapping of which the last property is gone
        for name in before:
            if name in after:
                yield from _gone((*path, name), before[name], after[name])
            else:
                yield (*path, name), before[name]
        assert set(after) <= set(before)
    elif isinstance(before, list) and isinstance(after, list) and len(before) > len(after):
        (item,) = [one for one in before if one not in after]
        assert [one for one in before if one != item] == after
        yield (*path, item), item
    elif isinstance(before, list) and isinstance(after, list):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _gone((*path, number), one, other)
    else:
        assert before == after


def test_a_list_of_answers_is_left_out(source: Source) -> None:
    found = list(lost(source, "unlinked-answer"))
    assert found
    assert {path[-1] for _, path, _ in found} <= set(ANSWERS) | {"against"}


def test_one_of_several_answers_is_left_out(source: Source) -> None:
    found = list(lost(source, "dropped-answer"))
    if source.book.root.parent.name.startswith("ferries"):
        assert sorted(value for _, _, value in found) == ["a", "a", "b", "b"]
    assert all(path[-2] in (*ANSWERS, "against") for _, path, _ in found)


def test_what_a_row_rests_on_is_left_out(source: Source) -> None:
    found = list(lost(source, "ungrounded-row"))
    assert found
    if source.book.root.parent.name.startswith("ferries"):
        assert sorted(str(path[-1]) for _, path, _ in found) == ["on_word", "words"]
    assert not [path for path, *_ in found if path.parent.name == "words" or "words.yaml" in path.name]


def test_the_date_as_of_which_something_is_told_is_left_out(source: Source) -> None:
    found = list(lost(source, "missing-as-of"))
    if source.book.root.parent.name.startswith("ferries"):
        assert [(path[-1], value) for _, path, value in found] == [("as_of", "1911")]
