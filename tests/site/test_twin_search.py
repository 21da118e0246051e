# SPDX-License-Identifier: Apache-2.0
"""Search and SQL without a server: in Chromium, over a host that hands out files, well or badly."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

import sourcebook
from sourcebook.content.addresses import STATIC
from sourcebook.content.frozen import ALWAYS, Twin
from sourcebook.extract import SITE_INDEX
from sourcebook.site import routes
from sourcebook.site.answer import Asked
from sourcebook.site.hits import hits
from sourcebook.site.in_browser import _sums
from sourcebook.site.marking import sought
from sourcebook.site.published import Published
from sourcebook.site.rendering import static_files
from sourcebook.site.searching import count, search
from sourcebook.site.twin_files import scripts, twin_files
from sourcebook.tables import search as words
from tests.chromium import MARKS
from tests.hostile import markup
from tests.hostile.markup import book as markup_book
from tests.served import BOOKS
from tests.site.looking import AXE, Watched, hold, judged, sideways
from tests.site.plain_host import Host, hosting

pytestmark = [*MARKS, pytest.mark.slow]

_FOUND = "#found > *, #answer > *"
_ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
_PATIENCE = 60_000


@pytest.fixture(scope="module")
def twins(folders: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The harbour's twin, frozen once; ``large`` with a database of 60 MB; of other books the two pages alone."""
    made: dict[str, Path] = {}

    def twin(name: str) -> Path:
        if name in made:
            return made[name]
        made[name] = to = tmp_path_factory.mktemp("twin") / name
        if name == "harbour":
            sourcebook.freeze(folders(name), to)
            return to
        release = (folders("harbour" if name == "large" else name) / "build/current").resolve()
        if name == "large":
            shutil.copytree(twin("harbour"), to)
            release = _padded(release, to.parent / release.name)
        _write_pages(release, to)
        return to

    return twin


def _write_pages(release: Path, to: Path, base: str = "/") -> None:
    """The pages that search and run SQL, their scripts, and the files that these read."""
    with closing(Published(release)) as opened:
        asked = Asked((), base=base, twin=Twin(frozenset(ALWAYS)))
        pages = {
            f"{name}/index.html": routes.answer(opened, replace(asked, path=(name,))).body for name in ("search", "sql")
        }
        data = {f"-/downloads/{name}": (release / name).read_bytes() for name in (opened.site.database, SITE_INDEX)}
    own = {f"{STATIC}{name}": content for name, content in (static_files() | dict(twin_files())).items()}
    for path, content in (pages | data | own).items():
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        (to / path).write_bytes(content)


def _padded(release: Path, to: Path) -> Path:
    """A copy of a release, whose database has 60 MB more that nobody asks for."""
    shutil.copytree(release, to)
    (database,) = to.glob("*.db")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE padding (number INTEGER PRIMARY KEY, bytes BLOB)")
        connection.executemany("INSERT INTO padding (bytes) VALUES (?)", ((os.urandom(100_000),) for _ in range(600)))
    listed = (to / "SHA256SUMS").read_text("utf-8").splitlines()
    digest = hashlib.sha256(database.read_bytes()).hexdigest()
    lines = [f"{digest}  {database.name}" if line.endswith(f"  {database.name}") else line for line in listed]
    (to / "SHA256SUMS").write_text("\n".join(lines) + "\n", "utf-8")
    return to


@pytest.fixture
def host(twins: Callable[[str], Path]) -> Iterator[Host]:
    """A host of the harbour's twin."""
    with hosting(twins("harbour")) as found:
        yield found


