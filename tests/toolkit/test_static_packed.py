# SPDX-License-Identifier: Apache-2.0
"""Style and scripts come packed to those who take that, and are the same for those who do not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sourcebook.site.handing.codings import takes_gzip
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
            refused = client.get(file, headers={"accept-encoding": "gzip;q=0, identity"})
            assert "content-encoding" not in refused.headers
            assert packed.headers["content-encoding"] == "gzip"
            assert int(packed.headers["content-length"]) < len(plain.content) / 2
            assert packed.content == plain.content  # which httpx unpacks
            assert "content-encoding" not in plain.headers
            assert "accept-encoding" in plain.headers["vary"]
            assert "accept-encoding" in packed.headers["vary"]


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, x-gzip;q=0.8, *;q=0.1", True),
        ("GZIP", True),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("identity, gzip;q=0.5", False),
        ("notgzip", False),
        ("*", False),
        ("", False),
        (None, False),
    ],
)
def test_who_says_no_to_gzip_is_sent_none(header: str | None, takes: bool) -> None:
    assert takes_gzip({} if header is None else {b"accept-encoding": header.encode()}) is takes
