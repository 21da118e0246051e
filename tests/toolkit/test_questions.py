# SPDX-License-Identifier: Apache-2.0
"""Questions and panels on pages: linked rows, statements never without who says them and what answers them, files."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

import sourcebook
from sourcebook.content.addresses import Addresses
from sourcebook.content.labels import Labels
from sourcebook.content.values import Value
from sourcebook.extract.site import Question
from sourcebook.site import routes
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.published import Published
from sourcebook.site.results import asking
from sourcebook.site.results import files as result_files
from sourcebook.site.results import run as results
from sourcebook.site.results.asking import Refused, ask, parameters_of
from sourcebook.site.results.charts import Chart, charts
from tests.served import BOOKS, PYTHONS, serving

CUT = "Bo Lindwurm cut the string of the red kite."
DENIALS = ("Bo Lindwurm did not cut any string.", "Bo Lindwurm was not on the hill that day.")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(BOOKS / "questions", tmp_path_factory.mktemp("questions") / "book")
    assert sourcebook.build(folder).release
    return folder


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[Published]:
    with closing(Published((folder / "build/current").resolve())) as opened:
        yield opened


def page(opened: Published, *path: str, **query: str) -> Answer:
    return routes.answer(opened, Asked(path, {name: (value,) for name, value in query.items()}))


def html(opened: Published, *path: str, **query: str) -> str:
    answer = page(opened, *path, **query)
    assert answer.status == 200
    return answer.body.decode()


def words(marked_up: str) -> str:
    """The text of a part of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", marked_up)).split())


def question(opened: Published, name: str) -> Question:
    return next(one for one in opened.site.questions if one.name == name)


def labels(opened: Published) -> Labels:
    return Labels(opened, Addresses("/", opened.site.name))


def asked(sql: str, **header: object) -> Question:
    return Question(name="odd", title="Odd", sql=sql, path="odd.sql", **header)  # type: ignore[arg-type]


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_list_has_all_questions_in_their_order(opened: Published) -> None:
    text = html(opened, "questions")
    links = re.findall(r'href="/questions/([^"]+)"', text)
    assert [one for one in links if one] == ["many", "denied", "heights", "joined"]  # what has no order is 0
    assert "Neither is decided here." in text


def test_a_question_that_is_not_asked_is_not_there(opened: Published) -> None:
    for name in ("nothing", "denied.xlsx", "denied.json.csv", ".json"):
        assert page(opened, "questions", name).status == 404


def test_a_denied_statement_has_its_attribution_and_both_denials_beside_it(opened: Published) -> None:
    text = html(opened, "questions", "denied")
    (section,) = re.findall(r'<section class="group">.*?</section>', text, re.DOTALL)
    said = words(section)
    assert said.startswith(f"{CUT} accuses Said by Ayla Rüzgâr in The Windward Gazette , page 3")
    assert said.index("Denied by") < said.index(DENIALS[0]) < said.index(DENIALS[1]) < said.index("Contradicted by")
    assert "Said by Bo Lindwurm in Minutes of the kite club , item 4" in said
    assert said.count(CUT) == 1  # once, in the heading, for both rows, which have nothing else to say
    assert '<ul class="cards' not in section
    assert "2 rows" in words(text)
    assert "How high" not in said


def test_columns_that_say_again_what_a_statement_says_are_left_out(opened: Published) -> None:
    said = words(html(opened, "questions", "denied"))
    for title in ("Words", "Denied in words", "Paper", "Said by:"):
        assert f"{title}:" not in said
    heights = words(html(opened, "questions", "heights"))
    assert "Height: 120" in heights
    assert "Letters: 43" in heights


def test_every_row_with_a_statement_shows_what_answers_it(opened: Published) -> None:
    text = html(opened, "questions", "heights")
    blocks = re.findall(r'<article class="statement.*?</article>', text, re.DOTALL)
    assert len(blocks) == 6
    for block in blocks:
        assert "Said by" in block
        if words(block).startswith(CUT):
            assert all(denial in words(block) for denial in DENIALS)
            break
    else:
        pytest.fail("the accusation is not there")


