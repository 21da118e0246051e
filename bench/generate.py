# SPDX-License-Identifier: Apache-2.0
"""A synthetic book of any size: a made-up museum's catalogue, the same bytes for the same size and seed.

``python -m bench.generate FOLDER --records N`` writes one. Every fiftieth record is a person, the rest are objects of
about 1 KB, one a file, a thousand a folder. An object is 12 rows in five tables. Every 500th object breaks the schema
(a choice that is none, a day that no calendar has, a word with a capital letter), which the descriptor lowers to a
warning, so that the book is published and the mistakes are told.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROWS = {
    "objects": 1,
    "objects_keywords": 2,
    "objects_makers": 2,
    "objects_events": 3,
    "objects_events_sources": 4,
}
WRONG_EVERY = 500
_FOLDER = 1_000  # files
_PERSON_EVERY = 50


@dataclass(frozen=True, slots=True)
class Stated:
    """What a generated book holds: records in all, rows by table, and how many records break the schema."""

    records: int
    rows: Mapping[str, int]
    invalid: int


def generate(folder: Path, records: int, *, seed: int = 1, wrong_every: int = WRONG_EVERY) -> Stated:
    """Write a book of ``records`` records (2 at least) into the new folder ``folder``."""
    people = max(1, records // _PERSON_EVERY)
    objects = records - people
    folder.mkdir(parents=True)
    (folder / "datapackage.yaml").write_text(DESCRIPTOR, encoding="utf-8")
    (folder / "schemas").mkdir()
    for name, schema in SCHEMAS.items():
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        (folder / "schemas" / f"{name}.schema.json").write_text(text, encoding="utf-8")
    invalid = 0
    for number in range(1, people + 1):
        _write(folder / "data/people", number, f"person-{number:06}", _person(number, _Chance(f"{seed}/p{number}")))
    for number in range(1, objects + 1):
        wrong = number % wrong_every == wrong_every // 2
        invalid += wrong
        chance = _Chance(f"{seed}/o{number}")
        _write(folder / "data/objects", number, f"obj-{number:06}", _object(number, people, chance, wrong=wrong))
    rows = {table: count * objects for table, count in ROWS.items()}
    return Stated(records, {**rows, "people": people}, invalid)


def _write(folder: Path, number: int, name: str, text: str) -> None:
    inner = folder / f"{number // _FOLDER:03}"
    if number in (1, number // _FOLDER * _FOLDER):
        inner.mkdir(parents=True, exist_ok=True)
    (inner / f"{name}.yaml").write_text(text, encoding="utf-8", newline="\n")


class _Chance:
    """Choices from ``random()`` alone, whose numbers for a seed Python promises to keep."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random  # noqa: S311 # made-up records, not secrets

    def below(self, limit: int) -> int:
        return int(self._random() * limit)

    def one(self, choices: Sequence[str]) -> str:
        return choices[self.below(len(choices))]

    def two(self, count: int) -> tuple[int, int]:
        """Two different numbers below ``count``; 0 twice where there is only one."""
        first = self.below(count)
        return first, (first + 1 + self.below(count - 1)) % count if count > 1 else first

    def date(self) -> str:
        return f"{1850 + self.below(170)}-{1 + self.below(12):02}-{1 + self.below(28):02}"

    def sentence(self, words: int) -> str:
        text = " ".join(self.one(_WORDS) for _ in range(words))
        return f"{text[0].upper()}{text[1:]}."


# --- what the records say -------------------------------------------------------------------------------------------

_KINDS = ("lamp", "bowl", "coin", "map", "textile", "instrument")
_STATUSES = ("on-display", "in-store", "in-repair")
_COUNTRIES = ("TR", "SE", "DE", "GB", "IN", "MX")
_EVENTS = ("found", "bought", "given", "lent", "repaired", "photographed")
_TOWNS = ("Kayalı", "Örnekköy", "Testhausen", "Sample Hill", "Ejemplo", "Musterstad")
_FIRST = ("Ada", "Işıl", "Bo", "Çiğdem", "Émile", "Zoë", "Jonas", "Nils")
_LAST = ("Musterfrau", "Örnek", "Muster", "Prøve", "Sample", "Ejemplo", "Łódź", "Vzor")
_KEYWORDS = ("copper", "silk", "trade", "harbour", "bird", "court", "school", "market", "garden", "letter")
_TEXT_OF_WORDS = (
    "the a of with and found under by old small large copper silver painted broken whole handle rim bowl lamp bird ship"
    " tree garden market harbour kitchen workshop mark maker year hand light dark blue red çini kâğıt façade naïve"
    " repaired given bought sold carried kept wrapped signed dated described drawn twice never often later"
)
_WORDS = _TEXT_OF_WORDS.split()


def _person(number: int, chance: _Chance) -> str:
    # The number makes the name unique, as catalogues do: Ada Musterfrau (17).
    return (
        f"id: person-{number:06}\n"
        f"name: {chance.one(_FIRST)} {chance.one(_LAST)} ({number})\n"
        f"born: {1800 + chance.below(190)}\n"
        f"country: {chance.one(_COUNTRIES)}\n"
    )