@pytest.fixture
def large(twins: Callable[[str], Path]) -> Iterator[Host]:
    """A host of a twin whose database is read in pieces."""
    with hosting(twins("large")) as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that has nothing in its cache."""
    with browser.new_context() as context:
        yield context.new_page()


def _opened(page: Page, host: Host, path: str, **query: str) -> Page:
    """A page opened, with what it gives where something is asked."""
    page.goto(f"{host.address}{path}" + (f"?{urlencode(query)}" if query else ""))
    if query:
        page.locator(_FOUND).first.wait_for(state="attached")
    return page


def _asked(page: Page, what: str, asked: list[dict[str, Any]]) -> list[Any]:
    """What the worker of a search page answers, one after the other."""
    told: list[Any] = page.evaluate(
        """async ([script, what, all]) => {
          const {Asking} = await import(script);
          const book = JSON.parse(document.getElementById('book').textContent);
          const asking = new Asking(book.files, document.createElement('p'));
          const found = [];
          for (const one of all) found.push(await asking.ask(what, {book, ...one}, asking.begin()));
          return found;
        }""",
        [f"/-/sourcebook/{scripts()}/asking.js", what, asked],
    )
    return told


# --- the same words, and the same results -----------------------------------------------------------------------------


def _texts() -> list[str]:
    """Texts of all scripts, and none: what is typed may be anything."""
    alphabets = "abcXYZ 019'\"-.,;éüßŞıİłøæœþΟΔΟΣσςάΐЇґйёשָׁלוֹםمَرْحَباىیکةनमस्ते灯台ガがﾊﾞ한국어ꭰᏸᎠ"
    alphabets += "٣۴९３⑤½ﬁⅣ" + "\u200d\u00ad\u0301\u0345\u200c\u2028\x85\x1c\t\ufeff\U00020000\U0001d7d8\U0001f600"
    chance = random.Random(18)
    made = ["".join(chance.choices(alphabets, k=chance.randint(1, 24))) for _ in range(1500)]
    return [
        *made,
        "",
        '"',
        '""',
        "a" * 2000,
        '"open phrase',
        '"closed" last',
        "x \0 y",
        "(NEAR) OR * ^a",
        "ΣΑΣ ὈΔΥΣΣΕΎΣ",
    ]


def test_words_are_folded_as_the_index_was(host: Host, page: Page) -> None:
    texts = _texts()
    found = _opened(page, host, "/search/").evaluate(
        """async ([folder, texts]) => {
          const [words, {Sought}] = await Promise.all([import(`${folder}/words.js`), import(`${folder}/marking.js`)]);
          return texts.map(text => [words.fold(text), words.expression(text), words.expression(text, true),
            words.isBlank(text), new Sought(text).phrases, words.caseFolded(text.normalize('NFKD'))]);
        }""",
        [f"/-/sourcebook/{scripts()}", texts],
    )
    for text, one in zip(texts, found, strict=True):
        assert one[0] == words.fold(text), ascii(text)
        assert one[1] == words.expression(text), ascii(text)
        assert one[2] == words.expression(text, prefix=True), ascii(text)
        assert one[3] == words.is_blank(text), ascii(text)
        assert [tuple(some) for some in one[4]] == list(sought(text).phrases), ascii(text)


def test_the_tables_of_letters_are_those_of_the_index(host: Host, page: Page) -> None:
    found = _opened(page, host, "/search/").evaluate(
        "async folder => ({...await import(`${folder}/words.js`)})", f"/-/sourcebook/{scripts()}"
    )
    for name, known in (("MARKS", words._MARKS), ("UNSEEN", words._UNSEEN), ("UNSPACED", words._UNSPACED)):
        assert _letters(found[name]) == _letters(known), name
    assert found["LETTERS"] == words._LETTERS


def _letters(ranges: str) -> set[int]:
    """The characters of what stands between the brackets of a regular expression."""
    pairs = re.findall("(.)(?:-(.))?", ranges, re.DOTALL)
    return {one for first, last in pairs for one in range(ord(first), ord(last or first) + 1)}


def test_what_was_sought_is_found_again_in_a_text(host: Host, page: Page) -> None:
    texts = _texts()
    pairs = [(typed, f"{text} {typed} {text}") for typed, text in zip(texts[:400], texts[400:800], strict=True)]
    found = _opened(page, host, "/search/").evaluate(
        """async ([script, pairs]) => {
          const {Sought} = await import(script);
          return pairs.map(([typed, text]) => {
            const one = new Sought(typed);
            return [one.share(text), [...one.found(text)].sort(), one.spans(text).map(([b, e]) => text.slice(b, e))];
          });
        }""",
        [f"/-/sourcebook/{scripts()}/marking.js", pairs],
    )
    for (typed, text), (share, numbers, marked) in zip(pairs, found, strict=True):
        meant = sought(typed)
        assert share == pytest.approx(meant.share(text)), ascii((typed, text))
        assert set(numbers) == meant.found(text), ascii((typed, text))
        assert marked == [text[begin:end] for begin, end in meant._spans(text)], ascii((typed, text))


def _searches(release: Path) -> list[str]:
    """Words of the records of a release, alone, begun, together, as phrases, and keys."""
    with closing(Published(release)) as opened:
        documents = opened.connection.execute("SELECT key, document FROM _records").fetchall()
    chance = random.Random(18)
    taken = sorted({word for _, text in documents for word in text.split() if word.strip('",{}[]:')})
    single = [word.strip('",{}[]:') for word in chance.sample(taken, min(150, len(taken)))]
    begun = [word[: chance.randint(1, 3)] for word in single[:60]]
    several = [" ".join(chance.sample(single, 2)) for _ in range(40)]
    phrases = [f'"{first} {second}"' for first, second in zip(taken[:-1:29], taken[1::29], strict=False)]
    keys = [key for key, _ in chance.sample(documents, min(30, len(documents)))]
    return [*single, *begun, *several, *phrases, *keys, "a", "1", "%", "* OR", "sah sah", "NOT a", "'", "ŞAH", "灯"]


@pytest.mark.parametrize("book", ["harbour", "reference", "congress"])
def test_the_same_is_found_in_the_same_order_as_by_the_server(
    book: str, folders: Callable[[str], Path], twins: Callable[[str], Path], page: Page
) -> None:
    release = (folders(book) / "build/current").resolve()
    typed = _searches(release)
    with hosting(twins(book)) as host, closing(Published(release)) as opened:
        _opened(page, host, "/search/")
        found = _asked(page, "search", [{"typed": one, "most": 10} for one in typed])
        counts = _asked(page, "count", [{"typed": one} for one in typed])
        nonempty = 0
        for one, groups, number in zip(typed, found, counts, strict=True):
            known = search(opened, one, 10)
            nonempty += bool(known)
            assert [(g["collection"], g["count"], g["more"], g["keys"]) for g in groups] == [
                (g.collection.name, g.count, g.more, list(g.keys)) for g in known
            ], one
            assert number == count(opened, one), one
    assert nonempty > 100


def test_of_many_hits_the_same_are_first(host: Host, page: Page, twins: Callable[[str], Path]) -> None:
    """More than 5,000: by an index of its own, since no small book has so many."""
    made = twins("harbour").parent / "many.sqlite"
    with closing(sqlite3.connect(made)) as connection, connection:
        connection.executescript(
            f"""CREATE TABLE counts (collection TEXT PRIMARY KEY, rows INTEGER NOT NULL) STRICT;
            INSERT INTO counts VALUES ('ships', 6000), ('none', 0), ('ports', 40);
            CREATE VIRTUAL TABLE search USING fts5(name, text, linked, content='', tokenize="{words.TOKENIZER}");"""
        )
        rows = [((1 << 32) + one, "oak" if one % 7 == 0 else "elm", "oak hull", "") for one in range(1, 6001)]
        rows += [((3 << 32) + one, "pier", "", "oak") for one in range(1, 41)]
        connection.executemany("INSERT INTO search (rowid, name, text, linked) VALUES (?, ?, ?, ?)", rows)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("ATTACH ? AS site", (str(made),))
        known = [(one.collection, one.count, one.more, list(one.records)) for one in hits(connection, "oak", 12)]
    shutil.copy(made, twins("harbour") / "-/downloads/many.sqlite")
    file = {
        "href": "/-/downloads/many.sqlite",
        "name": "many",
        "bytes": made.stat().st_size,
        "sums": base64.b64encode(_sums(made)).decode(),
    }
    file["sha256"] = hashlib.sha256(made.read_bytes()).hexdigest()
    found = _opened(page, host, "/search/").evaluate(
        """async ([folder, file]) => {
          const {Database} = await import(`${folder}/database.js`);
          const {hits} = await import(`${folder}/searching.js`);
          const database = await Database.opened({database: file, index: file}, () => {});
          return hits(database.rows, 'oak', 12).map(one => [one.collection, one.count, one.more, one.records]);
        }""",
        [f"/-/sourcebook/{scripts()}", file],
    )
    assert [tuple(one) for one in found] == known
    assert [one[1:3] for one in known] == [(5000, True), (40, False)]


# --- the page of a search ---------------------------------------------------------------------------------------------


def test_a_statement_that_is_found_has_who_says_it_and_what_answers_it(host: Host, page: Page) -> None:
    _opened(page, host, "/search/", q="oil forty barrels")
    one = page.locator("#found-claims article.statement", has_text="forty").first
    assert "Said by" in one.inner_text()
    assert one.locator(".answers .how").count() >= 1
    assert one.locator(".answers .attribution").count() >= 1
    for each in page.locator("#found article.statement").all():
        assert each.locator("> .attribution").count() == 1
    assert page.locator("#found mark").count() >= 1


def _attributions(page: Page, within: str) -> list[str]:
    return [" ".join(one.inner_text().split()) for one in page.locator(f"{within} .attribution").all()]


def test_who_says_a_statement_and_its_answers_and_when_is_told_as_on_its_page(host: Host, page: Page) -> None:
    key = "oil-forty-barrels"
    page.goto(f"{host.address}/claims/{key}/")
    told = _attributions(page, "main")
    said, *answering = told
    assert page.locator("main .attribution time").first.inner_text() in said
    _opened(page, host, "/search/", q="forty barrels of lamp oil taken away")
    found = _attributions(page, f'#found-claims article.statement:has(> .said a[href$="/claims/{key}/"])')
    assert found == [said, *answering[: len(found) - 1]]
    assert len(found) > 1
    _opened(page, host, "/sql/", sql=f"select id from claims where id = '{key}'")
    assert _attributions(page, "#answer td.who") == found


def test_a_hit_leads_to_its_page_and_a_section_to_its_collection(host: Host, page: Page) -> None:
    _opened(page, host, "/search/", q="isil fener")
    page.locator("#found-people .label a").first.click()
    assert page.url == f"{host.address}/people/isil-fener/"
    page.go_back()
    page.locator("#found-people h2 a").click()
    assert page.url == f"{host.address}/people/"


def test_another_search_needs_no_new_page_and_the_way_back_shows_the_last(host: Host, page: Page) -> None:
    _opened(page, host, "/search/", q="fener")
    loaded = len(host.of(".wasm"))
    page.fill("#search", "barrels")
    page.press("#search", "Enter")
    page.locator("#found-claims").wait_for()
    assert page.url.endswith("?q=barrels")
    assert len(host.of(".wasm")) == loaded == 1
    page.go_back()
    page.locator("#found-people").wait_for()
    assert page.input_value("#search") == "fener"


def test_of_several_words_that_nothing_has_all_of_each_is_told(host: Host, page: Page) -> None:
    _opened(page, host, "/search/", q="barrels nowherewhatever")
    assert "all of these words" in page.inner_text("#found")
    page.get_by_role("link", name="barrels").click()
    page.locator("#found-claims").wait_for()


@pytest.mark.parametrize("path", ["/", "/search/", "/sql/", "/people/", "/people/isil-fener/", "/schema/"])
def test_nothing_of_the_database_is_loaded_before_it_is_asked(path: str, host: Host, page: Page) -> None:
    page.goto(host.address + path, wait_until="networkidle")
    assert [
        one for one, _ in host.asked if one.partition("?")[0].endswith((".wasm", "/sqlite3.js", ".db", ".sqlite"))
    ] == []


def test_no_other_page_has_a_script_of_the_database(twins: Callable[[str], Path]) -> None:
    found = [one for one in twins("harbour").rglob("*.html") if scripts() in one.read_text("utf-8")]
    assert {one.parent.name for one in found} == {"search", "sql"}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/search/", {}),
        ("/search/", {"q": "fener"}),
        ("/search/", {"q": "nowhere at all"}),
        ("/sql/", {}),
        ("/sql/", {"table": "claims"}),
        ("/sql/", {"sql": "select key, :day as day from _records"}),
        ("/sql/", {"sql": "select nothing from"}),
    ],
)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_can_be_used_by_all(path: str, query: dict[str, str], dark: bool, host: Host, page: Page) -> None:
    watched = Watched(page)
    _opened(page, host, path, **query)
    page.emulate_media(color_scheme="dark" if dark else "light")
    wrong = []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        wrong += [f"{width}: {one}" for one in [*sideways(page), *(judged(page) if AXE.is_file() else [])]]
    hold([*wrong, *watched.complaints, *watched.external(host.address)])


def test_without_javascript_the_page_says_so_and_leads_on(host: Host, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{host.address}/search/?q=fener")
        assert "by a script" in page.inner_text("main")
        page.goto(f"{host.address}/sql/")
        page.get_by_role("link", name="take the database").click()
        assert page.url == f"{host.address}/downloads/"


# --- hosts ------------------------------------------------------------------------------------------------------------


def test_a_small_database_is_loaded_whole_and_once(host: Host, page: Page) -> None:
    _opened(page, host, "/search/", q="fener")
    assert host.of(".db") == [""]
    assert host.of(".sqlite") == [""]


def test_a_large_one_is_read_in_pieces(large: Host, page: Page) -> None:
    _opened(page, large, "/search/", q="fener")
    assert page.locator("#found-people").count() == 1
    asked = large.of(".db")
    assert asked
    assert all(asked)
    assert large.given < 6_000_000
    before = large.given
    page.fill("#search", "fenerbag")
    page.press("#search", "Enter")
    page.get_by_text("No record has this word").wait_for()
    assert large.given - before < 200_000  # what was read is still there


@pytest.mark.parametrize("lie", ["no", "first", "short", "plain", "other"])
def test_a_host_whose_ranges_cannot_be_believed_is_asked_for_all_once_the_reader_agrees(
    lie: str, large: Host, page: Page
) -> None:
    large.ranges = lie
    page.goto(f"{large.address}/search/?q=fener")
    page.get_by_role("button", name="Go on").wait_for()
    assert "would be loaded whole" in page.inner_text("#status")
    assert "61 MB" in page.inner_text("#status")
    assert "" not in large.of(".db")
    page.get_by_role("button", name="Go on").click()
    page.locator("#found-people").wait_for()
    assert large.of(".db").count("") == 1


def test_a_reader_who_does_not_agree_loads_nothing(large: Host, page: Page) -> None:
    large.ranges = "no"
    page.goto(f"{large.address}/search/?q=fener")
    page.get_by_role("button", name="Leave it").click()
    page.locator("#found .problem").wait_for()
    assert "" not in large.of(".db")[1:]


def test_a_host_that_stops_giving_ranges_but_gives_all_is_read_on(large: Host, page: Page) -> None:
    large.ranges, large.until = "once", 2
    _opened(page, large, "/sql/", sql="select count(*) as n from people")
    assert "1 row" in page.inner_text("#answer")


def test_a_host_that_fails_is_told_in_words(large: Host, page: Page) -> None:
    large.ranges, large.until = "broken", 4
    _opened(page, large, "/sql/", sql="select sum(length(bytes)) from padding")
    assert "status 500" in page.inner_text("#answer .problem")


def test_a_file_of_another_release_is_not_read(host: Host, page: Page, twins: Callable[[str], Path]) -> None:
    (database,) = (twins("harbour") / "-/downloads").glob("*.db")
    kept = database.read_bytes()
    try:
        database.write_bytes(kept[:-4096])
        _opened(page, host, "/search/", q="fener")
        assert "load this page again" in page.inner_text("#found .problem")
        database.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        _opened(page, host, "/search/", q="isil")
        assert "another one than this page belongs to" in page.inner_text("#found .problem")
    finally:
        database.write_bytes(kept)


def _same_but_one_row(database: Path, row: int) -> None:
    """Put a file in the place of a large database that differs in one padding row's bytes alone, not in its header."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)) as connection:
        (known,) = connection.execute("SELECT substr(bytes, 1, 32) FROM padding WHERE number = ?", (row,)).fetchone()
    whole = database.read_bytes()
    assert whole.count(known) == 1
    _deploy(database, whole.replace(known, bytes(one ^ 1 for one in known)))