def test_a_statement_of_another_column_is_shown_with_its_own_answers(opened: Published) -> None:
    """The denial that a row names stands among the answers to the accusation, unless it has answers of its own."""
    sql = "SELECT 'cut-nothing' AS denial, 'cut-string' AS remark"
    one = asked(sql, link={"denial": "remarks", "remark": "remarks"})
    (row,) = results.run(opened, labels(opened), one, {}).top.rows
    assert [column.name for column, _ in row.statements] == ["denial", "remark"]
    other = asked("SELECT 'cut-string' AS remark, 'cut-nothing' AS denial", link=one.link)
    (row,) = results.run(opened, labels(opened), other, {}).top.rows
    assert [column.name for column, _ in row.statements] == ["remark"]
    contradicted = asked("SELECT 'cut-nothing' AS denial, 'height-gazette' AS remark", link=one.link)
    (row,) = results.run(opened, labels(opened), contradicted, {}).top.rows
    assert len(row.statements) == 2


@pytest.mark.parametrize("again", [1, 2])
def test_words_of_a_statement_have_its_attribution_though_no_header_names_a_key(opened: Published, again: int) -> None:
    one = asked("SELECT words, 'x' AS more FROM remarks WHERE id = 'cut-string' UNION ALL SELECT NULL, 'words'")
    for _ in range(again):  # what was read is known too where SQLite has the statement at hand
        result = results.run(opened, labels(opened), one, {})
    assert result.blocks
    first, second = result.top.rows
    ((_, statement),) = first.statements
    assert [value.text for value in statement.by] == ["Ayla Rüzgâr"]
    assert statement.answers[0].how == "Denied by"
    assert [column.name for column in result.columns] == ["more"]
    assert second.statements == ()
    table = list(csv.DictReader(io.StringIO(result_files.as_csv(labels(opened), one, {}), newline="")))
    assert [row["words_denied_by"] for row in table] == ["cut-nothing; was-not-there", ""]


def test_words_that_two_have_said_have_both(opened: Published) -> None:
    one = asked("SELECT words FROM remarks WHERE id = 'fine-weather'")
    result = results.run(opened, labels(opened), one, {})
    (row,) = result.top.rows
    assert [statement.by[0].text for _, statement in row.statements] == ["Ayla Rüzgâr", 'Carys "Tail" O\'Wind']
    data = result_files.as_data(labels(opened), one, {})
    assert [said["key"] for said in data["rows"][0]["words_attribution"]] == ["fine-weather", "fine-weather-too"]
    grouped = results.run(opened, labels(opened), replace(one, group=("words",)), {})
    (group,) = grouped.top.groups
    assert group.statement is None
    assert len(group.rows[0].statements) == 2


def test_words_that_nobody_said_in_this_book_are_words(opened: Published) -> None:
    result = results.run(opened, labels(opened), asked("SELECT upper(words) AS words FROM remarks"), {})
    assert not result.blocks
    assert len(result.top.rows) == 6


def test_a_key_of_nothing_is_text_and_no_link(opened: Published) -> None:
    one = asked("SELECT 'nobody' AS remark, 99 AS member", link={"remark": "remarks", "member": "members"})
    result = results.run(opened, labels(opened), one, {})
    assert [column.name for column in result.columns] == ["remark", "member"]
    (row,) = result.top.rows
    assert [(row.cells[index].text, row.cells[index].href) for index in (0, 1)] == [("nobody", ""), ("99", "")]


def test_a_column_is_a_link_only_where_the_header_says_so(opened: Published) -> None:
    sql = "SELECT speaker, speaker AS member FROM remarks WHERE id = 'cut-string'"
    (row,) = results.run(opened, labels(opened), asked(sql, link={"member": "members"}), {}).top.rows
    assert row.cells[1].href == "/members/1"
    (row,) = results.run(opened, labels(opened), asked(sql), {}).top.rows
    assert [cell.href for cell in row.cells.values()] == ["", ""]


