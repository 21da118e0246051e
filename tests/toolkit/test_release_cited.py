# SPDX-License-Identifier: Apache-2.0
"""A version that is told in words: renewed where it is surely the book's own, and told where it may be."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from sourcebook.release.renewing import renewed
from tests.toolkit.test_release import BOOK, FILES, committed, git, made, prepared, put, text

SAID = "Quay Desk (2026). What was said at the quay, version 1.2.0."


@pytest.mark.parametrize(
    ("said", "old", "new", "wanted", "left"),
    [
        (SAID, "1.2.0", "1.3.0", SAID.replace("1.2.0", "1.3.0"), ()),
        ("The quay (v1.2.0), 1.2.0", "1.2.0", "2.0.0", "The quay (v2.0.0), 2.0.0", ()),
        ("Line one\n  line two: 1.2.0\n", "1.2.0", "1.2.1", "Line one\n  line two: 1.2.1\n", ()),
        ("The quay 11.2.0, 1.2.0.1", "1.2.0", "1.3.0", None, ("11.2.0", "1.2.0.1")),
        ("See https://quay.example/1.2.0/.", "1.2.0", "1.3.0", None, ("https://quay.example/1.2.0/",)),
        ("doi:10.1234/quay.1.2.0", "1.2.0", "1.3.0", None, ("doi:10.1234/quay.1.2.0",)),
        ("quay-1.2.0.zip", "1.2.0", "1.3.0", None, ("quay-1.2.0.zip",)),
        ("The quay 1.2, CC BY 4.0", "1.2.0", "1.3.0", None, ("1.2",)),
        ("The quay 1.1.0", "1.2.0", "1.3.0", None, ("1.1.0",)),
        ("The quay 4.0, CC BY 4.0", "4.0", "4.1", None, ("4.0",)),
        ("Under CC BY 4.0", "4.0", "4.1", None, ("4.0",)),
        ("The quay 3.0, CC BY 4.0", "3.0", "3.1", "The quay 3.1, CC BY 4.0", ()),
        ("The quay, edition 3", "3", "4", "The quay, edition 4", ()),
        ("The quay, edition 3, 3 Mast Row", "3", "4", None, ("3",)),
        ("The quay 2026.11.0", "2026.11.0", "2026.12.0", "The quay 2026.12.0", ()),
        ("The quay, 2025", "1.2.0", "1.3.0", None, ("2025",)),
        ("The quay, 2025 to 2026", "1.2.0", "1.3.0", None, ()),
        ("Of a boat of 1987, without a version", "1.2.0", "1.3.0", None, ()),
        ("The quay 1.0.0", "", "1.0.0", None, ()),
        ("The quay 1.2.0", "1.2.0", "1.2.0", None, ()),
    ],
)
def test_a_version_in_words(said: str, old: str, new: str, wanted: str | None, left: tuple[str, ...]) -> None:
    found = renewed(said, old, new, years=("2025", "2026"), licences="[{'name': 'CC-BY-4.0'}]")
    assert (found.text, found.left) == (wanted or said, left)


# --- in a book ---

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")]
_STYLES = {
    "quoted": 'citation: "Quay Desk. At the quay 1.2.0."  # ours\n',
    "plain": "citation: Quay Desk. At the quay 1.2.0.\n",
    "folded": "citation: >-\n    Quay Desk.\n    At the quay 1.2.0.\n",
}


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796169600")  # 2 December 2026
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A Test")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "hidden@example.org")


def quay(folder: Path, citation: str, **files: str) -> Path:
    said = BOOK.replace("1.0.0", "1.2.0").replace("resources:", f"sourcebook:\n  {citation}resources:")
    put(folder, **{**FILES, "datapackage.yaml": said, **files})
    git(folder, "init", "--quiet", "--initial-branch", "main")
    committed(folder)
    git(folder, "tag", "v1.2.0")
    return folder


@pytest.mark.parametrize("style", _STYLES)
def test_the_citation_names_the_version_that_is_released(tmp_path: Path, style: str) -> None:
    folder = quay(tmp_path / "quay", _STYLES[style])
    proposal = prepared(folder, version="1.3.0")
    said = text(folder, "datapackage.yaml")
    assert _STYLES[style].replace("1.2.0", "1.3.0") in said, "edited where it stands"
    citation = yaml.safe_load(text(folder, "CITATION.cff"))
    assert citation["message"] == "Quay Desk. At the quay 1.3.0."
    assert citation["version"] == "1.3.0"
    assert "the citation in datapackage.yaml says 1.3.0 now, and said 1.2.0" in proposal.told
    committed(folder)
    version = made(folder).version
    assert version is not None
    kept = yaml.safe_load((version.folder / "CITATION.cff").read_text("utf-8"))
    assert kept["message"] == "Quay Desk. At the quay 1.3.0."
    put(folder, **{"data/people/dot.yaml": "id: dot\nname: Dot Mast\n"})
    assert prepared(folder).what == "release 1.4.0, after 1.3.0"
    citation = yaml.safe_load(text(folder, "CITATION.cff"))
    assert citation["message"] == "Quay Desk. At the quay 1.4.0.", "also where the file is there"


def test_what_may_be_stale_in_a_citation_is_told_and_left(tmp_path: Path) -> None:
    own = "cff-version: 1.2.0\nmessage: Cite https://quay.example/1.2.0/ (v1.2.0).\ntype: dataset\nversion: 1.2.0\n"
    citation = 'citation: "Quay Desk (2025). At the quay 1.2."\n  released: "2025-11-02"\n'
    folder = quay(tmp_path / "quay", citation, **{"CITATION.cff": own})
    proposal = prepared(folder, version="1.3.0")
    assert 'citation: "Quay Desk (2025). At the quay 1.2."\n' in text(folder, "datapackage.yaml")
    assert "message: Cite https://quay.example/1.2.0/ (v1.3.0).\n" in text(folder, "CITATION.cff")
    assert text(folder, "CITATION.cff").startswith("cff-version: 1.2.0\n"), "which is no version of the book"
    assert [one for one in proposal.told if "1.3.0" in one] == [
        "the citation in datapackage.yaml says 1.2, 2025 still: see whether that is right for 1.3.0",
        "CITATION.cff says 1.3.0 now, and said 1.2.0",
        "CITATION.cff says https://quay.example/1.2.0/ still: see whether that is right for 1.3.0",
    ]
