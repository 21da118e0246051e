# SPDX-License-Identifier: Apache-2.0
"""Versions in numbers, and the sections of a changelog: what comes next, and where it is put."""

from __future__ import annotations

from datetime import date

import pytest

from sourcebook.edit.model import Refused
from sourcebook.release.changelog import inserted, versions_in
from sourcebook.release.numbering import Level, asked_by, following, level_between, scheme

TODAY = date(2026, 12, 3)
PATCH, MINOR, MAJOR = Level.PATCH, Level.MINOR, Level.MAJOR


@pytest.mark.parametrize(
    ("version", "how"),
    [
        ("1.2.3", "semantic"),
        ("v1.2", "semantic"),
        ("0.0.1", "semantic"),
        ("2026.11.0", "months"),
        ("2026.1", "months"),
        ("2026.11.30", "months"),
        ("2026-11-30", "days"),
        ("2026.13.0", "semantic"),
        ("1.2.3-rc.1", ""),
        ("01.2.3", ""),
        ("edition 4", ""),
        ("", ""),
        ("1.2.3\n", ""),
        ("١.٢.٣", ""),
    ],
)
def test_how_a_version_is_counted(version: str, how: str) -> None:
    assert scheme(version) == how


@pytest.mark.parametrize(
    ("version", "level", "new"),
    [
        ("1.2.3", PATCH, "1.2.4"),
        ("1.2.3", MINOR, "1.3.0"),
        ("1.2.3", MAJOR, "2.0.0"),
        ("v1.2", MINOR, "v1.3"),
        ("1.2", PATCH, "1.2.1"),
        ("1.9", MAJOR, "2.0"),
        ("2026.11.0", MAJOR, "2026.12.0"),
        ("2026.12.0", PATCH, "2026.12.1"),
        ("2026.12", PATCH, "2026.12.1"),
        ("2026.09.4", PATCH, "2026.12.0"),
        ("2027.1.0", PATCH, "2027.1.1"),  # a clock that goes wrong
        ("2026-11-30", PATCH, "2026-12-03"),
    ],
)
def test_what_comes_next(version: str, level: Level, new: str) -> None:
    assert following(version, level, TODAY) == new


def test_months_are_written_as_they_were() -> None:
    assert following("2026.05.3", PATCH, date(2026, 6, 1)) == "2026.06.0"
    assert following("2026.5.3", PATCH, date(2026, 6, 1)) == "2026.6.0"
    assert following("2026.12.3", PATCH, date(2027, 1, 1)) == "2027.1.0"


@pytest.mark.parametrize("version", ["1.2.3-rc.1", "edition 4", "2026-12-03", "2026-12-04"])
def test_what_comes_after_others_is_not_guessed(version: str) -> None:
    with pytest.raises(Refused, match="--version"):
        following(version, PATCH, TODAY)


def test_before_the_first_major_version_a_minor_one_may_break_what_was() -> None:
    assert asked_by(MAJOR, "0.4.1") is MINOR
    assert asked_by(MAJOR, "1.4.1") is MAJOR
    assert asked_by(PATCH, "0.4.1") is PATCH
    assert asked_by(MAJOR, "2026.11.0") is MAJOR


def test_by_how_much_one_is_larger() -> None:
    assert level_between("1.2.3", "1.2.10") is PATCH
    assert level_between("1.2.3", "1.10.0") is MINOR
    assert level_between("1.2", "2.0.0") is MAJOR
    assert level_between("1.2.3", "2026.12.0") is None, "who goes over to the calendar"
    assert level_between("2026.11.0", "2026.12.0") is None
    assert level_between("edition 4", "edition 5") is None
    for new in ("1.2.3", "1.2.2", "0.9.9"):
        with pytest.raises(Refused, match="does not come after"):
            level_between("1.2.3", new)
    with pytest.raises(Refused, match="does not come after"):
        level_between("2026.11.0", "2026.10.9")


NEW = {"Fixed": ["A: 1 record corrected: `x` (said)"]}
SECTION = "## [1.1.0] - 2026-12-03\n\n### Fixed\n\n- A: 1 record corrected: `x` (said)\n"
OLD = "## [1.0.0] - 2026-01-01\n\n- All.\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"# Changes\n\n{OLD}", f"# Changes\n\n{SECTION}\n{OLD}"),
        (f"# Changes\n\n## [Unreleased]\n\n{OLD}", f"# Changes\n\n## [Unreleased]\n\n{SECTION}\n{OLD}"),
        (f"# Changes\n\n## Unreleased\n{OLD}", f"# Changes\n\n## Unreleased\n\n{SECTION}\n{OLD}"),
        ("# Changes\n", f"# Changes\n\n{SECTION}"),
        ("# Changes", f"# Changes\n\n{SECTION}"),
        ("", SECTION),
        (
            "# C\n\n## [Unreleased]\n\n- Noted.\n\n[Unreleased]: https://example.org/compare\n",
            SECTION.join(("# C\n\n## [Unreleased]\n\n", "\n[Unreleased]: https://example.org/compare\n")).replace(
                "2026-12-03\n", "2026-12-03\n\n- Noted.\n"
            ),
        ),
        (f"# Changes\r\n\r\n{OLD}".replace("\n", "\r\n").replace("\r\r", "\r"), None),
    ],
)
def test_a_section_stands_above_the_others(before: str, after: str | None) -> None:
    found = inserted(before, "1.1.0", "2026-12-03", NEW)
    if after is None:
        assert found is not None
        assert "\n" not in found.replace("\r\n", ""), "line ends stay"
        assert found.replace("\r\n", "\n") == f"# Changes\n\n{SECTION}\n{OLD}"
    else:
        assert found == after


def test_a_version_has_one_section() -> None:
    assert versions_in(f"{SECTION}\n{OLD}\n## v0.9 (old)\n\n## Notes\n") == ["1.1.0", "1.0.0", "0.9"]
    assert inserted(OLD, "1.0.0", "2026-12-03", NEW) is None


def test_long_entries_are_broken_between_words_and_never_in_a_name() -> None:
    names = ", ".join(f"`a long name {number}`" for number in range(30))
    found = inserted(None, "1.1.0", "2026-12-03", {"Added": [f"A: 30 records added: {names}"]})
    assert found is not None
    assert max(map(len, found.splitlines())) <= 120
    assert all(line.count("`") % 2 == 0 for line in found.splitlines())
    assert " ".join(found.split("### Added\n\n- ")[1].split()) == f"A: 30 records added: {names}"
