# SPDX-License-Identifier: Apache-2.0
"""What a book makes run cannot stall or exhaust a check: SQL in one step, schemas, whatever it says itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.apart import FORKS, Allowed
from sourcebook.check import explaining
from sourcebook.cli import main
from sourcebook.compile import schedule

Copy = Callable[[str], Path]

pytestmark = pytest.mark.skipif(not FORKS, reason="processes are forked, which Windows does not know")

FOR_EVER = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'growers' AS _table, max(i) AS _key FROM n"
)
IN_ONE_STEP = """SELECT 'growers' AS _table, _key FROM growers
WHERE instr(hex(zeroblob(4900000)), hex(zeroblob(2400000)) || '1')"""


def scripted(folder: Path, **scripts: str) -> Path:
    for name, sql in scripts.items():
        path = folder / "scripts/checks" / f"{name}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sql + "\n", "utf-8")
    return folder


def messages(checked: sourcebook.Checked) -> list[str]:
    return [f"{finding.path}: {finding.message}" for finding in checked.findings if finding.level == "error"]


def test_a_book_gives_itself_no_more_time_than_there_is(book: Copy) -> None:
    folder = book("sql-size")
    descriptor = folder / "datapackage.yaml"
    text = descriptor.read_text("utf-8")
    descriptor.write_text(text + "sourcebook: {limits: {check_seconds: 1.0e+9}}\n", "utf-8")
    (finding,) = [one for one in sourcebook.check(folder).findings if one.rule == "descriptor"]
    assert (finding.line, finding.level) == (text.count("\n") + 1, "error")
    assert "60" in finding.message


@pytest.mark.slow
def test_the_command_line_says_how_long_a_statement_may_take(book: Copy) -> None:
    folder = scripted(book("orchard"), long=IN_ONE_STEP)
    result = CliRunner().invoke(main, ["check", "--book", str(folder), "--check-seconds", "0.05"])
    assert "long.sql:1:1: error script: the check cannot be run: it took more than 0.05 seconds" in result.stdout
    assert CliRunner().invoke(main, ["check", "--book", str(folder), "--check-seconds", "0"]).exit_code == 2


@pytest.mark.slow
def test_after_some_that_took_too_long_no_script_is_run(book: Copy) -> None:
    folder = scripted(book("orchard"), **{f"long-{number}": FOR_EVER for number in range(9)})
    told = [one for one in messages(sourcebook.check(folder, check_seconds=0.05)) if "long-" in one]
    assert [one.rpartition(": ")[2] for one in told] == [
        *["it took more than 0.05 seconds"] * 5,
        "it is not run, nor what follows it, since the scripts before it took too long",
    ]


@pytest.mark.slow
def test_what_a_statement_does_is_bounded_where_a_check_is_run(book: Copy) -> None:
    """The memory of a check, all its processes seen one by one, stays where it is without the book's SQL, and some."""
    command = [sys.executable, "-c", MEASURED, str(book("sql-size"))]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(result.stdout.split()[-1]) < 420 * 1024  # KB: 256 MB for SQL beside what Python has


MEASURED = """
import re, resource, sys
import sourcebook
assert len(sourcebook.check(sys.argv[1]).findings) == 6
# What is told of the process itself begins with what the one had that started it.
own = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
print(max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
"""


@pytest.mark.slow
def test_a_record_that_takes_too_long_is_told_at_every_build_and_not_kept(
    book: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "ALLOWED", Allowed(0.3, steps=True))
    folder = book("record-cost")
    (folder / "data/growers/wrong.yaml").unlink()
    for _ in range(2):
        built = sourcebook.build(folder)
        assert built.release is None
        assert [finding.rule for finding in built.checked.findings] == ["record-cost"]
    (folder / "data/growers/slow.yaml").write_text("name: Slow\ncode: t\n", "utf-8")
    assert sourcebook.build(folder).records == 2


@pytest.mark.slow
def test_after_some_records_that_take_too_long_no_other_is_judged(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "ALLOWED", Allowed(0.2, steps=True))
    folder = book("record-cost")
    slow = (folder / "data/growers/slow.yaml").read_text("utf-8")
    for number in range(6):
        (folder / f"data/growers/slow-{number}.yaml").write_text(slow, "utf-8")
    told = [(finding.path, finding.message) for finding in sourcebook.check(folder).findings]
    assert [path for path, _ in told if "slow" in path] == [f"data/growers/slow-{number}.yaml" for number in range(4)]
    assert "and what follows it are not judged" in dict(told)["data/growers/slow-3.yaml"]


def with_list(folder: Path, schema: object, items: list[object]) -> Path:
    (folder / "data/growers/slow.yaml").unlink()
    (folder / "data/growers/wrong.yaml").unlink()
    whole = {"type": "object", "properties": {"name": {}, "code": {}, "list": schema}}
    (folder / "schemas/grower.json").write_text(json.dumps(whole), "utf-8")
    (folder / "data/growers/long.yaml").write_text(json.dumps({"name": "Long", "list": items}), "utf-8")
    return folder


@pytest.mark.parametrize("count", [3_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_items_that_must_differ_are_compared_in_one_pass(book: Copy, count: int) -> None:
    items: list[object] = [{"a": number, "b": [number]} for number in range(count)]
    folder = with_list(book("record-cost"), {"type": "array", "uniqueItems": True}, items)
    assert messages(sourcebook.check(folder)) == []
    with_again = json.dumps({"name": "Long", "list": [*items, {"b": [7.0], "a": 7}]})
    (folder / "data/growers/long.yaml").write_text(with_again, "utf-8")
    (told,) = messages(sourcebook.check(folder))
    assert told.endswith(f"stands in the list twice (items 8 and {count + 1})")


def nested(depth: int) -> dict[str, object]:
    value: dict[str, object] = {}
    for _ in range(depth):
        value = {"c": value}
    return value


@pytest.mark.slow
def test_where_to_tell_why_takes_too_long_that_is_told(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "_ALLOWED", Allowed(0.3, 512 * 1024 * 1024))
    ways = [{"properties": {"c": {"$ref": "#/properties/list"}, key: {}}, "required": [key]} for key in "xy"]
    folder = with_list(book("record-cost"), {"anyOf": ways}, [])
    for number in range(6):
        record = json.dumps({"name": "Deep", "list": nested(26)})
        (folder / f"data/growers/deep-{number}.yaml").write_text(record, "utf-8")
    (folder / "data/growers/long.yaml").write_text(json.dumps({"name": "Wrong", "list": nested(1)}), "utf-8")
    told = messages(sourcebook.check(folder))
    assert [f"data/growers/deep-{number}.yaml: {explaining._NO_MORE}" for number in range(6)] == told[:6]
    assert len(told) == 7  # the last one in short, since others took too long


def test_a_schema_that_would_take_all_memory_is_not_made_ready(book: Copy) -> None:
    folder = book("orchard")
    large = {"description": "x" * 8_000_000, "type": "object"}
    (path,) = (folder / "schemas").glob("grower*.json")
    path.write_text(json.dumps(large))
    (found,) = [one for one in sourcebook.check(folder).findings if one.rule == "yaml-limit"]
    assert (found.path, found.line) == (path.relative_to(folder).as_posix(), 1)
    assert "8,000,000 bytes" in found.message
    assert "$ref" in found.hint
