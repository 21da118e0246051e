# SPDX-License-Identifier: Apache-2.0
"""The site's history over HTTP, on both versions of Datasette: files of kept releases, what is gone, what is cached."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sourcebook.publish import versions
from tests.past import BOOK_NAME, with_repository
from tests.served import PYTHONS, serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serve")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.past import build

    above = tmp_path_factory.mktemp("served") / "book"
    with_repository(above)
    build(above)
    return above


@pytest.fixture(scope="module", params=PYTHONS)
def client(folder: Path, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    if not Path(PYTHONS[request.param]).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(PYTHONS[request.param], folder) as found:
        yield found


def test_files_of_a_kept_release_are_handed_out_as_downloads_are(client: httpx.Client, folder: Path) -> None:
    path = folder / "build/versions/1.0.0" / f"{BOOK_NAME}.db"
    data = path.read_bytes()
    whole = client.get(f"/releases/1.0.0/{BOOK_NAME}.db")
    assert whole.content == data
    assert whole.headers["etag"] == f'"{hashlib.sha256(data).hexdigest()}"'
    part = client.get(f"/releases/1.0.0/{BOOK_NAME}.db", headers={"Range": "bytes=16-31"})
    assert (part.status_code, part.content) == (206, data[16:32])
    again = client.get(f"/releases/1.0.0/{BOOK_NAME}.db", headers={"If-None-Match": whole.headers["etag"]})
    assert again.status_code == 304
    assert client.head("/releases/1.0.0/csv/claims.csv").headers["content-type"].startswith("text/csv")
    assert client.get("/releases/1.0.0/SHA256SUMS").content == path.with_name("SHA256SUMS").read_bytes()
    for odd in ("nothing", "..%2f1.0.0%2fSHA256SUMS", "report.json", "csv", ""):
        assert client.get(f"/releases/1.0.0/{odd}").status_code == 404


@pytest.mark.parametrize("form", ["", ".json"])
def test_datasettes_rows_of_what_is_gone_say_so(client: httpx.Client, form: str) -> None:
    gone = client.get(f"/{BOOK_NAME}/people/bystander{form}")
    assert gone.status_code == 410
    assert "Someone Else" not in gone.text
    if form:
        assert gone.json()["how"] == "removed"
    moved = client.get(f"/{BOOK_NAME}/people/isil{form}", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (308, f"/{BOOK_NAME}/people/isil-fener{form}")
    assert client.get(f"/{BOOK_NAME}/people/nobody-at-all{form}").status_code == 404
    assert client.get(f"/{BOOK_NAME}/people/isil-fener{form}").status_code == 200


def test_pages_are_answered_by_their_tag_until_versions_change(client: httpx.Client, folder: Path) -> None:
    build = folder / "build"
    for address in (
        "/changes",
        "/releases",
        "/releases.json",
        "/as-of/1.0.0/people/isil",
        "/changes?collection=people",
    ):
        first = client.get(address)
        assert first.status_code == 200
        assert client.get(address, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    first = client.get("/releases")
    version = f"9.0.{len(list((build / 'versions').iterdir()))}"
    current = (build / "current").resolve()
    versions.keep(build, current, version, day="2026-06-01", name=BOOK_NAME)
    again = client.get("/releases", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 200
    assert version in again.text
    assert client.get(f"/as-of/{version}/people/isil-fener").status_code == 200
    versions.empty(build, version, "It was made by mistake.", day="2026-06-02")
    for address in (f"/as-of/{version}/people/isil-fener", f"/releases/{version}/csv/people.csv"):
        gone = client.get(address)
        assert gone.status_code == 410
        assert "It was made by mistake." in gone.text


def test_no_commits_author_is_anywhere(client: httpx.Client) -> None:
    for address in ("/changes", "/changes.json", "/changes.atom", "/people/isil-fener/history.json", "/releases.json"):
        text = client.get(address).text
        assert "nobody@" not in text
        assert "The book" not in text  # the subject of its commits
