# SPDX-License-Identifier: Apache-2.0
"""Style and scripts are sent packed to who takes that, and as they are to all others."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import sourcebook
from sourcebook.site.rendering import static
from tests.harbour import BOOK
from tests.served import PYTHONS, serving


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("version", PYTHONS)
def test_style_and_scripts_are_packed(version: str, tmp_path: Path) -> None:
    if not Path(PYTHONS[version]).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    assert sourcebook.build(folder, formats=()).release
    with serving(PYTHONS[version], folder) as client:
        for name in ("site.css", "pictures.js"):
            address = static("/")[name]
            assert re.search(r"-[0-9a-f]{10}\.", address)
            packed = client.get(address, headers={"accept-encoding": "gzip"})
            plain = client.get(address, headers={"accept-encoding": "identity"})
            assert packed.headers["content-encoding"] == "gzip"
            assert "content-encoding" not in plain.headers
            assert packed.content == plain.content
            assert int(packed.headers["content-length"]) < len(plain.content) / 2
            assert {"accept-encoding"} <= set(plain.headers["vary"].lower().split(", "))
