# SPDX-License-Identifier: Apache-2.0
"""Characters that look like those of YAML and are others, in a text that cannot be read for them."""

from __future__ import annotations

from pathlib import Path

import pytest

import sourcebook

DESCRIPTOR = """\
name: valley
resources:
  - name: mills
    path: build/csv/mills.csv
    schema: build/tableschema/mills.json
    sourcebook: {records: data/mills.yaml, layout: list, key: id}
"""


@pytest.mark.parametrize(
    ("text", "place", "named"),
    [
        ("- id: elm\n\u00a0\u00a0name: Elm\n", (2, 1), "the blank U+00A0"),
        ("\u2014 id: elm\n  name: Elm\n", (1, 1), "U+2014"),
        ("\u2022 id: elm\n  name: Elm\n", (1, 1), "U+2022"),
        ("-id: elm\n name: Elm\n", (1, 1), "a hyphen without a space"),
        ("- id: elm\n  name\uff1a Elm\n", (2, 7), "U+FF1A"),
        ("- id: elm\n  note: |\n    \u2022 old\n  name:Elm\n", (4, 3), "no space after it"),
        ("- id: elm\n   name: Elm\n", (2, 4), "indented below the key"),
    ],
)
def test_what_is_easily_overlooked_is_named_where_it_stands(
    text: str, place: tuple[int, int], named: str, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "datapackage.yaml").write_text(DESCRIPTOR)
    (tmp_path / "data/mills.yaml").write_text(text, "utf-8")
    (finding,) = sourcebook.check(tmp_path).findings
    assert (finding.line, finding.column) == place
    assert named in finding.message
