# SPDX-License-Identifier: Apache-2.0
"""What stands in several places by aliases and merges is changed once, where all of its places change alike."""

from __future__ import annotations

from pathlib import Path

import pytest

import sourcebook
from sourcebook.edit.carry_out import judged, write
from sourcebook.edit.model import CannotEdit

DESCRIPTOR = """\
name: quay
title: Quay
licenses: [{name: CC0-1.0}]
resources:
  - name: people
    path: build/csv/people.csv
    schema: build/tableschema/people.json
    sourcebook: {records: data/people.yaml, layout: map}
  - name: votes
    path: build/csv/votes.csv
    schema: build/tableschema/votes.json
    sourcebook: {records: data/votes.yaml, layout: map, references: {who: people, "also[]": people}}
"""

VOTES = """\
# the first
one: &tw
  who: &b Bob   # him
  also: [Eve, *b]
two:
  <<: *tw
  note: again
three: {who: *b, also: [Bob]}
four: *tw
"""


def book(folder: Path, votes: str) -> Path:
    (folder / "data").mkdir()
    (folder / "datapackage.yaml").write_text(DESCRIPTOR, encoding="utf-8")
    (folder / "data/people.yaml").write_text("Bob: {age: 3}\nEve: {age: 4}\n", encoding="utf-8")
    (folder / "data/votes.yaml").write_text(votes, encoding="utf-8")
    return folder


def test_a_key_that_stands_below_an_anchor_is_renamed_there(tmp_path: Path) -> None:
    root = book(tmp_path, VOTES)
    proposal = sourcebook.rename(root, "people", "Bob", "robert")
    assert judged(proposal) == ()
    write(proposal)
    wanted = VOTES.replace("&b Bob", "&b robert").replace("[Bob]", "[robert]")
    assert (root / "data/votes.yaml").read_text("utf-8") == wanted
    write(sourcebook.rename(root, "people", "robert", "Bob"))
    assert (root / "data/votes.yaml").read_text("utf-8") == VOTES


def test_one_place_alone_is_refused_as_before(tmp_path: Path) -> None:
    root = book(tmp_path, VOTES)
    assert sourcebook.open(root)["votes"]["two"]["who"] == "Bob"
    proposal = sourcebook.set(root, "votes[two].who", "Eve")
    assert proposal.changes == ()
    assert any("came by a merge" in told for told in proposal.told)


def test_a_place_that_is_not_to_change_keeps_the_anchor_from_changing(tmp_path: Path) -> None:
    """The third place is the same value by an alias, and nobody asked for it."""
    root = book(tmp_path, "one: {who: &b Bob, also: [Eve]}\ntwo: {who: *b}\nthree: {note: *b}\n")
    with pytest.raises(CannotEdit):
        sourcebook.rename(root, "people", "Bob", "robert")
    assert "robert" not in (root / "data/votes.yaml").read_text("utf-8")
