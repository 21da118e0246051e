# SPDX-License-Identifier: Apache-2.0
"""A statement that loses or gets an answer is told of first, and none is told without what answers it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import sourcebook

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")]

BOOK = """\
name: claims
licenses: [{name: CC0-1.0}]
resources:
  - name: claims
    path: build/csv/claims.csv
    schema: build/tableschema/claims.json
    sourcebook:
      records: data/claims/*.yaml
      references: {"denies[]": TO, "contradicts[]": claims, by: speakers}
      role: {statement: {text: text, by: by, in: paper, denies: "denies[]", contradicts: "contradicts[]"}}
  - name: speakers
    path: build/csv/speakers.csv
    schema: build/tableschema/speakers.json
    sourcebook: {records: data/speakers.yaml, layout: map}
"""


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True)


def put(folder: Path, key: str, text: str, **more: str) -> Path:
    path = folder / "data/claims" / f"{key}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = {"text": text, "by": "mate", "paper": "the Mail", "number": f"no-{key}", **more}
    path.write_text("".join(f"{name}: {value}\n" for name, value in lines.items()), "utf-8")
    return path


@pytest.fixture(params=["claims", "claims.number"])
def claims(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Path, str]:
    """A book of claims, a file each, and what answers write before the key of what they answer."""
    to: str = request.param
    (tmp_path / "datapackage.yaml").write_text(BOOK.replace("TO", to), "utf-8")
    before = "no-" if to == "claims.number" else ""
    put(tmp_path, "sank", "He had it sunk")
    put(tmp_path, "afloat", "Nobody had it sunk", denies=f"[{before}sank]")
    put(tmp_path, "ashore", "He was ashore", contradicts="[sank]")
    put(tmp_path, "other", "It rained")
    put(tmp_path, "wet", "It was never dry", denies=f"[{before}other]")
    put(tmp_path, "clear", "It was fine", contradicts="[other]")
    (tmp_path / "data/speakers.yaml").write_text("mate: {name: The mate}\n", "utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "The claims")
    git(tmp_path, "tag", "v1")
    return tmp_path, before


def told(folder: Path) -> list[str]:
    return [str(one) for one in sourcebook.diff(folder).answers]


def test_a_denial_that_is_taken_out(claims: tuple[Path, str]) -> None:
    folder, _ = claims
    put(folder, "afloat", "Nobody had it sunk")
    assert told(folder) == ["claims/sank lost its answer claims/afloat (denied)"]
    assert list(sourcebook.diff(folder).lines())[1].endswith("; 1 statement lost an answer")
    (folder / "data/claims/afloat.yaml").unlink()
    assert told(folder) == ["claims/sank lost its answer claims/afloat (denied), which was removed"]


def test_a_denial_that_is_put_in(claims: tuple[Path, str]) -> None:
    folder, before = claims
    put(folder, "dry", "It did not rain", denies=f"[{before}other]")
    assert told(folder) == ["claims/other got the answer claims/dry (denied)"]


def test_what_contradicts_each_other_loses_on_both_sides(claims: tuple[Path, str]) -> None:
    folder, _ = claims
    put(folder, "ashore", "He was ashore")
    assert told(folder) == [
        "claims/ashore lost its answer claims/sank (contradicted)",
        "claims/sank lost its answer claims/ashore (contradicted)",
    ]
    put(folder, "sank", "He had it sunk", contradicts="[ashore]")
    assert told(folder) == [], "the other side says it now"


def test_an_answer_in_another_way(claims: tuple[Path, str]) -> None:
    folder, before = claims
    put(folder, "ashore", "He was ashore", denies=f"[{before}sank]")
    assert "claims/sank has its answer claims/ashore in another way: denied, and before: contradicted" in told(folder)


def test_a_changed_statement_is_told_with_answers_of_files_that_did_not_change(claims: tuple[Path, str]) -> None:
    folder, _ = claims
    put(folder, "sank", "He had it sunk by night")
    (one,) = sourcebook.diff(folder).records
    assert one.statement is not None
    assert (one.statement.by, one.statement.published_in) == (("mate",), ("the Mail",))
    assert one.statement.answers == (
        ("Contradicted by", "claims/ashore"),
        ("Denied by", "claims/afloat"),
    )


def test_a_removed_accusation_has_lost_nothing_and_is_told_with_its_answers(claims: tuple[Path, str]) -> None:
    folder, _ = claims
    (folder / "data/claims/sank.yaml").unlink()
    compared = sourcebook.diff(folder)
    (one,) = compared.records
    assert one.statement is not None
    assert ("Denied by", "claims/afloat") in one.statement.answers
    assert [str(one) for one in compared.answers if one.kind == "denies"] == []


def test_a_renamed_statement_keeps_its_answers(claims: tuple[Path, str]) -> None:
    folder, before = claims
    (folder / "data/claims/sank.yaml").rename(folder / "data/claims/sank-it.yaml")
    put(folder, "ashore", "He was ashore", contradicts="[sank-it]")
    if not before:
        put(folder, "afloat", "Nobody had it sunk", denies="[sank-it]")
    compared = sourcebook.diff(folder)
    assert [one.key for one in compared.of("renamed")] == ["sank-it"]
    assert compared.answers == ()


def test_a_file_that_cannot_be_read_has_lost_no_answer(claims: tuple[Path, str]) -> None:
    folder, _ = claims
    (folder / "data/claims/afloat.yaml").write_text("text: [\n", "utf-8")
    put(folder, "other", "It snowed")
    compared = sourcebook.diff(folder)
    assert compared.answers == ()
    assert [one.key for one in compared.records] == ["other"]