def _edited(database: Path, row: int) -> None:
    """Put the same database with one row edited by SQLite in its place, of the same size."""
    other = database.with_suffix(".edited")
    shutil.copy(database, other)
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("UPDATE padding SET bytes = ? WHERE number = ?", (os.urandom(100_000), row))
    assert other.stat().st_size == database.stat().st_size
    other.replace(database)


def _deploy(file: Path, content: bytes) -> None:
    other = file.with_suffix(".deployed")
    other.write_bytes(content)
    other.replace(file)


@pytest.fixture
def redeployed(large: Host, twins: Callable[[str], Path]) -> Iterator[tuple[Host, Path]]:
    """A host with ranges, and its large database, which is put back as it was in the end."""
    (database,) = (twins("large") / "-/downloads").glob("*.db")
    kept = database.read_bytes()
    yield large, database
    _deploy(database, kept)


_ROW = "select hex(substr(bytes, 1, 2)) as bytes from padding where number = :row"


def _run(page: Page, sql: str) -> None:
    page.fill("#sql-editor", sql)
    page.press("#sql-editor", "Control+Enter")
    page.wait_for_function(
        "() => !document.querySelector('#answer[aria-busy]') && document.querySelector('#answer > *')"
    )


@pytest.mark.parametrize("publish", [_edited, _same_but_one_row])
def test_a_large_file_of_another_release_is_not_read(
    publish: Callable[[Path, int], None], redeployed: tuple[Host, Path], page: Page
) -> None:
    """Of the same size, so that ranges alone do not tell."""
    host, database = redeployed
    publish(database, 300)
    _opened(page, host, "/sql/", sql=_ROW, row="300")
    assert "another one than this page belongs to" in page.inner_text("#answer .problem")
    assert "load this page again" in page.inner_text("#answer .problem")
    assert page.locator("#answer table").count() == 0
    assert "" not in host.of(".db")


