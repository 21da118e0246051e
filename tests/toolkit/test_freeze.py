# SPDX-License-Identifier: Apache-2.0
"""The site as files: which there are, what they say, and what becomes of them when anything changes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import sourcebook
from sourcebook.cli import main
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.freeze import Told, manifest
from sourcebook.freeze.freezing import FORMS
from sourcebook.freeze.names import awkward, is_name
from sourcebook.machine import system
from sourcebook.publish import versions
from sourcebook.publish.release import current
from tests.harbour import BOOK
from tests.past import with_past

PACKAGE = """\
name: letters
title: Letters of Ostrava Vale
resources:
  - name: people
    title: People
    path: build/csv/people.csv
    schema: build/tableschema/people.json
    sourcebook: {records: data/people.json, layout: map, schema: schemas/person.schema.json}
licenses:
  - {name: CC0-1.0}
"""
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"name": {"type": "string"}},
}


def letters(folder: Path, *keys: str) -> Path:
    """A book of people with these keys, built."""
    for name in ("data", "schemas"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "datapackage.yaml").write_text(PACKAGE, "utf-8")
    (folder / "schemas" / "person.schema.json").write_text(json.dumps(SCHEMA), "utf-8")
    people = {key: {"name": f"Wendel {number}"} for number, key in enumerate(keys)}
    (folder / "data" / "people.json").write_text(json.dumps(people), "utf-8")
    built = sourcebook.build(folder)
    assert built.release, "\n".join(map(str, built.checked.findings))
    return folder


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of `tests/site`, built."""
    folder = Path(shutil.copytree(BOOK, tmp_path_factory.mktemp("harbour") / "book"))
    assert sourcebook.build(folder).release
    return folder


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The same with a history and versions that are kept."""
    with with_past(tmp_path_factory.mktemp("past")) as found:
        sums = [f"{hashlib.sha256((found.folder / path).read_bytes()).hexdigest()}  {path}" for path, _ in found.files]
        (found.folder / "SHA256SUMS").write_text("\n".join([*sums, ""]), "utf-8")  # its history was written by hand
        yield found.folder.parent.parent.parent


def committed(book: Path, day: str) -> None:
    """All of a book in a commit of that day."""
    settings = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"{day}T09:00:00Z")
    (book / ".gitignore").write_text("build/\n", "utf-8")
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=A", "-c", "user.email=a@b.example", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=book, check=True, env={**os.environ, **settings})


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


class Links(HTMLParser):
    """The addresses that a page leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        if tag == "meta" and ("http-equiv", "refresh") in attrs:
            self.found.append(str(dict(attrs)["content"]).partition("url=")[2])


def dead(folder: Path, base: str = "/") -> list[str]:
    """Addresses that pages lead to, and that are no files, or none without being led on."""
    found = set()
    for page in folder.rglob("*.html"):
        for href in Links(page.read_text("utf-8")).found:
            if re.match(r"[a-z]+:|#", href):
                continue
            path = unquote(href.removeprefix(base).partition("#")[0].partition("?")[0])
            whole = folder / path / "index.html" if path.endswith("/") or not path else folder / path
            if not href.startswith(base) or not whole.is_file():
                found.add(f"{page.relative_to(folder)}: {href}")
    return sorted(found)


# --- what there is ----------------------------------------------------------------------------------------------------


def test_every_link_of_every_page_leads_to_a_file(harbour: Path, tmp_path: Path) -> None:
    found = sourcebook.freeze(harbour, tmp_path / "site")
    assert found.failed == ()
    assert dead(tmp_path / "site") == []


def test_every_form_that_there_is_may_be_frozen(past: Path, tmp_path: Path) -> None:
    found = sourcebook.freeze(past, tmp_path, forms=["all"], unsealed=True)
    there = files(tmp_path)
    assert found.files == len(there) - 1  # the list does not list itself
    assert dead(tmp_path) == []
    for name in ("index.html", *(f"{form}" for form in ("history.json", "history.atom"))):
        assert f"people/isil-fener/{name}" in there
    for form in ("json", "csv", "yaml", "bib"):
        assert f"people/isil-fener.{form}" in there
    assert {name.split("/")[1] for name in there if name.startswith("as-of/")} == {"1.0.0"}
    assert "releases/1.0.0/SHA256SUMS" in there
    hidden = [name for name in there if re.search(r"(^|/)\.", name)]
    assert hidden == [".nojekyll"]  # many hosts hand out, or take, no other


