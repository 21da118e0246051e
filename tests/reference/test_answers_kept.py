# SPDX-License-Identifier: Apache-2.0
"""In the reference book an answer cannot be lost, nor a stage of a case: each such mistake is found, at its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sourcebook

ALKAN = "data/people/kemal-alkan.yaml"
COURT = "data/claims/failibelli-tekci.yaml"
HDN = "data/claims/hdn-2014-08-21.yaml"
MEE = "data/claims/mee-2014-10-01.yaml"
MONITORS = "data/claims/failibelli-tekci-2023-12.yaml"
NORDIC = "data/claims/nordic-monitor-2020-01.yaml"

# What a ruling on the acquittal comes later than, when the last line of its list is taken out.
CHARGES = "".join(
    f"    - {claim}\n"
    for claim in (
        "fb-co-defendant-indicted",
        "fb-alkan-indicted",
        "fb-trial-moved",
        "nm2020-p16-alkan-indicted",
        "nm2020-p16-charge-murder",
        "nm2020-p16-charge-mine-explosion",
        "nm2020-p16-charge-yuksekova-1995",
    )
)

# What is wrong; a file, a text in it and what is put there; where in it that is told, and by which check.
MISTAKES = {
    "a denial names another claim": (
        (HDN, "denies: [hdn-taraf-demand", "denies: [hdn-taraf-no-source"),
        "denies: [hdn-taraf-no",
        "answers-sought-otherwise",
    ),
    "a denial loses one of the claims that it denies": (
        (HDN, "denies: [hdn-taraf-demand, ", "denies: ["),
        "denies: [",
        "answers-sought-otherwise",
    ),
    "a denial is linked as a contradiction": (
        (HDN, "denies: [hdn-taraf-demand", "contradicts: [hdn-taraf-demand"),
        "- id: hdn-ministry-denies",
        "answers-sought-otherwise",
    ),
    "a charge is not linked to the acquittal": (
        (COURT, "    - nm2020-p16-charge-dismembering\n", ""),
        "    - fb-",
        "stage-of-a-case-unlinked",
    ),
    "one claim of two on a ruling is not linked to the charge": (
        (COURT, "    - nm2020-p16-charge-dismembering\n  note: Not the", "  note: Not the"),
        CHARGES + "  note: Not the",
        "stage-of-a-case-unlinked",
    ),
    "an acquittal is not linked to the retrial": (
        (MONITORS, "    - nm2020-p16-alkan-acquitted\n    - ", "    - "),
        "    - fb2023-right",
        "stage-of-a-case-unlinked",
    ),
    "a ruling upholds what is no earlier stage": (
        (COURT, "upholds: [fb-both-acquitted", "upholds: [fb2023-retrial-court"),
        "upholds: [",
        "links-across-cases",
    ),
    "a ruling upholds what is of no case": (
        (COURT, "upholds: [fb-both-acquitted", "upholds: [afp-distance-25"),
        "upholds: [",
        "links-across-cases",
    ),
    "a denial is earlier than what it denies": (
        (MEE, "denies: [mee-yeni-safak-besiegers", "denies: [nm2020-p07-surrounded-since-march"),
        "denies: [",
        "answer-before-what-it-answers",
    ),
    "words of another day": (
        (HDN, 'said_on: "2014-08-21"', 'said_on: "2014-08-20"'),
        'said_on: "2014-08-20"',
        "said-on-another-day",
    ),
    "words of no day, though the statement is dated": (
        (MONITORS, '  said_on: "2023-12-25"\n', ""),
        "- id:",
        "said-on-another-day",
    ),
    "nobody looked for answers": (
        (ALKAN, "answers_sought:", "answers_wanted:"),
        "id: kemal-alkan",
        "answers-sought-otherwise",
    ),
    "nobody looked for answers of a body": (
        ("data/organizations/mit.yaml", "answers_sought:", "answers_wanted:"),
        "id: mit",
        "answers-sought-otherwise",
    ),
    "a document was not looked through": (
        (ALKAN, "      - afp-dailystar-2014-08-21\n", ""),
        "  - on: ",
        "answers-sought-otherwise",
    ),
    "an answer that is linked is not among those found": (
        (ALKAN, "          - fb-trial-moved\n", ""),
        "id: kemal-alkan",
        "answers-sought-otherwise",
    ),
}


@pytest.fixture(scope="module")
def book(reference_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("answers") / "book"
    return Path(shutil.copytree(reference_book, folder, ignore=shutil.ignore_patterns("build")))


@pytest.mark.slow
@pytest.mark.parametrize("name", MISTAKES)
def test_it_is_found_at_its_line(book: Path, name: str) -> None:
    (path, old, new), at, check = MISTAKES[name]
    file = book / path
    before = file.read_text("utf-8")
    changed = before.replace(old, new, 1)
    assert changed != before
    file.write_text(changed, encoding="utf-8")
    try:
        findings = sourcebook.check(book).findings
    finally:
        file.write_text(before, encoding="utf-8")
    line = changed[: changed.index(at)].count("\n") + 1
    assert (path, line, f"checks/{check}") in {(one.path, one.line, one.rule) for one in findings}, findings