@pytest.mark.parametrize("publish", [_edited, _same_but_one_row])
def test_a_large_file_that_is_published_anew_between_two_questions_is_not_read_on(
    publish: Callable[[Path, int], None], redeployed: tuple[Host, Path], page: Page
) -> None:
    host, database = redeployed
    _opened(page, host, "/sql/", sql=_ROW, row="20")
    known = _table(page)
    assert known[0] == ["bytes"]
    publish(database, 300)
    _run(page, _ROW.replace(":row", "300"))
    assert "another one than this page belongs to" in page.inner_text("#answer .problem")
    _run(page, _ROW.replace(":row", "20"))
    assert _table(page) == known  # read before, and of the page's own release


def test_a_small_file_that_is_published_anew_is_not_read_when_it_is_loaded_again(
    host: Host, page: Page, twins: Callable[[str], Path]
) -> None:
    (database,) = (twins("harbour") / "-/downloads").glob("*.db")
    kept = database.read_bytes()
    try:
        _opened(page, host, "/sql/", sql="select count(*) > 0 as n from people")
        assert _table(page) == [["n"], ["1"]]
        _deploy(database, kept[:-1] + bytes([kept[-1] ^ 1]))
        _run(page, "select count(*) > 0 as n from people")
        assert _table(page) == [["n"], ["1"]]  # all of it was loaded
        page.fill("#sql-editor", _ENDLESS)
        page.press("#sql-editor", "Control+Enter")
        page.get_by_role("button", name="Cancel").click()  # with what was loaded
        _run(page, "select count(*) > 0 as n from people")
        assert "another one than this page belongs to" in page.inner_text("#answer .problem")
    finally:
        _deploy(database, kept)


def test_where_browsers_cannot_tell_sha256_a_whole_file_is_known_by_its_pieces(
    host: Host, page: Page, twins: Callable[[str], Path]
) -> None:
    (database,) = (twins("harbour") / "-/downloads").glob("*.db")
    kept, unsafe = database.read_bytes(), "Object.defineProperty(crypto, 'subtle', {value: undefined});\n"
    page.route(
        "**/worker.js", lambda route: route.fulfill(body=unsafe + route.fetch().text(), content_type="text/javascript")
    )
    try:
        _opened(page, host, "/sql/", sql="select count(*) > 0 as n from people")
        assert _table(page) == [["n"], ["1"]]
        _deploy(database, kept[:-1] + bytes([kept[-1] ^ 1]))
        _opened(page, host, "/sql/", sql="select 1 as n")
        assert "another one than this page belongs to" in page.inner_text("#answer .problem")
    finally:
        _deploy(database, kept)


