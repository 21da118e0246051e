# SPDX-License-Identifier: Apache-2.0
"""The served site over HTTP, on both versions of Datasette."""

from __future__ import annotations

import hashlib
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

import sourcebook
from tests.served import BOOKS, PYTHONS, running, serving, wait_for

pytestmark = pytest.mark.xdist_group("serve")
Copy = Callable[[str], Path]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(BOOKS / "orchard", tmp_path_factory.mktemp("served") / "orchard")
    sourcebook.build(folder)
    return folder


def _needs(python: str) -> None:
    if not Path(python).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def site(request: pytest.FixtureRequest, built: Path) -> Iterator[httpx.Client]:
    _needs(request.param)
    with serving(request.param, built) as client:
        yield client


def rows(site: httpx.Client, path: str, **parameters: str) -> list[dict[str, object]]:
    answer = site.get(path, params={"_shape": "array", **parameters})
    assert answer.status_code == 200, answer.text[:500]
    found: list[dict[str, object]] = answer.json()
    return found


def test_the_home_page_says_what_the_book_is(site: httpx.Client) -> None:
    page = site.get("/").text
    for words in ("The orchard book", "that does not exist", "Varieties", "CC0", "The orchard book, 1.0.0.", "1.0.0"):
        assert words in page
    for link in (
        "/varieties",
        "/questions/heaviest",
        "/orchard/harvest_list",
        "/-/downloads/csv/varieties.csv",
        "/-/downloads/orchard.db",
        "/search",
    ):
        assert f'="{link}"' in page
    assert '<span class="count">2</span>' in page


def test_every_link_of_the_home_page_answers(site: httpx.Client) -> None:
    page = site.get("/").text
    links = {part.split('"')[0] for part in page.split('href="')[1:]}
    inside = [link for link in links if link.startswith("/")]
    assert len(inside) > 10
    assert [(link, code) for link in inside if (code := site.get(link, follow_redirects=True).status_code) != 200] == []


def test_table_pages_show_titles_descriptions_licence_and_labels(site: httpx.Client) -> None:
    page = site.get("/orchard/varieties").text
    for words in ("Apple varieties", "CC0", "Name in the trade", "Red Lantern"):
        assert words in page
    assert "Alder Farm" in site.get("/orchard/harvests").text
    assert ">Red Lantern</a>" in site.get("/orchard/harvests").text


def test_a_child_table_has_the_licence_too(site: httpx.Client) -> None:
    assert "CC0" in site.get("/orchard/varieties_trials").text


def test_facets_are_those_of_the_descriptor_and_none_are_suggested(site: httpx.Client) -> None:
    page = site.get("/orchard/varieties").text
    assert "season" in page
    assert "facet-results" in page
    assert "Suggested facets" not in page


def test_records_and_links(site: httpx.Client) -> None:
    assert rows(site, "/orchard/varieties/red-lantern.json")[0]["name"] == "Red Lantern"
    (row,) = rows(site, "/orchard/varieties_trials.json", year="1999")
    assert row["_key"] == "red-lantern/trials/0"
    assert site.get("/orchard/varieties_trials/red-lantern~2Ftrials~2F0").status_code == 200


@pytest.mark.parametrize(
    ("table", "words", "found"),
    [
        ("varieties", "lantern", "Red Lantern"),
        ("varieties_names", "Kırmızı fener", "Kırmızı Fener"),
        ("varieties_names", "kirmizi FENER", "Kırmızı Fener"),
        ("varieties_names", "KIRMIZI", "Kırmızı Fener"),
        ("varieties_names", "rote lanterne", None),
        ("growers", 'Brook "& Sons"', '=Brook "& Sons"'),
    ],
)
def test_search(site: httpx.Client, table: str, words: str, found: str | None) -> None:
    answer = rows(site, f"/orchard/{table}.json", _search=words)
    assert [row.get("_value", row.get("name")) for row in answer] == ([found] if found else [])


def test_canned_queries_and_sql(site: httpx.Client) -> None:
    assert rows(site, "/orchard/heaviest.json", at_least="100") == [
        {"number": 1, "variety": "red-lantern", "kilograms": 120}
    ]
    assert "The heaviest harvests" in site.get("/orchard/heaviest?at_least=1").text
    sql = {"sql": "select count(*) as n from _records", "_shape": "array"}
    assert site.get("/orchard.json", params=sql, follow_redirects=True).json() == [{"n": 6}]


