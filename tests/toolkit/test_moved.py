# SPDX-License-Identifier: Apache-2.0
"""Keys that were given up: read and judged, led on by the site in every form, kept by releases."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sourcebook
from sourcebook.book import Moved, load_book
from sourcebook.book.moved import followed
from sourcebook.site import routes
from sourcebook.site.answer import Asked
from sourcebook.site.published import Published
from tests.harbour import get, links, opened, text
from tests.harbour import replaced as replaced_in
from tests.served import BOOKS, PYTHONS, serving

Copy = Callable[[str], Path]

MOVED = """# people who have other keys now
- {collection: people, key: isil-of-the-lamp, to: isil-fener-cakil, on: 2026-02-01}
- {collection: people, key: isil-fener-cakil, to: isil-fener, on: 2026-03-01}
- {collection: people, key: lodger, gone: "Is no part of the <quarrel>.", on: 2026-05-02}
- {collection: people, key: tenant, to: lodger, on: 2026-04-01}
- {collection: people, key: bystander, gone: "Was entered by mistake.", on: 2026-04-12}
- {collection: people, key: "a/b c.json", to: or-ben-migdal, on: 2026-04-12}
- {collection: people, key: .., to: or-ben-migdal, on: 2026-04-12}
- {collection: sources, key: gazette, to: quay-gazette-1911, on: 2026-04-12}
- {collection: claims, key: oil-forty, to: oil-forty-barrels, on: 2026-04-12}
"""


def written(moved: str = MOVED) -> Callable[[Path], object]:
    """A book with a list of moved keys."""

    def change(folder: Path) -> None:
        (folder / "curation").mkdir()
        (folder / "curation/moved.yaml").write_text(moved, encoding="utf-8")

    return change


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("moved"), written()) as found:
        yield found


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/people/isil-fener-cakil", "/people/isil-fener"),
        ("/people/isil-of-the-lamp", "/people/isil-fener"),  # a chain, followed at once
        ("/people/isil-of-the-lamp.json", "/people/isil-fener.json"),
        ("/people/isil-of-the-lamp.csv", "/people/isil-fener.csv"),
        ("/people/isil-of-the-lamp.yaml", "/people/isil-fener.yaml"),
        ("/people/isil-of-the-lamp.bib", "/people/isil-fener.bib"),
        ("/people/isil-of-the-lamp?form=json", "/people/isil-fener?form=json"),
        ("/people/isil-of-the-lamp?utm=a%26b&utm=c", "/people/isil-fener?utm=a%26b&utm=c"),
        ("/people/-?key=isil-of-the-lamp&form=csv", "/people/isil-fener?form=csv"),
        ("/people/-?key=isil-of-the-lamp.csv", "/people/isil-fener.csv"),
        ("/people/a%2Fb%20c.json", "/people/or-ben-migdal"),  # a key that ends as a form does
        ("/people/a%2Fb%20c.json.json", "/people/or-ben-migdal.json"),
        ("/people/-?key=..", "/people/or-ben-migdal"),
        ("/documents/gazette.bib", "/documents/quay-gazette-1911.bib"),
        ("/sources/gazette", "/documents/quay-gazette-1911"),  # the name of the collection, whose address is another
        ("/claims/oil-forty", "/claims/oil-forty-barrels"),
    ],
)
def test_an_old_address_leads_to_the_new_one_for_good(harbour: Published, asked: str, leads: str) -> None:
    answer = get(harbour, asked)
    assert answer.status == 308
    assert answer.headers["location"] == leads
    assert get(harbour, leads).status == (400 if "utm" in asked else 200)  # a parameter means nothing there either


@pytest.mark.parametrize("key", ["isil-of-the-lampe", "isil", "ISIL-OF-THE-LAMP", "isil-of-the-lamp.xlsx"])
def test_only_that_address_does(harbour: Published, key: str) -> None:
    assert get(harbour, f"/people/{key}").status == 404
    assert get(harbour, "/events/isil-of-the-lamp").status == 404
    assert get(harbour, "/people/isil-fener.xlsx").status == 404


@pytest.mark.parametrize("form", ["", ".csv", ".yaml", ".bib"])
@pytest.mark.parametrize("key", ["lodger", "tenant"])
def test_what_is_gone_says_when_and_why(harbour: Published, key: str, form: str) -> None:
    answer = get(harbour, f"/people/{key}{form}")
    assert answer.status == 410
    said = text(answer)
    assert "When 2 May 2026" in said
    assert "Why Is no part of the <quarrel>." in said
    assert "<quarrel>" not in answer.body.decode()
    assert "log of corrections" not in said
    assert key not in said.replace("lodger.", "")


def test_as_data_too(harbour: Published) -> None:
    for address in ("/people/tenant.json", "/people/-?key=tenant&form=json"):
        answer = get(harbour, address, data=True)
        assert (answer.status, json.loads(answer.body)) == (
            410,
            {
                "ok": False,
                "error": "This record was withdrawn.",
                "status": 410,
                "date": "2026-05-02",
                "reason": "Is no part of the <quarrel>.",
            },
        )


def test_where_the_log_has_an_entry_too_it_is_linked(harbour: Published) -> None:
    answer = get(harbour, "/people/bystander")
    assert "Why Was entered by mistake." in text(answer)
    assert links(answer)["/corrections/correction-0002"]


def test_the_log_of_a_record_that_was_renamed_stays_with_it(tmp_path: Path) -> None:
    def change(folder: Path) -> None:
        replaced_in("data/corrections.yaml", "record: oil-forty-barrels", "record: oil-forty")(folder)
        written()(folder)

    with opened(tmp_path, change) as found:
        answer = get(found, "/claims/oil-forty-barrels")
        assert "1 March 2026: The hedge of the clerk was added. It was left out." in text(answer)
        assert get(found, "/claims/oil-forty").status == 308


def test_a_record_is_shown_though_its_key_is_in_the_list(tmp_path: Path) -> None:
    """The rule is lowered: what is there goes first, in every form."""

    def change(folder: Path) -> None:
        replaced_in("datapackage.yaml", "\nsourcebook:\n", "\nsourcebook:\n  rules: {moved-taken: warning}\n")(folder)
        written("- {collection: people, key: isil-fener, to: or-ben-migdal, on: 2026-04-12}\n")(folder)

    with opened(tmp_path, change) as found:
        assert get(found, "/people/isil-fener").status == 200
        assert get(found, "/people/isil-fener?form=nonsense").status == 404


@pytest.mark.xdist_group("serve")
def test_over_http_with_chains_query_and_head(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    shutil.copytree(Path(__file__).parent.parent / "site" / "book", folder)
    written()(folder)
    assert sourcebook.build(folder).release
    with serving(PYTHONS["datasette-0"], folder) as client:
        for method in (client.get, client.head):
            for asked, leads in (
                ("/people/isil-of-the-lamp", "/people/isil-fener"),
                ("/people/isil-of-the-lamp.json?a=1", "/people/isil-fener.json?a=1"),
                ("/people/-?key=isil-of-the-lamp&form=json", "/people/isil-fener?form=json"),
            ):
                answer = method(asked)
                assert (answer.status_code, answer.headers["location"]) == (308, leads)
                assert answer.headers["cache-control"] == "public, max-age=5"  # the book may change its mind
            for asked, leads in (  # Datasette's own rows
                ("/lantern-harbour/people/isil-of-the-lamp", "/lantern-harbour/people/isil-fener"),
                ("/lantern-harbour/people/isil-of-the-lamp.json?_shape=object", None),
                ("/lantern-harbour/people/a~2Fb~20c~2Ejson", "/lantern-harbour/people/or-ben-migdal"),
            ):
                answer = method(asked)
                wanted = leads or "/lantern-harbour/people/isil-fener.json?_shape=object"
                assert (answer.status_code, answer.headers["location"]) == (308, wanted)
        assert client.get("/lantern-harbour/people/lodger").status_code == 410
        assert client.get("/lantern-harbour/people/isil-of-the-lamp.json", follow_redirects=True).json()["rows"]
        assert client.get("/people/isil-of-the-lamp.json", follow_redirects=True).json()["key"] == "isil-fener"
        gone = client.get("/people/lodger", headers={"accept": "text/html"})
        assert gone.status_code == 410
        assert "Is no part of the &lt;quarrel&gt;." in gone.text
        assert client.get("/people/lodger.json").json()["reason"] == "Is no part of the <quarrel>."
        assert client.get("/people/lodger", headers={"accept": "application/json"}).status_code == 410


def test_below_a_prefix_it_leads_below_the_prefix(harbour: Published) -> None:
    answer = routes.answer(harbour, Asked(("people", "isil-of-the-lamp.csv"), base="/books/"))
    assert (answer.status, answer.headers["location"]) == (308, "/books/people/isil-fener.csv")


def test_a_change_of_the_list_alone_makes_a_release(book: Copy) -> None:
    folder = book("moved-target")
    shutil.rmtree(folder / "curation")
    first = sourcebook.build(folder)
    assert sourcebook.build(folder).release == first.release
    written("- {collection: stations, key: ashes, to: ash, on: 2026-10-01}\n")(folder)
    second = sourcebook.build(folder)
    assert second.release != first.release
    assert second.release
    site = json.loads((second.release / "site.json").read_text("utf-8"))
    assert site["moved"] == {"stations": {"ashes": {"on": "2026-10-01", "to": "ash"}}}
    assert sourcebook.verify(folder).ok


def test_the_file_is_no_data_wherever_patterns_look(book: Copy) -> None:
    """A book may keep its own records in ``curation/``, or claim files from its root."""
    for pattern in ("curation/*.yaml", "'**/*.yaml'"):
        folder = book("moved-target")
        shutil.rmtree(folder / "data")
        for path in (folder / "curation").iterdir():
            path.unlink()
        (folder / "curation/ash.yaml").write_text("{id: ash, name: Ash}\n")
        (folder / "curation/moved.yaml").write_text("- {collection: stations, key: ashes, to: ash, on: 2026-10-01}\n")
        (folder / "curation/different.yaml").write_text("[]\n")
        (folder / "curation/imports").mkdir()
        (folder / "curation/imports/stations.yaml").write_text("{}\n")
        descriptor = folder / "datapackage.yaml"
        descriptor.write_text(descriptor.read_text().replace("data/stations/*.yaml", pattern))
        checked = sourcebook.check(folder)
        assert [str(one) for one in checked.findings] == []
        assert checked.count == 1
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"people: rosa\n", "this is no list of moved keys: a list of entries is expected"),
        (b"[]\n---\n[]\n", "this is no list of moved keys: a second document begins here"),
        (b"- {collection: [\n", "this is no list of moved keys: "),
        (b"\xff\xfe", "this is no list of moved keys: "),
        (b"- [stations, ash]\n", "an entry is a mapping with collection, key, to or gone, and on"),
        (b"- {collection: stations, key: [a], to: ash, on: 2026-10-01}\n", "'key' is to be a text"),
        (b"- {collection: stations, key: null, to: ash, on: 2026-10-01}\n", "'key' is to be a text"),
        (b"- {collection: stations, key: b, gone: 7, on: 2026-10-01}\n", "'gone' is to be a text"),
        (b"- {collection: stations, key: b, gone: ' ', on: 2026-10-01}\n", "'gone' is empty"),
        (b"- {collection: stations, key: 1.10, to: ash, on: 2026-10-01}\n", "'key' is read as 1.1, and written 1.10"),
    ],
)
def test_what_is_no_list_is_told_at_its_line(book: Copy, content: bytes, told: str) -> None:
    folder = book("moved-target")
    (folder / "curation/moved.yaml").write_bytes(content)
    (finding,) = sourcebook.check(folder).findings
    assert (finding.path, finding.rule, finding.level) == ("curation/moved.yaml", "moved", "error")
    assert finding.message.startswith(told)
    assert finding.line >= 1
    assert finding.hint


@pytest.mark.parametrize("content", ["", "[]\n", "# nothing yet\n", "null\n"])
def test_an_empty_list_is_one(book: Copy, content: str) -> None:
    folder = book("moved-target")
    (folder / "curation/moved.yaml").write_text(content)
    assert sourcebook.check(folder).findings == ()


def test_a_link_is_not_followed(book: Copy, tmp_path: Path) -> None:
    folder = book("moved-target")
    (folder / "curation/moved.yaml").rename(tmp_path / "elsewhere.yaml")
    (folder / "curation/moved.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert [one.rule for one in sourcebook.check(folder).findings] == ["file-kind"]


def test_of_a_collection_that_could_not_be_read_nothing_is_said(book: Copy) -> None:
    folder = book("moved-target")
    (folder / "data/stations/ash.yaml").write_text("{id: ash, name: [}\n")
    checked = sourcebook.check(folder)
    assert "moved-target" not in {one.rule for one in checked.findings}
    assert any(line.startswith("moved-target:") and "unverifiable" in line for line in checked.ledger.lines())


def test_chains_are_followed_and_circles_left_out() -> None:
    def led(*pairs: str) -> dict[str, str]:
        moved = [Moved("c", *pair.split(">")) for pair in pairs]
        return {key: end.to for (_, key), end in followed(moved).items()}

    assert led("a>b", "b>c", "c>d") == {"a": "d", "b": "d", "c": "d"}
    assert led("b>c", "a>b") == {"a": "c", "b": "c"}
    assert led("a>b", "b>a", "c>a", "x>y") == {"x": "y"}
    many = [Moved("c", str(number), str(number + 1)) for number in range(20_000)]
    assert {end.to for end in followed(reversed(many)).values()} == {"20000"}


def test_a_book_tells_its_moved_keys() -> None:
    book = load_book(BOOKS / "moved-target")
    assert book.moved[0].key == "ashes"
    assert book.moved[0].line == 2
    assert book.moved[3].gone == "closed before it was opened"
