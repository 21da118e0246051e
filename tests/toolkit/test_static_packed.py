# SPDX-License-Identifier: Apache-2.0
"""Style and scripts come packed to those who take that, and are the same for those who do not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.served import PYTHONS, serving


@pytest.mark.parametrize("version", list(PYTHONS))
def test_style_and_scripts_are_packed(reference_book: Path, version: str) -> None:
    if not Path(PYTHONS[version]).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(PYTHONS[version], reference_book) as client:
        page = client.get("/timeline").text
        files = re.findall(r'(?:href|src)="(/-/sourcebook/[^"]+\.(?:css|js))"', page)
        assert len(files) == 2
        for file in files:
            packed = client.get(file, headers={"accept-encoding": "gzip"})
            plain = client.get(file, headers={"accept-encoding": "identity"})
            assert packed.headers["content-encoding"] == "gzip"
            assert int(packed.headers["content-length"]) < len(plain.content) / 2
            assert packed.content == plain.content  # which httpx unpacks
            assert "content-encoding" not in plain.headers
            assert "accept-encoding" in plain.headers["vary"]
            assert "accept-encoding" in packed.headers["vary"]
