# SPDX-License-Identifier: Apache-2.0
"""Descriptions for other programs: what they say of a book, what they leave out, and that they agree.

The descriptors are in ``tests/described/``, each with the ``CITATION.cff`` and the ``dcat.ttl`` that are made of it
beside. After a change of how these are written: ``.venv/bin/python -m tests.toolkit.test_describe``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import sourcebook
from sourcebook.content.about_book import about_book, part_of_date, released_of
from sourcebook.content.licences import spdx
from sourcebook.extract.site import Site, site_of
from sourcebook.formats.dataset import dataset
from sourcebook.formats.describe import DESCRIPTIONS, IN_ARCHIVE, describe
from sourcebook.formats.model import File
from sourcebook.site.published import Published
from tests.conftest import ROOT
from tests.harbour import opened

DESCRIBED = ROOT / "tests" / "described"
NAMES = ("full", "bare", "odd")
SHOWN = ("CITATION.cff", "dcat.ttl")
_CFF = json.loads((DESCRIBED / "cff-1.2.0.schema.json").read_text("utf-8"))


def read(name: str) -> Any:
    return yaml.safe_load((DESCRIBED / f"{name}.yaml").read_text("utf-8"))


def site(name: str) -> Site:
    tables = read("tables")
    return site_of({"name": "lamp-oil", "database": "lamp-oil.db"} | read(name) | tables)


def files() -> list[File]:
    return [File(**one) for one in read("tables")["files"]]


def texts(name: str, release: str = "") -> Mapping[str, str]:
    book = site(name)
    return describe(book, files(), book.address, released_of(book), release)


def data(name: str, file: str) -> Any:
    return json.loads(texts(name)[file])


def main() -> None:
    """Write what is shown beside each descriptor anew."""
    for name in NAMES:
        for file in SHOWN:
            if file in texts(name):
                (DESCRIBED / f"{name}.{file}").write_text(texts(name)[file], encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("file", SHOWN)
def test_it_is_what_is_shown_beside_the_descriptor(name: str, file: str) -> None:
    shown = DESCRIBED / f"{name}.{file}"
    assert texts(name).get(file) == (shown.read_text("utf-8") if shown.is_file() else None)


# --- what is said -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_all_say_the_same(name: str) -> None:
    about = about_book(site(name))
    croissant, dcat = data(name, "croissant.json"), data(name, "dcat.jsonld")
    (root,) = (one for one in data(name, "ro-crate-metadata.json")["@graph"] if one["@id"] == "./")
    home = dataset(site(name), files(), site(name).address, "", "")
    cff = yaml.load(texts(name).get("CITATION.cff", "{}"), Loader=yaml.BaseLoader)  # noqa: S506  # it makes texts alone
    told = [
        (croissant["name"], dcat["dct:title"], root["name"], home["name"], cff.get("title", about.title)),
        (croissant["description"], dcat["dct:description"], root["description"], home["description"]),
        (*(one.get("version", "") for one in (croissant, root, home)), dcat.get("dcat:version", "")),
        (root.get("datePublished", ""), home.get("datePublished", ""), dcat.get("dct:issued", {}).get("@value", "")),
        (
            croissant.get("keywords", []),
            home.get("keywords", []),
            dcat.get("dcat:keyword", []),
            cff.get("keywords", []),
        ),
    ]
    for same in told[:4]:
        assert len(set(same)) == 1, same
    if cff:
        assert all(one == told[4][0] for one in told[4])
        assert cff["abstract"] == croissant["description"]
    assert croissant["description"] == about.told


@pytest.mark.parametrize("name", NAMES)
def test_each_says_whole_what_the_book_says_of_itself_and_that_its_records_are_statements(name: str) -> None:
    said = read(name)["about_book"]
    for file, text in texts(name).items():
        descriptions = [one for one in strings(file, text) if "Each record of “Claims” is a statement" in one]
        assert descriptions, file
        for part in filter(None, (said.get("description"), said.get("about"))):
            assert all(part.strip() in one for one in descriptions), file


def strings(file: str, text: str) -> list[str]:
    """All texts in a description, as its reader has them."""
    if file.endswith(".ttl"):
        return [str(json.loads(one)) for one in re.findall(r'"(?:[^"\\]|\\.)*"', text)]
    waiting, found = [yaml.safe_load(text) if file.endswith(".cff") else json.loads(text)], []
    while waiting:
        one = waiting.pop()
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        found += [one] if isinstance(one, str) else []
    return found


def test_a_file_of_statements_says_where_it_is_told_who_says_them() -> None:
    by_name = {one["name"]: one for one in data("full", "croissant.json")["distribution"]}
    assert "who says it stands in the column “origin”" in by_name["csv/claims.csv"]["description"]
    assert "Each record is what somebody said, with who says it" in by_name["ndjson/claims.ndjson"]["description"]
    assert "belongs to a statement of the table “claims”" in by_name["csv/claims-barrels.csv"]["description"]
    records = {one["@id"]: one for one in data("full", "croissant.json")["recordSet"]}
    assert "who says it stands in the column “origin”" in records["claims"]["description"]
    assert "statement" not in by_name["csv/näme #1?.csv"]["description"]


def test_people_are_persons_or_organizations_only_where_the_descriptor_says_so() -> None:
    home = dataset(site("full"), files(), "https://book.example/", "", "")
    assert [(one["@type"], one["name"]) for one in home["creator"]] == [
        ("Person", "Wick Trimmer"),
        ("Person", "Moth Keeper"),
    ]
    assert [(one["@type"], one["name"]) for one in home["publisher"]] == [("Organization", "Lantern Desk")]
    assert "contributor" not in home
    assert home["creditText"][-1] == "Nobody at all (curator); The harbour's readers (proofreader)"


def test_on_the_home_page_addresses_are_absolute_and_the_release_is_named() -> None:
    home = dataset(site("full"), files(), "https://book.example/lamp/", "2026-05-03", "0123456789abcdef")
    assert home["@id"] == "https://book.example/lamp/#dataset"
    assert home["datePublished"] == "2026-05-03"
    assert home["identifier"] == [
        "https://doi.org/10.1234/lamp.oil-2",
        {"@type": "PropertyValue", "propertyID": "release", "value": "0123456789abcdef"},
    ]
    addresses = [one["contentUrl"] for one in home["distribution"]]
    assert all(one.startswith("https://book.example/lamp/-/downloads/") for one in addresses)
    assert addresses[-1].endswith("/lamp-oil.zip")
    assert not any(one.endswith(".gz") for one in addresses)  # the same file, packed


def test_a_book_without_a_version_has_the_release_for_one_where_that_is_known() -> None:
    assert "version" not in data("bare", "croissant.json")
    assert json.loads(texts("bare", "0123456789abcdef")["croissant.json"])["version"] == "0123456789abcdef"


def test_croissant_has_keys_types_and_references() -> None:
    records = {one["@id"]: one for one in data("full", "croissant.json")["recordSet"]}
    claims = {one["name"]: one for one in records["claims"]["field"]}
    assert records["claims"]["key"] == [{"@id": "claims/id"}]
    assert claims["sure"]["dataType"] == "sc:Boolean"
    assert claims["origin"]["references"] == {
        "fileObject": {"@id": "csv/n%C3%A4me%20%231%3F.csv"},
        "extract": {"column": "näme #1"},
    }
    barrels = {one["name"]: one["dataType"] for one in records["claims_barrels"]["field"]}
    assert barrels == {"_parent": "sc:Text", "_position": "sc:Integer", "_value": "sc:Float"}


def test_records_are_read_from_parquet_where_there_is_some() -> None:
    more = [*files(), File("parquet/claims.parquet", "parquet", "claims", 1, "08", 1)]
    records = json.loads(describe(site("full"), more, "", "")["croissant.json"])["recordSet"]
    read_from = {one["@id"]: one["field"][0]["source"]["fileObject"]["@id"] for one in records}
    assert read_from["claims"] == "parquet/claims.parquet"
    assert read_from["claims_barrels"] == "csv/claims-barrels.csv"


def test_what_the_archive_holds_says_the_same_without_it() -> None:
    without = describe(
        site("full"), [one for one in files() if one.format != "zip"], site("full").address, "2026-05-02"
    )
    assert {name: without[name] for name in IN_ARCHIVE} == {name: texts("full")[name] for name in IN_ARCHIVE}
    assert "lamp-oil.zip" in texts("full")["dcat.jsonld"]


# --- what is left out, or hostile -------------------------------------------------------------------------------------


def test_what_is_not_said_is_left_out() -> None:
    assert "CITATION.cff" not in texts("bare")  # its format asks for somebody who made the book
    for file in ("croissant.json", "dcat.jsonld"):
        keys = set(data("bare", file))
        assert not keys & {"license", "creator", "publisher", "version", "datePublished", "keywords", "url", "citeAs"}
        assert not keys & {"dct:license", "dct:creator", "dct:publisher", "dcat:version", "dct:issued", "dcat:keyword"}
        assert not keys & {"dcat:landingPage", "dcat:contactPoint", "dct:identifier", "prov:wasDerivedFrom"}
    for text in texts("bare").values():
        said = text.replace('"@language": null', "")  # of Croissant, which claims English otherwise
        assert not re.search(r"\bNone\b|\bnull\b|unknown|n/a", said, re.IGNORECASE)


def test_what_is_in_no_form_that_can_be_told_is_left_out() -> None:
    home = dataset(site("odd"), files(), "", "", "")
    assert not {"datePublished", "url", "publisher"} & set(home)
    assert home["license"] == [
        {"@type": "CreativeWork", "name": 'Ask us, and "we" may answer'},
        "https://desk.example/licence?a=%7Bb%7D%7Cc",
    ]
    assert home["keywords"] == ["1", "a, b", "yes"]
    address = "https://desk.example/a%5Eb%60c"
    assert home["isBasedOn"] == [
        {"@type": "CreativeWork", "name": address, "url": address},
        {"@type": "CreativeWork", "name": "- twice"},
        {"@type": "CreativeWork", "name": "- twice", "version": "1"},
    ]
    for text in texts("odd").values():
        assert "javascript:" not in text
        assert "ssh:" not in text


@pytest.mark.parametrize("name", NAMES)
def test_every_address_is_one(name: str) -> None:
    for file in ("croissant.json", "dcat.jsonld", "ro-crate-metadata.json"):
        for address in addresses(data(name, file)):
            assert re.fullmatch(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", address), address
    for address in re.findall(r"<([^<>]*)>", re.sub(r'"(?:[^"\\]|\\.)*"', "", texts(name)["dcat.ttl"])):
        assert re.fullmatch(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", address), address


def addresses(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key == "@context":
                continue
            if key in ("@id", "contentUrl", "url", "sameAs") and isinstance(one, str):
                yield one
            yield from addresses(one)
    elif isinstance(value, list):
        for one in value:
            yield from addresses(one)


@pytest.mark.parametrize("name", ["full", "odd"])
def test_citation_cff_is_valid_and_reads_the_same_everywhere(name: str) -> None:
    text = texts(name)["CITATION.cff"]
    found = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # it makes texts alone, as the schema wants dates
    checked = jsonschema.Draft7Validator(_CFF, format_checker=jsonschema.FormatChecker())
    assert [one.message for one in checked.iter_errors(found)] == []
    assert yaml.safe_load(text) == found  # nothing is taken for a number, a date or a truth value


def test_licences_are_called_as_the_schema_of_citation_cff_calls_them() -> None:
    known = set(_CFF["definitions"]["license-enum"]["enum"])
    for name in (
        "cc-by-4.0",
        "CC-BY-NC-SA-3.0",
        "ODC-BY-1.0",
        "ODC-PDDL-1.0",
        " odbl-1.0 ",
        "eupl-1.2",
        "GFDL-1.3-only",
    ):
        assert spdx(name) in known
    assert spdx("other-open") == ""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-05-02", "2026-05-02"),
        ("2026-05-02T10:11:12Z", "2026-05-02"),
        ("2026-05", "2026-05"),
        ("2026", "2026"),
        ("2026-02-30", ""),
        ("2026-13", ""),
        ("0000-01-01", ""),
        ("20260502", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_a_day_or_the_part_of_one_that_is_known(text: str, day: str) -> None:
    assert part_of_date(text) == day


@pytest.mark.parametrize(("released", "kind"), [("2026", "gYear"), ("2026-05", "gYearMonth"), ("2026-05-02", "date")])
def test_a_part_of_a_date_has_its_own_type_and_is_no_day(released: str, kind: str) -> None:
    found = describe(site("full"), files(), "", released)
    assert json.loads(found["dcat.jsonld"])["dct:issued"] == {"@type": f"xsd:{kind}", "@value": released}
    assert ("date-released" in found["CITATION.cff"]) == (kind == "date")
    assert ("datePublished" in json.loads(found["croissant.json"])) == (kind == "date")


def test_a_book_that_says_nothing_of_itself_is_described_by_what_there_is_in_it() -> None:
    tables = read("tables")
    for one in tables["collections"]:
        one.pop("roles", None)
    book = site_of({"name": "lamp-oil", "database": "lamp-oil.db", **read("bare"), **tables})
    assert json.loads(describe(book, [], "", "")["dcat.jsonld"])["dct:description"] == (
        "A book of records: “Claims” and “People”."
    )


def test_a_book_without_tables_and_files() -> None:
    book = site_of({"name": "nothing", "title": "Nothing", "database": "nothing.db", **read("full")})
    found = describe(book, [], "", "")
    assert "recordSet" not in json.loads(found["croissant.json"])
    assert "is a statement" not in "".join(found.values())
    assert set(found) == set(DESCRIPTIONS)


# --- in releases ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("describe")) as found:
        yield found


def test_no_words_of_a_record_are_in_a_description(harbour: Published) -> None:
    said = [str(one) for (one,) in harbour.connection.execute("SELECT statement FROM claims")]
    people = [str(one) for (one,) in harbour.connection.execute("SELECT name FROM people")]
    assert said
    assert people
    for name in DESCRIPTIONS:
        text = (harbour.folder / name).read_text("utf-8")
        assert [one for one in (*said, *people) if one in text or json.dumps(one)[1:-1] in text] == []


def test_verify_finds_other_descriptions_though_checksums_were_made_anew(book: Any) -> None:
    folder = book("orchard")
    release = sourcebook.build(folder).release
    assert sourcebook.verify(folder).ok
    for name in ("croissant.json", "dcat.jsonld", "ro-crate-metadata.json"):
        text = (release / name).read_text("utf-8")
        (release / name).write_text(text.replace("rchard", "rchards", 1), "utf-8")
    (release / "dcat.ttl").unlink()
    assert not (release / "CITATION.cff").is_file()
    (release / "CITATION.cff").write_text("invented", "utf-8")
    sealed(release)
    found = set(map(str, sourcebook.verify(folder).differences))
    assert found >= {
        "croissant.json: does not describe the book and the files beside it",
        "dcat.jsonld: does not describe the book and the files beside it",
        "ro-crate-metadata.json: does not describe the book and the files beside it",
        "dcat.ttl: is missing",
        "CITATION.cff: is no part of the release: nobody is named who made the book",
    }


def sealed(release: Path) -> None:
    """Make the checksums of a release anew."""
    names = sorted(
        path.relative_to(release).as_posix()
        for path in release.rglob("*")
        if path.is_file() and path.name not in ("SHA256SUMS", "report.json")
    )
    lines = (f"{hashlib.sha256((release / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (release / "SHA256SUMS").write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
