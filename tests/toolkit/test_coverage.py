# SPDX-License-Identifier: Apache-2.0
"""Which passages of a held text carry records, what differs from them, what is not reviewed; and what is told of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from sourcebook.evidence.coverage import FILE, units
from sourcebook.evidence.sentences import sentences
from sourcebook.evidence.signals import signals
from sourcebook.evidence.tokens import Tokens
from sourcebook.site.answer import Asked
from sourcebook.site.published import Published
from sourcebook.site.routes import answer

Copy = Callable[[str], Path]

TEXT = """The wells of Dryhollow

The north well has been dry since March, Old Dipper told the Drop. About 40 people drew water there, Dr. Quill says.

Nobody was drowned. The south well is reportedly deep.

Comments are closed.
"""
WORDS = {
    "dry": "The north well has been dry since March, Old Dipper told the Drop.",
    "dry-echo": "The north well has been dry since March, Old Dipper told the Drop.",
    "dry-pail": "About 40 people drew water there, Dr. Quill says.",
    "wet": "Nobody was drowned.",
    "wire-one": "The south well is reportedly deep.",
}


@pytest.fixture
def wells(book: Copy, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of remarks, some of which say which passage of the Drop they rest on; its text is held."""
    monkeypatch.delenv("SOURCEBOOK_SOURCES", raising=False)
    folder = book("origins")
    schema = folder / "schemas/remark.json"
    said = json.loads(schema.read_text("utf-8"))
    anchor = {name: {"type": "string"} for name in ("sha256", "quote", "before", "after")}
    anchor |= {name: {"type": "integer"} for name in ("start", "end")}
    said["properties"]["passage"] = {
        "type": "object",
        "x-anchor": {"source": "paper"},
        "properties": anchor,
        "additionalProperties": False,
    }
    said["properties"]["read"] = {"type": "object", "properties": {"by": {"type": "string"}, "on": {"type": "string"}}}
    schema.write_text(json.dumps(said), "utf-8")
    descriptor = folder / "datapackage.yaml"
    role = "role: {curation: {reviewed_by: read.by, reviewed_on: read.on}, statement:"
    descriptor.write_text(descriptor.read_text("utf-8").replace("role: {statement:", role, 1), "utf-8")
    (folder / "sources").mkdir()
    (folder / "sources/drop.txt").write_text(TEXT, "utf-8")
    path = folder / "data/remarks.yaml"
    path.write_text("".join(_anchored(folder, path.read_text("utf-8").splitlines(keepends=True))), "utf-8")
    return folder


def _anchored(folder: Path, lines: list[str]) -> Iterator[str]:
    for line in lines:
        key = line.removeprefix("- {id: ").partition(",")[0]
        if key not in WORDS:
            yield line
            continue
        (place,) = sourcebook.cite(folder, "drop", WORDS[key]).places
        passage = json.dumps(place.made.anchor.as_dict())
        read = ', read: {by: second reader, on: "2026-11-30"}' if key == "dry" else ""
        one = line.replace("paper: echo", "paper: drop").replace("paper: post", "paper: drop")
        yield one.replace("paper: copy-one", "paper: drop").rstrip("}\n") + f", passage: {passage}{read}}}\n"


def test_paragraphs_and_sentences_are_counted(wells: Path) -> None:
    found = sourcebook.coverage(wells, "drop").coverage
    assert [len(one.records) for one in found.paragraphs] == [0, 3, 2, 0]
    assert [[len(inner.records) for inner in one.sentences] for one in found.paragraphs] == [[0], [2, 1], [1, 1], [0]]
    assert (len(found.placed), len(found.lost)) == (5, 0)


def test_the_text_is_shown_to_who_asks_for_it_and_to_nobody_else(wells: Path) -> None:
    run = CliRunner()
    plain = run.invoke(main, ["coverage", "drop", "--sentences", "--book", str(wells)])
    assert plain.exit_code == 0
    assert "  sentence 2  90:139  9 words  1 record" in plain.stdout.splitlines()
    asked = run.invoke(main, ["coverage", "drop", "--text", "--book", str(wells)]).stdout
    data = run.invoke(main, ["coverage", "drop", "--format", "json", "--book", str(wells)]).stdout
    assert "Nobody was drowned." in asked
    for words in ("drowned", "Dryhollow", "Quill"):
        assert words not in plain.stdout + data


