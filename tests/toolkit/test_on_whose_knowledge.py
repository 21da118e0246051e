# SPDX-License-Identifier: Apache-2.0
"""Whose knowledge a statement rests on is told wherever who says it is: on pages, in files, to programs."""

from __future__ import annotations

import csv
from pathlib import Path

import sourcebook
from sourcebook.site import routes
from sourcebook.site.answer import Asked
from sourcebook.site.published import Published
from tests.harbour import SITE, opened

CLERK = "A clerk of the harbour office whom The Quay Gazette does not name"


def by_its_source(folder: Path) -> None:
    path = folder / "datapackage.yaml"
    text = path.read_text("utf-8")
    assert "          by: origin\n" in text
    path.write_text(
        text.replace("          by: origin\n", "          by: source\n          knowledge: origin\n"), "utf-8"
    )


def page(found: Published, *path: str) -> str:
    return routes.answer(found, Asked(path, site=SITE)).body.decode()


def test_a_claim_never_goes_without_it(tmp_path: Path) -> None:
    with opened(tmp_path, by_its_source) as found:
        text = page(found, "claims", "oil-forty-barrels")
        head = text.partition("</head>")[0]
        told = [line for line in head.splitlines() if "og:description" in line or "ld+json" in line]
        assert len(told) == 2
        for line in told:
            assert "n the knowledge of" in line
            assert CLERK in line
        denial = page(found, "claims", "oil-denied")
        assert denial.count(CLERK) >= 2  # as an answer's subject too


def test_nor_in_a_file(tmp_path: Path) -> None:
    with opened(tmp_path, by_its_source) as found:
        sourcebook.build(tmp_path / "book", formats=["flat"])
        current = tmp_path / "book/build/current"
        with (current / "flat/claims.csv").open(encoding="utf-8", newline="") as file:
            rows = {row["id"]: row for row in csv.DictReader(file)}
        assert CLERK in str(rows["oil-forty-barrels"])
        with (current / "flat/events.csv").open(encoding="utf-8", newline="") as file:
            labels = " ".join(row["claims_label"] for row in csv.DictReader(file))
        assert labels.count("on the knowledge of") >= labels.count("said by") > 0
        assert found.site.name