def test_pieces_that_a_browser_kept_of_another_release_are_asked_for_again(
    redeployed: tuple[Host, Path], page: Page
) -> None:
    host, database = redeployed
    kept = database.read_bytes()
    host.headers = {"Cache-Control": "max-age=600", "ETag": '"one"'}
    _same_but_one_row(database, 300)
    _opened(page, host, "/sql/", sql=_ROW, row="300")
    assert page.locator("#answer .problem").count() == 1
    _deploy(database, kept)
    _opened(page, host, "/sql/", sql=_ROW, row="300")
    assert _table(page)[0] == ["bytes"]


def test_a_statement_that_reads_very_much_asks_before_it_goes_on(large: Host, page: Page) -> None:
    page.goto(
        f"{large.address}/sql/?{urlencode({'sql': 'select sum(length(bytes) + unicode(bytes)) as n from padding'})}"
    )
    page.get_by_role("button", name="Go on").wait_for(timeout=60_000)
    assert large.given < 56_000_000
    page.get_by_role("button", name="Go on").click()
    page.locator("#answer td").first.wait_for(timeout=60_000)
    assert large.given < 75_000_000  # what was read before is not read again


def test_below_another_address_all_is_found_there_and_nothing_is_shown_without_its_file(
    page: Page, folders: Callable[[str], Path], tmp_path: Path
) -> None:
    _write_pages((folders("harbour") / "build/current").resolve(), tmp_path / "repo", "/repo/")
    with hosting(tmp_path) as host:
        watched = Watched(page)
        _opened(page, host, "/repo/search/", q="barrels")
        assert page.locator("#found article").count() == 0  # the records are not there
        assert "could not be loaded" in page.inner_text("#found-claims")
        _opened(page, host, "/repo/sql/", sql="select count(*) > 0 as n from claims")
        assert _table(page) == [["n"], ["1"]]
        assert [one for one, _ in host.asked if not one.startswith("/repo/")] in ([], ["/favicon.ico"])
        assert watched.external(host.address) == []


# --- SQL --------------------------------------------------------------------------------------------------------------


def _table(page: Page) -> list[list[str]]:
    rows = page.locator("#answer tr").all()
    return [[cell.inner_text() for cell in row.locator("th, td").all()] for row in rows]


def test_a_statement_gives_its_rows(host: Host, page: Page) -> None:
    _opened(page, host, "/sql/", sql="select 1 as a, 'x' as b, null as c, 2.5 as d, x'0102' as e")
    assert _table(page) == [["a", "b", "c", "d", "e"], ["1", "x", "", "2.5", "(2 bytes)"]]


def test_the_index_and_the_functions_of_the_served_editor_are_there(host: Host, page: Page) -> None:
    _opened(page, host, "/sql/", sql="select count(*) > 0 as n from site.search where search match escape_fts('fener')")
    assert _table(page) == [["n"], ["1"]]


def test_rows_of_statements_have_who_says_them(host: Host, page: Page) -> None:
    _opened(page, host, "/sql/", table="claims")
    assert page.inner_text("#heading") == "Claims"
    assert _table(page)[0][1] == "Who says it"
    cells = page.locator("#answer td.who").all()
    assert cells
    for cell in cells:
        assert "Said by" in cell.inner_text()
    assert page.locator("#answer td.who .answers").count() >= 1


def test_who_says_a_statement_stands_with_its_own_words(host: Host, page: Page) -> None:
    """A link can put any words beside any key: a statement of somebody else, or none at all."""
    of_two = "from claims a, claims b where a.id = 'oil-forty-barrels' and b.id <> a.id"
    for shown in ("b.statement", "'what nobody said'"):
        sql = f"select a.id, {shown} as statement {of_two}"
        _opened(page, host, "/sql/", sql=sql)
        cells = page.locator("#answer td.who").all()
        assert cells
        for cell in cells:
            assert "forty barrels of lamp oil taken away" in cell.locator("> .said").inner_text()


def test_statements_without_their_keys_are_told_to_lack_who_says_them(host: Host, page: Page) -> None:
    for asked in (
        "select statement from claims",
        "select upper(statement) from claims limit 1",
        "select statement from CLAIMS",
        "select document from _records where collection = 'claims'",
    ):
        _opened(page, host, "/sql/", sql=asked)
        assert "without who says it" in page.inner_text("#answer")


_NOTE = "without who says it: that, and what answers it, stands in"


@pytest.mark.parametrize("keys", ["a.id as one, b.id as other", "b.id as one, a.id as other"])
def test_each_statement_that_a_row_names_has_who_says_it(keys: str, host: Host, page: Page) -> None:
    sql = f"select {keys}, a.statement from claims a join claims b on b.id <> a.id where a.denied_by is not null"
    _opened(page, host, "/sql/", sql=sql)
    head, *rows = _table(page)
    assert [head[0], head[1], head[2], head[3]] == ["one", "Who says it", "other", "Who says it"]
    assert 0 < len(rows) <= 50
    for row in rows:
        assert "Said by" in row[1]
        assert "Said by" in row[3]
        assert any(row[4] in cell and "Denied by" in cell for cell in (row[1], row[3]))
    assert _NOTE not in page.inner_text("#answer")


def test_words_beside_the_key_of_another_statement_are_told_to_lack_who_says_them(host: Host, page: Page) -> None:
    for asked in (
        "select a.id, b.statement from claims a join claims b on b.id <> a.id",
        "select a.id, upper(b.statement) from claims a join claims b on b.id <> a.id",
        "select a.id, (select statement from claims where id <> a.id) as name from claims a",
        "select id, kind from claims union all select id, statement from claims",
        "select c.id, r.document from claims c join _records r",
    ):
        _opened(page, host, "/sql/", sql=asked)
        assert _NOTE in page.inner_text("#answer"), asked
        assert page.locator("#answer td.who", has_text="Said by").count() >= 1
    for asked in ("select id, statement from claims", "select *, length(id) as n, 'x' as x from claims where 0"):
        _opened(page, host, "/sql/", sql=asked)
        assert _NOTE not in page.inner_text("#answer"), asked