def test_without_the_text_it_is_unverifiable(wells: Path) -> None:
    (wells / "sources/drop.txt").unlink()
    told = CliRunner().invoke(main, ["coverage", "drop", "--book", str(wells)])
    assert (told.exit_code, told.stdout) == (
        0,
        "drop: unverifiable, no text of it is held here; 5 passages of it in records\n",
    )
    none = CliRunner().invoke(main, ["coverage", "dropp", "--book", str(wells)])
    assert none.exit_code == 2
    assert "did you mean 'drop'" in none.stderr


def test_a_few_words_have_no_hash_since_that_could_be_guessed(wells: Path) -> None:
    """ "Nobody was drowned." and "Comments are closed." have three words; the heading has four."""
    sourcebook.build(wells)
    (one,) = json.loads((wells / "build" / FILE).read_text("utf-8"))["documents"]
    parts = [part for whole in one["paragraphs"] for part in (whole, *whole["sentences"])]
    assert [part["words"] for part in parts if part["sha256"] is None] == [3, 3, 3]
    assert min(part["words"] for part in parts if part["sha256"]) == 4
    assert hashlib.sha256(b"Nobody was drowned.").hexdigest() not in (wells / "build" / FILE).read_text("utf-8")
    assert hashlib.sha256(b"The wells of Dryhollow").hexdigest() in (wells / "build" / FILE).read_text("utf-8")
    assert sourcebook.verify(wells).differences == ()


def test_what_is_lost_is_told(wells: Path) -> None:
    held = wells / "sources/drop.txt"
    held.write_text(TEXT.replace("Nobody was drowned.", "Rain fell all week long."), "utf-8")
    found = sourcebook.coverage(wells, "drop")
    assert [one.key for one in found.coverage.lost] == ["wet"]
    assert "4 passages of 4 records found, 1 not: remarks/wet" in list(found.lines())


def test_what_is_not_reviewed_is_listed(wells: Path) -> None:
    covered = sourcebook.coverage(wells, "drop")
    assert [key for _, key in covered.not_reviewed] == ["dry-echo", "dry-pail", "wet", "wire-one"]
    assert list(covered.lines_of_reviews())[-1] == "4 of 5 records not yet reviewed"


def test_signals_are_no_findings(wells: Path) -> None:
    covered = sourcebook.coverage(wells, "drop")
    told = {one.placed.key: [str(signal) for signal in one.signals] for one in covered.differing}
    assert told == {
        "dry-pail": ["hedge: About in its passage, not in the claim"],
        "wet": ["negation: Nobody in its passage, not in the claim"],
        "wire-one": ["hedge: reportedly in its passage, not in the claim"],
    }
    assert not sourcebook.check(wells).findings
    assert "no check shows that a passage supports a claim" in " ".join(covered.lines_of_signals())


def _page(folder: Path, *path: str) -> Any:
    opened = Published(folder / "build/current")
    try:
        return answer(opened, Asked(path))
    finally:
        opened.close()


def test_a_release_has_numbers_and_no_word_of_the_text(wells: Path) -> None:
    built = sourcebook.build(wells)
    assert built.release is not None
    told = json.loads((built.release / FILE).read_text("utf-8"))["documents"]
    assert [(one["collection"], one["source"], one["held"], one["found"]) for one in told] == [
        ("papers", "drop", True, 5)
    ]
    for path in built.release.rglob("*"):
        if path.is_file() and path.suffix != ".gz":
            assert b"drowned" not in path.read_bytes(), path
    shown = _page(wells, "papers", "drop", "coverage").body.decode()
    assert "2 of its 4 paragraphs carry none" in shown
    assert "Not yet reviewed: " in shown
    assert shown.count(">too short<") == 1
    assert "drowned" not in shown
    data = json.loads(_page(wells, "papers", "drop", "coverage.json").body)
    assert [one["records"] for one in data["paragraphs"]] == [0, 3, 2, 0]
    assert (data["reviewed"], len(data["not_reviewed"])) == (1, 4)
    assert _page(wells, "papers", "echo", "coverage").status == 404
    assert sourcebook.verify(wells).differences == ()


