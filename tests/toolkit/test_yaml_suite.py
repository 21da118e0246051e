# SPDX-License-Identifier: Apache-2.0
"""The official YAML test suite: the events of the reference reader, the values of `parse`, the figures we print."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sourcebook.parse import Limits, parse
from sourcebook.parse.decode import decode
from sourcebook.parse.events import (
    ALIAS,
    DOCUMENT_END,
    DOCUMENT_START,
    MAPPING_END,
    MAPPING_START,
    SEQUENCE_END,
    SEQUENCE_START,
    Event,
    NotYaml,
)
from sourcebook.parse.reference import events
from tests.conftest import ROOT
from tests.toolkit.yaml_events import assert_same, assert_same_source

ARCHIVE = ROOT.parent / "shared/suites/yaml-test-suite.tar.xz"
pytestmark = pytest.mark.skipif(not ARCHIVE.is_file(), reason="the official suite is not at hand here")

KEY = "a key that is a list or a mapping"
TAG = "a tag that the core schema does not have"
# Valid cases that `parse` refuses with a finding, though the reader gives their events rightly: data are plain here.
REFUSED = {
    **dict.fromkeys(["4FJ6-0", "6BFJ-0", "6PBE-0", "9MMW-0", "KK5P-0", "LX3P-0", "M2N8-0", "M2N8-1", "M5DY-0"], KEY),
    **dict.fromkeys(["Q9WF-0", "RZP5-0", "SBG9-0", "V9D5-0", "X38W-0", "XW4D-0"], KEY),
    **dict.fromkeys(["2XXW-0", "565N-0", "5TYM-0", "6CK3-0", "6WLZ-0", "7FWL-0", "9WXW-0", "C4HZ-0", "CC74-0"], TAG),
    **dict.fromkeys(["CUP7-0", "J7PZ-0", "M5C3-0", "P76L-0", "UGM3-0", "Z67P-0", "Z9M4-0"], TAG),
    "2JQS-0": "two empty keys in one mapping, which are duplicates",
    "FH7J-0": "a tag !!null on a key, and keys are text",
}


@dataclass(frozen=True)
class Case:
    """One case of the suite: a text, and its events and values; or that it must be refused."""

    name: str
    text: bytes
    tree: list[str]
    values: list[Any] | None
    invalid: bool


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    folder = tmp_path_factory.mktemp("suite")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return [case for file in sorted(folder.rglob("src/*.yaml")) for case in _cases(file)]


def _cases(file: Path) -> Iterator[Case]:
    """A file's cases. A case takes from the one before it what it does not say itself, save whether it is valid."""
    (document,) = parse(file.read_bytes(), file.name).documents
    said: dict[str, Any] = {}
    for number, case in enumerate(document.value):
        said = {**said, "fail": False, **case}
        if said.get("skip"):
            continue
        values = None if said.get("json") is None else list(_json(said["json"]))
        tree = [line.lstrip(" ") for line in _plain(said.get("tree") or "").splitlines() if line.strip()]
        yield Case(f"{file.stem}-{number}", _plain(said["yaml"]).encode(), tree, values, said["fail"])


def _plain(shown: str) -> str:
    """A text as it is, from how the suite shows white space."""
    shown = re.sub("—*»", "\t", shown.replace("␣", " ")).replace("←", "\r").replace("⇔", "\ufeff").replace("↵", "")
    return re.sub("∎\n\\Z", "", shown)


def _json(text: str) -> Iterator[Any]:
    """The values of a stream of JSON texts."""
    decoder = json.JSONDecoder()
    while text := text.strip():
        value, end = decoder.raw_decode(text)
        yield value
        text = text[end:]


STARTS = {DOCUMENT_START: "+DOC", SEQUENCE_START: "+SEQ", MAPPING_START: "+MAP"}
ENDS = {DOCUMENT_END: "-DOC", SEQUENCE_END: "-SEQ", MAPPING_END: "-MAP"}
ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\0": "\\0"})


def shown(event: Event) -> str:
    """An event as the suite writes it."""
    kind, _, text, anchor, tag, style = event
    if kind == ALIAS:
        return f"=ALI *{text}"
    properties = [f"&{anchor}"] if anchor else []
    properties += [f"<{tag}>"] if tag is not None else []
    if kind in ENDS:
        return " ".join([ENDS[kind], *([style] if style else [])])
    if kind in STARTS:
        style = style if kind != SEQUENCE_START or not style else "[]"
        return " ".join([STARTS[kind], *([style] if style else []), *properties])
    return " ".join(["=VAL", *properties, (style or ":") + text.translate(ESCAPES)])


def test_every_valid_case_has_its_events(cases: list[Case]) -> None:
    valid = [case for case in cases if not case.invalid]
    for case in valid:
        text, finding = decode(case.text, "f.yaml", Limits())
        assert finding is None
        assert ["+STR", *map(shown, events(text)), "-STR"] == case.tree, case.name
    assert len(valid) == 308


def test_every_invalid_case_is_refused(cases: list[Case]) -> None:
    invalid = [case for case in cases if case.invalid]
    for case in invalid:
        text, finding = decode(case.text, "f.yaml", Limits())
        assert finding is None
        with pytest.raises(NotYaml) as refused:
            list(events(text))
        assert refused.value.hint, case.name
        assert 0 <= refused.value.offset < len(text), case.name
        assert parse(case.text, "f.yaml").broken, case.name
    assert len(invalid) == 94


def test_values(cases: list[Case]) -> None:
    compared = 0
    for case in cases:
        if case.invalid or case.name in REFUSED:
            continue
        parsed = parse(case.text, "f.yaml", positions=True)
        assert not parsed.broken, case.name
        if case.values is not None:
            assert [typed(d.value) for d in parsed.documents] == [typed(v) for v in case.values], case.name
            compared += 1
    assert compared == 263


def test_the_fast_path_is_the_reference(cases: list[Case]) -> None:
    assert sum(assert_same(case.text) for case in cases) >= 50


def typed(value: Any) -> Any:
    """A value in which 1, 1.0 and True differ. The order of keys is left out: one case of the suite has it wrong."""
    if isinstance(value, dict):
        return {key: typed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [typed(one) for one in value]
    return type(value), value


def test_what_is_refused_by_policy(cases: list[Case]) -> None:
    rules = {KEY: "yaml-key", TAG: "yaml-tag"}
    for case in cases:
        if case.name in REFUSED:
            findings = parse(case.text, "f.yaml").findings
            assert findings, case.name
            assert findings[0].rule == rules.get(REFUSED[case.name], findings[0].rule), case.name
    assert len(REFUSED) == 33


def test_both_sources_give_the_same_events(cases: list[Case]) -> None:
    taken = 0
    for case in cases:
        text, _ = decode(case.text, "f.yaml", Limits())
        taken += assert_same_source(text)
    assert taken > 50
