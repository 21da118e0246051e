# SPDX-License-Identifier: Apache-2.0
"""References that mean nothing: the nearest key, how the key is written, or where the missing record would stand."""

from __future__ import annotations

from pathlib import Path

import pytest

import sourcebook
from tests.toolkit.pages import orchard

HARVEST = "- number: 1\n  variety: {variety}\n  by: {by}\n  kilograms: 120\n"


@pytest.mark.parametrize(
    ("variety", "by", "hint"),
    [
        ("Red Lantern", "alder-fram", "did you mean 'alder-farm'?"),
        (
            "Red Lantern",
            "cedar",
            'add data/growers/cedar.yaml, or add data/varieties/cedar.yaml with id: "cedar", or mend the reference',
        ),
        ("Moon", "alder-farm", 'add a file data/varieties/*.yaml with name: "Moon", or mend the reference'),
        (
            "Red Lantern",
            '"../"',
            'add a file data/growers/*.yaml, or add a file data/varieties/*.yaml with id: "../", or mend the reference',
        ),
    ],
)
def test_a_missing_record_is_given_a_place(tmp_path: Path, variety: str, by: str, hint: str) -> None:
    folder = orchard(tmp_path / "orchard")
    (folder / "data/harvests.yaml").write_text(HARVEST.format(variety=variety, by=by))
    (finding,) = sourcebook.check(folder).findings
    assert (finding.rule, finding.hint) == ("reference", hint)


@pytest.mark.parametrize(
    ("key", "written", "hint"),
    [
        ('"7"', "7", 'did you mean "7"? In quotes it is text, as it is there.'),
        ("7", '"7"', "did you mean 7? Without quotes it is a number, as it is there."),
    ],
)
def test_a_key_of_another_type_is_told(tmp_path: Path, key: str, written: str, hint: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/lines.yaml").write_text(f"- id: {key}\n")
    (tmp_path / "data/stops.yaml").write_text(f"- id: 1\n  line: {written}\n")
    (tmp_path / "datapackage.yaml").write_text(
        "name: types\nresources:\n"
        + "".join(
            f"  - name: {name}\n    path: build/csv/{name}.csv\n    schema: build/tableschema/{name}.json\n"
            f"    sourcebook: {{records: data/{name}.yaml, layout: list, key: id{more}}}\n"
            for name, more in (("lines", ""), ("stops", ", references: {line: lines}"))
        )
    )
    (finding,) = sourcebook.check(tmp_path).findings
    assert (finding.rule, finding.hint) == ("reference", hint)


def test_what_could_not_be_read_does_not_make_its_referrers_fail(tmp_path: Path) -> None:
    folder = orchard(tmp_path / "orchard")
    (folder / "data/growers/alder-farm.yaml").write_text("name: [\n")
    checked = sourcebook.check(folder)
    assert {finding.path for finding in checked.findings} == {"data/growers/alder-farm.yaml"}
    counts = checked.ledger.as_dict()["reference"]
    assert (counts["unverifiable"], counts["reasons"]) == (2, ["growers could not be read whole"])