def test_a_statement_says_which_passage_bears_it_and_whether_it_is_reviewed(wells: Path) -> None:
    sourcebook.build(wells)
    reviewed, other = (_page(wells, "remarks", key).body.decode() for key in ("dry", "dry-pail"))
    assert "Passage: characters 23–89 of the normalised text of" in reviewed
    assert 'href="/papers/drop/coverage"' in reviewed
    assert re.search(r">Reviewed <time[^>]*>30 November 2026</time></p>", reviewed)
    assert "second reader" in reviewed
    assert "Not yet reviewed" in other


def test_a_release_built_without_the_text_says_so_and_stays_right(wells: Path) -> None:
    held = wells / "sources/drop.txt"
    held.unlink()
    sourcebook.build(wells)
    assert "Unverifiable" in _page(wells, "papers", "drop", "coverage").body.decode()
    held.write_text(TEXT, "utf-8")
    verified = sourcebook.verify(wells)
    assert verified.differences == ()
    assert verified.ledger.as_dict()["coverage of sources"]["unverifiable"] == 1


def test_a_wrong_count_is_found(wells: Path) -> None:
    from tests.toolkit.test_verify import rehash

    sourcebook.build(wells)
    release = (wells / "build/current").resolve()
    path = release / FILE
    path.write_text(path.read_text("utf-8").replace('"records":3', '"records":30', 1), "utf-8")
    rehash(release)
    assert [one.file for one in sourcebook.verify(wells).differences] == [FILE]


# --- units and signals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two. Three", ["One.", "Two.", "Three"]),
        ("Dr. Quill met Lt. Col. Brine at 6 a.m. He left.", ["Dr. Quill met Lt. Col. Brine at 6 a.m. He left."]),
        ("Col. Brine met Gen. Tallow. He left.", ["Col. Brine met Gen. Tallow.", "He left."]),
        ("“Is it?” she asked. “No.” He went.", ["“Is it?” she asked.", "“No.”", "He went."]),
        ("W. Pail said 3.5 tons. Enough", ["W. Pail said 3.5 tons.", "Enough"]),
        ("wait… he said", ["wait… he said"]),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text, 0, len(text))] == parts


def test_many_records_for_few_words_are_a_reason_to_look() -> None:
    text = "Four short words here. Long " + "word " * 30 + "end."
    (one,) = units(Tokens(text), [(0, len(text))], [(0, 22)] * 4 + [(23, len(text))] * 4)
    assert [inner.many for inner in one.sentences] == [True, False]


@pytest.mark.parametrize(
    ("claim", "passage", "found"),
    [
        ("It had 57 boats.", "Fifty-seven boats lay there.", []),
        ("It had 1,200 boats.", "It had 1200 boats.", []),
        ("It had two hundred and 5 boats.", "200 boats, or 5.", []),
        ("It had 40 boats.", "It had 14 boats.", ["number: 40 in the claim", "number: 14 in its passage"]),
        ("One of them left.", "Somebody left.", []),
        ("The mate Odo Brine left.", "The mate left.", ["name: Odo in the claim", "name: Brine in the claim"]),
        ("The mate Kırık left.", "The mate KIRIK’s boat left.", []),
        ("He left.", "He did not leave.", ["negation: not in its passage"]),
        ("He may have left.", "He left in May.", ["hedge: may in the claim"]),
        ("He denied it.", "He didn't do it.", []),
        ("He says without naming anybody that he left.", "He left.", []),
        ("He wandte sich ab.", "Er wandte sich nicht ab.", []),  # of words, English alone
    ],
)
def test_signals(claim: str, passage: str, found: list[str]) -> None:
    assert [str(one).rpartition(",")[0] for one in signals(claim, passage)] == found


def test_who_says_it_and_the_reservation_are_known() -> None:
    assert signals("Quill of the Drop says he left.", "He left.", known=["Ida Quill", "The Daily Drop"]) == ()
    assert signals("He left.", "He reportedly left.", hedge="reportedly") == ()
    assert signals("Brine left in 1911.", "He left then.", around="In 1911 Brine was there. He left then.") == ()
