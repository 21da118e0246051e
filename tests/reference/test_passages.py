# SPDX-License-Identifier: Apache-2.0
"""Every claim that rests on the principal source says which passage of it; whether these still stand is read again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import sourcebook
from sourcebook.evidence.anchors import anchor_of
from sourcebook.evidence.held import Text, read
from sourcebook.evidence.judging import hash_of_passage, judge
from sourcebook.evidence.normalise import normalised
from tests.conftest import ROOT
from tests.reference.test_no_sentence_copied import TEXTS, held

SOURCE = "nordic-monitor-2020-01"
ANCHORED = 164
_OF_TEXTS = ("anchor-altered", "anchor-ambiguous", "anchor-gone", "anchor-moved")


def _cited() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each place of the principal source that a claim is cited from: with the key of the claim."""
    for path in sorted((ROOT / "data/claims").glob("*.yaml")):
        for claim in yaml.safe_load(path.read_text("utf-8")):
            yield from ((claim["id"], one) for one in (claim, *claim.get("citations", ())) if one["source"] == SOURCE)


def _copy(folder: Path) -> Path:
    for name in ("data", "schemas", "scripts"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "datapackage.yaml", folder)
    return folder


def _counts(folder: Path) -> Mapping[str, tuple[int, int]]:
    checked = sourcebook.check(folder)
    assert not [str(one) for one in checked.findings if one.rule.startswith("anchor")]
    tallies = checked.ledger.as_dict()
    return {rule: (tallies[rule]["performed"], tallies[rule]["unverifiable"]) for rule in _OF_TEXTS}


def test_every_citation_of_the_principal_source_is_anchored() -> None:
    cited = list(_cited())
    assert len(cited) == ANCHORED
    assert [key for key, one in cited if "passage" not in one] == []
    assert not any(one["passage"].keys() - {"start", "end", "sha256", "before", "after"} for _, one in cited)


def test_without_the_text_no_anchor_is_said_to_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCEBOOK_SOURCES", raising=False)
    assert _counts(_copy(tmp_path)) == dict.fromkeys(_OF_TEXTS, (0, ANCHORED))


@held
def test_with_the_text_every_anchor_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCEBOOK_SOURCES", raising=False)
    folder = _copy(tmp_path)
    (folder / "sources").mkdir()
    shutil.copy(TEXTS / f"{SOURCE}.txt", folder / "sources")
    assert _counts(folder) == dict.fromkeys(_OF_TEXTS, (ANCHORED, 0))


@held
def test_the_paragraphs_begin_and_end_where_those_of_the_text_do() -> None:
    text = read(SOURCE, f"{SOURCE}.txt", (TEXTS / f"{SOURCE}.txt").read_bytes())
    assert isinstance(text, Text)
    listed = yaml.safe_load((ROOT / f"data/paragraphs/{SOURCE}.yaml").read_text("utf-8"))
    assert [(one["start"], one["end"]) for one in listed] == list(text.paragraphs)


@held
def test_an_anchor_is_whole_sentences_of_the_paragraph_that_the_locator_gives() -> None:
    text = read(SOURCE, f"{SOURCE}.txt", (TEXTS / f"{SOURCE}.txt").read_bytes())
    assert isinstance(text, Text)
    anchors = [anchor_of(one["passage"]) for _, one in _cited()]
    assert {one.kind for one in judge(anchors, text.text, text.tokens)} == {"same"}
    wrong = []
    for (key, one), anchor in zip(_cited(), anchors, strict=True):
        passage = text.text[anchor.start : anchor.end]
        before = text.text[: anchor.start].rstrip()
        begins = not before or before[-1] in ".”" or text.paragraph(anchor.start) != text.paragraph(anchor.start - 2)
        ends = passage[-1] == "." or anchor.end in {end for _, end in text.paragraphs}
        if one["locator"] != f"paragraph {text.paragraph(anchor.start)}" or not (begins and ends):
            wrong.append(key)
    assert wrong == []


@held
def test_coverage_and_the_list_of_paragraphs_agree(tmp_path: Path) -> None:
    """What the curators wrote by hand of each paragraph, and what is counted of anchors, are the same."""
    paragraphs = yaml.safe_load((ROOT / f"data/paragraphs/{SOURCE}.yaml").read_text("utf-8"))
    covered = sourcebook.coverage(_copy(tmp_path), SOURCE, sources=TEXTS)
    counted = covered.coverage.paragraphs
    assert [one["number"] for one in paragraphs] == list(range(1, len(counted) + 1))
    text = (TEXTS / f"{SOURCE}.txt").read_text("utf-8")
    as_it_lies = [one.strip() for one in re.split(r"\n(?:[ \t]*\n)+", text) if one.strip()]
    assert [one["sha256"] for one in paragraphs] == [hash_of_passage(one) for one in as_it_lies]
    assert [one.sha256 for one in counted] == [hash_of_passage(normalised(one)) for one in as_it_lies]
    assert [bool(one.records) for one in counted] == ["no_claim" not in one for one in paragraphs]
    cited: dict[str, set[str]] = {}
    for key, one in _cited():
        cited.setdefault(one["locator"], set()).add(key)
    assert [len(one.records) for one in counted] == [
        len(cited.get(f"paragraph {one['number']}", ())) for one in paragraphs
    ]
    assert covered.not_reviewed == ()


@held
def test_no_word_of_the_text_comes_into_what_is_published(tmp_path: Path) -> None:
    told = sourcebook.coverage(_copy(tmp_path), SOURCE, sources=TEXTS).as_dict()
    assert "Whistle" not in str(told)
    assert set(told["paragraphs"][0]) == {"start", "end", "sha256", "words", "records", "many", "sentences"}
