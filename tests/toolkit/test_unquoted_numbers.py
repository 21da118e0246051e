# SPDX-License-Identifier: Apache-2.0
"""Numbers that lose part of what is written: told, unless a person's schema asks for numbers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import sourcebook
from sourcebook.edit.carry_out import write

RECORD = "name: Lamp {0}\nzip: 0123{0}\nparts: {{hook: [0{0}, 3]}}\nweight: {0}\n"
LOST = ["/parts/hook/0", "/zip"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder of three lamps, adopted."""
    (tmp_path / "lamps").mkdir()
    for number in range(1, 4):
        (tmp_path / f"lamps/lamp-{number}.yaml").write_text(RECORD.format(number))
    made = sourcebook.init(tmp_path, adopt=True)
    places = [told.split()[1] for told in made.undecided if "loses part" in told]
    assert sorted(places) == ["parts.hook[]", "zip"]
    return tmp_path


def lost(book: Path) -> list[str]:
    """Where something is told to be lost, in the first record."""
    findings = sourcebook.check(book).findings
    told = [one for one in findings if one.rule == "unquoted-number" and one.path.endswith("lamp-1.yaml")]
    return sorted(one.pointer for one in told)


def test_a_schema_that_was_inferred_from_lossy_numbers_does_not_vouch_for_them(shop: Path) -> None:
    schema = json.loads((shop / "schemas/lamps.schema.json").read_text("utf-8"))
    assert schema["properties"]["zip"] == {"type": ["integer", "string"]}
    assert schema["properties"]["weight"] == {"type": "integer"}
    assert sourcebook.schema.infer(shop, "lamps")[0].schema == schema
    assert lost(shop) == LOST
    write(sourcebook.fix(shop, "unquoted-number"))
    assert lost(shop) == []
    assert sourcebook.build(shop).release is not None
    with (shop / "build/csv/lamps.csv").open(encoding="utf-8", newline="") as file:
        assert [row["zip"] for row in csv.DictReader(file)] == ["01231", "01232", "01233"]


def test_a_person_who_asks_for_numbers_is_believed(shop: Path) -> None:
    where = shop / "schemas/lamps.schema.json"
    schema = json.loads(where.read_text("utf-8"))
    schema["properties"]["zip"] = {"type": "integer"}
    where.write_text(json.dumps(schema))
    assert lost(shop) == ["/parts/hook/0"]


@pytest.mark.parametrize("undeclared", [False, True])
def test_types_that_only_the_records_have_ask_for_nothing(shop: Path, undeclared: bool) -> None:
    descriptor = shop / "datapackage.yaml"
    line = "      schema: schemas/lamps.schema.json\n"
    there = descriptor.read_text("utf-8")
    assert line in there
    descriptor.write_text(there.replace(line, f"{line}      undeclared: tables\n" if undeclared else ""))
    (shop / "schemas/lamps.schema.json").write_text('{"type": "object", "properties": {"name": {"type": "string"}}}')
    assert lost(shop) == LOST
