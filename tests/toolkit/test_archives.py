# SPDX-License-Identifier: Apache-2.0
"""What ``links`` tells of documents: by what a job saw, never by the network; hostile lines are told and left out."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from sourcebook.errors import UsageError
from tests.harbour import BOOK as HARBOUR
from tests.harbour import get, opened, text

BOOK = """name: shelf
title: A shelf of documents
licenses: [{name: CC0-1.0}]
resources:
  - name: documents
    path: build/csv/documents.csv
    schema: build/tableschema/documents.json
    sourcebook:
      records: data/documents.yaml
      layout: list
      key: id
      role: {source: {url: url, archive: copy, accessed: read, sha256: sha256}}
"""
A, B = "a" * 64, "b" * 64
DOCUMENTS = f"""- {{id: whole, url: "https://quay.example/a", copy: "https://keep.example/1", read: "2026-01-02", sha256: {A}}}
- {{id: gone, url: "https://quay.example/b", read: "2026-01-02"}}
- {{id: front, url: "https://quay.example/c?x=1", copy: "https://keep.example/2", read: "2026-01-02"}}
- {{id: soft, url: "https://quay.example/d", copy: "https://keep.example/3", read: "2026-01-02"}}
- {{id: changed, url: "https://quay.example/e", copy: "https://keep.example/4", read: "2026-01-02", sha256: {A}}}
- {{id: later, url: "https://quay.example/f", copy: "https://keep.example/5", read: "2026-01-02"}}
- {{id: deaf, url: "https://quay.example/g", copy: "https://keep.example/6", read: "2026-01-02"}}
- {{id: shy, url: "https://quay.example/h", copy: "https://keep.example/7", read: "2026-01-02"}}
- {{id: moved, url: "http://quay.example/i/", copy: "https://keep.example/8", read: "2026-01-02"}}
- {{id: never, url: "https://quay.example/j", copy: "https://keep.example/9"}}
- {{id: paper, read: "2026-01-02"}}
"""  # noqa: E501


def look(url: str, status: int | None = 200, day: str = "2026-11-01", **more: object) -> str:
    """A line of what was seen."""
    answer = {"status": status} if status else {}
    return json.dumps({"url": url, "checked": day, **answer, **more}) + "\n"


def quay(page: str, status: int | None = 200, day: str = "2026-11-01", **more: object) -> str:
    """The same of a page of the newspaper."""
    return look(f"https://quay.example/{page}", status, day, **more)


SEEN = (
    quay("a", sha256=A.upper())
    + quay("b", 404)
    + quay("b", day="2026-10-01T10:00:00Z")
    + quay("c?x=1", final="https://quay.example/index.html")
    + quay("d", title="Page not found – Quay Gazette")
    + quay("e", sha256=B)
    + quay("f", sha256=A, day="2026-10-01")
    + quay("f", sha256=B)
    + quay("g", None, error="name not known")
    + quay("h", 403)
    + look("http://quay.example/i/", final="https://www.quay.example/i")
    + "".join(look(f"https://keep.example/{number}") for number in range(2, 10))
    + look("https://keep.example/1", 200, final="https://keep.example/20260102/1")
    + look("https://else.example/")
)

TOLD = """2: does not answer, or says that it is gone
  data/documents.yaml:2: documents gone: https://quay.example/b, status 404; it answered on 2026-10-01, seen on 2026-11-01
  data/documents.yaml:7: documents deaf: https://quay.example/g, no answer: name not known, seen on 2026-11-01
1: did not let the job in; a browser may see it
  data/documents.yaml:8: documents shy: https://quay.example/h, status 403, seen on 2026-11-01
1: leads to a front page
  data/documents.yaml:3: documents front: https://quay.example/c?x=1, leads to https://quay.example/index.html, seen on 2026-11-01
1: answers, and looks like a page that says that it is gone
  data/documents.yaml:4: documents soft: https://quay.example/d, its title is 'Page not found – Quay Gazette', seen on 2026-11-01
