# SPDX-License-Identifier: Apache-2.0
"""Real collections of others, unmodified, with the descriptors of examples/: what each must yield."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.exact import loads, same
from sourcebook.parse import parse
from tests.conftest import ROOT
from tests.places import read_back

CORPORA = ROOT.parent / "shared/corpora"
pytestmark = [
    pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not at hand here"),
    pytest.mark.slow,
]
NAMES = ["pypa-advisories", "sigma-rules", "congress-legislators", "awesome-selfhosted"]

COUNTS = {
    "pypa-advisories": {
        "advisories": 2661,
        "advisories_affected_ranges": 4050,
        "advisories_affected_ranges_events": 13005,
        "advisories_affected_versions": 140847,
        "advisories_references": 10315,
    },
    "sigma-rules": {"rules": 3780},
    "congress-legislators": {
        "legislators": 537,
        "legislators_terms": 2792,
        "offices_offices": 1312,
        "committee_membership": 230,
        "committee_membership_items": 3879,
    },
    "awesome-selfhosted": {
        "software": 1348,
        "tags": 95,
        "platforms": 36,
        "licenses": 54,
        "software_tags": 1430,
        "software_platforms": 2138,
        "software_licenses": 1391,
    },
}


def unpacked(name: str, folder: Path) -> Path:
    with tarfile.open(CORPORA / f"{name}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    shutil.copy(ROOT / "examples" / name / "datapackage.yaml", folder / name)
    return folder / name


Corpus = Callable[[str], tuple[Path, sourcebook.Built]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A corpus with its descriptor, built once."""
    made: dict[str, tuple[Path, sourcebook.Built]] = {}

    def make(name: str) -> tuple[Path, sourcebook.Built]:
        if name not in made:
            folder = unpacked(name, tmp_path_factory.mktemp("corpora"))
            made[name] = folder, sourcebook.build(folder)
        return made[name]

    return make


EACH = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in NAMES]


@pytest.mark.parametrize("name", EACH)
def test_the_counts_are_those_of_the_files(corpus: Corpus, name: str) -> None:
    folder, built = corpus(name)
    assert built.release is not None
    (database,) = (folder / "build").glob("*.db")
    with closing(sqlite3.connect(database)) as connection:
        found = {table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in COUNTS[name]}
    assert found == COUNTS[name]


@pytest.mark.parametrize("name", EACH)
def test_tables_and_extracts_are_the_records_value_for_value(corpus: Corpus, name: str) -> None:
    folder, _ = corpus(name)
    assert sourcebook.verify(folder).differences == ()


@pytest.mark.parametrize("name", EACH)
def test_the_json_extract_is_the_parsed_source(corpus: Corpus, name: str) -> None:
    folder, built = corpus(name)
    compared = 0
    for collection in built.checked.book.collections:
        extract = loads((folder / f"build/json/{collection.name}.json").read_bytes())
        values = list(extract.values()) if isinstance(extract, dict) else extract
        sources = list(_sources(folder, built, collection.name))
        assert len(values) == len(sources)
        assert all(map(same, values, sources))
        compared += len(values)
    assert compared == len(built.checked.records)


def _sources(folder: Path, built: sourcebook.Built, collection: str) -> Iterator[Any]:
    """The records of a collection as its files hold them, read once more file by file."""
    documents: dict[str, Any] = {}
    for record in built.checked.records:
        if record.collection == collection:
            if record.path not in documents:
                documents[record.path] = parse((folder / record.path).read_bytes(), record.path).documents[0].value
            value = documents[record.path]
            for part in record.at:
                value = value[part]
            yield value


@pytest.mark.xdist_group("pypa-advisories")
def test_pypa_has_seven_records_that_violate_the_schema_each_at_its_line(corpus: Corpus) -> None:
    _, built = corpus("pypa-advisories")
    found = [(f.path.removeprefix("vulns/"), f.line, f.level) for f in built.checked.findings if f.rule == "schema"]
    assert found == [
        ("binderhub/PYSEC-2021-371.yaml", 23, "warning"),
        ("matrix-synapse/PYSEC-2021-424.yaml", 26, "warning"),
        ("matrix-synapse/PYSEC-2021-425.yaml", 22, "warning"),
        ("matrix-synapse/PYSEC-2021-436.yaml", 24, "warning"),
        ("python-dbusmock/PYSEC-2019-155.yaml", 15, "warning"),
        ("python-fedora/PYSEC-2017-27.yaml", 14, "warning"),
        ("vyper/PYSEC-2023-80.yaml", 19, "warning"),
    ]


