# SPDX-License-Identifier: Apache-2.0
"""What Datasette answers is packed where it is made, for those who take it, and said once to be so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sourcebook
from tests.served import BOOKS, PYTHONS, serving


@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("version", PYTHONS)
def test_pages_of_datasette(version: str, tmp_path: Path) -> None:
    if not Path(PYTHONS[version]).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    folder = Path(shutil.copytree(BOOKS / "orchard", tmp_path / "orchard"))
    assert sourcebook.build(folder).release
    with serving(PYTHONS[version], folder) as client:
        for address in ("/orchard/growers", "/orchard/growers?_size=2", "/orchard?sql=select+*+from+growers"):
            plain = client.get(address, headers={"accept-encoding": "gzip;q=0"}, follow_redirects=True)
            packed = client.get(address, headers={"accept-encoding": "gzip"}, follow_redirects=True)
            assert "content-encoding" not in plain.headers, address
            assert packed.headers["content-encoding"] == "gzip", address
            assert packed.text == plain.text
            for one in (plain, packed):
                vary = ",".join(one.headers.get_list("vary")).lower()
                assert vary.count("accept-encoding") == 1, (address, vary)
                assert ("etag" in one.headers) == ("sql" not in address), address
