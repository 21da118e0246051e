# SPDX-License-Identifier: Apache-2.0
"""The verb ``cite``, and what a check, a repair and a build do with what it writes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sourcebook
from sourcebook.cli import main
from sourcebook.errors import UsageError
from sourcebook.parse import parse
from tests.conftest import BOOKS


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(BOOKS / "anchor-quote", tmp_path / "harbour"))
    (folder / "data/claims.yaml").write_text("[]\n")
    text = (folder / "datapackage.yaml").read_text("utf-8")
    rest = text.replace("schemas/claim.schema.json\n", "schemas/claim.schema.json\n      may_be_empty: true\n")
    (folder / "datapackage.yaml").write_text(rest)
    return folder


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--book", str(folder)])


def claim(folder: Path, *pasted: str) -> None:
    """Claims with what was printed pasted into them."""
    records = [
        f"- id: claim-{number}\n  report: harbour\n" + "".join(f"  {line}\n" for line in one.splitlines())
        for number, one in enumerate(pasted)
    ]
    (folder / "data/claims.yaml").write_text("".join(records))


def test_what_is_printed_can_be_pasted_and_stands(harbour: Path) -> None:
    told = run(harbour, "cite", "harbour", "the pilots", "lost 50 men", "--quote")
    assert told.exit_code == 0
    assert parse(told.stdout.encode(), "x.yaml").documents[0].value["passage"]["quote"] == "the pilots lost 50 men"
    assert told.stdout.splitlines()[-1] == "# harbour.txt, paragraph 3, line 7, 5 words"
    claim(harbour, told.stdout)
    checked = sourcebook.check(harbour)
    assert checked.findings == ()
    assert checked.ledger.as_dict()["anchor-gone"]["performed"] == 1


def test_several_places_are_listed_and_one_is_taken(harbour: Path) -> None:
    told = run(harbour, "cite", "harbour", "The council refused it.")
    assert (told.exit_code, len(told.stdout.splitlines())) == (1, 2)
    assert "2 places: give more of them" in told.stderr
    both = [run(harbour, "cite", "harbour", "The council refused it.", "--number", str(number)) for number in (1, 2)]
    claim(harbour, *(one.stdout for one in both))
    assert sourcebook.check(harbour).findings == ()
    assert run(harbour, "cite", "harbour", "refused", "--number", "3").exit_code == 2
    assert run(harbour, "cite", "harbour", "refused", "--number", "1", "--neighbours", "0").exit_code == 2


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        ("aware of the plan", 1, "only as part of other words"),
        ("lost 5", 1, "only as part of other words"),
        ("refused … pilots asked for", 1, "do not stand there in this order"),
        ("THE COUNCIL HAD MET", 0, "with other capitals"),
        ("", 2, "names nothing"),
    ],
)
def test_what_is_told_of_words(harbour: Path, words: str, code: int, why: str) -> None:
    told = run(harbour, "cite", "harbour", words)
    assert (told.exit_code, why in told.stderr) == (code, True), told.output


def test_whole_sentences_and_paragraphs(harbour: Path) -> None:
    def passage(*options: str) -> str:
        (place,) = json.loads(run(harbour, "cite", "harbour", *options, "--format", "json").stdout)["places"]
        text = sourcebook.cite(harbour, "harbour", at=(place["start"], place["end"])).places[0].shown
        return text[text.index("[") + 1 : text.index("]")]

    assert passage("three times", "--sentence") == "The council had met three times that winter."
    assert passage("minuted who … asked", "--sentence") == "It was not minuted who asked for the meetings."
    assert passage("winter … minuted", "--sentence").startswith("The council had met")
    assert passage("run aground", "--paragraph").startswith("The pilots asked for a second lamp")
    assert passage("--at", "302:324") == "the pilots lost 50 men"


def test_places_that_are_none(harbour: Path) -> None:
    for at in ("303:324", "302:9999", "324:302", "a:b"):
        assert run(harbour, "cite", "harbour", "--at", at).exit_code == 2
    assert run(harbour, "cite", "harbour", "words", "--at", "302:324").exit_code == 2
    with pytest.raises(UsageError, match="no text of 'mill' is held here"):
        sourcebook.cite(harbour, "mill", "words")
    with pytest.raises(UsageError, match="did you mean 'harbour'"):
        sourcebook.cite(harbour, "harbor", "words")


def test_a_quotation_that_would_be_too_long_is_not_made(harbour: Path) -> None:
    told = run(harbour, "cite", "harbour", "The town has counted", "--sentence", "--at", "1:2")
    assert told.exit_code == 2
    with pytest.raises(UsageError, match="a quotation of 16 words; 15 may be republished"):
        sourcebook.cite(harbour, "harbour", at=(326, 414), quote=True)


def test_the_text_may_lie_elsewhere(harbour: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claim(harbour, run(harbour, "cite", "harbour", "lost 50 men").stdout)
    (harbour / "sources").rename(tmp_path / "texts")
    assert sourcebook.check(harbour).ledger.as_dict()["anchor-gone"]["unverifiable"] == 1
    for options in (("--sources", str(tmp_path / "texts")), ()):
        if not options:
            monkeypatch.setenv("SOURCEBOOK_SOURCES", str(tmp_path / "texts"))
        assert run(harbour, "cite", "harbour", "lost 50 men", *options).exit_code == 0
        told = run(harbour, "check", *options)
        assert (told.exit_code, "unverifiable" in told.stderr) == (0, False)
    record = (harbour / "data/claims.yaml").read_bytes()
    one = sourcebook.check_text(harbour, record, path=str(harbour / "data/claims.yaml"))
    assert one.ledger.as_dict()["anchor-gone"]["performed"] == 1


def test_a_build_notices_a_text_that_has_changed(harbour: Path) -> None:
    claim(harbour, run(harbour, "cite", "harbour", "lost 50 men").stdout)
    assert sourcebook.build(harbour, formats=()).release
    assert sourcebook.build(harbour, formats=()).unchanged
    path = harbour / "sources/harbour.txt"
    path.write_text(path.read_text().replace("lost 50 men", "lost 51 men"))
    built = sourcebook.build(harbour, formats=())
    assert ([one.rule for one in built.checked.findings], built.release) == (["anchor-altered"], None)


def test_a_repair_writes_where_a_passage_is_now(harbour: Path) -> None:
    pasted = run(harbour, "cite", "harbour", "lost 50 men").stdout
    claim(harbour, pasted)
    path = harbour / "sources/harbour.txt"
    path.write_text(f"An added line.\n\n{path.read_text()}")
    assert [one.rule for one in sourcebook.check(harbour).findings] == ["anchor-moved"]
    assert run(harbour, "fix", "anchor-moved", "--yes").exit_code == 0
    assert sourcebook.check(harbour).findings == ()
    assert run(harbour, "cite", "harbour", "lost 50 men").stdout.splitlines()[:3] == [
        *("passage:", "  start: 328", "  end: 339")
    ]


def test_no_finding_holds_words_of_a_text(tmp_path: Path) -> None:
    """Nor does the ledger: what is told may be published, and the text may not."""
    for folder in sorted(BOOKS.glob("anchor-*")):
        checked = sourcebook.check(folder)
        told = "\n".join([*(f"{one.message} {one.hint}" for one in checked.findings), *checked.ledger.lines()])
        for text in folder.glob("sources/*.txt"):
            words = text.read_bytes().decode("utf-8", "replace").split()
            assert not any(" ".join(words[at : at + 3]) in told for at in range(len(words) - 2))


def test_init_has_git_leave_texts_out(tmp_path: Path) -> None:
    sourcebook.init(tmp_path / "new")
    assert "/sources/" in (tmp_path / "new/.gitignore").read_text().splitlines()
    found = tmp_path / "found"
    (found / "sources").mkdir(parents=True)
    (found / "sources/a.yaml").write_text("id: a\nname: A\n")
    (found / "sources/b.yaml").write_text("id: b\nname: B\n")
    sourcebook.init(found, adopt=True)
    assert "/sources/" not in (found / ".gitignore").read_text()