def _object(number: int, people: int, chance: _Chance, *, wrong: bool) -> str:
    kind, status, acquired = chance.one(_KINDS), chance.one(_STATUSES), chance.date()
    first, second = chance.two(len(_KEYWORDS))
    keywords = [_KEYWORDS[first], _KEYWORDS[second]]
    if wrong:
        if number % 3 == 0:
            status = "mislaid"
        elif number % 3 == 1:
            acquired = f"{acquired[:4]}-02-30"
        else:
            keywords[1] = keywords[1].capitalize()
    title = chance.sentence(4 + chance.below(4))[:-1]
    lines = [
        *(["# Checked against the card index."] if number % 7 == 0 else []),
        f"id: obj-{number:06}",
        f'title: "{kind.capitalize()}: {title}"' if number % 5 == 0 else f"title: {title}",
        f"kind: {kind}",
        f"status: {status}",
        f"acquired: {acquired}",
        f"height_mm: {10 + chance.below(900)}",
        f"weight_kg: {chance.below(40)}.{1 + chance.below(9)}",
        f"on_loan: {'true' if chance.below(9) == 0 else 'false'}",
        "place:",
        f"  town: {chance.one(_TOWNS)}",
        f"  country: {chance.one(_COUNTRIES)}",
        "description: >-",
        *(f"  {chance.sentence(13)}" for _ in range(3)),
        f"keywords: [{', '.join(keywords)}]" if number % 2 else f"keywords:\n  - {keywords[0]}\n  - {keywords[1]}",
        "makers:",
        *(f"  - person-{1 + index:06}" for index in chance.two(people)),
        "events:",
    ]
    for sources in (1, 2, 1):
        lines += [
            f"  - date: {chance.date()}",
            f"    kind: {chance.one(_EVENTS)}",
            f"    note: {chance.sentence(6)}",
            "    sources:",
            *(f'      - "Inventory {1 + chance.below(40)}, p. {1 + chance.below(400)}"' for _ in range(sources)),
        ]
    return "\n".join(lines) + "\n"


# --- what the book says of them -------------------------------------------------------------------------------------

_DATE = {"$ref": "#/$defs/date"}
_TEXT = {"$ref": "#/$defs/text"}
_DEFINITIONS = {
    "date": {"type": "string", "format": "date"},
    "text": {"type": "string", "minLength": 1},
    "place": {
        "type": "object",
        "properties": {"town": _TEXT, "country": {"enum": list(_COUNTRIES)}},
        "required": ["town", "country"],
        "additionalProperties": False,
    },
    "event": {
        "type": "object",
        "properties": {
            "date": _DATE,
            "kind": {"enum": list(_EVENTS)},
            "note": _TEXT,
            "sources": {"type": "array", "items": _TEXT},
        },
        "required": ["date", "kind", "sources"],
        "additionalProperties": False,
    },
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "object": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An object of the museum",
        "type": "object",
        "properties": {
            "id": {"type": "string", "pattern": "^obj-[0-9]{6,}$"},
            "title": {"type": "string", "minLength": 1, "maxLength": 200},
            "kind": {"enum": list(_KINDS)},
            "status": {"enum": list(_STATUSES)},
            "acquired": _DATE,
            "height_mm": {"type": "integer", "minimum": 1},
            "weight_kg": {"type": "number", "minimum": 0},
            "on_loan": {"type": "boolean"},
            "place": {"$ref": "#/$defs/place"},
            "description": _TEXT,
            "keywords": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}, "uniqueItems": True},
            "makers": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "events": {"type": "array", "items": {"$ref": "#/$defs/event"}, "minItems": 1},
        },
        "required": ["id", "title", "kind", "status", "acquired", "place", "makers", "events"],
        "additionalProperties": False,
        "$defs": _DEFINITIONS,
    },
    "person": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A maker",
        "type": "object",
        "properties": {
            "id": {"type": "string", "pattern": "^person-[0-9]{6,}$"},
            "name": {"type": "string", "minLength": 1},
            "born": {"type": "integer"},
            "country": {"enum": list(_COUNTRIES)},
        },
        "required": ["id", "name"],
        "additionalProperties": False,
    },
}

DESCRIPTOR = """\
# A generated book for the benchmark. All of it is made up.
name: museum
title: The museum that is not there
sourcebook:
  rules: {schema: warning} # some records break the schema on purpose, and are published all the same
resources:
  - name: objects
    title: Objects
    path: build/csv/objects.csv
    schema: build/tableschema/objects.json
    sourcebook:
      records: data/objects/**/*.yaml
      schema: schemas/object.schema.json
      key: id
      references: {"makers[]": people}
      facets: [kind, status]
  - name: people
    title: Makers
    path: build/csv/people.csv
    schema: build/tableschema/people.json
    sourcebook:
      records: data/people/**/*.yaml
      schema: schemas/person.schema.json
      key: id
licenses:
  - name: CC0-1.0
"""


def main() -> None:
    """Write a book and print what it holds, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.generate", description="Write a synthetic book.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--records", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(json.dumps(asdict(generate(asked.folder, asked.records, seed=asked.seed))))


if __name__ == "__main__":
    main()