def test_what_is_shown_is_escaped_and_only_addresses_of_the_web_are_links(opened: Published) -> None:
    text = html(opened, "questions", "heights")
    assert "The weather was &lt;b&gt;fine&lt;/b&gt; &amp; dry." in text
    sql = "SELECT 'javascript:alert(1)' AS a, 'https://kite.example/' AS b, '<script>' AS \"<i>\""
    (row,) = results.run(opened, labels(opened), asked(sql), {}).top.rows
    assert [cell.href for cell in row.cells.values()] == ["", "https://kite.example/", ""]


def test_groups_within_groups_and_what_is_the_same_in_them(opened: Published) -> None:
    sql = "SELECT _value AS member, kind, paper, page, 1 AS one FROM remarks JOIN remarks_about ON _parent = id"
    one = asked(sql, link={"member": "members"}, group=("member", "kind"))
    result = results.run(opened, labels(opened), one, {})
    (member,) = result.top.groups
    assert member.heading is not None
    assert (member.heading.text, member.heading.href) == ("Bo Lindwurm", "/members/2")
    assert [column.name for column, _ in member.fields] == ["one"]
    assert [group.heading.text for group in member.groups if group.heading] == ["accuses", "denies"]
    assert [len(group.rows) for group in member.groups] == [1, 2]
    assert [column.name for column, _ in member.groups[1].fields] == ["paper"]
    assert [column.name for column in result.columns] == ["page"]


def test_a_column_that_tells_nothing_apart_is_no_heading_of_its_own(opened: Published) -> None:
    """As a record's name beside its key, and what else each of them has one of."""
    sql = "SELECT number AS member, name, 10 - number AS rank, kind FROM members JOIN remarks ON speaker = number"
    one = asked(sql, link={"member": "members"}, group=("member", "name", "rank"))
    top = results.run(opened, labels(opened), one, {}).top
    assert [group.heading.text for group in top.groups if group.heading] == [
        "Ayla Rüzgâr", "Bo Lindwurm", 'Carys "Tail" O\'Wind',
    ]  # fmt: skip
    assert not any(group.groups for group in top.groups)
    assert [[column.name for column, _ in group.fields] for group in top.groups] == [["rank"]] * 3
    assert sum(len(group.rows) for group in top.groups) == 6


def test_rows_of_a_group_that_lie_apart_come_together_and_none_is_lost(opened: Published) -> None:
    sql = "SELECT column1 AS a, column2 AS b FROM (VALUES ('x', 1), (NULL, 2), ('x', 3), (1, 4), ('1', 5))"
    top = results.run(opened, labels(opened), asked(sql, group=("a",)), {}).top
    assert [group.heading.text if group.heading else None for group in top.groups] == ["x", None, "1", "1"]
    assert [[row.cells[1].text for row in group.rows] for group in top.groups] == [["1", "3"], ["2"], ["4"], ["5"]]


def test_a_page_has_the_first_rows_and_says_of_how_many(opened: Published) -> None:
    text = html(opened, "questions", "many")
    assert f"The first {results.MOST_ROWS} of 1,000 rows: the CSV has all" in text
    assert text.count("<tr>") == results.MOST_ROWS + 1
    assert '<th scope="col" class=number>Day of week</th>' in text
    assert "2 bytes that are no text" in text
    whole = list(csv.reader(io.StringIO(page(opened, "questions", "many.csv").body.decode(), newline="")))
    assert len(whole) == 1001
    assert whole[1] == ["1", "1", "", "=1+1", "00ff"]


def test_large_rows_are_fewer_on_a_page_and_too_many_of_them_no_file(opened: Published) -> None:
    large = asked(f"SELECT hex(zeroblob(300000)) AS text FROM {opened.site.tables[0].name}, members")
    found = results.run(opened, labels(opened), large, {}).found
    assert (len(found.rows), found.whole, found.count) == (2, False, 18)
    larger = replace(large, sql=f"{large.sql}, members AS more")
    with pytest.raises(Refused, match="larger than 20 MB"):
        result_files.as_csv(labels(opened), larger, {})


# --- parameters, and what has no answer -------------------------------------------------------------------------------