def test_a_row_without_a_statement_has_nobody_who_says_it(host: Host, page: Page) -> None:
    sql = "select p.id, c.id as claim from people p left join claims c on c.id = 'none' limit 3"
    _opened(page, host, "/sql/", sql=sql)
    assert [row[1:] for row in _table(page)[1:]] == [["", ""]] * 3
    assert "could not be loaded" not in page.inner_text("#answer")


@pytest.fixture(scope="module")
def kites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two pages of a book with views of expressions, and names that every object of a script has by itself."""
    above = tmp_path_factory.mktemp("kites")
    folder = shutil.copytree(BOOKS / "questions", above / "book")
    for path in (folder / "datapackage.yaml", folder / "scripts/queries/denied.sql", *(folder / "schemas").iterdir()):
        text = re.sub(r"(?<!data/)\bpapers\b", "constructor", path.read_text("utf-8"))
        path.write_text(text.replace('"address": {', '"constructor": {"type": "string"}, "address": {'), "utf-8")
    with (folder / "data/papers.yaml").open("a", encoding="utf-8") as papers:
        papers.write("  constructor: Made of windfall paper\n")
    (folder / "scripts/views").mkdir()
    (folder / "scripts/views/accusations.sql").write_text(
        "SELECT id || '' AS what, upper(words) AS said FROM remarks\n"
    )
    (folder / "scripts/views/club.sql").write_text("SELECT number, upper(name) AS name FROM members\n")
    done = sourcebook.build(folder)
    assert done.release, "\n".join(map(str, done.checked.findings))
    sourcebook.freeze(folder, above / "twin")
    return above / "twin"


def test_what_is_read_through_views_and_expressions_is_known(kites: Path, page: Page) -> None:
    with hosting(kites) as host:
        for asked in (
            "select said from accusations",
            "select SAID from Accusations",
            "select what, said from accusations",
            "select upper(said) as s from (select * from accusations)",
            "with x as (select said as s from accusations) select max(s) from x",
            "select name from members union all select said from accusations",
            "select name, (select said from accusations) as n from members",
            "select words from remarks_fts",
            "explain select said from accusations",
        ):
            _opened(page, host, "/sql/", sql=asked)
            assert page.locator("#answer .of-answer", has_text=_NOTE).count() == 1, asked
        for asked in (
            "select name from club",
            "select name as remarks from members -- remarks, _records",
            "with remark as (select 1) select count(*) from remark",
            "select value from json_each('[1]')",
            "select name from sqlite_master",
        ):
            _opened(page, host, "/sql/", sql=asked)
            assert page.locator("#answer td").count() >= 1, asked
            assert page.locator("#answer .of-answer", has_text=_NOTE).count() == 0, asked


def test_names_that_every_object_has_are_names_as_others(kites: Path, page: Page) -> None:
    with hosting(kites) as host:
        for words in ("kite", "gazette", "constructor"):
            _opened(page, host, "/search/", q=words)
            assert page.locator("#found .problem").count() == 0, words
        _opened(page, host, "/search/", q="gazette")
        assert "The Windward Gazette" in page.inner_text("#found-constructor")
        _opened(page, host, "/search/", q="windfall")
        assert "Made of windfall paper" in page.inner_text("#found-constructor")
        _opened(page, host, "/sql/", table="toString")
        assert page.inner_text("#heading") == "toString"
        _opened(page, host, "/sql/", sql="select :constructor as a, :toString as b", toString="x")
        assert _table(page)[1] == ["", "x"]
        assert page.locator("#parameters input").first.input_value() == ""


def test_the_row_of_a_record_is_found_by_its_key(host: Host, page: Page) -> None:
    _opened(page, host, "/sql/", table="people", key="isil-fener")
    assert len(_table(page)) == 2
    assert page.locator("#answer a", has_text="isil-fener").get_attribute("href") == "/people/isil-fener/"


def test_what_the_page_does_not_do_is_told(host: Host, page: Page) -> None:
    _opened(page, host, "/sql/", table="people", _facet="id")
    assert "Not done here: _facet" in page.inner_text("#answer")


def test_parameters_have_fields(host: Host, page: Page) -> None:
    _opened(page, host, "/sql/", sql="select :one || :two as both", one="ab", two="cd")
    assert _table(page)[1] == ["abcd"]
    page.fill("input[name=two]", "xy")
    page.get_by_role("button", name="Run SQL").click()
    page.get_by_role("cell", name="abxy").wait_for()
    assert "two=xy" in page.url


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("select * form people", "syntax error"),
        ("select * from nowhere", "no such table"),
        ("select 1; select 2", "One statement at a time"),
        ("create table x (a)", "only reads"),
        ("delete from people", "only reads"),
        ("delete from people returning *", "readonly"),
        ("select zeroblob(900000000)", "too big"),
        ("attach 'file:other?vfs=memdb' as other", "only reads"),
        ("select load_extension('x')", "no such function"),
    ],
)
def test_what_is_wrong_is_told_as_sqlite_says_it(sql: str, told: str, host: Host, page: Page) -> None:
    _opened(page, host, "/sql/", sql=sql)
    assert told in page.inner_text("#answer .problem")


def test_what_a_statement_keeps_in_memory_is_bounded(host: Host, page: Page) -> None:
    _opened(page, host, "/sql/", sql="pragma hard_heap_limit = 0")
    assert _table(page)[1] == ["512000000"]


def test_comments_after_a_statement_are_none(host: Host, page: Page) -> None:
    _opened(page, host, "/sql/", sql="select 1 as a; -- that is all\n /* really */ ")
    assert _table(page) == [["a"], ["1"]]


def test_rows_beyond_a_thousand_are_told(host: Host, page: Page) -> None:
    many = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2500) select i from n"
    _opened(page, host, "/sql/", sql=many)
    assert "The first 1,000 rows; there are more" in page.inner_text("#answer")
    assert len(_table(page)) == 1001


def test_all_rows_are_saved_as_csv(host: Host, page: Page, folders: Callable[[str], Path]) -> None:
    odd = """select i, 'a "quoted", text' || char(10) || 'ü' as b, null as c from
        (with recursive n(i) as (select 1 union all select i + 1 from n where i < 40000) select i from n)"""
    _opened(page, host, "/sql/", sql=odd)
    with page.expect_download() as given:
        page.get_by_role("button", name="CSV of all rows").click()
    rows = list(csv.reader(io.StringIO(given.value.path().read_text("utf-8"), newline="")))
    assert rows[0] == ["i", "b", "c"]
    assert len(rows) == 40_001
    assert rows[-1] == ["40000", 'a "quoted", text\nü', ""]
    assert given.value.suggested_filename == "lantern-harbour.csv"


def test_a_statement_without_end_can_be_cancelled_and_another_asked(host: Host, page: Page) -> None:
    page.goto(f"{host.address}/sql/?{urlencode({'sql': _ENDLESS})}")
    page.get_by_role("button", name="Cancel").click()
    page.locator("#answer .problem", has_text="Cancelled").wait_for()
    page.fill("#sql-editor", "select 7 as n")
    page.press("#sql-editor", "Control+Enter")
    page.get_by_role("cell", name="7").wait_for()


def test_a_statement_without_end_is_stopped_after_a_minute(host: Host, page: Page) -> None:
    page.clock.install()
    page.goto(f"{host.address}/sql/?{urlencode({'sql': _ENDLESS})}")
    page.get_by_role("button", name="Cancel").wait_for()
    page.wait_for_timeout(1_500)  # the database is open: from then on nothing is heard
    page.clock.fast_forward(_PATIENCE + 1_000)
    page.locator("#answer .problem", has_text="Stopped after a minute").wait_for()


# --- one question after the other -------------------------------------------------------------------------------------

# Files of records that come late, when `arrive` is called; whether what is aborted ends is said for each test.
_LATE = """
  const [given, late] = [window.fetch, new Promise(come => { window.arrive = come; })];
  window.asked = 0;
  window.fetch = (address, ...rest) => {
    if (!(PATTERN).test(String(address))) return given(address, ...rest);
    window.asked++;
    return late.then(() => given(address, ...ENDS));
  };
