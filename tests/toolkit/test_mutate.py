# SPDX-License-Identifier: Apache-2.0
"""Mistakes made in copies of books: which are found, at which line, and that the book is left alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from sourcebook.errors import UsageError
from sourcebook.mutate import KINDS, mutate
from sourcebook.mutate.model import Mutant, changed_lines
from sourcebook.mutate.result import judged
from sourcebook.mutate.spans import scalar
from sourcebook.mutate.trial import trials
from tests.conftest import ROOT

Copy = Callable[[str], Path]
EACH = 4
# Where nothing in the book can be sure of the mistake: docs/proof.md gives the reasons.
WEAK = ("wrong-reference", "wrong-source", "exchanged-keys")
of_the_reference_book = pytest.mark.xdist_group("mutated")  # one process mutates it, for all tests that look at that


@pytest.fixture(scope="module")
def mutated(reference_book: Path) -> sourcebook.Mutated:
    return mutate(reference_book, each=EACH, jobs=2)


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(str(path).encode() + path.read_bytes() for path in files)).hexdigest()


@of_the_reference_book
def test_of_the_reference_book_95_percent_are_found_at_their_line(mutated: sourcebook.Mutated) -> None:
    assert mutated.checked.findings == ()
    assert mutated.count() == EACH * len(KINDS)
    assert mutated.count(outcome="at its line") >= 0.95 * mutated.count()


@of_the_reference_book
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in WEAK])
def test_every_class_is_found_in_the_reference_book(mutated: sourcebook.Mutated, kind: str) -> None:
    assert mutated.count(kind) == EACH
    assert mutated.count(kind, "at its line") == EACH, [one for one in mutated.tried if one.kind == kind]


@of_the_reference_book
@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("dangling-reference", "reference"),
        ("dropped-attribution", "schema"),
        ("doubled-key", "key-duplicate"),
        ("no-such-paragraph", "checks/paragraph-that-does-not-exist"),
        ("wrong-source", "checks/file-of-another-name"),
        ("broken-utf8", "yaml-encoding"),
        ("tab-for-space", "yaml-syntax"),
        ("key-twice", "yaml-duplicate-key"),
    ],
)
def test_each_class_is_found_by_the_rule_that_is_for_it(mutated: sourcebook.Mutated, kind: str, rule: str) -> None:
    assert rule in {rule for one in mutated.tried if one.kind == kind for rule in one.rules}


def test_every_class_is_documented_with_what_it_does() -> None:
    text = (ROOT / "docs/proof.md").read_text("utf-8")
    assert [kind for kind in KINDS.values() if f"| `{kind.id}` | {kind.summary.rstrip('.')} |" not in text] == []


def test_the_same_seed_makes_the_same_mutants_and_the_book_is_left_alone(book: Copy) -> None:
    folder = book("orchard")
    before = digest(folder)
    runs = [mutate(folder, each=2, seed=seed) for seed in (3, 3, 4)]
    assert runs[0].tried == runs[1].tried
    assert [one.what for one in runs[0].tried] != [one.what for one in runs[2].tried]
    assert digest(folder) == before
    assert {one.outcome for one in runs[0].tried} >= {"at its line", "survived"}


def test_a_book_of_every_layout_is_mutated(book: Copy) -> None:
    outcomes = mutate(book("layouts"), each=3)
    assert outcomes.count() > 30
    assert outcomes.count("broken-utf8", "at its line") == 3
    assert outcomes.count("exchanged-keys") == 1  # the two towns, whichever is taken first


def test_a_stronger_schema_shows(book: Copy) -> None:
    """What survives is what the schema allows: the same faults are found once it says more."""
    folder = book("orchard")
    kinds = ("unknown-property", "misspelt-property")
    weak = mutate(folder, kinds=kinds, each=5)
    for path in (folder / "schemas").glob("*.json"):
        schema = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**schema, "additionalProperties": True}), encoding="utf-8")
    open_ = mutate(folder, kinds=kinds, each=5)
    assert weak.count(outcome="at its line") > open_.count(outcome="at its line")
    assert open_.count("unknown-property", "survived") > 0


def test_a_copy_has_all_that_a_check_reads(book: Copy) -> None:
    folder = book("schema")
    (folder / "schemas").rename(folder / "model")
    descriptor = folder / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text("utf-8").replace("schemas/", "model/"), "utf-8")
    station = folder / "model/station.schema.json"
    (folder / "model/beside.json").write_text(station.read_text("utf-8"), "utf-8")
    station.write_text('{"$ref": "beside.json"}')
    assert sourcebook.write_baseline(sourcebook.check(folder)).kept > 0
    checked = sourcebook.check(folder)
    assert checked.ok
    nothing = Mutant("nothing is changed", {}, {})
    assert [found for _, found in trials(checked.book, [nothing], 1)] == [checked.findings]


def test_the_command_tells_and_fails_only_where_the_book_itself_is_wrong(book: Copy) -> None:
    runner = CliRunner()
    arguments = ["mutate", "--each", "1", "--jobs", "1", "--kind", "wrong-type", "--kind", "broken-utf8"]
    result = runner.invoke(main, [*arguments, "--book", str(book("orchard"))])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()[:4]] == ["class", "wrong-type", "broken-utf8", "all"]
    result = runner.invoke(main, [*arguments, "--book", str(book("nulls")), "--format", "json"])
    assert set(json.loads(result.stdout)["classes"]) == {"wrong-type", "broken-utf8"}
    result = runner.invoke(main, [*arguments, "--book", str(book("schema"))])
    assert (result.exit_code, "junktion" in result.stdout) == (1, True)
    assert runner.invoke(main, ["mutate", "--kind", "wrong-typ", "--book", str(ROOT)]).exit_code == 2
    with pytest.raises(UsageError, match="did you mean 'wrong-type'"):
        mutate(book("checks"), kinds=("wrong-typ",))


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", {2}),
        ("a\nb\n", "a\nx\nb\n", {2}),
        ("a\nb\nc", "a\nc", {1, 2}),
        ("", "a\nb", {1, 2}),
        ("a\r\nb", "a\rc", {2}),
    ],
)
def test_lines_that_differ(before: str, after: str, lines: set[int]) -> None:
    assert changed_lines(before, after) == lines


def test_a_finding_that_names_the_other_place_counts(book: Copy) -> None:
    finding = sourcebook.Finding("b.yaml", 9, 1, "key-duplicate", "the key 'x' is taken by the record at a.yaml:12")
    places = frozenset({("a.yaml", 12)})
    assert judged("doubled-key", "", places, [finding]).outcome == "at its line"
    assert judged("doubled-key", "", frozenset({("a.yaml", 1)}), [finding]).outcome == "elsewhere"
    assert judged("doubled-key", "", places, []).outcome == "survived"


@pytest.mark.parametrize(
    ("text", "value", "found"),
    [
        ("a, b]", "a", "a"),
        ("a, b # c", "a, b", "a, b"),
        ('"a]\\" b", c', 'a]" b', '"a]\\" b"'),
        ("'it''s' x", "it's", "'it''s'"),
        ("1.50}", 1.5, "1.50"),
        ("a\n  b", "a b", None),
        (">-\n  a", "a", None),
        ("*a", "a", None),
    ],
)
def test_a_value_ends_where_its_text_reads_as_it(text: str, value: object, found: str | None) -> None:
    span = scalar(text, 0, value)
    assert (text[slice(*span)] if span else None) == found