def test_a_question_with_parameters_has_a_form_and_reads_them_as_text(opened: Published) -> None:
    text = html(opened, "questions", "joined")
    assert 'name="since" value=""' in text
    assert "<table>" not in text
    text = html(opened, "questions", "joined", since="2012")
    assert 'name="since" value="2012"' in text
    assert "1 row" in text
    assert '<a href="/members/2" dir="auto">Bo Lindwurm</a>' in text
    assert "30 September 2012" in text
    assert "Ayla" not in text
    assert 'href="/questions/joined.csv?since=2012"' in text
    hostile = html(opened, "questions", "joined", since="~\"'><script>1 OR 1=1")
    assert "<script>" not in hostile
    assert "0 rows" in hostile


def test_parameters_are_found_wherever_they_stand(opened: Published) -> None:
    assert parameters_of(opened, asked("SELECT :a, ':no', @b, $c, :a -- :no")) == ("a", "b", "c")
    assert parameters_of(opened, asked("SELECT 1")) == ()


def test_sql_that_is_too_long_for_an_address_is_for_the_reader_to_copy(opened: Published) -> None:
    at = Addresses("/", "kites")
    assert at.sql("SELECT 1", {"sql": "x", "a": "ü"}) == "/kites?sql=SELECT+1&a=%C3%BC"
    assert at.fits("SELECT 1")
    assert not at.fits("SELECT 1" + " " * 8000 + "ü")
    assert at.sql("ü" * 2000) == "/kites"