def test_downloads_are_the_files_of_the_release(site: httpx.Client, built: Path) -> None:
    sums = site.get("/-/downloads/SHA256SUMS").text.splitlines()
    assert len(sums) == len((built / "build/SHA256SUMS").read_text().splitlines())
    for line in sums:
        digest, _, name = line.partition("  ")
        answer = site.get(f"/-/downloads/{name}")
        assert hashlib.sha256(answer.content).hexdigest() == digest, name
    assert site.get("/-/downloads/csv/varieties.csv").headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize("path", ["report.json", "../datapackage.yaml", "%2e%2e/x", "csv", "csv/", "/etc/passwd"])
def test_nothing_else_can_be_downloaded(site: httpx.Client, path: str) -> None:
    assert site.get(f"/-/downloads/{path}").status_code == 404


def test_the_site_is_read_only_and_bounded(site: httpx.Client) -> None:
    def sql(text: str) -> httpx.Response:
        return site.get("/orchard.json", params={"sql": text, "_shape": "array"}, follow_redirects=True)

    assert sql("delete from varieties").status_code >= 400
    assert sql("select length(randomblob(900000000))").status_code >= 400
    slow = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    assert sql(slow).status_code >= 400
    assert site.get("/orchard/varieties.csv?_stream=on").status_code >= 400


@pytest.mark.parametrize("path", ["/", "/orchard", "/orchard/varieties", "/-/downloads/SHA256SUMS", "/nothing"])
def test_every_page_has_the_headers_of_a_public_site(site: httpx.Client, path: str) -> None:
    headers = site.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_a_new_release_is_picked_up_without_a_failed_request(book: Copy, python: str) -> None:
    _needs(python)
    folder = book("orchard")
    sourcebook.build(folder)
    answers: list[tuple[int, int]] = []
    done = threading.Event()

    def ask(client: httpx.Client) -> None:
        while not done.is_set():
            answer = client.get("/orchard/growers.json?_shape=array")
            answers.append((answer.status_code, len(answer.json())))

    with serving(python, folder) as client:
        readers = [threading.Thread(target=ask, args=(client,)) for _ in range(4)]
        for reader in readers:
            reader.start()
        for number in range(3, 7):
            (folder / f"data/growers/grower-{number}.yaml").write_text(f"name: Grower {number}\n")
            assert sourcebook.build(folder).release
            until = len(answers) + 10
            while len(answers) < until and any(reader.is_alive() for reader in readers):
                done.wait(0.02)
        done.set()
        for reader in readers:
            reader.join()
        assert len(client.get("/orchard/growers.json?_shape=array").json()) == 6
    assert {code for code, _ in answers} == {200}
    assert {count for _, count in answers} <= {2, 3, 4, 5, 6}
    assert len({count for _, count in answers}) > 1


@pytest.mark.parametrize("version", PYTHONS)
def test_plain_datasette_serves_the_built_files(built: Path, version: str) -> None:
    """Without ``sourcebook serve``: the database and the generated configuration are enough."""
    _needs(PYTHONS[version])
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    build = built / "build"
    command = [PYTHONS[version], "-m", "datasette", "-i", str(build / "orchard.db"), "-m", str(build / "metadata.json")]
    command += ["-c", str(build / "datasette.json")] if version == "datasette-1" else []
    address = f"http://127.0.0.1:{port}"
    with (
        running([*command, "-h", "127.0.0.1", "-p", str(port)]),
        httpx.Client(base_url=address, timeout=30, trust_env=False) as client,
    ):
        assert "The orchard book" in wait_for(client, "/").text
        assert "Apple varieties" in client.get("/orchard/varieties").text
        assert rows(client, "/orchard/varieties_names.json", _search="kirmizi")[0]["_value"] == "Kırmızı Fener"
        assert rows(client, "/orchard/heaviest.json", at_least="100")[0]["number"] == 1


def test_a_book_that_was_not_built_is_not_served(book: Copy) -> None:
    command = [sys.executable, "-m", "sourcebook.cli", "serve", "--book", str(book("orchard"))]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stderr) == (2, result.stderr)
    assert "sourcebook build" in result.stderr


def test_a_port_that_is_taken_is_said_plainly(built: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "sourcebook.cli", "serve", "--book", str(built), "--port", port]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 4
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr
