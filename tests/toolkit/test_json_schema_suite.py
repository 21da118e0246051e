# SPDX-License-Identifier: Apache-2.0
"""The official JSON-Schema-Test-Suite through our validator: drafts 4 to 2020-12, core, optional and formats."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sourcebook.validation import Schemas
from tests.conftest import ROOT

ARCHIVE = ROOT.parent / "shared/suites/json-schema-test-suite.tar.xz"
pytestmark = pytest.mark.skipif(not ARCHIVE.is_file(), reason="the official suite is not at hand here")

DIALECTS = {
    "draft4": "http://json-schema.org/draft-04/schema#",
    "draft6": "http://json-schema.org/draft-06/schema#",
    "draft7": "http://json-schema.org/draft-07/schema#",
    "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}

# (draft, file, description of the group, description of the test): why we answer otherwise.
OFF = "where a book switches formats off they are not asserted, though a metaschema of its own would ask for them"
EXCEPTIONS: dict[tuple[str, str, str, str], str] = {
    (
        "draft2020-12",
        "format-assertion.json",
        f"schema that uses custom metaschema with format-assertion: {way}",
        test,
    ): OFF
    for way, test in (
        ("false", "format-assertion: false: invalid string"),
        ("true", "format-assertion: true: invalid string"),
    )
}


@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("suite")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.iterdir())


def remotes(suite: Path) -> dict[str, Any]:
    """The schemas that the suite serves, by address; one in a folder of a draft is of that draft."""
    found = {}
    top = suite / "remotes"
    for file in sorted(top.rglob("*.json")):
        path = file.relative_to(top)
        schema = json.loads(file.read_text("utf-8"))
        if path.parts[0] in DIALECTS and isinstance(schema, dict):
            schema = {"$schema": DIALECTS[path.parts[0]], **schema}
        if path.parts[0] != "v1":
            found[f"http://localhost:1234/{path.as_posix()}"] = schema
    return found


def cases(suite: Path, draft: str, part: str) -> Iterator[tuple[str, dict[str, Any]]]:
    pattern = {"core": "*.json", "optional": "optional/*.json", "formats": "optional/format/*.json"}[part]
    for file in sorted((suite / "tests" / draft).glob(pattern)):
        for group in json.loads(file.read_text("utf-8")):
            yield file.name, group


@pytest.mark.parametrize("part", ["core", "optional", "formats"])
@pytest.mark.parametrize("draft", DIALECTS)
def test_the_verdict_is_that_of_the_suite(suite: Path, draft: str, part: str) -> None:
    """Formats are asserted in the part about them; in the others they are noted only, as the suite has it."""
    elsewhere = remotes(suite)
    wrong, ran = [], 0
    for file, group in cases(suite, draft, part):
        schema = group["schema"]
        if isinstance(schema, dict) and "$schema" not in schema:
            schema = {"$schema": DIALECTS[draft], **schema}
        try:
            validator = Schemas({"s.json": schema}, formats=part == "formats", elsewhere=elsewhere).validator("s.json")
        except ValueError as error:
            wrong.append((draft, file, group["description"], f"not compiled: {error}"))
            continue
        for test in group["tests"]:
            ran += 1
            if validator.is_valid(test["data"]) is not test["valid"]:
                wrong.append((draft, file, group["description"], test["description"]))
    assert ran > 20
    assert [case for case in wrong if case not in EXCEPTIONS] == []


@pytest.mark.parametrize("part", ["core", "optional"])
@pytest.mark.parametrize("draft", DIALECTS)
def test_what_is_wrong_is_always_said(suite: Path, draft: str, part: str) -> None:
    """An instance that is not valid has a violation, in words of our own for every keyword; no case raises."""
    elsewhere = remotes(suite)
    said = 0
    for file, group in cases(suite, draft, part):
        schema = group["schema"]
        if isinstance(schema, dict) and "$schema" not in schema:
            schema = {"$schema": DIALECTS[draft], **schema}
        validator = Schemas({"s.json": schema}, formats=False, elsewhere=elsewhere).validator("s.json")
        for test in group["tests"]:
            if (draft, file, group["description"], test["description"]) in EXCEPTIONS:
                continue
            violations = validator.violations(test["data"])
            assert bool(violations) is not test["valid"], (group["description"], test["description"])
            assert all(violation.message for violation in violations)
            assert not any("breaks the schema's rule" in violation.message for violation in violations)
            said += len(violations)
    assert said > (100 if part == "core" else 20)
