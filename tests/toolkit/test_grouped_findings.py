# SPDX-License-Identifier: Apache-2.0
"""The text form of findings: what is found many times is told once, with the one command that mends it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from sourcebook.finding import Finding
from sourcebook.report.groups import FEW, command_for, grouped
from tests.toolkit.amended import book, run

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "state": {"enum": ["active", "retired"]},
        "masts": {"type": "integer"},
        "crew": {"type": "array", "items": {"type": "object", "properties": {"role": {"enum": ["cook", "mate"]}}}},
    },
    "additionalProperties": False,
}


def fleet(root: Path, lines: str, count: int) -> Path:
    files: dict[str, str | bytes] = {f"data/boats/b{n:02}.yaml": f"name: B {n}\n{lines}" for n in range(count)}
    return book(root, {"boats": {"schema": SCHEMA}}, files)


def test_many_times_is_told_once_with_the_first_places_and_the_command(tmp_path: Path) -> None:
    told = run(fleet(tmp_path, "state: actve\n", 17), "check", "--format", "text").stdout
    assert told == (
        "data/boats/b00.yaml\n"
        '  2:8: error: "actve" is not one of "active", "retired"  schema\n'
        "     2 | state: actve\n"
        "       |        ^\n"
        "         did you mean 'active'?\n"
        "         17 times in 17 files: data/boats/b00.yaml:2:8, data/boats/b01.yaml:2:8, data/boats/b02.yaml:2:8"
        " and 14 more\n"
        "         to mend them: sourcebook fix schema\n"
        "\n"
        "17 errors, 0 warnings\n"
        "what was found many times is told once; --all shows each at its line\n"
        "`sourcebook fix` mends what is certain of schema, and shows it first\n"
    )


def test_a_few_are_told_each_at_its_line(tmp_path: Path) -> None:
    told = run(fleet(tmp_path, "state: actve\n", FEW), "check", "--format", "text").stdout
    assert told.count(': error: "actve" is not one of') == FEW
    assert "times" not in told


def test_all_of_them_where_all_is_asked_for_and_in_every_other_form(tmp_path: Path) -> None:
    root = fleet(tmp_path, "state: actve\n", 17)
    assert run(root, "check", "--format", "text", "--all").stdout.count('error: "actve" is not one of') == 17
    assert run(root, "check", "--format", "line").stdout.count('"actve" is not one of') == 17
    assert len(json.loads(run(root, "check", "--format", "json").stdout)["findings"]) == 17


def test_the_first_twenty_are_kinds_and_what_is_left_is_counted(tmp_path: Path) -> None:
    root = fleet(tmp_path, "", 0)
    for number in range(25):
        for other in "abcd":
            path = root / f"data/boats/b{number:02}{other}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"name: X\nstate: s{number}\n")
    told = run(root, "check", "--format", "text").stdout
    assert told.count("4 times in 4 files") == 20
    assert "100 errors, 0 warnings\n20 findings more; --all shows them\n" in told


def test_in_one_file(tmp_path: Path) -> None:
    said = {"boats": {"records": "data/b.yaml", "layout": "list", "key": "name", "schema": SCHEMA}}
    lines = "".join(f"- {{name: B{number}, state: actve}}\n" for number in range(5))
    told = run(book(tmp_path, said, {"data/b.yaml": lines}), "check", "--format", "text").stdout
    assert "5 times in this file: data/b.yaml:1:21, data/b.yaml:2:21, data/b.yaml:3:21 and 2 more" in told


# --- the command mends what it says ---------------------------------------------------------------------------------

COMMANDS = {
    "a choice that none is near": (
        "state: sunk\n",
        """sourcebook set 'boats[state="sunk"].state' VALUE""",
        ("VALUE", "retired"),
    ),
    "a property that is unknown": (
        "colour: red\n",
        "sourcebook set boats.colour --rename NAME",
        ("--rename NAME", "--remove"),
    ),
    "a value in a list": ("crew: [{role: boy}]\n", "sourcebook set 'boats.crew[].role' VALUE", ("VALUE", "cook")),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_command_mends_all_of_them(tmp_path: Path, name: str) -> None:
    lines, command, (placeholder, given) = COMMANDS[name]
    root = fleet(tmp_path, lines, 5)
    told = run(root, "check", "--format", "text").stdout
    assert f"to mend them: {command}\n" in told
    verb, *arguments = shlex.split(command.replace(placeholder, given))[1:]
    assert run(root, verb, *arguments, "--yes").exit_code == 0
    assert run(root, "check").exit_code == 0


def test_a_property_that_is_missing_everywhere(tmp_path: Path) -> None:
    root = fleet(tmp_path, "", 5)
    required = {**SCHEMA, "required": ["name", "state"]}
    book(root, {"boats": {"schema": required}}, {})
    assert "to mend them: sourcebook set boats.state VALUE --add\n" in run(root, "check", "--format", "text").stdout
    assert run(root, "set", "boats.state", "active", "--add", "--yes").exit_code == 0
    assert run(root, "check").exit_code == 0


def test_a_type_that_all_may_be_given(tmp_path: Path) -> None:
    one = Finding(
        "a.yaml", 1, 1, "schema", 'an integer is expected, but this is the text "7.0"', subject="boats/a#/masts"
    )
    assert command_for(one) == "sourcebook set boats.masts --as integer"


def test_what_says_the_same_in_other_words_or_of_another_level_is_apart() -> None:
    def finding(line: int, **more: Any) -> Finding:
        return Finding(**{"path": "a", "line": line, "column": 1, "rule": "schema", "message": "m", **more})

    same = [finding(number) for number in range(5)]
    others = [finding(6, message="n"), finding(7, rule="reference"), finding(8, level="warning"), finding(9, hint="h")]
    groups = list(grouped([others[0], *same, *others[1:]]))
    assert [len(group.findings) for group in groups] == [1, 5, 1, 1, 1]


def test_a_key_with_a_dot_and_quotes_is_a_path_that_means_it() -> None:
    one = Finding("a", 1, 1, "schema", "the property 'b.c' is unknown here", subject="boats/it's#/x~1y/0/b.c")
    assert command_for(one) == r"sourcebook set 'boats.x/y[].b\.c' --rename NAME"
