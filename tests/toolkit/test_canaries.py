# SPDX-License-Identifier: Apache-2.0
"""What is not public is in no byte of what is published, told to anybody or served: words are planted, and looked for.

That the search finds them is shown by words that are public, in every kind of file, and by a book that publishes all.
"""

from __future__ import annotations

import calendar
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.book import load_book
from sourcebook.cli import main
from sourcebook.publish import cache
from tests.served import PYTHONS, serving
from tests.toolkit.canaries import Planted, found_below, found_in, planted

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("canaries")]
FORMATS = ("text", "line", "json", "github", "sarif", "junit")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """The book of canaries, built in all formats; git knows a state before in which nothing was hidden."""
    book = planted(tmp_path_factory.mktemp("canaries") / "book")
    committed(book.folder, "First")
    built = sourcebook.build(book.folder)
    assert built.release, [str(one) for one in built.checked.findings]
    return book


def committed(folder: Path, words: str) -> None:
    """Commit all that lies in ``folder``."""
    git = ["git", "-C", str(folder), "-c", "user.name=Nobody", "-c", "user.email=nobody@example.invalid"]
    if not (folder / ".git").exists():
        subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
        (folder / ".gitignore").write_text("build/\n")
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", words], check=True)


def changed(path: Path, old: str, new: str) -> None:
    """Write ``new`` where ``old`` stands once in a file."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")


def rebuilt(folder: Path) -> None:
    built = sourcebook.build(folder)
    assert built.release, [str(one) for one in built.checked.findings]


def test_a_clean_build_has_no_word_that_is_not_public(published: Planted) -> None:
    assert found_below(published.folder / "build", published.hidden) == []


def test_the_search_finds_every_word_that_is_public_in_every_kind_of_file(published: Planted) -> None:
    found = found_below(published.folder / "build", published.shown)
    assert {one.rpartition(": ")[2] for one in found} == set(published.shown)
    name = published.words["open_name"]
    files = {one.split(":")[0] for one in found_below(published.folder / "build", {"it": name})}
    kinds = (".db", ".csv", ".json", ".ndjson", ".sqlite", ".xlsx", ".gz", ".zip", ".parquet", ".cache", "searched")
    for kind in kinds:
        assert any(kind in one for one in files), kind
    number = {"a number": "909090909090"}
    assert found_in(b"\0" + (909090909090).to_bytes(6, "big"), number) == [" integer: a number"]
    assert " UTF-16: a number" in found_in("x909090909090".encode("utf-16-le"), number)


def test_in_a_book_that_hides_nothing_the_same_words_are_found(tmp_path: Path) -> None:
    book = planted(tmp_path / "open")
    for path in (book.folder / "schemas").iterdir():
        path.write_text(json.dumps(without_visibility(json.loads(path.read_text("utf-8")))), encoding="utf-8")
    descriptor = (book.folder / "datapackage.yaml").read_text("utf-8")
    descriptor = re.sub(r"      visibility:\n(        .*\n)+|      visibility: .*\n|      page: .*\n", "", descriptor)
    (book.folder / "datapackage.yaml").write_text(descriptor, encoding="utf-8")
    rebuilt(book.folder)
    found = {one.rpartition(": ")[2] for one in found_below(book.folder / "build", book.hidden)}
    assert {name for name in book.hidden if name not in found and "comment" not in name} == NEVER_SHOWN


# What no book publishes of its schemas, and what its curators say to each other.
NEVER_SHOWN = {
    *("hush_default", "hush_def", "hush_description_def", "hush_title_others", "hush_why_different"),
    *("hush_title_vault", "hush_description_vault", "hush_description_pattern", "hush_secret"),
}


def without_visibility(schema: Any) -> Any:
    """A schema that says nothing of what is public."""
    if isinstance(schema, dict):
        return {name: without_visibility(one) for name, one in schema.items() if name != "x-visibility"}
    return [without_visibility(one) for one in schema] if isinstance(schema, list) else schema


def test_what_becomes_private_again_is_gone(
    published: Planted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_LARGE", 0)
    monkeypatch.setattr(cache, "_FEW", 1.0)
    folder = Path(shutil.copytree(published.folder, tmp_path / "book", symlinks=True))
    words, schema = published.words, folder / "schemas/person.schema.json"
    name, value = words["hush_phone"], words["hush_phone_value"]
    old, new = f'"type": "string", "x-visibility": "private", "title": "{words["hush_title"]}"', '"type": "string"'
    private = schema.read_text("utf-8")
    changed(schema, old, new)
    changed(folder / "data/docs/papers.yaml", "until: 2999-01-01", "until: 1999-01-01")
    committed(folder, "Public for a while")
    rebuilt(folder)
    for shown in (name, value, words["hush_doc_text"], words["hush_doc_key"]):
        assert found_below(folder / "build", {"shown": shown})
    schema.write_text(private, encoding="utf-8")
    changed(
        folder / "data/docs/papers.yaml",
        "until: 1999-01-01\ntext: " + words["hush_doc_text"],
        f"until: 2999-01-01\ntext: {words['hush_doc_text']}",
    )
    committed(folder, "Private again")
    rebuilt(folder)
    assert found_below(folder / "build", published.hidden) == []
    changed(folder / "data/people/bo.yaml", "trade: baker", "trade: smith")  # the database before, patched
    rebuilt(folder)
    assert found_below(folder / "build", published.hidden) == []
    assert sourcebook.verify(folder).differences == ()


def test_a_record_that_was_shown_until_it_dates_an_embargo_is_gone(
    published: Planted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_LARGE", 0)
    monkeypatch.setattr(cache, "_FEW", 1.0)
    folder = Path(shutil.copytree(published.folder, tmp_path / "book", symlinks=True))
    words = {"mark": published.words["open_kind"]}
    assert found_below(folder / "build", words)
    changed(folder / "data/found.yaml", "held: {until: 2001-01-01}", "held: {until: 2998-01-01}")
    rebuilt(folder)
    assert found_below(folder / "build", words) == []


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_told_to_anybody_has_no_such_word(published: Planted, tmp_path: Path, form: str) -> None:
    folder = Path(shutil.copytree(published.folder, tmp_path / "book", symlinks=True))
    words = published.words
    ada = folder / "data/people/ada.yaml"
    changed(ada, f"rank: {words['hush_rank']}", f"rank: {words['hush_rank']}x")
    changed(ada, f"weight: {words['9090900002']}", f"weight: text {words['hush_whisper']}")
    changed(folder / "data/places.json", '"owner": "bo"', f'"owner": "{words["hush_vault_key"]}"')
    changed(
        folder / "data/found.yaml",
        f"  hush_mark: {words['hush_found_mark']}".replace("hush_mark", words["hush_mark"]),
        f"  {words['hush_mark']}: &{words['hush_found_mark']} [",
    )
    changed(folder / "datapackage.yaml", "facets: [trade]", "facets: [trade, rank]")
    for tries in range(2):
        told = CliRunner().invoke(main, ["check", "--book", str(folder), "--public", "--format", form, "--all"])
        assert told.exit_code == 1
        assert found_in(told.output.encode(), published.hidden) == []
        whole = CliRunner().invoke(main, ["check", "--book", str(folder), "--format", form, "--all"])
        assert found_in(whole.output.encode(), published.hidden) or not tries
        if not tries:
            changed(folder / "datapackage.yaml", "facets: [trade, rank]", "facets: [trade]")
    shutil.rmtree(folder / "build")
    assert sourcebook.build(folder).release is None
    assert found_below(folder / "build", published.hidden) == []  # nor does a build that ends with errors keep any


def test_a_build_keeps_the_words_of_warnings_to_itself(published: Planted) -> None:
    report = json.loads((published.folder / "build/report.json").read_text("utf-8"))
    rules = [one["rule"] for one in report["findings"]]
    assert {"schema", "unquoted-number", "embargo-day", "checks/named"} <= set(rules)
    again = sourcebook.build(published.folder)  # which finds them anew, and so tells them whole
    assert any(published.words["hush_rank_wrong"] in one.message for one in again.checked.findings)
    assert again.checked.kept_back == "4 records are not public; 8 values are embargoed, the next until 2999-01-01"


def test_an_embargo_ends_on_its_day_and_no_day_before(
    published: Planted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(published.folder, tmp_path / "book", symlinks=True))
    words = {"street": published.words["hush_street_value"]}
    changed(folder / "data/people/ada.yaml", "embargo: {ends: 2999-01-01}", "embargo: {ends: 2040-02-29}")
    noon = {
        day: calendar.timegm((*map(int, day.split("-")), 12, 0, 0))
        for day in ("2040-02-28", "2040-02-29", "2040-03-01")
    }
    ids: dict[str, str] = {}
    for day, seconds in noon.items():
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(seconds))
        assert load_book(folder).visibility.day == day
        built = sourcebook.build(folder)
        assert built.release
        ids[day] = built.release.name
        assert bool(found_below(folder / "build", words)) == (day >= "2040-02-29")
        assert sourcebook.build(folder, clean=True).release == built.release  # the same bytes on the same day
        assert sourcebook.verify(folder).differences == ()
    assert ids["2040-02-28"] != ids["2040-02-29"] == ids["2040-03-01"]


@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_no_answer_of_the_site_has_such_a_word(published: Planted, python: str) -> None:
    if not Path(python).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(python, published.folder) as client:
        answers = dict(crawled(client))
        found = [one for path, body in answers.items() for one in found_in(body, published.hidden, path)]
        assert found == []
        shown = {
            one.rpartition(": ")[2] for path, body in answers.items() for one in found_in(body, published.shown, path)
        }
        assert shown == set(published.shown)
        assert len(answers) > 100
        nonsense = client.get("/search.json?q=nonsense").text
        for name, word in published.hidden.items():
            said = client.get(f"/search.json?q={word}").text
            assert said.replace(word, "nonsense") == nonsense, name
        for collection in ("people", "vaults", "docs", "found"):
            assert client.get(f"/{collection}/{published.words['hush_vault_key']}").status_code == 404


SQL = (
    "select * from sqlite_master",
    "select * from _records",
    "select * from people_fts_data",
    "select * from people where people match 'hush*'",
    "select * from pragma_table_info('people')",
    "select group_concat(document) from _records",
)


def crawled(client: httpx.Client) -> Iterator[tuple[str, bytes]]:
    """Every answer that links lead to, from the start page on, and of SQL, with its path."""
    waiting = ["/", "/canaries", "/canaries.json", "/-/databases.json", "/sitemap.xml", "/robots.txt", "/openapi.json"]
    for sql in SQL:
        for form in ("json", "csv"):
            waiting += [str(httpx.URL(f"/canaries.{form}", params={"sql": sql, "_shape": "array"}))]
            waiting += [str(httpx.URL(f"/canaries/-/query.{form}", params={"sql": sql, "_shape": "array"}))]
    for table in ("people", "people_jobs", "places", "notes", "docs", "vaults", "found", "sayings", "_records"):
        waiting += [f"/canaries/{table}", f"/canaries/{table}.json?_shape=objects", f"/canaries/{table}.csv?_stream=1"]
    seen: set[str] = set()
    for path in waiting:  # which grows
        if path in seen or len(seen) > _MOST:
            continue
        seen.add(path)
        answer = client.get(path, headers={"Accept-Encoding": "identity"})
        yield path, answer.content + "\n".join(answer.headers.values()).encode()
        if "html" not in answer.headers.get("content-type", "") and "xml" not in answer.headers.get("content-type", ""):
            continue
        for link in re.findall(r'(?:href|src|action)="([^"#]+)|<loc>([^<]+)', answer.text):
            whole = urlsplit(urljoin(str(client.base_url.join(path)), (link[0] or link[1]).replace("&amp;", "&")))
            if whole.netloc == client.base_url.netloc.decode() and "/-/static" not in whole.path:
                waiting.append(whole.path + (f"?{whole.query}" if whole.query else ""))


_MOST = 600  # answers


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_what_differs_is_told_to_anybody_without_such_a_word(published: Planted, tmp_path: Path, form: str) -> None:
    folder = Path(shutil.copytree(published.folder, tmp_path / "book", symlinks=True))
    words = published.words
    changed(folder / "data/people/ada.yaml", "embargo: {ends: 2999-01-01}", "embargo: {ends: 1999-01-01}")
    committed(folder, "An embargo that was over")
    changed(folder / "data/people/ada.yaml", "embargo: {ends: 1999-01-01}", "embargo: {ends: 2998-01-01}")
    changed(folder / "data/people/ada.yaml", words["hush_phone_value"], words["hush_phone_bo"])
    changed(folder / "data/people/ada.yaml", words["hush_mail_deep"], words["hush_mail_reply"])
    changed(folder / "data/people/bo.yaml", "town: Elsewhere", "town: Nowhere")
    changed(folder / "data/vaults" / f"{words['hush_vault_file']}.yaml", words["9090900005"], words["9090900003"])
    (folder / "data/found.yaml").write_text("coin: {kind: other, held: {until: 2001-01-01}}\n")
    (folder / "data/docs/papers.yaml").write_text("id: courier\ntitle: Another\nuntil: 1999-01-01\n")
    committed(folder, "Much else")
    for some in (("HEAD~1", "HEAD"), ("HEAD~2", "HEAD"), ("HEAD~2", "HEAD~1")):
        told = CliRunner().invoke(main, ["diff", *some, "--book", str(folder), "--public", "--format", form])
        assert told.exit_code == 0, told.output
        assert found_in(told.output.encode(), published.hidden) == [], some
    assert "Nowhere" in CliRunner().invoke(main, ["diff", "HEAD~1", "HEAD", "--book", str(folder), "--public"]).output
    rebuilt(folder)
    assert found_below(folder / "build", published.hidden) == []
