# SPDX-License-Identifier: Apache-2.0
"""Findings told to people and to machines: the forms, what is left out, and that data is never a command."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import sourcebook
from sourcebook.cli import main
from sourcebook.finding import Finding, Ledger, is_unprintable
from sourcebook.report import FORMS, Look, rendered, source
from sourcebook.report import Result as Run
from sourcebook.report.source import marked
from sourcebook.rules import RULES
from tests.conftest import BOOKS

Copy = Callable[[str], Path]
SCHEMAS = Path(__file__).parent.parent / "schemas"


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env=environment)


def check(book: str | Path, *arguments: str) -> Result:
    return run("check", "--book", str(BOOKS / book), *arguments)


# --- for people -----------------------------------------------------------------------------------------------------


def test_people_see_the_line_with_a_mark_by_file() -> None:
    told = check("reference", "--format", "text").stdout
    assert told == (
        "data/stations/ash.yaml\n"
        '  3:16: error: "gren" is not in lines.id  reference\n'
        "     3 | lines: [green, gren]\n"
        "       |                ^\n"
        "         did you mean 'green'?\n"
        "\n"
        "data/stations/oak.yaml\n"
        '  4:5: error: "purple" is not in lines.id  reference\n'
        "     4 |   - purple\n"
        "       |     ^\n"
        '         add a record with id: "purple" to data/lines.yaml, or mend the reference\n'
        "\n"
        "2 errors, 0 warnings\n"
        "`sourcebook fix` mends what is certain of reference, and shows it first\n"
    )


def test_a_finding_about_a_whole_file_has_no_line() -> None:
    told = check("file-unclaimed", "--format", "text").stdout
    assert "  whole file: error: no collection's pattern claims this file" in told
    assert "|" not in told


def test_the_first_twenty_and_the_rest_counted(book: Copy) -> None:
    folder = book("reference")
    lines = "".join(f"  - nowhere-{number}\n" for number in range(30))
    (folder / "data/stations/oak.yaml").write_text(f"id: oak\nname: Oak\nlines:\n{lines}")
    told = check(folder, "--format", "text").stdout
    assert told.count(" error: ") == 20
    assert "31 errors, 0 warnings\n11 findings more; --all shows them\n" in told
    assert check(folder, "--format", "text", "--all").stdout.count(" error: ") == 31
    assert check(folder, "--format", "line").stdout.count(" error ") == 31


def test_colours_by_the_environment() -> None:
    coloured = run("check", "--book", str(BOOKS / "reference"), "--format", "text", FORCE_COLOR="1").stdout
    assert "\x1b[31merror\x1b[0m" in coloured
    plain = check("reference", "--format", "text").stdout
    assert re.sub(r"\x1b\[[0-9]*m", "", coloured) == plain
    forbidden = run("check", "--book", str(BOOKS / "reference"), "--format", "text", FORCE_COLOR="1", NO_COLOR="1")
    assert forbidden.stdout == plain


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        ("name: oak", 7, ("name: oak", "      ^")),
        ("a\tb: c", 3, ("a   b: c", "    ^")),
        ("駅: x", 4, ("駅: x", "    ^")),
        ("e\u0301t: x", 6, ("e\u0301t: x", "    ^")),
        ("\x1b[31m: x", 8, (r"\x1b[31m: x", " " * 10 + "^")),
        ("\u202ea: x", 5, (r"\u202ea: x", " " * 9 + "^")),
        ("short", 99, ("short", "     ^")),
    ],
)
def test_the_mark_is_under_its_character(line: str, column: int, expected: tuple[str, str]) -> None:
    assert marked(line, column, 80) == expected


@given(st.text(st.characters(exclude_characters="\n\r"), max_size=200), st.integers(1, 220), st.integers(20, 60))
def test_lines_are_cut_and_the_mark_stays(line: str, column: int, width: int) -> None:
    shown, mark = marked(line, column, width)
    assert mark.strip() == "^"
    assert not any(map(is_unprintable, shown))
    assert len(mark) <= width + 12  # an escape of the place itself may be wide
    if line.isascii() and line.isprintable() and column <= len(line):
        assert shown[len(mark) - 1] == line[column - 1]
        assert len(shown) <= width + 1


@pytest.mark.parametrize("column", [1, 2_500_000, 5_000_000])
def test_of_a_line_of_millions_only_what_is_near_is_looked_at(column: int, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []
    monkeypatch.setattr(source, "_cells", lambda part: looked_at.append(len(part)) or [(one, 1) for one in part])
    shown, mark = marked("a" * (column - 1) + "b" + "a" * (5_000_000 - column), column, 80)
    assert looked_at[0] <= 4_000
    assert shown[len(mark) - 1] == "b"
    assert len(shown) <= 80
    assert shown.startswith("…") == (column > 1)
    assert shown.endswith("…") == (column < 5_000_000)


# --- for machines ---------------------------------------------------------------------------------------------------


def test_json_holds_findings_counts_and_ledger() -> None:
    told = json.loads(check("unquoted-number", "--format", "json").stdout)
    assert (told["ok"], told["counts"]) == (True, {"errors": 0, "warnings": 2, "hidden": 0, "baseline": 0})
    first = told["findings"][0]
    assert first.pop("fingerprint")
    assert first == {
        "path": "data/stations/ash.yaml",
        "line": 3,
        "column": 7,
        "pointer": "/code",
        "subject": "stations/ash#/code",
        "rule": "unquoted-number",
        "level": "warning",
        "message": "unquoted, 007 is read as the number 7",
        "hint": 'write "007" if it is text',
    }
    assert told["ledger"]["unquoted-number"]["performed"] == 4
    whole = json.loads(check("file-unclaimed", "--format", "json").stdout)["findings"][0]
    assert (whole["line"], whole["column"]) == (None, None)


def test_a_build_keeps_the_same_in_its_report(book: Copy) -> None:
    folder = book("orchard")
    told = json.loads(run("build", "--book", str(folder), "--format", "json").stdout)
    kept = json.loads((folder / "build/report.json").read_text("utf-8"))
    assert {key: kept[key] for key in told} == told
    assert kept["findings"][0]["rule"] == "unquoted-number"


def test_github_commands_name_files_from_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BOOKS.parent)
    assert check("reference", "--format", "github").stdout.splitlines()[0] == (
        "::error file=books/reference/data/stations/ash.yaml,line=3,col=16,title=reference::"
        "\"gren\" is not in lines.id%0Adid you mean 'green'?"
    )


@pytest.mark.parametrize("name", ["schema", "file-unclaimed", "checks", "yaml-syntax", "descriptor", "orchard"])
def test_sarif_is_valid_by_its_published_schema(name: str) -> None:
    told = json.loads(check(name, "--format", "sarif").stdout)
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    jsonschema.Draft4Validator(schema).validate(told)
    (one,) = told["runs"]
    found = sourcebook.check(BOOKS / name).findings
    assert [result["ruleId"] for result in one["results"]] == [finding.rule for finding in found]
    rules = one["tool"]["driver"]["rules"]
    for result, finding in zip(one["results"], found, strict=True):
        assert rules[result["ruleIndex"]]["id"] == finding.rule
        place = result["locations"][0]["physicalLocation"]
        assert unquote(place["artifactLocation"]["uri"]).endswith(finding.path)
        assert place.get("region", {}).get("startLine", 0) == finding.line
    assert {rule["id"] for rule in rules} >= set(RULES)
    assert all("Repair:" in rule["help"]["markdown"] for rule in rules if rule["id"] in RULES)


@pytest.mark.parametrize("name", ["schema", "unquoted-number", "checks", "orchard", "schema-broken"])
def test_junit_has_a_case_for_each_finding_and_quiet_rule(name: str) -> None:
    text = check(name, "--format", "junit").stdout
    suites = ET.fromstring(text)  # noqa: S314 our own text
    cases = suites.findall("testsuite/testcase")
    found = sourcebook.check(BOOKS / name).findings
    errors = [finding for finding in found if finding.level == "error"]
    (suite,) = suites
    assert (int(suite.get("tests", "")), int(suite.get("failures", ""))) == (len(cases), len(errors))
    assert len(suite.findall("testcase/failure")) == len(errors)
    assert {case.get("name") for case in cases} >= set(RULES) - {finding.rule for finding in found}
    assert len(suite.findall("testcase/skipped")) == int(suite.get("skipped", ""))


@pytest.mark.parametrize("name", ["schema", "unquoted-number", "checks", "orchard", "schema-broken"])
def test_junit_is_valid_by_its_published_schema(name: str) -> None:
    xmlschema = pytest.importorskip("xmlschema", reason="in the group test, of which the lock file may be older")
    xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(check(name, "--format", "junit").stdout)


# --- hostile data ---------------------------------------------------------------------------------------------------

HOSTILE = (
    "::error::x\n::warning file=a,line=1::y\r##[error]z %0A::set-output name=a::b \x1b[31m\u202e ]]><a b='c'>&\ufffe"
)


def commands(text: str) -> list[str]:
    """The lines that a CI system would take for commands."""
    return [
        line
        for line in re.split(r"[\n\r\v\f\x85\u2028\u2029]", text)
        if line.lstrip().startswith("::") or "##[" in line
    ]


@pytest.mark.parametrize("form", FORMS)
def test_data_is_never_a_command(form: str, tmp_path: Path) -> None:
    ledger = Ledger()
    ledger.skipped("checks/a", HOSTILE)
    (tmp_path / "a.yaml").write_text(f"x: {HOSTILE}", encoding="utf-8")
    findings = (
        Finding(HOSTILE, 1, 1, "schema", HOSTILE, hint=HOSTILE, pointer=f"/{HOSTILE}", subject=HOSTILE),
        Finding("a.yaml", 1, 4, HOSTILE, HOSTILE, "warning", HOSTILE),
        Finding("a.yaml", 2, 1, "schema", HOSTILE, "warning", HOSTILE),
    )
    told = "\n".join(rendered(Run(tmp_path, findings, ledger, findings[:1]), form, Look()))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028\ud800-\udfff]", told)
    if form == "github":
        assert len(told.splitlines()) == 3
        for line in told.splitlines():
            command = re.fullmatch(r"::(error|warning) file=([^:,]*),line=\d+,col=\d+,title=([^:,]*)::(.*)", line)
            assert command
            assert re.sub("%(25|0D|0A|3A|2C)", "", command[2] + command[3]).count("%") == 0
    else:
        assert commands(told) == []
    if form in ("json", "sarif"):
        assert HOSTILE in json.dumps(json.loads(told), ensure_ascii=False).encode().decode() or HOSTILE in _texts(
            json.loads(told)
        )
    if form == "junit":
        ET.fromstring(told.encode())  # noqa: S314 our own text


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_ends_a_github_command(path: str, message: str) -> None:
    run = Run(Path(), (Finding(path, 1, 1, "schema", message, hint=message),))
    (line,) = rendered(run, "github")
    assert len(line.splitlines()) == 1
    assert line.count("::", 2) == 1 + message_colons(line)


def message_colons(line: str) -> int:
    return line.partition("title=schema::")[2].count("::")


# --- what is left out -----------------------------------------------------------------------------------------------


def test_filters_change_what_is_told_and_no_exit_code() -> None:
    everything = check("checks")
    only = check("checks", "--select", "checks/small-junction")
    assert "line-twice" not in only.stdout
    assert "small-junction" in only.stdout
    assert (everything.exit_code, only.exit_code) == (1, 1)
    assert "1 finding is left out" in only.stderr.replace("are left", "is left")
    assert "small-junction" not in check("checks", "--ignore", "checks/small-junction,schema").stdout
    assert "warning" not in check("checks", "--level", "error").stdout


def test_a_filter_never_lets_a_build_publish(book: Copy) -> None:
    folder = book("schema")
    result = run("build", "--book", str(folder), "--ignore", "schema")
    assert (result.exit_code, result.stdout) == (1, "")
    assert not (folder / "build/current").exists()


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_rule_is_a_mistake_of_usage(option: str) -> None:
    result = check("checks", option, "schema,referenze")
    assert (result.exit_code, "did you mean 'reference'?" in result.stderr) == (2, True)
    assert check("checks", option, "checks/nowhere").exit_code == 2


@pytest.mark.slow
def test_verify_tells_differences_in_every_form(book: Copy) -> None:
    folder = book("orchard")
    assert run("build", "--book", str(folder)).exit_code == 0
    (folder / "build/csv/growers.csv").write_text("name\n")
    for form in FORMS:
        result = run("verify", "--book", str(folder), "--format", form)
        assert (result.exit_code, "growers.csv" in result.stdout) == (1, True)


# --- the ledger -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["orchard", "nulls", "schema", "schema-broken", "descriptor", "name-collision"])
def test_every_rule_is_in_the_ledger(name: str) -> None:
    ledger = sourcebook.check(BOOKS / name).ledger.as_dict()
    assert set(RULES) - set(ledger) == set()
    for rule, counts in ledger.items():
        assert counts["performed"] or counts["reasons"], f"{rule} ran on nothing, and does not say why"


def test_the_ledger_in_few_lines() -> None:
    ledger = Ledger()
    for rule, count in (("b", 2), ("a", 2), ("c", 1)):
        ledger.performed(rule, count)
    ledger.skipped("d", "no time")
    ledger.on_nothing("e", "nothing there")
    ledger.on_nothing("a", "not told of what was performed")
    unperformed = ["not checked, since nothing there: e", "d: 0 performed, 1 skipped (no time)"]
    assert ledger.brief() == ["1 performed: c", "2 performed of each: a, b", *unperformed]
    assert ledger.brief(everything=False) == unperformed


def test_what_a_full_run_performs() -> None:
    ledger = sourcebook.check(BOOKS / "orchard").ledger.as_dict()
    performed = {rule: counts["performed"] for rule, counts in ledger.items()}
    files, records = 5, 6
    of_others = ("file-part-unclaimed", "file-left-out")  # of files that this book has none of
    for rule in RULES:
        if (rule.startswith(("yaml-", "file-")) and rule not in of_others) or rule == "layout":
            assert performed[rule] == files, rule
    for rule in ("key-missing", "key-duplicate", "schema", "unquoted-number", "value-rounded", "value-unplanned"):
        assert performed[rule] == records, rule
    assert performed["reference"] == 6
    assert performed["script"] == 3
    assert performed["collection-empty"] == performed["schema-invalid"] == performed["schema-reference"] == 3
    assert ledger["baseline"] == {
        "performed": 0,
        "skipped": 0,
        "unverifiable": 0,
        "reasons": ["the book has nothing of the kind"],
    }
