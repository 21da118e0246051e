# SPDX-License-Identifier: Apache-2.0
"""Parameters that mean nothing on a page of the site are told, on each in the same words, and never passed over."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import sourcebook
from sourcebook.site.published import Published
from tests.harbour import BOOK, get, opened, text
from tests.served import PYTHONS, serving

PICTURES = ("map", "timeline", "network")


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("parameters")) as found:
        yield found


def refused(book: Published, address: str, *words: str, status: int = 400) -> None:
    """An address is answered with a status, as a page and as data that have all the words."""
    answer = get(book, address)
    assert answer.status == status, address
    told = text(answer) if answer.media_type.startswith("text/html") else answer.body.decode()
    data = get(book, address, data=True)
    assert data.status == status, address
    for one in words:
        assert one in told, (address, one)
        assert one in json.loads(data.body)["error"], (address, one)


@pytest.mark.parametrize(
    "page",
    [
        "",
        "search",
        "search.json",
        "schema",
        "schema.json",
        "downloads",
        "downloads.json",
        "questions",
        "questions/claims-about",
        "people",
        "people/isil-fener",
        "people/isil-fener.json",
        "feed.atom",
        "llms.txt",
        "robots.txt",
        "sitemap.xml",
        *PICTURES,
    ],
)
def test_a_parameter_that_nothing_knows(page: str, harbour: Published) -> None:
    if page.startswith("questions/"):
        page = f"questions/{harbour.site.questions[0].name}"
    assert get(harbour, f"/{page}").status == 200
    for query in ("nonsense=1", "nonsense=", "utm_source=x"):
        refused(harbour, f"/{page}?{query}", query.partition("=")[0])


@pytest.mark.parametrize("query", ["q=a&sort=zz", "q=a&page=2", "q=a&form=json", "q=a&q=b", "q=&q=a"])
def test_a_search_is_for_words_alone(query: str, harbour: Published) -> None:
    refused(harbour, f"/search?{query}", "q" if query.count("q=") > 1 else query[4:].partition("=")[0])
    refused(harbour, f"/search.json?{query}")


@pytest.mark.parametrize("page", [*PICTURES, "people"])
@pytest.mark.parametrize("typed", ["zz", "-1", "0", "1.5", "٣", "9" * 40])
def test_what_is_no_number_of_a_page(typed: str, page: str, harbour: Published) -> None:
    refused(harbour, f"/{page}?page={typed}", f"“{typed}” is no number of a page.")


@pytest.mark.parametrize("page", [*PICTURES, "people"])
def test_a_page_that_is_not_there(page: str, harbour: Published) -> None:
    assert get(harbour, f"/{page}?page=1").status == 200
    assert get(harbour, f"/{page}?page=").status == 200
    refused(harbour, f"/{page}?page=999", "There is no page 999; the last is ", status=404)


@pytest.mark.parametrize("page", PICTURES)
def test_a_picture_has_no_order(page: str, harbour: Published) -> None:
    for query in ("sort=nope", "sort=date", "sort="):
        refused(harbour, f"/{page}?{query}", "“sort” is no parameter of this page.")


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("map", ("box", "collection", "q", "page")),
        ("timeline", ("from", "to", "collection", "q", "page")),
        ("network", ("around", "with", "steps", "group", "size", "from", "to", "collection", "q", "page")),
        ("people", ("q", "sort", "page")),
        ("people/isil-fener", ("form",)),
    ],
)
def test_what_can_be_asked_once_is_not_there_twice(page: str, names: tuple[str, ...], harbour: Published) -> None:
    for name in names:
        for values in ("1", "1"), ("", "1"):
            query = "&".join(f"{name}={value}" for value in values)
            if name != "form":
                refused(harbour, f"/{page}?{query}", f"“{name}” is there 2 times. It may be there once.")
    if names == ("form",):
        refused(harbour, f"/{page}?form=json&form=json", "“form” is there 2 times.")


@pytest.mark.parametrize("page", PICTURES)
def test_what_a_form_leaves_open_is_passed_over(page: str, harbour: Published) -> None:
    """Also that of another collection than the one that is asked for now."""
    first = get(harbour, f"/{page}").body.decode()
    some = re.findall(r'<option value="([^"]+)"', first[: first.index('name="q"')])
    forms = {one: get(harbour, f"/{page}?collection={one}").body.decode() for one in some}
    for form in forms.values():
        names = re.findall(
            r'<(?:select|input)[^>]* name="([^"]+)"', form[form.index('id="of"') - 20 : form.index("</form>")]
        )
        assert "q" in names
        for other in ("", *forms):
            query = "&".join(f"{name}=" for name in dict.fromkeys(names) if name != "collection")
            assert get(harbour, f"/{page}?collection={other}&{query}").status == 200, (page, other, query)


def test_a_listing_takes_several_values_of_a_property(harbour: Published) -> None:
    refused(harbour, "/people.csv?sort=zz", "zz")
    refused(harbour, "/people.csv?q=a&q=b", "2 times")


def test_a_record_whose_key_is_no_part_of_an_address(harbour: Published) -> None:
    assert get(harbour, "/people/-?key=isil-fener").status == 200
    refused(harbour, "/people/-?key=isil-fener&key=x", "“key” is there 2 times")
    refused(harbour, "/people/isil-fener?key=isil-fener", "key")


def test_what_is_not_there_is_told_first(harbour: Published) -> None:
    assert get(harbour, "/people/nobody-at-all?nonsense=1").status == 404
    assert get(harbour, "/nothing?nonsense=1").status == 404


@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("version", PYTHONS)
def test_as_it_is_served(version: str, tmp_path: Path) -> None:
    if not Path(PYTHONS[version]).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    assert sourcebook.build(folder).release
    with serving(PYTHONS[version], folder) as client:
        for address in (
            "/?nonsense=1",
            "/search?q=a&sort=zz",
            "/map?sort=nope",
            "/timeline?page=-1",
            "/network?q=a&q=b",
        ):
            answer = client.get(address)
            assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8"), address
            assert "etag" not in answer.headers
            assert client.get(address, headers={"accept": "application/json"}).json()["status"] == 400
        assert client.get("/map?page=999").status_code == 404
