# SPDX-License-Identifier: Apache-2.0
"""Statements that are answered by those of another collection: the answer goes with them, in every form."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from sourcebook.site.published import Published
from tests.harbour import get, links, opened, text
from tests.served import BOOKS


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("elsewhere"), book=BOOKS / "answers-elsewhere") as found:
        yield found


@pytest.mark.parametrize("address", ["/charges.csv", "/charges/1.csv"])
def test_a_table_has_the_denial(yard: Published, address: str) -> None:
    rows = list(csv.DictReader(io.StringIO(get(yard, address).body.decode("utf-8-sig"))))
    assert (rows[0]["denied_by"], rows[0]["said_by"]) == ("no-water", "Pell Ash")
    assert "Ottoline Krug, Marl Wren" in rows[0]["denied_by_text"]


@pytest.mark.parametrize("address", ["/charges", "/charges/1", "/charges.json", "/charges/1.json", "/charges/1.bib"])
def test_every_other_form_has_it(yard: Published, address: str) -> None:
    said = get(yard, address).body.decode()
    assert "Pell Ash" in said
    assert "Marl Wren" in said


def test_yaml_has_it_in_a_comment(yard: Published) -> None:
    comment, _, record = get(yard, "/charges/1.yaml").body.decode().partition("\nid:")
    assert all(line.startswith("#") for line in comment.splitlines())
    assert "said by Pell Ash" in comment
    assert "No glaze was ever watered" in comment
    assert "Marl" not in record


def test_the_title_of_a_page_says_who_says_it_and_that_it_is_denied(yard: Published) -> None:
    page = get(yard, "/charges/1").body.decode()
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert title.startswith("Pell Ash: Ottoline Krug watered the glaze (denied)")
    assert "(denied)" not in get(yard, "/charges/2").body.decode().partition("</title>")[0]


def test_words_that_sql_has_changed_are_told_to_be_statements(yard: Published) -> None:
    answer = get(yard, "/questions/loud")
    assert "Who says each of them, where, and what answers it, stands on their own pages" in text(answer)
    assert links(answer)["/charges"]


def test_a_form_that_there_is_not_of_a_record_that_is_there_is_not_withdrawn(yard: Published) -> None:
    assert get(yard, "/charges/1?form=xml").status == 404


def test_more_values_than_a_page_shows_are_told(yard: Published) -> None:
    many = "&".join(f"id={number}" for number in range(900))
    answer = get(yard, f"/charges?{many}")
    assert answer.status == 400
    assert len(answer.body) < 30_000
    assert "More than 40 values at once" in text(answer)
    assert get(yard, f"/charges.csv?{many}").status == 400