@pytest.mark.xdist_group("sigma-rules")
def test_sigma_has_no_record_that_violates_the_schema(corpus: Corpus) -> None:
    _, built = corpus("sigma-rules")
    assert [f for f in built.checked.findings if f.rule != "unquoted-number"] == []
    assert built.checked.ledger.as_dict()["schema"]["performed"] == 3780


@pytest.mark.xdist_group("awesome-selfhosted")
def test_links_by_name_resolve_and_dangle_exactly_where_a_file_is_missing(corpus: Corpus, tmp_path: Path) -> None:
    _, built = corpus("awesome-selfhosted")
    assert built.checked.findings == ()
    assert built.checked.ledger.as_dict()["reference"]["performed"] == 1430 + 2138 + 1391
    folder = unpacked("awesome-selfhosted", tmp_path)
    (folder / "platforms/.net.yml").unlink()
    findings = sourcebook.check(folder).findings
    lines = {(f.path, f.line) for f in findings}
    expected = set()
    for path in sorted((folder / "software").glob("*.yml")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if line.strip() in ("- .NET", '- ".NET"', "- '.NET'"):
                expected.add((f"software/{path.name}", number))
    assert {f.rule for f in findings} == {"reference"}
    assert lines == expected
    assert len(findings) == len(expected) > 5
    assert json.dumps(".NET") in findings[0].message


@pytest.mark.parametrize("name", EACH)
def test_a_thousand_cells_are_read_back_from_their_places(corpus: Corpus, name: str) -> None:
    folder, built = corpus(name)
    assert read_back(built.checked, folder, random.Random(name), 1000) >= 1


# Records of the top collections, by the name that adopting gives them.
ADOPTED = {
    "pypa-advisories": {"vulns": 2661},
    "sigma-rules": {"rules": 3780},
    "congress-legislators": {
        "committee_membership_current": 230,
        "committees_current": 49,
        "committees_historical": 70,
        "executive": 80,
        "legislators_current": 537,
        "legislators_district_offices": 536,
        "legislators_social_media": 519,
    },
    "awesome-selfhosted": {"software": 1348, "tags": 95, "platforms": 36, "licenses": 54},
}
CHILDREN = {
    "pypa-advisories": {"vulns_affected_versions": 140847, "vulns_affected_ranges_events": 13005},
    "sigma-rules": {},
    "congress-legislators": {"legislators_current_terms": 2792, "legislators_district_offices_offices": 1312},
    "awesome-selfhosted": {"software_tags": 1430, "software_platforms": 2138, "software_licenses": 1391},
}
LINKS = {
    "pypa-advisories": set(),
    "sigma-rules": set(),
    "congress-legislators": {
        ("committee_membership_current_items", "legislators_current"),
        ("committees_current", "committee_membership_current"),
        ("legislators_district_offices", "legislators_current"),
        ("legislators_social_media", "legislators_current"),
    },
    "awesome-selfhosted": {
        ("software_tags", "tags"),
        ("software_platforms", "platforms"),
        ("software_licenses", "licenses"),
        ("tags_related_tags", "tags"),
    },
}


@pytest.mark.parametrize("name", EACH)
def test_an_adopted_corpus_is_a_book_that_builds_with_no_hand_editing(name: str, tmp_path: Path) -> None:
    with tarfile.open(CORPORA / f"{name}.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    folder = tmp_path / name
    assert sourcebook.init(folder, adopt=True).checked.ok
    built = sourcebook.build(folder)
    assert built.release is not None
    (database,) = (folder / "build").glob("*.db")
    with closing(sqlite3.connect(database)) as connection:
        wanted = ADOPTED[name] | CHILDREN[name]
        found = {table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in wanted}
        links = connection.execute(
            "SELECT m.name, f.'table' FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f"
            " WHERE m.type = 'table' AND f.'from' <> '_parent'"
        ).fetchall()
    assert found == wanted
    assert set(built.checked.plans) == set(ADOPTED[name])
    assert set(links) == LINKS[name]