"""
# A worker that is asked for one search only when `work` is called.
_SLOW = """
  const post = Worker.prototype.postMessage;
  window.slow = new Promise(come => { window.work = come; });
  Worker.prototype.postMessage = function(asked) {
    if (asked.typed === "barrels") window.slow.then(() => post.call(this, asked));
    else post.call(this, asked);
  };
"""


@pytest.fixture(params=[True, False], ids=["ended", "not-ended"])
def late(request: pytest.FixtureRequest, page: Page) -> Callable[[str], None]:
    """Have files whose addresses a pattern finds come late; what is aborted ends there, or comes all the same."""

    def have(pattern: str) -> None:
        script = _LATE.replace("PATTERN", pattern).replace("...ENDS", "...rest" if request.param else "...[]")
        page.add_init_script(script)

    return have


def _settled(page: Page) -> None:
    """All that was late has come, and what follows from it was done."""
    page.evaluate("window.arrive()")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)


def test_what_was_found_for_an_older_search_does_not_come_after_the_newer(
    late: Callable[[str], None], host: Host, page: Page
) -> None:
    late(r"/people\/isil-fener\.json/")
    page.goto(f"{host.address}/search/?q=isil+fener")
    page.wait_for_function("() => window.asked > 0")
    page.fill("#search", "nowherewhatever")
    page.press("#search", "Enter")
    page.get_by_text("No record has this word").wait_for()
    shown = page.inner_html("#found")
    _settled(page)
    assert page.inner_html("#found") == shown
    assert page.locator("#found-people").count() == 0
    assert page.title().startswith("nowherewhatever")


def test_what_an_older_search_still_needs_does_not_end_the_newer(
    late: Callable[[str], None], host: Host, page: Page
) -> None:
    """The older one's files come while the newer one is looked up: it would ask the worker for labels then."""
    late(r"/people\/isil-fener\.json/")
    page.add_init_script(_SLOW)
    page.goto(f"{host.address}/search/?q=isil+fener")
    page.wait_for_function("() => window.asked > 0")
    page.fill("#search", "barrels")
    page.press("#search", "Enter")
    _settled(page)
    assert page.get_attribute("#found", "aria-busy") == "true"
    assert page.locator("#found > *").count() == 0
    page.evaluate("window.work()")
    page.locator("#found-claims").wait_for()
    assert page.get_attribute("#found", "aria-busy") is None


def test_an_older_search_without_hits_counts_no_words_any_more(host: Host, page: Page) -> None:
    """Words are counted one by one: between two of them there may be another search."""
    page.add_init_script(
        """const post = Worker.prototype.postMessage;
        window.counted = [];
        Worker.prototype.postMessage = function(asked) {
          if (asked.what === "count" && window.counted.push(asked.typed) > 1) return;
          post.call(this, asked);
        };"""
    )
    page.goto(f"{host.address}/search/?q=nowhereone+nowheretwo+nowherethree")
    page.wait_for_function("() => window.counted.length === 2")
    page.fill("#search", "barrels")
    page.press("#search", "Enter")
    page.locator("#found-claims").wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("window.counted.length") == 2
    assert page.locator("#found-claims").count() == 1


def test_rows_of_an_older_statement_do_not_come_after_the_newer(
    late: Callable[[str], None], host: Host, page: Page
) -> None:
    late(r"/claims\/.*\.json/")
    page.goto(f"{host.address}/sql/?table=claims")
    page.wait_for_function("() => window.asked > 0")
    _run(page, "select 'the second' as answer_of")
    assert _table(page) == [["answer_of"], ["the second"]]
    _settled(page)
    assert _table(page) == [["answer_of"], ["the second"]]
    assert page.input_value("#sql-editor") == "select 'the second' as answer_of"
    with page.expect_download() as given:
        page.get_by_role("button", name="CSV of all rows").click()
    assert given.value.path().read_text("utf-8") == "answer_of\nthe second\n"


def test_files_of_records_for_an_older_statement_are_not_loaded_any_more(host: Host, page: Page) -> None:
    ended: list[str] = []
    page.on("requestfailed", lambda request: ended.append(request.url))
    page.route("**/claims/*.json", lambda _: None)  # no answer
    with page.expect_request("**/claims/*.json"):
        page.goto(f"{host.address}/sql/?table=claims")
    with page.expect_event("requestfailed"):
        page.fill("#sql-editor", "select 2 as n")
        page.press("#sql-editor", "Control+Enter")
    page.get_by_role("cell", name="2").wait_for()
    assert ended
    assert all("/claims/" in one for one in ended)