def test_a_record_has_three_files_at_most(past: Path, tmp_path: Path) -> None:
    sourcebook.freeze(past, tmp_path, unsealed=True)
    of_one = sorted(name for name in files(tmp_path) if name.startswith("people/isil-fener"))
    assert of_one == ["people/isil-fener.json", "people/isil-fener/history/index.html", "people/isil-fener/index.html"]
    page = (tmp_path / "people/isil-fener/index.html").read_text("utf-8")
    assert "isil-fener.json" in page
    assert not re.search(r'href="/people/isil-fener\.(csv|yaml|bib)"', page)  # there are none


def test_a_record_that_was_never_changed_has_no_history(past: Path, tmp_path: Path) -> None:
    sourcebook.freeze(past, tmp_path, unsealed=True)
    changed = sorted(one.parent.parent.name for one in tmp_path.rglob("history/index.html"))
    assert changed == ["isil-fener", "oil-forty-barrels"]


def test_an_unknown_form_is_refused(harbour: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no form 'pdf'"):
        sourcebook.freeze(harbour, tmp_path, forms=["pdf"])


def test_a_statement_stands_with_who_says_it_and_what_denies_it(harbour: Path, tmp_path: Path) -> None:
    sourcebook.freeze(harbour, tmp_path)
    pages = {one: " ".join(one.read_text("utf-8").split()) for one in tmp_path.rglob("*.html")}
    said = {one: text for one, text in pages.items() if "had forty barrels" in text}
    assert len(said) > 3
    for one, text in said.items():
        assert 'href="/claims/oil-denied/"' in text, one
        assert "A clerk of the harbour office" in text, one


def test_a_key_that_was_given_up_leads_on_and_one_that_is_gone_says_why(past: Path, tmp_path: Path) -> None:
    sourcebook.freeze(past, tmp_path, unsealed=True)
    moved = (tmp_path / "people/isil/index.html").read_text("utf-8")
    assert '<meta http-equiv="refresh" content="0; url=/people/isil-fener/">' in moved
    assert json.loads((tmp_path / "people/isil.json").read_bytes())["location"] == "/people/isil-fener.json"
    gone = (tmp_path / "people/bystander/index.html").read_text("utf-8")
    assert "taken down" in gone
    assert json.loads((tmp_path / "people/bystander.json").read_bytes())["how"] == "taken-down"


def test_listings_are_turned_by_addresses(tmp_path: Path) -> None:
    book = letters(tmp_path / "book", *(f"k{number:03}" for number in range(120)))
    sourcebook.freeze(book, tmp_path / "site")
    second = (tmp_path / "site/people/-/page/2/index.html").read_text("utf-8")
    assert "Rows 51–100 of 120" in second
    assert 'rel="next" href="/people/-/page/3/"' in second
    assert not (tmp_path / "site/people/-/page/4").exists()


@pytest.mark.parametrize(("base_url", "site"), [("/repo/", ""), ("", "https://wendel.example/repo/")])
def test_a_site_may_lie_below_a_path(harbour: Path, tmp_path: Path, base_url: str, site: str) -> None:
    sourcebook.freeze(harbour, tmp_path, base_url=base_url, site=site)
    assert dead(tmp_path, "/repo/") == []


@pytest.mark.parametrize(
    ("base_url", "site"),
    [
        ("repo", ""),
        ("/../repo/", ""),
        ("/a/%2e%2e/", ""),
        ('/a b/"c/', ""),
        ("/çay/", ""),
        ("/repo/?x=1", ""),
        ("//wendel.example/", ""),
        ("https://wendel.example/repo/", ""),
        ("", "wendel.example"),
        ("", "https://wendel.example/?x=1"),
        ("", "https://somebody:word@wendel.example/"),
        ("", "javascript://wendel.example/"),
        ("/other/", "https://wendel.example/repo/"),
    ],
)
def test_what_is_no_place_for_a_site_is_refused(harbour: Path, tmp_path: Path, base_url: str, site: str) -> None:
    with pytest.raises(UsageError):
        sourcebook.freeze(harbour, tmp_path, base_url=base_url, site=site)


@pytest.mark.parametrize(
    "to", ["schemas/site", "scripts", "data/site", "curation/site", "build/site", ".git/site", "people/site", ".", ".."]
)
def test_a_site_does_not_lie_where_the_book_is_read_or_built(tmp_path: Path, to: str) -> None:
    book = letters(tmp_path / "book", "arko")
    text = (book / "datapackage.yaml").read_text("utf-8").replace("data/people.json", "people/*.json")
    (book / "datapackage.yaml").write_text(text, "utf-8")
    before = files(book)
    with pytest.raises(UsageError, match="freeze to another folder"):
        sourcebook.freeze(book, book / to)
    assert files(book) == before


def test_a_site_does_not_lie_where_patterns_begin_at_the_root_unless_that_is_ignored(tmp_path: Path) -> None:
    book = letters(tmp_path / "book", "arko")
    text = PACKAGE.replace("data/people.json", "'**/people*.json'")
    (book / "datapackage.yaml").write_text(text, "utf-8")
    assert sourcebook.build(book).release
    with pytest.raises(UsageError, match=r"public lies where \*\*/people\*\.json has records"):
        sourcebook.freeze(book, book / "public")
    (book / "datapackage.yaml").write_text(f"{text}sourcebook: {{ignore: ['public/**']}}\n", "utf-8")
    assert sourcebook.build(book).release
    assert sourcebook.freeze(book, book / "public").files
    assert sourcebook.check(book).ok


def test_a_site_may_lie_in_the_book(tmp_path: Path) -> None:
    book = letters(tmp_path / "book", "arko")
    assert sourcebook.freeze(book, book / "public").files
    assert sourcebook.check(book).findings == ()


def test_what_was_taken_down_is_not_frozen_and_who_serves_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, site = letters(tmp_path / "book", "arko", "tolm"), tmp_path / "site"
    sourcebook.freeze(book, site)
    before = files(site)
    monkeypatch.setattr(sourcebook, "serve", lambda *_, **__: None)
    served = CliRunner().invoke(main, ["serve", "--book", str(book)])
    assert (served.exit_code, served.stderr) == (0, "")
    taken = CliRunner().invoke(main, ["takedown", "people/tolm", "--reason", "Asked.", "--yes", "--book", str(book)])
    assert taken.exit_code == 0, taken.output
    told = "something was taken down and is not swept out of build/ yet: run `sourcebook build`"
    with pytest.raises(UsageError, match=f"{told}, and freeze again"):
        sourcebook.freeze(book, site)
    with pytest.raises(UsageError, match=f"{told}, and push again"):
        sourcebook.push(book, str(tmp_path / "target"))
    assert files(site) == before
    served = CliRunner().invoke(main, ["serve", "--book", str(book)])
    assert (served.exit_code, served.stderr) == (0, f"{told}; until then readers may see it\n")
    built = CliRunner().invoke(main, ["build", "--book", str(book)])
    assert built.exit_code == 0, built.output
    sourcebook.freeze(book, site)
    assert not [name for name, content in files(site).items() if b"Wendel 1" in content]


@pytest.mark.parametrize("option", ["--site", "--base-url"])
def test_a_place_that_is_empty_is_a_variable_that_was_not_set(harbour: Path, tmp_path: Path, option: str) -> None:
    result = CliRunner().invoke(main, ["freeze", "--book", str(harbour), "--to", str(tmp_path / "site"), option, ""])
    assert (result.exit_code, (tmp_path / "site").exists()) == (2, False)
    assert f"{option} names nothing" in result.output


def test_a_site_is_known_to_be_made_with_the_libraries_that_are_here(harbour: Path, tmp_path: Path) -> None:
    sourcebook.freeze(harbour, tmp_path)
    made = json.loads((tmp_path / "-/frozen.json").read_bytes())["of"]["made with"]
    assert {f"{name} {version(name)}" for name in ("jinja2", "markupsafe", "orjson", "xlsxwriter")} == set(made)


def test_the_size_is_told_before_anything_is_written(harbour: Path, tmp_path: Path) -> None:
    told: list[Told] = []

    def tell(one: Told) -> None:
        assert not (tmp_path / "site").exists()
        told.append(one)

    dry = sourcebook.freeze(harbour, tmp_path / "site", dry_run=True, tell=tell)
    assert dry.files == 0
    assert not (tmp_path / "site").exists()
    found = sourcebook.freeze(harbour, tmp_path / "site", tell=tell)
    assert told[0] == told[1]
    assert abs(told[0].files - found.files) < found.files / 5
    assert abs(told[0].bytes - found.bytes) < found.bytes / 3


def test_the_release_of_another_is_refused_unless_it_may_be_taken(
    harbour: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
    with pytest.raises(EnvironmentFailure):
        sourcebook.freeze(harbour, tmp_path / "site")
    assert sourcebook.freeze(harbour, tmp_path / "site", unsealed=True).files


# --- what becomes of files --------------------------------------------------------------------------------------------


def test_the_same_release_has_the_same_bytes_however_many_share_the_work(harbour: Path, tmp_path: Path) -> None:
    sourcebook.freeze(harbour, tmp_path / "one", jobs=1)
    sourcebook.freeze(harbour, tmp_path / "two", jobs=2)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_what_did_not_change_is_not_written(harbour: Path, tmp_path: Path) -> None:
    first = sourcebook.freeze(harbour, tmp_path)
    times = {one: one.stat().st_mtime_ns for one in tmp_path.rglob("*") if one.is_file()}
    again = sourcebook.freeze(harbour, tmp_path)
    assert (first.written, again.written, again.unchanged) == (first.files, 0, first.files)
    assert times == {one: one.stat().st_mtime_ns for one in tmp_path.rglob("*") if one.is_file()}


OF_RELEASE = {
    *("-/frozen.json", "SHA256SUMS", "build.jsonld", "croissant.json", "datapackage.json", "dcat.jsonld", "dcat.ttl"),
    *("downloads.json", "downloads/index.html", "feed.atom", "index.html", "index.json", "llms.txt", "openapi.json"),
    *("ro-crate-metadata.json", "search/index.html", "sitemap.xml", "sql/index.html"),
}
"""What is of a release as a whole: another file in each."""


@pytest.mark.slow
def test_what_is_written_after_one_change_does_not_grow_with_the_book(tmp_path: Path) -> None:
    written = []
    for count in (130, 430):
        keys = [f"k{number:03}" for number in range(count)]
        book, site = letters(tmp_path / f"of {count}", *keys), tmp_path / f"site {count}"
        committed(book, "2026-03-01")
        assert sourcebook.build(book).release
        sourcebook.freeze(book, site, forms=["bib", "history.json", "history.atom"], release_apart=True)
        before = {path: (site / path).stat().st_mtime_ns for path in files(site)}
        data = book / "data" / "people.json"
        data.write_text(data.read_text("utf-8").replace("Wendel 65", "Arko 65"), "utf-8")
        committed(book, "2026-03-09")
        assert sourcebook.build(book).release
        again = sourcebook.freeze(book, site, forms=["bib", "history.json", "history.atom"], release_apart=True)
        now = {path for path in files(site) if before.get(path) != (site / path).stat().st_mtime_ns}
        assert again.written == len(now - {"-/frozen.json"})  # which lists the others
        assert again.unchanged == again.files - again.written
        now = {path.replace(f"/2.{count + 1}/", "/LAST/") for path in now}  # the last row of the newer version
        written.append({path for path in now if not path.startswith("-/downloads/")})
    assert written[0] == written[1]
    assert written[0] - OF_RELEASE == {
        *("people/k065/index.html", "people/k065.json", "people/k065.bib"),
        *(f"people/k065/history{ending}" for ending in ("/index.html", ".json", ".atom")),
        *("people/-/page/2/index.html", "people.csv", "people.json", "people.xlsx", "people/changes.atom"),
        *("changes/index.html", "changes/-/collection/people/index.html", "changes.json", "changes.atom"),
        *("changes/-/before/LAST/index.html", "changes/-/before/LAST/collection/people/index.html"),
    }


def test_pages_say_of_which_release_they_are(harbour: Path, tmp_path: Path) -> None:
    release = sourcebook.freeze(harbour, tmp_path, forms=["all"]).release
    for page in tmp_path.rglob("*.html"):
        assert release in page.read_text("utf-8"), page
    apart = sourcebook.freeze(harbour, tmp_path, forms=["all"], release_apart=True)
    assert apart.written >= len([*tmp_path.rglob("*.html")])


def test_of_which_release_it_is_stands_once_where_it_stands_apart(harbour: Path, tmp_path: Path) -> None:
    release = sourcebook.freeze(harbour, tmp_path, forms=["all"], release_apart=True).release
    named = {path for path, content in files(tmp_path).items() if release.encode() in content}
    named = {path for path in named if not path.startswith("-/")}
    assert named == {*("build.jsonld", "downloads.json", "downloads/index.html", "feed.atom", "index.html", "llms.txt")}
    for path in ("index.html", "downloads/index.html"):
        page = (tmp_path / path).read_text("utf-8")
        assert release in page
        assert '<time datetime="2026-05-02">' in page
    for page in tmp_path.rglob("*.html"):
        assert '<a href="/#release">Which release this is</a>' in page.read_text("utf-8"), page
    assert 'id="release"' in (tmp_path / "index.html").read_text("utf-8")


def test_the_description_of_data_calls_for_no_release_but_where_it_stands(harbour: Path, tmp_path: Path) -> None:
    sourcebook.freeze(harbour, tmp_path, release_apart=True)
    told = json.loads((tmp_path / "openapi.json").read_bytes())
    assert "`/downloads.json`, as `release`" in told["info"]["description"]
    schemas = told["components"]["schemas"]
    needing = {name for name, one in schemas.items() if re.search(r"'required': \[[^]]*'release'", str(one))}
    assert needing == {"Files"}


def test_a_file_that_somebody_changed_is_made_anew(harbour: Path, tmp_path: Path) -> None:
    sourcebook.freeze(harbour, tmp_path)
    page = tmp_path / "schema" / "index.html"
    content = page.read_bytes()
    page.write_bytes(content.replace(b"Schema", b"Scheme"))  # as long as before
    (tmp_path / "index.html").unlink()
    script = next((tmp_path / "-/sourcebook").rglob("sqlite3.wasm"))
    script.write_bytes(script.read_bytes()[:-1] + b"?")
    again = sourcebook.freeze(harbour, tmp_path)
    assert again.written == 3
    assert page.read_bytes() == content
    listed = json.loads((tmp_path / "-/frozen.json").read_bytes())["files"]
    for path, (digest, _) in listed.items():
        assert hashlib.sha256((tmp_path / path).read_bytes()).hexdigest() == digest


def test_what_is_gone_is_removed_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    keys = [f"k{number:03}" for number in range(120)]
    book, site = letters(tmp_path / "book", *keys), tmp_path / "site"
    sourcebook.freeze(book, site)
    (site / "CNAME").write_text("wendel.example\n", "utf-8")
    (site / "people/-/page/2/note.txt").write_text("mine\n", "utf-8")
    letters(book, *keys[:30])
    again = sourcebook.freeze(book, site)
    assert again.removed == 2  # two pages of the listing: that a key is gone its own page says
    assert not (site / "people/-/page/3").exists()
    assert "This record was removed" in (site / "people/k100/index.html").read_text("utf-8")
    fresh = tmp_path / "fresh"
    sourcebook.freeze(book, fresh)
    there = files(site)
    assert there.pop("CNAME")
    assert there.pop("people/-/page/2/note.txt")
    assert there == files(fresh)


def test_versions_that_were_frozen_go_only_where_that_is_said(tmp_path: Path) -> None:
    book, site = letters(tmp_path / "book", "arko"), tmp_path / "site"
    build = book / "build"
    versions.keep(build, current(build), "1.0.0", day="2026-01-02")
    sourcebook.freeze(book, site)
    before = files(site)
    assert {"releases/1.0.0/SHA256SUMS", "releases/1.0.0/index.html"} <= before.keys()
    shutil.rmtree(build / "versions")  # as in a clone
    for options in ({}, {"dry_run": True}):
        with pytest.raises(UsageError, match=r"has versions that are not kept here \(1\.0\.0\)"):
            sourcebook.freeze(book, site, **options)
    assert files(site) == before
    assert sourcebook.freeze(book, site, drop_versions=True).removed
    assert not (site / "releases").exists()
    assert sourcebook.freeze(book, site).removed == 0


def test_a_folder_with_files_of_others_is_refused(harbour: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine\n", "utf-8")
    with pytest.raises(UsageError, match="files that no freeze wrote"):
        sourcebook.freeze(harbour, tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("text", ["", "[]", '{"format": "another"}', '{"format": "sourcebook twin 1", "files": 1}'])
def test_what_is_no_list_of_a_freeze_is_refused(harbour: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "-").mkdir()
    (tmp_path / "-" / "frozen.json").write_text(text, "utf-8")
    with pytest.raises(UsageError, match="is no list of a freeze"):
        sourcebook.freeze(harbour, tmp_path)


def test_a_file_that_lies_in_the_way_is_not_written_over(tmp_path: Path) -> None:
    book, site = letters(tmp_path / "book", "arko"), tmp_path / "site"
    sourcebook.freeze(book, site)
    (site / "people" / "tolm.json").write_text("mine\n", "utf-8")
    letters(book, "arko", "tolm")
    with pytest.raises(UsageError, match=r"tolm\.json is in the way"):
        sourcebook.freeze(book, site)
    assert (site / "people/tolm.json").read_text("utf-8") == "mine\n"


def test_nothing_is_written_or_removed_through_a_link(tmp_path: Path) -> None:
    book, site, outside = letters(tmp_path / "book", "arko", "tolm"), tmp_path / "site", tmp_path / "outside"
    sourcebook.freeze(book, site)
    (site / "people").rename(outside)
    (site / "people").symlink_to(outside)
    before = files(outside)
    letters(book, "arko")
    with pytest.raises(UsageError, match="it is no folder"):
        sourcebook.freeze(book, site)
    assert files(outside) == before


def test_what_is_gone_is_removed_whatever_leads_to_the_folder(tmp_path: Path) -> None:
    """Also where the folder itself is a link, or lies behind one: it is where the user says."""
    keys = [f"k{number:03}" for number in range(60)]
    book, site = letters(tmp_path / "book", *keys), tmp_path / "there/site"
    site.mkdir(parents=True)
    (tmp_path / "link").symlink_to(site)
    (tmp_path / "above").symlink_to(site.parent)
    before = sourcebook.freeze(book, tmp_path / "link", forms=["csv"])
    assert before.written
    letters(book, *keys[:30])
    assert sourcebook.freeze(book, tmp_path / "link").removed
    assert files(site) == files(_fresh(book, tmp_path / "fresh"))
    letters(book, *keys)
    sourcebook.freeze(book, tmp_path / "above/site", forms=["csv"])
    letters(book, *keys[:30])
    assert sourcebook.freeze(book, tmp_path / "above/site").removed
    assert files(site) == files(_fresh(book, tmp_path / "again"))


def _fresh(book: Path, site: Path) -> Path:
    sourcebook.freeze(book, site)
    return site


def test_what_is_to_be_removed_behind_a_link_is_not_forgotten(tmp_path: Path) -> None:
    book, site, outside = letters(tmp_path / "book", "arko"), tmp_path / "site", tmp_path / "outside"
    sourcebook.freeze(book, site, forms=["csv"])
    (site / "people").rename(outside)
    listed = json.loads((site / "-/frozen.json").read_bytes())
    gone = "people/gone/index.html"
    listed["files"][gone] = ["0", 5]
    (site / "-/frozen.json").write_text(json.dumps(listed), "utf-8")
    (outside / "gone").mkdir()
    (outside / "gone/index.html").write_text("words", "utf-8")
    (site / "people/arko").mkdir(parents=True)
    (site / "people/gone").symlink_to(outside / "gone")
    for _ in range(2):  # and the next one knows of it too
        with pytest.raises(UsageError, match=r"gone is in the way: it is no folder, and .* is to be removed"):
            sourcebook.freeze(book, site)
        assert (outside / "gone/index.html").read_text("utf-8") == "words"
    (site / "people/gone").unlink()
    (outside / "gone").rename(site / "people/gone")
    assert sourcebook.freeze(book, site).removed
    assert not (site / "people/gone").exists()


def test_notes_and_list_are_written_through_no_link(tmp_path: Path) -> None:
    book, site, outside = letters(tmp_path / "book", "arko", "tolm"), tmp_path / "site", tmp_path / "outside"
    sourcebook.freeze(book, site)
    (site / "-").rename(outside)
    (site / "-").symlink_to(outside)
    before = files(outside)
    letters(book, "arko")
    with pytest.raises(UsageError, match="- is in the way: it is no folder"):
        sourcebook.freeze(book, site)
    assert files(outside) == before
    notes = tmp_path / "notes"
    notes.write_bytes(b"mine\n")
    (site / "-").unlink()
    outside.rename(site / "-")
    (site / "-/frozen.begun").symlink_to(notes)
    with pytest.raises(EnvironmentFailure, match="cannot write"):
        sourcebook.freeze(book, site)
    assert notes.read_bytes() == b"mine\n"


def test_a_list_that_names_files_outside_removes_none(tmp_path: Path) -> None:
    book, site = letters(tmp_path / "book", "arko"), tmp_path / "site"
    (tmp_path / "precious").write_text("mine\n", "utf-8")
    (site / "-").mkdir(parents=True)
    listed = {"../precious": ["0", 5], "/etc/hostname": ["0", 5], "a/../../precious": ["0", 5]}
    data = {"format": "sourcebook twin 1", "of": {}, "files": listed}
    (site / "-" / "frozen.json").write_text(json.dumps(data), "utf-8")
    assert sourcebook.freeze(book, site).removed == 0
    assert (tmp_path / "precious").is_file()


def test_what_another_freeze_wrote_while_one_was_beginning_is_removed(tmp_path: Path) -> None:
    earlier, later = letters(tmp_path / "earlier", "arko", "tolm"), letters(tmp_path / "later", "arko")
    site, fresh = tmp_path / "site", tmp_path / "fresh"
    sourcebook.freeze(later, fresh)
    seen: list[Told] = []

    def another(told: Told) -> None:
        if not seen:
            seen.append(told)
            assert sourcebook.freeze(earlier, site).written

    assert sourcebook.freeze(later, site, tell=another).removed
    assert files(site) == files(fresh)


def test_files_that_come_while_a_freeze_begins_are_not_written_over(tmp_path: Path) -> None:
    book, site = letters(tmp_path / "book", "arko"), tmp_path / "site"

    def somebody(_: Told) -> None:
        site.mkdir()
        (site / "index.html").write_text("mine\n", "utf-8")

    with pytest.raises(UsageError, match="files that no freeze wrote"):
        sourcebook.freeze(book, site, tell=somebody)
    assert (site / "index.html").read_text("utf-8") == "mine\n"


def test_who_waited_for_notes_that_were_removed_holds_the_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the opening and the locking another freeze may end, and a third begin."""
    locked: list[int] = []

    def lock(handle: int) -> None:
        if not locked:
            (tmp_path / "-/frozen.begun").unlink()
        locked.append(handle)
        system.lock(handle)

    monkeypatch.setattr(manifest, "lock", lock)
    with manifest.Manifest.read(tmp_path).changing({}):
        assert len(locked) == 2
        with (
            pytest.raises(EnvironmentFailure, match="another freeze"),
            manifest.Manifest.read(tmp_path).changing({}),
        ):
            pass


def test_a_wait_of_another_kind_is_not_taken_for_another_freeze(tmp_path: Path) -> None:
    with pytest.raises(BlockingIOError), manifest.Manifest.read(tmp_path).changing({}):
        raise BlockingIOError


def test_two_freezes_do_not_write_to_one_folder(tmp_path: Path) -> None:
    book, site = letters(tmp_path / "book", "arko"), tmp_path / "site"
    seen = []

    def tell(_: Told) -> None:
        if not seen:
            seen.append(True)
            with manifest.Manifest.read(site).changing({}), pytest.raises(EnvironmentFailure, match="another freeze"):
                sourcebook.freeze(book, site)

    sourcebook.freeze(book, site, tell=tell)


@pytest.mark.slow
def test_a_freeze_that_is_killed_is_gone_on_with(tmp_path: Path) -> None:
    """Whenever it is ended: what it wrote is known, so that a record that was taken out meanwhile is not left."""
    keys = [f"k{number:04}" for number in range(700)]
    book, fresh = letters(tmp_path / "book", *keys), tmp_path / "fresh"
    command = [sys.executable, "-m", "sourcebook.cli", "freeze", "--book", str(book), "--quiet", "--to"]
    cut = 0
    for number, share in enumerate((0.02, 0.3, 0.6, 0.9)):
        site = tmp_path / f"site{number}"
        process = subprocess.Popen([*command, str(site)])
        while process.poll() is None and len(list(site.glob("people/*.json"))) < share * len(keys):
            time.sleep(0.002)
        process.kill()
        cut += process.wait() == -signal.SIGKILL
    assert cut  # else the machine is faster than it is looked at
    letters(book, *keys[1:])
    sourcebook.freeze(book, fresh)
    for number in range(4):
        site = tmp_path / f"site{number}"
        sourcebook.freeze(book, site)
        assert files(site) == files(fresh)


# --- keys that no file can be named by --------------------------------------------------------------------------------

AWKWARD = (
    "..",
    ".net",
    ".htaccess",
    "index.html",
    "con",
    "a/b",
    "what?",
    "x.json",
    "ends.",
    "Case",
    "case",
    "ß" * 100,
    "nul.txt",
    "a:b",
)


def test_keys_that_no_file_can_be_named_by_are_not_lost(tmp_path: Path) -> None:
    book, site = letters(tmp_path / "book", "plain", "x", "Größe", *AWKWARD), tmp_path / "site"
    found = sourcebook.freeze(book, site)
    assert found.told.renamed == len(AWKWARD)
    assert dead(site) == []
    there = files(site)
    keys = {json.loads(content)["key"] for name, content in there.items() if _is_record(name)}
    assert keys == {"plain", "x", "Größe", *AWKWARD}
    assert {"people/plain/index.html", "people/x.json", "people/Größe/index.html"} <= there.keys()
    listing = (site / "people/index.html").read_text("utf-8")
    for name in json.loads((site / "-/records/names.json").read_bytes()).values():
        assert f"/-/records/{name}/" in listing


def _is_record(name: str) -> bool:
    return name.endswith(".json") and name.startswith(("people/", "-/records/")) and not name.endswith("/names.json")


@given(st.lists(st.text(min_size=1, max_size=200), unique=True, max_size=30))
def test_names_of_files_differ_on_every_machine(keys: list[str]) -> None:
    names = dict(awkward("people", keys))
    used = [names.get(("people", key), key) for key in keys]
    assert len({one.casefold() for one in used}) == len(keys)
    for one in used:
        assert is_name(one)
        assert len(one.encode()) < 250
        assert not set(one) & set('/\\:*?"<>|\0')


@given(
    st.lists(st.text("aAbB.", min_size=1, max_size=3), unique=True), st.lists(st.text("aAbB.", min_size=1, max_size=3))
)
def test_a_key_that_is_gone_takes_no_name_from_one_that_is_there(keys: list[str], gone: list[str]) -> None:
    former = sorted(set(gone) - set(keys))
    alone, both = dict(awkward("people", keys)), dict(awkward("people", keys, former))
    assert {pair: name for pair, name in both.items() if pair[1] in keys} == alone
    used = [both.get(("people", key), key) for key in (*keys, *former)]
    assert len({one.casefold() for one in used}) == len(used)


def test_the_forms_are_those_that_the_command_line_names() -> None:
    from sourcebook.cli.freeze import freeze

    told = next(one.help for one in freeze.params if one.name == "forms")  # type: ignore[attr-defined]
    assert all(form in str(told) for form in FORMS if form not in ("json", "history"))
