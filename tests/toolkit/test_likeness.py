# SPDX-License-Identifier: Apache-2.0
"""Hints of names: what is near, what never is, and that they cost little however many there are to give."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sourcebook
from sourcebook.validation import likeness
from sourcebook.validation.likeness import Names, edits, nearest
from sourcebook.validation.wording import did_you_mean


@pytest.mark.parametrize(
    ("word", "names", "near"),
    [
        ("centrall", ["central", "quayside"], "central"),
        ("HARBOUR", ["Harbour", "Old Town"], "Harbour"),
        ("form", ["from", "to"], "from"),
        ("station", ["bridge", "ferry"], ""),
        ("", ["a"], ""),
        # numbers are not misspelt into each other
        ("item-20000", ["item-2000", "item-200"], ""),
        ("itm-20000", ["item-2000", "item-20001"], ""),
        ("smith-2018", ["smith-2019"], ""),
        ("CC-BY-3.0", ["CC-BY-4.0"], ""),
        # but for how they are written
        ("item-7", ["item-007", "item-70"], "item-007"),
        ("utf8", ["utf-8", "utf-16"], "utf-8"),
        ("2014-5-1", ["2014-05-01", "2014-05-11"], "2014-05-01"),
        ("itm-20", ["item-20", "item-21"], "item-20"),
        # of those with numbers one that stands alone may be meant, and none of many
        ("utf", ["utf-8", "latin-1"], "utf-8"),
        ("item-", ["item-1", "item-2"], ""),
        ("ada2", ["ada", "grace"], "ada"),
        ("x" * 201, ["x" * 200], ""),
    ],
)
def test_the_nearest_name(word: str, names: list[str], near: str) -> None:
    assert nearest(word, names) == near


def test_the_nearest_of_several_is_the_same_whatever_their_order() -> None:
    names = ["cart", "card", "care", "carp", "cars", "cara", "carb"]
    assert {nearest("carx", random.Random(n).sample(names, len(names))) for n in range(20)} == {"cara"}


def test_what_cannot_be_seen_is_named() -> None:
    assert did_you_mean("Old\u00a0Town", ["Old Town"]) == (
        "did you mean 'Old Town'? Character 4 is U+00A0 (no-break space), which cannot be seen: write a space"
    )
    assert did_you_mean("old\u200d", ["old"]).endswith("U+200D (zero width joiner), which cannot be seen: remove it")
    assert did_you_mean("Old  Town", ["Old Town"]) == "did you mean 'Old Town'? The spaces differ"
    assert did_you_mean("Old town", ["Old Town"]) == "did you mean 'Old Town'?"


def test_a_run_compares_so_many_names_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "_MOST", 10_000)
    names = [f"{letter}{other}-name" for letter in "abcdefghij" for other in "abcdefghij"]
    with likeness.run():
        known = Names(names)  # 4,000
        found = [known.nearest(f"{name}x") for name in names]
        assert found[:60] == names[:60]
        assert found[60:] == [""] * 40
        assert known.nearest("aa-namex") == "aa-name"  # which was found before
        assert known.nearest("AB-name") == "ab-name"  # and what is the same but for case costs nothing
        assert Names(names).nearest("aa-namex") == ""
    assert Names(names).nearest("aa-namex") == "aa-name"  # by itself, with an allowance of its own


@pytest.mark.slow
def test_hints_of_many_references_cost_about_a_second(tmp_path: Path) -> None:
    chance = random.Random(7)
    keys = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=12)) for _ in range(20_000)]
    (tmp_path / "data").mkdir()
    (tmp_path / "datapackage.yaml").write_text(
        "name: many\nresources:\n"
        "  - name: parts\n    path: build/csv/parts.csv\n    schema: build/tableschema/parts.json\n"
        "    sourcebook: {records: data/parts.yaml, layout: map}\n"
        "  - name: uses\n    path: build/csv/uses.csv\n    schema: build/tableschema/uses.json\n"
        "    sourcebook: {records: data/uses.yaml, layout: map, references: {part: parts}}\n",
        encoding="utf-8",
    )
    (tmp_path / "data/parts.yaml").write_text("".join(f"{key}: {{name: P}}\n" for key in keys), encoding="utf-8")

    def seconds(written: list[str]) -> float:
        text = "".join(f"u{number}: {{part: {one}}}\n" for number, one in enumerate(written))
        (tmp_path / "data/uses.yaml").write_text(text, encoding="utf-8")
        start = time.process_time()
        found = [one for one in sourcebook.check(tmp_path, jobs=1).findings if one.rule == "reference"]
        assert sum(one.hint.startswith("did you mean") for one in found) == len(found)
        assert len(found) in (0, 200)
        return time.process_time() - start

    without = seconds(keys[:200])
    assert seconds([f"{key}q" for key in keys[:200]]) < without + 3


def test_changes_between_two_texts() -> None:
    assert list(edits("abcd", "abxd")) == [(2, 3)]
    assert list(edits("abcde", "abde")) == [(2, 2)]
    assert list(edits("ab", "xaby")) == [(0, 1), (3, 4)]
    assert list(edits("ab", "ab")) == []


def test_names_are_compared_behind_one_door() -> None:
    """What compares texts is imported by one module, and only where a name is to be compared."""
    package = Path(sourcebook.__file__).parent
    users = {str(one.relative_to(package)) for one in package.rglob("*.py") if "rapidfuzz" in one.read_text("utf-8")}
    assert users == {"validation/likeness.py"}
    # Where two texts differ that look alike is told without a library (`alike`).
    users = {one.name for one in package.rglob("*.py") if "import difflib" in one.read_text("utf-8")}
    assert users == set()
    code = "import sys, sourcebook.cli.check, sourcebook.mutate; print('rapidfuzz' in sys.modules)"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ}).stdout == "False\n"
