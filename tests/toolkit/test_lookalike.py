# SPDX-License-Identifier: Apache-2.0
"""Texts that look the same and are not, wherever one stands for the other: told by their characters."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sourcebook
from sourcebook.alike import difference, looking_like, seen
from tests.toolkit.test_odd_books import LIST, write

ALIKE = [
    ("zoe\u0308", "zo\u00eb", "U+0065 LATIN SMALL LETTER E and U+0308 COMBINING DIAERESIS where that has U+00EB"),
    ("\u0430", "a", "U+0430 CYRILLIC SMALL LETTER A where that has U+0061"),
    ("\u0421\u041e\u041c", "COM", "U+0421 CYRILLIC CAPITAL LETTER ES and U+041E"),
    ("\u0451", "\u00eb", "U+0451 CYRILLIC SMALL LETTER IO where that has U+00EB"),
    ("m\u03bfon", "moon", "U+03BF GREEK SMALL LETTER OMICRON where that has U+006F"),
    ("\u0578ew", "new", "U+0578 ARMENIAN SMALL LETTER VO where that has U+006E"),
    ("ki\u200bosk", "kiosk", "U+200B ZERO WIDTH SPACE where that has nothing"),
    ("\u200fa", "a", "U+200F RIGHT-TO-LEFT MARK where that has nothing"),
    ("\ufb01ne", "fine", "U+FB01 LATIN SMALL LIGATURE FI where that has U+0066"),
    ("\uff57ide", "wide", "U+FF57 FULLWIDTH LATIN SMALL LETTER W where that has U+0077"),
    ("a\u00a0b", "a b", "U+00A0 NO-BREAK SPACE where that has U+0020 SPACE"),
    ("2010\u20132014", "2010-2014", "U+2013 EN DASH where that has U+002D HYPHEN-MINUS"),
    ("o\u2019hara", "o'hara", "U+2019 RIGHT SINGLE QUOTATION MARK where that has U+0027 APOSTROPHE"),
    ("\u212bsa", "\u00c5sa", "U+212B ANGSTROM SIGN where that has U+00C5"),
    ("\u1100\u1161", "\uac00", "U+1100 HANGUL CHOSEONG KIYEOK and U+1161"),
]
OTHERS = [
    "a",
    "b",
    "\u03b1",
    "l",
    "1",
    "I",
    "\u6771",
    "\u4e1c",
    "e",
    "\u00eb",
    "i",
    "\u0131",
    "\u0447",
    "4",
    "Zo\u00eb",
    "zo\u00eb",
]


@pytest.mark.parametrize(("one", "other", "told"), ALIKE)
def test_what_looks_the_same_is_told_by_its_characters(one: str, other: str, told: str) -> None:
    assert seen(one) == seen(other)
    assert difference(one, other).startswith(told)
    assert looking_like(one, ["x", other]) == other
    assert looking_like(other, ["x", one]) == one


def test_what_only_resembles_another_does_not_look_the_same() -> None:
    assert len({seen(one) for one in OTHERS}) == len(OTHERS)


@given(st.text())
def test_of_every_text_what_is_seen_looks_the_same(text: str) -> None:
    assert seen(seen(text)) == seen(text)
    assert text.isascii() or looking_like(text, [seen(text)]) in (None, seen(text))


def test_a_file_named_otherwise_than_its_reference(tmp_path: Path) -> None:
    people = {"records": "data/people/*.yaml", "references": {"friend": "people"}}
    files = {"data/people/zoe\u0308.yaml": "name: Zo\u00eb\n", "data/people/ann.yaml": "friend: zo\u00eb\n"}
    (finding,) = sourcebook.check(write(tmp_path, {"people": people}, files)).findings
    assert (finding.path, finding.line, finding.column) == ("data/people/ann.yaml", 1, 9)
    assert finding.hint == (
        "there is 'zoe\u0308', which looks the same: this has U+00EB LATIN SMALL LETTER E WITH DIAERESIS where "
        "that has U+0065 LATIN SMALL LETTER E and U+0308 COMBINING DIAERESIS"
    )


def test_two_files_whose_names_look_the_same(tmp_path: Path) -> None:
    people = {"records": "data/people/*.yaml", "may_be_empty": True}
    files = {f"data/people/{name}.yaml": "name: Zo\u00eb\n" for name in ("zoe\u0308", "zo\u00eb", "zo\u0451")}
    folder = write(tmp_path, {"people": people}, files)
    found = sourcebook.check(folder).findings
    assert [(one.rule, one.level, one.line) for one in found] == [("key-lookalike", "warning", 1)] * 2
    assert sourcebook.build(folder).release is not None  # two records, as they are two keys
    again = sourcebook.build(folder).checked.findings  # from what was kept
    assert again == found


def test_folders_and_schemas_whose_names_look_the_same(tmp_path: Path) -> None:
    rivers = {"records": "data/rivi\u00e8res/*.yaml", "schema": "schemas/rivi\u00e8re.json"}
    files = {"data/rivie\u0300res/a.yaml": "a: 1\n", "schemas/rivie\u0300re.json": {}}
    found = sourcebook.check(write(tmp_path, {"rivers": rivers}, files)).findings
    assert {one.rule for one in found} >= {"descriptor", "file-unclaimed", "collection-empty"}
    told = [one.hint for one in found if one.path == "datapackage.yaml"]
    assert len(told) == 2
    assert all("U+00E8" in hint and "U+0300" in hint for hint in told)


def test_keys_of_a_list_and_of_a_map_in_several_files(tmp_path: Path) -> None:
    words = {"records": "data/words/*.yaml", "layout": "map"}
    files = {
        "data/lines.yaml": "- id: one\n- id: \u043ene\n",
        "data/words/a.yaml": "tea: 1\nt\u0435a: 2\n",  # told as keys of one mapping
        "data/words/b.yaml": "te\u0430: 1\n",
    }
    found = sourcebook.check(write(tmp_path, {"lines": LIST, "words": words}, files)).findings
    assert [(one.path, one.line, one.rule) for one in found] == [
        ("data/lines.yaml", 2, "key-lookalike"),
        ("data/words/a.yaml", 2, "yaml-key-lookalike"),
        ("data/words/b.yaml", 1, "key-lookalike"),
    ]
    assert "line 1" in found[0].message


def test_many_keys_beyond_ascii_take_no_time(tmp_path: Path) -> None:
    from sourcebook.records.model import Entries

    keys = [f"\u6771{number}" for number in range(50_000)]
    entries = Entries("towns")
    begun = time.perf_counter()
    entries.add([(key, "data/towns.yaml", (number,), number, 0) for number, key in enumerate(keys)])
    assert list(entries.lookalikes()) == []
    assert time.perf_counter() - begun < 5
