# SPDX-License-Identifier: Apache-2.0
"""Exports judged by programs that we did not write: PROV-O by rdflib and the package prov, statements of FollowTheMoney
by the package followthemoney, JSON-LD by rdflib.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from sourcebook.book.followthemoney import LONGEST, SCHEMATA
from sourcebook.site.published import Published
from tests.exported import exported
from tests.harbour import get, opened
from tests.judges import MARKS, judged

pytestmark = [*MARKS, pytest.mark.xdist_group("judges of exports")]
DESCRIBED = Path(__file__).parents[1] / "described"


@pytest.fixture(scope="module", params=["harbour", "reference"])
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    if request.param == "reference":
        release = Published((request.getfixturevalue("reference_book") / "build/current").resolve())
        yield release
        release.close()
        return
    with opened(tmp_path_factory.mktemp("judged"), exported) as found:
        yield found


def installed(name: str) -> bool:
    code = "import sys; from importlib.util import find_spec; print(find_spec(sys.argv[1]) is not None)"
    return judged(code, name).strip() == "True"


def judgement(name: str, *arguments: object) -> Any:
    return json.loads(judged((DESCRIBED / f"judge_{name}.py").read_text("utf-8"), *arguments).splitlines()[-1])


def on_provenance(found: Published, folder: Path) -> Any:
    build = folder / "build.jsonld"
    build.write_bytes(get(found, "/build.jsonld").body)
    return judgement("prov", found.folder, build)


def test_prov_o_keeps_to_what_its_terms_are_of(published: Published, tmp_path: Path) -> None:
    told = on_provenance(published, tmp_path)
    assert told["problems"] == []
    assert told["terms"]["hadPrimarySource"] >= 8
    assert told["terms"]["wasDerivedFrom"] >= 8


def test_the_judge_of_prov_o_finds_what_is_wrong(tmp_path: Path) -> None:
    with opened(tmp_path, exported) as found:
        folder = Path(shutil.copytree(found.folder, tmp_path / "release"))
        path = folder / "prov/claims.ttl"
        text = path.read_text("utf-8").replace("prov:used <", "prov:wasRevisionOf <", 1)
        text = text.replace('"2026-03-01T00:00:00"^^xsd:dateTime', '"2026-03-01"^^xsd:date')
        path.write_text(text.replace("prov:hadPrimarySource", "prov:hadPrimarySauce", 1), encoding="utf-8")
        build = tmp_path / "build.jsonld"
        build.write_bytes(get(found, "/build.jsonld").body)
        problems = "\n".join(judgement("prov", folder, build)["problems"])
    for wanted in ("hadPrimarySauce is not known", "wasRevisionOf and is no", "is no http://www.w3.org/2001/XMLSchema"):
        assert wanted in problems


def test_the_package_prov_reads_the_same(published: Published, tmp_path: Path) -> None:
    if not installed("prov"):
        pytest.skip("the package prov is not among the judges")
    read = on_provenance(published, tmp_path)["prov"]
    assert read.keys() == {one.name for one in published.site.collections}
    statements = {one.name for one in published.site.collections if "statement" in one.roles}
    assert all(read[name]["ProvDerivation"] for name in statements)


def test_followthemoney_reads_every_statement(published: Published) -> None:
    if not installed("followthemoney"):
        pytest.skip("the package followthemoney is not among the judges")
    if not (published.folder / "ftm").is_dir():
        pytest.skip("the book is not published as statements of FollowTheMoney")
    schemata = {
        name: asdict(one) | {"isa": sorted(one.isa), "properties": dict(one.properties), "longest": dict(LONGEST)}
        for name, one in SCHEMATA.items()
    }
    told = judgement("ftm", published.folder, json.dumps(schemata))
    assert told["problems"] == []
    assert told["entities"]["Note"] >= 8
    assert told["entities"]["Person"] >= 4
