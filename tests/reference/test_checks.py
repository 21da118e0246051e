# SPDX-License-Identifier: Apache-2.0
"""The checks of the reference book, each shown a mistake that it is for: found, at its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sourcebook

AFP = "data/claims/afp-dailystar-2014-08-21.yaml"
PARAGRAPHS = "data/paragraphs/nordic-monitor-2020-01.yaml"
TALKS = "data/events/ypg-talks-2015.yaml"
MEE = "data/claims/mee-2014-10-01.yaml"
SPRING = "data/events/meetings-spring-2014.yaml"
ALKAN = "data/people/kemal-alkan.yaml"
UNDATED = 'date: "2023-03-21"\n  source: failibelli-tekci\n  note'

# A file, a text in it (the first of its kind), what is put there, and the check that must say so at its line.
MISTAKES = [
    (AFP, "source: afp-dailystar-2014-08-21", "source: hdn-2014-08-21", "file-of-another-name"),
    (PARAGRAPHS, "source: nordic-monitor-2020-01", "source: nm-2019-10", "file-of-another-name"),
    ("data/people/ali.yaml", "id: ali", "id: ali-", "file-of-another-name"),
    (AFP, "value: 25", "value: 2", "figure-not-in-the-statement"),
    (AFP, "value: 49", "value: 94", "figure-not-in-the-statement"),
    (PARAGRAPHS, "number: 12", "number: 1", "key-of-another-paragraph"),
    (PARAGRAPHS, "id: nordic-monitor-2020-01-p12", "id: nordic-monitor-2020-01-p99", "key-of-another-paragraph"),
    (
        "data/claims/nordic-monitor-2020-01.yaml",
        "locator: paragraph 11",
        "locator: paragraph 1",
        "key-of-another-paragraph",
    ),
    ("data/claims/nordic-monitor-2020-01.yaml", "    start: 103", "    start: 13", "passage-outside-its-paragraph"),
    ("data/claims/nm-2019-10.yaml", "        end: 998\n", "        end: 9980\n", "passage-outside-its-paragraph"),
    (PARAGRAPHS, "start: 358", "start: 385", "paragraphs-that-do-not-follow"),
    (PARAGRAPHS, "end: 763", "end: 736", "paragraphs-that-do-not-follow"),
    (AFP, "id: afp-hostages-49", "id: hdn-hostages-49", "key-of-another-source"),
    ("data/origins.yaml", "id: nm2020-source-recollections", "id: nm2019-recollections", "key-of-another-source"),
    ("data/publishers.yaml", "id: milliyet", "id: ntv-two", "key-unlike-the-name"),
    ("data/postings.yaml", "id: orun-3rd", "id: akar-3rd", "key-unlike-the-name"),
    ("data/people/ali.yaml", "first_name_only: true", "first_name_only: false", "first-name-only"),
    ("data/people/ali.yaml", "nm2019-ali-represented-mit", "afp-hostages-49", "ground-about-another"),
    ("data/organizations/ntv.yaml", "korkusuz-brought-back-44", "afp-hostages-49", "ground-about-another"),
    ("data/postings.yaml", "nm2020-p04-orun-commander", "afp-hostages-49", "ground-about-another"),
    (TALKS, "participant: ypg", "participant: ntv", "ground-about-another"),
    (
        TALKS,
        "    claims: [cnnturk-ypg-consented]",
        "    claims: [afp-hostages-49]",
        "participation-not-about-the-event",
    ),
    (AFP, "origin: agence-france-presse", "origin: erdogan", "origin-not-in-the-statement"),
    ("data/origins.yaml", "source: mee-2014-10-01", "source: t24-2015-02", "origin-described-elsewhere"),
    ("data/people/kemal-alkan.yaml", "source: nm-2019-10", "source: t24-2015-02", "origin-described-elsewhere"),
    ("data/organizations/isis.yaml", "source: zaman-2014-08-21", "source: t24-2015-02", "origin-described-elsewhere"),
    ("data/sources/t24-2015-02.yaml", "publisher: t24", "publisher: ntv", "address-of-another-publisher"),
    ("data/places.yaml", "latitude: 36.97612", "latitude: 3.97612", "coordinates-far-away"),
    ("data/places.yaml", "longitude: 43.11889", "longitude: 4.11889", "coordinates-far-away"),
    (TALKS, '"2015-02-21"', '"2015-02-29"', "date-that-no-calendar-has"),
    ("data/sources/t24-2015-02.yaml", 'date: "2015-02"', 'date: "2014-02"', "date-of-another-document"),
    (MEE, "contradicts: [mee-arinc-in-control]", "contradicts: [mee-distance-20]", "contradiction-on-one-side"),
    ("data/corrections.yaml", "id: correction-0002", "id: correction-9999", "correction-log-with-a-gap"),
    (TALKS, "claims: [cnnturk-ypg-consented, ", "claims: [afp-distance-25, ", "event-claims-not-about-the-event"),
    ("data/organizations/ntv.yaml", "id: ntv", "id: ntv-of-nobody", "named-by-no-claim"),
    ("data/origins.yaml", "anonymous: true", "anonymous: false", "possibly-same-of-a-named-origin"),
    ("data/postings.yaml", 'date: "2020-01"', 'date: "2019-10"', "as-of-another-date"),
    ("data/postings.yaml", "source: nordic-monitor-2020-01}", "source: nm-2019-10}", "as-of-another-date"),
    (ALKAN, 'date: "2023-12-25"', 'date: "2023-12-26"', "as-of-another-date"),
    (ALKAN, "source: failibelli-tekci-2023-12\n", "source: mee-2014-10-01\n", "as-of-another-date"),
    ("data/organizations/court-of-cassation.yaml", UNDATED, UNDATED.replace("note", "#"), "as-of-another-date"),
    ("data/people/alper-orun.yaml", "aliases: [Örün]", "aliases: [Orun]", "alias-without-ground"),
    (
        ALKAN,
        "claims: [nm2019-alkan-role, nm2019-alkan",
        "claims: [nm2019-sezen-role, nm2019-alkan",
        "mention-of-another-claim",
    ),
    (ALKAN, "source: nm-2019-10", "source: failibelli-tekci", "mention-of-another-claim"),
    (SPRING, "presence: not said", "presence: said", "presence-that-nobody-says"),
    (
        SPRING,
        "part: said to have ordered the talks and",
        "part: said to have joined the talks and",
        "presence-that-nobody-says",
    ),
    (TALKS, "presence: said", "presence: not said", "presence-that-nobody-says"),
    ("data/events/contacts-after-talks.yaml", "kind: was in contact", "kind: attended", "presence-that-nobody-says"),
    (SPRING, "kind: ordered", "kind: oversaw", "participation-in-other-words"),
    ("data/claims/hdn-2014-08-21.yaml", "kind: alleges", "kind: reports", "denied-and-not-contested"),
    (
        "data/postings.yaml",
        "note: >-\n    Placed by both articles at the meeting of May 2014; neither",
        "note: >-\n    The name is that of a man who was indicted; neither",
        "charge-without-what-followed",
    ),
    (
        ALKAN,
        "ground: The name under which this record stands.",
        "ground: That of the defendant.",
        "charge-without-what-followed",
    ),
    ("data/people/ali.yaml", "description: >-\n", "description: >-\n  A defendant.\n", "charge-without-what-followed"),
    ("data/sources/latimes-2015-02-22.yaml", "military's statement.", "military's", "sentence-without-an-end"),
    ("data/claims/youm7-2020-01-28.yaml", "kind: alleges", "kind: reports", "repeat-of-another-kind"),
    (
        "data/claims/amwalalghad-2015-02-22.yaml",
        "people: [ahmet-davutoglu]",
        "people: [hulusi-akar]",
        "person-not-in-the-statement",
    ),
    (
        "data/postings.yaml",
        "rank: Noncommissioned officer",
        "rank: Senior sergeant",
        "first-name-with-more-than-the-source-says",
    ),
    (
        "data/claims/konyapostasi-2015-02.yaml",
        "people: [ahmet-davutoglu]",
        "people: [mesut]",
        "first-name-with-more-than-the-source-says",
    ),
]


@pytest.fixture(scope="module")
def book(reference_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checks") / "book"
    return Path(shutil.copytree(reference_book, folder, ignore=shutil.ignore_patterns("build")))


@pytest.mark.slow
@pytest.mark.parametrize(("path", "old", "new", "check"), MISTAKES, ids=lambda text: text.rpartition("/")[2])
def test_a_mistake_is_found_at_its_line(book: Path, path: str, old: str, new: str, check: str) -> None:
    file = book / path
    before = file.read_text("utf-8")
    file.write_text(before.replace(old, new, 1), encoding="utf-8")
    try:
        findings = sourcebook.check(book).findings
    finally:
        file.write_text(before, encoding="utf-8")
    line = before[: before.index(old)].count("\n") + 1
    assert (path, line, f"checks/{check}") in {(one.path, one.line, one.rule) for one in findings}, findings


def test_two_claims_with_each_others_key_are_found_at_both_keys(book: Path) -> None:
    file = book / AFP
    before = file.read_text("utf-8")
    one, other = "id: afp-ministry-no-basis\n", "id: afp-hostages-date\n"
    file.write_text(before.replace(one, "id: \0\n").replace(other, one).replace("id: \0\n", other), encoding="utf-8")
    try:
        findings = sourcebook.check(book).findings
    finally:
        file.write_text(before, encoding="utf-8")
    lines = {before[: before.index(text)].count("\n") + 1 for text in (one, other)}
    found = {one.line for one in findings if (one.path, one.rule) == (AFP, "checks/claim-that-all-misname")}
    assert found
    assert found <= lines


def test_who_is_named_in_the_case_only_is_found(book: Path) -> None:
    """A person of fiction, whom the summary of the court record alone would name."""
    person, file = book / "data/people/ada-example.yaml", book / "data/claims/failibelli-tekci.yaml"
    before = file.read_text("utf-8")
    old = "people: [kemal-alkan, nezir-tekci]"
    person.write_text(
        "# SPDX-License-Identifier: CC-BY-4.0\nid: ada-example\nname: Ada Example\n"
        "description: Described as indicted.\nclaims: [fb-co-defendant-indicted]\n",
        encoding="utf-8",
    )
    file.write_text(before.replace(old, old.replace("]", ", ada-example]")), encoding="utf-8")
    try:
        findings = sourcebook.check(book).findings
    finally:
        file.write_text(before, encoding="utf-8")
        person.unlink()
    assert ("data/people/ada-example.yaml", 2, "checks/named-only-in-a-case") in {
        (one.path, one.line, one.rule) for one in findings
    }
