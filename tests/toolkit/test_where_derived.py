# SPDX-License-Identifier: Apache-2.0
"""Of a value that the build derives, ``where`` names the statements that it is made from."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from sourcebook.cli import main
from sourcebook.where import where
from tests.served import BOOKS

BOOK = BOOKS / "ferry-case"


def made_from(table: str, key: str, column: str) -> list[str]:
    return [one.source.partition("id: ")[2] for one in where(BOOK, table, key, column).made_from]


@pytest.mark.parametrize(
    ("table", "key", "column", "wanted"),
    [
        ("claims", "sank-it", "denied_by", ["never-sank"]),
        ("claims", "sank-it", "answers", ["never-sank", "was-ashore"]),
        ("claims", "was-ashore", "contradicted_by", ["sank-it"]),
        ("claims", "charged", "followed_by", ["acquitted", "acquittal-stands"]),
        ("claims", "never-sank", "answers", []),
        ("postings", "gull-owner", "said_by", ["sank-it"]),
        ("postings", "gull-owner", "answers", ["sank-it", "never-sank", "was-ashore"]),
        ("people_aliases", "corvin-tallow/aliases/0", "published_in", ["sank-it"]),
        ("events_people", "sinking/people/0", "said_by", ["sank-it", "charged"]),
        ("events", "sinking", "said_by", ["forty"]),
    ],
)
def test_the_statements_at_their_lines(table: str, key: str, column: str, wanted: list[str]) -> None:
    assert made_from(table, key, column) == wanted


def test_keys_that_are_numbers_and_other_collections() -> None:
    (one,) = where(BOOKS / "answers-elsewhere", "charges", "1", "answers").made_from
    assert str(one) == "data/replies.yaml:1:3"


def test_it_is_told() -> None:
    asked = ["where", "--book", str(BOOK), "postings", "gull-owner", "said_by"]
    told = CliRunner().invoke(main, asked).stdout
    assert "The build made this value; it is not in the records" in told
    assert "data/claims.yaml:1:" in told
    data = CliRunner().invoke(main, [*asked, "--format", "json"]).stdout
    assert '"made_from"' in data
    assert '"path": "data/claims.yaml"' in data
