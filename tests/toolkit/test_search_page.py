# SPDX-License-Identifier: Apache-2.0
"""The page of a search: what is found, where the words stand, and what stands beside a statement that is found."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sourcebook.site import hits
from sourcebook.site.marking import sought
from sourcebook.site.published import Published
from tests.harbour import get, links, opened, text


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("search")) as found:
        yield found


def found(book: Published, typed: str) -> list[dict[str, Any]]:
    """What the page finds, as data: a group for each collection."""
    groups = json.loads(get(book, f"/search.json?q={quote(typed)}").body)["found"]
    assert isinstance(groups, list)
    return groups


def keys(book: Published, typed: str) -> dict[str, list[str]]:
    return {group["collection"]: [one["key"] for one in group["records"]] for group in found(book, typed)}


def page(book: Published, typed: str) -> str:
    return get(book, f"/search?q={quote(typed)}").body.decode()


@pytest.mark.parametrize("typed", ["fener", "isil fen", "IŞIL", "Isıl Fener-Çakıl", "fener cakil"])
def test_a_person_is_found_by_a_part_of_the_name(harbour: Published, typed: str) -> None:
    assert keys(harbour, typed)["people"] == ["isil-fener"]


def test_other_names_count_as_names_and_are_told(harbour: Published) -> None:
    (group,) = (group for group in found(harbour, "isil of the lamp") if group["collection"] == "people")
    assert group["records"][0]["found_in"] == [{"field": "Also", "linked": False, "text": "Isil of the Lamp"}]
    assert "<mark>Isil</mark> <mark>of</mark> <mark>the</mark> <mark>Lamp</mark>" in page(harbour, "isil of the lamp")


def test_a_record_is_found_by_the_name_of_what_it_refers_to(harbour: Published) -> None:
    assert "ruling-overturned" in keys(harbour, "oddvar")["claims"]
    shown = text(get(harbour, "/search?q=oddvar"))
    assert 'linked: People: Oddvår Ankerløkke "& Sons"' in shown


def test_a_record_is_found_by_another_name_of_what_it_refers_to(harbour: Published) -> None:
    (group,) = (group for group in found(harbour, "hanim") if group["collection"] == "claims")
    assert (group["count"], len(group["records"])) == (4, 3)
    assert {(one["linked"], one["text"]) for record in group["records"] for one in record["found_in"]} == {
        (True, "Işıl Hanım")
    }


@pytest.mark.parametrize(
    ("typed", "collection", "key"),
    [
        ("灯台", "people", "hikari-todai"),
        ("نور", "people", "nur-al-fanar"),
        ("בן מגדל", "people", "or-ben-migdal"),
        ("波止場", "claims", "night-boat-denied"),
    ],
)
def test_any_script(harbour: Published, typed: str, collection: str, key: str) -> None:
    assert key in keys(harbour, typed)[collection]


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("fener", "<mark>Fener</mark>-Çakıl"),
        ("cak", "Fener-<mark>Çakıl</mark>"),
        ("isil", "<mark>Işıl</mark> Fener"),
        ("ankerlokke", "Oddvår <mark>Ankerløkke</mark> &#34;&amp; Sons&#34;"),
        ("灯台", "<mark>灯台</mark>ひかり"),
    ],
)
def test_words_are_marked_as_they_are_written(harbour: Published, typed: str, marked: str) -> None:
    assert marked in page(harbour, typed)


def test_a_statement_that_is_found_has_who_says_it_and_who_denies_it(harbour: Published) -> None:
    shown = text(get(harbour, "/search?q=forty%20barrels%20taken"))
    assert "Said by A clerk of the harbour office, not named" in shown
    assert "Denied by" in shown
    (group,) = (group for group in found(harbour, "forty barrels taken") if group["collection"] == "claims")
    one = next(one for one in group["records"] if one["key"] == "oil-forty-barrels")
    assert one["by"][0]["text"] == "A clerk of the harbour office, not named"
    assert [answer["how"] for answer in one["answers"]][:1] == ["Denied by"]


def test_a_statement_that_a_hit_refers_to_has_who_says_it_and_that_it_is_denied(harbour: Published) -> None:
    (group,) = (group for group in found(harbour, "isil oil") if group["collection"] == "events")
    (reason,) = group["records"][0]["found_in"]
    assert (reason["linked"], reason["key"]) == (True, "oil-forty-barrels")
    assert reason["by"][0]["text"] == "A clerk of the harbour office, not named"
    shown = text(get(harbour, "/search?q=isil%20oil"))
    linked = shown[shown.index("linked: Claims:") :]
    assert "A clerk of the harbour office, not named, in Where did the lamp oil go?" in linked
    assert "Denied by" in linked


def test_counts_and_the_way_to_all(harbour: Published) -> None:
    (group,) = (group for group in found(harbour, "barrels") if group["collection"] == "claims")
    assert group["count"] >= len(group["records"])
    assert group["href"] == "/claims?q=barrels"
    assert "/claims?q=barrels" in links(get(harbour, "/search?q=barrels"))


def test_more_than_a_few_are_counted_and_not_shown(tmp_path: Path) -> None:
    def many(folder: Path) -> None:
        for number in range(30):
            (folder / f"data/people/p-{number}.yaml").write_text(f"id: p-{number}\nname: Zed {number}\n", "utf-8")

    with opened(tmp_path, many) as book:
        (group,) = found(book, "zed")
        assert (group["count"], len(group["records"])) == (30, 10)
        assert links(get(book, "/search?q=zed"))["/people?q=zed"] == "All 30 in People"


@pytest.mark.parametrize("typed", ["oil-denied", "old-light", "hikari-todai"])
def test_what_is_called_so_comes_first(harbour: Published, typed: str) -> None:
    assert found(harbour, typed)[0]["records"][0]["key"] == typed


def test_a_label_of_which_all_is_begun_comes_before_one_that_goes_on(tmp_path: Path) -> None:
    def others(folder: Path) -> None:
        for number in range(20):
            name = f"Zedboat zedboat {number} of the pier"
            (folder / f"data/people/a-{number}.yaml").write_text(f"id: a-{number}\nname: {name}\n", "utf-8")
        (folder / "data/people/zz.yaml").write_text("id: zz\nname: Zedboat\n", "utf-8")

    with opened(tmp_path, others) as book:
        assert found(book, "zedb")[0]["records"][0]["key"] == "zz"


def test_a_label_that_was_typed_whole_comes_first(tmp_path: Path) -> None:
    def others(folder: Path) -> None:
        for number in range(50):
            (folder / f"data/people/a-{number}.yaml").write_text(f"id: a-{number}\nname: Fener Fener\n", "utf-8")
        (folder / "data/people/zz.yaml").write_text("id: zz\nname: FENER\n", "utf-8")

    with opened(tmp_path, others) as book:
        assert found(book, "fener")[0]["records"][0]["key"] == "zz"


@pytest.mark.parametrize("typed", ["", "   ", '"', '""', "\u200b"])
def test_nothing_typed_says_what_can_be_searched(harbour: Published, typed: str) -> None:
    shown = text(get(harbour, f"/search?q={quote(typed)}"))
    assert "What can be found: Claims, People" in shown
    assert found(harbour, typed) == []


def test_without_a_hit_fewer_words_are_offered(harbour: Published) -> None:
    answer = get(harbour, "/search?q=fener%20xylophone")
    assert answer.status == 200
    assert "No record has all of these words." in text(answer)
    assert links(answer)["/search?q=fener"] == "fener"
    assert "/search?q=xylophone" not in links(answer)
    assert "No record has this word." in text(get(harbour, "/search?q=xylophone"))


def test_what_is_cut_is_told(harbour: Published) -> None:
    for typed, cut in (("x" * 301, "x" * 300), ("a " * 41, " ".join("a" * 40))):
        assert f"Only the beginning is searched for: “{cut}”" in text(get(harbour, f"/search?q={quote(typed)}"))
    for typed in ("x" * 300, "a " * 40):
        assert "Only the beginning" not in text(get(harbour, f"/search?q={quote(typed)}"))


@pytest.mark.parametrize(
    "typed",
    [
        *("AND (", "a OR", 'NEAR("x', "name:fener", "-fener", "fe*er", "^a", "'; --", "{a b}", "%", "\\", "\0", "a\0b"),
        *("*", "+", "().", "“”", "\ud7ff", "🕯", "'", '"a" "', "a AND"),
    ],
)
def test_any_input_is_safe(harbour: Published, typed: str) -> None:
    assert get(harbour, f"/search?q={quote(typed)}").status == 200
    assert found(harbour, typed) is not None


def test_what_was_typed_is_escaped(harbour: Published) -> None:
    assert "<script>" not in page(harbour, '<script>alert("1")</script> fener')
    assert 'value="&lt;script&gt;' in page(harbour, "<script>")


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_any_text_is_searched_without_a_mistake(harbour: Published, typed: str) -> None:
    assert get(harbour, f"/search?q={quote(typed, errors='replace')}").status == 200


# --- marks ------------------------------------------------------------------------------------------------------------


@given(st.text(), st.text())
def test_marking_changes_no_text(typed: str, written: str) -> None:
    marked = str(sought(typed).marked(written))
    assert html.unescape(re.sub("</?mark>", "", marked)) == html.unescape(html.escape(written))


@given(st.text(min_size=1))
def test_what_is_marked_was_sought(written: str) -> None:
    meant = sought(written)
    assert bool(meant.phrases) == ("<mark>" in meant.marked(written))


@pytest.mark.parametrize(
    ("typed", "written", "marked"),
    [
        ('"lamp oil"', "the lamp oil, and oil of a lamp", "the <mark>lamp oil</mark>, and oil of a lamp"),
        ('"lamp oi"', "lamp oil", "lamp oil"),
        ('"lamp oi', "lamp oil", "<mark>lamp oil</mark>"),
        ("oi lamp", "oil lamps", "oil <mark>lamps</mark>"),
        ("strasse", "Große Straße", "Große <mark>Straße</mark>"),
        ("athenon", "Αθηνών", "Αθηνών"),
        ("αθηνων", "Αθηνών", "<mark>Αθηνών</mark>"),
        ("cafe", "Cafe\u0301s", "<mark>Cafe\u0301s</mark>"),
        ("京都", "東京都の", "東<mark>京都</mark>の"),
        ("12", "№ １２", "№ <mark>１２</mark>"),
        ("a", "<a>", "&lt;<mark>a</mark>&gt;"),
    ],
)
def test_marks(typed: str, written: str, marked: str) -> None:
    assert str(sought(typed).marked(written)) == marked


def test_an_excerpt_has_the_word_and_whole_words_around_it() -> None:
    long = "one two three " * 40 + "lantern " + "four five six " * 40
    part = sought("lantern").excerpt(long)
    assert "lantern" in part
    assert len(part) < 230
    assert part.startswith("… ")
    assert part.endswith(" …")
    assert set(part.replace("…", "").split()) <= {"one", "two", "three", "lantern", "four", "five", "six"}


def test_more_than_are_counted_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hits, "_FEW", 4)
    monkeypatch.setattr(hits, "_MOST_COUNTED", 6)

    def many(folder: Path) -> None:
        for number in range(8):
            (folder / f"data/people/p-{number}.yaml").write_text(f"id: p-{number}\nname: Zed {number}\n", "utf-8")

    with opened(tmp_path, many) as book:
        (group,) = found(book, "zed")
        assert (group["count"], group["more"], len(group["records"])) == (6, True, 8)
        assert "People more than 6" in text(get(book, "/search?q=zed"))


@pytest.mark.parametrize("typed", ["barrels", "isil", "hanim", "old light", '"lamp oil"', "灯台"])
def test_the_listing_that_a_group_leads_to_has_as_many_records(harbour: Published, typed: str) -> None:
    for group in found(harbour, typed):
        address = group["href"].replace("?", ".json?", 1)
        listed = json.loads(get(harbour, address).body)
        assert len(listed) == group["count"], address
