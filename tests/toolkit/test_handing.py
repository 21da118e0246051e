# SPDX-License-Identifier: Apache-2.0
"""Files over HTTP: whole, in part and packed; asked for by conditions, oddly and with ill will."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import http.client
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sourcebook
from sourcebook.files import open_below
from sourcebook.site.handing.codings import acceptable
from sourcebook.site.handing.downloads import Downloads
from sourcebook.site.handing.ranges import Span, spans
from sourcebook.site.handing.telling import file_name
from tests.served import PYTHONS, ROOT, serving

BOOK = ROOT / "tests" / "site" / "book"
FILE = "csv/claims.csv"
PLAIN = {"accept-encoding": "identity"}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(BOOK, tmp_path_factory.mktemp("handing") / "book")
    assert sourcebook.build(folder, formats=("flat", "zip", "gzip")).release
    return folder


@pytest.fixture(scope="module")
def release(book: Path) -> Path:
    return (book / "build/current").resolve()


@pytest.fixture(scope="module")
def content(release: Path) -> bytes:
    return (release / FILE).read_bytes()


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def site(request: pytest.FixtureRequest, book: Path) -> Iterator[httpx.Client]:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(request.param, book) as client:
        yield client


served = [pytest.mark.slow, pytest.mark.xdist_group("handing")]


def get(site: httpx.Client, path: str = FILE, method: str = "GET", **headers: str) -> httpx.Response:
    asked = {"accept-encoding": "identity"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return site.request(method, f"/-/downloads/{path}", headers=asked)


# --- over HTTP --------------------------------------------------------------------------------------------------------


class TestServed:
    pytestmark = served

    def test_every_file_is_the_one_that_the_checksums_list(self, site: httpx.Client, release: Path) -> None:
        lines = get(site, "SHA256SUMS").text.splitlines()
        assert any(line.endswith(".gz") for line in lines)
        assert any(line.endswith(".zip") for line in lines)
        for line in lines:
            digest, _, path = line.partition("  ")
            answer = get(site, path)
            assert answer.status_code == 200
            assert hashlib.sha256(answer.content).hexdigest() == digest
            assert answer.headers["etag"] == f'"{digest}"'
            assert answer.headers["content-length"] == str((release / path).stat().st_size)
            assert "content-encoding" not in answer.headers

    @pytest.mark.parametrize(
        ("path", "media_type", "saved"),
        [
            (FILE, "text/csv; charset=utf-8", 'attachment; filename="lantern-harbour-claims.csv"'),
            ("flat/claims.csv", "text/csv; charset=utf-8", 'attachment; filename="lantern-harbour-claims-flat.csv"'),
            (f"{FILE}.gz", "application/gzip", 'attachment; filename="lantern-harbour-claims.csv.gz"'),
            ("json/claims.json", "application/json", 'attachment; filename="lantern-harbour-claims.json"'),
            ("lantern-harbour.db", "application/vnd.sqlite3", 'attachment; filename="lantern-harbour.db"'),
            ("lantern-harbour.zip", "application/zip", 'attachment; filename="lantern-harbour.zip"'),
            ("datapackage.json", "application/json", 'inline; filename="datapackage.json"'),
            ("SHA256SUMS", "text/plain; charset=utf-8", 'inline; filename="SHA256SUMS"'),
        ],
    )
    def test_type_and_name(self, site: httpx.Client, release: Path, path: str, media_type: str, saved: str) -> None:
        if not (release / path).is_file():
            pytest.skip("this build does not write the format yet")
        headers = get(site, path).headers
        assert headers["content-type"] == media_type
        assert headers["content-disposition"].startswith(f"{saved}; filename*=UTF-8''")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["access-control-allow-origin"] == "*"
        assert "etag" in headers["access-control-expose-headers"].lower()
        assert headers["cache-control"] == "public, no-cache, no-transform"
        assert headers["vary"] == "accept-encoding"
        assert "sandbox" in headers["content-security-policy"]

    def test_who_has_it_is_told_so(self, site: httpx.Client) -> None:
        whole = get(site)
        for tags in (whole.headers["etag"], "*", f'"other", W/{whole.headers["etag"]}'):
            answer = get(site, if_none_match=tags)
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["etag"] == whole.headers["etag"]
        assert get(site, if_none_match='"other"').status_code == 200
        assert get(site, if_match=whole.headers["etag"]).status_code == 200
        assert get(site, if_match='"other"').status_code == 412
        assert get(site, if_match=f"W/{whole.headers['etag']}").status_code == 412

    def test_a_date_is_no_sign_of_the_same_file(self, site: httpx.Client, release: Path, content: bytes) -> None:
        changed = formatdate(int((release / FILE).stat().st_mtime), usegmt=True)
        assert "last-modified" not in get(site).headers
        assert get(site, if_modified_since=changed).status_code == 200
        joined = get(site, range="bytes=4-", if_range=changed)
        assert (joined.status_code, joined.content) == (200, content)

    @pytest.mark.parametrize("path", ["/-/downloads", "/-/downloads/"])
    def test_their_folder_leads_to_the_page_that_lists_them(self, site: httpx.Client, path: str) -> None:
        answer = site.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (302, "/downloads")
        assert site.get(path, follow_redirects=True).status_code == 200

    def test_the_checksums_are_at_the_root_too(self, site: httpx.Client) -> None:
        answer = site.get("/SHA256SUMS", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (302, "/-/downloads/SHA256SUMS")
        home = site.get("/")
        assert "SHA256SUMS" not in home.headers["link"]
        assert "tableschema/" not in home.text  # a part of its table

    def test_a_part(self, site: httpx.Client, content: bytes) -> None:
        size = len(content)
        for asked, start, stop in (
            ("bytes=0-9", 0, 10),
            ("bytes=5-5", 5, 6),
            (f"bytes={size - 7}-", size - 7, size),
            ("bytes=-7", size - 7, size),
            (f"bytes=-{size + 99}", 0, size),
            (f"bytes=3-{10**30}", 3, size),
            ("BYTES = 2-4 ,", 2, 5),
            ("bytes=0-3,2-9", 0, 10),  # made one
        ):
            answer = get(site, range=asked)
            assert answer.status_code == 206, asked
            assert answer.content == content[start:stop]
            assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
            assert answer.headers["content-length"] == str(stop - start)

    def test_several_parts(self, site: httpx.Client, content: bytes) -> None:
        answer = get(site, range="bytes=20-29,0-3,-5")
        assert answer.status_code == 206
        boundary = re.fullmatch(r"multipart/byteranges; boundary=(\w+)", answer.headers["content-type"])
        assert boundary
        assert answer.headers["content-length"] == str(len(answer.content))
        first, *parts, last = answer.content.split(f"--{boundary[1]}".encode())
        assert (first, last) == (b"", b"--\r\n")
        found = [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts]
        assert found == [content[20:30], content[:4], content[-5:]]
        assert f"content-range: bytes 20-29/{len(content)}".encode() in parts[0].lower()

    @pytest.mark.parametrize("asked", ["bytes=9-5", "bytes=a-b", "bytes=--1", "bytes=", "lines=0-3", "bytes=1", "0-3"])
    def test_what_is_no_range_is_answered_by_the_whole(self, site: httpx.Client, content: bytes, asked: str) -> None:
        answer = get(site, range=asked)
        assert (answer.status_code, answer.content) == (200, content)

    def test_thousands_of_parts_are_answered_by_the_whole(self, site: httpx.Client, content: bytes) -> None:
        for asked in (",".join(f"{n}-{n}" for n in range(0, 8_000, 2)), ",".join(["0-"] * 5_000)):
            answer = get(site, range=f"bytes={asked}")
            assert (answer.status_code, answer.content) == (200, content)

    @pytest.mark.parametrize("asked", ["bytes=999999-", f"bytes={10**40}-", "bytes=-0", "bytes=999999-,888888-"])
    def test_parts_that_are_not_there(self, site: httpx.Client, content: bytes, asked: str) -> None:
        answer = get(site, range=asked)
        assert answer.status_code == 416
        assert answer.headers["content-range"] == f"bytes */{len(content)}"
        data = get(site, range=asked, accept="application/json").json()
        assert (data["ok"], data["status"]) == (False, 416)

    def test_a_part_of_another_file_is_not_sent(self, site: httpx.Client, content: bytes) -> None:
        tag = get(site).headers["etag"]
        assert get(site, range="bytes=5-", if_range=tag).status_code == 206
        for other in ('"other"', f"W/{tag}", "Mon, 01 Jan 2024 00:00:00 GMT", "nonsense"):
            answer = get(site, range="bytes=5-", if_range=other)
            assert (answer.status_code, answer.content) == (200, content)

    def test_the_packed_copy(self, site: httpx.Client, release: Path, content: bytes) -> None:
        plain = get(site)
        for asked in ("gzip", "deflate, gzip;q=0.5", "x-gzip", "gzip;q=0.1, *;q=0", "identity;q=0, *"):
            with site.stream("GET", f"/-/downloads/{FILE}", headers={"accept-encoding": asked}) as answer:
                raw = b"".join(answer.iter_raw())
            assert answer.headers["content-encoding"] == "gzip", asked
            assert answer.headers["content-type"] == plain.headers["content-type"]
            assert answer.headers["content-disposition"] == plain.headers["content-disposition"]
            assert raw == (release / f"{FILE}.gz").read_bytes()
            assert gzip.decompress(raw) == content
            assert answer.headers["etag"] == f'"{hashlib.sha256(raw).hexdigest()}"' != plain.headers["etag"]
        for asked in ("", "identity", "br", "gzip;q=0", "gzip;q=0.5, identity", "*", "gzip;q=nonsense", "compress"):
            answer = get(site, accept_encoding=asked)
            assert "content-encoding" not in answer.headers, asked
            assert answer.content == content
        answer = get(site, accept_encoding="identity;q=0")
        assert answer.status_code == 406

    def test_a_part_is_one_of_the_file_as_it_is(self, site: httpx.Client, content: bytes, release: Path) -> None:
        answer = get(site, accept_encoding="gzip", range="bytes=0-9")
        assert (answer.status_code, answer.content) == (206, content[:10])
        packed = (release / f"{FILE}.gz").read_bytes()
        tag = f'"{hashlib.sha256(packed).hexdigest()}"'  # who has the beginning of the packed copy gets its end
        headers = {"accept-encoding": "gzip", "range": "bytes=10-", "if-range": tag}
        with site.stream("GET", f"/-/downloads/{FILE}", headers=headers) as rest:
            raw = b"".join(rest.iter_raw())
        assert rest.status_code == 206
        assert raw == packed[10:]
        assert rest.headers["content-encoding"] == "gzip"

    def test_head_tells_the_same_without_the_file(self, site: httpx.Client) -> None:
        whole, head = get(site), get(site, method="HEAD")
        assert head.status_code == 200
        assert head.content == b""
        same = {name: value for name, value in whole.headers.items() if name != "date"}
        assert {name: value for name, value in head.headers.items() if name != "date"} == same
        assert get(site, method="HEAD", range="bytes=0-3").status_code == 200
        missing = get(site, "nothing.csv", method="HEAD")
        assert (missing.status_code, missing.content) == (404, b"")

    def test_other_methods(self, site: httpx.Client) -> None:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = get(site, method=method)
            assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        preflight = get(site, method="OPTIONS", origin="https://other.example", access_control_request_method="GET")
        assert preflight.status_code == 204
        assert "range" in preflight.headers["access-control-allow-headers"].lower()

    @pytest.mark.parametrize(
        "path",
        [
            *("csv", "csv/", "/csv/claims.csv", "csv//claims.csv", "csv/claims.csv/", "report.json"),
            *("../../../datapackage.yaml", "..%2f..%2f..%2fdatapackage.yaml", "%2e%2e/%2e%2e/%2e%2e/datapackage.yaml"),
            *(
                "csv/../csv/claims.csv",
                "csv%5cclaims.csv",
                "csv/claims.csv%00",
                "%00",
                "%2fetc%2fpasswd",
                "/etc/passwd",
            ),
            *("CSV/CLAIMS.CSV", "csv/claims.csv%20", "%ff%fe", "~root/.ssh/id", "csv/claims.csv.gz.gz", "a" * 4_000),
        ],
    )
    def test_nothing_else_is_handed_out(self, site: httpx.Client, path: str) -> None:
        connection = http.client.HTTPConnection(site.base_url.host, site.base_url.port or 80, timeout=30)
        with closing(connection):
            connection.request("GET", f"/-/downloads/{path}")  # as it is: other clients take dots out
            answer = connection.getresponse()
            assert (answer.status, b"no such file" in answer.read()) == (404, True)
            assert answer.headers["etag"] is None

    def test_errors_are_told_as_they_are_asked_for(self, site: httpx.Client) -> None:
        data = get(site, "nothing.csv", accept="application/json")
        assert data.json() == {"ok": False, "error": "There is no such file in this release.", "status": 404}
        page = get(site, "nothing.csv", accept="text/html,*/*")
        assert page.headers["content-type"].startswith("text/html")
        assert 'href="/downloads"' in page.text
        line = get(site, "nothing.csv")
        assert (line.status_code, line.text) == (404, "There is no such file in this release.\n")

    def test_the_index_at_its_own_address(self, site: httpx.Client, release: Path) -> None:
        answer = site.get("/index.json", headers=PLAIN)
        assert answer.content == (release / "index.json").read_bytes()
        assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
        again = site.get("/index.json", headers={**PLAIN, "if-none-match": answer.headers["etag"]})
        assert again.status_code == 304
        for one in answer.json()["files"]:
            here = get(site, one["path"], method="HEAD")
            assert here.headers["etag"] == f'"{one["sha256"]}"'
            assert here.headers["content-length"] == str(one["bytes"])
            assert here.headers["content-type"].partition(";")[0] == one["mediatype"]

    def test_curl_goes_on_where_it_was_stopped(self, site: httpx.Client, content: bytes, tmp_path: Path) -> None:
        if not shutil.which("curl"):
            pytest.skip("curl is not installed")
        (tmp_path / "claims.csv").write_bytes(content[:100])
        address = f"{site.base_url}-/downloads/{FILE}"
        command = ["curl", "-fsS", "--noproxy", "*", "-C", "-", "-o", "claims.csv", address]
        subprocess.run(command, cwd=tmp_path, check=True)
        assert (tmp_path / "claims.csv").read_bytes() == content


@pytest.mark.slow
@pytest.mark.xdist_group("handing")
@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_a_file_goes_on_when_its_release_is_replaced_and_is_let_go_when_its_reader_is(
    python: str, tmp_path: Path
) -> None:
    if not Path(python).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    folder = shutil.copytree(BOOK, tmp_path / "book")
    release = sourcebook.build(folder, formats=("csv",)).release
    assert release
    with (release / "large.txt").open("wb") as file:
        for number in range(4_000_000):
            file.write(b"%07d\n" % number)
    with (release / "SHA256SUMS").open("a") as sums:
        sums.write(f"{hashlib.sha256((release / 'large.txt').read_bytes()).hexdigest()}  large.txt\n")
    wanted = hashlib.sha256((release / "large.txt").read_bytes()).hexdigest()
    at_site = serving(python, folder, "--unsealed")  # which no build wrote as it is
    with at_site as site, socket.create_connection((site.base_url.host, site.base_url.port)) as slow:
        slow.sendall(b"GET /-/downloads/large.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        got = slow.recv(10_000)
        shutil.rmtree(release)
        for path in sorted((folder / "data").rglob("*.yaml"))[:1]:
            path.write_text(path.read_text("utf-8") + "\n# seen again\n", "utf-8")
        assert sourcebook.build(folder, formats=("csv",), clean=True).release
        assert site.get("/").status_code == 200
        assert site.get("/-/downloads/large.txt").status_code == 404
        while piece := slow.recv(1_000_000):
            got += piece
        assert hashlib.sha256(got.partition(b"\r\n\r\n")[2]).hexdigest() == wanted


# --- without a server -------------------------------------------------------------------------------------------------


def asked(downloads: Downloads, path: str, headers: dict[str, str], gone_after: int = 10**9) -> list[Any]:
    """What is sent; the reader goes away after so many messages."""
    sent: list[Any] = []

    async def run() -> None:
        left = asyncio.Event()

        async def receive() -> Any:
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)
            if len(sent) >= gone_after:
                left.set()

        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await downloads({"type": "http", "method": "GET", "path": path, "headers": pairs}, receive, send, path)

    asyncio.run(run())
    return sent


def made(folder: Path, files: dict[str, bytes]) -> Downloads:
    lines = []
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
        lines.append(f"{hashlib.sha256(data).hexdigest()}  {path}\n")
    (folder / "SHA256SUMS").write_text("".join(lines))
    return Downloads(folder, "book")


def open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def test_a_reader_that_goes_away_frees_the_file(tmp_path: Path) -> None:
    downloads = made(tmp_path, {"large.csv": bytes(50_000_000)})
    before = open_files()
    sent = asked(downloads, "large.csv", {}, gone_after=5)
    assert 5 <= len(sent) < 20
    assert open_files() == before


def test_no_more_than_a_piece_of_a_file_is_in_memory(tmp_path: Path) -> None:
    sent = asked(made(tmp_path, {"large.csv": bytes(5_000_000)}), "large.csv", {})
    bodies = [len(one["body"]) for one in sent[1:]]
    assert sum(bodies) == 5_000_000
    assert max(bodies) <= 512 * 1024


def test_a_file_that_becomes_shorter_has_no_end(tmp_path: Path) -> None:
    downloads = made(tmp_path, {"large.csv": bytes(5_000_000)})
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)
        os.truncate(tmp_path / "large.csv", 1_000_000)

    scope = {"type": "http", "method": "GET", "path": "large.csv", "headers": []}
    asyncio.run(downloads(scope, receive, send, "large.csv"))
    assert sent[-1].get("more_body")


@pytest.mark.parametrize("which", ["file", "folder"])
def test_a_link_is_not_followed(tmp_path: Path, which: str) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/claims.csv").write_text("PRIVATE")
    downloads = made(tmp_path / "release", {"csv/claims.csv": b"public"})
    if which == "file":
        (tmp_path / "release/csv/claims.csv").unlink()
        (tmp_path / "release/csv/claims.csv").symlink_to(tmp_path / "outside/claims.csv")
    else:
        shutil.rmtree(tmp_path / "release/csv")
        (tmp_path / "release/csv").symlink_to(tmp_path / "outside")
    before = open_files()
    sent = asked(downloads, "csv/claims.csv", {})
    assert sent[0]["status"] == 404
    assert b"PRIVATE" not in sent[1]["body"]
    assert open_files() == before


def test_a_pipe_is_not_read_and_what_has_gone_is_asked_for_again(tmp_path: Path) -> None:
    downloads = made(tmp_path, {"a.csv": b"a", "b.csv": b"b"})
    (tmp_path / "a.csv").unlink()
    os.mkfifo(tmp_path / "a.csv")
    (tmp_path / "b.csv").unlink()
    before = open_files()
    assert asked(downloads, "a.csv", {})[0]["status"] == 404
    assert asked(downloads, "b.csv", {})[0]["status"] == 503
    with pytest.raises(OSError, match="regular"):
        open_below(tmp_path, "a.csv")
    assert open_files() == before


def test_an_empty_file(tmp_path: Path) -> None:
    downloads = made(tmp_path, {"empty.csv": b""})
    for asked_for, status in (("bytes=0-", 416), ("bytes=-5", 200), ("bytes=0-0", 416)):
        sent = asked(downloads, "empty.csv", {"range": asked_for})
        assert sent[0]["status"] == status, asked_for


@given(st.text(max_size=60) | st.from_regex(r"bytes=[0-9,\- ]{0,60}", fullmatch=True), st.integers(0, 300))
def test_any_range_is_answered_by_parts_of_the_file(header: str, size: int) -> None:
    found = spans(header, size)
    if found is None:
        return
    assert all(0 <= one.start < one.stop <= size for one in found)
    assert len(found) <= 32
    in_order = sorted(found)
    assert all(one.stop <= other.start for one, other in pairwise(in_order))


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(0, 120)), min_size=1, max_size=20))
def test_the_bytes_that_are_asked_for_are_sent_and_no_others(pairs: list[tuple[int, int]]) -> None:
    ordered = [(min(pair), max(pair)) for pair in pairs]
    found = spans("bytes=" + ",".join(f"{first}-{last}" for first, last in ordered), 100)
    wanted = {number for first, last in ordered for number in range(first, min(last + 1, 100))}
    assert found is not None
    assert {number for one in found for number in range(one.start, one.stop)} == wanted


def test_parts_keep_their_order_where_they_do_not_overlap() -> None:
    assert spans("bytes=50-59,0-9", 100) == [Span(50, 60), Span(0, 10)]
    assert spans("bytes=50-59,0-9,5-20", 100) == [Span(0, 21), Span(50, 60)]
    assert spans("bytes=0-9,10-19", 100) == [Span(0, 10), Span(10, 20)]
    assert spans("bytes=0-9,200-300", 100) == [Span(0, 10)]


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, ["identity"]),
        ("", ["identity"]),
        ("gzip", ["gzip", "identity"]),
        ("gzip, br", ["br", "gzip", "identity"]),
        ("gzip;q=1.0, br;q=0.9", ["gzip", "br", "identity"]),
        ("GZIP ; Q=0.5", ["gzip", "identity"]),
        ("gzip;q=0.001", ["gzip", "identity"]),
        ("*", ["identity", "br", "gzip"]),
        ("gzip;q=0, *", ["identity", "br"]),
        ("*;q=0", []),
        ("identity;q=0, gzip;q=0", []),
        ("identity;q=0, gzip", ["gzip"]),
        ("identity, gzip;q=0.5", ["identity", "gzip"]),
        ("identity;q=0.5, gzip;q=0.5", ["gzip", "identity"]),
        ("gzip;q=2", ["identity"]),
        (";;,,=", ["identity"]),
    ],
)
def test_codings_by_what_is_taken(header: str | None, wanted: list[str]) -> None:
    assert acceptable(header, ("br", "gzip")) == wanted


@given(st.text(max_size=80))
def test_any_header_of_codings_is_read(header: str) -> None:
    assert set(acceptable(header, ("br", "gzip"))) <= {"br", "gzip", "identity"}


def test_no_two_files_are_saved_by_the_same_name() -> None:
    paths = [f"{folder}/a{ending}" for folder, ending in (
        ("csv", ".csv"), ("flat", ".csv"), ("spreadsheet", ".csv"), ("json", ".json"), ("tableschema", ".json"),
        ("ndjson", ".ndjson"), ("xlsx", ".xlsx"), ("parquet", ".parquet"), ("geojson", ".geojson"),
    )]  # fmt: skip
    paths += [path + ending for path in paths for ending in (".gz", ".br")]
    names = [file_name("harbour", path) for path in paths]
    assert len(set(names)) == len(paths)
    assert file_name("harbour", "csv/a.csv") == "harbour-a.csv"
    assert file_name("harbour", "flat/a.csv.gz") == "harbour-a-flat.csv.gz"
    assert file_name("harbour", "tableschema/a.b.json") == "harbour-a.b-tableschema.json"
    assert file_name("harbour", "datapackage.json") == "datapackage.json"


def test_readers_that_wait_do_not_hold_up_others(tmp_path: Path) -> None:
    downloads = made(tmp_path, {"large.csv": bytes(20_000_000)})
    turns = 0

    async def run() -> None:
        nonlocal turns

        async def receive() -> Any:
            await asyncio.Event().wait()

        async def send(message: Any) -> None:
            pass

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        beside = asyncio.create_task(other())
        scope = {"type": "http", "method": "GET", "path": "large.csv", "headers": []}
        await downloads(scope, receive, send, "large.csv")
        beside.cancel()

    asyncio.run(run())
    assert turns > 20


def test_the_same_thread_may_serve_many(tmp_path: Path) -> None:
    downloads = made(tmp_path, {"a.csv": b"abc" * 100_000})
    found: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(sum(len(m.get("body", b"")) for m in asked(downloads, "a.csv", {})))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [300_000] * 4
