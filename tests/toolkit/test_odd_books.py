# SPDX-License-Identifier: Apache-2.0
"""Small odd books: what they hold is published whole and verified, or refused with a finding at its place."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from sourcebook.parse import Limits, parse


def write(
    folder: Path, collections: Mapping[str, Mapping[str, Any]], files: Mapping[str, Any], **settings: Any
) -> Path:
    """A book of ``collections`` (what stands under ``sourcebook:``, by name) with ``files``, texts or JSON."""
    resources = [
        {
            "name": name,
            "path": f"build/csv/{name}.csv",
            "schema": f"build/tableschema/{name}.json",
            "sourcebook": {"records": f"data/{name}.yaml", **block},
        }
        for name, block in collections.items()
    ]
    descriptor = {"name": "odd", "resources": resources, **({"sourcebook": settings} if settings else {})}
    for path, content in {"datapackage.yaml": descriptor, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content if isinstance(content, str) else json.dumps(content, indent=1), "utf-8")
    return folder


LIST = {"layout": "list", "key": "id"}
ANY = {"type": ["integer", "string"]}

WHOLE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a key that is 0": (
        {
            "lines": {**LIST, "schema": "schemas/line.json"},
            "stops": {**LIST, "schema": "schemas/stop.json", "references": {"line": "lines"}},
        },
        {
            "schemas/line.json": {"properties": {"id": {"type": "integer"}, "names": {"items": {"type": "string"}}}},
            "schemas/stop.json": {"properties": {"id": ANY, "line": {"type": "integer"}}},
            "data/lines.yaml": "- {id: 0, names: [Ash, Elm]}\n- {id: 1}\n",
            "data/stops.yaml": "- {id: a, line: 0}\n",
        },
    ),
    "a property without a name": (
        {"lines": {**LIST, "schema": "schemas/line.json"}, "stops": LIST},
        {
            "schemas/line.json": {
                "properties": {"id": ANY, "": ANY, "in": {"properties": {"": ANY, "a": ANY}}},
                "additionalProperties": False,
            },
            "data/lines.yaml": '- {id: 1, "": 2, in: {"": 3, a: 4}}\n',
            "data/stops.yaml": '- {id: 1, "": 2, in: {"": 3, a: 4}, of: [{"": 5}]}\n',
        },
    ),
}


WHOLE["a key of which the schema says nothing"] = (
    {"lines": {**LIST, "schema": "schemas/line.json"}},
    {"schemas/line.json": {"type": "object"}, "data/lines.yaml": "- id: 1\n- id: b\n"},
)
WHOLE["a key of another type than the schema says"] = (
    {"lines": {**LIST, "schema": "schemas/line.json"}, "stops": {**LIST, "references": {"line": "lines"}}},
    {
        "schemas/line.json": {"properties": {"id": {"type": "string"}, "names": {"items": {"type": "string"}}}},
        "data/lines.yaml": "- {id: 1, names: [Ash]}\n- {id: b}\n",
        "data/stops.yaml": "- {id: a, line: 1}\n- {id: b, line: b}\n",
    },
)


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_odd_is_published_whole(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path, *WHOLE[name], rules={"schema": "warning"})
    built = sourcebook.build(folder)
    assert built.release is not None, built.checked.findings
    assert sourcebook.verify(folder).differences == ()


NAMED = {"properties": {"id": ANY, "name": {"type": "string"}, "to": {"type": "string"}}}
PEOPLE = {"schemas/p.json": NAMED, "data/people.yaml": "- {id: 1, name: Ada}\n- {id: 2, name: Bo}\n"}
TO_NAME = {"references": {"to": "people.name"}, "schema": "schemas/p.json"}

POSTS, LETTERS = (f"datapackage.yaml:{line}:12: error descriptor:" for line in (24, 39))

# What is refused: the collections, the files, and the findings (place, rule, message, hint).
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "an empty key": (
        {"lines": {"layout": "map"}, "stops": LIST},
        {"data/lines.yaml": '"": {n: 1}\nb: {n: 2}\n', "data/stops.yaml": '- {id: ""}\n'},
        [
            "data/lines.yaml:1:1: error key-missing: the record's key in the map is empty",
            "data/stops.yaml:1:8: error key-missing: the key 'id' is empty",
        ],
    ),
    "a key that is a reference by a name": (
        {"people": {**LIST, "schema": "schemas/p.json"}, "posts": {"layout": "list", "key": "to", **TO_NAME}},
        {**PEOPLE, "data/posts.yaml": "- {to: Ada}\n"},
        [f"{POSTS} the key 'to' is a reference by 'name', so its column would hold another key"],
    ),
    "a reference by what is itself a reference": (
        {
            "people": {**LIST, "schema": "schemas/p.json"},
            "posts": {**LIST, **TO_NAME},
            "letters": {**LIST, "schema": "schemas/p.json", "references": {"to": "posts.to"}},
        },
        {**PEOPLE, "data/posts.yaml": "- {id: 1, to: Ada}\n", "data/letters.yaml": "- {id: 1, to: Ada}\n"},
        [f"{LETTERS} the references at 'to' are written by 'to', which is itself a reference"],
    ),
    "a template that names what is not there": (
        {"lines": {"key": "{stm}-{path"}, "stops": LIST},
        {"data/lines.yaml": "n: 1\n", "data/stops.yaml": "- id: 1\n"},
        [
            "datapackage.yaml:10:12: error descriptor: the key's template has {path, which means nothing",
            "datapackage.yaml:10:12: error descriptor: the key's template has {stm}, which means nothing",
        ],
    ),
    "a list whose records have no key": (
        {"lines": {"layout": "list"}},
        {"data/lines.yaml": "- id: 1\n- id: 2\n"},
        ["datapackage.yaml:8:18: error descriptor: records in a list need a key: name the property that is unique"],
    ),
    "a reference to a collection twice": (
        {"lines": {**LIST, "references": {"to": ["lines", "lines"]}}},
        {"data/lines.yaml": "- {id: 1, to: 1}\n"},
        ['datapackage.yaml:15:7: error descriptor: "lines" stands in the list twice (items 1 and 2)'],
    ),
    "a record that an alias repeats": (
        {"lines": LIST},
        {"data/lines.yaml": "- &a {id: 1}\n- *a\n"},
        ["data/lines.yaml:2:3: error key-duplicate: the key 1 is taken by the record at data/lines.yaml:1"],
    ),
    "a mistake in what records merge": (
        {"lines": {**LIST, "schema": "schemas/line.json"}},
        {
            "schemas/line.json": {"properties": {"n": {"type": "integer"}}},
            "data/lines.yaml": "- &a {id: 1, n: x}\n- {<<: *a, id: 2}\n- {<<: *a, id: 3}\n",
        },
        ['data/lines.yaml:1:17: error schema: an integer is expected, but this is the text "x"'],
    ),
    "a property that may not be given": (
        {"lines": {**LIST, "schema": "schemas/line.json"}},
        {
            "schemas/line.json": {"properties": {"n": False}, "patternProperties": {"^x": False}},
            "data/lines.yaml": "- id: 1\n  n: 2\n  xy: 3\n",
        },
        [
            "data/lines.yaml:2:3: error schema: the property 'n' may not be given here",
            "data/lines.yaml:3:3: error schema: the property 'xy' may not be given here",
        ],
    ),
    "a bound of draft 4": (
        {"lines": {**LIST, "schema": "schemas/line.json"}},
        {
            "schemas/line.json": {
                "$schema": "http://json-schema.org/draft-04/schema#",
                "properties": {"id": {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "description": "No."}},
            },
            "data/lines.yaml": "- id: 1\n",
        },
        ["data/lines.yaml:1:7: error schema: 1 is not more than 1"],
    ),
    "an empty descriptor": (
        {},
        {"datapackage.yaml": "# to be written\n"},
        ["datapackage.yaml:1:1: error descriptor: the descriptor is empty"],
    ),
    "two descriptors in one file": (
        {},
        {"datapackage.yaml": "name: a\n---\nname: b\n"},
        ["datapackage.yaml:2:1: error descriptor: a second YAML document begins here; one is expected"],
    ),
}


SCRIPT = "scripts/checks/no.sql:1:1: error script:"
REFUSED |= {
    "a key that no record has": (
        {"lines": {**LIST, "key": "idd"}, "stops": {**LIST, "key": "code"}},
        {"data/lines.yaml": "- id: 1\n- id: 2\n", "data/stops.yaml": "- id: 1\n- id: 2\n- code: 3\n"},
        [
            "data/stops.yaml:1:3: error key-missing: the record has no 'code', which is the key of stops",
            "data/stops.yaml:2:3: error key-missing: the record has no 'code', which is the key of stops",
            "datapackage.yaml:11:12: error descriptor: no record of lines has 'idd', which is to be the key",
        ],
    ),
    "settings that mean nothing here": (
        {"lines": {**LIST, "body": "text", "key_replace": {"_": "-"}}},
        {"data/lines.yaml": "- id: 1\n"},
        [
            "datapackage.yaml:12:5: error descriptor: only pages have a text below their front matter",
            "datapackage.yaml:13:5: error descriptor: texts are replaced only in a key made by a template",
        ],
    ),
    "a check that returns what is no text": (
        {"lines": LIST},
        {
            "data/lines.yaml": "- id: 1\n",
            "scripts/checks/no.sql": "SELECT x'ff' AS _table, 9e999 AS _key, x'fd' AS message FROM lines",
        },
        [
            "scripts/checks/no.sql:1:1: error checks/no: x'fd' (\"x'ff'\", key \"inf\", which is no record)",
        ],
    ),
    "front matter that is not closed": (
        {"lines": {"layout": "front-matter"}},
        {"data/lines.yaml": "---\nname: Ash\n"},
        ["data/lines.yaml:1:1: error layout: the front matter that begins here is not closed"],
    ),
    "a column that a check names and no table has": (
        {"lines": LIST},
        {
            "data/lines.yaml": "- {id: 1, name: a}\n- {id: 2, name: b}\n",
            "scripts/checks/no.sql": "SELECT 'lines' AS _table, id AS _key, 'nmae' AS _column FROM lines",
        },
        [
            "data/lines.yaml:1:3: error checks/no: no",
            "data/lines.yaml:2:3: error checks/no: no",
            f'{SCRIPT} the check names a column "nmae", which the table lines does not have',
        ],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_meaning_is_refused(name: str, tmp_path: Path) -> None:
    collections, files, expected = REFUSED[name]
    found = sourcebook.check(write(tmp_path, collections, files)).findings
    assert [str(finding) for finding in found] == expected
    assert all(finding.hint or finding.rule.startswith(("schema", "checks/")) for finding in found)


def test_a_reference_by_the_key_may_lead_on(tmp_path: Path) -> None:
    """What holds the key that was written leads on: a key that is a reference, and a reference by such a one."""
    chained = {"layout": "list", "key": "to", "schema": "schemas/p.json", "references": {"to": "people.id"}}
    ends = {**LIST, "schema": "schemas/p.json", "references": {"to": "posts.to"}}
    files = {
        "schemas/p.json": NAMED,
        "data/people.yaml": "- {id: a, name: Ada}\n",
        "data/posts.yaml": "- {to: a}\n",
        "data/letters.yaml": "- {id: 1, to: a}\n",
    }
    folder = write(tmp_path, {"people": {**LIST, "schema": "schemas/p.json"}, "posts": chained, "letters": ends}, files)
    assert sourcebook.build(folder).release is not None
    assert sourcebook.verify(folder).differences == ()


STRICT = {"schema": "model/line.json", **LIST}


def test_a_schema_outside_schemas_may_refer_to_its_neighbours(tmp_path: Path) -> None:
    files = {
        "data/lines.yaml": "- id: 1\n- id: x\n",
        "model/line.json": {"properties": {"id": {"$ref": "ids.json#/$defs/i"}}},
        "model/ids.json": {"$defs": {"i": {"$ref": "../more/whole.json"}}},
        "more/whole.json": {"type": "integer"},
    }
    (finding,) = sourcebook.check(write(tmp_path, {"lines": STRICT}, files)).findings
    assert str(finding) == 'data/lines.yaml:2:7: error schema: an integer is expected, but this is the text "x"'


def test_what_is_published_beside_a_schema_lies_beside_it(tmp_path: Path) -> None:
    files = {
        "data/lines.yaml": "- id: x\n",
        "model/line.json": {
            "$id": "https://example.org/v1/line.json",
            "properties": {"id": {"$ref": "https://example.org/v1/ids.json"}},
        },
        "model/ids.json": {"type": "integer"},
    }
    (finding,) = sourcebook.check(write(tmp_path, {"lines": STRICT}, files)).findings
    assert (finding.path, finding.rule) == ("data/lines.yaml", "schema")


def test_no_reference_leads_out_of_the_book(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}")
    files = {"data/lines.yaml": "- id: 1\n", "model/line.json": {"$ref": "../../secret.json"}}
    (finding,) = sourcebook.check(write(tmp_path / "book", {"lines": STRICT}, files)).findings
    assert (finding.path, finding.rule) == ("model/line.json", "schema-reference")


def test_a_schema_that_is_to_be_ignored_is_not_read(tmp_path: Path) -> None:
    files = {"data/lines.yaml": "- id: 1\n", "schemas/cut.json": '{"type": ', "schemas/line.json": {}}
    named = {"schema": "schemas/line.json", **LIST}
    assert [one.rule for one in sourcebook.check(write(tmp_path, {"lines": named}, files)).findings] == ["json-syntax"]
    assert sourcebook.check(write(tmp_path, {"lines": named}, files, ignore="schemas/cut.json")).findings == ()
    own = sourcebook.check(
        write(tmp_path, {"lines": {**named, "schema": "schemas/cut.json"}}, files, ignore="schemas/*")
    )
    assert [one.rule for one in own.findings] == ["json-syntax"]


def test_what_is_past_the_limit_is_not_read_in_part(tmp_path: Path) -> None:
    long = {"description": "long " * 300}
    files = {"data/lines.yaml": "- id: 1\n", "schemas/line.json": long}
    folder = write(tmp_path, {"lines": {"schema": "schemas/line.json", **LIST}}, files, limits={"bytes": 1000})
    (finding,) = sourcebook.check(folder).findings
    assert (finding.path, finding.rule) == ("schemas/line.json", "yaml-limit")
    assert finding.message == "the file has more than 1,000 bytes, which is the limit"


def test_a_script_past_the_limit_is_not_read_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sourcebook.book.scripts.Limits", lambda: Limits(bytes=1000))
    script = "-- title: Lines\nSELECT id FROM lines -- " + "and so on " * 200
    folder = write(tmp_path, {"lines": LIST}, {"data/lines.yaml": "- id: 1\n", "scripts/views/all.sql": script})
    (finding,) = sourcebook.check(folder).findings
    assert (finding.path, finding.rule, finding.hint) == ("scripts/views/all.sql", "yaml-limit", "split it")


def test_editor_files_wait_for_a_descriptor_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "datapackage.yaml").write_bytes(b"name: \xff\n")
    made = sourcebook.init(tmp_path, editors=True)
    assert (made.written, made.undecided) == ((), ("nothing is written for editors until datapackage.yaml is mended",))
    assert [finding.rule for finding in made.checked.findings] == ["yaml-encoding"]


def test_reasons_are_printed_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: x\n")
    (tmp_path / "b\n::error::.yaml").write_text("name: [\n")
    result = CliRunner().invoke(main, ["init", str(tmp_path), "--adopt"])
    assert result.exit_code == 2
    first, *reasons = result.stderr.splitlines()
    assert first.endswith("to make collections of")
    assert "  a.yaml: a small mapping at the top that holds no list of records looks like settings" in reasons
    assert all(line.startswith("  ") for line in reasons)


def test_a_view_may_read_one_that_comes_after_it_by_name(tmp_path: Path) -> None:
    files = {
        "data/lines.yaml": "- id: 1\n- id: 2\n",
        "scripts/views/a.sql": "SELECT id FROM b",
        "scripts/views/b.sql": "SELECT id FROM c WHERE id > 1",
        "scripts/views/c.sql": "SELECT id FROM lines",
    }
    folder = write(tmp_path, {"lines": LIST}, files)
    release = sourcebook.build(folder).release
    assert release is not None, sourcebook.check(folder).findings
    with closing(sqlite3.connect(release / "odd.db")) as connection:
        assert connection.execute("SELECT id FROM a").fetchall() == [(2,)]
    assert sourcebook.verify(folder).differences == ()
    (folder / "scripts/views/c.sql").write_text("SELECT id FROM a")
    found = sourcebook.check(folder).findings
    assert [(one.path, one.rule) for one in found] == [(f"scripts/views/{name}.sql", "script") for name in "abc"]


def test_checks_of_no_table_and_of_empty_ones_are_carried_out(tmp_path: Path) -> None:
    missing = "SELECT 'lines' AS _table, 1 AS _key, 'no tunnel' AS message WHERE NOT EXISTS (SELECT 1 FROM tunnels)"
    files = {
        "data/lines.yaml": "- id: 1\n",
        "data/tunnels.yaml": "[]\n",
        "schemas/tunnel.json": {"properties": {"id": {"type": "integer"}}},
        "scripts/checks/missing.sql": missing,
        "scripts/checks/constant.sql": "SELECT 'lines' AS _table, 1 AS _key, 'always' AS message WHERE 1 > 0",
        "scripts/checks/nothing.sql": "SELECT 'tunnels' AS _table, id AS _key FROM tunnels",
    }
    empty = {**LIST, "schema": "schemas/tunnel.json", "may_be_empty": True}
    checked = sourcebook.check(write(tmp_path, {"lines": LIST, "tunnels": empty}, files))
    told = [
        "data/lines.yaml:1:3: error checks/constant: always",
        "data/lines.yaml:1:3: error checks/missing: no tunnel",
    ]
    assert [str(one) for one in checked.findings] == told
    counts = {name: (tally["performed"], tally["skipped"]) for name, tally in checked.ledger.as_dict().items()}
    assert [counts[f"checks/{name}"] for name in ("missing", "constant", "nothing")] == [(1, 0), (1, 0), (0, 1)]


def test_a_known_mistake_of_several_records_stays_known(tmp_path: Path) -> None:
    folder = write(tmp_path, *REFUSED["a mistake in what records merge"][:2])
    result = CliRunner().invoke(main, ["check", "--book", str(folder), "--write-baseline"])
    assert result.exit_code == 0, result.output
    assert sourcebook.check(folder).findings == ()


TYPED = {"properties": {"id": {}, "n": {"type": "number"}, "colour": {"type": "string"}, "list": {"type": "array"}}}


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("n: 1,75", "write the decimal point as a dot: 1.75"),
        ("n: 1,750", "write it without commas: 1750, or 1.750 if the comma is a decimal point"),
        ("n: 1,234,567", "write it without commas: 1234567"),
        ("n: \u22125", "write the minus as a hyphen: -5"),
        ("n: 12 500", "write it without spaces: 12500"),
        ('n: "12"', "take the quotes away: in quotes a number is text"),
        ("n: about 90", "write the number alone: 90; what else is said needs a property of its own"),
        ("colour: #ff0000", "put the value in quotes: a # after a space, as in #ff0000, begins a comment"),
        ("colour: # later", "give a value, or leave the property out"),
        ("colour:", "give a value, or leave the property out"),
    ],
)
def test_a_hint_says_how_the_value_is_written(tmp_path: Path, written: str, hint: str) -> None:
    files = {"schemas/line.json": TYPED, "data/lines.yaml": f"- id: 1\n  {written}\n"}
    (finding,) = sourcebook.check(write(tmp_path, {"lines": {**LIST, "schema": "schemas/line.json"}}, files)).findings
    assert (finding.rule, finding.hint) == ("schema", hint)


def test_a_hint_looks_at_the_line_that_yaml_counts(tmp_path: Path) -> None:
    files = {"schemas/line.json": TYPED, "data/lines.yaml": "# one\u2028two\x85\n- id: 1\n  colour: #ff0000\n"}
    (finding,) = sourcebook.check(write(tmp_path, {"lines": {**LIST, "schema": "schemas/line.json"}}, files)).findings
    assert (finding.line, finding.hint) == (
        3,
        "put the value in quotes: a # after a space, as in #ff0000, begins a comment",
    )


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("name: *Ada*\n", (1, 7), "names no anchor", "put the text in quotes: without them * begins an alias"),
        ("name: *ada\n", (1, 7), "names no anchor", "; or put the text in quotes, if it is text"),
        ("a: 1\n\u00a0\n", (2, 1), "the blank U+00A0 where only spaces may be", "indent with spaces"),
        ("a:\n  b: 1\n  \u00a0c\n", (3, 3), "the blank U+00A0 where only spaces may be", "indent with spaces"),
        (
            "id: 1\n<<<<<<< HEAD\nname: a\n=======\nname: b\n>>>>>>> other\n",
            (2, 1),
            "a conflict of git begins here, and is not resolved",
            "choose one of the two versions",
        ),
    ],
)
def test_a_mistake_of_the_text_is_named(text: str, place: tuple[int, int], message: str, hint: str) -> None:
    (finding,) = parse(text.encode(), "a.yaml").findings
    assert (finding.line, finding.column) == place
    assert message in finding.message
    assert hint in finding.hint


def test_adopting_tells_of_what_is_no_number_and_of_a_book_around(tmp_path: Path) -> None:
    write(tmp_path, {"lines": LIST}, {"data/lines.yaml": "- id: 1\n"})
    (tmp_path / "more").mkdir()
    (tmp_path / "more/apples.json").write_text('[{"id": "a", "of": "NaN"},\n {"id": "b", "of": NaN}]')
    (tmp_path / "more/pears.yaml").write_text("- id: a\n- id: b\n- id: c\n")
    (tmp_path / "more/plums.json5").write_text("[]")
    made = sourcebook.init(tmp_path / "more", adopt=True)
    assert made.undecided == (
        "apples.json:2:20: left out under ignore until it is mended, since it cannot be read: NaN is no number in JSON",
        "plums.json5: left out: JSON5 is not read: its comments and shortened forms are not JSON",
        f"the folder lies in another book, {tmp_path}: see that no pattern of that claims what is here",
    )