def test_whether_to_load_more_is_not_asked_any_more_when_there_is_another_statement(large: Host, page: Page) -> None:
    much = "select sum(length(bytes) + unicode(bytes)) as n from padding"
    page.goto(f"{large.address}/sql/?{urlencode({'sql': much})}")
    page.get_by_role("button", name="Go on").wait_for(timeout=60_000)
    given = large.given
    page.fill("#sql-editor", _ENDLESS)
    page.press("#sql-editor", "Control+Enter")
    page.get_by_role("button", name="Cancel").wait_for()
    assert page.get_by_role("button", name="Go on").count() == page.get_by_role("button", name="Leave it").count() == 0
    page.get_by_role("button", name="Cancel").click()
    page.locator("#answer .problem", has_text="Cancelled").wait_for()
    page.wait_for_timeout(300)
    assert page.locator("#answer .problem").count() == 1
    assert large.given == given


def test_whether_to_load_more_is_not_asked_any_more_when_nothing_is_asked(large: Host, page: Page) -> None:
    large.ranges = "no"
    page.goto(f"{large.address}/search/?q=fener")
    page.get_by_role("button", name="Go on").wait_for()
    page.fill("#search", "")
    page.press("#search", "Enter")
    page.wait_for_function("() => !document.querySelector('#status').firstChild")
    assert page.get_attribute("#found", "aria-busy") is None
    page.fill("#search", "fener")
    page.press("#search", "Enter")
    page.get_by_role("button", name="Go on").click()
    page.locator("#found-people").wait_for()


# --- hostile text -----------------------------------------------------------------------------------------------------

_HOSTILE = (
    """<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>"><svg/onload=alert(1)>"""
)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/search/", {"q": _HOSTILE}),
        ("/sql/", {"table": _HOSTILE}),
        ("/sql/", {"table": "people", _HOSTILE: "x"}),
        ("/sql/", {"sql": "select :p as p, 'javascript:document.title=1' as q", "p": _HOSTILE}),
        ("/sql/", {"sql": f"""select '{_HOSTILE.replace("'", "''")}' as "{_HOSTILE.replace('"', '""')}" """}),
        ("/sql/", {"sql": _HOSTILE}),
    ],
)
def test_text_is_text(path: str, query: dict[str, str], host: Host, page: Page) -> None:
    watched = Watched(page)
    _opened(page, host, path, **query)
    page.wait_for_timeout(100)
    assert page.title() != "owned"
    assert page.locator("main img, main script, main svg").count() == 0
    assert watched.complaints == []
    assert watched.external(host.address) == []


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The twin of a book in which every text is a payload: values, keys, names, titles, settings."""
    above = tmp_path_factory.mktemp("hostile")
    folder = markup_book.write(above / "book", markup.every(24))
    markup_book.commit(folder)
    assert sourcebook.build(folder).release is not None
    sourcebook.freeze(folder, above / "twin")
    return above / "twin"


@pytest.mark.parametrize("policy", [True, False], ids=["policy", "escaping-alone"])
def test_nothing_in_a_book_is_code(policy: bool, hostile: Path, browser: Browser) -> None:
    here = Path(markup.__file__).parent
    audit = "\n".join(line for line in (here / "audit.js").read_text("utf-8").splitlines() if not line.startswith("//"))
    with hosting(hostile) as host, browser.new_context(bypass_csp=not policy) as context:
        page, told = context.new_page(), list[str]()
        page.expose_function("__told", lambda what: told.append(what))
        page.add_init_script((here / "watch.js").read_text("utf-8"))
        watched = Watched(page)
        searched = [{"q": word} for word in ("img", "script", "onerror", "svg", "pwned", "alert", "a", "things")]
        shown = 0
        for path, query in [
            *(("/search/", one) for one in (*searched, *({"q": text} for text in markup.every(24)))),
            *(("/sql/", {"table": name}) for name in ("things", "keyed", "pages", "_records", *markup.every(6))),
        ]:
            _opened(page, host, path, **query)
            shown += page.locator("#found li, #answer tr").count()
            schemes = ["http:", "https:", "mailto:"]
            found = page.evaluate(audit, [schemes, False, False])
            found = [one for one in found if "Content-Security-Policy" not in one]  # which is ours
            assert [*told, *found, *watched.external(host.address)] == [], (path, query)
        assert shown > 50


def test_a_record_whose_key_names_no_file_is_found_with_its_page(page: Page, hostile: Path) -> None:
    names = json.loads((hostile / "-/records/names.json").read_text("utf-8"))
    (address, key), name = next(iter(names)).split("/", 1), next(iter(names.values()))
    with hosting(hostile) as host:
        _opened(page, host, "/search/")
        found = page.evaluate(
            """async ([script, address, key]) => {
              const {record} = await import(script);
              const book = JSON.parse(document.getElementById('book').textContent);
              return record(book, book.collections.find(one => one.address === address), key);
            }""",
            [f"/-/sourcebook/{scripts()}/records.js", address, key],
        )
    assert found["key"] == key
    assert found["page"] == f"/-/records/{name}/"


def test_links_of_data_lead_to_the_web_alone(host: Host, page: Page) -> None:
    found = _opened(page, host, "/search/").evaluate(
        """async script => {
          const {link} = await import(script);
          return ['javascript:alert(1)', ' JavaScript:alert(1)', 'data:text/html,x', 'vbscript:x', 'http://[', '',
            'https://a.example/x', '/people/x/'].map(one => link(one, 'words').outerHTML);
        }""",
        f"/-/sourcebook/{scripts()}/dom.js",
    )
    assert found[:6] == ["<bdi>words</bdi>"] * 6
    assert 'href="https://a.example/x"' in found[6]
    assert 'rel="noopener nofollow"' in found[6]
    assert 'href="/people/x/"' in found[7]


def test_scripts_ask_no_other_host() -> None:
    own = {
        name: content.decode()
        for name, content in twin_files().items()
        if name.endswith(".js") and "sqlite3" not in name
    }
    assert len(own) >= 10
    assert [name for name, text in own.items() if "http://" in text or "https://" in text] == []
    assert [name for name, text in own.items() if "innerHTML" in text or "insertAdjacentHTML" in text] == []
