# SPDX-License-Identifier: Apache-2.0
"""A build without extracts beside a release that has them: readers of that keep it, and their downloads."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import sourcebook
from tests.served import serving

Copy = Callable[[str], Path]


def _edited(folder: Path, name: str) -> None:
    (folder / "data/growers/alder-farm.yaml").write_text(f"name: {name}\nplace: Nowhere\n")


def _releases(folder: Path) -> set[str]:
    return {path.name for path in (folder / "build/releases").iterdir()}


def test_previews_push_no_release_out(book: Copy) -> None:
    folder = book("orchard")
    first = sourcebook.build(folder).release
    _edited(folder, "Alder the Second")
    second = sourcebook.build(folder).release
    assert first
    assert second
    seen = []
    for name in ("Third", "Fourth", "Fifth"):
        _edited(folder, name)
        built = sourcebook.build(folder, formats=())
        assert built.preview
        assert built.release
        seen.append(built.release.name)
        assert (folder / "build/current").resolve() == second
        assert _releases(folder) == {first.name, second.name, built.release.name}  # and no older preview
        assert sourcebook.build(folder, formats=()).unchanged
    assert len(set(seen)) == 3
    whole = sourcebook.build(folder)
    assert whole.release
    assert not whole.preview
    assert (folder / "build/current").resolve() == whole.release
    assert not (folder / "build/preview").is_symlink()
    assert _releases(folder) == {second.name, whole.release.name}
    assert sourcebook.verify(folder).ok


def test_forgetting_leaves_the_current_release(book: Copy) -> None:
    folder = book("orchard")
    first = sourcebook.build(folder).release
    _edited(folder, "Alder the Second")
    assert sourcebook.build(folder, formats=()).preview
    assert sourcebook.build(folder, formats=(), forget=True).unchanged
    assert first
    assert (folder / "build/current").resolve() == first
    assert (folder / "build/preview").exists()


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_downloads_of_the_running_site_stay(book: Copy) -> None:
    folder = book("orchard")
    sourcebook.build(folder)
    with serving(sys.executable, folder) as site:
        before = site.get("/-/downloads/csv/growers.csv")
        assert before.status_code == 200
        _edited(folder, "Alder the Second")
        assert sourcebook.build(folder, formats=()).preview
        after = site.get("/-/downloads/csv/growers.csv")
        assert (after.status_code, after.content) == (200, before.content)
        assert "Alder the Second" not in site.get("/growers/alder-farm").text
