# SPDX-License-Identifier: Apache-2.0
"""The official JSON-Schema-Test-Suite through our validator: drafts 4 to 2020-12, core, optional and formats."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sourcebook.validation.keywords import DIALECTS as KNOWN_DIALECTS
from sourcebook.validation.keywords import KEYWORDS
from sourcebook.validation.pointers import Pointers
from sourcebook.validation.registry import METASCHEMAS
from sourcebook.validation.schemas import Schema, Schemas
from sourcebook.validation.verdict import KNOWN_METASCHEMAS, Verdict
from tests.conftest import ROOT

ARCHIVE = ROOT.parent / "shared/suites/json-schema-test-suite.tar.xz"
of_the_suite = pytest.mark.skipif(not ARCHIVE.is_file(), reason="the official suite is not at hand here")

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


@of_the_suite
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


@pytest.mark.slow
@of_the_suite
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


def same_way(files: dict[str, Any], elsewhere: dict[str, Any]) -> tuple[int, int]:
    """How many references there are, and how many of them pointers follow: to the schemas that the library finds."""
    light, whole = Schemas(files, elsewhere=elsewhere), Schemas(files, elsewhere=elsewhere)
    whole.__dict__["_documents"] = None
    counted = followed = 0
    for path in files:
        waiting = [(light.schema(path), whole.schema(path), 3)]
        while waiting:
            one, other, deep = waiting.pop()
            assert one.contents == other.contents
            assert one.resolver.base == other.resolver.base
            contents = one.contents
            if isinstance(contents, list):
                waiting += [(one.inside(item), other.inside(item), deep) for item in contents]
            elif isinstance(contents, dict):
                waiting += [(one.inside(item), other.inside(item), deep) for item in contents.values()]
                if isinstance(contents.get("$ref"), str) and deep:
                    found = led(one, contents["$ref"]), led(other, contents["$ref"])
                    counted += 1
                    followed += isinstance(one.resolver, Pointers)
                    assert (found[0] is None) is (found[1] is None), contents["$ref"]
                    if found[0] and found[1]:
                        assert found[0].uri == found[1].uri
                        waiting.append((*found, deep - 1))
    return counted, followed


def led(schema: Schema, reference: str) -> Schema | None:
    try:
        return schema.lookup(reference)
    except LookupError:
        return None


@pytest.mark.slow
@of_the_suite
@pytest.mark.parametrize("draft", DIALECTS)
def test_pointers_lead_where_the_library_leads(suite: Path, draft: str) -> None:
    elsewhere = remotes(suite)
    counts = []
    for _, group in cases(suite, draft, "core"):
        schema = group["schema"]
        if isinstance(schema, dict):
            files = {"s.json": {"$schema": DIALECTS[draft], **schema}}
            counts += [same_way(files, elsewhere), same_way(files, {})]
    counted, followed = (sum(numbers) for numbers in zip(*counts, strict=True))
    assert counted > 100
    assert (followed > 50) is (draft != "draft4")


def test_pointers_lead_where_the_library_leads_between_files() -> None:
    date = {"type": "string", "format": "date"}
    of_a_book = {
        "schemas/a.json": {
            "$id": "https://example.org/all/a.json",
            "properties": {
                "id": {"$ref": "b.json#/$defs/a~1b/%25/1"},
                "all": {"$ref": "b.json"},
                "self": {"$ref": "#"},
                "lost": {"$ref": "#/properties/ID"},
                "other": {"$ref": "c.json#/$defs/date"},
                "gone": {"$ref": "d.json"},
                "odd": {"$ref": "http://["},
                "name": {"$ref": "#date"},
                "empty": {"$ref": "#/"},
                "number": {"$ref": "#/properties/all/$ref/0"},
            },
            "$defs": {"date": {"$anchor": "date", "examples": [{"id": "a", "$ref": 5}]}},
            "": {"title": "of no name"},
        },
        "schemas/b.json": {"$defs": {"a/b": {"%": [True, date]}}, "items": {"$ref": "c.json#/$defs/date"}},
        "schemas/c.json": {"$id": "c.json", "$defs": {"date": date}, "not": {"$ref": "a.json#/$defs/date"}},
    }
    counted, followed = same_way(of_a_book, {})
    assert counted == followed > 12
    inner = {"$defs": {"a": {"$id": "https://example.org/b.json", "not": {"$ref": "#/$defs"}, "$defs": {}}}}
    for odd in (
        {"s.json": inner},
        {"s.json": {"$schema": DIALECTS["draft7"], "$id": "https://example.org/a#b", "items": {"$ref": "#"}}},
        {"s.json": {"id": "https://example.org/a", "items": {"$ref": "#"}}},
    ):
        assert same_way(odd, {})[1] == 0


def test_what_is_known_of_the_standard_is_what_it_publishes() -> None:
    published = {name for one in METASCHEMAS.values() for name in one.get("properties", {})}
    assert published == KEYWORDS
    assert METASCHEMAS.keys() >= KNOWN_DIALECTS >= KNOWN_METASCHEMAS


ODD_SCHEMAS: tuple[Any, ...] = (
    *(True, 5, [], {"type": "nope"}, {"type": ["string", "string"]}, {"pattern": "["}, {"$ref": "http://["}),
    *({"$id": "a b"}, {"$id": "#x"}, {"minimum": "1"}, {"exclusiveMinimum": True, "minimum": 1}, {"required": []}),
    *({"required": ["a", "a"]}, {"patternProperties": {"[": {}}}, {"$anchor": "1"}, {"$defs": {"a": 5}}),
    *({"definitions": {"a": {"type": 5}}}, {"dependencies": {"a": ["b"]}}, {"minLength": -1}, {"minLength": 1.0}),
    *({"multipleOf": 0}, {"items": []}, {"prefixItems": []}, {"enum": []}, {"enum": [1, 1]}, {"$dynamicRef": "#/"}),
    *({"dependentRequired": {"a": [1]}}, {"$vocabulary": {"a": 1}}, {"items": {"not": {"anyOf": [{"type": "x"}]}}}),
)


@pytest.mark.parametrize("uri", sorted(KNOWN_METASCHEMAS))
def test_the_metaschemas_of_the_library_are_those_of_the_standard(uri: str) -> None:
    def nowhere(address: str) -> Any:
        raise LookupError(address)

    known = Verdict({"$schema": uri, "$ref": uri}, "https://book.invalid/", (), nowhere)
    published = Verdict(METASCHEMAS[uri], uri, METASCHEMAS.items(), nowhere)
    for schema in (*ODD_SCHEMAS, *METASCHEMAS.values()):
        assert known.is_valid(schema) is published.is_valid(schema), schema
