# SPDX-License-Identifier: Apache-2.0
"""Datasette's lists of queries and of schemas lead to the site's own pages; as data they stay."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import httpx
import pytest

import sourcebook
from sourcebook.site import policies
from sourcebook.site.allowed import ours
from tests.served import BOOKS, PYTHONS, running, serving, wait_for

LEADS = {
    "/orchard/-/queries": "/questions",
    "/orchard/-/queries/": "/questions",
    "/orchard/-/schema": "/schema",
    "/orchard/growers/-/schema": "/schema#table-growers",
    "/orchard/nothing/-/schema": "/schema",
}
AT_ROOT = {"/-/queries": "/questions", "/-/schema": "/schema"}
DATA = ("/orchard/-/queries.json", "/orchard/-/schema.json", "/orchard/growers/-/schema.json", "/orchard/-/schema.md")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("-", "queries"), "questions"),
        (("-", "schema", ""), "schema"),
        (("b", "-", "queries"), "questions"),
        (("b", "t", "-", "schema"), "schema"),
        (("b", "t", "-", "queries"), ""),
        (("b", "t", "r", "-", "schema"), ""),
        (("b", "-", "queries.json"), ""),
        (("b", "-", "schema.md"), ""),
        (("b", "-", "queries", "store"), ""),
        (("_internal", "-", "schema"), ""),
        (("schema",), ""),
        (("b", "schema"), ""),
        ((), ""),
        (("",), ""),
    ],
)
def test_which_addresses_are_ours(path: tuple[str, ...], found: str) -> None:
    assert ours(path) == found


def test_data_of_datasettes_has_no_script() -> None:
    for path in (*DATA, "/-/queries.json", "/-/schema.json", "/-/jump.json"):
        assert b"script-src 'self';" in policies.of_datasette(path, "orchard")
    assert b"script-src 'self' 'unsafe-inline';" in policies.of_datasette("/orchard/-/create", "orchard")


def lead(client: httpx.Client, leads: dict[str, str]) -> None:
    for address, place in leads.items():
        answer = client.get(address)
        assert (answer.status_code, answer.headers["location"]) == (302, place), address
        assert b"unsafe-inline" not in answer.headers["content-security-policy"].encode()
        assert client.get(address, follow_redirects=True).status_code == 200


@pytest.fixture(params=PYTHONS)
def version(request: pytest.FixtureRequest) -> str:
    found = str(request.param)
    if not Path(PYTHONS[found]).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    return found


@pytest.fixture
def orchard(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(BOOKS / "orchard", tmp_path / "orchard"))
    assert sourcebook.build(folder).release
    return folder


@pytest.mark.xdist_group("serve")
def test_as_it_is_served(version: str, orchard: Path) -> None:
    with serving(PYTHONS[version], orchard) as client:
        lead(client, LEADS | AT_ROOT)
        assert client.post("/orchard/-/queries").status_code == 405
        for address in DATA if version == "datasette-1" else ():
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert "unsafe-inline" not in answer.headers["content-security-policy"].partition("style-src")[0], address


@pytest.mark.xdist_group("serve")
def test_behind_a_datasette_that_somebody_runs(version: str, orchard: Path) -> None:
    build = orchard / "build" / "current"
    command = [PYTHONS[version], "-m", "datasette", "-i", str(build / "orchard.db"), "-m", str(build / "metadata.json")]
    command += ["-c", str(build / "datasette.json")] if version == "datasette-1" else []
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with (
        running([*command, "-h", "127.0.0.1", "-p", port]),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client,
    ):
        assert wait_for(client, "/schema").status_code == 200
        lead(client, LEADS)
        if version == "datasette-1":  # which may show other databases there
            assert client.get("/-/schema").status_code == 200
