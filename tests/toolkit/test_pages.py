# SPDX-License-Identifier: Apache-2.0
"""The page of each rule: its mistake gives exactly what is printed there, its repair a book without findings.

``python -m tests.toolkit.test_pages`` writes ``docs/reference/rules.md`` anew from the pages.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from sourcebook.errors import UsageError
from sourcebook.rules import RULES
from sourcebook.rules.pages import OWN_CHECKS, page
from tests.conftest import BOOKS, ROOT
from tests.toolkit.pages import carry_out, orchard, parts

ALL = [*RULES, OWN_CHECKS]
DOCUMENT = ROOT / "docs/reference/rules.md"
_BEGIN, _END = "<!-- pages -->\n", "<!-- end of pages -->\n"


@pytest.mark.parametrize(
    "rule", [pytest.param(one, marks=[pytest.mark.slow] if one == "record-cost" else []) for one in ALL]
)
def test_the_mistake_is_found_and_the_repair_mends_it(rule: str, tmp_path: Path) -> None:
    made, printed, mended = parts(page(rule))
    folder = orchard(tmp_path / "orchard")
    assert sourcebook.check(folder).findings == ()
    carry_out(folder, made)
    result = CliRunner().invoke(main, ["check", "--book", str(folder)])
    assert result.stdout == printed
    assert len({finding.rule for finding in sourcebook.check(folder).findings}) == 1
    name = r"checks/\S+" if rule == OWN_CHECKS else rule
    assert all(re.search(rf": (error|warning) {name}: ", line) for line in printed.splitlines() if line[0] != " ")
    carry_out(folder, mended)
    assert sourcebook.check(folder).findings == ()


def generated() -> str:
    """The part of the reference that the pages make: a table, and a section for each."""
    rows = ["| rule | level | fixed | what it finds |", "| --- | --- | --- | --- |"]
    for rule in RULES.values():
        fixed = "yes" if rule.fixed else "no"
        rows.append(f"| [{rule.id}](#{rule.id}) | {rule.level} | {fixed} | {rule.summary} |")
    rows.append("| [checks/NAME](#checksname) | as the check says | no | What the book's own SQL finds. |")
    sections = [page(rule).replace("# ", "## ", 1) for rule in ALL]
    return "\n".join(rows) + "\n\n" + "\n".join(sections)


def test_the_reference_is_made_of_the_pages() -> None:
    assert DOCUMENT.read_text("utf-8").partition(_BEGIN)[2].partition(_END)[0] == generated()


def test_every_page_belongs_to_a_rule() -> None:
    folder = ROOT / "src/sourcebook/rules/pages"
    assert {path.stem for path in folder.glob("*.md")} == set(ALL)


def test_explain_prints_the_page() -> None:
    for rule in ALL:
        assert sourcebook.explain(rule) == page(rule).rstrip()
    result = CliRunner().invoke(main, ["explain", "reference", "--book", str(BOOKS / "checks")])
    assert result.stdout == page("reference")
    assert result.exit_code == 0


def test_explain_lists_rules_and_checks() -> None:
    listed = sourcebook.explain(None, BOOKS / "checks").splitlines()
    assert [line.split()[0] for line in listed[: len(RULES)]] == list(RULES)
    assert "checks/small-junction  warning         A junction has two platforms or more" in re.sub(
        r"(?<=junction) +(?=warning)", "  ", re.sub(r"(?<=warning) +", " " * 9, "\n".join(listed))
    )


def test_explain_knows_the_checks_of_the_book() -> None:
    told = sourcebook.explain("checks/small-junction", BOOKS / "checks")
    for part in ("A junction has two platforms or more", "Level: warning", "Count them again.", "SELECT 'stations'"):
        assert part in told


def test_a_rule_that_is_none_is_a_mistake_of_usage() -> None:
    with pytest.raises(UsageError, match="did you mean 'reference'"):
        sourcebook.explain("referenze")
    result = CliRunner().invoke(main, ["explain", "checks/smal-junction", "--book", str(BOOKS / "checks")])
    assert (result.exit_code, "did you mean 'checks/small-junction'?" in result.stderr) == (2, True)


def test_explain_works_outside_of_a_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["explain"])
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, len(RULES))


if __name__ == "__main__":
    before, _, rest = DOCUMENT.read_text("utf-8").partition(_BEGIN)
    DOCUMENT.write_text(f"{before}{_BEGIN}{generated()}{_END}{rest.partition(_END)[2]}", encoding="utf-8")