def test_files_need_the_parameters_too(opened: Published) -> None:
    for form in ("csv", "json"):
        answer = page(opened, "questions", f"joined.{form}")
        assert answer.status == 400
        assert b"?since=" in answer.body
    rows = json.loads(page(opened, "questions", "joined.json", since="").body)["rows"]
    assert [row["member"] for row in rows] == [1, 2, 7]


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("DELETE FROM remarks", "not authorized"),
        ("ATTACH 'x' AS y", "not authorized"),
        ("PRAGMA user_version = 1", "not authorized"),
        ("SELECT load_extension('x')", "SQLite does not take it"),
        ("SELECT 1 FROM (SELECT", "incomplete input"),
        ("SELECT zeroblob(900000000)", "too big"),
        ("SELECT 1; SELECT 2", "one statement"),
    ],
)
def test_what_sqlite_refuses_is_told_in_words(opened: Published, sql: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        ask(opened, asked(sql), {})
    assert opened.connection.execute("SELECT count(*) FROM remarks").fetchone() == (6,)


def test_a_question_without_end_is_stopped(opened: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SECONDS", 0.05)
    endless = "WITH RECURSIVE a (b) AS (SELECT 1 UNION ALL SELECT b + 1 FROM a) SELECT "
    with pytest.raises(Refused, match="longer than"):
        ask(opened, asked(f"{endless} count(*) FROM a"), {})
    found = ask(opened, asked(f"{endless} b FROM a"), {}, most=3)
    assert found.rows == [(1,), (2,), (3,)]
    assert found.count is None


def test_a_problem_is_told_on_the_page_beside_the_sql(opened: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise Refused("It takes longer than that.")

    monkeypatch.setattr("sourcebook.site.pages.question.run", refuse)
    answer = page(opened, "questions", "denied")
    assert answer.status == 400
    assert "It takes longer than that." in answer.body.decode()
    assert "FROM remarks_denies" in answer.body.decode()


# --- files ------------------------------------------------------------------------------------------------------------


def test_the_csv_has_columns_of_who_says_it_and_of_answers(opened: Published) -> None:
    answer = page(opened, "questions", "heights.csv")
    assert answer.media_type == "text/csv; charset=utf-8"
    assert "heights.csv" in answer.headers["content-disposition"]
    rows = {row["remark"]: row for row in csv.DictReader(io.StringIO(answer.body.decode(), newline=""))}
    row = rows["cut-string"]
    assert row["height"] == "120"
    assert row["remark_said_by"] == "Ayla Rüzgâr"
    assert row["remark_published_in"] == "The Windward Gazette, page 3"
    assert row["remark_denied_by"] == "cut-nothing; was-not-there"
    assert row["remark_denied_by_in_words"].startswith(
        f"{DENIALS[0]} (Bo Lindwurm, in Minutes of the kite club, item 4)"
    )
    assert row["remark_contradicted_by"] == "height-gazette"
    assert row["remark_replaced_by"] == ""
    assert rows["fine-weather"]["remark_denied_by"] == ""


def test_the_json_has_them_as_data(opened: Published) -> None:
    data = json.loads(page(opened, "questions", "denied.json").body)
    assert (data["count"], data["release"], data["sql"][:6]) == (2, opened.release, "SELECT")
    first = data["rows"][0]
    assert [one["by"] for one in first["remark_attribution"]] == [[{"text": "Ayla Rüzgâr", "href": "/members/1"}]]
    assert [one["said"] for one in first["remark_denied_by"]] == list(DENIALS)
    assert first["denial_attribution"][0]["said"] == DENIALS[0]


def test_columns_of_the_same_name_are_all_kept(opened: Published) -> None:
    one = asked("SELECT 1 AS a, 2 AS a, 'x' AS remark, 3 AS remark_denied_by", link={"remark": "remarks"})
    (header, row) = csv.reader(io.StringIO(result_files.as_csv(labels(opened), one, {})))
    assert header[:5] == ["a", "a_2", "remark", "remark_denied_by", "remark_said_by"]
    assert len(set(header)) == len(header) == len(row)


# --- panels -----------------------------------------------------------------------------------------------------------


def test_a_panel_is_shown_on_the_pages_of_its_collection_where_it_has_rows(opened: Published) -> None:
    text = html(opened, "members", "2")
    (panel,) = re.findall(r'<section class="panel">.*?</section>', text, re.DOTALL)
    assert "What is said about this member" in panel
    # Once with its denials, and wherever it stands as what these deny, with who denies it.
    assert words(panel).count("Denied by") == 1 + len(DENIALS)
    assert all(denial in words(panel) for denial in DENIALS)
    assert 'class="panel"' not in html(opened, "members", "7")
    assert 'class="panel"' not in html(opened, "papers", "gazette")


# --- charts -----------------------------------------------------------------------------------------------------------


def drawn(kind: str, *values: object, **said: str) -> Chart:
    rows: list[tuple[object, ...]] = [one if isinstance(one, tuple) else (one,) for one in values]
    found = asking.Found(("a", "b", "c")[: len(rows[0])], rows, True, len(rows))
    cells = [{index: Value(str(one)) for index, one in enumerate(row) if one is not None} for row in rows]
    (one,) = charts({kind: "a", **said}, found, cells, [{}] * len(rows), range(len(rows)))
    return one


def test_bars_begin_at_zero_and_are_as_long_as_their_figures() -> None:
    one = drawn("bars", 10, 20.0, "5", -20)
    assert [(lane.marks[0].x, lane.marks[0].width) for lane in one.lanes] == [
        ("50.00%", "24.25%"),
        ("50.00%", "48.50%"),
        ("50.00%", "12.12%"),
        ("1.50%", "48.50%"),
    ]
    assert one.zero == "50.00%"
    assert [tick.text for tick in one.ticks] == ["-20", "-10", "0", "10", "20"]
    assert "from -20 to 20" in one.description


def test_ends_of_a_range_are_drawn_with_the_bar_or_without() -> None:
    one = drawn("bars", (10, 5, 20), (None, 5, 10), (None, 5, None), low="b", high="c")
    assert [[mark.kind for mark in lane.marks] for lane in one.lanes] == [["bar", "range"], ["range"], ["dot", "open"]]
    assert [lane.lines[0].figure for lane in one.lanes] == ["10 (5–20)", "5–10", "at least 5"]


def test_dates_and_parts_of_them_stand_in_time() -> None:
    one = drawn("dots", "2014-01-01", "2014-03", "2015", "2014-02-31", None, "soon")
    (lane,) = one.lanes
    assert [mark.kind for mark in lane.marks] == ["dot", "range", "range"]
    assert lane.marks[0].x == "1.50%"
    assert one.told == (
        "3 of 6 rows are not in the chart: no date in “A”.",
        "2 values are not drawn: neither a number nor a date.",
    )
    assert [tick.text for tick in one.ticks] == ["2014-01", "2014-07", "2015-01", "2015-07"]


def test_a_chart_of_nothing_says_so() -> None:
    one = drawn("bars", "many", None)
    assert one.lanes == ()
    assert one.told == (
        "2 of 2 rows are not in the chart: no figure in “A”.",
        "1 value is not drawn: neither a number nor a date.",
    )
    assert len(drawn("bars", *range(1, 90)).lanes) == 60
    assert "29 more" in drawn("bars", *range(1, 90)).told[-1]


@pytest.mark.parametrize(
    "values",
    [
        (0,),
        (7, 7),
        (1e300, -1e300),
        (1.7e308, "1_000", 5, b"12"),
        ("0001-01-01", "9999-12-31"),
        (1e-9, 2e-9),
        ("0001",),
    ],
)
def test_odd_scales(values: tuple[object, ...]) -> None:
    one = drawn("dots", *values)
    for lane in one.lanes:
        assert all(0 <= float(mark.x[:-1]) <= 100 for mark in lane.marks)
    assert 1 <= len(one.ticks) <= 6


def test_a_chart_has_words_for_those_who_do_not_see_it_and_no_style(opened: Published) -> None:
    text = html(opened, "questions", "heights")
    (figure,) = re.findall(r'<figure class="chart">.*?</figure>', text, re.DOTALL)
    assert 'role="img" aria-labelledby="answer-title answer-told"' in figure
    assert '<title id="answer-title">“Height” by “Said by”</title>' in figure
    assert "4 of 6 rows are not in the chart" in figure
    assert "style=" not in text


def test_under_headings_that_are_not_what_marks_stand_by_each_has_a_chart(opened: Published) -> None:
    sql = "SELECT 'a' AS what, 1 AS size, 'x' AS who UNION ALL SELECT 'a', 2, 'y' UNION ALL SELECT 'b', 900, 'x'"
    apart = asked(sql, group=("what",), chart={"bars": "size", "by": "who"})
    top = results.run(opened, labels(opened), apart, {}).top
    assert top.charts == ()
    assert [sum(one.points for one in group.charts) for group in top.groups] == [2, 0]
    together = results.run(opened, labels(opened), replace(apart, chart={"bars": "size", "by": "what"}), {}).top
    assert [one.points for one in together.charts] == [3]


# --- served -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def site(request: pytest.FixtureRequest, folder: Path) -> Iterator[httpx.Client]:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(request.param, folder) as client:
        yield client


@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("address", ["/questions/denied", "/questions/joined?since=2012"])
def test_change_it_opens_the_editor_with_the_sql_and_what_it_finds(site: httpx.Client, address: str) -> None:
    text = site.get(address).text
    href = unescape(re.findall(r'<a href="([^"]+)">Change it</a>', text)[0])
    answer = site.get(href, follow_redirects=True)
    assert answer.status_code == 200
    sql = dict(parse_qsl(urlsplit(href).query))["sql"]
    (editor,) = re.findall(r'<textarea[^>]*name="sql"[^>]*>(.*?)</textarea>', answer.text, re.DOTALL)
    assert " ".join(unescape(editor).split()) == " ".join(sql.split())
    assert ("cut-nothing" if "denied" in address else "2012-09-30") in answer.text


@pytest.mark.xdist_group("serve")
def test_pages_and_files_are_served(site: httpx.Client) -> None:
    answer = site.get("/questions/denied")
    assert answer.status_code == 200
    assert DENIALS[0] in answer.text
    assert site.get("/questions/denied", headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    assert site.get("/questions/heights.csv").headers["content-type"] == "text/csv; charset=utf-8"
    assert len(site.get("/questions/many.json").json()["rows"]) == 1000
    assert site.get("/questions/nothing").status_code == 404


def test_the_book_is_as_it_was(folder: Path) -> None:
    """No question has written to the release."""
    database = (folder / "build/current/kites.db").resolve()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        assert connection.execute("SELECT count(*) FROM remarks").fetchone() == (6,)
    assert sourcebook.verify(folder).ok if hasattr(sourcebook, "verify") else True
