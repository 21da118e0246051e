# SPDX-License-Identifier: Apache-2.0
"""Descriptions for other programs, judged by those that others wrote to read them: mlcroissant, rocrate-validator,
rdflib with pyshacl and the shapes of DCAT-AP.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from tests.conftest import BOOKS
from tests.judges import MARKS, commanded, judged
from tests.toolkit.test_describe import DESCRIBED, files, texts

pytestmark = MARKS
SHAPES = DESCRIBED / "dcat-ap-3.0.0.shacl.jsonld"
CONTEXT = DESCRIBED / "ro-crate-1.2.context.json"


def judgement(name: str, *arguments: object) -> Any:
    """What a ``judge_*.py`` says, as data."""
    return json.loads(judged((DESCRIBED / f"judge_{name}.py").read_text("utf-8"), *arguments).splitlines()[-1])


@pytest.fixture(scope="module", params=["reference", "orchard"])
def release(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of a book: of claims, and of none."""
    if request.param == "reference":
        return (request.getfixturevalue("reference_book") / "build" / "current").resolve()
    folder = tmp_path_factory.mktemp(request.param) / "book"
    shutil.copytree(BOOKS / request.param, folder)
    built = sourcebook.build(folder, formats=["all"]).release
    assert built is not None
    return built


@pytest.fixture(scope="module", params=["full", "odd"])
def described(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the descriptions of a book by one of the descriptors in ``tests/described``, and empty files."""
    folder = tmp_path_factory.mktemp("described") / request.param
    for one in files():
        (folder / one.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / one.path).touch()
    for name, text in texts(request.param).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def database(release: Path) -> str:
    return str(json.loads((release / "site.json").read_bytes())["database"])


def test_croissant_gives_the_rows_of_the_database(release: Path) -> None:
    told = judgement("croissant", release, database(release))
    tables = json.loads((release / "datapackage.json").read_bytes())["resources"]
    assert told == {"tables": len(tables), "rows": sum(one["rows"] for one in tables), "differences": []}


def test_croissant_of_an_odd_descriptor_is_valid(described: Path) -> None:
    commanded("mlcroissant", "validate", "--jsonld", described / "croissant.json")


def test_dcat_keeps_to_dcat_ap_in_both_its_forms(release: Path) -> None:
    told = judgement("dcat", release, SHAPES)
    assert told["same"]
    assert told["triples"] > 50
    assert told["violations"] == []


def test_dcat_of_an_odd_descriptor_keeps_to_dcat_ap(described: Path) -> None:
    told = judgement("dcat", described, SHAPES)
    assert (told["same"], told["violations"]) == (True, [])


def test_the_shapes_find_what_is_missing(described: Path, tmp_path: Path) -> None:
    said = json.loads((described / "dcat.jsonld").read_bytes())
    del said["dct:title"], said["dcat:distribution"][0]["dcat:accessURL"]
    (tmp_path / "dcat.jsonld").write_text(json.dumps(said))
    shutil.copy(described / "dcat.ttl", tmp_path)
    told = judgement("dcat", tmp_path, SHAPES)
    assert not told["same"]
    assert told["violations"] == ["http://purl.org/dc/terms/title", "http://www.w3.org/ns/dcat#accessURL"]


def crates(level: str, *folders: Path) -> list[list[str]]:
    """What is found in each crate at a ``level``."""
    return list(judgement("ro_crate", CONTEXT, level, *folders))


@pytest.mark.parametrize("release", ["reference"], indirect=True)
def test_a_crate_is_valid_as_a_folder_and_in_the_archive(release: Path) -> None:
    (archive,) = release.glob("*.zip")
    assert crates("REQUIRED", release, archive) == [[], []]


@pytest.mark.parametrize("described", ["odd"], indirect=True)
def test_of_a_crate_without_a_day_that_is_found_and_nothing_else(described: Path) -> None:
    (found,) = crates("REQUIRED", described)
    assert [one.split("`")[1] for one in found] == ["datePublished"]


@pytest.mark.parametrize("described", ["full"], indirect=True)
def test_what_is_recommended_of_a_crate_and_is_not_there_is_not_known(described: Path) -> None:
    (found,) = crates("RECOMMENDED", described)
    assert [re.sub(r" \(.*| '.*", "", one) for one in found] == [
        "A Person entity SHOULD have an ORCID identifier as its @id",
        "An Organization entity SHOULD have a ROR identifier as its @id",
        "An Organization's contactPoint SHOULD reference a ContactPoint contextual entity",
        "Entity @id",  # not ASCII, as programs that follow a link write it; no file of a release is called so
        "License entities SHOULD have a description",
        "The Root Data Entity SHOULD use PropertyValue entities for identifiers",
        "The Root Data Entity identifier",  # which may not lead to the crate: that asks the network
        "The organization SHOULD have a URL.",
    ]
