# SPDX-License-Identifier: Apache-2.0
"""Books made of found data, as they go on: what is added to them later."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sourcebook
from sourcebook.book import load_book
from sourcebook.finding import Ledger
from sourcebook.records.claims import claims
from tests.toolkit.test_init import FOLDERS


def unpublished(folder: Path, path: str) -> bool:
    """Whether nobody would be told of a file that is in no collection."""
    claimed, findings, _ = claims(load_book(folder), Ledger())
    owners = [path for paths in claimed.values() for path in paths]
    return path not in owners and path not in [finding.path for finding in findings]


@pytest.mark.parametrize("found", FOLDERS, ids=lambda folder: folder.name)
def test_a_file_beside_the_files_of_a_collection_is_claimed_or_told(found: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(found, tmp_path / found.name))
    sourcebook.init(folder, adopt=True)
    claimed, findings, _ = claims(load_book(folder), Ledger())
    assert [finding for finding in findings if finding.rule == "file-unclaimed"] == []
    tried = 0
    for path in sorted({path for paths in claimed.values() for path in paths}):
        here = folder / path
        beside = [here.with_name("zz-another" + here.suffix)]
        if len(here.parent.relative_to(folder).parts) > 1:  # in a folder beside its own
            beside.append(here.parent.parent / "zz-another" / here.name)
        for new in beside:
            new.parent.mkdir(exist_ok=True)
            shutil.copy(here, new)
            assert not unpublished(folder, new.relative_to(folder).as_posix()), new.relative_to(folder)
            new.unlink()
            tried += 1
    assert tried
