# SPDX-License-Identifier: Apache-2.0
"""No statement is published without what answers it, where that is in the book and kept back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sourcebook
from sourcebook.book import load_book
from sourcebook.compile import withheld
from sourcebook.report.public import public_findings
from tests.conftest import BOOKS

RULE = "answer-hidden"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BOOKS / RULE, tmp_path / "book"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_book_with_a_hidden_answer_is_not_published(book: Path) -> None:
    assert sourcebook.build(book).release is None
    assert not (book / "build/csv").exists()


def test_it_cannot_be_lowered(book: Path) -> None:
    edit(book / "datapackage.yaml", "resources:\n", "sourcebook: {rules: {answer-hidden: warning}}\nresources:\n")
    told = {(one.rule, one.level) for one in sourcebook.check(book).findings}
    assert told == {("descriptor", "error"), (RULE, "error")}


def test_where_all_is_public_nothing_is_told_and_answers_are_not_asked_for(book: Path) -> None:
    edit(book / "data/remarks.yaml", "2999-01-01", "2001-01-01")
    checked = sourcebook.check(book)
    assert checked.findings == ()
    assert checked.ledger.as_dict()[RULE]["performed"] == 0


def test_what_is_kept_back_with_what_it_answers_is_well(book: Path) -> None:
    edit(book / "data/remarks.yaml", "2001-01-01", "2999-01-01")
    edit(book / "data/remarks.yaml", ", later: dry", "")
    checked = sourcebook.check(book)
    assert checked.findings == ()


def test_a_statement_that_could_not_be_read_is_not_known_to_be_public(book: Path) -> None:
    (book / "data/rumours.yaml").write_text("- {id: '1', slug: [\n")
    checked = sourcebook.check(book)
    assert not any(one.line == 17 for one in checked.findings if one.rule == RULE)
    tally = checked.ledger.as_dict()[RULE]
    assert tally["unverifiable"] == 1
    assert tally["performed"] == 6


def test_no_file_is_read_again_where_no_answer_is_kept_back_by_itself(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for line in ("contradicts: {embargoed", '"reply.corrects[]": {embargoed'):
        edit(book / "datapackage.yaml", f"        {line}: {{until: doubts_until}}}}\n", "")
    edit(book / "data/remarks.yaml", "contradicts: [wet]\n", "contradicts: [fouled]\n")
    read = []
    real = withheld.read_file
    monkeypatch.setattr(withheld, "read_file", lambda of, source: read.append(source.path) or real(of, source))
    told = [one.line for one in sourcebook.check(book).findings]
    assert told == [12, 13, 17]
    assert read.count("data/remarks.yaml") == 1  # for the records of which nothing is public


@pytest.mark.parametrize("said", ["private", "{embargoed: 2999-01-01}"])
def test_an_answer_that_no_record_tells_is_told_as_a_part_that_is_not_public(book: Path, said: str) -> None:
    edit(book / "datapackage.yaml", "contradicts: {embargoed: {until: doubts_until}}", f"denies: {said}")
    (finding,) = [one for one in sourcebook.check(book).findings if one.rule == "visibility"]
    assert "'denies' is not public, and plays a part" in finding.message


def test_the_public_findings_quote_nothing(book: Path) -> None:
    found = public_findings(load_book(book), sourcebook.check(book).findings)
    assert {(one.message, one.hint, one.pointer, one.subject) for one in found} == {
        ("A statement is public, and what answers it is not.", "", "", "")
    }