2: has other bytes than before
  data/documents.yaml:5: documents changed: https://quay.example/e, its bytes are not those that were read, seen on 2026-11-01
  data/documents.yaml:6: documents later: https://quay.example/f, its bytes are others than on 2026-10-01, seen on 2026-11-01
1: was never looked at
  data/documents.yaml:10: documents never: https://quay.example/j
1: has no address
  data/documents.yaml:11: documents paper
2: has no archived copy that is known
  data/documents.yaml:2: documents gone
  data/documents.yaml:11: documents paper
1: does not tell on which day it was read
  data/documents.yaml:10: documents never
1 addresses of curation/links.jsonl are no document's
11 documents, 2 of them with nothing to be said
"""  # noqa: E501


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The book; a socket is an error."""

    def no_socket(*_: object, **__: object) -> None:
        raise AssertionError("the network was opened")

    monkeypatch.setattr(socket, "socket", no_socket)
    (tmp_path / "data").mkdir()
    (tmp_path / "curation").mkdir()
    (tmp_path / "datapackage.yaml").write_text(BOOK)
    (tmp_path / "data/documents.yaml").write_text(DOCUMENTS)
    (tmp_path / "curation/links.jsonl").write_text(SEEN)
    return tmp_path


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["links", "--book", str(folder), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_each_document_is_told_with_what_was_seen(shelf: Path) -> None:
    code, told = run(shelf)
    assert told.replace(f"{shelf}/", "") == TOLD
    assert code == 0
    assert run(shelf, "--strict")[0] == 1
    assert sourcebook.check(shelf).findings == ()  # the file is the book's own


def test_the_same_as_json(shelf: Path) -> None:
    _, told = run(shelf, "--format", "json")
    data = json.loads(told)
    assert data["format"] == "sourcebook links 1"
    assert data["counts"]["dead"] == 2
    assert {"collection": "documents", "key": "never", "sign": "unchecked"}.items() <= next(
        one for one in data["signs"] if one["key"] == "never"
    ).items()
    assert data["elsewhere"] == 1


def test_what_a_job_is_to_look_at_is_listed_once(shelf: Path) -> None:
    _, told = run(shelf, "--list")
    assert len(told.splitlines()) == len(set(told.splitlines())) == 19
    assert "https://keep.example/1\n" in told


def test_pages_with_the_same_bytes_are_no_pages(shelf: Path) -> None:
    lines = "".join(quay(page, sha256=B) for page in "bdg") + quay("a", sha256=A)
    (shelf / "curation/links.jsonl").write_text(lines)
    found = sourcebook.links(shelf)
    soft = {one.document.key for one in found.judged for sign in one.signs if sign.what == "soft-404"}
    assert soft == {"gone", "soft", "deaf"}


HOSTILE = {
    "nonsense": "this is no JSON",
    "[1]": "an object is expected in each line",
    "{}": "url is missing",
    '{"url": "https://a.example/", "status": 200}': "checked is missing",
    '{"url": "https://a.example/", "checked": "soon", "status": 200}': "checked is no day, and no time: 'soon'",
    '{"url": "https://a.example/", "checked": "2026-11-01"}': "a line has a status, or says the error",
    '{"url": "https://a.example/", "checked": "2026-11-01", "status": true}': "status is no status of HTTP: 'True'",
    '{"url": "https://a.example/", "checked": "2026-11-01", "status": 99999}': "status is no status of HTTP: '99999'",
    '{"url": "javascript:alert(1)", "checked": "2026-11-01", "status": 200}': "url is no address of http or https",
    '{"url": ["https://a.example/"], "checked": "2026-11-01", "status": 200}': "url is to be a text",
    '{"url": "https://a.example/", "checked": "2026-11-01", "status": 200, "sha": "x"}': "'sha' means nothing here",
    '{"url": "https://a.example/", "checked": "2026-11-01", "status": 200, "sha256": "x"}': "sha256 is no SHA-256: 'x'",
    '{"url": "https://a.example/", "checked": "2026-11-01", "status": 200, "final": "file:/x"}': "final is no address",
    '{"url": "https://a.example", "checked": "2026-11-01", "status": 200, "final": "http://[:"}': "final is no address",
    '{"url": "http://\\u2100.example/", "checked": "2026-11-01", "status": 200, "sha256": null}': "url is no address",
    '{"url": "https://a.example/\\u001b[31m", "checked": "2026-11-01", "status": 200}': "url is no address",
    '{"a":' * 5_000: "the line has 25,000 bytes; 8,192 are read at most",
    '{"a":' * 1_600: "this is no JSON",
    "\udcff": "this is no JSON",
}


@pytest.mark.parametrize("line", HOSTILE, ids=[str(number) for number in range(len(HOSTILE))])
def test_a_hostile_line_is_told_and_left_out(shelf: Path, line: str) -> None:
    good = quay("a", sha256=A)
    data = f"{good}\n{line}\n".encode("utf-8", "surrogateescape")
    (shelf / "curation/links.jsonl").write_bytes(data)
    found = sourcebook.links(shelf)
    assert [one.line for one in found.odd] == [3]
    assert found.odd[0].message.startswith(HOSTILE[line])
    assert found.grave
    code, told = run(shelf)
    assert (code, "\x1b" in told) == (0, False)


def test_what_is_seen_is_shown_without_its_controls(shelf: Path) -> None:
    (shelf / "curation/links.jsonl").write_text(quay("g", None, error="\x1b[2J::error::\u202egone"))
    for form in ("text", "json"):
        _, told = run(shelf, "--format", form)
        assert not {"\x1b", "\u202e"} & {*told}


def test_a_link_is_not_followed_and_a_missing_file_is_told(
    shelf: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret"
    secret.write_text("not for anybody")
    (shelf / "curation/links.jsonl").unlink()
    assert all(sign.what != "dead" for one in sourcebook.links(shelf).judged for sign in one.signs)
    (shelf / "curation/links.jsonl").symlink_to(secret)
    found = sourcebook.links(shelf)
    assert "link" in found.odd[0].message
    assert "anybody" not in str(found)
    with pytest.raises(UsageError):
        sourcebook.links(shelf, shelf / "nothing.jsonl")


def test_a_book_without_documents_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/documents.yaml").write_text(DOCUMENTS)
    (tmp_path / "datapackage.yaml").write_text(BOOK.replace("source: {url: url, ", "source: {"))
    with pytest.raises(UsageError, match="no collection says where documents were published"):
        sourcebook.links(tmp_path)


def _with_role(book: Path) -> None:
    descriptor = book / "datapackage.yaml"
    said = descriptor.read_text()
    page = "      page:\n        address: documents\n"
    role = "      role: {source: {url: url, archive: archive_url, accessed: accessed}}\n"
    assert page in said
    descriptor.write_text(said.replace(page, role + page))


def test_the_page_of_a_document_tells_of_its_copy(tmp_path: Path) -> None:
    def change(book: Path) -> None:
        _with_role(book)
        sources = book / "data/sources.yaml"
        said = sources.read_text()
        more = '  archive_url: "https://keep.example/gazette"\n  accessed: "2026-03-01"\n'
        at = said.index("\n", said.index("- id: quay-gazette-1911")) + 1
        sources.write_text(said[:at] + more + said[at:])
        schema = book / "schemas/source.schema.json"
        data = json.loads(schema.read_text())
        data["properties"] |= {"archive_url": {"type": "string"}, "accessed": {"type": "string"}}
        schema.write_text(json.dumps(data))

    with opened(tmp_path, change, HARBOUR, extracts=False) as found:
        one, other = text(get(found, "/documents/quay-gazette-1911")), text(get(found, "/documents/court-record-1911"))
    assert "Archived copy https://keep.example/gazette Read on 1 March 2026" in one
    assert "Archived copy no archived copy is known Read on the day is not recorded" in other
